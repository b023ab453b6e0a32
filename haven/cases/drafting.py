"""From an extraction to the rows of a case: made here, sealed and written by ``haven.cases.storing``."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone

from extract.record import Record, Source
from haven.audit.log import Entry
from haven.cases import index
from haven.cases.ages import reads_as_minor
from haven.cases.models import (
    HHS_HOURS,
    Allegation,
    Assignment,
    Bystander,
    Case,
    DocumentRow,
    Evidence,
    ExtractionRun,
    IndexEntry,
    MinorNotice,
    Packet,
    PageRow,
    PageText,
    Person,
    PersonPart,
    ProtectedPerson,
    RunRecord,
    StoredFile,
    Subject,
    Task,
    Value,
)
from haven.cases.placing import Places, stored_pages
from haven.cases.relations import meanings
from haven.cases.vocabulary import (
    GROUP_OF_ROLE,
    CaseState,
    Form,
    PacketState,
    Protection,
    TaskKind,
)
from haven.cases.vocabulary import Source as ValueSource

if TYPE_CHECKING:
    from extract.packet import ReadFile, ReadPage
    from extract.pipeline import Extraction

TASK_OF_NEED = {"page_needs_person": TaskKind.PAGES, "page_refused": TaskKind.PAGES}

TABLES: tuple[type[Model], ...] = (
    Case,
    StoredFile,
    PageRow,
    ExtractionRun,
    DocumentRow,
    DocumentRow.pages.through,
    Person,
    Subject,
    ProtectedPerson,
    Bystander,
    MinorNotice,
    Allegation,
    Evidence,
    Value,
    Value.evidence.through,
    IndexEntry,
    Task,
    Assignment,
)
"""In the order in which they are written: a row that is referred to first, or SQLite looks for who waits for it."""


class Draft:
    """The case of one packet with everything that belongs to it, not saved yet. Asks no database.

    ``rows``: of the case database, by their table, as ``bulk.insert`` takes them: what a packet has many of are
    dictionaries. ``texts``: of the narrative store. ``entries``: for the log, the case's own one last. What only the
    database knows is left to be done: number, same applicant, officer.
    """

    def __init__(self, packet: Packet, extraction: Extraction, *, actor: str) -> None:
        self.packet, self.extraction, self.actor = packet, extraction, actor
        self.record = extraction.record
        self.now = timezone.now()
        self.rows: dict[type[Model], list[Any]] = {table: [] for table in TABLES}
        self.files = _file_rows(packet, extraction.files)
        owners = [row for row, file in zip(self.files, extraction.files, strict=True) for _ in file.pages]
        self.read = [page for file in extraction.files for page in file.pages]
        self.pages = stored_pages(packet, self.record, owners)
        self.run = _run_row(packet, self.record)
        self.texts: dict[type[Model], list[Any]] = {
            PageText: list(map(_page_text, self.pages, self.read)),
            RunRecord: [{"id": self.run.pk, "packet": packet.pk, "record": self.record.model_dump_json().encode()}],
        }
        self.places = Places(packet, self.record, self.read, self.pages)
        self.people: dict[str, Person] = {}
        self.case = self._case()
        self.rows[Case] = [self.case]
        self.rows[StoredFile], self.rows[PageRow], self.rows[ExtractionRun] = self.files, self.pages, [self.run]
        self._documents()
        self._people()
        self._attributes()
        self._relations()
        self._fields()
        self.rows[Evidence] = list(self.places.rows.values())
        self._index()
        self.entries = [*self._minors(), self._created()]
        self._tasks()

    def taken_in(self) -> Packet:
        """The packet as it is once the case stands."""
        self.packet.case = self.case
        self.packet.state, self.packet.read, self.packet.error = PacketState.DONE, self.now, ""
        return self.packet

    def _case(self) -> Case:
        kinds = [d.kind for d in self.record.documents]
        form = next((Form.T if k.startswith("i-914") else Form.U for k in kinds if k.startswith("i-9")), None)
        return Case(
            form=form or Form.T,
            form_known=form is not None,
            receipt=self._receipt(),
            office=self.packet.office,
            state=CaseState.DRAFT,
            protection=Protection.PENDING if form else Protection.UNKNOWN,
        )

    def _receipt(self) -> str:
        """The first receipt number that stands in a form or, failing that, in the text as nobody else's."""
        fields = (f.value for f in self.record.fields if f.kind == "id" and f.category in ("K3", "K5"))
        spans = (
            self.record.text[s.start : s.end] for s in self.record.spans if s.label == "ID" and s.entity in (None, "e0")
        )
        return next((t for t in (*fields, *spans) if index.mac("receipt", t)), "")

    def _documents(self) -> None:
        self.documents: dict[str, DocumentRow] = {}
        for order, d in enumerate(self.record.documents):
            row = self.documents[d.id] = DocumentRow(
                packet=self.packet,
                ref=d.id,
                order=order,
                kind=d.kind,
                edition=d.edition or "",
                title=d.title,
                language=d.language,
                confidence=d.confidence,
                start=d.range[0],
                end=d.range[1],
            )
            self.rows[DocumentRow].append(row)
            self.rows[DocumentRow.pages.through] += [
                {"documentrow_id": row.pk, "pagerow_id": self.pages[p].pk} for p in d.pages
            ]

    def _people(self) -> None:
        mentions: dict[str, list[tuple[str, tuple[int, int]]]] = {}
        for span in self.record.spans:
            if span.entity and span.label in ("PERSON", "ORG", "KIN"):
                words = self.record.text[span.start : span.end]
                mentions.setdefault(span.entity, []).append((words, (span.start, span.end)))
        for order, (key, entity) in enumerate(self.record.entities.items()):
            person = self.people[key] = Person(
                case=self.case,
                packet=self.packet,
                entity=key,
                type=entity.type,
                order=order,
                confidence=entity.confidence,
            )
            self.rows[Person].append(person)
            reasons = [e for r in entity.reasons for e in self.places.of_range(*r)]
            said = mentions.get(key, [])
            first = [e for _, r in said[:1] for e in self.places.of_range(*r)]
            self._value(
                person, "role", entity.role, entity.confidence, reasons or first, alternatives=list(entity.doubt)
            )
            for field, name in [("name", entity.name), *(("alias", alias) for alias in entity.aliases)]:
                if name:
                    spots = [e for words, r in said if words == name for e in self.places.of_range(*r)]
                    self._value(person, field, name, entity.confidence, spots or first or self._answer(name))
            part = part_of(person, entity.role, doubt=list(entity.doubt), mode=entity.allegation or "alleged")
            self.rows[type(part)].append(part)

    def _answer(self, text: str) -> list[Evidence]:
        """A name that no narrative mentions comes from a form field."""
        found = next((i for i, f in enumerate(self.record.fields) if f.value and f.value in text), None)
        return [] if found is None else self.places.of_field(found)

    def _value(
        self,
        person: Person | None,
        field: str,
        text: str,
        confidence: float,
        evidence: Iterable[Evidence],
        **more: object,
    ) -> None:
        value = {
            "id": uuid.uuid4(),
            "case_id": self.case.pk,
            "person_id": person and person.pk,
            "field": field,
            "text": text,
            "confidence": confidence,
            "order": len(self.rows[Value]),
            "run_id": self.run.pk,
            "source": ValueSource.EXTRACTED,
            "created": self.now,
            **more,
        }
        self.rows[Value].append(value)
        self.rows[Value.evidence.through] += [
            {"value_id": value["id"], "evidence_id": row} for row in dict.fromkeys(e.pk for e in evidence)
        ]

    def _attributes(self) -> None:
        for (owner, name, text), source in zip(self.record.attributes, self.record.attribute_sources, strict=True):
            self._value(
                self.people[owner],
                name,
                text,
                source.confidence,
                self.places.of_source(source),
                normal=self._normal(source),
                source=ValueSource.FORM if source.field is not None else ValueSource.EXTRACTED,
            )

    def _normal(self, source: Source) -> str:
        """The normalised date of the span that a value was read from."""
        if source.range is None:
            return ""
        same = (s for s in self.record.spans if s.value and (s.start, s.end) == tuple(source.range or ()))
        return next((s.value or "" for s in same), "")

    def _relations(self) -> None:
        table = meanings()
        for (head, kind, tail, when), source in zip(self.record.relations, self.record.relation_sources, strict=True):
            evidence, meaning = self.places.of_source(source), table[kind]
            actor, victim = self.people[head], self.people[tail]
            if meaning.structural:
                self._value(actor, kind, meaning.says, source.confidence, evidence, related_id=victim.pk)
                continue
            allegation = Allegation(
                case=self.case,
                actor=actor,
                victim=victim,
                relation=kind,
                act=meaning.act,
                means=meaning.means,
                purpose=meaning.purpose,
                when=when,
                mode=self.record.entities[head].allegation or "alleged",
            )
            self.rows[Allegation].append(allegation)
            self._value(
                actor,
                "allegation",
                meaning.says,
                source.confidence,
                evidence,
                allegation_id=allegation.pk,
                related_id=victim.pk,
                normal=when,
            )

    def _fields(self) -> None:
        for i, f in enumerate(self.record.fields):
            self._value(
                None,
                "form",
                "" if f.kind == "narrative" else f.value,  # narratives lie in the narrative store only (O28)
                f.confidence,
                self.places.of_field(i),
                document_id=self.documents[f.document].pk,
                item=f.item[:80],
                question=f.name[:300],
                kind=f.kind,
                category=f.category,
                source=ValueSource.FORM,
            )

    def _index(self) -> None:
        entries: set[tuple[str, str, uuid.UUID]] = set()
        for value in self.rows[Value]:
            if value["person_id"] is not None:
                found = index.entries(value["field"], value["text"])
                entries |= {(kind, mac, value["person_id"]) for kind, mac in found}
            elif value["kind"] == "id" and value["category"] == "K3":  # the applicant's numbers on the form
                entries |= {(kind, mac, self.people["e0"].pk) for kind, mac in index.entries("id", value["text"])}
        receipt = index.mac("receipt", self.case.receipt) if self.case.receipt else None
        if receipt:
            entries.add(("receipt", receipt, self.people["e0"].pk))
        self.rows[IndexEntry] = [
            {"kind": kind, "mac": mac, "case_id": self.case.pk, "person_id": person}
            for kind, mac, person in sorted(entries)  # in no order that tells a name from an alias
        ]

    def _minors(self) -> Iterable[Entry]:
        for part in self.rows[ProtectedPerson]:
            if part.role not in ("applicant", "victim"):
                continue
            own = (v for v in self.rows[Value] if v["person_id"] == part.person_id)
            read = [(v["field"], v.get("normal") or v["text"]) for v in own]
            if reads_as_minor(read, today=self.now.date()):
                part.minor = True
                self.rows[MinorNotice].append(clock_of(part.person, self.now))
                yield minor_discovered(part.person, actor=self.actor)

    def _created(self) -> Entry:
        return Entry(
            "case.created",
            self.actor,
            str(self.case.pk),
            {
                "packet": str(self.packet.pk),
                "run": str(self.run.pk),
                "counts": {
                    "pages": len(self.pages),
                    "people": len(self.people),
                    "alleged": sum(e.role == "trafficker" for e in self.record.entities.values()),
                    "values": len(self.rows[Value]),
                },
            },
        )

    def _tasks(self) -> None:
        unread = not self.record.text and not self.record.fields
        for need in self.record.needs:
            if unread and need.code == "nobody_named":
                continue  # the page that could not be read is the one thing to do
            self.rows[Task].append(
                Task(
                    case=self.case,
                    kind=TASK_OF_NEED.get(need.code, TaskKind.READ),
                    code=need.code[:40],
                    sentence=need.sentence,
                    page=self.pages[need.page] if need.page is not None and need.page < len(self.pages) else None,
                )
            )
        if not self.case.form_known and not unread:
            self.rows[Task].append(
                Task(
                    case=self.case,
                    kind=TaskKind.FORM,
                    code="form_unknown",
                    sentence="No form in the packet: was it I-914 or I-918?",
                )
            )


