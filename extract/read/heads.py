"""Running heads, footers and page numbers: found by comparing the pages of a file, set aside from their text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MARGIN = 0.12
"""Heads and feet lie in this share of the page's height at either end."""
OUTERMOST = 3
"""and among this many lines from either end."""
SAME_HEIGHT = 8.0
"""Points by which a repeated line may move from page to page."""
SAME_TEXT = 0.8
"""Likeness at which two lines are one, misread letters allowed for."""
PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:page|pg\.?|p\.|página|pág\.?)?\s*#+\s*(?:(?:of|de|/)\s*#+)?[-–—.\s]*$", re.IGNORECASE
)


@dataclass(frozen=True)
class PlacedLine:
    """A line of a page: which row it is, its text, and its middle as a share of the page's height."""

    index: int
    text: str
    middle: float


def set_aside(pages: Sequence[Sequence[PlacedLine]], heights: Sequence[float]) -> list[set[int]]:
    """For every page the indices of its lines that are repeated on the other pages or are a page number."""
    zones = [_outer_lines(lines) for lines in pages]
    kinds = _kinds_of_lines(zones, heights)
    written = sum(bool(lines) for lines in pages)
    needed = 2 if written == 2 else 3
    counts = Counter(kind for page in kinds for kind in set(page.values()))
    return [
        {
            line.index
            for line in zone
            if counts[page_kinds[line.index]] >= needed
            or (_is_outermost(line, zone) and PAGE_NUMBER.match(_key(line.text)))
        }
        for zone, page_kinds in zip(zones, kinds, strict=True)
    ]


def _outer_lines(lines: Sequence[PlacedLine]) -> list[PlacedLine]:
    ordered = sorted(lines, key=lambda line: line.middle)
    top = [line for line in ordered[:OUTERMOST] if line.middle <= MARGIN]
    bottom = [line for line in ordered[-OUTERMOST:] if line.middle >= 1 - MARGIN and line not in top]
    return top + bottom


def _is_outermost(line: PlacedLine, zone: Sequence[PlacedLine]) -> bool:
    side = [other.middle for other in zone if (other.middle < 0.5) == (line.middle < 0.5)]
    return line.middle in (min(side), max(side))


def _kinds_of_lines(zones: Sequence[Sequence[PlacedLine]], heights: Sequence[float]) -> list[dict[int, int]]:
    """Numbers the lines of all pages so that like lines at like heights have the same number."""
    known: defaultdict[int, list[tuple[str, float, int]]] = defaultdict(list)
    numbers: list[dict[int, int]] = []
    total = 0
    for zone, height in zip(zones, heights, strict=True):
        own: dict[int, int] = {}
        for line in zone:
            key, place = _key(line.text), line.middle * height
            near = [entry for band in (-1, 0, 1) for entry in known[int(place // SAME_HEIGHT) + band]]
            found = next((number for text, _, number in near if text == key), None)
            if found is None:
                found = next((number for text, _, number in near if _alike(text, key)), None)
            if found is None:
                found, total = total, total + 1
                known[int(place // SAME_HEIGHT)].append((key, place, found))
            own[line.index] = found
        numbers.append(own)
    return numbers


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.casefold().split()))


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 8 or abs(len(one) - len(other)) > 0.3 * max(len(one), len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SAME_TEXT
