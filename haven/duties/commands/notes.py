"""``haven notes``: case notes of another system, imported into their cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from haven.duties.terminal import As, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def start() -> None:
    """Import case notes; whom they accuse become proposed records that an officer decides."""
    open_store()


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with receipt number and note text, or plain text.")], user: As
) -> None:
    """Import a file of notes into the cases with their receipt numbers, and print what became of each.

    In plain text a line that begins with a receipt number begins a note. The same note again is known; what could not
    be placed is kept sealed, and placed when the file is imported again after its case came. Exit codes: 0 done, 2 no
    such file or not in its form, 4 a model is missing.
    """
    from extract.narrative import load
    from haven.duties import notes
    from haven.duties.note_file import notes_of

    given = notes_of(file)
    by = sign_in(user)
    console = Console(stderr=True)
    shown = track(given, "Reading notes", console=console, disable=not console.is_terminal, transient=True)
    report = notes.take_in(shown, by, load().read)
    typer.echo(f"{report.notes} notes read: {report.placed} placed in their cases, {report.known} known before.")
    typer.echo(
        f"{report.records} records of accused people proposed, {report.family} of them family; {report.asked} people "
        "of the cases to be looked at again. An officer decides each on the case page."
    )
    typer.echo(f"{len(report.not_understood)} notes not understood:")
    for line, reason in report.not_understood:
        typer.echo(f"  line {line}: {notes.REASONS[reason]}")


@app.command()
def waiting(user: As) -> None:
    """Print how many imported notes are in no case, with their lines; the words stay sealed."""
    from haven.audit import log
    from haven.duties import asking, notes

    by = sign_in(user)
    asking.check_role(by, "notes")
    found = notes.waiting()
    log.append("notes.waiting", actor=str(by.pk), detail={"count": len(found)})
    typer.echo(f"{len(found)} imported notes are in no case.")
    for note in found:
        typer.echo(f"  line {note.line} of the file imported at {note.at:%Y-%m-%d %H:%M} UTC")
