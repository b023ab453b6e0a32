"""Values of DATE and DURATION spans, in the form of the annotation scheme.

A date that is not complete in itself (``in December``, ``two weeks later``, ``that Christmas``) is told from the
dates around it: the day the document was made, the date told last, and the one that explains it (``in April 2011,
Holy Week``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from extract.narrative.dates.durations import read_duration
from extract.narrative.dates.grammar import earlier, read
from extract.narrative.dates.moments import Moment, read_value
from extract.narrative.dates.telling import Context
from extract.narrative.dates.words import MONTH, YEAR, clean, number
from extract.narrative.dates.written import written_on

_BORN = re.compile(r"(?:\bborn\b|\bdob\b|d\.o\.b|date of birth|birth ?date)[^.;\n]{0,40}$", re.I)
_LOOKS: tuple[tuple[Literal["back", "ahead"], re.Pattern[str]], ...] = (
    ("ahead", re.compile(r"\b(?:will|(?:is|are) (?:set|scheduled|due)|set for|sentencing is)\b[^.;!?\n]{0,80}$", re.I)),
    ("back", re.compile(r"(?:\bsince\s*$|\bhad\b[^.;!?\n]{0,80}$)", re.I)),
)
_DAY_FIRST = re.compile(r"(?:1[3-9]|2\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)?\d\d")
_MONTH_FIRST = re.compile(r"(?:0?[1-9]|1[0-2])([./-])(?:1[3-9]|2\d|3[01])\1(?:19|20)?\d\d")
_UNIT_NAMED = re.compile(r"(day|week|month|year|hour)s?$")
_TENS = "twent thirt fort fift sixt sevent eight".split()
_DECADE = re.compile(rf"({'|'.join(_TENS)})ies|\b([2-8])0'?s\b")
_LINE_STARTS = re.compile(r"\n[ \t]*[(\"\[]?[ \t]*$")
_HEAD_ENDS = re.compile(r"[ \t]*(?:[.:,;)\]–—-]|\d\d?:?\d\d\b|\n|$)")
_HEAD = re.compile(rf"\d\D+\d|{MONTH}")
_FEWEST_ENTRIES = 3
_GROWN = 12  # years
_IN_FIGURES = re.compile(r"\d{1,4}([ ./-])(?:\d\d?|[ivx]+)\1\d{1,4}|\d{8}")
_BESIDE = 60  # characters between two spans that may explain each other
_FAR = "…"  # stands for a longer text between two spans

# Between two DATE spans: one list that says the year once; one date said twice.
_LIST = re.compile(r"\s*(?:,|,? ?(?:and|or|to|through|until|till|-|–|/))\s*(?:again )?(?:on |in )?", re.I)
_SAME_BEFORE = re.compile(
    r"(?:,\s*(?:at|in|on|around|about|during|that is|which (?:again )?(?:is|was))?|"
    r"[.,]?\s*(?:it|this|that) (?:was|is))\s*(?:the|our|my)?\s*",
    re.I,
)
_SAME_AFTER = re.compile(
    r"\s*(?:\. that(?:'s| is| was)|[,(]?\s*(?:that is|that's|which (?:is|was)|so|is|was|it was)?,?)"
    r"\s*\(?(?:in|on|about|around)?\s*",
    re.I,
)
_NAMES_THE_DAY = re.compile(r",\s*(?:on |that is,? (?:on )?|which was )?", re.I)
_NAMED_MONTH = MONTH.replace("(?P<month>", "(?:")  # a pattern may name a group only once
_YEARLESS = re.compile(rf"(?:{_NAMED_MONTH} )?\d{{1,2}}|{_NAMED_MONTH}|\d{{1,2}} {_NAMED_MONTH}|\d{{1,2}}/\d{{1,2}}")
_DAY = re.compile(rf"(?:{_NAMED_MONTH} \d{{1,2}}|\d{{1,2}} {_NAMED_MONTH})(?:,? (?:19|20)\d\d)?")


def resolve(
    text: str, spans: list[tuple[int, int, str]], *, document_date: str | None = None
) -> dict[tuple[int, int], str]:
    """The value of each DATE and DURATION span ``(start, end, label)``; spans without one are left out.

    ``document_date`` is the day the document was made, as a value; without it the text is asked.
    """
    dated = sorted({(start, end) for start, end, label in spans if label == "DATE"})
    lengths = sorted({(start, end) for start, end, label in spans if label == "DURATION"})
    return _lengths(text, lengths) | _dates(text, dated, read_value(document_date or ""))


def _dates(text: str, dated: list[tuple[int, int]], document_date: Moment | None) -> dict[tuple[int, int], str]:
    said = _Said.of(text, dated)
    told = [not birth for birth in _births(text, dated, said)]
    full = [(*at, m) for at, m, t in zip(dated, map(read_value, said.full), told, strict=True) if t and m]
    written, headed, news = (document_date, -1, False) if document_date else written_on(text, full)
    entries = _entries(text, dated, said.words)
    if entries and not document_date:
        written, news = None, False  # each entry was written on its own day
    context = Context(
        anchor=document_date,
        first=full[0][2] if full else None,
        latest=max((m for _, _, m in full), key=lambda m: m.months) if written and full else None,
        written=written,
        news=news,
        day_first=said.day_first,
        days=_days(m for _, _, m in full),
    )
    ahead = _ahead(said.full, told)
    values: dict[tuple[int, int], str] = {}
    entry: Moment | None = None
    for n, at in enumerate(dated):
        here = replace(context, looks=_looks(text[max(0, at[0] - 120) : at[0]]), ahead=ahead[n])
        if n in entries and entry:
            here = replace(here, looks="on", anchor=entry, reached=entry)
        previous = values.get(dated[n - 1], "") if n else ""
        value = said.full[n] or said.explained(n, previous, here) or read(said.words[n], here)
        if not value:
            continue
        values[at] = value
        moment = read_value(value)
        if moment is None:
            continue
        if n in entries:
            entry = moment
            context = replace(context, anchor=moment, reached=moment, written=moment)
        elif at[0] == headed:
            context = replace(context, anchor=moment)
        elif told[n] or _recent(moment, context.reached):
            context = _moved(context, moment)
    return values


def _days(said: Iterable[Moment]) -> dict[tuple[int, int], set[int]]:
    """(month, day) -> the years in which a day is said."""
    out: dict[tuple[int, int], set[int]] = defaultdict(set)
    for moment in said:
        if moment.month and moment.day:
            out[moment.month, moment.day].add(moment.year)
    return dict(out)


def _births(text: str, dated: list[tuple[int, int]], said: _Said) -> list[bool]:
    """Which dates are somebody's day of birth: said so, or a day in figures from long before the others."""
    days = [
        read_value(value) if _IN_FIGURES.fullmatch(words) else None
        for words, value in zip(said.words, said.full, strict=True)
    ]
    newest = max((m.year for m in map(read_value, said.full) if m), default=0)
    befores = [
        text[max(0, start - 60, last) : start]
        for (start, _), last in zip(dated, [0, *(end for _, end in dated)], strict=False)
    ]
    return [
        bool(_BORN.search(before)) or (day is not None and newest - day.year >= _GROWN)
        for before, day in zip(befores, days, strict=True)
    ]


