"""Whether an accusation is made, denied or only heard of, and the sentences that speak for it.

Plain rules over the sentences that name the accused, kept apart from the models so that an officer can read them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Literal

import numpy as np
from spacy.tokens import Doc

from extract.narrative.scheme import HARMING, RELATIONS, ROLES
from extract.narrative.words import Words

Allegation = Literal["alleged", "denied", "hearsay"]

_HEARSAY = re.compile(
    r"\b(i (?:later |only |also )?(?:heard|was told)(?! by (?:him|her|my))|people (?:said|say|told|were saying)"
    r"|rumou?rs?|it (?:was|is) said|they say|someone (?:said|told)|supposedly|according to (?:gossip|neighbou?rs)"
    r"|the other (?:girls|women|men|workers) (?:said|told)|i do not know if (?:it|this|that) is true"
    r"|everyone (?:said|knew))\b"
)
_DENIED = re.compile(
    r"\b(?:denie[sd]|denying|did nothing (?:wrong|to me|to us)|(?:had|has) nothing to do with"
    r"|(?:do|did|does) not (?:believe|think) (?:that )?(?:he|she|they)|(?:is|was) innocent"
    r"|never (?:hurt|harmed|touched|threatened) (?:me|us)|(?:was|is) not (?:involved|part of)"
    r"|didn't know|did not know (?:what|about|that))\b"
)
_HARM = [RELATIONS.index(r) for r in HARMING]
_TRAFFICKER = ROLES.index("trafficker")
#: Sentences given as reasons, and how likely an act must be to count.
_REASONS, _LIKELY = 3, 0.5


def sentence_bounds(words: Words, number: int) -> tuple[int, int]:
    """Characters of a sentence, from its first to past its last word."""
    i, j = words.sentence.searchsorted([number, number + 1])
    return int(words.start[i]), int(words.end[j - 1])


def reasons(doc: Doc, cluster: int) -> list[tuple[int, int]]:
    """Sentences that speak for the part an entity plays: where its surest acts of harm are told, then those of its
    most telling mentions. At most three, in the order of the text."""
    words: Words = doc._.words
    weight: dict[int, float] = defaultdict(float)
    for c in doc._.chapters:
        if cluster not in c.entities or not len(c.relations):
            continue
        harm = c.relations[:, _HARM].max(1)
        for k in np.flatnonzero((c.heads == c.entities.index(cluster)) & (harm >= _LIKELY)):
            for m in {int(c.head_mentions[k]), int(c.tail_mentions[k])}:
                s = int(words.sentence[c.low + c.mentions[m][0]])
                weight[s] = max(weight[s], float(harm[k]))
    for k in doc._.clusters[cluster]:
        s = int(words.sentence[doc._.mentions[k][0]])
        weight[s] = max(weight[s], 0.9 * float(doc._.mention_roles[k, _TRAFFICKER]))
    best = sorted(sorted(weight, key=lambda s: -weight[s])[:_REASONS])
    return [sentence_bounds(words, s) for s in best]


def status(doc: Doc, cluster: int) -> Allegation:
    """``denied`` or ``hearsay`` where every sentence that names the entity and speaks of its acts is so marked."""
    words: Words = doc._.words
    named = {int(words.sentence[doc._.mentions[k][0]]) for k in doc._.clusters[cluster]}
    told: Counter[str] = Counter()
    for s in named:
        start, end = sentence_bounds(words, s)
        sentence = re.sub(r"\s+", " ", words.text[start:end]).lower()
        told["denied" if _DENIED.search(sentence) else "hearsay" if _HEARSAY.search(sentence) else "alleged"] += 1
    if told["denied"] and told["denied"] >= told["alleged"]:
        return "denied"
    if told["hearsay"] and told["hearsay"] >= told["alleged"]:
        return "hearsay"
    return "alleged"
