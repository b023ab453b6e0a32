"""``haven cooperation``: how a victim helped an agency, found by agency and case number (C8)."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from haven.duties.terminal import As, day, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Agency = Annotated[str, typer.Option(help="The agency, however it is written.")]
Number = Annotated[str, typer.Option(help="The agency's case number.")]


@app.callback()
def start() -> None:
    """Record evidence of cooperation from any document, and find it again."""
    open_store()


@app.command()
def record(
    case: Annotated[str, typer.Argument(help="Number of the case, T-0192.")],
    *,
    agency: Agency,
    kind: Annotated[str, typer.Option(help="Of the document: supplement_b, police_report, statement…")],
    user: As,
    number: Number = "",
    office: Annotated[str, typer.Option(help="Of the agency.")] = "",
    officer: Annotated[str, typer.Option(help="Of the agency.")] = "",
    date: Annotated[str, typer.Option(help="Of the document or the help, YYYY-MM-DD.")] = "",
    document: Annotated[int | None, typer.Option(min=1, help="Which document of the case, from 1.")] = None,
) -> None:
    """Record that the victim helped an agency, as a document of any kind shows it."""
    from extract.errors import UsageProblem
    from haven.cases.models import DocumentRow
    from haven.duties import asking, cooperation

    by = sign_in(user)
    found = asking.case_for(by, case, cooperation.DATA, event="cooperation.case")
    row = None
    if document is not None:
        rows = DocumentRow.objects.filter(packet__case=found).order_by("packet__received", "order")
        if document > len(rows):
            raise UsageProblem(f"The case has {len(rows)} documents.")
        row = rows[document - 1]
    made = cooperation.record(
        found, by, agency=agency, document_kind=kind, office=office, officer=officer, number=number,
        date=day(date) if date else None, document=row,
    )  # fmt: skip
    typer.echo(f"Cooperation {made.name} is recorded.")


@app.command()
def readings(case: Annotated[str, typer.Argument(help="Number of the case, T-0192.")], user: As) -> None:
    """Print what the packets of a case tell of cooperation and nobody has recorded yet; compare it with the page."""
    from haven.duties import asking, cooperation

    by = sign_in(user)
    found = asking.case_for(by, case, cooperation.DATA, event="cooperation.case")
    table = Table("agency", "office", "officer", "number", "date", "document", box=None, pad_edge=False)
    rows = cooperation.readings(found, by)
    for one in rows:
        kinds = ", ".join(dict.fromkeys(document.kind for document in one.documents))
        table.add_row(one.agency, one.office, one.officer, one.number, one.date, kinds)
    Console(width=160).print(table)
    typer.echo(f"{len(rows)} to be recorded or left: haven cooperation record {found.number} …")


@app.command()
def find(user: As, agency: Agency = "", number: Number = "") -> None:
    """Find records by agency, by case number, or by both, in the cases that you may see."""
    from haven.duties import cooperation

    table = Table("case", "name", "agency", "office", "officer", "number", "date", "document", box=None, pad_edge=False)
    rows = cooperation.find(sign_in(user), agency, number)
    for one in rows:
        who = one.agency, one.office, one.officer, one.number
        table.add_row(one.case.number, one.name, *map(str, who), str(one.date or ""), one.document_kind)
    Console(width=160).print(table)
    typer.echo(f"{len(rows)} found in the cases that you may see.")


@app.command()
def withdraw(name: Annotated[str, typer.Argument(help="Its name, like 4KQT-9WZC.")], user: As) -> None:
    """Say that a record is not so; it stays in the history and is found no more."""
    from haven.duties import asking, cooperation
    from haven.duties.models import Cooperation

    by = sign_in(user)
    row = Cooperation.objects.filter(name=name.upper()).select_related("case").first()
    asking.check(by, row.case if row else None, cooperation.DATA, event="cooperation.case")
    assert row is not None
    cooperation.withdraw(row, by, typer.prompt("Why it is not so", err=True))
    typer.echo(f"{name} is withdrawn.")
