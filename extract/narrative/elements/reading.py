"""A text as the rules of ``rules.yaml`` read it: one token a word, each in its base form, each span one token.

``Rosa Delgado forced my sister to work`` is read as ``PERSON force KIN to work``. Quotes and apostrophes are left
out, ``didn't`` is ``do not``, ``Mr.`` before a name is nothing, and what a scanner commonly misreads in a word of the
rules (``passp0rt``, ``threatemed``) is that word.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from extract.narrative.words import Words
from extract.record import Range, Span

_QUOTES = frozenset("'\"’‘“”`´")
_APOSTROPHES = frozenset("'’‘`´")
_CIVIL = frozenset({"mr", "mrs", "ms", "miss", "dr"})
_IRREGULAR_NOT = {"ca": "can", "wo": "will", "ai": "be", "sha": "shall"}
#: A sentence of more tokens than this has lost its full stops: its evidence is the words around what was found.
LONGEST, AROUND = 70, 25
#: Tokens to either side that are looked at in a text without any full stops.
_ENDLESS = 200
_NARRATED = 100


@dataclass(frozen=True)
class Reading:
    """``tokens`` [n]; ``first`` and ``last``: the words of each, both included; ``sentence`` [n]: running numbers;
    ``entity`` [n]: whom a token mentions; ``span`` [n]: the span it stands for."""

    words: Words
    tokens: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    entity: list[str | None] = field(default_factory=list)
    span: list[Span | None] = field(default_factory=list)

    @property
    def in_first_person(self) -> bool:
        """Whether the applicant tells it: one word in a hundred at least is "I", "me" or "my"."""
        return len(self.words.narrator) * _NARRATED > len(self.words)

    def bounds(self, k: int) -> tuple[int, int]:
        """Tokens of the sentence of token ``k``: its first, and past its last; of one without end those near ``k``."""
        number = self.sentence[k]
        low = bisect_left(self.sentence, number, max(0, k - _ENDLESS), k)
        return low, bisect_right(self.sentence, number, k, min(len(self.tokens), k + _ENDLESS))

    def place(self, start: int, end: int) -> Range:
        """Characters of the sentence in which the tokens ``start`` up to ``end`` stand."""
        low, high = self.bounds(start)
        if high - low > LONGEST:
            low, high = max(low, start - AROUND), min(high, end + AROUND)
        high = max(high, end)
        return int(self.words.start[self.first[low]]), int(self.words.end[self.last[high - 1]])


def read(words: Words, spans: Sequence[Span], base_of: Mapping[str, str]) -> Reading:
    """``words`` and the spans that were found in them, as tokens. ``base_of``: inflected or misread form -> base."""
    out = Reading(words)
    folded, sentence = words.folded, words.sentence.tolist()
    starts = _span_at(words, spans)
    i, n = 0, len(folded)
    while i < n:
        word = folded[i]
        if i in starts:
            span, end = starts[i]
            _drop_title(out)
            _add(out, span.label, (i, end), sentence[i], span)
            i = end + 1
            continue
        if word in _QUOTES:
            i += 1
            continue
        if i + 2 < n and folded[i + 2] == "t" and word[-1] == "n" and folded[i + 1] in _APOSTROPHES:
            verb = word[:-1]  # empty where a scanner tore the word: "did n't"
            if verb:
                _add(out, base_of.get(_IRREGULAR_NOT.get(verb, verb), verb), (i, i), sentence[i])
            _add(out, "not", (i, i + 2), sentence[i])
            i += 3
            continue
        _add(out, base_of.get(word, word), (i, i), sentence[i])
        i += 1
    return out


def _add(out: Reading, token: str, word: tuple[int, int], sentence: int, span: Span | None = None) -> None:
    out.tokens.append(token)
    out.first.append(word[0])
    out.last.append(word[1])
    out.sentence.append(sentence)
    out.entity.append(span.entity if span else None)
    out.span.append(span)


def _drop_title(out: Reading) -> None:
    """``Mr.`` belongs to the name that follows it."""
    t = out.tokens
    count = 2 if t[-1:] == ["."] and len(t) > 1 and t[-2] in _CIVIL else 1 if t and t[-1] in _CIVIL else 0
    for column in (out.tokens, out.first, out.last, out.sentence, out.entity, out.span):
        del column[len(column) - count :]


def _span_at(words: Words, spans: Iterable[Span]) -> dict[int, tuple[Span, int]]:
    """First word of each span -> the span and its last word."""
    out: dict[int, tuple[Span, int]] = {}
    ordered = [s for s in spans if s.end > s.start]
    if not ordered or not len(words):
        return out
    first = words.end.searchsorted([s.start for s in ordered], "right").tolist()
    last = (words.start.searchsorted([s.end for s in ordered], "left") - 1).tolist()
    for span, i, j in zip(ordered, first, last, strict=True):
        if i <= j:
            out[i] = (span, j)
    return out
