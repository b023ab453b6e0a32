"""Mentions -> entities: what the pair scorer and the spelling of the names say together."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

from extract.narrative.mentions import KIN, ORG, PERSON, Mention
from extract.narrative.naming import Name, core_of, in_conflict, misspelt, one_name, sex, short_for
from extract.narrative.words import Words

#: Two groups are as near as this share of their best pair and the rest of their mean pair.
_BEST = 0.4
#: Nearness that spelling or grammar gives (floors), and leaves (ceilings), whatever the network says.
_SAME_NAME, _ALIAS, _APPOSITION, _MISSPELT = 0.98, 0.9, 0.85, 0.9
_OTHER_KIND = 0.2
#: Two names that cannot be one person's: groups that hold such a pair never join.
_OTHER_NAME = 0.0
_ALIAS_PHRASES = frozenset({
    "aka", "a k a", "alias", "known as", "also known as", "nicknamed", "called", "also called", "goes by",
    "who goes by", "known to us as", "whom we called", "whom everyone called", "we called him", "we called her",
})  # fmt: skip
#: Two full names without a word in common are one person's if the network is this sure (an alias revealed late).
_IN_SPITE = 0.9
#: Of several whom a single word may name, one is meant if its pairs score this high, and twice as high as the next.
_CLEAR = 0.3


def settled(words: Words, mentions: list[Mention], a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The scores ``p`` of the pairs (a, b), corrected by what spelling, titles and apposition alone settle."""
    names = [core_of(words, m, m[2] == ORG) for m in mentions]
    sexes = [sex(words, m) for m in mentions]
    p = p.astype(np.float64)
    for k, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        (_, jx, kx), (iy, _, ky) = mentions[x], mentions[y]
        nx, ny = names[x], names[y]
        if (kx == ORG) != (ky == ORG):
            p[k] = min(p[k], _OTHER_KIND)
        elif KIN in (kx, ky):
            if kx != ky and _in_apposition(words, jx, iy):
                p[k] = max(p[k], _APPOSITION)
        elif not nx or not ny:
            continue
        elif sexes[x] and sexes[y] and sexes[x] != sexes[y]:
            p[k] = _OTHER_NAME
        elif nx == ny or sorted(nx) == sorted(ny):
            p[k] = max(p[k], _SAME_NAME)
        elif _is_alias(words, jx, iy):
            p[k] = max(p[k], _ALIAS)
        elif kx == PERSON and len(nx) > 1 and len(ny) > 1:
            if misspelt(nx, ny):
                p[k] = max(p[k], _MISSPELT)
            elif not one_name(nx, ny) and p[k] < _IN_SPITE:
                p[k] = _OTHER_NAME
    return p


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
    # per group: neighbour -> [best, sum, count, worst]
    links: dict[int, dict[int, list[float]]] = defaultdict(dict)
    for x, y, s in zip(a.tolist(), b.tolist(), p.tolist(), strict=True):
        links[x][y] = links[y][x] = [s, s, 1, s]
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
        for other, (best, total, count, worst) in links.pop(y).items():
            del links[other][y]
            if other == x:
                continue
            old = links[x].get(other)
            new = [best, total, count, worst]
            if old:
                new = [max(best, old[0]), total + old[1], count + old[2], min(worst, old[3])]
            links[x][other] = links[other][x] = new
        for other, link in links[x].items():
            if _nearness(link) >= threshold:
                heapq.heappush(heap, (-_nearness(link), x, other))
    return sorted((sorted(g) for g in group.values()), key=lambda g: g[0])


def _nearness(link: list[float]) -> float:
    best, total, count, worst = link
    if worst <= _OTHER_NAME:
        return 0.0
    return _BEST * best + (1 - _BEST) * total / count


