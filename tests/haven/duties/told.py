"""Every sealed field of duties, filled with words that stand nowhere else: for the tests of what lies on the disk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from haven.accounts.models import User
from haven.cases.models import Case

WORDS = [
    "left on a train seat", "rang the privacy desk", "Harbour House Shelter", "drawer four of the safe",
    "changed her mind on Tuesday", "Acosta versus the carrier", "settled out of court", "fax journal nineteen",
    "Bayou Parish Sheriff", "Gulf Vice Squad", "Sgt. Oyelaran", "BPS-77-0431", "rode along to the motel",
    "wrong sheriff", "EAC1999999999", "Tio Beltran kept her wages",
]  # fmt: skip


def _never_read(text: str) -> Any:
    raise AssertionError("a note is read once its case is known")


def tell_duties(case: Case, officer: User) -> None:
    """One of each record, written by the product itself."""
    from haven.duties import consents, cooperation, hhs, holds, incidents, notes
    from haven.duties.note_file import Note

    def other(name: str, role: str) -> Any:
        user = User.objects.create_user(
            username=name, display_name=name, component="USCIS", employee_type="employee", role=role, office="VSC"
        )
        user.session_mfa = True
        return user

    officer.session_mfa = True
    privacy, supervisor = other("s.lindqvist", "privacy_officer"), other("l.whitfield", "supervisor")
    incident = incidents.record("lost", officer, WORDS[0], categories=["K3"], case=case)
    incidents.tell(incident, officer, "chief_privacy_officer", words=WORDS[1])
    today = timezone.now().date()
    consent = consents.record(
        "consent",
        case.persons.get(entity="e0"),
        officer,
        purpose="victim_services",
        categories=["K3"],
        component="NGO_PROVIDER",
        recipient=WORDS[2],
        signed=today,
        expires=today + dt.timedelta(days=30),
        paper=WORDS[3],
        provider_expertise=True,
    )
    consents.revoke(consent, officer, WORDS[4])
    hold = holds.place(supervisor, WORDS[5], case)
    holds.release(hold, privacy, WORDS[6])
    written = hhs.write(case.minor_notices.get(), officer)
    hhs.sent(written, officer, "fax", receipt=WORDS[7])
    help_given = cooperation.record(
        case,
        officer,
        agency=WORDS[8],
        document_kind="police_report",
        office=WORDS[9],
        officer=WORDS[10],
        number=WORDS[11],
        words=WORDS[12],
    )
    cooperation.withdraw(help_given, officer, WORDS[13])
    notes.take_in([Note(1, WORDS[14], WORDS[15])], supervisor, _never_read)
