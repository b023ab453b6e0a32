"""A scanned page to words: clean-up, Tesseract, a second try where the first was poor, and what can be said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from extract.errors import ToolMissing
from extract.packet import Word
from extract.read import cleanup, ink
from extract.read.draft import DraftPage
from extract.read.engines import Engine, OcrWord, TooSlow, engine_named
from extract.read.geometry import rounded
from extract.record import PageState

SIDEWAYS = 70.0
"""Below this mean confidence the page may lie on its side (sideways pages score 38 to 46)."""
TYPED = 80.0
"""Below this a page is handwriting or ruined: typed pages score 84 or more, handwriting-like ones 46 to 73."""
SURE = 92.0
MISSED = 0.01
"""Confidence below SURE, or more uncovered ink than MISSED: found all pages with over 20 % wrong words, 3 % others."""
SECONDS = 120.0
"""One page may take this long (a busy machine needs 5 s for a full one)."""
SPOT_OF_INK = 0.004
"""Square inches of ink; less is a page with nothing on it (a printed word has about 0.01)."""


@dataclass(frozen=True)
class Scan:
    """A page as an image: grey pixels (uint8, 255 = paper) and what is known of them.

    ``dpi`` is horizontal and vertical; ``rotation`` is the clockwise turn already applied to the stored page;
    ``stored_dpi`` is the resolution of the image in the file, where the page is one; ``draw(rotation, skew)`` draws the
    upright page as PNG for ``ReadPage.image``.
    """

    pixels: np.ndarray
    dpi: tuple[float, float]
    draw: Callable[[int, float], bytes]
    one_bit: bool = False
    rotation: int = 0
    stored_dpi: float | None = None


@dataclass
class Reading:
    """What one pass of Tesseract gave. ``confidence`` 0..100, ``missed`` the share of letter-like ink unread."""

    words: list[OcrWord] = field(default_factory=list)
    confidence: float = 0.0
    missed: float = 0.0

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE and self.missed <= MISSED

    @property
    def stands_on_end(self) -> bool:
        """Tesseract reads whole pages that lie on their side, word by word, but puts the lines in a wrong order."""
        long_words = [word.box for word in self.words if len(word.text) >= 4]
        upended = sum(bottom - top > right - left for left, top, right, bottom in long_words)
        return upended > len(long_words) / 2

    @property
    def lies_on_its_side(self) -> bool:
        return self.confidence < SIDEWAYS or self.stands_on_end


def read_scan(scan: Scan, number: int, engine_name: str | None = None, *, as_it_lies: bool = False) -> DraftPage:
    """The words of a scanned page and its account: ``ocr``, ``blank`` or ``needs_person``.

    ``as_it_lies`` keeps the page from being turned, for one whose place is already known.
    """
    page, dpi = scan.pixels, cleanup.reading_dpi(scan.pixels.shape, scan.dpi)
    if scan.one_bit:
        page = cleanup.despeckle(page, sum(scan.dpi) / 2)
    page = cleanup.flatten(cleanup.resample(page, scan.dpi, dpi))
    marks = ink.anything(page, dpi)
    if marks.sum() < SPOT_OF_INK * dpi**2:
        return _page(page, dpi, scan, number, ("blank", "Nothing is written on this page."))
    page = ink.strengthened(page, marks)
    skew = 0.0 if as_it_lies else cleanup.skew_of(page)
    level = cleanup.deskew(page, skew)
    turned = 0
    try:
        engine = engine_named(engine_name)
        reading = _read(level, dpi, engine)
        if not as_it_lies and reading.lies_on_its_side and (degrees := engine.clockwise_turn(level, dpi)):
            upright = cleanup.turn(page, degrees)
            upright_skew = cleanup.skew_of(upright)
            upright_level = cleanup.deskew(upright, upright_skew)
            second = _read(upright_level, dpi, engine)
            if second.confidence > reading.confidence or reading.stands_on_end:
                reading, level, turned, skew = second, upright_level, degrees, upright_skew
        if not reading.sure:
            second = _read(ink.without_ghosts(level), dpi, engine, level)
            reading = max(reading, second, key=lambda one: one.confidence)
    except ToolMissing as problem:
        return _page(page, dpi, scan, number, ("needs_person", f"This page needs OCR. {problem}"))
    except TooSlow:
        reason = f"Reading this page took longer than {SECONDS:.0f} seconds and was given up."
        return _page(page, dpi, scan, number, ("needs_person", reason))
    except RuntimeError:  # what both ways of calling Tesseract raise when it fails
        return _page(page, dpi, scan, number, ("needs_person", "Tesseract failed on this page."))
    draft = _page(level, dpi, scan, number, _account(reading), turned=turned, skew=skew)
    draft.confidence = round(reading.confidence / 100, 4)
    points = 72 / dpi
    draft.words = [
        Word(
            word.text,
            rounded(tuple(side * points for side in word.box)),  # type: ignore[arg-type]
            round(word.confidence / 100, 4),
        )
        for word in reading.words
    ]
    draft.lines = [word.line for word in reading.words]
    return draft


def _page(
    page: np.ndarray,
    dpi: int,
    scan: Scan,
    number: int,
    account: tuple[PageState, str],
    *,
    turned: int = 0,
    skew: float = 0.0,
) -> DraftPage:
    height, width = page.shape
    state, reason = account
    return DraftPage(
        number,
        state,
        reason,
        width=round(width * 72 / dpi, 2),
        height=round(height * 72 / dpi, 2),
        rotation=(scan.rotation + turned) % 360,
        skew=skew,
        dpi=round(scan.stored_dpi, 1) if scan.stored_dpi else None,
        confidence=1.0 if state == "blank" else 0.0,
        image=partial(scan.draw, (scan.rotation + turned) % 360, skew),
    )


def _read(page: np.ndarray, dpi: int, engine: Engine, whole: np.ndarray | None = None) -> Reading:
    """One pass of Tesseract over ``page``; the ink that it missed is that of ``whole``, where ink was taken away."""
    words = tidy(engine.words(page, dpi, SECONDS))
    if not words:
        return Reading(missed=1.0)
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    points = 72 / dpi
    boxes = [tuple(side * points for side in word.box) for word in words]
    return Reading(words, confidence, ink.uncovered(page if whole is None else whole, dpi, boxes))  # type: ignore[arg-type]


def _account(reading: Reading) -> tuple[PageState, str]:
    if not reading.words:
        return "needs_person", "There are marks on this page, but no words could be read: a picture or handwriting."
    score = f"mean confidence {reading.confidence:.0f} of 100"
    if reading.confidence < TYPED:
        return "needs_person", f"Handwriting or a very poor scan ({score}): a person must read it."
    if reading.missed > MISSED:
        share = f"{100 * reading.missed:.0f}%" if reading.missed >= 0.02 else "some"
        return "needs_person", f"Read by OCR ({score}), but {share} of the writing lies outside the words read."
    if reading.confidence < SURE:
        return "needs_person", f"Read by OCR with doubt ({score}): check the words against the page."
    return "ocr", f"Read by OCR ({score})."


PIPE_FOR_I = re.compile(r"^\|(?=$|,$|['’](?:m|ve|ll|d)\b|[a-z])")
"""``|`` where the letter I was printed: alone, in I'm and I've, at the head of In, It, If."""
LIKE_I = frozenset("|lJ")
"""What a lone I before a small letter was read as."""
AFTER_I = re.compile(
    r"^(?:am|was|had|have|did|do|don['’]t|didn['’]t|can|cannot|could|couldn['’]t|will|would|went|came|saw|told|said|knew"
    r"|know|think|thought|felt|got|took|made|ran|left|met|paid|kept|gave|never|still|also|[a-z]{3,}ed)[.,;]?$"
)
"""What says that a lone 1 was an I: no thing that one could count."""
GLUED_TO_I = re.compile(r"^I(am|was|had|have|did|will|would|could|never|went|came|saw|told|said|knew)$")
MARKS = frozenset("- – — & $ % # + / … .".split())
"""Signs that stand alone in a text; other lone signs are bits of rules, borders and dirt."""


def tidy(words: list[OcrWord]) -> list[OcrWord]:
    """The words without the bits that rules and borders leave, and with the word I where Tesseract takes it for a
    stroke, a figure or a part of the next word."""
    kept: list[OcrWord] = []
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) and words[index + 1].line == word.line else None
        for part in _split_after_i(replace(word, text=_with_i(word.text, following.text if following else ""))):
            if any(character.isalnum() for character in part.text) or (part.confidence >= 60 and part.text in MARKS):
                kept.append(part)
    return kept


def _with_i(text: str, following: str) -> str:
    if text in LIKE_I:
        return "I" if following[:1].islower() else text
    if text == "1" and AFTER_I.match(following):
        return "I"
    return PIPE_FOR_I.sub("I", text)


def _split_after_i(word: OcrWord) -> list[OcrWord]:
    if not GLUED_TO_I.match(word.text):
        return [word]
    x0, top, x1, bottom = word.box
    cut = x0 + (x1 - x0) // len(word.text)
    return [
        replace(word, text="I", box=(x0, top, cut, bottom)),
        replace(word, text=word.text[1:], box=(cut, top, x1, bottom)),
    ]
