"""From an extraction to a case: everything of a packet in one step, or nothing.

Blobs and texts are written first, under ids that nothing refers to yet; one transaction of the case database then makes
them part of a case. What an interrupted run left behind is thrown away when the packet is read again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from extract.errors import OutputFailed
from extract.record import Record, Source
from haven.accounts.models import User
from haven.audit import log
from haven.cases import index
from haven.cases.ages import reads_as_minor
from haven.cases.blobs import blobs
from haven.cases.models import (
    Allegation,
    Assignment,
    Bystander,
    Case,
    CaseNumber,
    DocumentRow,
    Evidence,
    ExtractionRun,
    IndexEntry,
    MinorNotice,
    Packet,
    PageRow,
    PageText,
    Person,
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

SYSTEM = "system:intake"
"""Actor of what no signed-in officer did."""

TASK_OF_NEED = {"page_needs_person": TaskKind.PAGES, "page_refused": TaskKind.PAGES}


def receive(content_mac: str, *, name: str, office: str, user: User | None = None) -> Packet:
    """The row of a packet that came in: a new one, or the one that the same bytes made before."""
    packet, new = Packet.objects.get_or_create(
        content_mac=content_mac, defaults={"name": name, "office": office, "received_by": user}
    )
    if new:
        log.append("packet.received", actor=_actor(user), subject=str(packet.pk), detail={"office": office})
    return packet


def discard_leftovers(packet: Packet) -> None:
    """Forget what an interrupted run wrote for a packet that is not part of a case."""
    if packet.case_id is None:
        PageText.objects.filter(packet=packet.pk).delete()
        RunRecord.objects.filter(packet=packet.pk).delete()
        blobs().discard(packet.pk)


def store_extraction(
    extraction: Extraction, *, packet: Packet | None = None, office: str = "", user: User | None = None
) -> Case:
    """Make a draft case of what was read. The same packet again gives the case that it made before.

    Raises ``OutputFailed`` where the disk takes no more, and then nothing of the packet is part of any case.
    """
    record = extraction.record
    if packet is None:
        mac = index.content_mac(*(f.sha256 for f in record.files))
        packet = receive(mac, name=record.id, office=office, user=user)
    if packet.case is not None:
        return packet.case
    discard_leftovers(packet)
    files = _store_files(packet, extraction.files)
    owners = [row for row, file in zip(files, extraction.files, strict=True) for _ in file.pages]
    pages = stored_pages(packet, record, owners)
    read = [page for file in extraction.files for page in file.pages]
    _store_images(packet, pages, read)
    run = _run_row(packet, record)
    with transaction.atomic(using="narrative"):
        PageText.objects.bulk_create(map(_page_text, pages, read), batch_size=200)
        RunRecord.objects.create(pk=run.pk, packet=packet.pk, record=record.model_dump(mode="json"))
    with transaction.atomic():
        return _Storing(packet, record, user).write(files, pages, read, run)


def _actor(user: User | None) -> str:
    return str(user.pk) if user else SYSTEM


def _store_files(packet: Packet, files: Iterable[ReadFile]) -> list[StoredFile]:
    rows = []
    for order, file in enumerate(files):
        rows.append(
            StoredFile(
                id=uuid.uuid4(),
                packet=packet,
                order=order,
                content_mac=index.content_mac(file.sha256),
                sha256=file.sha256,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                refused=file.refused,
                blob=_keep(packet, file),
            )
        )
    return rows


def _keep(packet: Packet, file: ReadFile) -> uuid.UUID | None:
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
    return blobs().put(packet.pk, content)


def _store_images(packet: Packet, pages: list[PageRow], read: list[ReadPage]) -> None:
    for row, page in zip(pages, read, strict=True):
        if page.image is not None:
            row.image = blobs().put(packet.pk, page.image())


def _run_row(packet: Packet, record: Record) -> ExtractionRun:
    model = record.model
    return ExtractionRun(
        id=uuid.uuid4(),
        packet=packet,
        schema_version=record.schema_version,
        model_name=model.name if model else "",
        model_version=model.version if model else "",
        model_hash=model.hash if model else "",
    )


def _page_text(row: PageRow, page: ReadPage) -> PageText:
    words = [
        [word.text, word.box and [round(x, 2) for x in word.box], round(word.confidence, 3), offset]
        for word, offset in zip(page.words, page.offsets, strict=True)
    ]
    return PageText(id=row.pk, packet=row.packet_id, text=page.text, words=words)


class _Storing:
    """Writes one case. Runs inside one transaction of the case database."""

    def __init__(self, packet: Packet, record: Record, user: User | None) -> None:
        self.packet, self.record, self.user = packet, record, user
        self.values: list[Value] = []
        self.evidence: list[tuple[Value, list[Evidence]]] = []
        self.people: dict[str, Person] = {}
        self.entries: set[tuple[str, str, uuid.UUID | None]] = set()

    def write(self, files: list[StoredFile], pages: list[PageRow], read: list[ReadPage], run: ExtractionRun) -> Case:
        self.run = run
        self.case = self._case()
        self.packet.case = self.case
        self.packet.state, self.packet.read, self.packet.error = PacketState.DONE, timezone.now(), ""
        self.packet.save()
        StoredFile.objects.bulk_create(files, batch_size=200)
        PageRow.objects.bulk_create(pages, batch_size=200)
        run.save(force_insert=True)
        self.places = Places(self.packet, self.record, read, pages)
        self.pages = pages
        self._documents()
        self._people()
        self._attributes()
        self._relations()
        self._fields()
        self._save_values()
        self._index()
        self._minors()
        self._tasks()
        self._assign()
        log.append(
            "case.created",
            actor=_actor(self.user),
            subject=str(self.case.pk),
            detail={
                "packet": str(self.packet.pk),
                "run": str(run.pk),
                "counts": {
                    "pages": len(pages),
                    "people": len(self.people),
                    "alleged": sum(e.role == "trafficker" for e in self.record.entities.values()),
                    "values": len(self.values),
                },
            },
        )
        return self.case

    def _case(self) -> Case:
        kinds = [d.kind for d in self.record.documents]
        form = next((Form.T if k.startswith("i-914") else Form.U for k in kinds if k.startswith("i-9")), None)
        CaseNumber.objects.get_or_create(form=form or Form.T)
        counter = CaseNumber.objects.select_for_update().get(form=form or Form.T)
        counter.last += 1
        counter.save()
        return Case.objects.create(
            number=f"{counter.form}-{counter.last:04d}",
            form=counter.form,
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
        rows = []
        for order, d in enumerate(self.record.documents):
            rows.append(
                DocumentRow(
                    id=uuid.uuid4(),
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
            )
        DocumentRow.objects.bulk_create(rows, batch_size=200)
        between = DocumentRow.pages.through
        between.objects.bulk_create(
            [
                between(documentrow_id=row.pk, pagerow_id=self.pages[page].pk)
                for row, document in zip(rows, self.record.documents, strict=True)
                for page in document.pages
            ],
            batch_size=500,
        )
        self.documents = {row.ref: row for row in rows}

    def _people(self) -> None:
        mentions: dict[str, list[tuple[str, tuple[int, int]]]] = {}
        for span in self.record.spans:
            if span.entity and span.label in ("PERSON", "ORG", "KIN"):
                words = self.record.text[span.start : span.end]
                mentions.setdefault(span.entity, []).append((words, (span.start, span.end)))
        for order, (key, entity) in enumerate(self.record.entities.items()):
            person = Person(
                id=uuid.uuid4(),
                case=self.case,
                packet=self.packet,
                entity=key,
                type=entity.type,
                order=order,
                confidence=entity.confidence,
            )
            self.people[key] = person
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
        Person.objects.bulk_create(self.people.values(), batch_size=200)
        for key, entity in self.record.entities.items():
            make_part(self.people[key], entity.role, doubt=list(entity.doubt), mode=entity.allegation or "alleged")

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
        evidence: list[Evidence],
        **more: object,
    ) -> Value:
        value = Value(
            id=uuid.uuid4(),
            case=self.case,
            person=person,
            field=field,
            text=text,
            confidence=confidence,
            order=len(self.values),
            run=self.run,
            **{"source": ValueSource.EXTRACTED, **more},
        )
        self.values.append(value)
        self.evidence.append((value, evidence))
        return value

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
        allegations = []
        for (head, kind, tail, when), source in zip(self.record.relations, self.record.relation_sources, strict=True):
            evidence, meaning = self.places.of_source(source), table[kind]
            if meaning.structural:
                self._value(
                    self.people[head], kind, meaning.says, source.confidence, evidence, related=self.people[tail]
                )
                continue
            mode = self.record.entities[head].allegation or "alleged"
            allegation = Allegation(
                id=uuid.uuid4(),
                case=self.case,
                actor=self.people[head],
                victim=self.people[tail],
                relation=kind,
                act=meaning.act,
                means=meaning.means,
                purpose=meaning.purpose,
                when=when,
                mode=mode,
            )
            allegations.append(allegation)
            self._value(
                self.people[head],
                "allegation",
                meaning.says,
                source.confidence,
                evidence,
                allegation=allegation,
                related=self.people[tail],
                normal=when,
            )
        Allegation.objects.bulk_create(allegations, batch_size=200)

    def _fields(self) -> None:
        for i, f in enumerate(self.record.fields):
            self._value(
                None,
                "form",
                "" if f.kind == "narrative" else f.value,  # narratives lie in the narrative store only (O28)
                f.confidence,
                self.places.of_field(i),
                document=self.documents[f.document],
                item=f.item[:80],
                question=f.name[:300],
                kind=f.kind,
                category=f.category,
                source=ValueSource.FORM,
            )

    def _save_values(self) -> None:
        Evidence.objects.bulk_create(self.places.rows.values(), batch_size=200)
        Value.objects.bulk_create(self.values, batch_size=100)
        between = Value.evidence.through
        between.objects.bulk_create(
            [
                between(value_id=value.pk, evidence_id=row)
                for value, rows in self.evidence
                for row in dict.fromkeys(e.pk for e in rows)
            ],
            batch_size=500,
        )

    def _index(self) -> None:
        for value in self.values:
            if value.person is not None:
                for kind, mac in index.entries(value.field, value.text):
                    self.entries.add((kind, mac, value.person.pk))
            elif value.kind == "id" and value.category == "K3":  # the applicant's numbers on the form
                for kind, mac in index.entries("id", value.text):
                    self.entries.add((kind, mac, self.people["e0"].pk))
        receipt = index.mac("receipt", self.case.receipt) if self.case.receipt else None
        if receipt:
            self.entries.add(("receipt", receipt, self.people["e0"].pk))
        IndexEntry.objects.bulk_create(
            [
                IndexEntry(kind=kind, mac=mac, case=self.case, person_id=person)
                for kind, mac, person in sorted(self.entries, key=str)
            ],
            batch_size=500,
        )

    def _minors(self) -> None:
        for key, entity in self.record.entities.items():
            if entity.role not in ("applicant", "victim"):
                continue
            read = [(v.field, v.normal or v.text) for v in self.values if v.person is self.people[key]]
            if reads_as_minor(read, today=timezone.now().date()):
                start_minor_clock(self.people[key], actor=_actor(self.user))

    def _tasks(self) -> None:
        unread = not self.record.text and not self.record.fields
        for need in self.record.needs:
            if unread and need.code == "nobody_named":
                continue  # the page that could not be read is the one thing to do
            Task.objects.create(
                case=self.case,
                kind=TASK_OF_NEED.get(need.code, TaskKind.READ),
                code=need.code[:40],
                sentence=need.sentence,
                page=self.pages[need.page] if need.page is not None and need.page < len(self.pages) else None,
            )
        if not self.case.form_known and not unread:
            Task.objects.create(
                case=self.case,
                kind=TaskKind.FORM,
                code="form_unknown",
                sentence="No form in the packet: was it I-914 or I-918?",
            )
        for other in same_applicant(self.case):
            Task.objects.create(case=self.case, kind=TaskKind.SAME_CASE, code="same_number", other_case=other)

    def _assign(self) -> None:
        """A queue owner for every record (C15): the referral officer of the office with the fewest open cases."""
        officers = User.objects.filter(role="referral_officer", office=self.case.office, is_active=True)
        open_cases = Count("assignments", filter=Q(assignments__until__isnull=True))
        officer = officers.annotate(load=open_cases).order_by("load", "username").first()
        if officer:
            Assignment.objects.create(case=self.case, officer=officer, by=self.user)


def make_part(person: Person, role: str, *, doubt: list[str], mode: str = "alleged") -> None:
    """The row that says what a person is: in the table of subjects, of protected people, or of neither."""
    group = GROUP_OF_ROLE[role]
    if group in ("alleged", "took_part"):
        Subject.objects.create(person=person, role=role, doubt=doubt, allegation=mode)
    elif group == "protected":
        ProtectedPerson.objects.create(person=person, role=role, doubt=doubt)
    else:
        Bystander.objects.create(person=person, role=role, doubt=doubt)


def start_minor_clock(person: Person, *, actor: str) -> MinorNotice:
    """24 hours to the notice to HHS, counted from now (22 U.S.C. 7105(b)(1)(H))."""
    ProtectedPerson.objects.filter(person=person).update(minor=True)
    notice, new = MinorNotice.objects.get_or_create(person=person, case_id=person.case_id)
    if new:
        log.append("minor.discovered", actor=actor, subject=str(person.case_id), detail={"person": str(person.pk)})
    return notice


def same_applicant(case: Case) -> list[Case]:
    """Other cases whose applicant has the same A-number or receipt number."""
    numbers = IndexEntry.objects.filter(
        case=case, kind__in=("a_number", "receipt"), person__protected__role="applicant"
    ).values_list("kind", "mac")
    same = Q(pk__in=[])
    for kind, mac in numbers:
        same |= Q(index_entries__kind=kind, index_entries__mac=mac)
    others = Case.objects.filter(same, index_entries__person__protected__role="applicant")
    return list(others.exclude(pk=case.pk).distinct())
