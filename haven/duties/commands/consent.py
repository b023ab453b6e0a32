"""``haven consent``: consents and waivers of protected people, and what the gate makes of them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import UsageProblem
from haven.duties.terminal import As, day, sign_in
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="Number of the case, T-0192.")]
Category = Annotated[list[str], typer.Option(help="What it covers: K1 to K12; may be repeated.")]
Purpose = Annotated[str, typer.Option(help="victim_services, victim_assistance; of a waiver: waiver.")]
Component = Annotated[str, typer.Option(help="Of the recipient, in the gate's words: NGO_PROVIDER, ICE_HSI…")]
To = Annotated[str, typer.Option(help="Name of the recipient, as the paper has it.")]


@app.callback()
def start() -> None:
    """Record consents and waivers, take them back, ask the gate what they allow."""
    open_store()


@app.command()
def record(
    case: Number,
    *,
    purpose: Purpose,
    category: Category,
    component: Component,
    to: To,
    signed: Annotated[str, typer.Option(help="Day of the signature, YYYY-MM-DD.")],
    expires: Annotated[str, typer.Option(help="Last day on which it holds, YYYY-MM-DD.")],
    paper: Annotated[str, typer.Option(help="Where the signed paper is.")],
    user: As,
    person: Annotated[int, typer.Option(min=0, help="Who signed: place in the case's list; 0 = the applicant.")] = 0,
    waiver: Annotated[bool, typer.Option("--waiver", help="A waiver of 8 U.S.C. 1367(b)(4), not a consent.")] = False,
    adult: Annotated[bool, typer.Option("--adult", help="You verified that the person is of age.")] = False,
    no_duress: Annotated[bool, typer.Option("--no-duress", help="You asked alone and safely, and found none.")] = False,
    provider_expertise: Annotated[
        bool, typer.Option("--provider-expertise", help="A nonprofit with expertise in immigrant victims.")
    ] = False,
) -> None:
    """Record what a protected person signed. The gate reads consents and waivers from here only."""
    from haven.duties import asking, consents

    by = sign_in(user)
    found = asking.case_for(by, case, ["K3"], event="consent.case")
    who = found.persons.filter(order=person).first()
    if who is None:
        raise UsageProblem("There is nobody at that place in the case.")
    made = consents.record(
        "waiver" if waiver else "consent",
        who,
        by,
        purpose=purpose,
        categories=category,
        component=component,
        recipient=to,
        signed=day(signed),
        expires=day(expires),
        paper=paper,
        adult=adult,
        no_duress=no_duress,
        provider_expertise=provider_expertise,
    )
    typer.echo(f"{made.get_kind_display()} {made.name} is recorded; it holds until {made.expires}.")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Its name, like 4KQT-9WZC.")], user: As) -> None:
    """Take a consent or waiver back: from now on the gate denies what rested on it."""
    from haven.duties import asking, consents
    from haven.duties.models import Consent

    by = sign_in(user)
    consent = Consent.objects.filter(name=name.upper()).select_related("case").first()
    asking.check(by, consent.case if consent else None, ["K3"], event="consent.case")
    assert consent is not None
    consents.revoke(consent, by)
    typer.echo(f"{name} is revoked.")


@app.command("list")
def list_(case: Number, user: As) -> None:
    """Print the consents and waivers of a case, with their state today."""
    from haven.duties import asking, consents

    found = asking.case_for(sign_in(user), case, ["K3"], event="consent.list")
    table = Table("name", "kind", "person", "purpose", "data", "recipient", "until", "state")
    for one in found.consents.select_related("person", "revocation"):
        what = one.purpose, " ".join(one.categories), f"{one.recipient} ({one.component})"
        table.add_row(one.name, one.kind, str(one.person.order), *what, str(one.expires), consents.state_of(one))
    Console().print(table)


@app.command()
def ask(
    case: Number,
    *,
    purpose: Purpose,
    category: Category,
    component: Component,
    to: To,
    user: As,
    approver: Annotated[str, typer.Option(help="Account of the privacy officer who approves a waiver.")] = "",
) -> None:
    """Ask the gate whether the recipient may have the data now. Every fact comes from the records; it is logged.

    Nothing is given out by this. Exit code 1 where the gate says no.
    """
    from haven.duties import asking
    from haven.duties.asking import Recipient, Refused

    by = sign_in(user)
    found = asking.case_for(by, case, ["K3"], event="consent.case")
    approvals = {}
    if approver:
        second = sign_in(approver)
        if second.role != "privacy_officer":
            raise Refused("A waiver is approved by a privacy officer.")
        approvals["privacy_officer"] = second
    to_whom = Recipient(component, to, *asking.KNOWN_AS.get(component, ()))
    request = asking.question(
        found, to_whom, by, purpose=purpose, categories=category, approvals=approvals, **asking.SEEN_TO
    )
    answer = asking.ask(request, event="consent.ask")
    given = f": {' '.join(answer['allowed'])}" if answer["allowed"] else ""
    typer.echo(f"{answer['decision']}{given} ({', '.join(answer['rules'])}; {answer['ground']})")
    if answer["decision"] not in asking.GIVEN:
        lacking = [*answer["missing"], *answer["approvals_missing"]]
        raise Refused(f"The gate says no{': missing ' + ', '.join(lacking) if lacking else ''}.")
