"""Mentions of people and organisations, and what two of them have in common.

A mention is ``(i, j, kind)``: first and last word, both included, and its place in ``scheme.MENTION_KINDS``.
The features of a pair say how the two names are spelled and how the two stand to each other in the text; the pair
scorer (a small network) weighs them together with the vectors of the mentions.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict

import numpy as np

from extract.narrative.scheme import KIND_OF
from extract.narrative.words import Words

Mention = tuple[int, int, int]
PERSON, KIN, ORG, NARRATOR = (KIND_OF[k] for k in ("PERSON", "KIN", "ORG", "NARRATOR"))

#: Words beside a name that are no part of it (GUIDELINES 1, PERSON).
TITLES = frozenset(
    "mr mrs ms miss dr officer detective agent sergeant sgt judge attorney the señor señora senor senora".split()
)
_PLURAL_KIN = re.compile(
    r"(parents|children|sons|daughters|brothers|sisters|siblings|kids|cousins|uncles|aunts|grandparents|relatives|"
    r"nephews|nieces|in-laws|wives|husbands|grandchildren|friends)$"
)
#: Between two mentions these words announce a second name of the first.
ALIAS_WORDS = frozenset("named called aka known alias nickname nicknamed goes went name is was that as".split())

#: Pairs are looked at up to this many mentions back, further back only where the names share a word: the number
#: of pairs of a text grows with its length, not with its square.
_WINDOW, _PER_WORD = 80, 8
NARRATOR_LIMIT = 240

PAIR_FEATURES = 40


def is_plural_kin(words: Words, i: int, j: int) -> bool:
    """``my parents``, ``her kids``: marked in the text, but nobody's mention."""
    return _PLURAL_KIN.search(words.folded[j]) is not None or words.surface(i, j).lower().endswith("in-laws")


def mentions_of(words: Words, spans: list[tuple[int, int, str]]) -> list[Mention]:
    """The mentions among labelled spans, in the order of the text, without plural kin."""
    out = []
    for i, j, label in sorted(spans):
        if label in KIND_OF and not (label == "KIN" and is_plural_kin(words, i, j)):
            out.append((i, j, KIND_OF[label]))
    return out


def narrator_mentions(words: Words) -> list[Mention]:
    """Places where the narrator speaks of themself; in a long text an even sample of them."""
    at = words.narrator
    if len(at) > NARRATOR_LIMIT:
        at = at[np.linspace(0, len(at) - 1, NARRATOR_LIMIT).astype(np.int64)]
    return [(int(i), int(i), NARRATOR) for i in at]


def name_of(words: Words, mention: Mention) -> tuple[str, ...]:
    """The folded words of a mention that are a name: no marks, no civil titles."""
    i, j, _ = mention
    return tuple(w for w in words.folded[i : j + 1] if w[0].isalnum() and w not in TITLES)


@functools.lru_cache(maxsize=100_000)
def spelling_likeness(a: str, b: str) -> float:
    """1 minus the share of letters to change; 0 where lengths differ by more than 2 or a word has under 3."""
    if a == b:
        return 1.0
    if abs(len(a) - len(b)) > 2 or min(len(a), len(b)) < 3 or max(len(a), len(b)) > 40:
        return 0.0
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (x != y)))
        row = new
    return 1 - row[-1] / max(len(a), len(b))


@functools.lru_cache(maxsize=100_000)
def _name_features(a: tuple[str, ...], b: tuple[str, ...], kin: bool) -> tuple[float, ...]:
    """How two names are spelled beside each other: 13 numbers."""
    if not a or not b:
        return (0.0,) * 13
    sa, sb = set(a), set(b)
    common = len(sa & sb)
    likeness = 0.0 if kin or common else max(spelling_likeness(x, y) for x in a[:6] for y in b[:6])
    short, long_ = sorted((a, b), key=len)
    misspelt = 0.0
    if not kin and len(a) == len(b) and a != b:
        misspelt = float(min(spelling_likeness(x, y) for x, y in zip(a, b, strict=True)))
    return (
        float(a == b),
        float(sa <= sb or sb <= sa),
        common / len(sa | sb),
        float(common > 0),
        float(a[0] == b[0]),
        float(a[-1] == b[-1]),
        float(a[0] == b[-1] or a[-1] == b[0]),
        likeness,
        float("".join(w[0] for w in a) == "".join(b) or "".join(w[0] for w in b) == "".join(a)),
        float(len(short) > 1 and common == 0),
        float(len(short) > 1 and 0 < common < len(short)),
        misspelt,
        # Liz / Lizbeth, Kofi / Kof.
        float(
            not common
            and len(short) == 1
            and len(short[0]) > 2
            and any(w.startswith(short[0]) or (len(w) > 2 and short[0].startswith(w)) for w in long_)
        ),
    )


