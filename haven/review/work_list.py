"""The work list as it is shown: numbers, kinds, states, ages, counts, and no names (row U2 of the gate table)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from haven.cases.models import Packet, PageRow
from haven.cases.worklist import WorkItem
from haven.review import words
from haven.review.page_account import Account, Segment, account_of, bar_of

TONES = {
    "minor": "red",
    "break_glass": "red",
    "same_case": "amber",
    "doubt": "amber",
    "pages": "amber",
    "done": "green",
}
PLAIN = ("new", "open", "done")
"""Reasons that the columns Reviewed and Next step say already."""


@dataclass(frozen=True)
class Row:
    """One case of the list."""

    id: uuid.UUID
    number: str
    protection: str
    tone: str
    reason: str
    more: str
    documents: str
    account: Account
    alleged: int
    alleged_note: str
    reviewed: int
    values: int
    age: str
    next_step: str
    mine: bool

    @property
    def bar(self) -> tuple[Segment, ...]:
        return bar_of(self.account)

    @property
    def pages(self) -> int:
        return self.account.pages

    @property
    def pages_in_words(self) -> str:
        return ", ".join(f"{line.count} {line.words}" for line in self.account.lines) or "no pages"

    @property
    def percent(self) -> int:
        return round(100 * self.reviewed / max(1, self.values))

    @property
    def needs_person(self) -> bool:
        return any(line.state in ("needs_person", "refused") for line in self.account.lines)

    @property
    def complete(self) -> bool:
        return self.reviewed == self.values


def documents_in_words(kinds: Sequence[str]) -> str:
    """``I-914, I-914B, 2 statements`` in packet order."""
    counted = Counter(kinds)
    named = []
    for kind in dict.fromkeys(kinds):
        word = words.DOCUMENTS.get(kind, kind)
        named.append(word if counted[kind] == 1 else words.counted(counted[kind], word))
    return ", ".join(named) or "no document recognised"


def row(item: WorkItem) -> Row:
    case = item.case
    notes = [words.counted(item.alleged_organisations, "organisation")] if item.alleged_organisations else []
    notes += [f"{item.took_part} took part"] if item.took_part else []
    also = [r.sentence for r in item.reasons[1:] if r.kind not in PLAIN and r.sentence != item.why.sentence]
    return Row(
        id=case.pk,
        number=case.number,
        protection=f"{case.form} · {words.PROTECTION[case.protection]}",
        tone=TONES.get(item.why.kind, ""),
        reason=item.why.sentence,
        more="; ".join(also[:2]),
        documents=documents_in_words(item.documents),
        account=account_of(item.pages, item.pages_total),
        alleged=item.alleged,
        alleged_note=", ".join(notes),
        reviewed=item.decided,
        values=item.total,
        age=words.age(case.created, timezone.now()),
        next_step=item.next_step,
        mine=item.mine,
    )


def last_intake(office: str) -> Account | None:
    """The account of what was read in last: the packets that arrived within an hour of the latest one."""
    packets = Packet.objects.filter(office=office)
    latest = packets.order_by("-received").first()
    if latest is None:
        return None
    batch = packets.filter(received__gte=latest.received - dt.timedelta(hours=1))
    pages = PageRow.objects.filter(packet__in=batch)
    return account_of(
        Counter(pages.values_list("state", flat=True)), pages.count(), packets=batch.count(), when=latest.received
    )
