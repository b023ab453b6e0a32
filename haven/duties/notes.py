"""Case notes of another system become pages of their cases, and the culpable people in them proposed records (C7).

The note is read by the narrative pipeline. Whoever it accuses is proposed, in the harmless role where the pipeline is
in doubt, and an officer decides on the case page as about any other reading. No note is lost: one that cannot be placed
stays sealed here, and one that speaks of a culpable person whom the reading did not find is a task of its case.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import transaction
from django.utils import timezone

from extract.errors import UsageProblem
from extract.packet import ReadPage, Word
from extract.record import Document, Entity, File, Page, Record
from haven import crypto
from haven.accounts.models import User
from haven.audit import log
from haven.cases import access, index
from haven.cases.ages import reads_as_minor
from haven.cases.blobs import blobs
from haven.cases.models import (
    Allegation,
    Case,
    DocumentRow,
    Evidence,
    ExtractionRun,
    IndexEntry,
    PageText,
    Person,
    RunRecord,
    StoredFile,
    Task,
    Value,
)
from haven.cases.placing import Places, stored_pages
from haven.cases.relations import meanings
from haven.cases.storing import discard_leftovers, make_part, receive, start_minor_clock
from haven.cases.vocabulary import GROUP_OF_ROLE, PacketState, TaskKind
from haven.cases.vocabulary import Source as ValueSource
from haven.duties import asking
from haven.duties.models import ImportedNote, NotePlacement
from haven.duties.note_file import Note
from haven.intake.claim import claimed

if TYPE_CHECKING:
    from extract.narrative import NarrativeResult

Read: TypeAlias = "Callable[[str], NarrativeResult]"
"""Reads a text as the narrative pipeline does (``extract.narrative.load().read``)."""

ACCUSED = ("alleged", "took_part")
SPEAKS_OF_GUILT = re.compile(
    r"traffick|abuser|abus(?:ed|ive)|perpetrat|culpab|complicit|accomplice|\bden(?:y|ied|ial)\b|ineligib|"
    r"not (?:be )?(?:eligible|approved|granted)|214\.14\(f\)",
    re.IGNORECASE,
)
"""Words that say that a note is about somebody who must not get a derivative benefit (8 CFR 214.14(f)(1))."""

REASONS = {
    "empty": "the note has no text",
    "no_receipt": "no receipt number",
    "unknown_case": "no case of yours has this receipt number",
    "several_cases": "more than one case of yours has this receipt number",
    "nobody_found": "it speaks of a culpable person, and the reading found nobody",
}
"""Why a note was not understood. Only the last is in its case; the others wait here."""


@dataclass
class Report:
    """What became of a file of notes. ``notes`` = ``placed`` + ``known`` + what is not understood and not placed."""

    notes: int = 0
    placed: int = 0
    known: int = 0
    records: int = 0
    family: int = 0
    asked: int = 0
    not_understood: list[tuple[int, str]] = field(default_factory=list)
    """(line of the file, key of ``REASONS``)"""


@dataclass
class _Made:
    """People whom one note accuses: new records, those that are family, known people to be looked at again."""

    records: int = 0
    family: int = 0
    asked: int = 0


def take_in(notes: Iterable[Note], by: User, read: Read) -> Report:
    """Import every note once; the same note again is known, or placed if its case has come since."""
    asking.check_role(by, "notes")
    report = Report()
    for note in notes:
        report.notes += 1
        _take(note, by, read, report)
    reasons = Counter(reason for _, reason in report.not_understood)
    counts = {"notes": report.notes, "placed": report.placed, "known": report.known, "records": report.records}
    log.append("notes.imported", actor=str(by.pk), detail={"counts": {**counts, **reasons}})
    return report


def waiting() -> list[ImportedNote]:
    """Notes that are in no case."""
    return list(ImportedNote.objects.filter(placement__isnull=True))


def _take(note: Note, by: User, read: Read, report: Report) -> None:
    mac = index.content_mac(hashlib.sha256(f"{note.receipt}\0{note.text}".encode()).hexdigest())
    with claimed(mac) as mine:
        if not mine:
            raise UsageProblem("Another import has one of these notes in hand; run this again when it is done.")
        _take_claimed(note, mac, by, read, report)


def _take_claimed(note: Note, mac: str, by: User, read: Read, report: Report) -> None:
    before = ImportedNote.objects.filter(mac=mac).first()
    if before is not None and hasattr(before, "placement"):
        report.known += 1
        return
    found = _case_of(note, by)
    if isinstance(found, str):
        report.not_understood.append((note.line, found))
        if before is None:
            with transaction.atomic():
                ImportedNote.objects.create(mac=mac, line=note.line, receipt=note.receipt, text=note.text, by=by)
                log.append("note.kept", actor=str(by.pk), detail={"reason": found})
        return
    made = _Placing(note, found, by, read).place(mac, before)
    report.placed += 1
    report.records += made.records
    report.family += made.family
    report.asked += made.asked
    if not (made.records or made.asked) and SPEAKS_OF_GUILT.search(note.text):
        report.not_understood.append((note.line, "nobody_found"))


def _case_of(note: Note, by: User) -> Case | str:
    """The case, or why there is none. A case of another office is as good as none (U1)."""
    if not note.text:
        return "empty"
    mac = index.mac("receipt", note.receipt)
    if mac is None:
        return "no_receipt"
    entries = IndexEntry.objects.filter(kind="receipt", mac=mac, person__protected__role="applicant")
    cases = list(Case.objects.filter(pk__in=entries.values("case")))
    given = [case for case in cases or [None] if _may_place(by, case) and case]
    if len(given) > 1:
        return "several_cases"
    return given[0] if given else "unknown_case"


def _may_place(by: User, case: Case | None) -> bool:
    """The gate's logged answer; asked for no case too, so that the log has every note with a receipt number."""
    request = access.request_for(by, purpose="intake", categories=["K4"], case=case)
    return asking.ask(request, event="notes.place")["decision"] in asking.GIVEN


