"""Words of names that a scanner misread: which rare spelling of a text stands for which other word of its names.

``Wex1ey`` and ``Wexlcy`` are no names anywhere. Where the text also holds ``Wexley``, and nothing else as near, they
are that name. ``Marta`` and ``Maria`` are two names, however alike.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping

import jellyfish

#: What OCR takes for one another: letters side by side, then single ones (the first of each group stands for all).
_PAIRS = (("rn", "m"), ("nn", "m"), ("cl", "d"), ("vv", "w"), ("ii", "u"), ("li", "h"), ("ri", "n"))
_GROUPS = ("il1j", "o0", "s5", "bh8", "ce", "nu", "vy", "z2", "gq69", "tf")
_CLASS = str.maketrans({letter: group[0] for group in _GROUPS for letter in group})
#: A spelling met more often than this is the writer's own.
_RARE = 2
#: A word of four letters is mended only towards one met this often.
_FREQUENT = 3


@functools.lru_cache(maxsize=100_000)
def shape_of(word: str) -> str:
    """``word`` with letters that look alike written alike."""
    for pair, one in _PAIRS:
        word = word.replace(pair, one)
    return word.translate(_CLASS)


@functools.lru_cache(maxsize=100_000)
def letters_apart(v: str, w: str) -> int:
    """Letters to change, insert, drop or swap between the shapes of two words."""
    return jellyfish.damerau_levenshtein_distance(shape_of(v), shape_of(w))


def misread_as(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two rows of words may be one that a scanner misread: as many words, each alike but for its leeway."""
    return len(some) == len(others) and all(
        letters_apart(v, w) <= (min(leeway(v), leeway(w)) if min(len(v), len(w)) > 4 else 0)
        for v, w in zip(some, others, strict=True)
    )


def leeway(word: str) -> int:
    """How many letters of a word may be misread before it could be another."""
    return 0 if len(word) < 4 else 1 if len(word) < 9 else 2


def readings(counts: Mapping[str, int], listed: Collection[str], sentences: Mapping[str, set[int]]) -> dict[str, str]:
    """Misread word -> the word that was written.

    ``counts``: how often each folded word stands in a name of the text. ``listed``: those that are a name somewhere in
    the world: they are never mended. ``sentences``: where each stands; two that stand in one sentence are two names.
    A word with two equally near candidates is left alone.
    """
    rare = {w for w, n in counts.items() if n <= _RARE and w not in listed and len(w) > 2 and not w.isdigit()}
    near: dict[str, list[str]] = defaultdict(list)
    for w in counts:
        if len(w) > 2:
            for key in _shortened(shape_of(w), leeway(w)):
                near[key].append(w)
    out = {}
    for v in sorted(rare):
        found: dict[str, int] = {}
        for key in _shortened(shape_of(v), leeway(v)):
            for w in near.get(key, ()):
                if w != v and w not in found and (counts[w] > counts[v] or w in listed):
                    found[w] = letters_apart(v, w)
        fit = {
            w: d
            for w, d in found.items()
            if d <= min(leeway(v), leeway(w))
            and not of_two_sexes(v, w)
            and (d == 0 or min(len(v), len(w)) > 4 or counts[w] >= _FREQUENT)
            and not (sentences[v] & sentences[w])
        }
        best = sorted(fit, key=lambda w: fit[w])[:2]
        if best and (len(best) == 1 or fit[best[0]] < fit[best[1]]):
            out[v] = best[0]
    return {v: out.get(w, w) for v, w in out.items()}


def of_two_sexes(v: str, w: str) -> bool:
    """``Aparecido`` and ``Aparecida``, ``Yusupov`` and ``Yusupova``: a man's form of a name and a woman's."""
    short, long_ = sorted((v, w), key=len)
    if len(short) < len(long_):
        return long_ == short + "a"
    return v[:-1] == w[:-1] and {v[-1], w[-1]} <= set("aeiou")


def _shortened(word: str, letters: int) -> set[str]:
    """``word`` and what is left of it without up to so many letters: words this near share one of them."""
    out = {word}
    for _ in range(letters):
        out |= {w[:k] + w[k + 1 :] for w in out for k in range(len(w))}
    return out
