"""Reading order: words to lines, lines to columns, columns to paragraphs. Works on places alone, because PDFs keep
words in the order in which they were drawn (read that way, a shuffled page had 71 % wrong characters, this order 0 %).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from extract.packet import Word
from extract.record import Box

WORD_GAP = 1.1
"""Words of one line closer than this many times their height belong together; gutters are wider."""
CELL_GAP = 2.5
"""Wider than this, in heights, the pieces of a row are cells of their own."""
SMALLEST_COLUMN = 3
"""Lines on each side that make a gutter, rather than a gap in a table."""
RUNNING_LINES, RUNNING_WORDS, RUNNING_WIDTH = 2, 5, 0.6
"""Running text: so many lines one below the other that begin with a small letter, have so many words and fill so much
of their side. Captions of a form and cells of a table do not."""
FORM_COLUMN = 16
OWN_LINES = 0.25
"""A form has columns where over so many lines each side has this share of lines with nothing beside them."""
LIST_ITEM = re.compile(r"^(?:\(?\d{1,3}[.)]|\(?[A-Za-z][.)]|\(?[ivx]{1,5}[.)]|[•▪◦·‣–—*-])$")
NUMBERED = re.compile(r"^\(?(\d{1,3})[.)]$")
SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")


@dataclass(slots=True)
class Line:
    """A printed line, or the part of one between wide gaps: indices of its words from left to right, and its box."""

    words: list[int]
    x0: float
    top: float
    x1: float
    bottom: float
    gapped: bool = False
    """A row of a table or a form: pieces with wide gaps between them."""

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def pieces_of_lines(boxes: Sequence[Box], line_numbers: Sequence[int] | None = None) -> list[Line]:
    """The words in ``boxes`` as pieces of lines, in no order. ``line_numbers`` are the printed lines, where known."""
    return _numbered(boxes, line_numbers) if line_numbers else _joined(boxes)


def paragraphs(pieces: list[Line], words: Sequence[Word], boxes: Sequence[Box]) -> list[list[Line]]:
    """Whole lines in reading order, a list of them for each paragraph."""
    found: list[list[Line]] = []
    for region in _in_reading_order(pieces, words):
        blocks = _split_into_paragraphs(region, words, boxes)
        if found and blocks and _runs_on(found[-1][-1], blocks[0][0], words):
            found[-1].extend(blocks.pop(0))
        found.extend(blocks)
    return found


def _line(indices: list[int], boxes: Sequence[Box]) -> Line:
    own = [boxes[i] for i in indices]
    return Line(
        indices,
        min(box[0] for box in own),
        min(box[1] for box in own),
        max(box[2] for box in own),
        max(box[3] for box in own),
    )


def _numbered(boxes: Sequence[Box], line_numbers: Sequence[int]) -> list[Line]:
    """Lines as the reader found them, cut where a gap is as wide as a gutter."""
    members: dict[int, list[int]] = {}
    for index, number in enumerate(line_numbers):
        members.setdefault(number, []).append(index)
    lines = []
    for indices in members.values():
        indices.sort(key=lambda i: boxes[i][0])
        height = median(boxes[i][3] - boxes[i][1] for i in indices)
        part = [indices[0]]
        for left, right in pairwise(indices):
            if boxes[right][0] - boxes[left][2] > 2 * WORD_GAP * height:
                lines.append(_line(part, boxes))
                part = []
            part.append(right)
        lines.append(_line(part, boxes))
    return lines


def _joined(boxes: Sequence[Box]) -> list[Line]:
    """Chains of words, each the nearest to the right of the one before and level with it."""
    if not boxes:
        return []
    x0, top, x1, bottom = (list(side) for side in zip(*boxes, strict=True))
    height = [max(low - high, 0.1) for low, high in zip(bottom, top, strict=True)]
    middle = [(low + high) / 2 for low, high in zip(bottom, top, strict=True)]
    by_middle = sorted(range(len(boxes)), key=middle.__getitem__)
    sorted_middles = [middle[i] for i in by_middle]
    tallest = max(height)
    right_of: dict[int, int] = {}
    for i in range(len(boxes)):
        # level words overlap, so their middles lie no further apart than half of both heights
        reach = (height[i] + tallest) / 2
        nearest = math.inf
        for j in by_middle[
            bisect_left(sorted_middles, middle[i] - reach) : bisect_right(sorted_middles, middle[i] + reach)
        ]:
            gap = x0[j] - x1[i]
            lower = min(height[i], height[j])
            if x0[j] <= x0[i] or not -0.3 * height[i] < gap < WORD_GAP * lower or abs(gap) >= nearest:
                continue
            if min(bottom[i], bottom[j]) - max(top[i], top[j]) >= 0.6 * lower:
                nearest = abs(gap)
                right_of[i] = j
    left_of: dict[int, int] = {}
    for left, right in right_of.items():
        other = left_of.get(right)
        if other is None or abs(x0[right] - x1[left]) < abs(x0[right] - x1[other]):
            left_of[right] = left
    next_word = {left: right for right, left in left_of.items()}
    lines = []
    for start in range(len(boxes)):
        if start in left_of:
            continue
        chain = [start]
        while chain[-1] in next_word:
            chain.append(next_word[chain[-1]])
        lines.append(_line(chain, boxes))
    return lines


def rows_of(pieces: list[Line]) -> list[list[Line]]:
    """Pieces that stand on the same height, from top to bottom, each row from left to right."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda line: line.middle):
        anchor = rows[-1][0] if rows else None
        if anchor and piece.middle - anchor.middle < 0.5 * min(anchor.height, piece.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda line: line.x0)
    return rows


