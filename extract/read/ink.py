"""What ink says about a page: whether it is blank, and whether anything on it lies outside the words that were read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extract.record import Box

INK = 150
"""Darker than this on a flattened page is ink."""
FAINT = 215
"""Darker than this may be faint ink, or paper with a texture."""
SPECK = 0.02
"""Inches; a mark with less ink than a square of this side is dirt."""
CLEAR = 110
"""Letters whose dark parts are lighter than this are faint."""


def marks_like_text(page: np.ndarray, dpi: float, darker_than: int = INK) -> np.ndarray:
    """Which pixels belong to letters or lines of handwriting: no specks, rules, boxes or pictures (bool array)."""
    labels, width, height, area, _ = _marks(page, darker_than)
    like = (height >= dpi * 0.025) & (height <= dpi * 0.6) & (area >= (dpi * SPECK) ** 2)
    like &= height <= 12 * width  # a border
    solid = (area >= 0.6 * width * height) & (np.minimum(width, height) >= dpi * 0.15)
    like &= ~solid  # a punch hole, a stamp's dot: letters of this size are made of strokes
    like &= width <= 0.8 * page.shape[1]  # the edge of a photographed sheet: no line of writing leaves so little margin
    like &= ~_is_rule(width, height, area, dpi)
    like[0] = False
    return like[labels]


def anything(page: np.ndarray, dpi: float) -> np.ndarray:
    """Which pixels belong to marks of any kind, faint ones too, but for specks, rules and the edges of the glass."""
    soft = cv2.GaussianBlur(page, (0, 0), dpi / 200)
    labels, width, height, area, touches_edge = _marks(soft, FAINT)
    marks = (area >= (dpi * SPECK) ** 2) & ~touches_edge & ~_is_rule(width, height, area, dpi)
    marks[0] = False
    return marks[labels]


def _marks(page: np.ndarray, darker_than: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Connected dark parts: the number of each pixel's part; for each part width, height, area, and whether it touches
    the edge of the page. Part 0 is the paper."""
    ink = (page < darker_than).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height, area = stats.T
    touches = (left == 0) | (top == 0) | (left + width == page.shape[1]) | (top + height == page.shape[0])
    return labels, width, height, area, touches


def _is_rule(width: np.ndarray, height: np.ndarray, area: np.ndarray, dpi: float) -> np.ndarray:
    """Long and thin, or long and solid (a bar, the edge of a sheet), level or a little askew. A line of handwriting
    goes up and down: it has more ink than a rule, and more white around its ink than a bar."""
    thin, solid = area < 0.025 * dpi * width, area > 0.35 * width * height
    return (width > 1.5 * dpi) & (thin | solid) | (width > 8 * height) & solid


def strengthened(page: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """The page with its ``marks`` brought to the darkness of common print, if they are fainter than that."""
    if not marks.any():
        return page
    dark = float(np.percentile(page[marks], 20))
    if dark <= CLEAR:
        return page
    return 255 - cv2.convertScaleAbs(255 - page, alpha=(255 - CLEAR / 2) / (255 - dark))


def without_ghosts(page: np.ndarray) -> np.ndarray:
    """The page with everything that is closer to paper than to print made paper: what shines through from the back."""
    return np.where(page > INK, np.uint8(255), page)


def uncovered(page: np.ndarray, dpi: float, boxes: Sequence[Box]) -> float:
    """Share (0..1) of the letter-like ink that lies outside ``boxes`` (points)."""
    return _share_outside(marks_like_text(page, dpi), dpi, boxes)


def uncovered_above(page: np.ndarray, dpi: float, boxes: Sequence[Box], limit: float) -> bool:
    """Whether ``uncovered`` is more than ``limit``; quick on a page whose ink lies nearly all inside ``boxes``, where
    there is no need to tell letters from rules."""
    return _share_outside(page < INK, dpi, boxes) > limit / 2 and uncovered(page, dpi, boxes) > limit


def _share_outside(ink: np.ndarray, dpi: float, boxes: Sequence[Box]) -> float:
    total = int(ink.sum())
    if not total:
        return 0.0
    outside, scale, slack = ink.copy(), dpi / 72, round(dpi * 0.02)
    for x0, top, x1, bottom in boxes:
        outside[
            max(0, int(top * scale) - slack) : max(0, int(bottom * scale) + slack + 1),
            max(0, int(x0 * scale) - slack) : max(0, int(x1 * scale) + slack + 1),
        ] = False
    return float(outside.sum()) / total


def over_blank_paper(page: np.ndarray, dpi: float, boxes: Sequence[Box]) -> float:
    """Share (0..1) of ``boxes`` (points) in which nothing is drawn: words that a reader of the page does not see."""
    scale, count, blank = dpi / 72, 0, 0
    for x0, top, x1, bottom in boxes:
        part = page[max(0, int(top * scale)) : int(bottom * scale) + 1, max(0, int(x0 * scale)) : int(x1 * scale) + 1]
        count += 1
        blank += part.size == 0 or int(part.max()) - int(part.min()) < 40
    return blank / count if count else 0.0
