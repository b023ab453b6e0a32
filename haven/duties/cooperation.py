"""That a victim helped an agency, from any document, and found again by agency and case number (C8).

Which document it stands on says nothing of its weight: a Supplement B has no special rank (8 CFR 214.204(e)).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from extract.errors import UsageProblem
from haven import crypto
from haven.accounts.models import User
from haven.audit import log
from haven.cases import access, index
from haven.cases.models import Case, DocumentRow
from haven.duties import asking
from haven.duties.models import Cooperation, CooperationWithdrawn

KINDS = (
    "supplement_b", "i-914b", "i-918b", "police_report", "statement", "affidavit", "complaint", "letter", "other",
)  # fmt: skip
"""Kinds of document that show cooperation; the words are those of the record."""
DATA = ("K2", "K3")
"""Of the gate: who was told (an official belongs to the facts), and that this victim told it."""


def record(
    case: Case,
    by: User,
    *,
    agency: str,
    document_kind: str,
    office: str = "",
    officer: str = "",
    number: str = "",
    date: dt.date | None = None,
    document: DocumentRow | None = None,
    words: str = "",
) -> Cooperation:
    """Raises ``UsageProblem`` for what cannot be, ``Refused`` where the case is not the officer's."""
    asking.check(by, case, DATA, event="cooperation.record")
    if index.mac("name", agency) is None:
        raise UsageProblem("Name the agency.")
    if document_kind not in KINDS:
        raise UsageProblem(f"The kind of document is one of: {', '.join(KINDS)}.")
    if date and date > timezone.now().date():
        raise UsageProblem("Nobody helped in the future.")
    with transaction.atomic():
        row = Cooperation.objects.create(
            case=case,
            by=by,
            agency=agency.strip(),
            agency_mac=index.mac("name", agency),
            office=office.strip(),
            officer=officer.strip(),
            number=number.strip(),
            number_mac=index.mac("id", number) or "",
            date=date,
            document=document,
            document_kind=document_kind,
            words=words.strip(),
        )
        detail = {"kind": document_kind, "document": str(document.pk) if document else ""}
        kept = {name: value for name, value in detail.items() if value}
        log.append("cooperation.recorded", actor=str(by.pk), subject=str(case.pk), detail=kept)
    return row


@dataclass(frozen=True)
class Reading:
    """Cooperation as a packet's reading has it, for an officer to record. ``documents``: those that tell it."""

    agency: str
    office: str
    officer: str
    number: str
    date: str
    documents: list[DocumentRow]

    @property
    def kind(self) -> str:
        return next((d.kind for d in self.documents if d.kind in KINDS), "other")


def readings(case: Case, by: User) -> list[Reading]:
    """What the newest reading of each packet says of cooperation and nobody has recorded or withdrawn yet."""
    asking.check(by, case, DATA, event="cooperation.readings")
    kept = set(case.cooperation.values_list("agency_mac", "number_mac"))
    found = []
    for packet in case.packets.all():
        run = packet.runs.order_by("-created").first()
        told = run.record().get("cooperation", []) if run else []
        documents = {row.ref: row for row in packet.documents.all()}
        for one in told:
            reading = Reading(
                agency=one.get("agency", ""),
                office=one.get("office", ""),
                officer=one.get("officer", ""),
                number=one.get("case_number", ""),
                date=one.get("date", ""),
                documents=[documents[ref] for ref in one.get("documents", []) if ref in documents],
            )
            macs = index.mac("name", reading.agency) or "", index.mac("id", reading.number) or ""
            if macs not in kept:
                found.append(reading)
    return found


def withdraw(row: Cooperation, by: User, reason: str) -> CooperationWithdrawn:
    """It is not so after all. Raises as ``record``."""
    asking.check(by, row.case, DATA, event="cooperation.withdraw")
    if not reason.strip():
        raise UsageProblem("Say why it is not so.")
    try:
        with transaction.atomic():
            gone = CooperationWithdrawn.objects.create(cooperation=row, by=by, reason=reason.strip())
            log.append("cooperation.withdrawn", actor=str(by.pk), subject=str(row.case_id))
    except IntegrityError:
        raise UsageProblem("This was withdrawn already.") from None
    return gone


def find(by: User, agency: str = "", number: str = "") -> list[Cooperation]:
    """Records with this agency, this case number, or both, out of the cases that ``by`` may see; each is asked.

    However the number is written, ``HPD 14-0555`` and ``HPD140555`` are one; so are ``Houston PD`` and ``PD, Houston``.
    """
    wanted = {"agency_mac": index.mac("name", agency) if agency else None}
    wanted["number_mac"] = index.mac("id", number) if number else None
    given = {name: mac for name, mac in wanted.items() if mac}
    if not given:
        raise UsageProblem("Give the agency, the case number, or both.")
    rows = Cooperation.objects.filter(withdrawn__isnull=True, case__in=access.cases_open_to(by), **given)
    rows = rows.exclude(data_key=crypto.SHREDDED).select_related("case", "document")
    found = [row for row in rows if _may_see(by, row.case)]
    log.append("cooperation.searched", actor=str(by.pk), detail={"count": len(found)})
    return found


def _may_see(by: User, case: Case) -> bool:
    try:
        asking.check(by, case, DATA, event="cooperation.find")
    except asking.Refused:
        return False
    return True