def candidate_pairs(names: list[tuple[str, ...]], window: int = _WINDOW) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (a, b), a before b, that may be one entity: neighbours, and mentions that share a word of the name."""
    earlier: dict[str, list[int]] = defaultdict(list)
    first, second = [], []
    for b, name in enumerate(names):
        near = set(range(max(0, b - window), b))
        if b > window:
            for word in set(name):
                same = earlier[word]
                near.update(same[:2])
                near.update(same[-_PER_WORD:])
        for word in set(name):
            earlier[word].append(b)
        first += sorted(near)
        second += [b] * len(near)
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def pair_features(
    words: Words, mentions: list[Mention], pairs: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(a, b, features [pairs, PAIR_FEATURES]) of every candidate pair of mentions, a before b."""
    names = [name_of(words, m) for m in mentions]
    a, b = candidate_pairs(names) if pairs is None else pairs
    f = np.zeros((len(a), PAIR_FEATURES), dtype=np.float32)
    if not len(a):
        return a, b, f
    i = np.array([m[0] for m in mentions])
    j = np.array([m[1] for m in mentions])
    kind = np.array([m[2] for m in mentions])
    f[np.arange(len(a)), kind[a] * 3 + kind[b]] = 1
    f[:, 9:22] = [_name_features(names[x], names[y], KIN in (kind[x], kind[y])) for x, y in zip(a, b, strict=True)]
    gap = np.maximum(i[b] - j[a] - 1, 0)
    f[:, 22] = gap == 0
    f[:, 23] = gap == 1
    f[:, 24] = (gap > 1) & (gap <= 3)
    f[:, 25] = (gap > 3) & (gap <= 8)
    f[:, 26] = words.sentence[i[a]] == words.sentence[i[b]]
    f[:, 27] = np.log1p(gap) / 7
    f[:, 28] = np.minimum(b - a, 10) / 10
    for k in np.flatnonzero(gap <= 6):
        between = words.folded[j[a[k]] + 1 : i[b[k]]]
        f[k, 29] = all(not w[0].isalnum() for w in between)
        f[k, 30] = "," in between
        f[k, 31] = any(w in ALIAS_WORDS for w in between)
        f[k, 32] = "and" in between or "or" in between
        f[k, 33] = "(" in between or '"' in between or "“" in between
    # how many full names of the text a short name could stand for: one is clear, two are not
    full = {n for n in names if len(n) > 1}
    bearers: dict[str, int] = defaultdict(int)
    for n in full:
        for word in set(n):
            bearers[word] += 1
    owners = np.array([max((bearers[w] for w in n), default=0) if len(n) == 1 else 0 for n in names])
    most = np.maximum(owners[a], owners[b])
    f[:, 34] = (most == 1) & (f[:, 10] > 0)
    f[:, 35] = (most > 1) & (f[:, 10] > 0)
    # is a the last one before b that shares a word with it, and is the same word before the kin noun ("my"/"his")
    last: dict[str, int] = {}
    latest = np.full(len(mentions), -1)
    for m, n in enumerate(names):
        latest[m] = max((last.get(w, -1) for w in n), default=-1)
        for w in n:
            last[w] = m
    f[:, 36] = latest[b] == a
    both_kin = (kind[a] == KIN) & (kind[b] == KIN)
    for k in np.flatnonzero(both_kin):
        x, y = names[a[k]], names[b[k]]
        f[k, 37] = bool(x and y and x[-1] == y[-1])
        f[k, 38] = bool(x and y and x[0] == y[0])
    f[:, 39] = ((kind[a] == KIN) != (kind[b] == KIN)) & (gap <= 1) & (f[:, 29] > 0)
    return a, b, f