def _in_reading_order(pieces: list[Line], words: Sequence[Word]) -> list[list[Line]]:
    """Regions of one column each, in the order in which they are read; in each, whole lines from top to bottom."""
    ordered: list[list[Line]] = []
    waiting = [pieces]
    while waiting:
        region = waiting.pop()
        if not region:
            continue
        rows = rows_of(region)
        gutter = _gutter(rows, words)
        if gutter is None:
            ordered.append([whole(row) for row in rows])
            continue
        x, first, last = gutter
        inside = [line for row in rows[first : last + 1] for line in row]
        left = [line for line in inside if line.x1 <= x]
        right = [line for line in inside if line.x1 > x]
        above = [line for row in rows[:first] for line in row]
        below = [line for row in rows[last + 1 :] for line in row]
        waiting += [below, right, left, above]
    return ordered


def whole(row: list[Line]) -> Line:
    return Line(
        [index for part in row for index in part.words],
        min(part.x0 for part in row),
        min(part.top for part in row),
        max(part.x1 for part in row),
        max(part.bottom for part in row),
        any(right.x0 - left.x1 > CELL_GAP * left.height for left, right in pairwise(row)),
    )


def _gutter(rows: list[list[Line]], words: Sequence[Word]) -> tuple[float, int, int] | None:
    """The white strip between two columns: its x, and the first and last row that it parts.

    Rows of a table have gaps too, but are read across them.
    """
    if len(rows) < SMALLEST_COLUMN:
        return None
    edges = sorted({round(line.x0, 0) for row in rows for line in row})
    best: tuple[int, float, int, int] | None = None
    for edge in edges[1:]:
        x = edge - 2.0
        start = None
        for number, row in enumerate([*rows, None]):
            if row is not None and not any(line.x0 < x < line.x1 for line in row):
                start = number if start is None else start
                continue
            if start is not None:
                stretch = _two_sided(rows, start, number - 1, x)
                parted = rows[stretch[0] : stretch[1] + 1] if stretch else []
                if stretch and (_holds_running_text(parted, x, words) or _goes_its_own_way(parted, x)):
                    length = stretch[1] - stretch[0]
                    if best is None or length > best[0]:
                        best = (length, x, *stretch)
            start = None
    return best[1:] if best else None


