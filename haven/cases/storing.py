"""From extractions to cases: everything of a packet in one step, or nothing.

Blobs and texts are written first, under ids that nothing refers to yet; one transaction of the case database then makes
them part of a case. What an interrupted run left behind is thrown away when the packet is read again. Packets that are
stored together share those steps: the same rows, and a tenth of the waiting for the disk.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import heapq
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Model, Q
from django.utils import timezone

from extract.errors import OutputFailed
from haven.accounts.models import User
from haven.audit import log
from haven.audit.log import Entry
from haven.cases import bulk, index
from haven.cases.blobs import blobs
from haven.cases.drafting import Draft, clock_of, minor_discovered, part_of
from haven.cases.models import (
    Assignment,
    Case,
    CaseNumber,
    IndexEntry,
    MinorNotice,
    Packet,
    PageText,
    Person,
    ProtectedPerson,
    RunRecord,
    Task,
)
from haven.cases.vocabulary import TaskKind

if TYPE_CHECKING:
    from extract.packet import ReadFile
    from extract.pipeline import Extraction

NUMBERS = ("a_number", "receipt")
SYSTEM = "system:intake"
"""Actor of what no signed-in officer did."""


def receive(content_mac: str, *, name: str, office: str, user: User | None = None) -> Packet:
    """The row of a packet that came in: a new one, or the one that the same bytes made before."""
    return receive_all({content_mac: name}, office=office, user=user)[content_mac]


def receive_all(names: Mapping[str, str], *, office: str, user: User | None = None) -> dict[str, Packet]:
    """``receive`` for many: keyed content id → name, to keyed content id → row."""
    rows = _packets(names)
    new = [
        Packet(content_mac=mac, name=name, office=office, received_by=user)
        for mac, name in names.items()
        if mac not in rows
    ]
    if new:
        Packet.objects.bulk_create(new, ignore_conflicts=True)  # another process may receive the same bytes just now
        rows |= _packets(packet.content_mac for packet in new)
        ours = [packet for packet in new if rows[packet.content_mac] == packet]
        entries = [Entry("packet.received", _actor(user), str(packet.pk), {"office": office}) for packet in ours]
        log.append_all(entries)
    return rows


def _packets(macs: Iterable[str]) -> dict[str, Packet]:
    return {row.content_mac: row for row in Packet.objects.filter(content_mac__in=list(macs)).select_related("case")}


def discard_leftovers(*packets: Packet) -> None:
    """Forget what an interrupted run wrote for packets that are not part of a case."""
    left = [packet.pk for packet in packets if packet.case_id is None]
    PageText.objects.filter(packet__in=left).delete()
    RunRecord.objects.filter(packet__in=left).delete()
    for packet in left:
        blobs().discard(packet)


def store_extraction(
    extraction: Extraction, *, packet: Packet | None = None, office: str = "", user: User | None = None
) -> Case:
    """Make a draft case of what was read. The same packet again gives the case that it made before.

    Raises ``OutputFailed`` where the disk takes no more, and then nothing of the packet is part of any case.
    """
    return store_extractions([extraction], packets=packet and [packet], office=office, user=user)[0]


def store_extractions(
    extractions: Sequence[Extraction],
    *,
    packets: Sequence[Packet] | None = None,
    office: str = "",
    user: User | None = None,
) -> list[Case]:
    """``store_extraction`` for packets that were read together: each of them becomes a case, or none does.

    A packet of 40 pages takes about 1 MB of memory until all are written: some hundred packets at a time are enough.
    """
    with _collector_paused():
        return _store_together(extractions, packets or _received(extractions, office=office, user=user), user)


def _store_together(extractions: Sequence[Extraction], packets: Sequence[Packet], user: User | None) -> list[Case]:
    drafts: dict[uuid.UUID, Draft] = {}
    for packet, extraction in zip(packets, extractions, strict=True):
        if packet.case is None and packet.pk not in drafts:  # the same bytes twice are one case
            drafts[packet.pk] = Draft(packet, extraction, actor=_actor(user))
    if drafts:
        _store(list(drafts.values()), user)
    return [drafts[packet.pk].case if packet.pk in drafts else packet.case for packet in packets]


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """All that is made of a batch lives until it is written: looking for garbage in it is a fifth of the work."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _received(extractions: Iterable[Extraction], *, office: str, user: User | None) -> list[Packet]:
    records = {index.content_mac(*(f.sha256 for f in e.record.files)): e.record.id for e in extractions}
    rows = receive_all(records, office=office, user=user)
    return [rows[index.content_mac(*(f.sha256 for f in e.record.files))] for e in extractions]


def _actor(user: User | None) -> str:
    return str(user.pk) if user else SYSTEM


def _store(drafts: list[Draft], user: User | None) -> None:
    discard_leftovers(*(draft.packet for draft in drafts))
    _store_blobs(drafts)
    with transaction.atomic(using="narrative"):
        _write(draft.texts for draft in drafts)
    with transaction.atomic():
        _number(drafts)
        _ask_for_same_cases(drafts)
        _assign(drafts, user)
        _write(draft.rows for draft in drafts)
        bulk.update([draft.taken_in() for draft in drafts], "case", "state", "read", "error")
        log.append_all([entry for draft in drafts for entry in draft.entries])


