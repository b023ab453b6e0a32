"""A case as an officer sees it: people in their groups with every value beside its evidence, forms, pages, history.

Everything here is read from the store for one request that the gate has already answered with yes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from haven.accounts.models import User
from haven.cases.models import Case, DocumentRow, Evidence, PageRow, Person, Value
from haven.cases.vocabulary import ProtectedRole, SubjectRole, ValueState
from haven.review import words
from haven.review.paper import Found, Paper, mark, pieces

ROLE_ORDER = ("trafficker", "associate", "applicant", "victim", "family", "official", "other")
FIELD_ORDER = ["name", "role", "alias", *[name for name in words.ATTRIBUTES if name not in ("name", "role", "alias")]]
PLACES_SHOWN = 2


@dataclass(frozen=True)
class Place:
    """A page where a value was read. ``page`` counts from 0 through all packets of the case."""

    page: int

    @property
    def words(self) -> str:
        return f"p. {self.page + 1}"


@dataclass(frozen=True)
class Row:
    """One value of a person, in its newest state."""

    id: uuid.UUID
    slot: uuid.UUID
    """The value's chain: the same through all its states, so that the row under review stays under review."""
    label: str
    text: str
    state: str
    sureness: str
    doubt: str
    was: str
    state_words: str
    correctable: bool
    evidence: tuple[Place, ...]
    more: int

    @property
    def key(self) -> str:
        return f"v-{self.slot}"

    @property
    def page(self) -> int | None:
        return self.evidence[0].page if self.evidence else None


@dataclass(frozen=True)
class Card:
    """One person of the case."""

    id: uuid.UUID
    title: str
    unnamed: bool
    role: str
    role_words: str
    said: str
    doubts: tuple[str, ...]
    rows: tuple[Row, ...]
    folded: bool

    @property
    def key(self) -> str:
        return f"p-{self.id}"

    @property
    def sureness(self) -> str:
        open_ = [row for row in self.rows if row.state == ValueState.PROPOSED]
        return "check" if self.doubts or any(row.sureness == "check" for row in open_) else "sure"

    @property
    def left(self) -> int:
        """How many of its values nobody has decided yet."""
        return sum(row.state == ValueState.PROPOSED for row in self.rows)


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    note: str
    empty: str
    people: tuple[Card, ...]


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
class Line:
    state: str
    count: int
    words: str


@dataclass(frozen=True)
class Account:
    """The account of pages: every page in exactly one state (contract 2)."""

    lines: tuple[Line, ...]
    pages: int
    packets: int = 1
    when: dt.datetime | None = None

    @property
    def adds_up(self) -> bool:
        return sum(line.count for line in self.lines) == self.pages

    @property
    def sum(self) -> str:
        counts = [str(line.count) for line in self.lines if line.count] or ["0"]
        return f"{' + '.join(counts)} = {self.pages}."

    @property
    def pages_in_words(self) -> str:
        return words.counted(self.pages, "page")

    @property
    def packets_in_words(self) -> str:
        return words.counted(self.packets, "packet")


