"""Mentions -> entities: what the pair scorer and the spelling of the names say together."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

from extract.narrative.mentions import (
    KIN,
    ORG,
    PERSON,
    Mention,
    name_of,
    spelling_likeness,
)
from extract.narrative.words import Words

#: Two groups are as near as this share of their best pair and the rest of their mean pair.
_BEST = 0.4
#: Nearness that spelling or grammar gives (floors), and leaves (ceilings), whatever the network says.
_SAME_NAME, _ALIAS, _APPOSITION, _MISSPELT = 0.98, 0.9, 0.85, 0.9
_OTHER_KIND, _OTHER_NAME = 0.2, 0.02
_ALIAS_PHRASES = frozenset({
    "aka", "a k a", "alias", "known as", "also known as", "nicknamed", "called", "also called", "goes by",
    "who goes by", "known to us as", "whom we called", "whom everyone called", "we called him", "we called her",
})  # fmt: skip
#: At this spelling likeness of every word two full names are one name, misread or misspelt.
_LIKE = 0.74


def settled(words: Words, mentions: list[Mention], a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The scores ``p`` of the pairs (a, b), corrected by what spelling and apposition alone settle."""
    names = [name_of(words, m) for m in mentions]
    p = p.astype(np.float64)
    for k, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        (_, jx, kx), (iy, _, ky) = mentions[x], mentions[y]
        nx, ny = names[x], names[y]
        if (kx == ORG) != (ky == ORG):
            p[k] = min(p[k], _OTHER_KIND)
            continue
        if KIN in (kx, ky):
            if kx != ky and _in_apposition(words, jx, iy):
                p[k] = max(p[k], _APPOSITION)
            continue
        if not nx or not ny:
            continue
        if nx == ny or sorted(nx) == sorted(ny):
            p[k] = max(p[k], _SAME_NAME)
        elif _is_alias(words, jx, iy):
            p[k] = max(p[k], _ALIAS)
        elif kx == PERSON and len(nx) > 1 and len(ny) > 1:
            if misspelt(nx, ny):
                p[k] = max(p[k], _MISSPELT)
            elif not (set(nx) <= set(ny) or set(ny) <= set(nx)) and p[k] < 0.9:
                p[k] = min(p[k], _OTHER_NAME)
    return p


def misspelt(x: tuple[str, ...], y: tuple[str, ...]) -> bool:
    """One full name in two spellings: as many words, each nearly alike, at least one exactly."""
    if len(x) != len(y):
        return False
    likeness = [spelling_likeness(v, w) for v, w in zip(x, y, strict=True)]
    return min(likeness) >= _LIKE and max(likeness) == 1.0


def _in_apposition(words: Words, end: int, start: int) -> bool:
    """``my aunt Lorna``, ``my aunt, Lorna``, ``Lorna, my aunt``: nothing or one comma between the two."""
    between = words.folded[end + 1 : start]
    if words.sentence[end] != words.sentence[start]:
        return False
    if not between:
        return True
    # "my aunt, Lorna and …" may be a list of several people
    return between == [","] and words.folded[start + 1 : start + 3][-1:] not in (["and"],) and len(words) > start


def _is_alias(words: Words, end: int, start: int) -> bool:
    """``Rosa Delgado, also known as La Patrona``, ``Ernesto alias "Neto"``."""
    between = words.folded[end + 1 : start]
    if not 0 < len(between) <= 7:
        return False
    return " ".join(w for w in between if w[0].isalnum()) in _ALIAS_PHRASES


def clustered(n: int, a: np.ndarray, b: np.ndarray, p: np.ndarray, threshold: float) -> list[list[int]]:
    """Groups of ``n`` mentions, nearest first until no two are as near as ``threshold`` (average linkage).

    Only scored pairs count. A heap of the open pairs keeps the work near-linear in their number, so a text of 50,000
    words takes seconds.
    """
    group: dict[int, list[int]] = {i: [i] for i in range(n)}
    # per group: neighbour -> [best, sum, count]
    links: dict[int, dict[int, list[float]]] = defaultdict(dict)
    for x, y, s in zip(a.tolist(), b.tolist(), p.tolist(), strict=True):
        links[x][y] = links[y][x] = [s, s, 1]
    heap = [(-s, x, y) for x, y, s in zip(a.tolist(), b.tolist(), p.tolist(), strict=True) if s >= threshold]
    heapq.heapify(heap)
    while heap:
        nearness, x, y = heapq.heappop(heap)
        link = links[x].get(y) if x in group and y in group else None
        if link is None or abs(_nearness(link) + nearness) > 1e-12:
            continue  # one of the two has been merged since
        if len(links[x]) < len(links[y]):
            x, y = y, x
        group[x] += group.pop(y)
        for other, (best, total, count) in links.pop(y).items():
            del links[other][y]
            if other == x:
                continue
            old = links[x].get(other)
            new = [max(best, old[0]), total + old[1], count + old[2]] if old else [best, total, count]
            links[x][other] = links[other][x] = new
        for other, link in links[x].items():
            if _nearness(link) >= threshold:
                heapq.heappush(heap, (-_nearness(link), x, other))
    return sorted((sorted(g) for g in group.values()), key=lambda g: g[0])


def _nearness(link: list[float]) -> float:
    best, total, count = link
    return _BEST * best + (1 - _BEST) * total / count


def rejoined(
    words: Words, mentions: list[Mention], groups: list[list[int]], mean: np.ndarray | None = None
) -> list[list[int]]:
    """Groups, with second copies of one person put together where the names leave no doubt.

    A group whose every name is one word joins the only group of full names that has this word. Two groups of full
    names join where one's words all stand in the other's, or where they differ by a misspelling.
    """
    fulls = [_full_names(words, mentions, g) for g in groups]
    parent = list(range(len(groups)))

    def root(x: int) -> int:
        while parent[x] != x:
            x = parent[x]
        return x

    bearers: dict[str, set[int]] = defaultdict(set)
    for g, names in enumerate(fulls):
        for name in names:
            if len(name) > 1:
                for w in name:
                    bearers[w].add(g)
    for g, names in enumerate(fulls):
        longest = max((len(n) for n in names), default=0)
        for name in names:
            near = set().union(*(bearers[w] for w in name)) - {g}
            if longest == 1:
                owners = {root(o) for o in near}
                if len(owners) == 1:
                    parent[root(g)] = owners.pop()
                continue
            if len(name) < 2:
                continue
            for o in near:
                if any(_one_name(name, other) for other in fulls[o]):
                    parent[root(g)] = root(o)
    out: dict[int, list[int]] = defaultdict(list)
    for g, ks in enumerate(groups):
        out[root(g)] += ks
    return sorted((sorted(g) for g in out.values()), key=lambda g: g[0])


def _one_name(x: tuple[str, ...], y: tuple[str, ...]) -> bool:
    """Two full names of one person: ``Juan Carlos Ruiz``/``Juan Ruiz``, ``Ruiz, Juan``, a misspelling."""
    if len(y) < 2:
        return False
    return set(x) <= set(y) or set(y) <= set(x) or misspelt(x, y)


def _full_names(words: Words, mentions: list[Mention], group: list[int]) -> set[tuple[str, ...]]:
    """The names of a group of people; empty for organisations and for kin without a name."""
    if any(mentions[k][2] == ORG for k in group):
        return set()
    return {n for k in group if mentions[k][2] == PERSON and (n := name_of(words, mentions[k]))}
