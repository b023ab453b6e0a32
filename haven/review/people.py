"""The people of a case in their groups, each with every value beside its evidence and, in words, what is in doubt."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from haven.cases.models import Evidence, Person, Value
from haven.cases.vocabulary import Mode, ProtectedRole, SubjectRole, ValueState
from haven.review import words
from haven.review.stated import Stated

ROLE_ORDER = ("trafficker", "associate", "applicant", "victim", "family", "official", "other")
FIELDS_FIRST = ("name", "role", "alias")
PLACES_SHOWN = 2
MINOR = "Perhaps under 18: HHS must hear within 24 hours unless it is ruled out (22 U.S.C. 7105(b)(1)(H))."


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
    keeps: str
    """``kept``: an officer keeps the words behind it back (K9); ``can``: may be; empty: it has no words of its own."""

    @property
    def key(self) -> str:
        """What lights up together with this row on the paper."""
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
    stated: tuple[Stated, ...]
    folded: bool
    dismissed: bool

    @property
    def key(self) -> str:
        return f"p-{self.id}"

    @property
    def sureness(self) -> str:
        waiting = [row for row in self.rows if row.state == ValueState.PROPOSED]
        return "check" if self.doubts or any(row.sureness == "check" for row in waiting) else "sure"

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
class People:
    """``people``: as ``Case.people`` gives them, values at hand. ``index_of``: page row → its number in the case.

    ``mention_of``: person → the first words that speak of them, for who has no name.
    """

    people: list[Person]
    index_of: Mapping[uuid.UUID, int]
    mention_of: Mapping[uuid.UUID, str]
    kept_back: frozenset[uuid.UUID] = frozenset()
    """Evidence that an officer marked as K9."""
    stated: Mapping[uuid.UUID, tuple[Stated, ...]] = field(default_factory=dict)
    """Accused person → what the words of the packet state of them."""

    @cached_property
    def values(self) -> list[Value]:
        """What an officer reviews: the values of people and what they are said to have done."""
        return [value for person in self.people for value in person.current]

    @cached_property
    def title_of(self) -> dict[uuid.UUID, str]:
        """What each person is called on the page: name, else alias, else what they are, else the packet's own words."""
        titles: dict[uuid.UUID, str] = {}
        for value in self.values:
            if value.person_id and value.field in ("name", "alias") and value.state != ValueState.REJECTED:
                # values come in the order of the record: the name before the aliases
                titles.setdefault(value.person_id, str(value.text))
        for person in self.people:
            if person.role == ProtectedRole.APPLICANT:
                titles.setdefault(person.pk, "The applicant")
            if person.pk in self.mention_of:
                titles.setdefault(person.pk, f"“{self.mention_of[person.pk]}”")
            titles.setdefault(person.pk, "unnamed " + ("organisation" if person.type == "org" else "person"))
        return titles

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """In the order of the page. A group that nobody is in is left out, unless its emptiness says something."""
        cards: dict[str, list[Card]] = defaultdict(list)
        for person in sorted(self.people, key=lambda p: (ROLE_ORDER.index(p.role), p.order)):
            cards[str(person.group)].append(self._card(person))
        return tuple(
            Group(key, title, note, empty, tuple(cards[key]))
            for key, (title, note, empty) in words.GROUPS.items()
            if cards[key] or empty
        )

    def places(self, evidence: Iterable[Evidence]) -> tuple[Place, ...]:
        pages = {self.index_of[e.page_id] for e in evidence if e.page_id in self.index_of}
        return tuple(map(Place, sorted(pages)))

    def _card(self, person: Person) -> Card:
        mode = person.part.allegation if person.role in SubjectRole.values else ""
        said = words.ALLEGATIONS[mode] if mode and (person.group == "alleged" or mode != Mode.ALLEGED) else ""
        doubts = [words.doubt(person.role, person.doubt)] if person.doubt and not person.confirmed else []
        if getattr(person.part, "minor", False):
            doubts.append(MINOR)
        order = [*FIELDS_FIRST, *(name for name in words.ATTRIBUTES if name not in FIELDS_FIRST)]
        place = {name: number for number, name in enumerate(order)}
        values = sorted(person.current, key=lambda v: (place.get(v.field, len(place)), v.order))
        title = self.title_of[person.pk]
        return Card(
            id=person.pk,
            title=title,
            unnamed=title.startswith(("unnamed ", "“")),
            role=person.role,
            role_words=words.ROLES[person.role] + (" · organisation" if person.type == "org" else ""),
            said=said,
            doubts=tuple(doubts),
            rows=tuple(self._row(value, person) for value in values),
            stated=() if person.dismissed else self.stated.get(person.pk, ()),
            folded=person.group in ("protected", "others") or person.dismissed,
            dismissed=person.dismissed,
        )

    def _row(self, value: Value, person: Person) -> Row:
        label, text = words.ATTRIBUTES.get(value.field, value.field.capitalize()), str(value.text)
        if value.field == "role":
            text = words.ROLES[person.role]
        elif value.related_id is not None:
            label, text = ("Said to have" if value.allegation_id else "Tie"), self._tie(value)
        elif value.field == "also_victim":
            text = "is said to have been made a victim too"
        places = self.places(value.evidence.all())
        return Row(
            id=value.pk,
            slot=value.chain,
            label=label,
            text=text,
            state=value.state,
            sureness="sure" if value.sure else "check",
            doubt=_doubt(value, person),
            was=_was(value),
            state_words=_decided(value),
            correctable=value.field != "role" and value.related_id is None,
            evidence=places[:PLACES_SHOWN],
            more=max(0, len(places) - PLACES_SHOWN),
            keeps=self._keeps(value),
        )

    def _keeps(self, value: Value) -> str:
        evidence = [e for e in value.evidence.all() if e.start is not None]
        if value.allegation_id is None or not evidence:
            return ""
        return "kept" if any(e.pk in self.kept_back for e in evidence) else "can"

    def _tie(self, value: Value) -> str:
        """``recruited the applicant (2014-03)``, ``family of Lorna``."""
        kind = value.allegation.relation if value.allegation else value.field
        said = [words.ACTS.get(kind, str(value.text))]
        if value.related_id in self.title_of:
            title = self.title_of[value.related_id]
            said.append("the applicant" if title == "The applicant" else title)
        if value.normal:
            said.append(f"({value.normal})")
        return " ".join(said)


def _doubt(value: Value, person: Person) -> str:
    """In words, what makes an undecided value one to check."""
    if value.decided or value.sure:
        return ""
    if value.alternatives:
        readings = [str(value.text), *map(str, value.alternatives)]
        return f"{len(readings)} readings: {' or '.join(readings)}"
    if value.field == "role" and person.doubt:
        return words.doubt(person.role, person.doubt)
    return ""


def _was(value: Value) -> str:
    """Under a corrected value: what was read, and why that is not right."""
    if value.state != ValueState.CORRECTED:
        return ""
    first = value.history()[0]
    read = words.ROLES.get(str(first.text), first.text) if value.field == "role" else first.text
    return f"read as: {read}" + (f"; because: {value.reason}" if value.reason else "")


def _decided(value: Value) -> str:
    if value.state == ValueState.PROPOSED:
        return ""
    state = str(value.get_state_display()).lower()
    return f"{state} · {value.by.display_name}" if value.by else state