def account_of(states: Iterable[str], pages: int, **more: object) -> Account:
    """``pages`` is counted apart from ``states``, so that a page without a known state shows as a sum that is wrong."""
    counted = Counter(states)
    lines = tuple(Line(state, counted[state], text) for state, text in words.PAGE_ACCOUNT.items() if counted[state])
    return Account(lines, pages, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Segment:
    """One coloured part of a page bar; ``x`` and ``width`` in percent."""

    state: str
    x: float
    width: float


def bar_of(account: Account) -> tuple[Segment, ...]:
    parts, x = [], 0.0
    for line in account.lines:
        width = 100 * line.count / max(account.pages, 1)
        parts.append(Segment(line.state, round(x, 2), round(width, 2)))
        x += width
    return tuple(parts)


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
    """All of one case, loaded once for a request."""

    case: Case
    pages: list[PageRow] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        for packet in self.case.packets.order_by("received"):
            self.pages += packet.pages.order_by("index")
            self.documents += packet.documents.order_by("order").prefetch_related("pages")

    # ---- places ------------------------------------------------------------------------------------------------
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

    # ---- values ------------------------------------------------------------------------------------------------
    @cached_property
    def values(self) -> list[Value]:
        """The newest state of every value, its evidence loaded."""
        return list(self.case.current_values().prefetch_related("evidence", "allegation__victim"))

    @cached_property
    def people(self) -> list[Person]:
        return list(self.case.people())

    @cached_property
    def people_values(self) -> list[Value]:
        """What an officer reviews: the values of people and what they are said to have done."""
        return [v for v in self.values if v.person_id or v.allegation_id]

    @property
    def reviewed(self) -> int:
        return sum(value.decided for value in self.people_values)

    @property
    def percent(self) -> int:
        return round(100 * self.reviewed / max(1, len(self.people_values)))

    @cached_property
    def title_of(self) -> dict[uuid.UUID, str]:
        """What each person is called on the page."""
        names: dict[uuid.UUID, str] = {}
        for value in self.people_values:
            if value.person_id and value.state != ValueState.REJECTED and value.text:
                if value.field == "name" or (value.field == "alias" and value.person_id not in names):
                    names.setdefault(value.person_id, value.text)
        for person in self.people:
            if person.role == ProtectedRole.APPLICANT:
                names.setdefault(person.pk, "The applicant")
            names.setdefault(person.pk, "unnamed " + ("organisation" if person.type == "org" else "person"))
        return names

    def _places(self, evidence: Iterable[Evidence]) -> tuple[Place, ...]:
        pages = sorted({self.index_of[e.page_id] for e in evidence if e.page_id in self.index_of})
        return tuple(Place(page) for page in pages)

    def _row(self, value: Value) -> Row:
        label, text = words.ATTRIBUTES.get(value.field, value.field.capitalize()), value.text
        if value.field == "role" and value.person is not None:
            text = words.ROLES[value.person.role]
        if value.allegation is not None:
            label, text = "Said to have", self._act(value)
        elif value.field == "also_victim":
            text = "yes: is said to have been made a victim too"
        places = self._places(value.evidence.all())
        return Row(
            id=value.pk,
            slot=value.chain,
            label=label,
            text=text,
            state=value.state,
            sureness="sure" if value.sure else "check",
            doubt=self._doubt(value),
            was=self._was(value),
            state_words=self._decided(value),
            correctable=value.field != "role" and value.allegation_id is None,
            evidence=places[:PLACES_SHOWN],
            more=max(0, len(places) - PLACES_SHOWN),
        )

    def _act(self, value: Value) -> str:
        allegation = value.allegation
        assert allegation is not None
        victim = self.title_of.get(allegation.victim_id, "") if allegation.victim_id else ""
        act = words.ACTS.get(allegation.relation, allegation.relation)
        return " ".join(part for part in (act, victim, f"({allegation.when})" if allegation.when else "") if part)

    def _doubt(self, value: Value) -> str:
        """In words, what makes an undecided value one to check."""
        if value.decided:
            return ""
        if value.alternatives:
            readings = [value.text, *(str(other) for other in value.alternatives)]
            return f"{len(readings)} readings: {' or '.join(readings)}"
        if value.field == "role" and value.person is not None and value.person.doubt:
            return words.doubt(value.person.role, value.person.doubt)
        if not value.sure:
            return "hard to read or to place: compare with the page"
        return ""

    def _was(self, value: Value) -> str:
        if value.state != ValueState.CORRECTED or value.supersedes is None:
            return ""
        first = value.history().first()
        read = first.text if first is not None and first.pk != value.pk else ""
        return f"read as: {read}; because: {value.reason}" if read else f"because: {value.reason}"

    @staticmethod
    def _decided(value: Value) -> str:
        if value.state == ValueState.PROPOSED:
            return ""
        who = value.by.display_name if value.by else ""
        return f"{value.get_state_display().lower()} · {who}" if who else value.get_state_display().lower()

    # ---- people ------------------------------------------------------------------------------------------------
    @cached_property
    def groups(self) -> tuple[Group, ...]:
        rows: dict[uuid.UUID, list[Value]] = defaultdict(list)
        for value in self.people_values:
            owner = value.person_id or (value.allegation.actor_id if value.allegation else None)
            if owner is not None:
                rows[owner].append(value)
        cards: dict[str, list[Card]] = defaultdict(list)
        for person in sorted(self.people, key=lambda p: (ROLE_ORDER.index(p.role), p.order)):
            cards[str(person.group)].append(self._card(person, rows[person.pk]))
        return tuple(
            Group(key, title, note, empty, tuple(cards[key]))
            for key, (title, note, empty) in words.GROUPS.items()
            if cards[key] or empty
        )

    def _card(self, person: Person, values: list[Value]) -> Card:
        subject = person.part if person.role in SubjectRole.values else None
        said = words.ALLEGATIONS[subject.allegation] if subject is not None else ""
        minor = getattr(person.part, "minor", False)
        doubts = [words.doubt(person.role, person.doubt)] if person.doubt and not person.confirmed else []
        if minor:
            doubts.append("Perhaps under 18: HHS must hear within 24 hours unless you rule it out (22 U.S.C. 7105(b)(1)(H)).")
        title = self.title_of[person.pk]
        organisation = " · organisation" if person.type == "org" else ""
        order = {name: place for place, name in enumerate(FIELD_ORDER)}
        values = sorted(values, key=lambda v: (order.get(v.field, len(order)), v.order))
        return Card(
            id=person.pk,
            title=title,
            unnamed=title.startswith("unnamed "),
            role=person.role,
            role_words=words.ROLES[person.role] + organisation,
            said=said,
            doubts=tuple(doubts),
            rows=tuple(self._row(value) for value in values),
            folded=person.group in ("protected", "others"),
        )

    # ---- the paper ---------------------------------------------------------------------------------------------
    @cached_property
    def thumbs(self) -> tuple[Thumb, ...]:
        return tuple(
            Thumb(index, page.state, self.document_words(page), words.PAGE_STATES.get(page.state, page.state), page.reason)
            for index, page in enumerate(self.pages)
        )

    @cached_property
    def account(self) -> Account:
        return account_of((page.state for page in self.pages), len(self.pages))

    def paper(self, index: int) -> Paper:
        """Raises ``IndexError`` where the case has no such page."""
        if index < 0:
            raise IndexError(index)
        page = self.pages[index]
        found = self._found(page)
        narrative = page.narrative()
        return Paper(
            index=index,
            total=len(self.pages),
            state=page.state,
            where=self._where(page),
            reason=page.reason,
            width=page.width,
            height=page.height,
            has_image=page.image is not None,
            marks=tuple(mark(item) for item in found if item.boxes),
            pieces=pieces(narrative.text if narrative else "", found),
        )

    def _where(self, page: PageRow) -> str:
        read = words.PAGE_STATES.get(page.state, page.state)
        sure = f", {round(100 * page.confidence)}% sure" if page.state == "ocr" else ""
        return f"{self.document_words(page)} · {read}{sure}"

    def _found(self, page: PageRow) -> list[Found]:
        """Every mention of a person on the page, and every place where a value was read, joined where they are the same."""
        start = page.start or 0
        keys: dict[tuple[int, int], list[str]] = defaultdict(list)
        boxes: dict[tuple[int, int], tuple] = {}
        groups: dict[tuple[int, int], str] = {}
        label: dict[tuple[int, int], str] = {}
        titles = self.title_of
        by_entity = {(p.packet_id, p.entity): p for p in self.people if p.entity}
        for span in self._spans(page):
            at = (span["start"] - start, span["end"] - start)
            person = by_entity.get((page.packet_id, span.get("entity") or ""))
            groups[at] = str(person.group) if person else "fact"
            label[at] = f"{titles[person.pk]}, {words.ROLES[person.role]}" if person else span["label"].lower()
            boxes[at] = tuple(tuple(box) for box in span.get("boxes") or ())
            if person:
                keys[at].append(f"p-{person.pk}")
        for value in self.values:
            for evidence in value.evidence.all():
                if evidence.page_id != page.pk:
                    continue
                at = (
                    (evidence.start - start, evidence.end - start)
                    if evidence.start is not None and evidence.end is not None
                    else (-1 - len(boxes), -1)
                )
                owner = value.person or (value.allegation.actor if value.allegation else None)
                keys[at].insert(0, f"v-{value.chain}")
                if owner is not None and f"p-{owner.pk}" not in keys[at]:
                    keys[at].append(f"p-{owner.pk}")
                groups.setdefault(at, "fact")
                label.setdefault(at, words.ATTRIBUTES.get(value.field, value.field))
                boxes[at] = boxes.get(at) or tuple(tuple(box) for box in evidence.boxes)
        return [
            Found(" ".join(dict.fromkeys(keys[at])) or "fact", groups[at], label[at], at if at[0] >= 0 else None, boxes[at])
            for at in sorted(groups)
        ]

    def _spans(self, page: PageRow) -> list[dict]:
        run = page.packet.runs.first()
        if run is None or page.start is None or page.end is None:
            return []
        spans = run.record().get("spans", [])
        return [s for s in spans if page.start <= s["start"] and s["end"] <= page.end]

    # ---- forms, history ----------------------------------------------------------------------------------------
    @cached_property
    def forms(self) -> tuple[FormAnswers, ...]:
        answers: dict[uuid.UUID, list[Answer]] = defaultdict(list)
        for value in self.values:
            if value.document_id is None or value.field != "form":
                continue
            places = self._places(value.evidence.all())
            answers[value.document_id].append(
                Answer(
                    value.item,
                    value.question,
                    value.text,
                    "sure" if value.sure else "check",
                    f"v-{value.chain}",
                    places[0].page if places else None,
                )
            )
        return tuple(
            FormAnswers(
                words.DOCUMENTS.get(document.kind, document.kind),
                f"edition {document.edition}" if document.edition else "edition not printed",
                tuple(answers[document.pk]),
            )
            for document in self.documents
            if answers[document.pk]
        )

    @cached_property
    def history(self) -> tuple[Step, ...]:
        """Every decision, the latest first."""
        decided = (
            Value.objects.filter(case=self.case, by__isnull=False)
            .select_related("by", "person", "allegation")
            .order_by("-created", "-version")[:200]
        )
        return tuple(
            Step(
                at=value.created,
                who=value.by.display_name if value.by else "",
                what=self._step(value),
                reason=value.reason,
            )
            for value in decided
        )

    def _step(self, value: Value) -> str:
        owner = value.person_id or (value.allegation.actor_id if value.allegation else None)
        of = f" of {self.title_of[owner]}" if owner in self.title_of else ""
        label = "an act" if value.allegation_id else words.ATTRIBUTES.get(value.field, value.field).lower()
        if value.undo:
            return f"took back the last step on {label}{of}"
        if value.state == ValueState.CORRECTED:
            return f"corrected {label}{of} to “{value.text}”"
        return f"{value.get_state_display().lower()} {label}{of}"


def may_decide(user: User) -> bool:
    """Whose pages have the buttons; the server asks the gate again at every step."""
    return user.role in ("referral_officer", "case_officer", "fdns_officer", "adjudicator")
