"""Excerpts made for release (K12): the sentence that speaks for an allegation, with everybody else's words taken out.

Who may be named are the subjects of the referral; protected people become Person 1, Person 2…; everybody else,
numbers, addresses and exact days are put in brackets. Sentences with sensitive detail or words of a filing stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from haven.cases.models import Person, Value
from haven.cases.vocabulary import STANDING
from haven.referral.identifiers import Identifiers, compact
from haven.referral.k9 import is_sensitive
from haven.referral.sensitive import filing_words

LONGEST = 600
REMOVED = "[removed]"
OWN_WORDS = ("statement", "affidavit")
"""Documents in which "I" is the applicant."""

ALWAYS_REMOVED = frozenset({"VISA"})
REMOVED_UNLESS_OWN = frozenset(
    {"ADDRESS", "PHONE", "EMAIL", "HANDLE", "ID", "VEHICLE", "AGE", "NATIONALITY", "DESCRIPTION"}
)
MONTH_NAMES = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip

ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|sr|sra|st|no|jr|vs|etc|inc|co|ave|blvd|rd|apt|a\.m|p\.m|u\.s)|\b[A-Z])\.$", re.IGNORECASE
)
SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9ÁÉÍÓÚÑ¿¡])|\n\s*\n")

FIRST_PERSON = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\bI am\b|\bI['’]m\b", "{} is"),
        (r"\bI was\b", "{} was"),
        (r"\bI have\b|\bI['’]ve\b", "{} has"),
        (r"\bI do\b", "{} does"),
        (r"\bI don['’]t\b", "{} does not"),
        (r"\bI['’]ll\b", "{} will"),
        (r"\bI['’]d\b", "{} would"),
        (r"\bI\b(?!\.)|\b[Mm]yself\b", "{}"),
        (r"\b[Mm]e\b", "{}"),
        (r"\b[Mm]y\b|\b[Mm]ine\b", "{}'s"),
    )
]
DAY_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?(?![\d:])")
QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")


@dataclass(frozen=True)
class Excerpt:
    """``original`` never leaves; ``outgoing`` is what does. ``subject``, ``page``: pks."""

    subject: str
    original: str
    outgoing: str
    page: str


@dataclass(frozen=True)
class Cast:
    """Who is who in the outgoing text. ``names``: what to call each person, by pk; ``applicant``: what "I" becomes."""

    names: dict[str, str]
    subjects: frozenset[str]
    applicant: str

    def call(self, person: Person | None, words: str) -> str:
        """What stands in the place of a mention. A subject's own confirmed name stays as it is written."""
        if person is None:
            return "[another person]"
        key = str(person.pk)
        if key in self.subjects:
            own = {v.text for v in person.current_values() if v.field in ("name", "alias") and v.state in STANDING}
            return words if compact(words) in map(compact, own) else f"[{self.names[key]}]"
        if key in self.names:
            return self.names[key]
        return "[an organization]" if person.type == "org" else "[another person]"


@dataclass(frozen=True)
class Source:
    """The record of one reading, its people by entity id, the pages of its characters, what is marked K9 in it."""

    record: dict
    people: dict[str, Person]
    pages: list[tuple[int, int, str]]
    marked: list[tuple[int, int]]

    def page_at(self, offset: int) -> str:
        return next((page for start, end, page in self.pages if start <= offset < end), "")

    def is_marked(self, start: int, end: int) -> bool:
        """An officer keeps words between the two characters back (K9)."""
        return any(low < end and high > start for low, high in self.marked)

    def is_own_words(self, offset: int) -> bool:
        kinds = (d["kind"] for d in self.record["documents"] if d["range"][0] <= offset < d["range"][1])
        return next(kinds, self.record.get("document")) in OWN_WORDS


