"""``haven hhs-notice``: the notice of a minor to HHS within 24 hours (22 U.S.C. 7105(b)(1)(H))."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import OutputFailed, UsageProblem
from haven.duties.terminal import As, At, moment, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def start() -> None:
    """Write the notices of minors to HHS and record that they went out."""
    open_store()


@app.command("list")
def list_(user: As, everything: Annotated[bool, typer.Option("--all", help="Answered ones too.")] = False) -> None:
    """Print the clocks of your cases: when found, until when, sent or not. No names."""
    from haven.cases.models import MinorNotice
    from haven.duties import asking, hhs

    by = sign_in(user)
    table = Table("case", "at", "found", "by", "state", "written", "sent by", box=None, pad_edge=False)
    for column in table.columns[:5]:
        column.no_wrap = True
    notices = MinorNotice.objects.filter(case__assignments__officer=by, case__assignments__until__isnull=True)
    for one in notices.select_related("case", "person", "sent_by").order_by("due"):
        if (one.sent or one.ruled_out) and not everything:
            continue
        try:
            asking.check(by, one.case, ["K5"], event="hhs_notice.list")
        except asking.Refused:
            continue  # one case that is not theirs to see must not hide the clocks of the others
        written = ", ".join(one.written.values_list("name", flat=True))
        clock = f"{one.discovered:%Y-%m-%d %H:%M}", f"{one.due:%Y-%m-%d %H:%M}", hhs.state_of(one)
        sender = one.sent_by.username if one.sent_by else ""
        table.add_row(one.case.number, str(one.person.order), *clock, written, sender)
    Console().print(table)


@app.command()
def write(
    case: Annotated[str, typer.Argument(help="Number of the case, T-0192.")],
    person: Annotated[int, typer.Argument(min=0, help="Place of the minor in the case's list.")],
    output: Annotated[Path, typer.Option(help="File for the notice; it must not exist yet.")],
    user: As,
) -> None:
    """Write the notice from the approved template, with the least that serves, once the gate permits it."""
    from haven.cases.models import MinorNotice
    from haven.duties import asking, hhs

    by = sign_in(user)
    found = asking.case_for(by, case, ["K3", "K6"], event="hhs_notice.open")
    notice = MinorNotice.objects.filter(case=found, person__order=person).first()
    if notice is None:
        raise UsageProblem("No clock runs for that person; see haven hhs-notice list.")
    written = hhs.write(notice, by)
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(str(written.text))
    except OSError as problem:
        raise OutputFailed(f"{output} cannot be written: {problem.strerror}.") from None
    typer.echo(f"Notice {written.name} is in {output}, due by {notice.due:%Y-%m-%d %H:%M} UTC. Send it, then run:")
    typer.echo(f"  haven hhs-notice sent {written.name} --channel portal --as {user}")


@app.command()
def sent(
    name: Annotated[str, typer.Argument(help="Name of the written notice, like 4KQT-9WZC.")],
    channel: Annotated[str, typer.Option(help="portal, encrypted_mail, fax or telephone.")],
    user: As,
    at: At = "",
) -> None:
    """Record that a notice went out; its clock stops."""
    from haven.duties import asking, hhs
    from haven.duties.models import HhsNotice

    by = sign_in(user)
    written = HhsNotice.objects.filter(name=name.upper()).select_related("notice__case").first()
    asking.check(by, written.notice.case if written else None, ["K5"], event="hhs_notice.open")
    assert written is not None
    sending = hhs.sent(written, by, channel, at=moment(at))
    typer.echo(f"Sent at {sending.sent:%Y-%m-%d %H:%M} UTC: {hhs.state_of(written.notice)}.")
