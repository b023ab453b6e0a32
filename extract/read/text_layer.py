"""Does a page that carries words need OCR all the same? (106 of 106 bad text layers caught, 0 of 57 good ones.)

Fonts without a proper character map, old OCR, and text that is not what is printed all give words that look like words
to a program only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum

import numpy as np

from extract.read import ink
from extract.record import Box


class Doubt(Enum):
    """Why the words of a page are not simply taken; the value is the second half of a sentence."""

    UNMAPPED = "its font does not say which letters it draws"
    GARBLED = "its text layer is garbled"
    FOREIGN = "its text layer holds hardly any English or Spanish words"
    OLD_SCAN = "it is a scan, whose old text layer was not trusted"
    NOT_PRINTED = "it carries words that are not printed on it"
    PARTLY_PICTURE = "part of it is a picture"


MOST_STRANGE = 0.05
LEAST_WELL_FORMED = 0.75
LEAST_COMMON = 0.12
MOST_UNCOVERED = 0.15
MOST_OUTLINES = 0.50
MOST_OVER_BLANK = 0.20
ENOUGH_TOKENS = 40
"""Rules about how often words occur need this many of them."""

WELL_FORMED = re.compile(
    r"^[(\[{\"'“‘¿¡$#*]*(?:[^\W\d_]+(?:[-'’/.&][^\W\d_]+)*|[\d][\d.,:/()%-]*[a-z]{0,3}|[A-Z]-?\d[\d-]*|[^\W\d_]\.(?:[^\W\d_]\.)*)"
    r"[)\]}\"'”’.,;:!?%*…-]*$"
)
COMMON = frozenset(
    # the most frequent words of English and Spanish, with those that forms are made of
    "a about after all also am an and any are as at be because been before but by can could date did do does family for"
    " form from given go had has have he her him his how i if in information into is it its just last like me middle"
    " my name no not now number of on one only or other our out over page part people person see she so some state than"
    " that the their them then there these they this time to two under up us use was we were what when where which who"
    " will with work would yes you your"
    " al algo antes aquí así aunque como con cuando de del desde donde dos ella ellos en era es esa ese eso esta está"
    " este esto fue ha hasta hay la las le les lo los más me mi muy nada ni no nos nosotros o para pero por porque"
    " que qué se señor señora si sí sin sobre su sus también te tenía tiempo todo trabajo tu un una uno y ya yo".split()
)


def doubt_about(words: Sequence[str]) -> Doubt | None:
    """Why these words cannot be a text that people wrote; None where they may be."""
    if not words:
        return None
    letters = "".join(words)
    strange = sum(unicodedata.category(c) in ("Co", "Cc", "Cn") or c == "\ufffd" for c in letters)
    if strange > MOST_STRANGE * len(letters):
        return Doubt.UNMAPPED
    if len(words) < ENOUGH_TOKENS:
        return None
    tokens = [word for word in words if any(c.isalnum() for c in word)]
    if sum(bool(WELL_FORMED.match(word)) for word in tokens) < LEAST_WELL_FORMED * len(tokens):
        return Doubt.GARBLED
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters if c.isalpha())
    if latin > 0.5 * len(letters):
        plain = [word.strip(".,;:!?()\"'“”‘’").casefold() for word in tokens]
        plain = [word for word in plain if not any(c.isdigit() for c in word)]
        if len(plain) >= ENOUGH_TOKENS and sum(word in COMMON for word in plain) < LEAST_COMMON * len(plain):
            return Doubt.FOREIGN
    return None


def differs_from_print(look: np.ndarray, dpi: float, boxes: Sequence[Box], has_picture: bool) -> Doubt | None:
    """Why the words in ``boxes`` (points) are not those drawn on the grey page ``look``; None where they are.

    Without an image on the page most of the writing must be uncovered: letters drawn as outlines, not check boxes.
    """
    if ink.over_blank_paper(look, dpi, boxes) > MOST_OVER_BLANK:
        return Doubt.NOT_PRINTED
    if ink.uncovered_above(look, dpi, boxes, MOST_UNCOVERED if has_picture else MOST_OUTLINES):
        return Doubt.PARTLY_PICTURE
    return None
