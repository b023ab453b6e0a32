"""The paper: one page of the packet with the words that were understood marked on it.

Boxes are PDF points of the upright page, origin at its top left; the marks are drawn by an SVG whose viewBox is the
page, so that no style is computed anywhere. Pages without boxes (txt, docx) are shown as text, cut at the marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Found:
    """Something understood on a page. ``range`` counts characters of the page's own text."""

    key: str
    """What is lit together with it: the page's element ids of a person or value, separated by spaces."""
    group: str
    """``alleged | took_part | protected | others | fact``: decides the colour."""
    words: str
    """Read out by a screen reader, e.g. ``Rosa Delgado, alleged trafficker``."""
    range: tuple[int, int] | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Mark:
    """One thing found, on the image: a rectangle and an underline per line of words."""

    key: str
    group: str
    words: str
    rects: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of page text that the same things cover, the narrowest of them last."""

    text: str
    covered: tuple[Found, ...] = ()

    @property
    def found(self) -> Found | None:
        """What decides the colour and the words: a name before the sentence that it stands in."""
        return self.covered[-1] if self.covered else None

    @property
    def key(self) -> str:
        return " ".join(dict.fromkeys(key for item in reversed(self.covered) for key in item.key.split()))


@dataclass(frozen=True)
class Paper:
    """One page ready to be shown."""

    index: int
    total: int
    state: str
    where: str
    """``statement · read by OCR, 98% sure``"""
    reason: str
    width: float
    height: float
    has_image: bool
    marks: tuple[Mark, ...] = ()
    pieces: tuple[Piece, ...] = field(default=())

    @property
    def state_title(self) -> str:
        """Said in place of a page that has nothing to show."""
        titles = {
            "refused": "This page could not be read",
            "blank": "This page is blank",
            "held_back": "This page is held back",
        }
        return titles.get(self.state, "")

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def svg_width(self) -> str:
        return _svg(self.width)

    @property
    def svg_height(self) -> str:
        return _svg(self.height)

    @property
    def previous(self) -> int | None:
        return self.index - 1 if self.index > 0 else None

    @property
    def next(self) -> int | None:
        return self.index + 1 if self.index + 1 < self.total else None


def _svg(value: float) -> str:
    return f"{value:.1f}"


def lines_of(boxes: Sequence[Box]) -> list[Box]:
    """Word boxes joined to one box a line: two words of a line overlap in height by more than half."""
    lines: list[Box] = []
    for box in boxes:
        if lines:
            last = lines[-1]
            overlap = min(last[3], box[3]) - max(last[1], box[1])
            if overlap > 0.5 * min(last[3] - last[1], box[3] - box[1]) and box[0] >= last[0]:
                lines[-1] = (
                    min(last[0], box[0]),
                    min(last[1], box[1]),
                    max(last[2], box[2]),
                    max(last[3], box[3]),
                )
                continue
        lines.append(box)
    return lines


def marks(found: Sequence[Found]) -> tuple[Mark, ...]:
    """What lies on the image. One place, one mark; wide ones come first, so that a name lies on its sentence."""
    places: dict[tuple[Box, ...], Found] = {}
    for item in found:
        if item.boxes:
            same = places.get(item.boxes)
            keys = f"{same.key} {item.key}" if same else item.key
            places[item.boxes] = replace(same or item, key=" ".join(dict.fromkeys(keys.split())))
    widest_first = sorted(places.values(), key=lambda f: -sum(x1 - x0 for x0, _, x1, _ in f.boxes))
    return tuple(map(mark, widest_first))


def mark(found: Found) -> Mark:
    """The mark on the image, one point wider than the words on each side."""
    rects = tuple(
        {
            "x": _svg(x0 - 1),
            "y": _svg(top - 1),
            "width": _svg(x1 - x0 + 2),
            "height": _svg(bottom - top + 2),
            "x2": _svg(x1 + 1),
            "base": _svg(bottom + 1),
        }
        for x0, top, x1, bottom in lines_of(found.boxes)
    )
    return Mark(found.key, found.group, found.words, rects)


def pieces(text: str, found: Sequence[Found]) -> tuple[Piece, ...]:
    """The text cut wherever something found begins or ends; no character is lost or doubled."""
    ranged = [(max(0, f.range[0]), min(len(text), f.range[1]), f) for f in found if f.range is not None]
    ranged = [(start, end, item) for start, end, item in ranged if start < end]
    widest_first = sorted(ranged, key=lambda r: r[0] - r[1])
    cuts = sorted({0, len(text), *(start for start, _, _ in ranged), *(end for _, end, _ in ranged)})
    return tuple(
        Piece(text[a:b], tuple(item for start, end, item in widest_first if start <= a and b <= end))
        for a, b in pairwise(cuts)
    )
