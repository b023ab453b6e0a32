"""The elements of trafficking (22 U.S.C. 7102(11), (12)) that a narrative states of each accused, and whether a
narrative as a whole speaks of trafficking (audit finding C10).

"Element stated", never "element proved": an officer sees each beside its sentences.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from extract.narrative.elements.findings import Findings
from extract.narrative.elements.reading import Reading
from extract.narrative.elements.rules import Rule
from extract.record import Element, ElementKind, ElementName, Range, RelationType, Screen, Source, Statement

#: Sentences kept for one finding.
MOST = 6
_NUMBER_WORDS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen".split()
    )
}
_MINOR_WORDS = frozenset({"minor", "underage", "juvenile"})
#: 18 U.S.C. ch. 77 and 1351, and what states call it: California Penal Code 236.1, New York 230.34 and 135.35.
STATUTE = re.compile(
    r"\b18\s{0,3}U\.?\s{0,3}S\.?\s{0,3}C\.?\s{0,3}(?:A\.?\s{0,3})?(?:§{1,2}|sec(?:tions?|s?\.)?)?\s{0,3}(?:158[1-9]|159[0-7]|1351)\b"
    r"|\b(?:P\.?C\.?|Penal Code)\s{0,3}(?:§|section)?\s{0,3}(?:236\.1|230\.34|135\.35)\b",
    re.IGNORECASE,
)
#: Signs of servitude, of which two beside each other are asked about.
_SIGNS = frozenset({"no pay, or no end to the work", "papers taken", "debt", "kept from leaving or speaking"})
#: Confidence of an ``exploited`` relation that asks for a person. With the small model of the time, on 67 held-out
#: documents, 50 of them of trafficking (to be measured again with today's models):
#: it finds 16 of the 19 that no words of the table give away, and 2 of 15 others.
SURE = 0.75
_KIND_ORDER = {kind: n for n, kind in enumerate(get_args(ElementKind))}


@dataclass
class Stated:
    """What is said of one accused, or of nobody: (element, kind, how) -> places. ``strong``: keys said plainly."""

    places: dict[tuple[str, str, str], list[Range]] = field(default_factory=lambda: defaultdict(list))
    strong: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, rule: Rule, place: Range) -> None:
        key = (rule.code, rule.kind, rule.how)
        if place not in self.places[key]:
            self.places[key].append(place)
        if not rule.weak:
            self.strong.add(key)

    def elements(self) -> list[Element]:
        """In the order act, means, purpose; weak findings only beside an act."""
        acts = any(element == "act" for element, _, _ in self.strong)
        out = []
        for (element, kind, how), places in self.places.items():
            if not places or ((element, kind, how) not in self.strong and not acts):
                continue
            out.append(Element(element=element, kind=kind, how=how, ranges=sorted(places)[:MOST]))
        return sorted(out, key=lambda e: (_KIND_ORDER[e.kind], e.how))


def stated_of(findings: Findings) -> tuple[dict[str, Stated], Stated]:
    """Per accused what is stated of them, and what is stated of anybody at all."""
    whom, reading = findings.whom, findings.reading
    each: dict[str, Stated] = {key: Stated() for key in findings.accused}
    anybody = Stated()
    for rule, f in findings.section("elements"):
        if rule.kind == "force" and whom.unreal(f.start):
            continue
        actors = whom.actors(f.start, f.end, suffers=rule.voice == "suffers")
        if actors is None:
            continue
        place = reading.place(f.start, f.end)
        anybody.add(rule, place)
        for actor in actors:
            each[actor].add(rule, place)
    return each, anybody


def add_related(
    findings: Findings,
    stated: tuple[dict[str, Stated], Stated],
    relations: Sequence[tuple[str, RelationType, str, str]],
    sources: Sequence[Source],
) -> None:
    """Where words state an element in the very sentences of a relation that means it, it is stated of its head too.

    A relation without such words adds nothing: it says that two people stand near each other, not which words say so.
    """
    each, anybody = stated
    meanings = findings.table.relations
    for (head, kind, _, _), source in zip(relations, sources, strict=True):
        if kind not in meanings or source.range is None or head not in each:
            continue
        low, high = source.range
        for key, places in anybody.places.items():
            if key[:2] not in meanings[kind]:
                continue
            for a, b in places:
                if low <= a and b <= high and (a, b) not in each[head].places[key]:
                    each[head].places[key].append((a, b))
                    each[head].strong |= {key} & anybody.strong


def add_minors(findings: Findings, stated: tuple[dict[str, Stated], Stated]) -> None:
    """Add ``under_18`` where a victim's age is given beside the accused or an act of theirs: then sex trafficking
    needs no means (22 U.S.C. 7102(11)(A))."""
    each, anybody = stated
    reading, whom = findings.reading, findings.whom
    rule = Rule("elements", "means", "age", "suffers", "under_18")
    said = {place for places in anybody.places.values() for place in places}
    for k, word in enumerate(reading.tokens):
        if reading.span[k] is not None:
            minor = word == "AGE" and 0 < (age_of(reading, k) or 99) < 18 and _victims(findings, k)
        else:
            minor = word in _MINOR_WORDS and reading.tokens[k - 1 : k] != ["not"]
        place = reading.place(k, k + 1) if minor else None
        if place is None or place not in said:
            continue
        anybody.add(rule, place)
        for actor in whom.actors(k, k + 1, suffers=True) or []:
            each[actor].add(rule, place)


def age_of(reading: Reading, k: int) -> int | None:
    """The years of the AGE token ``k``."""
    for word in reading.words.folded[reading.first[k] : reading.last[k] + 1]:
        if word.isdigit() and len(word) < 3:
            return int(word)
        if word in _NUMBER_WORDS:
            return _NUMBER_WORDS[word]
    return None


def _victims(findings: Findings, k: int) -> bool:
    """Whether the age of token ``k`` is the narrator's or a protected person's, not a child's of somebody."""
    reading = findings.reading
    low = max(reading.bounds(k)[0], k - 5)
    if {"i", "we", "victim", "applicant", "girl", "petitioner"} & set(reading.tokens[low:k]):
        return True
    named = [e for e in reading.entity[low:k] if e is not None]
    return bool(named) and named[-1] in findings.protected


