"""How a document lies in doccano, and how it is read back; ``annotation/README.md`` says it for annotators.

doccano knows spans and relations between spans, nothing else. So

* a span of the scheme is a span of the same label;
* the mentions of one entity are joined by ``same as``, each to the next;
* ``role: …`` stands on the first mention of its entity (on a pronoun, where the applicant is never named), and
  ``also victim`` beside it;
* an attribute is ``has`` from a mention to the span that states it (an occupation gets a span of its own);
* a relation leads from the mention of the head to the nearest mention of the tail.

What has no place there (names, normalised values, dates of relations, entities never mentioned) travels in the
document's metadata and is taken from there as long as the annotator has not touched what it belongs to.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from annotation.documents import KEYS, Document
from annotation.scheme import Mark, scheme
from extract.narrative import dates

META = "haven"
SAME_AS, HAS = "same as", "has"
ROLE, ALSO_VICTIM, OCCUPATION = "role: ", "also victim", "occupation"

_PRONOUN = re.compile(r"\b(?:I|me|my|the applicant|applicant|the victim|client|she|he)\b")

Row = list[str]
Offsets = tuple[int, int]


def span_types() -> list[Mark]:
    """Every kind of span in doccano: the labels of the scheme, the roles, and two of our own."""
    roles = [Mark(ROLE + role.name, role.colour, role.prefix, role.suffix) for role in scheme().roles]
    return [
        *scheme().labels,
        *roles,
        Mark(ALSO_VICTIM, "#116329", "shift", "8"),
        Mark(OCCUPATION, "#953800", None, "c"),
    ]


def relation_types() -> list[Mark]:
    return [Mark(SAME_AS, "#8c959f", None, "q"), Mark(HAS, "#57606a", None, "z"), *scheme().relations]


@dataclass(frozen=True)
class Placed:
    """A span as doccano holds it."""

    id: int
    start: int
    end: int
    label: str

    @property
    def offsets(self) -> Offsets:
        return self.start, self.end

    def overlap(self, start: int, end: int) -> int:
        return max(0, min(self.end, end) - max(self.start, start))


@dataclass
class Sheet:
    """One document in doccano: its spans, and relations as (from, type, to) of span ids.

    ``drawn`` are the attributes and relations (first three parts) that got an arc or a mark when it was laid out.
    """

    spans: list[Placed] = field(default_factory=list)
    relations: list[tuple[int, str, int]] = field(default_factory=list)
    drawn: set[tuple[str, ...]] = field(default_factory=set)
    first_id: int = 1

    def add(self, start: int, end: int, label: str) -> Placed:
        self.spans.append(Placed(self.first_id + len(self.spans), start, end, label))
        return self.spans[-1]


# --- to doccano -------------------------------------------------------------------------------------------------


def lay_out(document: Document, first_id: int = 1) -> Sheet:
    """The document as spans and relations; ids count from ``first_id``."""
    sheet = Sheet(first_id=first_id)
    mentions: dict[str, list[Placed]] = defaultdict(list)
    for span in sorted(document["spans"], key=lambda s: (s["start"], s["end"])):
        placed = sheet.add(span["start"], span["end"], span["label"])
        if span.get("entity"):
            mentions[span["entity"]].append(placed)
    for key, entity in document["entities"].items():
        first = mentions[key][0].offsets if mentions[key] else _stand_in(document["text"]) if key == "e0" else None
        if first:
            role = sheet.add(*first, ROLE + entity["role"])
            mentions[key] = mentions[key] or [role]
        sheet.relations += [(one.id, SAME_AS, next_one.id) for one, next_one in pairwise(mentions[key])]
    for entity, name, words in document["attributes"]:
        if mentions[entity] and _state(sheet, document["text"], name, words, mentions[entity]):
            sheet.drawn.add((entity, name, words))
    for head, kind, tail, _ in document["relations"]:
        if mentions[head] and mentions[tail]:
            one, other = _nearest(mentions[head], mentions[tail])
            sheet.relations.append((one.id, kind, other.id))
            sheet.drawn.add((head, kind, tail))
    return sheet


def to_doccano(document: Document, first_id: int = 1) -> tuple[dict[str, Any], int]:
    """One line of doccano's JSONL import, and the first id that is free after it."""
    sheet = lay_out(document, first_id)
    line = {
        "text": document["text"],
        "entities": [{"id": s.id, "start_offset": s.start, "end_offset": s.end, "label": s.label} for s in sheet.spans],
        "relations": [
            {"id": first_id + n, "from_id": one, "to_id": other, "type": kind}
            for n, (one, kind, other) in enumerate(sheet.relations)
        ],
        "document": document["id"],
        META: json.dumps({key: document[key] for key in KEYS if key != "text"}, ensure_ascii=False),
    }
    return line, first_id + max(len(sheet.spans), len(sheet.relations))


