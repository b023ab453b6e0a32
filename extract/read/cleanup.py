"""What is done to a scanned page before it is read. Pages are grey (uint8, 255 = paper).

The order matters, measured on 21 kinds of scan damage (character error rate before -> after): specks out of 1-bit
pages before any resampling (11 -> 0.8 %), square pixels for faxes (7.2 -> 2.8 %), background flattened (21.6 -> 4.7 %),
then deskewed. Sauvola and denoising did not pay.
"""

from __future__ import annotations

import cv2
import numpy as np

from extract.read.geometry import deskewed_size

cv2.setNumThreads(1)  # pages are read side by side already

DPI = 200
"""Resolution at which pages are read: 300 gained nothing on clean pages."""
MOST_PIXELS = 60_000_000
"""No page is drawn or read with more: a poster of 1500 square inches at full resolution."""
STEEPEST_SKEW = 12.0
SMALLEST_SKEW = 0.1


def despeckle(page: np.ndarray, dpi: float) -> np.ndarray:
    """A 1-bit page without its specks: dark spots far smaller than the dot of an i."""
    ink = (page < 128).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return page
    largest_speck = max(1, round(5 * (dpi / DPI) ** 2))
    specks = stats[:, cv2.CC_STAT_AREA] <= largest_speck
    specks[0] = False
    cleaned = page.copy()
    cleaned[specks[labels]] = 255
    return cleaned


def reading_dpi(shape: tuple[int, ...], dpi: tuple[float, float]) -> int:
    """The resolution at which a page of ``shape`` (height, width) pixels is read: ``DPI``, less for a huge sheet."""
    square_inches = (shape[1] / dpi[0]) * (shape[0] / dpi[1])
    return max(1, min(DPI, int(np.sqrt(MOST_PIXELS / square_inches))))


def resample(page: np.ndarray, dpi: tuple[float, float], target: float) -> np.ndarray:
    """The page with square pixels at ``target`` dots per inch; ``dpi`` is its horizontal and vertical resolution."""
    height, width = page.shape
    size = (max(1, round(width * target / dpi[0])), max(1, round(height * target / dpi[1])))
    if size == (width, height):
        return page
    shrinks = size[0] * size[1] < width * height
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def flatten(page: np.ndarray) -> np.ndarray:
    """The page over even white paper: stains, shadows and tinted paper divided out, strokes kept."""
    height, width = page.shape
    small = cv2.resize(page, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(page, np.maximum(paper, 24), scale=255)


def skew_of(page: np.ndarray) -> float:
    """Degrees clockwise by which to turn the page so that its lines lie level; 0 where it has none.

    The right turn makes the sums of ink along rows differ most from one row to the next.
    """
    height, width = page.shape
    scale = 1000 / max(height, width)
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else page
    ink = small < 160
    ink[: len(ink) // 50] = ink[-len(ink) // 50 :] = False  # dark scanner edges are level whatever the text does
    y, x = np.nonzero(ink)
    if not 200 <= len(y) <= 0.4 * ink.size:
        return 0.0
    y, x = y - y.mean(), x - x.mean()
    bins = int(np.hypot(*small.shape)) + 2

    def sharpness(angle: float) -> float:
        turned = x * np.sin(np.radians(angle)) + y * np.cos(np.radians(angle))
        profile = np.bincount((turned + bins / 2).astype(np.int64), minlength=bins)
        return float(np.square(np.diff(profile)).sum())

    best = 0.0
    for reach, step in ((STEEPEST_SKEW, 0.5), (0.5, 0.1), (0.1, 0.02)):
        best = max(np.arange(best - reach, best + reach + step / 2, step), key=sharpness)
    if sharpness(best) < 1.05 * sharpness(0) or abs(best) < SMALLEST_SKEW:
        return 0.0
    return round(float(best), 2)


def turn(page: np.ndarray, degrees: int) -> np.ndarray:
    """The page turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(page, -(degrees // 90) % 4))


def deskew(page: np.ndarray, degrees: float) -> np.ndarray:
    """The page (grey or colour) turned clockwise by ``degrees`` on a white canvas that holds all of it."""
    if not degrees:
        return page
    height, width = page.shape[:2]
    new_width, new_height = (round(side) for side in deskewed_size(width, height, degrees))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    return cv2.warpAffine(page, matrix, (new_width, new_height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
