"""How the applicant came into the United States (audit finding C13)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from extract.narrative.elements.findings import Findings
from extract.narrative.elements.reading import Reading
from extract.narrative.gazetteer import folded
from extract.record import Entry, EntryMethod, Range, Span

MOST = 4
#: Rank of a visa of which nobody says that the applicant came on it, and how far back "she" is looked for, in tokens.
_LAST, _REACH = 4, 60
_NARRATOR = frozenset({"i", "we", "me", "us", "my", "our"})
_APPLICANT = frozenset(
    {
        "applicant",
        "victim",
        "victims",
        "plaintiffs",
        "petitioner",
        "client",
        "affiant",
        "complainant",
        "declarant",
        "plaintiff",
    }
)


def entry_of(findings: Findings) -> Entry:
    """The method that is said most plainly; of several, the one that is told first.

    Who came as a visitor and stayed is ``overstay``; who came to work, marry or study and stayed keeps that method,
    so that each applicant is counted once (17 + 15 = 32 of the audit).
    """
    told: list[tuple[int, Range, EntryMethod, str]] = []
    reading = findings.reading
    for rule, f in findings.section("entry"):
        if not _of_applicant(reading, f.start, f.end, findings.accused):
            continue
        place = reading.place(f.start, f.end)
        if rule.code != "via visa":
            told.append((1 + rule.weak, place, rule.code, ""))  # type: ignore[arg-type]
            continue
        for k in range(f.start, f.end):
            span = reading.span[k]
            if span is not None and span.label == "VISA":
                method = method_of(findings.table.visas, span, reading.words.text)
                if method:
                    told.append((2 * rule.weak, place, method, reading.words.text[span.start : span.end]))
    if all(method == "overstay" for _, _, method, _ in told):
        told += _only_visa(findings)
    if not told:
        return Entry()
    told.sort(key=lambda t: t[:2])
    methods = list(dict.fromkeys(method for _, _, method, _ in told))
    method = next((m for m in methods if m != "overstay"), "overstay")
    if "overstay" in methods and method == "visitor":
        method = "overstay"
    kept = {method, "visitor"} if method == "overstay" else {method}
    return Entry(
        method=method,
        visa=next((visa for _, _, m, visa in told if visa and m in kept), ""),
        ranges=sorted({place for _, place, m, _ in told if m in kept})[:MOST],
        also=[m for m in methods if m != method],
    )


def _only_visa(findings: Findings) -> list[tuple[int, Range, EntryMethod, str]]:
    """Where nobody says how the applicant came, but all visas of the text are of one method: that one."""
    reading, table = findings.reading, findings.table
    text = reading.words.text
    visas = [(k, span) for k, span in enumerate(reading.span) if span is not None and span.label == "VISA"]
    of = [(k, span, method_of(table.visas, span, text)) for k, span in visas]
    said = [(_LAST, reading.place(k, k + 1), m, text[v.start : v.end]) for k, v, m in of if m is not None]
    return said if len({m for _, _, m, _ in said}) == 1 else []


def method_of(visas: Mapping[str, EntryMethod], visa: Span, text: str) -> EntryMethod | None:
    """What a visa says of how its bearer came in, by the first pattern of the table that its words fit whole."""
    words = " ".join(folded(w) for w in text[visa.start : visa.end].replace("’", "'").split())
    for pattern, method in _compiled(tuple(visas.items())):
        if pattern.fullmatch(words):
            return method or None
    return None


@cache
def _compiled(visas: tuple[tuple[str, EntryMethod], ...]) -> list[tuple[re.Pattern[str], EntryMethod]]:
    return [(re.compile(pattern), method) for pattern, method in visas]


def _of_applicant(reading: Reading, start: int, end: int, accused: Collection[str]) -> bool:
    """Whether the sentence speaks of the applicant, and nobody else is the one who enters.

    In a report "she" is the applicant unless somebody accused was named last; in a statement "she" is somebody else.
    """
    tokens, entity = reading.tokens, reading.entity
    low, high = reading.bounds(start)
    for k in range(start - 1, max(low, start - 6) - 1, -1):
        if tokens[k] in _NARRATOR or tokens[k] in _APPLICANT or entity[k] == "e0":
            return True
        if tokens[k] in {"he", "she", "they"} and not reading.in_first_person:
            named = (e for e in reversed(entity[max(0, k - _REACH) : k]) if e is not None)
            return next(named, None) not in accused
        if entity[k] is not None or tokens[k] in {"he", "she"}:
            return _told_of(tokens[start:end], entity[start:end])
    return _told_of(tokens[low:high], entity[low:high])


def _told_of(tokens: list[str], entity: list[str | None]) -> bool:
    return "e0" in entity or bool((_NARRATOR | _APPLICANT) & set(tokens))
