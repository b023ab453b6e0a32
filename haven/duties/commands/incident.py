"""``haven incident``: what went wrong, who was told when, until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import UsageProblem
from haven.duties.terminal import As, At, moment, sign_in
from haven.store import open_store

if TYPE_CHECKING:
    from haven.duties.models import Incident

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Its name, like 4KQT-9WZC.")]


@app.callback()
def start() -> None:
    """Record incidents, say who was told when, close them."""
    open_store()


@app.command()
def record(
    kind: Annotated[str, typer.Option(help="What went wrong, e.g. unauthorized_release.")],
    user: As,
    case: Annotated[str, typer.Option(help="Number of the case, where it is about one.")] = "",
    category: Annotated[list[str] | None, typer.Option(help="What was touched: K1 to K12; may be repeated.")] = None,
    found: At = "",
) -> None:
    """Record an incident; what happened is asked for in words. The clock starts when it was found."""
    from haven.duties import asking, incidents
    from haven.duties.vocabulary import Office

    by = sign_in(user)
    about = asking.case_for(by, case, ["K5"], event="incident.case") if case else None
    words = typer.prompt("What happened (no names)", err=True)
    made = incidents.record(kind, by, words, categories=category or [], case=about, found=moment(found))
    must = Office(incidents.asks()[made.kind].tell).label
    typer.echo(f"Incident {made.name} is recorded. {must} must be told by {made.due:%Y-%m-%d %H:%M} UTC.")


@app.command()
def told(
    name: Name,
    office: Annotated[str, typer.Option(help="Who was told, e.g. chief_privacy_officer.")],
    user: As,
    at: At = "",
) -> None:
    """Say that an office was told, and when."""
    from haven.duties import incidents

    by = sign_in(user)
    step = incidents.tell(_incident(name), by, office, at=moment(at))
    typer.echo(f"{step.get_office_display()} was told at {step.happened:%Y-%m-%d %H:%M} UTC.")


@app.command()
def note(name: Name, user: As) -> None:
    """Add what was found or done."""
    from haven.duties import incidents

    by = sign_in(user)
    incidents.note(_incident(name), by, typer.prompt("Note", err=True))
    typer.echo("The note is kept.")


@app.command()
def close(name: Name, user: As) -> None:
    """Close an incident, with what was done; for privacy officers."""
    from haven.duties import incidents

    by = sign_in(user)
    incidents.close(_incident(name), by, typer.prompt("What was done", err=True))
    typer.echo(f"Incident {name} is closed.")


@app.command("list")
def list_(user: As, everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False) -> None:
    """Print the incidents with their clocks; alerts of the gate are among them. For privacy officers."""
    from haven.duties import asking, incidents
    from haven.duties.models import Incident
    from haven.duties.vocabulary import Office

    asking.check_oversight(sign_in(user), event="incident.list")
    incidents.take_over_alerts()
    table = Table("incident", "kind", "found", "tell", "by", "state", "data", title="Incidents", title_justify="left")
    for one in Incident.objects.prefetch_related("steps"):
        if one.closed and not everything:
            continue
        must = incidents.asks()[one.kind].tell
        state = (
            "closed" if one.closed else "told" if one.told(must) else "OVERDUE" if incidents.overdue(one) else "open"
        )
        when = f"{one.found:%Y-%m-%d %H:%M}", Office(must).label, f"{one.due:%Y-%m-%d %H:%M}"
        table.add_row(one.name, one.kind, *when, state, " ".join(one.categories))
    Console().print(table)


@app.command()
def show(name: Name, user: As) -> None:
    """Print one incident with its whole history; for privacy officers."""
    from haven.duties import asking

    asking.check_oversight(sign_in(user), event="incident.show")
    one = _incident(name)
    typer.echo(f"{one.name}  {one.get_kind_display()}\nfound {one.found:%Y-%m-%d %H:%M} UTC  {one.words}")
    for step in one.steps.select_related("by"):
        what = " ".join(filter(None, [step.get_kind_display(), step.get_office_display()]))
        typer.echo(f"{step.happened:%Y-%m-%d %H:%M}  {what}  {step.by.username}  {step.words}")


def _incident(name: str) -> Incident:
    from haven.duties.models import Incident

    found = Incident.objects.filter(name=name.upper()).first()
    if found is None:
        raise UsageProblem("There is no incident of that name.")
    return found
