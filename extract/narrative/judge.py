"""Whether someone is recorded as alleged trafficker: a small, readable rule over everything the network found.

The network's own role scores accuse too easily. The judge weighs them against what the entity is said to do and to
suffer, how sure its mentions are one person, and whether it is kin, with one weight for each number of
:data:`EVIDENCE`. It is fitted by ``models.calibrate``, which also sets the thresholds, and is saved as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np
from spacy.tokens import Doc

from extract.narrative.clusters import between
from extract.narrative.mentions import KIN, ORG, PERSON, name_of
from extract.narrative.scheme import HARMING, PROTECTED_ROLES, RELATIONS, ROLES

_TRAFFICKER, _ASSOCIATE, _OFFICIAL, _OTHER = (
    ROLES.index(r) for r in ("trafficker", "associate", "official", "other")
)  # fmt: skip
_PROTECTED = [ROLES.index(r) for r in PROTECTED_ROLES]
_HARM = [RELATIONS.index(r) for r in HARMING]
_FAMILY, _AFFILIATED = RELATIONS.index("family_of"), RELATIONS.index("affiliated_with")

#: What each number of a row of evidence says.
EVIDENCE = (
    "role: trafficker", "role: associate", "role: protected", "role: official", "role: other",
    "mentions: trafficker, mean", "mentions: protected, mean",
    "mentions: trafficker, highest", "mentions: protected, highest",
    "does harm, surest", "does harm, sum", "does harm to the narrator, surest", "kinds of harm done",
    "suffers harm, surest", "suffers harm, sum", "kin of a protected person", "works with an accused one",
    "is called by a kinship word", "is the narrator's kin", "is an organisation",
    "number of mentions", "only one mention", "told in the first person",
    "mentions belong together, least", "resembles another entity", "shares a name with a protected person",
)  # fmt: skip
#: Classes of the judge.
VERDICTS = ("harmless", "trafficker", "associate")


@dataclass
class Judge:
    """``weights`` [verdicts][evidence]. ``sure``: least probability of trafficker that accuses; ``sure_careful``: the
    same for those whom :func:`careful` names, with ``maybe_protected``; ``same``: least nearness at which two accused
    are one; ``doubt``: least probability that asks a person; ``associate``: least probability of associate that says
    so; ``protect``: a mention this likely to be of a protected person is never linked to an accused one."""

    mean: list[float] = field(default_factory=lambda: [0.0] * len(EVIDENCE))
    scale: list[float] = field(default_factory=lambda: [1.0] * len(EVIDENCE))
    weights: list[list[float]] = field(default_factory=lambda: [[0.0] * len(EVIDENCE) for _ in VERDICTS])
    bias: list[float] = field(default_factory=lambda: [0.0, -1.0, -1.0])
    sure: float = 0.9
    sure_careful: float = 0.97
    maybe_protected: float = 0.05
    same: float = 2.0
    doubt: float = 0.3
    associate: float = 0.9
    protect: float = 0.5

    def __call__(self, evidence: np.ndarray) -> np.ndarray:
        """Probabilities [entities, verdicts] of rows of evidence."""
        z = (evidence - np.array(self.mean)) / np.array(self.scale)
        logits = z @ np.array(self.weights).T + np.array(self.bias)
        p = np.exp(logits - logits.max(-1, keepdims=True))
        return p / p.sum(-1, keepdims=True)

    def to_json(self) -> dict:
        return {"evidence": list(EVIDENCE), "verdicts": list(VERDICTS), **asdict(self)}

    @classmethod
    def from_json(cls, data: dict) -> Judge:
        return cls(**{k: v for k, v in data.items() if k not in ("evidence", "verdicts")})


def relation_table(doc: Doc) -> dict[tuple[int, int], np.ndarray]:
    """Highest probability of each relation over all chapters, by (head, tail) clusters; -1 is the narrator."""
    table: dict[tuple[int, int], np.ndarray] = {}
    for chapter in doc._.chapters:
        for head, tail, _, _, p in chapter.acts():
            table[head, tail] = np.maximum(table[head, tail], p) if (head, tail) in table else p
    return table


def role_table(doc: Doc) -> np.ndarray:
    """Role probabilities [clusters, roles], over chapters weighted by how often each names the entity."""
    total = np.zeros((len(doc._.clusters), len(ROLES)))
    for c in doc._.chapters:
        e = np.exp(c.role_scores - c.role_scores.max(-1, keepdims=True))
        p = e / e.sum(-1, keepdims=True)
        for s, cluster in enumerate(c.entities):
            if cluster >= 0:
                total[cluster] += p[s] * len(c.members[s])
    return total / np.maximum(total.sum(-1, keepdims=True), 1e-9)


def evidence(doc: Doc, roles: np.ndarray, table: dict[tuple[int, int], np.ndarray]) -> np.ndarray:
    """[clusters, len(EVIDENCE)]."""
    clusters, mentions, words = doc._.clusters, doc._.mentions, doc._.words
    n = len(clusters)
    out = np.zeros((n, len(EVIDENCE)))
    if not n:
        return out
    does, suffers, to_narrator = np.zeros((n, len(_HARM))), np.zeros((n, len(_HARM))), np.zeros(n)
    does_sum, suffers_sum, kin, works = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    protected = roles[:, _PROTECTED].sum(1)
    for (head, tail), p in table.items():
        harm = p[_HARM]
        if head >= 0:
            does[head] = np.maximum(does[head], harm)
            does_sum[head] += harm.max()
            safe = 1.0 if tail < 0 else protected[tail]
            kin[head] = max(kin[head], p[_FAMILY] * safe)
            if tail < 0:
                to_narrator[head] = harm.max()
        if tail >= 0:
            suffers[tail] = np.maximum(suffers[tail], harm)
            suffers_sum[tail] += harm.max()
            kin[tail] = max(kin[tail], p[_FAMILY] * (1.0 if head < 0 else protected[head]))
        if head >= 0 and tail >= 0:
            works[head] = max(works[head], p[_AFFILIATED] * roles[tail, _TRAFFICKER])
            works[tail] = max(works[tail], p[_AFFILIATED] * roles[head, _TRAFFICKER])
    inner, twin = _togetherness(doc)
    namesake = _namesakes(doc, protected)
    told = len(words.narrator) / max(len(words), 1) * 20
    for e, ks in enumerate(clusters):
        m = doc._.mention_roles[ks]
        safe = m[:, _PROTECTED].sum(1)
        kinds = {mentions[k][2] for k in ks}
        own = any(mentions[k][2] == KIN and name_of(words, mentions[k])[:1] == ("my",) for k in ks)
        out[e] = (
            *_odds(roles[e, [_TRAFFICKER, _ASSOCIATE]]), _odds(protected[e]), *_odds(roles[e, [_OFFICIAL, _OTHER]]),
            _odds(m[:, _TRAFFICKER].mean()), _odds(safe.mean()), _odds(m[:, _TRAFFICKER].max()), _odds(safe.max()),
            _odds(does[e].max()), np.log1p(does_sum[e]), _odds(to_narrator[e]), (does[e] > 0.5).sum(),
            _odds(suffers[e].max()), np.log1p(suffers_sum[e]), _odds(kin[e]), _odds(works[e]),
            KIN in kinds, own, ORG in kinds, np.log(len(ks)), len(ks) == 1, told, inner[e], twin[e], namesake[e],
        )  # fmt: skip
    return out


_KINSHIP, _KIN, _APART, _NAMESAKE = (
    EVIDENCE.index(e)
    for e in (
        "is called by a kinship word", "kin of a protected person", "mentions belong together, least",
        "shares a name with a protected person",
    )
)  # fmt: skip
#: Role probabilities from which the network itself hesitates.
MAYBE_PROTECTED, _MAYBE_ASSOCIATE = 0.05, 0.15


def careful(roles: np.ndarray, rows: np.ndarray, maybe_protected: float) -> np.ndarray:
    """[clusters] of bool: who is accused on stronger evidence only, because a mistake would be the worst one.

    Kin of a protected person, bearers of a protected person's name, groups of mentions that hang together loosely,
    and those of whom the network itself thinks that they may be protected (``maybe_protected`` or more), or have only
    taken a part.
    """
    out = (rows[:, _KINSHIP] > 0) | (rows[:, _KIN] > 0) | (rows[:, _NAMESAKE] > 0) | (rows[:, _APART] < 0.5)
    return out | (roles[:, _PROTECTED].sum(1) >= maybe_protected) | (roles[:, _ASSOCIATE] >= _MAYBE_ASSOCIATE)


def _namesakes(doc: Doc, protected: np.ndarray) -> np.ndarray:
    """1 for each cluster with a word of its name in the name of another cluster that is likely protected."""
    words = [
        {w for k in ks if doc._.mentions[k][2] == PERSON for w in name_of(doc._.words, doc._.mentions[k]) if len(w) > 2}
        for ks in doc._.clusters
    ]
    out = np.zeros(len(words))
    for e, mine in enumerate(words):
        out[e] = any(o != e and protected[o] > 0.5 and mine & theirs for o, theirs in enumerate(words))
    return out


def _odds(p):
    """Log odds, of at most a thousand to one."""
    return np.log((p + 1e-3) / (1 - p + 1e-3))


def copies(doc: Doc, clusters: list[int], least: float) -> dict[int, int]:
    """Of ``clusters`` those that are second copies of an earlier one, and of which.

    That two accused names are one is believed sooner than of other names: to accuse somebody twice is a mistake too.
    """
    nearness = between(doc._.clusters, doc._.pairs)
    out: dict[int, int] = {}
    for k, c in enumerate(clusters):
        near = [(nearness.get((o, c), 0.0), o) for o in clusters[:k] if o not in out]
        best = max(near, default=(0.0, -1))
        if best[0] >= least:
            out[c] = best[1]
    return out


def _togetherness(doc: Doc) -> tuple[np.ndarray, np.ndarray]:
    """For each cluster: the score of its least connected mention with the rest, and of its best pair with another."""
    a, b, p = doc._.pairs
    n = len(doc._.clusters)
    inner, twin = np.ones(n), np.zeros(n)
    of: dict[int, int] = {k: c for c, ks in enumerate(doc._.clusters) for k in ks}
    best: dict[int, float] = {}
    for x, y, s in zip(a.tolist(), b.tolist(), p.tolist(), strict=True):
        if of[x] == of[y]:
            best[x], best[y] = max(best.get(x, 0.0), s), max(best.get(y, 0.0), s)
        else:
            twin[of[x]], twin[of[y]] = max(twin[of[x]], s), max(twin[of[y]], s)
    for k, s in best.items():
        inner[of[k]] = min(inner[of[k]], s)
    return inner, twin
