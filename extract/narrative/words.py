"""How a text is cut: words, sentences, paragraphs, and what each word looks like.

Everything here is numpy over word positions, and both training and the shipped pipeline read it, so that a model
sees at run time exactly what it saw when it was trained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from extract.narrative.gazetteer import Gazetteer, folded

WORD = re.compile(r"\w+|[^\w\s]")
FIRST_PERSON = frozenset({"i", "me", "my", "mine", "myself"})

#: Full stops after these do not end a sentence.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st no jr sr inc llc co corp ave apt lt sgt det vs rev hon prof gov capt blvd rd".split()
)
_MARKS = ".,;:!?'\"()[]-–—/&@#$%*+=<>|’“”‘_"

#: Number of values of each column of ``Words.shape``.
SHAPE_SIZES = (9, 4, 12, len(_MARKS) + 2, 3, 8)

#: A line shorter than this that ends without punctuation is a heading or a form entry, not a wrapped line.
_SHORT_LINE = 45


@dataclass(frozen=True)
class Words:
    """The words of a text: runs of word characters, or single marks.

    ``start``/``end``: code-point offsets, shape [n]. ``sentence``/``paragraph``: running numbers, shape [n].
    ``shape``: [n, 6] small integers (case, gap before, length, mark, case of the surroundings, name lists).
    """

    text: str
    start: np.ndarray
    end: np.ndarray
    forms: list[str]
    folded: list[str]
    sentence: np.ndarray
    paragraph: np.ndarray
    shape: np.ndarray
    narrator: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.forms)

    @classmethod
    def of(cls, text: str, names: Gazetteer) -> Words:
        spans = [m.span() for m in WORD.finditer(text)]
        start = np.array([a for a, _ in spans], dtype=np.int64)
        end = np.array([b for _, b in spans], dtype=np.int64)
        forms = [text[a:b] for a, b in spans]
        low = [folded(w[:64]) for w in forms]
        gaps = _gaps(text, spans)
        sentence, paragraph = _sentences(text, spans, forms, low, gaps)
        return cls(
            text, start, end, forms, low, sentence, paragraph,
            _shapes(forms, low, gaps, names),
            np.array([i for i, w in enumerate(low) if w in FIRST_PERSON], dtype=np.int64),
        )  # fmt: skip

    def part(self, low: int, high: int) -> Words:
        """The words from ``low`` up to, not including, ``high``, with sentences counted from 0."""
        inside = (self.narrator >= low) & (self.narrator < high)
        return Words(
            self.text, self.start[low:high], self.end[low:high], self.forms[low:high], self.folded[low:high],
            self.sentence[low:high] - self.sentence[low], self.paragraph[low:high] - self.paragraph[low],
            self.shape[low:high], self.narrator[inside] - low,
        )  # fmt: skip

    def surface(self, i: int, j: int) -> str:
        """The text from word ``i`` to word ``j``, both included."""
        return self.text[self.start[i] : self.end[j]]


def _gaps(text: str, spans: list[tuple[int, int]]) -> np.ndarray:
    """What stands before each word: 0 nothing, 1 blanks, 2 a line break, 3 an empty line or the start."""
    out = np.full(len(spans), 3, dtype=np.int64)
    for i in range(1, len(spans)):
        before = text[spans[i - 1][1] : spans[i][0]]
        breaks = before.count("\n")
        out[i] = 3 if breaks > 1 else 2 if breaks else 1 if before else 0
    return out


def _sentences(
    text: str, spans: list[tuple[int, int]], forms: list[str], low: list[str], gaps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Running sentence and paragraph numbers of the words.

    A statement that was wrapped at 80 columns must not fall into lines: a line break ends a sentence only after
    punctuation or after a short line.
    """
    sentence = np.zeros(len(spans), dtype=np.int64)
    paragraph = np.zeros(len(spans), dtype=np.int64)
    line_start = 0
    s = p = 0
    for i in range(1, len(spans)):
        previous = forms[i - 1]
        if gaps[i] == 3:
            s, p = s + 1, p + 1
        elif gaps[i] and (_ends_sentence(i, forms, low) or _ends_line(i, gaps, previous, spans[i - 1][1] - line_start)):
            s += 1
        if gaps[i] >= 2:
            line_start = spans[i][0]
        sentence[i], paragraph[i] = s, p
    return sentence, paragraph


def _ends_line(i: int, gaps: np.ndarray, previous: str, length: int) -> bool:
    return gaps[i] == 2 and (previous in ".!?:;" or length < _SHORT_LINE)


def _ends_sentence(i: int, forms: list[str], low: list[str]) -> bool:
    k = i - 1
    if k > 0 and forms[k] in "\"'”’)":  # the mark may stand inside a closing quote
        k -= 1
    if forms[k] in "!?":
        return not forms[i][0].islower()
    if forms[k] != ".":
        return False
    word = low[k - 1] if k else ""
    return word not in _ABBREVIATIONS and len(word) != 1 and not forms[i][0].islower()


def _case(word: str) -> int:
    if word.isalpha():
        if word.islower():
            return 1
        if word.isupper():
            return 4 if len(word) == 1 else 3
        return 2 if word[0].isupper() and word[1:].islower() else 5
    if word.isdigit():
        return 6
    return 7 if word[0].isalnum() or word[0] == "_" else 8


def _shapes(forms: list[str], low: list[str], gaps: np.ndarray, names: Gazetteer) -> np.ndarray:
    out = np.zeros((len(forms), len(SHAPE_SIZES)), dtype=np.int64)
    if not forms:
        return out
    case = np.array([_case(w) for w in forms], dtype=np.int64)
    out[:, 0] = case
    out[:, 1] = gaps
    out[:, 2] = np.minimum([len(w) for w in forms], SHAPE_SIZES[2] - 1)
    for i, w in enumerate(forms):
        if case[i] == 8:
            out[i, 3] = 2 + _MARKS.find(w)  # 1: a mark that is not listed
        elif case[i] <= 5 and len(w) > 2:
            out[i, 5] = names[low[i]]
    # capitals say nothing where everything around is in capitals, nor in a text that has none at all
    shouted, letters = _around(case == 3), _around(case <= 5)
    out[:, 4] = shouted > 0.6 * np.maximum(letters, 1)
    lower, capital = (case == 1).sum(), np.isin(case, (2, 3, 4, 5)).sum()
    if lower > 20 and capital < 0.02 * lower:
        out[:, 4] = 2
    return out


def _around(is_so: np.ndarray, width: int = 13) -> np.ndarray:
    """How many of the ``width`` words around each are so; of a shorter text, how many at all."""
    if len(is_so) < width:
        return np.full(len(is_so), is_so.sum())
    return np.convolve(is_so, np.ones(width), "same")