def excerpts(
    values: Iterable[Value], sources: dict[str, Source], cast: Cast, kept_out: Identifiers
) -> tuple[list[Excerpt], int]:
    """(excerpts in the order of the texts, number of sentences kept back). ``values``: confirmed allegations."""
    places: dict[tuple[str, int, int], str] = {}
    for value in values:
        for evidence in value.evidence.all():
            source = sources.get(str(value.run_id))
            if source is None or evidence.start is None or evidence.end is None:
                continue
            start, end = sentence_around(source.record["text"], evidence.start, evidence.end)
            places.setdefault((str(value.run_id), start, end), str(value.person_id))
    found, back = [], 0
    for (run, start, end), subject in sorted(places.items()):
        source = sources[run]
        original = source.record["text"][start:end]
        outgoing = outgoing_text(source, start, end, cast, kept_out)
        if source.is_marked(start, end) or is_sensitive(original) or filing_words(outgoing):
            back += 1
            continue
        found.append(Excerpt(subject, original, outgoing, source.page_at(start)))
    return found, back


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence, or sentences, that hold the characters; at most ``LONGEST`` of them, cut between words."""
    low, high = max(0, start - LONGEST), min(len(text), end + LONGEST)
    first, last = low, high
    for match in SENTENCE_END.finditer(text, low, high):
        if ABBREVIATION.search(text[low : match.start() + 1]):
            continue
        if match.end() <= start:
            first = match.end()
        elif match.start() + 1 >= end:
            last = match.end()
            break
    if last - first > LONGEST:
        spare = max(0, LONGEST - (end - start)) // 2
        first, last = max(first, start - spare), min(last, end + spare)
        gap, stop = text.find(" ", first, start), text.rfind(" ", end, last)
        first, last = gap + 1 if gap >= 0 else start, stop if stop >= 0 else end
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def outgoing_text(source: Source, start: int, end: int, cast: Cast, kept_out: Identifiers) -> str:
    """The characters from ``start`` to ``end`` as they may leave."""
    text, me = source.record["text"], cast.applicant if source.is_own_words(start) else "[the writer]"
    parts, at = [], start
    for low, high, words in replacements(source, start, end, cast, kept_out):
        parts += [first_person(text[at:low], me), words]
        at = high
    parts.append(first_person(text[at:end], me))
    return kept_out.taken_out(" ".join("".join(parts).split()))


def replacements(
    source: Source, start: int, end: int, cast: Cast, kept_out: Identifiers
) -> Iterator[tuple[int, int, str]]:
    """(from, to, words) for each labelled stretch that does not leave as it is, in order, none over another."""
    text = source.record["text"]
    inside = [span for span in source.record["spans"] if span["start"] < end and span["end"] > start]
    inside.sort(key=lambda span: (span["start"], -span["end"]))
    at = start
    for number, span in enumerate(inside):
        if span["start"] < at:
            continue
        low, high = max(span["start"], start), min(span["end"], end)
        entity = span.get("entity")
        if entity or span["label"] in ("PERSON", "KIN"):
            # "my aunt Lorna": two mentions of one person side by side are one
            for other in inside[number + 1 :]:
                gap = text[high : other["start"]]
                if other.get("entity") == entity and re.fullmatch(r",?\s+", gap):
                    high = min(other["end"], end)
                    # "my brother, Juan, came": the second comma goes with the first
                    high += "," in gap and high < end and text[high] == ","
            words = cast.call(source.people.get(entity or ""), text[low:high])
        else:
            words = _unlinked(span, text[low:high], kept_out)
        at = high
        if words != text[low:high]:
            yield low, high, words


def _unlinked(span: dict, words: str, kept_out: Identifiers) -> str:
    label = span["label"]
    if label == "DATE":
        return month(span.get("value") or "", words)
    own = compact(words) in kept_out.own_values
    if label in ALWAYS_REMOVED or (label in REMOVED_UNLESS_OWN and not own):
        return REMOVED
    if label == "ORG" and not own:
        return "[an organization]"
    return words


def month(value: str, words: str) -> str:
    """An exact day as its month: date, place and injury together can tell the subject who spoke (FACTS 6.4).

    A day whose year is not known (``the 12th of March``, ``my 15th birthday``) is taken out.
    """
    days = re.findall(r"(\d{4})-(\d{2})-\d{2}", value)
    if not days:
        return REMOVED if DAY_NUMBER.search(words) else words
    named = list(dict.fromkeys(f"{MONTH_NAMES[int(m) - 1]} {y}" for y, m in days if 1 <= int(m) <= 12))
    return f"[{' to '.join(named)}]" if named else REMOVED


def first_person(text: str, me: str) -> str:
    """ "I" and its forms as the person's name; inside quotation marks somebody else is speaking."""
    parts, at = [], 0
    for quote in QUOTED.finditer(text):
        parts += [_named(text[at : quote.start()], me), quote[0]]
        at = quote.end()
    return "".join([*parts, _named(text[at:], me)])


def _named(text: str, me: str) -> str:
    for pattern, words in FIRST_PERSON:
        text = pattern.sub(words.format(me), text)
    return text
