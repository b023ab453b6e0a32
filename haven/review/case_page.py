"""A case as an officer sees it: its people, its paper, its forms, its account of pages and its history.

Everything here is read from the store for one request that the gate has already answered with yes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from haven.cases.models import Case, DocumentRow, PageRow, Person, Task, Value
from haven.cases.vocabulary import ValueState
from haven.review import words
from haven.review.page_account import Account, account_of
from haven.review.paper import Box, Found, Paper, marks, pieces
from haven.review.people import Group, People
from haven.review.stated import Stated, stated_of

STEPS_SHOWN = 200
HELD_BACK = (
    "It was furnished by somebody accused, or their household, and is no basis for an adverse decision"
    " (8 U.S.C. 1367(a)(1))."
)


@dataclass(frozen=True)
class Thumb:
    """One page in the strip and in the page account."""

    index: int
    state: str
    document: str
    read: str
    reason: str

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def title(self) -> str:
        return f"{self.document}, {self.read}"


@dataclass(frozen=True)
class Answer:
    """One answer of a form."""

    item: str
    name: str
    value: str
    sureness: str
    key: str
    page: int | None

    @property
    def where(self) -> str:
        return "" if self.page is None else f"p. {self.page + 1}"


@dataclass(frozen=True)
class FormAnswers:
    title: str
    note: str
    fields: tuple[Answer, ...]


@dataclass(frozen=True)
class Step:
    """One decision, for the history."""

    at: dt.datetime
    who: str
    what: str
    reason: str


@dataclass
class CasePage:
    """All of one case, each part loaded once and when it is asked for."""

    case: Case
    pages: list[PageRow] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        for packet in self.case.packets.order_by("received"):
            self.pages += packet.pages.order_by("index").select_related("packet")
            self.documents += packet.documents.order_by("order").prefetch_related("pages")

    @cached_property
    def index_of(self) -> dict[uuid.UUID, int]:
        """Page row → its number from 0 through the whole case."""
        return {page.pk: index for index, page in enumerate(self.pages)}

    @cached_property
    def document_of(self) -> dict[uuid.UUID, DocumentRow]:
        """Page row → the document it belongs to; the later one where a page ends one and begins another."""
        return {page.pk: document for document in self.documents for page in document.pages.all()}

    def document_words(self, page: PageRow) -> str:
        document = self.document_of.get(page.pk)
        return words.DOCUMENTS.get(document.kind, document.kind) if document else "no document"

    # ---- the record --------------------------------------------------------------------------------------------
    @cached_property
    def people(self) -> list[Person]:
        """Everybody, with ``current`` values; each value knows its person without asking the database again."""
        people = self.case.people()
        for person in people:
            for value in person.current:
                value.person = person
        return people

    @cached_property
    def record(self) -> People:
        marks = self.case.sensitive_marks.filter(taken_back__isnull=True)
        kept_back = frozenset(marks.values_list("evidence_id", flat=True))
        return People(self.people, self.index_of, self._mentions(), kept_back, self._stated())

    def _stated(self) -> dict[uuid.UUID, tuple[Stated, ...]]:
        """What the last reading of each packet states of the accused, but for pages that are held back."""
        open_pages = [(i, p) for i, p in enumerate(self.pages) if p.start is not None and not self.held_back(p)]
        by_entity = {(p.packet_id, p.entity): p.pk for p in self.people if p.entity}
        found = {}
        for packet, record in self.readings.items():
            pages = [(i, p.start, p.end) for i, p in open_pages if p.packet_id == packet]

            def page_at(place: int, pages: list = pages) -> int | None:
                return next((i for i, start, end in pages if start <= place < end), None)

            for key, entity in record["entities"].items():
                lines = stated_of(entity, page_at)
                if lines and (packet, key) in by_entity:
                    found[by_entity[packet, key]] = lines
        return found

    def _mentions(self) -> dict[uuid.UUID, str]:
        """The first words of the packet that speak of each person."""
        by_entity = {(p.packet_id, p.entity): p.pk for p in self.people if p.entity}
        found: dict[uuid.UUID, str] = {}
        for packet, record in self.readings.items():
            for span in record["spans"]:
                person = by_entity.get((packet, span.get("entity") or ""))
                if person is not None:
                    found.setdefault(person, record["text"][span["start"] : span["end"]])
        return found

    @cached_property
    def readings(self) -> dict[uuid.UUID, dict]:
        """Packet → the record of its last reading; none where that was disposed of."""
        runs = {packet.pk: packet.runs.first() for packet in self.case.packets.all()}
        return {pk: record for pk, run in runs.items() if run is not None and (record := run.record())}

    @property
    def groups(self) -> tuple[Group, ...]:
        return self.record.groups

    @property
    def values(self) -> list[Value]:
        return self.record.values

    @property
    def reviewed(self) -> int:
        return sum(value.decided for value in self.values)

    @property
    def percent(self) -> int:
        return round(100 * self.reviewed / max(1, len(self.values)))

    @cached_property
    def answers(self) -> list[Value]:
        """The answers of forms."""
        return list(self.case.current_values().filter(field="form").prefetch_related("evidence"))

    @cached_property
    def forms(self) -> tuple[FormAnswers, ...]:
        by_document: dict[uuid.UUID, list[Answer]] = defaultdict(list)
        for value in self.answers:
            places = self.record.places(value.evidence.all())
            answer = Answer(
                item=value.item,
                name=value.question,
                value=str(value.text) or "narrative: see the page",
                sureness="sure" if value.sure else "check",
                key=f"v-{value.chain}",
                page=places[0].page if places else None,
            )
            by_document[value.document_id].append(answer)
        return tuple(
            FormAnswers(
                words.DOCUMENTS.get(document.kind, document.kind),
                f"edition {document.edition}" if document.edition else "edition not printed",
                tuple(by_document[document.pk]),
            )
            for document in self.documents
            if by_document[document.pk]
        )

    @cached_property
    def history(self) -> tuple[Step, ...]:
        """Every decision, the latest first."""
        decided = Value.objects.filter(case=self.case, by__isnull=False).select_related("by")
        steps = [
            Step(value.created, value.by.display_name if value.by else "", self._step(value), str(value.reason))
            for value in decided.order_by("-created", "-version")[:STEPS_SHOWN]
        ]
        notes = self.case.notes.select_related("author")[:STEPS_SHOWN]
        steps += [Step(n.created, n.author.display_name, f"noted: {n.text}", "") for n in notes]
        opened = self.case.break_glass.select_related("officer").order_by("-since")[:STEPS_SHOWN]
        steps += [
            Step(b.since, b.officer.display_name, "opened the case without being assigned", str(b.reason))
            for b in opened
        ]
        answered = self.case.tasks.filter(done__isnull=False, done_by__isnull=False).select_related("done_by", "page")
        steps += [
            Step(task.done, task.done_by.display_name, self._answered(task), "")
            for task in answered.order_by("-done")[:STEPS_SHOWN]
        ]
        for mark in self.case.sensitive_marks.select_related("by", "taken_back_by").order_by("-since")[:STEPS_SHOWN]:
            steps.append(Step(mark.since, mark.by.display_name, "kept words of an act back (K9)", ""))
            if mark.taken_back and mark.taken_back_by:
                steps.append(Step(mark.taken_back, mark.taken_back_by.display_name, "let words of an act go again", ""))
        return tuple(sorted(steps, key=lambda step: step.at, reverse=True)[:STEPS_SHOWN])

    def _answered(self, task: Task) -> str:
        page = f", page {self.index_of[task.page_id] + 1}" if task.page_id in self.index_of else ""
        return f"settled “{task.get_kind_display()}”{page}: {task.outcome.replace('_', ' ')}"

    def _step(self, value: Value) -> str:
        title = self.record.title_of.get(value.person_id) if value.person_id else None
        what = "an act" if value.allegation_id else words.ATTRIBUTES.get(value.field, value.field).lower()
        what += f" of {title}" if title else ""
        if value.version == 1:
            return f"added {what}: “{words.ROLES.get(str(value.text), value.text)}”"
        if value.undo:
            return f"took back the last step on {what}"
        if value.state == ValueState.CORRECTED:
            return f"corrected {what} to “{words.ROLES.get(str(value.text), value.text)}”"
        return f"{str(value.get_state_display()).lower()} {what}"

    # ---- the paper ---------------------------------------------------------------------------------------------
    @cached_property
    def thumbs(self) -> tuple[Thumb, ...]:
        return tuple(
            Thumb(
                index,
                page.state,
                self.document_words(page),
                words.PAGE_STATES.get(page.state, page.state),
                str(page.reason),
            )
            for index, page in enumerate(self.pages)
        )

    @cached_property
    def account(self) -> Account:
        return account_of(Counter(page.state for page in self.pages), len(self.pages))

    @property
    def opens_at(self) -> int:
        """The first page where somebody alleged is named, or the first page."""
        alleged = [person for person in self.people if person.group == "alleged"] or self.people[:1]
        found = [
            place.page for p in alleged for value in p.current for place in self.record.places(value.evidence.all())
        ]
        return min(found, default=0)

    def held_back(self, page: PageRow) -> bool:
        """K10: what a perpetrator or their household furnished is shown to nobody here (8 U.S.C. 1367(a)(1); P5)."""
        document = self.document_of.get(page.pk)
        return document is not None and document.from_perpetrator

    def paper(self, index: int) -> Paper:
        """Raises ``IndexError`` where the case has no such page."""
        page = self.pages[index]
        held_back = self.held_back(page)
        found = [] if held_back else self._found(page)
        narrative = None if held_back else page.narrative()
        read = words.PAGE_STATES.get(page.state, page.state)
        sure = f", {round(100 * page.confidence)}% sure" if page.state == "ocr" else ""
        return Paper(
            index=index,
            total=len(self.pages),
            state="held_back" if held_back else page.state,
            where=f"{self.document_words(page)} · {read}{sure}",
            reason=HELD_BACK if held_back else str(page.reason),
            width=page.width,
            height=page.height,
            has_image=page.image is not None and not held_back,
            marks=marks(found),
            pieces=pieces(str(narrative.text) if narrative else "", found),
        )

    def _found(self, page: PageRow) -> list[Found]:
        """Every mention of a person on the page and every place where a value was read; the same words are one."""
        start = page.start or 0
        keys: dict[tuple, list[str]] = defaultdict(list)
        group: dict[tuple, str] = {}
        label: dict[tuple, str] = {}
        boxes: dict[tuple, tuple[Box, ...]] = {}
        by_entity = {(p.packet_id, p.entity): p for p in self.people if p.entity}
        for span in self._spans(page):
            at: tuple = (span["start"] - start, span["end"] - start)
            person = by_entity.get((page.packet_id, span.get("entity") or ""))
            group[at] = str(person.group) if person else "fact"
            label[at] = (
                f"{self.record.title_of[person.pk]}, {words.ROLES[person.role]}" if person else span["label"].lower()
            )
            boxes[at] = _boxes(span.get("boxes"))
            if person:
                keys[at].append(f"p-{person.pk}")
        for value in [*self.values, *self.answers]:
            for evidence in value.evidence.all():
                if evidence.page_id != page.pk:
                    continue
                placed = evidence.start is not None and evidence.end is not None
                at = (evidence.start - start, evidence.end - start) if placed else ("box", str(evidence.pk))
                keys[at].insert(0, f"v-{value.chain}")
                if value.person_id:
                    keys[at].append(f"p-{value.person_id}")
                group.setdefault(at, "fact")
                label.setdefault(at, value.question or words.ATTRIBUTES.get(value.field, value.field))
                boxes[at] = boxes.get(at) or _boxes(evidence.boxes)
        return [
            Found(
                " ".join(dict.fromkeys(keys[at])) or "fact",
                group[at],
                label[at],
                at if at[0] != "box" else None,
                boxes[at],
            )
            for at in group
        ]

    def _spans(self, page: PageRow) -> list[dict]:
        """What the last reading of the packet marked on this page."""
        if page.start is None or page.end is None:
            return []
        spans = self.readings.get(page.packet_id, {}).get("spans", [])
        return [s for s in spans if page.start <= s["start"] and s["end"] <= page.end]


def _boxes(stored: list | None) -> tuple[Box, ...]:
    return tuple((box[0], box[1], box[2], box[3]) for box in stored or ())
