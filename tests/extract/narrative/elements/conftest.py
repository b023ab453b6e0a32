"""Short invented texts with their names marked, ``[Victor|t1]``, ``[K-1|VISA]``, ``[May 2014|DATE|2014-05]``.

The first letter of a mark says who it is: ``e`` the applicant, ``t`` an alleged trafficker, ``s`` somebody who took
part, ``v`` another victim, ``f`` family, ``k`` family by a kinship word, ``o`` an official, ``a`` an agency, ``c`` an
accused company, ``x`` anybody else.
"""

import re
from dataclasses import dataclass

import pytest

from extract.narrative.elements import Told, told_of
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.words import Words
from extract.record import Entity, Span

MARK = re.compile(r"\[([^|\]]+)\|([^|\]]+)(?:\|([^\]]*))?\]")
ROLES = {"e": "applicant", "t": "trafficker", "s": "associate", "v": "victim", "f": "family", "k": "family",
         "o": "official", "a": "official", "c": "trafficker", "x": "other"}  # fmt: skip
LABELS = {"a": "ORG", "c": "ORG", "k": "KIN"}


@dataclass
class Case:
    """A marked text with what it states. Sentences come back as their words."""

    text: str
    told: Told

    def said(self, ranges: list[tuple[int, int]]) -> list[str]:
        return [self.text[a:b] for a, b in ranges]

    def stated(self, who: str) -> set[tuple[str, str]]:
        return {(e.kind, e.how) for e in self.told.elements.get(who, [])}

    def kinds(self, who: str) -> set[str]:
        return {kind for kind, _ in self.stated(who)}

    def statuses(self, who: str) -> list[str]:
        return [o.status for o in self.told.outcomes.get(who, [])]

    def against(self, who: str) -> list[str]:
        return self.said(self.told.against.get(who, []))


def marked(text: str) -> tuple[str, list[Span], dict[str, Entity]]:
    plain, at = "", 0
    spans: list[Span] = []
    entities = {"e0": Entity(role="applicant")}
    for m in MARK.finditer(text):
        plain += text[at : m.start()]
        at = m.end()
        words, who, value = m.groups()
        label = who if who.isupper() else LABELS.get(who[0], "PERSON")
        entity = None if who.isupper() else who
        spans.append(Span(start=len(plain), end=len(plain) + len(words), label=label, entity=entity, value=value))
        plain += words
        if entity and entity not in entities:
            kind = "org" if label == "ORG" else "person"
            entities[entity] = Entity(type=kind, role=ROLES[who[0]], name=words)
    return plain + text[at:], spans, entities


def read(text: str, relations=(), sources=()) -> Case:
    plain, spans, entities = marked(text)
    return Case(plain, told_of(Words.of(plain, Gazetteer({})), spans, entities, relations, sources))


@pytest.fixture
def case():
    return read