def part_of(person: Person, role: str, *, doubt: list[str], mode: str = "alleged") -> PersonPart:
    """The row that says what a person is: of the table of subjects, of protected people, or of neither. Not saved."""
    group = GROUP_OF_ROLE[role]
    if group in ("alleged", "took_part"):
        return Subject(person=person, role=role, doubt=doubt, allegation=mode)
    if group == "protected":
        return ProtectedPerson(person=person, role=role, doubt=doubt)
    return Bystander(person=person, role=role, doubt=doubt)


def clock_of(person: Person, now: dt.datetime) -> MinorNotice:
    """24 hours to the notice to HHS, counted from ``now`` (22 U.S.C. 7105(b)(1)(H)). Not saved."""
    due = now + dt.timedelta(hours=HHS_HOURS)
    return MinorNotice(person=person, case_id=person.case_id, discovered=now, due=due)


def minor_discovered(person: Person, *, actor: str) -> Entry:
    return Entry("minor.discovered", actor, str(person.case_id), {"person": str(person.pk)})


def _file_rows(packet: Packet, files: Iterable[ReadFile]) -> list[StoredFile]:
    return [
        StoredFile(
            packet=packet,
            order=order,
            content_mac=index.content_mac(file.sha256),
            sha256=file.sha256,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            refused=file.refused,
        )
        for order, file in enumerate(files)
    ]


def _run_row(packet: Packet, record: Record) -> ExtractionRun:
    model = record.model
    return ExtractionRun(
        packet=packet,
        schema_version=record.schema_version,
        model_name=model.name if model else "",
        model_version=model.version if model else "",
        model_hash=model.hash if model else "",
    )


def _page_text(row: PageRow, page: ReadPage) -> dict[str, Any]:
    words = [
        [word.text, word.box and [round(x, 2) for x in word.box], round(word.confidence, 3), offset]
        for word, offset in zip(page.words, page.offsets, strict=True)
    ]
    return {"id": row.pk, "packet": row.packet_id, "text": page.text, "words": words}