def _looks(before: str) -> Literal["", "back", "ahead"]:
    return next((looks for looks, pattern in _LOOKS if pattern.search(before)), "")


def _entries(text: str, dated: list[tuple[int, int]], words: list[str]) -> set[int]:
    """Which dates head the entries of a diary or log; none where there are fewer than three."""
    heads = {
        n
        for n, (start, end) in enumerate(dated)
        if _LINE_STARTS.search(text[max(0, start - 8) : start] if start > 8 else "\n" + text[:start])
        and _HEAD_ENDS.match(text, end)
        and _HEAD.search(words[n])
    }
    return heads if len(heads) >= _FEWEST_ENTRIES else set()


def _ahead(full: list[str], told: list[bool]) -> list[Moment | None]:
    """For each date the next one that is said with its month, births left out."""
    out: list[Moment | None] = []
    following: Moment | None = None
    for value, is_told in zip(reversed(full), reversed(told), strict=True):
        out.append(following)
        moment = read_value(value.split("/")[0])
        if is_told and moment and moment.nearest_month:
            following = moment
    return out[::-1]


def _moved(context: Context, moment: Moment) -> Context:
    """The context after a date was told. A bare year before the telling is an aside and does not move it."""
    reached = context.reached
    aside = reached is not None and not moment.nearest_month and moment.year < reached.year
    return replace(context, anchor=moment, reached=reached if aside else moment)


def _recent(birth: Moment, reached: Moment | None) -> bool:
    """Whether a birth is part of the telling: a child of these years, not the birth of one who tells."""
    return reached is not None and abs(birth.year - reached.year) <= 3