def _stand_in(text: str) -> Offsets | None:
    """Where an applicant who is never named can be shown: the first word that means them, else the first word."""
    found = _PRONOUN.search(text) or re.search(r"\w+", text)
    return found.span() if found else None


def _state(sheet: Sheet, text: str, name: str, words: str, mentions: list[Placed]) -> bool:
    """Draw an attribute: its ``has``, and the span that it needs. False where no span says it in these words."""
    if name == "also_victim":
        if words != "yes":
            return False
        sheet.add(*mentions[0].offsets, ALSO_VICTIM)
        return True
    if name == "occupation":
        places = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)] if words else []
        if not places:
            return False
        start, end = min(places, key=lambda place: min(_distance(m, *place) for m in mentions))
        there = [s for s in sheet.spans if s.label == OCCUPATION and s.offsets == (start, end)]
        saying = there or [sheet.add(start, end, OCCUPATION)]
    else:
        attribute_of = scheme().attribute_of
        saying = [s for s in sheet.spans if attribute_of.get(s.label) == name and text[s.start : s.end] == words]
        if not saying:
            return False
    one, other = _nearest(mentions, saying)
    sheet.relations.append((one.id, HAS, other.id))
    return True


def _distance(span: Placed, start: int, end: int) -> int:
    return max(start - span.end, span.start - end, 0)


def _nearest(heads: list[Placed], tails: list[Placed]) -> tuple[Placed, Placed]:
    """The pair of spans that stand closest, so that the arc in doccano is short."""
    return min(((h, t) for h in heads for t in tails), key=lambda pair: _distance(pair[0], *pair[1].offsets))


# --- back from doccano ------------------------------------------------------------------------------------------


def from_doccano(text: str, meta: dict[str, Any], sheet: Sheet) -> tuple[Document, list[str]]:
    """The document as it stands in doccano now, and what a person should look at, one sentence each."""
    return _Reading(text, meta, sheet).document()


