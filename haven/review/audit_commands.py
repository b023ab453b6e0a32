"""``haven audit request | withdraw | read``: the log for auditors, as the gate gives it."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer
from django.utils import timezone

from extract.errors import UsageProblem
from haven.audit.commands import app, print_rows
from haven.duties.terminal import As, day, sign_in
from haven.store import open_store

__all__ = ["app"]


@app.command()
def request(
    auditor: Annotated[str, typer.Argument(help="Account of the auditor of DHS OIG.")],
    reference: Annotated[str, typer.Argument(help="Of the Inspector General's letter, like OIG-26-014.")],
    until: Annotated[str, typer.Option(help="Last day on which it counts, YYYY-MM-DD.")],
    user: As,
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD; today, if not given.")] = "",
) -> None:
    """Record that the Inspector General asked for an auditor to see the log (G16). For privacy officers."""
    open_store()
    from haven.accounts import oversight
    from haven.accounts.models import User

    starts = day(since) if since else timezone.now().date()
    by = sign_in(user)
    account = User.objects.filter(username=auditor).first()
    if account is None:
        raise UsageProblem("There is no account of that name.")
    made = oversight.record(account, reference, starts, day(until), by)
    typer.echo(f"Request {made.reference} is recorded, from {made.starts} to {made.ends}, as {made.pk}.")


@app.command()
def withdraw(
    request_id: Annotated[str, typer.Argument(metavar="ID", help="As `haven audit request` printed it.")], user: As
) -> None:
    """End a request of the Inspector General before its last day. For privacy officers."""
    open_store()
    from haven.accounts import oversight
    from haven.accounts.models import OigRequest

    by = sign_in(user)
    try:
        found = OigRequest.objects.get(pk=uuid.UUID(request_id))
    except (ValueError, OigRequest.DoesNotExist):
        raise UsageProblem("There is no request of that id.") from None
    oversight.withdraw(found, by)
    typer.echo(f"Request {found.reference} is withdrawn.")


@app.command()
def read(
    user: As,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows.")] = 20,
    before: Annotated[int | None, typer.Option(min=1, help="Rows before this one.")] = None,
) -> None:
    """Print rows of the log as your account may see them: privacy officers, and auditors whom OIG asked for."""
    open_store()
    from haven.review.log_rows import may_read

    if not may_read(sign_in(user), event="log.read"):
        raise UsageProblem("The gate does not give you the log; the question is a row of it.")
    print_rows(last, before)
