"""``haven audit``: verify, export and checkpoint the log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import django
import typer
from rich.console import Console

from extract.errors import UsageProblem

app = typer.Typer(
    help="Verify and export the log.", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)


@app.callback()
def start() -> None:
    """Verify and export the log."""
    django.setup()


@app.command()
def verify(
    export: Annotated[Path | None, typer.Option(help="Verify this export; no database is opened.")] = None,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(help="File or folder of checkpoints kept elsewhere; may be given more than once."),
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="The log's public key (PEM), to verify an export on another machine.")
    ] = None,
) -> None:
    """Check every row against the one before it, its seal and the signed checkpoints; name the first bad row."""
    from haven.audit import keys, signing, verification
    from haven.audit.checkpoints import read
    from haven.audit.errors import LogBroken

    kept = [checkpoint for place in checkpoints for checkpoint in read(place)] if checkpoints else signing.kept_here()
    if public_key and not export:
        raise UsageProblem("--public-key goes with --export: the live log is verified with its own keys.")
    if export:
        key = keys.read_public_key(public_key) if public_key else None
        if public_key and key is None:
            raise UsageProblem(f"{public_key} holds no Ed25519 public key in PEM form.")
        verdict = verification.verify_export(export, kept, key)
    else:
        verdict = verification.verify_live(kept)
    for note in verdict.notes:
        typer.echo(note, err=True)
    if verdict.problem:
        raise LogBroken(verdict.problem)
    against = f"{verdict.checkpoints} signed checkpoint{'s' * (verdict.checkpoints != 1)}"
    ending = f", last at {verdict.last_at}" if verdict.rows else ""
    typer.echo(f"The log is whole: {verdict.rows} rows{ending}; checked against {against}.")
    if not verdict.checkpoints and not export:
        typer.echo("Without a checkpoint a cut-off end cannot be seen; 'haven audit checkpoint' makes one.", err=True)


@app.command()
def export(output: Annotated[Path, typer.Option(help="File to write, one row a line.")]) -> None:
    """Write the log to a file that can be verified elsewhere; the export itself is a row."""
    from haven.audit import export as exporting
    from haven.audit import log

    log.append("audit.export", actor=operator())
    end = exporting.write(output)
    typer.echo(f"Exported {end.sequence} rows to {output}.")


@app.command()
def checkpoint(
    output: Annotated[
        Path | None, typer.Option(help="File to add the checkpoint to; keep it away from this machine.")
    ] = None,
) -> None:
    """Sign the log's newest row; `haven serve` does it by itself. Keep the file where this machine cannot change it."""
    from haven.audit import signing

    path = output or signing.usual_file()
    signed = signing.sign_newest(path, actor=operator())
    typer.echo(f"Signed row {signed.sequence} with key {signed.key} into {path}.")
    if output is None:
        typer.echo("Copy that file to another machine: beside the log it proves little.", err=True)


@app.command("public-key")
def public_key_command() -> None:
    """Print the public key that checkpoints are verified with; give it to whoever audits the log."""
    from haven.audit import keys

    typer.echo(keys.public_pem().decode(), nl=False)


@app.command()
def show(last: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows.")] = 20) -> None:
    """Print the newest rows."""
    print_rows(last)


def print_rows(last: int, before: int | None = None) -> None:
    """The ``last`` rows of the log, or of those before the one of that number."""
    from haven.audit.models import AuditRow

    rows = AuditRow.objects.using("audit").order_by("-sequence")
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    console = Console(highlight=False, soft_wrap=True)
    for row in reversed(rows[:last]):
        console.print(
            f"{row.sequence} {row.at} {row.event} actor={row.actor or '-'} subject={row.subject or '-'} {row.detail}",
            markup=False,
        )


def operator() -> str:
    """Who works at the terminal, as far as the system knows: the operating system's user id, never its name."""
    return f"os:{os.getuid()}"
