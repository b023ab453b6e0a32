"""The notation of ``rules.yaml``, and one pass of spaCy's PhraseMatcher that finds its phrases.

In a phrase a word stands for all its forms (``beat``: beats, beaten, beating), ``a|b`` for either, ``(a)`` for a or
nothing, ``a_b`` for two words in a row, a word in capitals for a class or a span of that label; ``..`` lets up to four
words stand between, ``...`` up to twelve, within one sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from extract.narrative.elements.reading import Reading
from extract.record import Label

GAPS = {"..": 4, "...": 12}
_LABELS = frozenset(get_args(Label))
_VOWELS = frozenset("aeiou")
#: What scanning does to letters, where the word is long enough to stay itself.
_MISREAD = (("o", "0"), ("l", "1"), ("i", "1"), ("i", "l"), ("m", "rn"), ("s", "5"), ("e", "c"), ("rn", "m"))
_LONG = 6


@dataclass(frozen=True)
class Found:
    """A phrase of a rule in the text: ``rule`` is its number, ``start`` and past-the-end ``end`` are tokens."""

    rule: int
    start: int
    end: int


def regular_forms(word: str) -> set[str]:
    """The forms that an English verb or noun regularly takes; some of them are no words, which does no harm."""
    if word[-1] == "e":
        return {word + "s", word + "d", word[:-1] + "ing"}
    if word[-1] == "y" and word[-2:-1] not in _VOWELS:
        return {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    out = {word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s"), word + "ed", word + "ing"}
    if len(word) in {3, 4} and word[-1] not in "wxyaeiou" and word[-2] in _VOWELS and word[-3] not in _VOWELS:
        out |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return out


def base_forms(bases: Iterable[str], irregular: Mapping[str, str]) -> dict[str, str]:
    """Every form of the ``bases``, and every common misreading of a long one -> the base.

    ``irregular``: base -> its forms, blank-separated. Raises ValueError where two bases have a form in common.
    """
    of: dict[str, str] = {}
    odd = {form for forms in irregular.values() for form in forms.split()}
    known = {*(b for b in bases if b not in odd), *irregular}
    for base in sorted(known):
        forms = {base, *irregular[base].split()} if base in irregular else {base}
        if base not in irregular and len(base) > 2 and base.isalpha():
            forms |= regular_forms(base) - known - odd
        for form in forms:
            if of.setdefault(form, base) != base:
                raise ValueError(f"rules.yaml: '{form}' is a form of '{of[form]}' and of '{base}'; name its base once.")
    for form, base in list(of.items()):
        if len(form) >= _LONG:
            for right, wrong in _MISREAD:
                if right in form:
                    of.setdefault(form.replace(right, wrong, 1), base)
    return of


class Phrases:
    """Finds phrases, numbered as they are given.

    ``classes``: word in capitals -> its alternatives, in the notation of a piece. Raises ValueError for a class that
    nobody defined.
    """

    def __init__(self, phrases: Sequence[str], classes: Mapping[str, str], irregular: Mapping[str, str]):
        self._classes = classes
        parts = [self._parts(phrase) for phrase in phrases]
        said = {part: list(self._variants(part)) for chain, _ in parts for part in chain}
        bases = {w for variants in said.values() for v in variants for w in v if not w.isupper()}
        self.base_of = base_forms(bases, irregular)
        vocab = Vocab()
        self._vocab = vocab
        self._matcher = PhraseMatcher(vocab, attr="ORTH")
        self._part_of: dict[int, str] = {}
        for part, variants in said.items():
            distinct = {tuple(self.base_of.get(w, w) for w in v) for v in variants}
            # as hashes, which it takes as it takes a Doc: making forty thousand Docs takes five seconds
            self._matcher.add(part, [[vocab.strings.add(w) for w in v] for v in distinct])  # type: ignore[misc]
            self._part_of[vocab.strings[part]] = part
        self._begins: dict[str, list[int]] = defaultdict(list)
        self._chains = parts
        for number, (chain, _) in enumerate(parts):
            self._begins[chain[0]].append(number)

    def __call__(self, reading: Reading) -> list[Found]:
        """Every phrase of the text, in its order."""
        if not reading.tokens:
            return []
        doc = Doc(self._vocab, words=reading.tokens)
        at: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for key, start, end in self._matcher(doc):
            if reading.sentence[start] == reading.sentence[end - 1]:
                at[self._part_of[key]].append((start, end))
        for places in at.values():
            places.sort()
        out = []
        for first, places in at.items():
            for number in self._begins[first]:
                chain, gaps = self._chains[number]
                if len(chain) == 1:
                    out += [Found(number, a, b) for a, b in places]
                elif all(part in at for part in chain):
                    for a, b in places:
                        last = _follow(reading.sentence, b, [at[p] for p in chain[1:]], gaps)
                        if last is not None:
                            out.append(Found(number, a, last))
        return sorted(out, key=lambda f: (f.start, f.end, f.rule))

    @staticmethod
    def _parts(phrase: str) -> tuple[list[str], list[int]]:
        """``say .. kill ME`` -> parts [``say``, ``kill ME``], gaps [4]."""
        chain: list[str] = [""]
        gaps: list[int] = []
        for piece in phrase.split():
            if piece in GAPS:
                gaps.append(GAPS[piece])
                chain.append("")
            else:
                chain[-1] = f"{chain[-1]} {piece}".strip()
        if not all(chain):
            raise ValueError(f"rules.yaml: '{phrase}' begins or ends with a gap.")
        return chain, gaps

    def _variants(self, part: str) -> Iterator[tuple[str, ...]]:
        choices = [self._piece(piece) for piece in part.split()]
        for chosen in product(*choices):
            variant = tuple(w for words in chosen for w in words)
            if variant:
                yield variant

    def _piece(self, piece: str) -> list[tuple[str, ...]]:
        if piece.startswith("(") and piece.endswith(")"):
            return [(), *self._piece(piece[1:-1])]
        out: list[tuple[str, ...]] = []
        for word in piece.split("|"):
            if word.isupper() and word.isalpha() and word not in _LABELS:
                if word not in self._classes:
                    raise ValueError(f"rules.yaml: nobody defines the class '{word}'.")
                out += [w for other in self._classes[word].split() for w in self._piece(other)]
            else:
                out.append(tuple(word.split("_")))
        return out


def _follow(sentence: list[int], end: int, parts: list[list[tuple[int, int]]], gaps: list[int]) -> int | None:
    """Where the last of ``parts`` ends, if each follows the one before within its gap and the sentence, else None."""
    number = sentence[end - 1]
    for places, gap in zip(parts, gaps, strict=True):
        k = bisect_left(places, (end, 0))
        if k == len(places) or places[k][0] > end + gap or sentence[places[k][0]] != number:
            return None
        end = places[k][1]
    return end
