"""``haven refer``: list, show and inspect referrals, and record the transfer protocol."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import IntakeError, UsageProblem

app = typer.Typer(
    help="List and inspect referrals.", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)


class InspectionFailed(IntakeError):
    """Something of a protected person is in the package, or it cannot be inspected."""

    code = "inspection_failed"


@app.callback()
def start() -> None:
    """List and inspect referrals."""
    from haven.store import open_store

    open_store()


@app.command("list")
def list_() -> None:
    """Print the referrals: number, state, dates; no names."""
    from haven.referral.models import Referral

    table = Table("referral", "lead", "version", "state", "proposed", "decided", "package")
    for one in Referral.objects.select_related("lead"):
        decided = f"{one.decided:%Y-%m-%d %H:%M}" if one.decided else ""
        state = one.get_state_display()
        table.add_row(
            one.number,
            one.lead.pseudonym,
            str(one.version),
            state,
            f"{one.proposed:%Y-%m-%d %H:%M}",
            decided,
            one.package,
        )
    Console().print(table)


@app.command()
def show(number: Annotated[str, typer.Argument(help="R-0061")]) -> None:
    """Print what the log and the store say about one referral; the content is for the pages."""
    from haven.referral.models import Referral

    serial = number.upper().removeprefix("R-")
    one = Referral.objects.filter(serial=int(serial)).first() if serial.isascii() and serial.isdigit() else None
    if one is None:
        raise UsageProblem("There is no referral with that number.")
    typer.echo(
        json.dumps(
            {
                "referral": one.number,
                "lead": one.lead.pseudonym,
                "version": one.version,
                "state": one.state,
                "subjects": one.subjects.count(),
                "proposer": str(one.proposer_id),
                "proposed": one.proposed.isoformat(),
                "decided_by": str(one.decided_by_id) if one.decided_by_id else None,
                "decided": one.decided.isoformat() if one.decided else None,
                "rules": one.rules,
                "lane": one.lane,
                "policy": one.policy,
                "protocol": one.protocol.number if one.protocol else None,
                "package": one.package,
                "package_hash": one.package_hash,
            },
            indent=2,
        )
    )


@app.command()
def inspect(folder: Annotated[Path, typer.Argument(help="A package, as it lies in the outbox.")]) -> None:
    """Search a package again for every identifier of every protected person of its case."""
    from haven.audit import log
    from haven.audit.commands import operator
    from haven.referral import inspection
    from haven.referral.models import Referral
    from haven.referral.package import MANIFEST

    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        lead, version = str(manifest["lead"]), int(manifest["version"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise UsageProblem(f"{folder} holds no package: its manifest cannot be read.") from None
    referral = Referral.objects.filter(lead__pseudonym=lead, version=version).first()
    if referral is None:
        raise UsageProblem("This package belongs to no referral of this store.")
    found = inspection.inspect(folder, referral.case, list(referral.subjects.all()))
    detail = {"referral": str(referral.pk), "outcome": "passed" if found.passed else "blocked"}
    log.append("referral.inspected", actor=operator(), subject=str(referral.case_id), detail=detail)
    for finding in found.findings:
        typer.echo(finding.place_and_kind)
    if not found.passed:
        raise InspectionFailed(f"The package must not be sent: {len(found.findings)} findings.")
    typer.echo(f"{len(found.files)} files opened, 0 of {found.searched} protected identifiers found.")


@app.command()
def protocol(
    number: Annotated[int, typer.Argument(min=1, help="Its number, as both components signed it.")],
    starts: Annotated[str, typer.Option(help="First day in force, YYYY-MM-DD.")],
    ends: Annotated[str, typer.Option(help="Last day in force, YYYY-MM-DD.")],
) -> None:
    """Record the transfer protocol that USCIS and ICE HSI signed; without one in force nothing is released."""
    from haven.referral.protocols import record

    try:
        first, last = dt.date.fromisoformat(starts), dt.date.fromisoformat(ends)
    except ValueError:
        raise UsageProblem("Dates are written YYYY-MM-DD.") from None
    record(number, first, last)
    typer.echo(f"Protocol {number} is recorded, in force from {first} to {last}.")