class _Reading:
    """Reads one sheet against what was sent (``before``)."""

    def __init__(self, text: str, meta: dict[str, Any], sheet: Sheet):
        self.text, self.sheet = text, sheet
        self.before: Document = _sent(meta)
        self.drawn = lay_out({**self.before, "text": text}).drawn
        self.notes: list[str] = []
        known = scheme()
        labels = {label.name for label in known.labels}
        self.spans = sorted((s for s in sheet.spans if s.label in labels), key=lambda s: (s.start, s.end, s.id))
        self.marks = [s for s in sheet.spans if s.label not in labels]
        self.naming = [s for s in self.spans if s.label in known.names_entity]
        self.origin = self._origins()

    def document(self) -> tuple[Document, list[str]]:
        groups = self._groups()
        keys = self._keys(groups)
        entity_of = {member: keys[n] for n, group in enumerate(groups) for member in group if n in keys}
        spans = [self._span(s, entity_of.get(s.id)) for s in self.spans]
        self._fill_values(spans)
        entities = self._entities(groups, keys)
        attributes = self._kept(self.before["attributes"], self._attributes(entity_of), entities)
        relations = self._kept(self.before["relations"], self._relations(entity_of), entities)
        document = {
            **{key: self.before[key] for key in ("id", "document", "language")},
            "text": self.text,
            "spans": spans,
            "entities": entities,
            "attributes": attributes,
            "relations": relations,
        }
        return document, self.notes

    # spans

    def _origins(self) -> dict[int, int]:
        """Span id → index of the span that was sent and that it is: the same offsets, else the one it overlaps."""
        sent = self.before["spans"]
        origin: dict[int, int] = {}
        at = {(s["start"], s["end"], s["label"]): n for n, s in enumerate(sent)}
        for span in self.spans:
            if (n := at.get((*span.offsets, span.label))) is not None and n not in origin.values():
                origin[span.id] = n
        gone = set(range(len(sent))) - set(origin.values())
        for span in self.spans:
            if span.id in origin:
                continue
            over = [(span.overlap(sent[n]["start"], sent[n]["end"]), -n) for n in gone]
            best, n = max(over, default=(0, 0))
            if best:
                origin[span.id] = -n
                gone.discard(-n)
        return origin

    def _span(self, span: Placed, entity: str | None) -> dict[str, Any]:
        sent = self.before["spans"][self.origin[span.id]] if span.id in self.origin else {}
        same = (sent.get("start"), sent.get("end"), sent.get("label")) == (*span.offsets, span.label)
        read: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
        if entity:
            read["entity"] = entity
        if "value" in sent and sent["label"] == span.label:
            read["value"] = sent["value"]
        if same and sent.get("entity") == entity:
            return dict(sent)
        return read

    def _fill_values(self, spans: list[dict[str, Any]]) -> None:
        """New dates and lengths get the value that the text gives them."""
        valued = scheme().valued
        if all("value" in s for s in spans if s["label"] in valued):
            return
        values = dates.resolve(self.text, [(s["start"], s["end"], s["label"]) for s in spans if s["label"] in valued])
        for span in spans:
            if span["label"] in valued:
                span.setdefault("value", values.get((span["start"], span["end"]), ""))

    # entities

    def _groups(self) -> list[list[int]]:
        """Span ids of naming spans and role marks, one list for each entity."""
        parent: dict[int, int] = {s.id: s.id for s in (*self.naming, *self.marks) if s.label != OCCUPATION}

        def root(id: int) -> int:
            while parent[id] != id:
                id = parent[id]
            return id

        def join(one: int, other: int) -> None:
            if one in parent and other in parent:
                parent[root(other)] = root(one)

        linked = set()
        for one, kind, other in self.sheet.relations:
            if kind == SAME_AS:
                join(one, other)
                linked |= {one, other}
        for mark in self.marks:
            covered = [(mark.overlap(*s.offsets), -n) for n, s in enumerate(self.naming)]
            best, n = max(covered, default=(0, 0))
            if best and mark.label != OCCUPATION:
                join(self.naming[-n].id, mark.id)
                linked.add(self.naming[-n].id)
        for mention, after, neighbours in self._chain():
            # A deleted mention must not part the rest, nor a mention that was drawn anew; a cut arc does part them.
            if not neighbours or not {mention.id, after.id} <= linked:
                join(mention.id, after.id)
        groups: dict[int, list[int]] = defaultdict(list)
        for id in parent:
            groups[root(id)].append(id)
        return list(groups.values())

    def _chain(self) -> Iterable[tuple[Placed, Placed, bool]]:
        """Mentions that were sent as one entity and are still there, in pairs; whether none between them is gone."""
        by_entity: dict[str, list[int]] = defaultdict(list)
        for n, span in sorted(enumerate(self.before["spans"]), key=lambda pair: pair[1]["start"]):
            if span.get("entity"):
                by_entity[span["entity"]].append(n)
        now = {self.origin[s.id]: s for s in self.naming if s.id in self.origin}
        for chain in by_entity.values():
            there = [(place, now[n]) for place, n in enumerate(chain) if n in now]
            for (at, one), (next_at, other) in pairwise(there):
                yield one, other, next_at == at + 1

    def _keys(self, groups: list[list[int]]) -> dict[int, str]:
        """Group → entity key: the one most of its mentions were sent with, a new one for a new entity."""
        naming = {s.id: s for s in self.naming}
        roles = {s.id: s.label for s in self.marks if s.label.startswith(ROLE)}
        claims: list[tuple[int, int, str]] = []
        for n, group in enumerate(groups):
            votes: dict[str, int] = defaultdict(int)
            for id in group:
                if id in self.origin and (key := self.before["spans"][self.origin[id]].get("entity")):
                    votes[key] += 1
            claims += [(-count, n, key) for key, count in votes.items()]
            if ROLE + "applicant" in (roles.get(id) for id in group):
                claims.append((0, n, "e0"))
        keys: dict[int, str] = {}
        for _, n, key in sorted(claims):
            if n not in keys and key not in keys.values():
                keys[n] = key
        number = max((int(key[1:]) for key in self.before["entities"] if key[1:].isdecimal()), default=0)
        for n, group in enumerate(groups):
            named = [naming[id] for id in group if id in naming]
            known = any(scheme().names_entity[s.label] == "required" for s in named) or any(id in roles for id in group)
            if n in keys or not known:
                continue
            if not named:
                mark = next(s for s in self.marks if s.id in group)
                self.notes.append(f"the mark '{mark.label}' at {mark.start}-{mark.end} stands on no mention; left out")
                continue
            number += 1
            keys[n] = f"e{number}"
        return keys

    def _entities(self, groups: list[list[int]], keys: dict[int, str]) -> dict[str, dict]:
        members = {keys[n]: set(group) for n, group in enumerate(groups) if n in keys}
        mentioned = {span.get("entity") for span in self.before["spans"]}
        entities: dict[str, dict] = {}
        for key, sent in self.before["entities"].items():
            if key in members or key == "e0" or key not in mentioned:
                entities[key] = {**sent, "role": self._role(members.get(key, set()), sent["role"], key)}
        for key, group in sorted(members.items(), key=lambda item: int(item[0][1:]) if item[0][1:].isdecimal() else 0):
            if key not in entities:
                entities[key] = self._new_entity(key, group)
        return entities

    def _new_entity(self, key: str, group: set[int]) -> dict:
        named = [s for s in self.naming if s.id in group]
        names = list(dict.fromkeys(self.text[s.start : s.end] for s in named if s.label != "KIN"))
        name = max(names, key=len, default="")
        orgs = sum(s.label == "ORG" for s in named)
        return {
            "type": "org" if orgs * 2 > len(named) else "person",
            "name": name,
            "aliases": [n for n in names if n != name],
            "role": self._role(group, "applicant" if key == "e0" else "other", key),
        }

    def _role(self, group: set[int], sent: str, key: str) -> str:
        """The role that is marked; of two the one that is new, else the one that the scheme puts first."""
        marked = {s.label.removeprefix(ROLE) for s in self.marks if s.id in group and s.label.startswith(ROLE)}
        if not marked:
            return sent
        if len(marked) > 1:
            self.notes.append(f"entity {key} has the roles {', '.join(sorted(marked))}; keep one")
        return min(marked - {sent} or marked, key=scheme().role_order.index)

    # attributes and relations

    def _attributes(self, entity_of: dict[int, str]) -> list[Row]:
        spans = {s.id: s for s in self.sheet.spans}
        rows = []
        for one, kind, other in self.sheet.relations:
            said = spans.get(other)
            name = scheme().attribute_of.get(said.label, OCCUPATION if said.label == OCCUPATION else "") if said else ""
            if kind == HAS and said and name and one in entity_of:
                rows.append([entity_of[one], name, self.text[said.start : said.end]])
        rows += [
            [entity_of[s.id], "also_victim", "yes"] for s in self.marks if s.label == ALSO_VICTIM and s.id in entity_of
        ]
        return rows

    def _relations(self, entity_of: dict[int, str]) -> list[Row]:
        known = {relation.name for relation in scheme().relations}
        return [
            [entity_of[one], kind, entity_of[other], ""]
            for one, kind, other in self.sheet.relations
            if kind in known and one in entity_of and other in entity_of
        ]

    def _kept(self, sent: list[Row], now: list[Row], entities: dict[str, dict]) -> list[Row]:
        """Rows in the order in which they were sent: those still drawn, those that could not be drawn, new ones."""
        left = [tuple(row[:3]) for row in now]
        full = {tuple(row[:3]): row for row in now}
        rows: list[Row] = []
        for row in sent:
            key = tuple(row[:3])
            if key in left:
                left.remove(key)
                rows.append(list(row))
            elif key not in self.drawn and row[0] in entities and (len(row) == 3 or row[2] in entities):
                rows.append(list(row))
        kept = {tuple(row[:3]) for row in rows}
        return rows + [full[key] for key in dict.fromkeys(left) if key not in kept]


def _sent(meta: dict[str, Any]) -> Document:
    """What was sent, from the metadata; of a document that was made in doccano an empty one."""
    empty = {"id": str(meta.get("document") or meta.get("id") or ""), "document": "statement", "language": "en"}
    parts = {"spans": [], "entities": {"e0": {"type": "person", "name": "", "aliases": [], "role": "applicant"}}}
    return {**empty, **parts, "attributes": [], "relations": [], **json.loads(meta.get(META) or "{}")}
