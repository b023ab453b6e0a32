"""Mentions -> entities: what the pair scorer and the spelling of the names say together."""

from __future__ import annotations

import heapq
import itertools
import re
from collections import defaultdict

import numpy as np

from extract.narrative.mentions import KIN, ORG, PERSON, Mention
from extract.narrative.misreadings import misread_as
from extract.narrative.naming import Name, Naming, generation, numbers_differ, sex, short_for
from extract.narrative.words import Words

#: Two groups are as near as this share of their best pair and the rest of their mean pair.
_BEST = 0.4
#: Nearness that spelling or grammar gives (floors), and leaves (ceilings), whatever the network says.
_SAME_NAME, _ALIAS, _APPOSITION, _MISSPELT = 0.98, 0.9, 0.85, 0.9
_OTHER_KIND = 0.2
#: Two names that cannot be one person's: groups that hold such a pair never join.
_OTHER_NAME = 0.0
#: Two full names without a word in common are one person's if the network is this sure (an alias revealed late).
_IN_SPITE = 0.9
#: Of several whom a single word may name, one is meant if its pairs score this high, and twice as high as the next.
_CLEAR = 0.3
#: Words that stand between two names of one person, with their marks.
_ALIAS_BETWEEN = re.compile(
    r"""
    \ ?\(\ ?"? | ,\ " | ,?"\ is[ ]
    | [,;.]?"?\)?[,;.]?\ \(?(
        (also\ |better\ |otherwise\ |is\ )*known\ (to\ \w+\ )?as | a/?k/?a\.? | a\.k\.a\.? | alias
        | ((who|he|she)\ )?(goes|went)\ by(\ the\ name(\ of)?)? | nicknamed
        | (who|he|she)(\ is|'s|\ was)\ also\ called | (and\ )?also\ (known|signing)\ as | who\ (is|was)\ called
        | (?P<whom>(who|whom)\ )?(we|they|i|everyone|everybody|people|((all\ )?the|us)\ (girls|men|women|workers|boss))
          \ ((all|just|only|had\ to|always|used\ to)\ )*
          (call(s|ed)?(\ (him|her)|(?(whom)|(?!)))(\ (just|only))?(?!,\ [^"])
           | (called|knew)(\ (him|her))?(\ only)?\ as)
        | (and\ )?((whose|his|her)\ )?(real|full|true|own|given|other|legal|last|first)\ name(\ is|'s|\ was)?
        | whose\ name(\ is|'s|\ was)
        | (i|we)\ (only\ )?((later|then)\ )?(learned|learnt|found\ out|know\ now|now\ know)\ (that\ )?
          (his|her)\ ((real|full|true|own)\ )?name\ (is|was)
        | turned\ out\ ((his|her)\ name(\ is|'s|\ was)|to\ be\ called)
      ),?:?\ \(?"?
    | ((,"?|")\ |\ \()(also\ )?called\ "?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_KIN_THEN_NAME = re.compile(r",? | (is|was) ((called|named) )?|'s (name (is|was) )?|'s name's | (named|called) ")
_NAME_THEN_KIN = re.compile(r",? |,?( who)?('s| is| was) ")
_BESIDE = re.compile(r",? ")
#: What follows a second name in brackets, and one that only a quotation mark may make a second name.
_AFTER_BRACKET, _AFTER_QUOTE = re.compile(r""" ?["',;/)]| (or|and) "?\w"""), re.compile(r'[,.]?"')
_POSSESSIVE, _LISTED = re.compile("'s\\b"), re.compile(r",? (and|or)\b")
_BLANKS = re.compile(r"\s+")
_FARTHEST = 12
_QUOTES = str.maketrans("“”„«»’", '"""""\'')


def settled(words: Words, mentions: list[Mention], a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The scores ``p`` of the pairs (a, b), corrected by what spelling, titles and the words between them settle."""
    naming = Naming(words, mentions)
    names = naming.cores
    sexes = [sex(words, m) for m in mentions]
    told = set(equated(words, mentions))
    p = p.astype(np.float64)
    for k, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        kx, ky = naming.kinds[x], naming.kinds[y]
        nx, ny = names[x], names[y]
        if KIN in (kx, ky) and ORG not in (kx, ky):
            if (x, y) in told:
                p[k] = max(p[k], _APPOSITION)
        elif (kx == ORG) != (ky == ORG):
            p[k] = min(p[k], _OTHER_KIND)
        elif not nx or not ny:
            continue
        elif (sexes[x] and sexes[y] and sexes[x] != sexes[y]) or numbers_differ(nx, ny):
            p[k] = _OTHER_NAME
        elif nx == ny or sorted(nx) == sorted(ny):
            p[k] = max(p[k], _SAME_NAME)
        elif (x, y) in told:
            p[k] = max(p[k], _ALIAS)
        elif kx == PERSON and len(nx) > 1 and len(ny) > 1:
            if _of_generations({nx}, {ny}):
                p[k] = _OTHER_NAME
            elif naming.misspelt(nx, ny):
                p[k] = max(p[k], _MISSPELT)
            elif not naming.one_name(nx, ny) and (p[k] < _IN_SPITE or set(nx) & set(ny)):
                p[k] = _OTHER_NAME
    return p


def equated(words: Words, mentions: list[Mention]) -> list[tuple[int, int]]:
    """Neighbouring mentions of which the text itself says that they are one: ``my aunt, Lorna``, ``Lorna, my aunt``,
    ``Rosa Delgado, also known as La Patrona``, ``Homeland Security Investigations (HSI)``."""
    gaps = [_between(words, m, n) for m, n in itertools.pairwise(mentions)]
    out = []
    for x, gap in enumerate(gaps):
        kinds = mentions[x][2], mentions[x + 1][2]
        if gap is None or kinds == (KIN, KIN):
            continue
        end = words.end[mentions[x + 1][1]]
        following = words.text[end : end + 8].translate(_QUOTES)
        if _POSSESSIVE.match(following) and not (kinds[0] == KIN and gap == " "):
            continue  # "Hector is my sister's husband", "Hector (Ana's friend)"; but "my aunt Lorna's house"
        if KIN not in kinds:
            fits = kinds.count(ORG) != 1 and _closes(gap, following)
            said = _ALIAS_BETWEEN.fullmatch(gap) if fits else None
        elif ORG in kinds or words.sentence[mentions[x][1]] != words.sentence[mentions[x + 1][0]]:
            continue
        elif gap == ", " and (_LISTED.match(following) or words.folded[mentions[x + 1][0]] == "whose"):
            continue  # "Hector, my sister and I", "Hector, whose wife"
        elif kinds[0] == KIN:
            said = _KIN_THEN_NAME.fullmatch(gap)
        else:
            # "Minh, her father Sau": the kinship word belongs to the name after it
            after = gaps[x + 1] if x + 1 < len(gaps) and mentions[x + 2][2] == PERSON else None
            said = None if after is not None and _BESIDE.fullmatch(after) else _NAME_THEN_KIN.fullmatch(gap)
        if said:
            out.append((x, x + 1))
    return out


def _closes(gap: str, following: str) -> bool:
    """Whether a bracket or quotation mark holds the second name alone: not ``I told Hector, "Ana is sick"``."""
    if gap.strip() == "(":
        return bool(_AFTER_BRACKET.match(following))
    return gap != ', "' or bool(_AFTER_QUOTE.match(following))


def _between(words: Words, x: Mention, y: Mention) -> str | None:
    """The text between two mentions, with one kind of blank, quotation mark and apostrophe; nothing if they are far
    or in two paragraphs."""
    if not 0 <= y[0] - x[1] - 1 <= _FARTHEST:
        return None
    between = words.text[words.end[x[1]] : words.start[y[0]]].translate(_QUOTES)
    return None if between.count("\n") > 1 else _BLANKS.sub(" ", between)


def _of_generations(earlier: set[Name], later: set[Name]) -> bool:
    """Whether the later names are those of a son or father of the earlier: ``Osvaldo Rijo``, then ``Osvaldo Rijo Jr.``

    Who is called *Jr.* at first may well be called by his name alone later.
    """
    told = generation(later)
    return bool(told) and generation(earlier) != told and any(len(n) > 1 for n in earlier)


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


def between(groups: list[list[int]], pairs: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[tuple[int, int], float]:
    """How near every two groups are of which some pair was scored: (earlier, later) -> 0..1, 0 for two names."""
    of = {k: g for g, ks in enumerate(groups) for k in ks}
    links: dict[tuple[int, int], list[float]] = {}
    for x, y, s in zip(*(c.tolist() for c in pairs), strict=True):
        low, high = sorted((of[x], of[y]))
        if low != high:
            best, total, count, worst = links.get((low, high), [0.0, 0.0, 0, 1.0])
            links[low, high] = [max(best, s), total + s, count + 1, min(worst, s)]
    return {key: _nearness(link) for key, link in links.items()}


class _Joining:
    """Groups that are put together one after another. ``sexes``: what titles tell of each group at the start."""

    def __init__(self, naming: Naming, cores: list[set[Name]], sexes: list[set[str]]):
        self.naming, self.sexes = naming, sexes
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
    """Groups, with second copies of one person or organisation put together where text or names leave no doubt.

    First those of whom the text says that they are one. Full names join the only group that can bear the same name;
    then single words (``Delgado``, ``Madam Rosa``) join the only group with such a full name. Where several could, the
    pair scores ``(a, b, p)`` decide if they are clear.
    """
    naming = Naming(words, mentions)
    orgs = [2 * sum(naming.kinds[k] == ORG for k in g) >= len(g) for g in groups]
    cores = [{naming.cores[k] for k in g if naming.cores[k]} for g in groups]
    sexes = [{s for k in g if mentions[k][2] == PERSON and (s := sex(words, mentions[k]))} for g in groups]
    joining = _Joining(naming, cores, sexes)
    bearers: dict[str, set[int]] = defaultdict(set)
    for g, names in enumerate(cores):
        for name in names:
            for w in name:
                bearers[w].add(g)
    affinity = _affinity(groups, pairs)
    _join_equated(words, mentions, groups, joining)
    _join_misread_kin(words, mentions, groups, joining)

    def can_be(g: int, o: int) -> bool:
        """Whether g may be a shorter way to name o."""
        return (
            orgs[g] == orgs[o]
            and (letters[o], g) > (letters[g], o)
            and joining.root(g) != joining.root(o)
            and len(sexes[g] | sexes[o]) < 2
            and not _of_generations(*(cores[k] for k in sorted((g, o))))
            and not (not orgs[g] and naming.in_conflict(cores[g], cores[o]))
            and not (not orgs[g] and naming.in_conflict(joining.names(g), joining.names(o)))
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
            join_owner(g, [o for o in sorted(near) if any(naming.one_name(x, y) for x in cores[g] for y in cores[o])])
        elif longest[g] == 1:
            full = [o for o in sorted(near) if longest[o] > 1]
            join_owner(g, full or [o for o in sorted(near) if cores[o] & cores[g]])
    out: dict[int, list[int]] = defaultdict(list)
    for g, ks in enumerate(groups):
        out[joining.root(g)] += ks
    return sorted((sorted(g) for g in out.values()), key=lambda g: g[0])


def _join_equated(words: Words, mentions: list[Mention], groups: list[list[int]], joining: _Joining) -> None:
    """Join groups of which the text says that they are one, where it says so of one other group only."""
    of = {k: g for g, ks in enumerate(groups) for k in ks}
    partners: dict[int, set[int]] = defaultdict(set)
    for x, y in equated(words, mentions):
        if of[x] != of[y]:
            partners[of[x]].add(of[y])
            partners[of[y]].add(of[x])
    for g, others in sorted(partners.items()):
        if len(others) != 1:
            continue
        (o,) = others
        if joining.root(g) == joining.root(o) or len(joining.sexes[g] | joining.sexes[o]) > 1:
            continue
        if any(mentions[k][2] == KIN for k in (*groups[g], *groups[o])):
            # a kinship word may stand for several people: no second name comes in with it
            named, other = joining.names(g), joining.names(o)
            if named and other and not any(set(x) & set(y) for x in named for y in other):
                continue
            if joining.naming.in_conflict(named, other):
                continue
        joining.join(g, o)


def _join_misread_kin(words: Words, mentions: list[Mention], groups: list[list[int]], joining: _Joining) -> None:
    """Put ``my husbancl`` to ``my husband``: kin met once, in words of their own, to the only kin called nearly so."""
    called: dict[Name, set[int]] = defaultdict(set)
    for g, ks in enumerate(groups):
        for k in ks:
            if mentions[k][2] == KIN:
                called[tuple(words.folded[mentions[k][0] : mentions[k][1] + 1])].add(g)
    for phrase, gs in sorted(called.items()):
        (g, *others) = gs
        if others or len(groups[g]) > 1:
            continue
        like = {
            joining.root(o)
            for other, os in called.items()
            if other != phrase and misread_as(phrase, other)
            for o in os
            if len(groups[o]) > 1
        }
        if len(like) == 1 and joining.root(g) not in like:
            joining.join(g, like.pop())


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