class _Placing:
    """Makes one note a packet of its case, with one page, and proposes whom it accuses."""

    def __init__(self, note: Note, case: Case, by: User, read: Read) -> None:
        self.note, self.case, self.by = note, case, by
        self.text = note.text
        self.result = read(self.text)
        self.people: dict[str, Person] = {}
        self.values: list[tuple[Value, list[Evidence]]] = []
        self.made = _Made()

    def place(self, mac: str, before: ImportedNote | None) -> _Made:
        content = self.text.encode()
        self.packet = receive(mac, name="Case note", office=self.case.office, user=self.by)
        discard_leftovers(self.packet)
        sha = hashlib.sha256(content).hexdigest()
        read = _page(sha, self.text)
        self.record = self._record(sha, len(content))
        blob = blobs().put(self.packet.pk, content)
        file = StoredFile(
            packet=self.packet, order=0, content_mac=index.content_mac(sha), sha256=sha, name="note.txt",
            media_type="text/plain", size=len(content), blob=blob,
        )  # fmt: skip
        (page,) = stored_pages(self.packet, self.record, [file])
        model = self.record.model
        self.run = ExtractionRun(
            packet=self.packet, schema_version=self.record.schema_version, model_name=model.name if model else "",
            model_version=model.version if model else "", model_hash=model.hash if model else "",
        )  # fmt: skip
        with transaction.atomic(using="narrative"):
            words = [[w.text, None, 1.0, o] for w, o in zip(read.words, read.offsets, strict=True)]
            PageText.objects.create(pk=page.pk, packet=self.packet.pk, text=self.text, words=words)
            record = self.record.model_dump(mode="json")
            RunRecord.objects.create(pk=self.run.pk, packet=self.packet.pk, record=record)
        with transaction.atomic():
            self.packet.case, self.packet.state, self.packet.read = self.case, PacketState.DONE, timezone.now()
            self.packet.save()
            for row in (file, page, self.run):
                row.save(force_insert=True)
            document = DocumentRow.objects.create(
                packet=self.packet, ref="d0", order=0, kind="other", title="Case note", start=0, end=len(self.text)
            )
            document.pages.set([page])
            self.places = Places(self.packet, self.record, [read], [page])
            self._people()
            self._save()
            self._ask_where_nobody_was_found(page)
            note = before or ImportedNote.objects.create(
                mac=mac, line=self.note.line, receipt=self.note.receipt, by=self.by
            )
            if before is not None:  # its words are a page of the case now, and nowhere else
                ImportedNote.objects.filter(pk=before.pk).update(data_key=crypto.SHREDDED)
            NotePlacement.objects.create(
                note=note, case=self.case, packet=self.packet, records=self.made.records + self.made.asked
            )
            detail = {"packet": str(self.packet.pk), "run": str(self.run.pk), "count": self.made.records}
            log.append("note.placed", actor=str(self.by.pk), subject=str(self.case.pk), detail=detail)
        return self.made

    def _record(self, sha: str, size: int) -> Record:
        everything = (0, len(self.text))
        result = self.result
        for span in result.spans:
            span.page = 0
        return Record(
            id="note",
            document="other",
            text=self.text,
            spans=result.spans,
            entities=result.entities,
            attributes=result.attributes,
            attribute_sources=result.attribute_sources,
            relations=result.relations,
            relation_sources=result.relation_sources,
            files=[File(sha256=sha, name="note.txt", size=size, media_type="text/plain")],
            documents=[Document(id="d0", kind="other", title="Case note", pages=[0], range=everything)],
            pages=[Page(file=sha, number=1, state="text", reason="A case note of another system.", range=everything)],
            model=result.model,
        )

    def _people(self) -> None:
        """New people as proposed, known ones to be looked at again; the applicant is the case's own."""
        applicant = self.case.persons.filter(protected__role="applicant").first()
        if applicant is not None:
            self.people["e0"] = applicant
        for key, entity in self.record.entities.items():
            if key == "e0" or not entity.name:
                continue
            accused = self._is_accused(key, entity)
            known = self._known(entity.name)
            if known is not None:
                self.people[key] = known
                if accused and known.group not in ACCUSED:
                    self._ask_about(known, entity)
                continue
            doubt: list[str] = list(entity.doubt)
            if accused and not doubt and GROUP_OF_ROLE[entity.role] not in ACCUSED:
                doubt = ["trafficker"]
            person = Person.objects.create(
                case=self.case, packet=self.packet, entity=key, type=entity.type, order=self.case.persons.count(),
                confidence=entity.confidence,
            )  # fmt: skip
            make_part(person, entity.role, doubt=doubt, mode=entity.allegation or "alleged")
            self.people[key] = person
            self._values_of(key, entity, doubt)
            if accused:
                self.made.records += 1
                self.made.family += self._is_family(key, entity)
        self._deeds()

    def _is_accused(self, key: str, entity: Entity) -> bool:
        roles = {GROUP_OF_ROLE[role] for role in (entity.role, *entity.doubt)}
        acts = any(head == key and not meanings()[kind].structural for head, kind, _, _ in self.record.relations)
        return bool(roles & {*ACCUSED}) or acts

    def _is_family(self, key: str, entity: Entity) -> bool:
        related = {(head, tail) for head, kind, tail, _ in self.record.relations if kind == "family_of"}
        return entity.role == "family" or bool(related & {("e0", key), (key, "e0")})

    def _known(self, name: str) -> Person | None:
        mac = index.mac("name", name)
        entry = IndexEntry.objects.filter(case=self.case, kind="name", mac=mac, person__isnull=False).first()
        return entry.person if entry and mac else None

    def _ask_about(self, person: Person, entity: Entity) -> None:
        """Somebody who is held for harmless: nobody's role changes by a note, an officer is asked."""
        part = person.part
        if not person.confirmed and "trafficker" not in part.doubt:
            part.doubt = [*part.doubt, "trafficker"]
            part.save(update_fields=["doubt"])
        sentence = f"A case note accuses {entity.name}, who is held for {part.get_role_display().lower()} here: decide."
        Task.objects.create(case=self.case, kind=TaskKind.READ, code="note_accuses", sentence=sentence)
        self.made.asked += 1

    def _ask_where_nobody_was_found(self, page: Any) -> None:
        if not (self.made.records or self.made.asked) and SPEAKS_OF_GUILT.search(self.text):
            sentence = "A case note speaks of a culpable person whom the reading did not find."
            Task.objects.create(
                case=self.case, kind=TaskKind.READ, code="note_not_understood", sentence=sentence, page=page
            )

    def _values_of(self, key: str, entity: Entity, doubt: list[str]) -> None:
        said = [(self.text[s.start : s.end], (s.start, s.end)) for s in self.record.spans if s.entity == key]
        first = [e for _, place in said[:1] for e in self.places.of_range(*place)]
        reasons = [e for place in entity.reasons for e in self.places.of_range(*place)]
        person = self.people[key]
        self._value(person, "role", entity.role, entity.confidence, reasons or first, alternatives=doubt)
        for name, text in [("name", entity.name), *(("alias", alias) for alias in entity.aliases)]:
            spots = [e for words, place in said if words == text for e in self.places.of_range(*place)]
            self._value(person, name, text, entity.confidence, spots or first)
        for (owner, name, text), source in zip(self.record.attributes, self.record.attribute_sources, strict=True):
            if owner == key:
                self._value(person, name, text, source.confidence, self.places.of_source(source))

    def _deeds(self) -> None:
        for (head, kind, tail, when), source in zip(self.record.relations, self.record.relation_sources, strict=True):
            actor, other, meaning = self.people.get(head), self.people.get(tail), meanings()[kind]
            if actor is None or other is None or actor.packet_id != self.packet.pk:
                continue
            evidence = self.places.of_source(source)
            if meaning.structural:
                self._value(actor, kind, meaning.says, source.confidence, evidence, related=other)
                continue
            allegation = Allegation.objects.create(
                case=self.case, actor=actor, victim=other, relation=kind, act=meaning.act, means=meaning.means,
                purpose=meaning.purpose, when=when, mode=self.record.entities[head].allegation or "alleged",
            )  # fmt: skip
            more = {"allegation": allegation, "related": other, "normal": when}
            self._value(actor, "allegation", meaning.says, source.confidence, evidence, **more)

    def _value(
        self, person: Person, name: str, text: str, confidence: float, evidence: list[Evidence], **more: Any
    ) -> None:
        value = Value(
            case=self.case, person=person, field=name, text=text, confidence=confidence, run=self.run,
            source=ValueSource.EXTRACTED, order=0, **more,
        )  # fmt: skip
        self.values.append((value, evidence))

    def _save(self) -> None:
        Evidence.objects.bulk_create(self.places.rows.values())
        first = Value.objects.filter(case=self.case).count()
        for number, (value, evidence) in enumerate(self.values):
            value.order = first + number
            value.save()
            value.evidence.set(evidence)
            for kind, mac in index.entries(value.field, value.text):
                IndexEntry.objects.get_or_create(kind=kind, mac=mac, case=self.case, person=value.person)
        for person in {value.person for value, _ in self.values}:
            if person is not None and person.group == "protected" and person.role != "family":
                read = [(v.field, v.normal or v.text) for v, _ in self.values if v.person == person]
                if reads_as_minor(read, today=timezone.now().date()):
                    start_minor_clock(person, actor=str(self.by.pk))


def _page(sha: str, text: str) -> ReadPage:
    """The note as the one page of a text file: words with their places, and no boxes."""
    found = list(re.finditer(r"\S+", text))
    return ReadPage(
        sha, 1, "text", "A case note of another system.", words=tuple(Word(m.group(), None) for m in found), text=text,
        offsets=tuple(m.span() for m in found),
    )  # fmt: skip
