"""Whether a sentence tells of medical, psychological or sexual matters (K9): word families, rules, no model.

Conservative on purpose: it reads phrases and nothing around them, so no denial, quotation or doubt lowers the answer.
A sentence that is kept back for nothing costs an excerpt, one that slips out a person. What it misses an officer marks
(``haven.cases.models.SensitiveMark``); nobody can mark a sentence as harmless that it keeps back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jellyfish
import yaml

from extract.names import fold

PART = re.compile(r"\((?:[^()]|\([^()]*\))*\)|<\w+>|~|\S+")
GAP = r"(?: \w+){0,4} "
LONG = 7
"""Letters from which a stem is found with one wrong letter."""


@dataclass(frozen=True)
class Tell:
    """What gave a sentence away: ``family`` of ``k9.yaml`` and the folded words that matched."""

    family: str
    words: str


@dataclass(frozen=True)
class _Rules:
    """``phrases``: by family. ``stems``: long single words and the family of each, by first letter."""

    phrases: dict[str, re.Pattern]
    stems: dict[str, list[tuple[str, str]]]
    spelled_right: frozenset[str]


def is_sensitive(text: str) -> bool:
    return next(_found(text), None) is not None


def tells(text: str) -> list[Tell]:
    """Everything that gives the text away, each once, in the order of the families; empty: nothing does."""
    return list(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[Tell]:
    words, rules = _folded(text), _rules()
    for family, phrases in rules.phrases.items():
        yield from (Tell(family, match[0]) for match in phrases.finditer(words))
    for word in dict.fromkeys(words.split()):
        if word not in rules.spelled_right:
            yield from (Tell(family, word) for stem, family in rules.stems.get(word[0], ()) if _nearly(word, stem))


def _folded(text: str) -> str:
    joined = re.sub(r"(?<=\w)-\s*\n\s*(?=\w)", "", text)  # a word cut at the end of a line
    return " ".join(re.findall(r"\w+", re.sub(r"['’`´]", "", fold(joined)).replace("_", " ")))


def _nearly(word: str, stem: str) -> bool:
    """One letter wrong, missing, too many or exchanged, as writers and OCR do: "hosptial", "pregmant"."""
    begins = {word[: len(stem) + more] for more in (-1, 0, 1)}
    return any(jellyfish.damerau_levenshtein_distance(begin, stem) <= 1 for begin in begins)


@cache
def _rules() -> _Rules:
    given = yaml.safe_load(Path(__file__).with_name("k9.yaml").read_text(encoding="utf-8"))
    groups = {name: "|".join(sorted(set(fold(words).split()))) for name, words in given["groups"].items()}
    stems: dict[str, list[tuple[str, str]]] = {}
    for family, phrases in given["families"].items():
        for stem in _stems(phrases):
            stems.setdefault(stem[0], []).append((stem, family))
    return _Rules(
        {
            family: re.compile(rf"(?<!\w)(?:{'|'.join(_pattern(fold(one), groups) for one in phrases)})(?!\w)")
            for family, phrases in given["families"].items()
        },
        stems,
        frozenset(given["spelled_right"].split()),
    )


def _pattern(phrase: str, groups: dict[str, str]) -> str:
    """The regular expression of one phrase, over words with single blanks between them."""
    whole, between = "", ""
    for part in PART.findall(phrase):
        if part == "~":
            between = GAP
            continue
        whole += between + _part(part, groups)
        between = " "
    return whole + (GAP.rstrip() if between == GAP else "")


def _part(part: str, groups: dict[str, str]) -> str:
    if part.startswith("<"):
        return f"(?:{groups[part[1:-1]]})"
    if part.startswith("("):
        return f"(?:{'|'.join(_pattern(one, groups) for one in _alternatives(part[1:-1]))})"
    return re.escape(part).replace(r"\*", r"\w*")


def _alternatives(inner: str) -> list[str]:
    """``a|(b|c) d|e`` at its outer bars."""
    return re.findall(r"(?:[^|()]|\([^()]*\))+", inner)


def _stems(phrases: list[str]) -> Iterator[str]:
    for phrase in phrases:
        parts = PART.findall(fold(phrase))
        if len(parts) == 1:
            for word in _alternatives(parts[0].strip("()")):
                stem = word.rstrip("*")
                if len(stem) >= LONG and stem.isalpha():
                    yield stem
