"""What the network is told about the entities of a chapter: where each is mentioned, and what its mentions look like.

Slot 0 is always the applicant as narrator ("I"); slots 1… are the clusters of mentions. A chapter is the stretch of
words over which roles, relations and attributes are decided together: the whole text, unless that is very long.
"""

from __future__ import annotations

import numpy as np

from extract.narrative.mentions import KIN, NARRATOR, ORG, PERSON, Mention
from extract.narrative.words import Words

ENTITY_FEATURES = 20
RECENCY_VALUES = 9
_OFFICIAL = frozenset(
    "officer detective agent sergeant sgt judge attorney det special investigator deputy lieutenant lt inspector "
    "counselor prosecutor nurse caseworker advocate".split()
)
_CIVIL = frozenset("mr mrs ms miss dr señora senora señor senor sir".split())
_NEVER = 99


def slots(clusters: list[list[int]], mentions: list[Mention]) -> list[list[int]]:
    """Members of each slot as indices into ``mentions``; slot 0 gets the mentions of the narrator."""
    return [[k for k, m in enumerate(mentions) if m[2] == NARRATOR], *clusters]


def membership(members: list[list[int]], mentions: int) -> np.ndarray:
    """[slots, mentions]: 1 where a mention belongs to a slot."""
    out = np.zeros((len(members), mentions), dtype=np.float32)
    for e, ks in enumerate(members):
        out[e, ks] = 1
    return out


def entity_features(words: Words, mentions: list[Mention], members: list[list[int]]) -> np.ndarray:
    """[slots, ENTITY_FEATURES]: how often, where and as what each entity is mentioned."""
    n = max(len(words), 1)
    told_in_person = len(words.narrator) / n * 20
    out = np.zeros((len(members), ENTITY_FEATURES), dtype=np.float32)
    total = max(sum(m[2] != NARRATOR for m in mentions), 1)
    for e, ks in enumerate(members):
        f = out[e]
        at = [mentions[k][0] for k in ks]
        f[0] = np.log1p(len(at))
        if at:
            f[1], f[2] = min(at) / n, max(at) / n
            f[3] = np.log1p(len({int(words.sentence[i]) for i in at}))
        f[4] = e == 0
        f[8], f[9], f[10] = told_in_person, len(words.narrator) == 0, np.log(n) / 7
        if e == 0 or not ks:
            continue
        for k in ks:
            i, j, kind = mentions[k]
            f[5 + (PERSON, KIN, ORG).index(kind)] += 1 / len(ks)
            before = [w for w in words.folded[max(0, i - 3) : i] if w != "."][-2:]
            f[11] = max(f[11], bool(before) and before[-1] in _OFFICIAL)
            f[12] = max(f[12], bool(before) and before[-1] in _CIVIL)
            if kind == KIN:
                f[13 if words.folded[i] in ("my", "our") else 14] = 1
            f[15] = max(f[15], min(j - i + 1, 6) / 4)
        f[16] = len(ks) / total
        f[17] = min(at) == min((m[0] for m in mentions if m[2] != NARRATOR), default=-1)
    return out