@dataclass(frozen=True)
class _Said:
    """The DATE spans of a text: their words, the text between each and the next, and the values said in full."""

    words: list[str]
    gaps: list[str]
    full: list[str]
    day_first: frozenset[str]

    @classmethod
    def of(cls, text: str, dated: list[tuple[int, int]]) -> _Said:
        words = [_words(text, start, end) for start, end in dated]
        gaps = [text[end:start] if start - end <= _BESIDE else _FAR for (_, end), (start, _) in pairwise(dated)]
        month_first = {found[1] for found in map(_MONTH_FIRST.fullmatch, words) if found}
        day_first = frozenset({found[1] for found in map(_DAY_FIRST.fullmatch, words) if found} - month_first)
        full = [read(w, Context(day_first=day_first)) for w in words]
        said = cls(words, [*gaps, _FAR], full, day_first)
        said._share_months()
        said._share_years()
        return said

    def _share_months(self) -> None:
        """November 6 and [7, 2018]."""
        for n in range(1, len(self.words)):
            month = re.match(MONTH + " ", self.words[n - 1])
            bare = re.fullmatch(rf"\d{{1,2}}(?:,? {YEAR})?", self.words[n])
            if month and bare and _LIST.fullmatch(self.gaps[n - 1]):
                self.words[n] = month[0] + self.words[n]
                self.full[n] = read(self.words[n], Context(day_first=self.day_first))

    def _share_years(self) -> None:
        """[May 3], [June] and July 9, 2015; [Meskel] of 2013."""
        alone = Context(day_first=self.day_first)
        for n in reversed(range(len(self.words) - 1)):
            if self.full[n]:
                continue
            if self.gaps[n].strip() == "of":
                self.full[n] = read(f"{self.words[n]} of {self.words[n + 1]}", alone)
            end = read_value(self.full[n + 1])
            if end and _LIST.fullmatch(self.gaps[n]) and _YEARLESS.fullmatch(self.words[n]):
                start = earlier(self.words[n], end, alone)
                self.full[n] = start.value if start else ""

    def explained(self, n: int, previous: str, context: Context) -> str:
        """The value that the date beside it gives: April 2011, [Holy Week]; [Eid], July 6, 2016."""
        if _YEARLESS.fullmatch(self.words[n]):
            return ""
        if n + 1 < len(self.words) and _NAMES_THE_DAY.fullmatch(self.gaps[n]) and _DAY.fullmatch(self.words[n + 1]):
            relative, day = (read_value(read(words, context)) for words in self.words[n : n + 2])
            return day.value if day and day.day and not (relative and relative.day) else ""  # a week later, May 3
        if re.search(r"\b(?:later|after that)\b", self.words[n]):
            return ""
        if previous and _SAME_BEFORE.fullmatch(self.gaps[n - 1]):
            own = read(self.words[n], context)
            return own if own.startswith(previous) else previous
        if n + 1 < len(self.words) and self.full[n + 1] and _SAME_AFTER.fullmatch(self.gaps[n]):
            return self.full[n + 1]
        return ""


def _words(text: str, start: int, end: int) -> str:
    words = clean(text[start:end])
    return f"'{words}" if start and text[start - 1] in "'’‘" and words.isdecimal() else words


def _lengths(text: str, spans: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The values of lengths of time. A bare number counts what the last one beside it counted, else years."""
    values: dict[tuple[int, int], str] = {}
    last, unit = 0, "year"
    for start, end in spans:
        words = clean(text[start:end])
        if start - last > _BESIDE:
            unit = "year"
        if value := read_duration(words, unit):
            values[start, end] = value
        if named := _UNIT_NAMED.search(words):
            last, unit = end, named[1]
    return values


def birth_year(age_text: str, at: str) -> str:
    """The years of birth that an age, said at a date (value), leaves open; empty without an age or a date.

    ``17 years old`` in ``2014-03`` is ``1996/1997`` (the birthday may be still to come), ``in his forties`` is
    ``1964/1974``.
    """
    moment, words = read_value(at), clean(age_text)
    if moment is None:
        return ""
    if decade := _DECADE.search(words):
        youngest = 10 * (int(decade[2]) if decade[2] else 2 + _TENS.index(decade[1]))
        return f"{moment.year - youngest - 10}/{moment.year - youngest}"
    found = re.search(r"\b\d{1,3}\b", words)
    named = (number(word) for word in re.findall(r"[a-z]+(?:-[a-z]+)?", words) if word not in ("a", "an", "another"))
    age = int(found[0]) if found else next(filter(None, named), 0)
    return f"{moment.year - age - 1}/{moment.year - age}" if 0 < age < 120 else ""