class _Joining:
    """Groups that are put together one after another."""

    def __init__(self, cores: list[set[Name]]):
        self._parent = list(range(len(cores)))
        self._cores = [set(c) for c in cores]

    def root(self, x: int) -> int:
        while self._parent[x] != x:
            x = self._parent[x]
        return x

    def names(self, x: int) -> set[Name]:
        return self._cores[self.root(x)]

    def join(self, x: int, y: int) -> None:
        """Put x to y, which is another group."""
        x, y = self.root(x), self.root(y)
        self._cores[y] |= self._cores[x]
        self._parent[x] = y


def rejoined(
    words: Words, mentions: list[Mention], groups: list[list[int]], pairs: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> list[list[int]]:
    """Groups, with second copies of one person or organisation put together where the names leave no doubt.

    Full names join the only group that can bear the same name; then single words (``Delgado``, ``Madam Rosa``) join the
    only group with such a full name. Where several could, the pair scores ``(a, b, p)`` decide if they are clear.
    """
    orgs = [any(mentions[k][2] == ORG for k in g) for g in groups]
    cores = [
        {c for k in g if mentions[k][2] in (PERSON, ORG) and (c := core_of(words, mentions[k], org))}
        for g, org in zip(groups, orgs, strict=True)
    ]
    sexes = [{s for k in g if mentions[k][2] == PERSON and (s := sex(words, mentions[k]))} for g in groups]
    joining = _Joining(cores)
    bearers: dict[str, set[int]] = defaultdict(set)
    for g, names in enumerate(cores):
        for name in names:
            for w in name:
                bearers[w].add(g)
    affinity = _affinity(groups, pairs)

    def can_be(g: int, o: int) -> bool:
        """Whether g may be a shorter way to name o."""
        return (
            orgs[g] == orgs[o]
            and (letters[o], g) > (letters[g], o)
            and joining.root(g) != joining.root(o)
            and len(sexes[g] | sexes[o]) < 2
            and not (not orgs[g] and in_conflict(joining.names(g), joining.names(o)))
        )

    def join_owner(g: int, owners: list[int]) -> None:
        roots: dict[int, float] = defaultdict(float)
        for o in owners:
            roots[joining.root(o)] = max(roots[joining.root(o)], affinity.get((g, o), 0.0))
        best = sorted(roots.items(), key=lambda r: -r[1])
        clear = len(best) == 1 or (len(best) > 1 and best[0][1] >= _CLEAR and best[0][1] >= 2 * best[1][1])
        if clear:
            joining.join(g, best[0][0])

    letters = [max((sum(map(len, n)) for n in names), default=0) for names in cores]
    longest = [max((len(n) for n in names), default=0) for names in cores]
    for g in sorted(range(len(groups)), key=lambda g: -longest[g]):
        near = {o for name in cores[g] for w in name for o in bearers[w] if o != g and can_be(g, o)}
        if orgs[g]:
            near |= {o for o, other in enumerate(orgs) if other and o != g and can_be(g, o)}
            join_owner(g, [o for o in sorted(near) if any(short_for(x, y) for x in cores[g] for y in cores[o])])
        elif longest[g] > 1:
            join_owner(g, [o for o in sorted(near) if any(one_name(x, y) for x in cores[g] for y in cores[o])])
        elif longest[g] == 1:
            full = [o for o in sorted(near) if longest[o] > 1]
            join_owner(g, full or [o for o in sorted(near) if cores[o] & cores[g]])
    out: dict[int, list[int]] = defaultdict(list)
    for g, ks in enumerate(groups):
        out[joining.root(g)] += ks
    return sorted((sorted(g) for g in out.values()), key=lambda g: g[0])


def _affinity(
    groups: list[list[int]], pairs: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> dict[tuple[int, int], float]:
    """Mean score of the scored pairs between every two groups, both ways round."""
    of = {k: g for g, ks in enumerate(groups) for k in ks}
    sums: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for x, y, s in zip(*(c.tolist() for c in pairs), strict=True):
        if of[x] != of[y]:
            for key in ((of[x], of[y]), (of[y], of[x])):
                sums[key][0] += s
                sums[key][1] += 1
    return {key: total / n for key, (total, n) in sums.items()}