def recency(words: Words, mentions: list[Mention], members: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Where each word stands to each entity, both [slots, words] of small integers.

    The first counts sentences since the last mention in buckets (0 this sentence … 5 eight or more, 6 the next
    sentence names it, 7 a later one does, 8 never); the second is 1 where the entity was the last one named before
    the word: this is how sentences with only "he" reach the one they speak of.
    """
    n = len(words)
    distance = np.full((len(members), n), RECENCY_VALUES - 1, dtype=np.int64)
    seen_at = np.full((len(members), n), -1, dtype=np.int64)
    for e, ks in enumerate(members):
        if not ks:
            continue
        at = np.array(sorted(mentions[k][0] for k in ks))
        named = np.unique(words.sentence[at])
        k = np.searchsorted(named, words.sentence, "right")
        since = np.where(k > 0, words.sentence - named[np.maximum(k - 1, 0)], _NEVER)
        until = np.where(k < len(named), named[np.minimum(k, len(named) - 1)] - words.sentence, _NEVER)
        distance[e] = np.where(
            since < 4, since, np.where(since < 8, 4, np.where(since < _NEVER, 5, np.where(until == 1, 6, 7)))
        )
        last = np.full(n, -1, dtype=np.int64)
        last[at] = at
        seen_at[e] = np.maximum.accumulate(last)
    latest = seen_at[1:].max(0) if len(members) > 1 else np.full(n, -1)
    return distance, ((seen_at == latest) & (seen_at >= 0)).astype(np.int64)


def entity_types(mentions: list[Mention], members: list[list[int]]) -> np.ndarray:
    """[slots, 3]: is an organisation, is the narrator, is called by a kinship word."""
    out = np.zeros((len(members), 3), dtype=np.float32)
    for e, ks in enumerate(members):
        kinds = {mentions[k][2] for k in ks}
        out[e] = (e > 0 and ORG in kinds, e == 0, KIN in kinds)
    return out


DISTANCE_EDGES = (1, 3, 6, 10, 16, 25, 40, 80, 160)
NO_DISTANCE = 11
RELATION_FEATURES = 8


def nearest(mentions: list[Mention], members: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """For every two slots the bucketed gap of their nearest mentions, and which mention of the first that is.

    Both [slots, slots]; the gap is ``NO_DISTANCE`` (and the mention 0) where one of the two is never mentioned.
    """
    n = len(members)
    gap = np.full((n, n), NO_DISTANCE, dtype=np.int64)
    which = np.zeros((n, n), dtype=np.int64)
    order = [sorted(ks, key=lambda k: mentions[k][0]) for ks in members]
    at = [np.array([mentions[k][0] for k in ks], dtype=np.int64) for ks in order]
    for e in range(n):
        for o in range(e):
            if not len(at[e]) or not len(at[o]):
                continue
            k = np.searchsorted(at[o], at[e])
            low, high = at[o][np.maximum(k - 1, 0)], at[o][np.minimum(k, len(at[o]) - 1)]
            d = np.minimum(np.abs(at[e] - low), np.abs(at[e] - high))
            x = int(d.argmin())
            y = int(np.abs(at[o] - at[e][x]).argmin())
            gap[e, o] = gap[o, e] = int(np.searchsorted(DISTANCE_EDGES, d[x], "right"))
            which[e, o], which[o, e] = order[e][x], order[o][y]
    return gap, which


def relation_features(distance: np.ndarray, types: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[pairs, RELATION_FEATURES]: how many words of shared sentences two entities have, their order and types."""
    here = (distance == 0).astype(np.float32)
    together = np.log1p(here @ here.T / 10)
    return np.concatenate([together[a, b][:, None], (a < b)[:, None], types[a], types[b]], 1).astype(np.float32)


OWNER_FEATURES = 6
OWNER_DISTANCES = 18
_OWNER_EDGES = (1, 2, 4, 7, 12, 20, 40, 100)


def owner_features(
    words: Words,
    mentions: list[Mention],
    members: list[list[int]],
    details: list[tuple[int, int, str]],
    types: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """How each detail of the text stands to each entity that might own it, for [details, slots]:

    bucketed signed distance to the nearest mention, which mention that is, whether there is one, and features
    (same sentence, rank among the nearest, others mentioned in between, types).
    """
    d, n = len(details), len(members)
    bucket = np.full((d, n), OWNER_DISTANCES - 1, dtype=np.int64)
    which = np.zeros((d, n), dtype=np.int64)
    has = np.zeros((d, n), dtype=np.float32)
    far = np.full((d, n), 1e6)
    same = np.zeros((d, n), dtype=np.float32)
    between = np.full((d, n), 4.0, dtype=np.float32)
    at_detail = np.array([x[0] for x in details], dtype=np.int64)
    named = np.array(sorted(mentions[k][0] for ks in members[1:] for k in ks), dtype=np.int64)
    for e, ks in enumerate(members):
        if not ks or not d:
            continue
        order = np.array(sorted(ks, key=lambda k: mentions[k][0]))
        at = np.array([mentions[k][0] for k in order], dtype=np.int64)
        k = np.searchsorted(at, at_detail)
        low, high = np.maximum(k - 1, 0), np.minimum(k, len(at) - 1)
        pick = np.where(np.abs(at[low] - at_detail) <= np.abs(at[high] - at_detail), low, high)
        delta = at[pick] - at_detail
        which[:, e], has[:, e], far[:, e] = order[pick], 1, np.abs(delta)
        bucket[:, e] = np.searchsorted(_OWNER_EDGES, np.abs(delta), "right") + 9 * (delta > 0)
        left, right = np.minimum(at[pick], at_detail), np.maximum(at[pick], at_detail)
        between[:, e] = np.clip(np.searchsorted(named, right, "left") - np.searchsorted(named, left, "right"), 0, 3)
        same[:, e] = np.isin(words.sentence[at_detail], words.sentence[at])
    bucket = np.minimum(bucket, OWNER_DISTANCES - 1)
    rank = np.minimum(far.argsort(1, kind="stable").argsort(1), 4)
    f = np.stack([same, rank / 4, between / 4], -1)
    types = np.broadcast_to(types, (d, *types.shape))
    return bucket, which, has, np.concatenate([f, types], -1).astype(np.float32)