def _two_sided(rows: list[list[Line]], first: int, last: int, x: float) -> tuple[int, int] | None:
    """The rows of a stretch from where both sides have begun to where the last side ends, None if one side is empty."""
    has_left = [n for n in range(first, last + 1) if any(line.x1 <= x for line in rows[n])]
    has_right = [n for n in range(first, last + 1) if any(line.x1 > x for line in rows[n])]
    if len(has_left) < SMALLEST_COLUMN or len(has_right) < SMALLEST_COLUMN:
        return None
    begin = max(has_left[0], has_right[0])
    # one column may start a line or two below the other
    while begin > first and rows[begin][0].top - rows[begin - 1][0].bottom < rows[begin][0].height:
        begin -= 1
        if begin <= max(has_left[0], has_right[0]) - 2:
            break
    return begin, max(has_left[-1], has_right[-1])


def _goes_its_own_way(rows: list[list[Line]], x: float) -> bool:
    """True where many lines on either side have none beside them: two columns of a form, not one table."""
    left_only = sum(all(line.x1 <= x for line in row) for row in rows)
    right_only = sum(all(line.x1 > x for line in row) for row in rows)
    return len(rows) >= FORM_COLUMN and min(left_only, right_only) >= OWN_LINES * len(rows)


def _holds_running_text(rows: list[list[Line]], x: float, words: Sequence[Word]) -> bool:
    """True where either side has lines that run on from one to the next: read across the gutter they would be torn."""
    left = [[line for line in row if line.x1 <= x] for row in rows]
    right = [[line for line in row if line.x1 > x] for row in rows]
    for side in (left, right):
        parts = [row for row in side if row]
        width = max((row[-1].x1 for row in parts), default=0) - min((row[0].x0 for row in parts), default=0)
        in_a_row = 0
        for row in parts:
            runs_on = (
                words[row[0].words[0]].text[0].islower()
                and sum(len(line.words) for line in row) >= RUNNING_WORDS
                and row[-1].x1 - row[0].x0 >= RUNNING_WIDTH * width
            )
            in_a_row = in_a_row + 1 if runs_on else 0
            if in_a_row >= RUNNING_LINES:
                return True
    return False


def _split_into_paragraphs(lines: list[Line], words: Sequence[Word], boxes: Sequence[Box]) -> list[list[Line]]:
    """Cuts a column at wide gaps, indents, headings, list items, and lines that stop before they had to."""
    if not lines:
        return []
    heights = [median(boxes[i][3] - boxes[i][1] for i in line.words) for line in lines]
    steps = [below.middle - above.middle for above, below in pairwise(lines)]
    leading = float(np.percentile(steps, 35)) if len(steps) >= 3 else min([*steps, 2.4 * median(heights)])
    left = float(np.percentile([line.x0 for line in lines], 20))
    right = float(np.percentile([line.x1 for line in lines], 90 if len(lines) >= 8 else 100))
    found = [[lines[0]]]
    for number in range(1, len(lines)):
        above, line = lines[number - 1], lines[number]
        height = heights[number]
        first = line.words[0]
        room = right - above.x1 - 0.4 * height
        fitted = room > (boxes[first][2] - boxes[first][0]) + 0.6 * height
        last_word = words[above.words[-1]].text
        ended = bool(SENTENCE_END.search(last_word))
        runs_on = last_word.endswith("-") or (not ended and words[first].text[:1].islower())
        starts_paragraph = (
            steps[number - 1] > 1.35 * max(leading, 1.0)
            or max(heights[number - 1], height) > 1.3 * min(heights[number - 1], height)
            or ((fitted or line.gapped or above.gapped) and not runs_on)
            or (line.x0 - left > 0.8 * height and above.x0 - left < 0.5 * height and ended)
            or (ended and bool(LIST_ITEM.match(words[first].text)))
            or _follows_in_a_list(words[found[-1][0].words[0]].text, words[first].text)
        )
        if starts_paragraph:
            found.append([line])
        else:
            found[-1].append(line)
    return found


def _follows_in_a_list(item: str, following: str) -> bool:
    """True for ``7.`` and ``8.``."""
    one, other = NUMBERED.match(item), NUMBERED.match(following)
    return bool(one and other and int(other[1]) == int(one[1]) + 1)


def _runs_on(above: Line, below: Line, words: Sequence[Word]) -> bool:
    """True where a paragraph goes on at the head of the next column."""
    last, first = words[above.words[-1]].text, words[below.words[0]].text
    return len(above.words) >= 3 and not SENTENCE_END.search(last) and first[:1].islower()