def _store_blobs(drafts: list[Draft]) -> None:
    """The bytes as they came and the pictures of the pages."""
    owners: list[tuple[Any, str]] = []

    def contents() -> Iterator[tuple[uuid.UUID, bytes]]:
        for draft in drafts:
            for row, file in zip(draft.files, draft.extraction.files, strict=True):
                content = _content(file)
                if content is not None:
                    owners.append((row, "blob"))
                    yield draft.packet.pk, content
            for page, read in zip(draft.pages, draft.read, strict=True):
                if read.image is not None:
                    owners.append((page, "image"))
                    yield draft.packet.pk, read.image()

    for blob, (row, column) in zip(blobs().put_all(contents()), owners, strict=True):
        setattr(row, column, blob)


def _content(file: ReadFile) -> bytes | None:
    """The bytes as they came, also of a file that could not be read: nothing is lost."""
    if file.path.is_symlink() or not file.path.is_file():
        return None
    try:
        content = file.path.read_bytes()
    except OSError:
        return None  # a refused row of the account already says that it cannot be opened
    if hashlib.sha256(content).hexdigest() != file.sha256:
        if file.refused:
            return None
        raise OutputFailed("a file changed while it was read; run the intake again.")
    return content


def _write(tables: Iterable[Mapping[type[Model], list[Any]]]) -> None:
    """New rows of many cases, one table after the other."""
    together: dict[type[Model], list[Any]] = defaultdict(list)
    for of_one in tables:
        for table, rows in of_one.items():
            together[table] += rows
    for table, rows in together.items():
        bulk.insert(table, rows)


def _number(drafts: list[Draft]) -> None:
    """The next case number of its form for each; two intakes at once never take the same."""
    for form in sorted({draft.case.form for draft in drafts}):
        CaseNumber.objects.get_or_create(form=form)
        counter = CaseNumber.objects.select_for_update().get(form=form)
        for draft in drafts:
            if draft.case.form == form:
                counter.last += 1
                draft.case.number = f"{form}-{counter.last:04d}"
        counter.save()


def _ask_for_same_cases(drafts: list[Draft]) -> None:
    """A task where the applicant of an earlier case has the same A-number or receipt number (decision 4)."""
    numbers = {draft.case.pk: _numbers_of_applicant(draft) for draft in drafts}
    macs = {mac for own in numbers.values() for _, mac in own}
    earlier: dict[tuple[str, str], list[uuid.UUID]] = defaultdict(list)
    same = IndexEntry.objects.filter(kind__in=NUMBERS, mac__in=macs, person__protected__role="applicant")
    for kind, mac, case in same.order_by("-case__created").values_list("kind", "mac", "case"):
        earlier[kind, mac].append(case)
    for draft in drafts:
        own = numbers[draft.case.pk]
        for other in dict.fromkeys(case for number in own for case in earlier[number]):
            task = Task(case=draft.case, kind=TaskKind.SAME_CASE, code="same_number", other_case_id=other)
            draft.rows[Task].append(task)
        for number in own:
            earlier[number].append(draft.case.pk)


def _numbers_of_applicant(draft: Draft) -> list[tuple[str, str]]:
    applicants = {part.person_id for part in draft.rows[ProtectedPerson] if part.role == "applicant"}
    entries = (e for e in draft.rows[IndexEntry] if e["kind"] in NUMBERS and e["person_id"] in applicants)
    return [(e["kind"], e["mac"]) for e in entries]


def _assign(drafts: list[Draft], user: User | None) -> None:
    """A queue owner for every record (C15): the referral officer of the office with the fewest open cases."""
    for office in {draft.case.office for draft in drafts}:
        officers = User.objects.filter(role="referral_officer", office=office, is_active=True)
        open_cases = Count("assignments", filter=Q(assignments__until__isnull=True))
        queue = [(one.load, one.username, one) for one in officers.annotate(load=open_cases)]
        heapq.heapify(queue)
        for draft in drafts:
            if queue and draft.case.office == office:
                load, name, officer = queue[0]
                draft.rows[Assignment] = [Assignment(case=draft.case, officer=officer, by=user)]
                heapq.heapreplace(queue, (load + 1, name, officer))


def make_part(person: Person, role: str, *, doubt: list[str], mode: str = "alleged") -> None:
    """Saves the row that says what a person is."""
    part_of(person, role, doubt=doubt, mode=mode).save(force_insert=True)


def start_minor_clock(person: Person, *, actor: str) -> MinorNotice:
    """24 hours to the notice to HHS, if they do not run already."""
    ProtectedPerson.objects.filter(person=person).update(minor=True)
    notice = MinorNotice.objects.filter(person=person).first()
    if notice is None:
        notice = clock_of(person, timezone.now())
        notice.save(force_insert=True)
        log.append_all([minor_discovered(person, actor=actor)])
    return notice
