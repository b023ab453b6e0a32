"""``haven retention``: what is due, and its disposal by two people."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from extract.errors import UsageProblem
from haven.duties.terminal import As, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def start() -> None:
    """See the retention table and what is due by it; dispose of it, two people together."""
    open_store()


@app.command("table")
def table_() -> None:
    """Print the retention table in force: kind of record, how long, from when, on what ground."""
    from haven.duties.kinds import KINDS
    from haven.duties.retention import table

    rules = table()
    printed = Table("kind", "what", "years", "from", "ground", box=None, pad_edge=False)
    today = dt.datetime.now(dt.UTC).date()
    for kind, meaning in KINDS.items():
        line = rules.line(kind, today)
        how = ("none known" if line.years is None else str(line.years), line.counts, line.ground) if line else ("",) * 3
        printed.add_row(kind, meaning.says, *how)
    for one in rules.never:
        printed.add_row(one["kind"], "", "stays", "", one["ground"])
    Console(width=160).print(printed)
    typer.echo(f"From {rules.path}, SHA-256 {rules.sha256[:16]}…")


@app.command("list")
def list_(user: As) -> None:
    """Print what is due today, and what stops its disposal. Cases by the id that the log has."""
    from haven.audit import log
    from haven.duties import asking
    from haven.duties.retention import due

    by = sign_in(user)
    asking.check_role(by, "dispose")
    found = due()
    log.append("retention.listed", actor=str(by.pk), detail={"count": len(found)})
    printed = Table("case", "kind", "due since", "state", box=None, pad_edge=False)
    for one in found:
        printed.add_row(str(one.case.pk), one.kind, str(one.since), one.stopped_by or "due")
    Console(width=120).print(printed)
    typer.echo(f"{sum(not one.stopped_by for one in found)} due, {sum(bool(one.stopped_by) for one in found)} kept.")


@app.command()
def propose(user: As) -> None:
    """Propose to dispose of everything that is due and that nothing stops; another person disposes of it."""
    from haven.duties import retention

    disposal = retention.propose(sign_in(user))
    typer.echo(f"Disposal {disposal.name}: {len(disposal.items)} kinds of record of cases. Nothing is destroyed yet.")
    typer.echo(f"Another person runs: haven retention dispose {disposal.name} --as THEIR-ACCOUNT")


@app.command()
def dispose(name: Annotated[str, typer.Argument(help="Name of the disposal, like 4KQT-9WZC.")], user: As) -> None:
    """Destroy the data keys of what was proposed and is still due. It cannot be undone; run it again if it stopped.

    Exit codes: 0 done, 1 it takes another person or a hold came between, 2 no such disposal, 5 the disk takes no more.
    """
    from haven.duties import retention
    from haven.duties.models import Disposal

    by = sign_in(user)
    disposal = Disposal.objects.filter(name=name.upper()).first()
    if disposal is None:
        raise UsageProblem("There is no disposal of that name.")
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("Disposing", total=len(disposal.items))
        outcome = retention.dispose(
            disposal, by, advance=lambda done, total: progress.update(task, completed=done, total=total)
        )
    for item, why in outcome.kept:
        typer.echo(f"kept: {item}: {why}")
    typer.echo(f"{outcome.items} kinds of record of cases are gone: {outcome.rows} data keys destroyed.")
    typer.echo(
        "Backups made before still hold them. Destroy those backups; or run `haven keys rotate`, then `haven keys "
        "retire` for the old version, and keep no copy of it."
    )
