"""Compiles the name lists of a data folder into the file that ships with the models."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from extract.narrative.gazetteer import FAMILY, GIVEN, PLACE, Gazetteer, folded
from extract.narrative.words import WORD

#: Family names are listed by frequency: beyond these they are rarer than their spelling is as a common word.
_SURNAMES = 60_000
#: Words that some list has as a name, and every text has as a word.
_COMMON = frozenset(
    "the and for was that his her she with from they them had have has were been this which who what when where will "
    "would not you your our out all one two three day may any can more other than then there their about after before "
    "into over some such man new old long short young good best little".split()
)


def compile_gazetteer(data: Path) -> Gazetteer:
    """Names and places of ``data/names`` and ``data/geo`` of a data folder."""
    flags: dict[str, int] = defaultdict(int)

    def add(name: str, flag: int, shortest: int) -> None:
        for w in WORD.findall(name):
            if len(w) >= shortest and folded(w) not in _COMMON:
                flags[folded(w)] |= flag

    names = data / "data" / "names"
    for sex in ("female", "male"):
        for row in _rows(names / f"census1990_first_{sex}.tsv"):
            add(row[0], GIVEN, 2)
    for row in _rows(names / "census2010_surnames.tsv")[:_SURNAMES]:
        add(row[0], FAMILY, 2)
    for _, kind, name, *_ in _rows(names / "faker_mit_latin.tsv"):
        add(name, GIVEN if kind.startswith("first") else FAMILY, 3)
    for _, kind, _, name, *_ in _rows(names / "popular_by_country_cc0.tsv"):
        add(name, GIVEN if kind == "first" else FAMILY, 3)
    with (data / "data" / "geo" / "world-cities.csv").open(encoding="utf-8", newline="") as lines:
        for place in csv.reader(lines):
            for value in place[:3]:
                add(value, PLACE, 4)
    return Gazetteer(dict(flags))


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
