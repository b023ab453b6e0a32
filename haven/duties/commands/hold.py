"""``haven hold``: legal holds stop retention from disposing of anything."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import UsageProblem
from haven.duties.terminal import As, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def start() -> None:
    """Place and lift legal holds."""
    open_store()


@app.command()
def place(
    user: As,
    case: Annotated[str, typer.Option(help="Id of the case as the log has it; without it everything is held.")] = "",
) -> None:
    """Hold one case, or everything: nothing of it is disposed of until the hold is lifted."""
    from haven.duties import holds

    by = sign_in(user)
    hold = holds.place(
        by, typer.prompt("Which matter asks for it", err=True), holds.case_of(case, by) if case else None
    )
    typer.echo(f"Hold {hold.name} stands on {'the case' if hold.case_id else 'everything'}.")


@app.command()
def release(name: Annotated[str, typer.Argument(help="Its name, like 4KQT-9WZC.")], user: As) -> None:
    """Lift a hold; that takes another person than the one who placed it."""
    from haven.duties import holds
    from haven.duties.models import LegalHold

    by = sign_in(user)
    hold = LegalHold.objects.filter(name=name.upper()).first()
    if hold is None:
        raise UsageProblem("There is no hold of that name.")
    holds.release(hold, by, typer.prompt("Why it is lifted", err=True))
    typer.echo(f"Hold {hold.name} is lifted.")


@app.command("list")
def list_(user: As) -> None:
    """Print the holds that stand: name, since when, on how much. The reasons stay sealed."""
    from haven.audit import log
    from haven.duties import asking, holds

    by = sign_in(user)
    asking.check_role(by, "hold")
    standing = list(holds.standing())
    log.append("hold.listed", actor=str(by.pk), detail={"count": len(standing)})
    table = Table("hold", "since", "case")
    for one in standing:
        table.add_row(one.name, f"{one.at:%Y-%m-%d %H:%M}", str(one.case_id or "everything"))
    Console().print(table)
