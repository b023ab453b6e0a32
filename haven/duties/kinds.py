"""The kinds of record that the retention table speaks of, and the rows of a case that belong to each.

Data of one kind about one class of person (O27): what protected people said of themselves is another kind than what is
alleged of others, so that each can have its own period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from haven.cases.models import (
    Allegation,
    BreakGlass,
    Case,
    CaseLink,
    CaseNote,
    DocumentRow,
    Evidence,
    IndexEntry,
    Packet,
    PageRow,
    PageText,
    RunRecord,
    StoredFile,
    Task,
    Value,
)
from haven.duties.models import (
    Consent,
    Cooperation,
    CooperationWithdrawn,
    HhsNotice,
    HhsSending,
    ImportedNote,
    Incident,
    IncidentStep,
    Revocation,
)
from haven.referral.models import Referral

Rows: TypeAlias = "QuerySet[Any]"


@dataclass(frozen=True)
class Kind:
    """``says``: for people. ``rows``: the sealed rows of a case whose data keys go. ``index``: entries that go too."""

    says: str
    rows: Callable[[Case], list[Rows]]
    index: Callable[[Case], Rows] = lambda case: IndexEntry.objects.none()


def _packets(case: Case) -> list[Any]:
    return list(case.packets.values_list("pk", flat=True))


def _of(group: str) -> Q:
    return Q(**{f"person__{group}__isnull": False})


def _originals(case: Case) -> list[Rows]:
    of_case = {"packet__case": case}
    return [StoredFile.objects.filter(**of_case), Packet.objects.filter(case=case)]


def _narratives(case: Case) -> list[Rows]:
    """Rows of the narrative store refer to packets by id only."""
    packets = _packets(case)
    of_case = {"packet__case": case}
    return [
        PageText.objects.filter(packet__in=packets),
        RunRecord.objects.filter(packet__in=packets),
        PageRow.objects.filter(**of_case),
        DocumentRow.objects.filter(**of_case),
        Evidence.objects.filter(**of_case),
    ]


def _protected(case: Case) -> list[Rows]:
    """Values of protected people, and the answers of forms: whose those are only the form says."""
    return [Value.objects.filter(case=case).filter(_of("protected") | Q(person__isnull=True))]


def _alleged(case: Case) -> list[Rows]:
    return [Value.objects.filter(_of("subject"), case=case), Allegation.objects.filter(case=case)]


def _officers(case: Case) -> list[Rows]:
    links = CaseLink.objects.filter(Q(case=case) | Q(other=case))
    of_case = [rows.filter(case=case) for rows in (CaseNote.objects, BreakGlass.objects, Task.objects)]
    return [*of_case, links, ImportedNote.objects.filter(placement__case=case)]


KINDS: dict[str, Kind] = {
    "originals": Kind("uploaded files and page images", _originals),
    "narratives": Kind("texts, words and readings of the pages", _narratives),
    "protected_people": Kind(
        "what is known of applicants, victims and family",
        _protected,
        lambda case: IndexEntry.objects.filter(Q(person__isnull=True) | _of("protected"), case=case),
    ),
    "alleged_people": Kind(
        "what is known of the alleged, and what is alleged",
        _alleged,
        lambda case: IndexEntry.objects.filter(_of("subject"), case=case),
    ),
    "other_people": Kind(
        "what is known of anybody else",
        lambda case: [Value.objects.filter(_of("bystander"), case=case)],
        lambda case: IndexEntry.objects.filter(_of("bystander"), case=case),
    ),
    "officers_words": Kind("notes, tasks, links, reasons of access", _officers),
    "consents": Kind(
        "consents and waivers",
        lambda case: [Consent.objects.filter(case=case), Revocation.objects.filter(consent__case=case)],
    ),
    "hhs_notices": Kind(
        "notices to HHS as they were sent",
        lambda case: [
            HhsNotice.objects.filter(notice__case=case),
            HhsSending.objects.filter(written__notice__case=case),
        ],
    ),
    "cooperation": Kind(
        "how a victim helped an agency",
        lambda case: [
            Cooperation.objects.filter(case=case),
            CooperationWithdrawn.objects.filter(cooperation__case=case),
        ],
    ),
    "referrals": Kind("packages for ICE HSI as they were proposed", lambda case: [Referral.objects.filter(case=case)]),
    "incidents": Kind(
        "incidents in words",
        lambda case: [Incident.objects.filter(case=case), IncidentStep.objects.filter(incident__case=case)],
    ),
}
