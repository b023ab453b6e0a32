"""What became of each accused (audit finding C16), and the sentences that speak against an accusation."""

from __future__ import annotations

import re
from collections import defaultdict

from extract.narrative.elements.findings import Findings
from extract.record import Outcome, Range

MOST = 6
#: ``18 U.S.C. § 1591(a)``, ``Penal Code 236.1``, ``section 1589``, ``Title 18, United States Code, Section 1590``.
STATUTE = re.compile(
    r"\b\d{1,2}\s{0,3}U\.?\s?S\.?\s?C\.?\s{0,3}(?:A\.\s{0,3})?(?:§{1,2}|[Ss]ec(?:tions?|s?\.)?)?\s{0,3}\d+[a-z]?(?:\(\w+\))*"
    r"|\bTitle \d{1,2},? United States Code,? [Ss]ections? \d+[a-z]?(?:\(\w+\))*"
    r"|\b(?:P\.?C\.?|Penal (?:Code|Law))(?: (?:§|[Ss]ections?))? ?\d+(?:\.\d+)?(?:\(\w+\))*"
    r"|(?:§{1,2}|\b[Ss]ections?) ?\d{3,}(?:\.\d+)?(?:\(\w+\))*"
)
#: Words in which an arrest has not happened.
_UNREAL = frozenset(
    {"would", "will", "could", "can", "may", "might", "if", "threaten", "want", "to", "should", "until"}
)
#: A status -> those whose words stand in its own ("was never charged", "arrested by ICE") and are not meant.
_NOT_BESIDE = {
    "administratively_arrested": ("arrested",),
    "not_charged": ("indicted", "arrested"),
    "cleared": ("convicted", "indicted"),
}


def outcomes_of(findings: Findings) -> dict[str, list[Outcome]]:
    """Per accused, in the order of the text."""
    reading, whom = findings.reading, findings.whom
    places: dict[tuple[str, str], list[Range]] = defaultdict(list)
    at: dict[tuple[str, Range], set[str]] = defaultdict(set)
    for rule, f in findings.section("outcomes"):
        low = max(reading.bounds(f.start)[0], f.start - 3)
        if _UNREAL & set(reading.tokens[low : f.start]):
            continue
        for accused in whom.patients(f.start, f.end) or []:
            place = reading.place(f.start, f.end)
            if place not in places[accused, rule.code]:
                places[accused, rule.code].append(place)
            at[accused, place].add(rule.code)
    out: dict[str, list[Outcome]] = defaultdict(list)
    for (accused, status), ranges in places.items():
        kept = [r for r in ranges if not _denied(status, at[accused, r])]
        if kept:
            statutes = dict.fromkeys(
                " ".join(m.group().split()) for a, b in kept for m in STATUTE.finditer(reading.words.text, a, b)
            )
            out[accused].append(Outcome(status=status, statute=list(statutes), ranges=sorted(kept)[:MOST]))
    return {accused: sorted(told, key=lambda o: o.ranges[0]) for accused, told in out.items()}


def _denied(status: str, beside: set[str]) -> bool:
    """``was never charged`` holds the words of a charge: the denial alone is meant."""
    return any(status in weaker for denial, weaker in _NOT_BESIDE.items() if denial in beside)


def against_of(findings: Findings) -> dict[str, list[Range]]:
    """Per accused the sentences in which they deny it, are said to have done nothing, or are taken back."""
    whom = findings.whom
    out: dict[str, list[Range]] = defaultdict(list)
    other = {k for rule, f in findings.section("against") if rule.voice == "but" for k in range(f.start, f.end)}
    for section in ("against", "outcomes"):
        for rule, f in findings.section(section):
            if rule.voice == "but" or (rule.voice == "says" and f.start in other):
                continue
            if section == "outcomes" and rule.code not in {"not_charged", "cleared"}:
                continue
            says = rule.voice == "says"
            people = whom.actors(f.start, f.end, said=True) if says else whom.patients(f.start, f.end)
            place = findings.reading.place(f.start, f.end)
            for accused in people or []:
                if place not in out[accused]:
                    out[accused].append(place)
    return {accused: sorted(places)[:MOST] for accused, places in out.items()}
