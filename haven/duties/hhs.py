"""The notice of a minor to HHS: written through the gate with the least that serves, then recorded as sent (G22).

The clock is ``MinorNotice`` of the cases: 24 hours from when the minor was found (22 U.S.C. 7105(b)(1)(H)).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.audit import log
from haven.cases.models import MinorNotice, Person, new_pseudonym
from haven.cases.vocabulary import ValueState
from haven.duties import asking, incidents
from haven.duties.asking import Recipient, Refused
from haven.duties.models import HhsNotice, HhsSending
from haven.duties.vocabulary import Channel
from haven.referral import texts

HHS = Recipient("HHS", "Department of Health and Human Services")
UNKNOWN = "not known"
LINES = (("Name", ("name",)), ("Age", ("dob", "age")), ("Contact", ("phone", "email")), ("Location", ("address",)))
"""What the notice says of the minor, and from which values: the minimum of G22."""

TEMPLATES = {
    1: (
        "{banner}\n"
        "Controlled by: {controlled_by}\n\n"
        "NOTICE OF A PERSON UNDER 18 WHO MAY BE A VICTIM OF A SEVERE FORM OF TRAFFICKING IN PERSONS\n"
        "To the Secretary of Health and Human Services, under 22 U.S.C. 7105(b)(1)(H)\n\n"
        "Reference: {reference}\n"
        "Found by an official of this office: {found}\n\n"
        "{lines}\n\n"
        "This notice is given so that interim assistance can be provided, and for nothing else. What it holds is "
        "protected by 8 U.S.C. 1367: whoever receives it is bound by that section (8 CFR 214.216(c); 8 CFR "
        "214.14(e)(2)). Do not tell anybody outside the assistance of this person where it comes from. Whoever "
        "willfully uses or discloses it otherwise faces disciplinary action and a civil penalty of up to $5,000 for "
        "each violation (8 U.S.C. 1367(c)).\n\n"
        "{banner}\n"
    )
}
"""For approval by counsel. A change of wording is a new version; what was sent keeps its own."""
VERSION = max(TEMPLATES)


def write(notice: MinorNotice, by: User) -> HhsNotice:
    """The notice in the words of the template, with what officers know of the person now.

    Raises ``Refused`` where the gate says no; an overdue notice is still written, and the gate's alert is an incident.
    """
    if notice.ruled_out:
        raise Refused("An officer found this person to be of age; there is nothing to notify.")
    asking.check(by, notice.case, ["K3", "K6"], event="hhs_notice.open")
    category = notice.person.category
    if category not in ("K3", "K6"):
        raise Refused("Only an applicant or a possible victim is notified to HHS.")
    request = asking.question(notice.case, HHS, by, purpose="minor_notice", categories=[category])
    request["facts"]["hours_since_discovery"] = _hours(notice)
    answer = asking.ask(request, event="hhs_notice.write")
    if answer["decision"] not in asking.GIVEN:
        raise Refused(f"The gate does not permit this ({answer['rules'][0]}); nothing was written.")
    with transaction.atomic():
        name = new_pseudonym()
        written = HhsNotice.objects.create(
            name=name,
            notice=notice,
            by=by,
            version=VERSION,
            text=text_of(notice, name, answer["labels"]),
            rules=answer["rules"],
            policy=answer["policy"],
        )
        detail = {"notice": str(notice.pk), "person": str(notice.person_id), "version": str(VERSION)}
        log.append("hhs_notice.written", actor=str(by.pk), subject=str(notice.case_id), detail=detail)
    incidents.take_over_alerts()
    return written


def sent(written: HhsNotice, by: User, channel: str, *, at: dt.datetime | None = None, receipt: str = "") -> HhsSending:
    """That the notice went out; the clock of the case stops."""
    if channel not in Channel.values:
        raise UsageProblem(f"The channel is one of: {', '.join(Channel.values)}.")
    notice = written.notice
    asking.check(by, notice.case, ["K5"], event="hhs_notice.open")
    when = at or timezone.now()
    if not written.at <= when <= timezone.now():
        raise UsageProblem("It was sent after it was written, and not in the future.")
    with transaction.atomic():
        current = MinorNotice.objects.select_for_update().get(pk=notice.pk)
        if current.sent:
            raise UsageProblem("This notice was sent already.")
        sending = HhsSending.objects.create(written=written, by=by, channel=channel, sent=when, receipt=receipt.strip())
        current.sent, current.sent_by = when, by
        current.save(update_fields=["sent", "sent_by"])
        written.notice = current
        detail = {
            "notice": str(notice.pk),
            "channel": channel,
            "recipient": HHS.id,
            "lane": "hhs_minor",
            "purpose": "minor_notice",
            "hours": int(_hours(notice, when)),
        }
        log.append("hhs_notice.sent", actor=str(by.pk), subject=str(notice.case_id), detail=detail)
    return sending


def text_of(notice: MinorNotice, reference: str, labels: list[str]) -> str:
    """The text as it goes out. Nothing in it says which form was filed, or that one was."""
    lines = "\n".join(f"{title}: {_said(notice.person, fields)}" for title, fields in LINES)
    return TEMPLATES[VERSION].format(
        banner=texts.banner(labels),
        controlled_by=texts.CONTROLLED_BY,
        reference=reference,
        found=f"{notice.discovered:%Y-%m-%d %H:%M} UTC",
        lines=lines,
    )


def state_of(notice: MinorNotice) -> str:
    """``sent``, ``sent late``, ``of age``, ``overdue``, or the hours that are left."""
    if notice.sent:
        return "sent late" if notice.sent > notice.due else "sent"
    if notice.ruled_out:
        return "of age"
    left = (notice.due - timezone.now()).total_seconds() / 3600
    return "overdue" if left < 0 else f"{left:.0f} h left"


def _hours(notice: MinorNotice, at: dt.datetime | None = None) -> float:
    return ((at or timezone.now()) - notice.discovered).total_seconds() / 3600


def _said(person: Person, fields: tuple[str, ...]) -> str:
    values = [v for v in person.current_values() if v.field in fields and v.state != ValueState.REJECTED]
    return "; ".join(dict.fromkeys(str(v.text) for v in values)) or UNKNOWN