def screen_of(findings: Findings, stated: tuple[dict[str, Stated], Stated], exploited: Iterable[Source]) -> Screen:
    """Evident: one accused, or the narrative in several sentences, has an act, a purpose, and a means or a victim
    under 18 for sex; or the crime is named beside two of these. Indicated: a purpose, two signs of servitude, the
    crime is named, or the model is sure of one of ``exploited``, the sources of the relations of that type."""
    each, anybody = stated
    reading = findings.reading
    reasons: dict[str, list[Range]] = defaultdict(list)
    for rule, f in findings.section("screen"):
        reasons[rule.how].append(reading.place(f.start, f.end))
    for match in STATUTE.finditer(reading.words.text):
        reasons["statute of trafficking"].append(match.span())
    named = bool(reasons)
    whole = [s for s in each.values() if _whole(s)]
    everything = whole or ([anybody] if _whole(anybody) and _sentences(anybody) > 1 else [])
    purposes = {key for key in anybody.strong if key[0] == "purpose"}
    parts = {e.element for e in anybody.elements()}
    sure = [s.range for s in exploited if s.range and s.confidence >= SURE]
    if everything or (named and len(parts) > 1 and "purpose" in parts):
        verdict = "evident"
    elif named or purposes or sure or _signs(anybody):
        verdict = "indicated"
    else:
        verdict = "not_indicated"
    if verdict != "not_indicated":
        for one in everything or [anybody]:
            for e in one.elements():
                reasons[f"{e.element}: {e.how}"] += e.ranges
        reasons["somebody exploits somebody, by the model"] += sure
    return Screen(
        verdict=verdict,
        reasons=[
            Statement(says=says, source=Source(range=place))
            for says, places in reasons.items()
            for place in sorted(set(places))[:MOST]
        ],
    )


def _whole(stated: Stated) -> bool:
    of: dict[ElementName, set[str]] = defaultdict(set)
    for e in stated.elements():
        of[e.element].add(e.kind)
    means, purposes = of["means"], of["purpose"]
    sex = "commercial_sex_act" in purposes
    weak = {p for (element, _, _), places in stated.places.items() if element == "purpose" for p in places}
    plain = any(element == "purpose" for element, _, _ in stated.strong) or len(weak) > 1
    by_means = bool(means - {"under_18"}) and bool(purposes) and plain
    return bool(of["act"]) and (by_means or (sex and "under_18" in means))


def _sentences(stated: Stated) -> int:
    return len({place for places in stated.places.values() for place in places})


def _signs(stated: Stated) -> bool:
    """Two signs beside each other that alone are none: held for service and by what means, or unpaid and controlled."""
    hows = {how for _, _, how in stated.places}
    kinds = {kind for _, kind, _ in stated.strong}
    if "obtaining" in kinds and kinds & {"force", "fraud", "coercion"}:
        return True
    return len(hows & _SIGNS) > 1
