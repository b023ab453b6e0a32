"""Component ``haven_entities``: each entity over its chapter of the text, before anyone is judged.

Roles, relations and attributes are decided over a whole document, since who did it may be said pages away from what
was done. Work and memory grow with entities times words, so a text longer than any that the models learned from is
read in chapters that overlap; what the chapters say of one entity is put together by ``haven_roles``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative.entities import entity_features, entity_types, membership, recency
from extract.narrative.graphs import GraphComponent
from extract.narrative.mentions import NARRATOR, Mention
from extract.narrative.words import Words

Doc.set_extension("chapters", default=None, force=True)

#: Words of a chapter, and of its beginning that the one before has read too.
LENGTH, OVERLAP = 4000, 400


@dataclass
class Chapter:
    """A stretch of words with the entities mentioned in it.

    ``low``: its first word in the document. ``mentions`` count words from there; ``mention_ids`` are their places in
    ``doc._.mentions``. ``entities[s]`` is the cluster in slot s, -1 for slot 0, the narrator. ``members`` are
    indices into ``mentions``.
    """

    low: int
    words: Words
    mentions: list[Mention]
    mention_ids: np.ndarray
    entities: list[int]
    members: list[list[int]]
    since: np.ndarray
    types: np.ndarray
    vectors: np.ndarray = field(repr=False)
    role_scores: np.ndarray = field(repr=False)
    #: filled by haven_relations: heads, tails, nearest mention of each, probabilities [pairs, relations]
    heads: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    tails: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    head_mentions: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    tail_mentions: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    relations: np.ndarray = field(default_factory=lambda: np.zeros((0, 10)))

    def acts(self) -> Iterator[tuple[int, int, int, int, np.ndarray]]:
        """Every scored pair: clusters of head and tail (-1: the narrator), the words of the document where the two
        stand nearest to each other, and the probability of each relation."""
        rows = (self.heads, self.tails, self.head_mentions, self.tail_mentions)
        for head, tail, m, o, p in zip(*(r.tolist() for r in rows), self.relations, strict=True):
            yield (
                self.entities[head], self.entities[tail],
                self.low + self.mentions[m][0], self.low + self.mentions[o][0], p,
            )  # fmt: skip

    @property
    def high(self) -> int:
        return self.low + len(self.words)


@Language.factory(
    "haven_entities",
    default_config={"length": LENGTH, "overlap": OVERLAP},
    assigns=["doc._.chapters"],
    requires=["doc._.mentions", "doc._.clusters", "doc._.vectors"],
)
def make_entities(nlp: Language, name: str, length: int, overlap: int) -> Entities:
    return Entities(length, overlap)


class Entities(GraphComponent):
    """Sets ``doc._.chapters``. Graph ``entities``; ``length`` and ``overlap`` are in words."""

    graph_names = ("entities",)

    def __init__(self, length: int = LENGTH, overlap: int = OVERLAP):
        super().__init__()
        self.length, self.overlap = length, overlap

    def __call__(self, doc: Doc) -> Doc:
        words: Words = doc._.words
        doc._.chapters = []
        if not doc._.mentions:
            return doc
        cluster_of = np.full(len(doc._.mentions), -1)
        for c, ks in enumerate(doc._.clusters):
            cluster_of[ks] = c
        first_word = np.array([m[0] for m in doc._.mentions])
        narrates = np.array([m[2] == NARRATOR for m in doc._.mentions])
        for low, high in chapter_ranges(words, self.length, self.overlap):
            ids = np.flatnonzero((first_word >= low) & (first_word < high))
            if not len(ids):
                continue
            part = words.part(low, high)
            mentions = [(i - low, min(j, high - 1) - low, kind) for i, j, kind in (doc._.mentions[k] for k in ids)]
            entities = [-1, *sorted({int(c) for c in cluster_of[ids] if c >= 0})]
            members = [np.flatnonzero(narrates[ids]).tolist()]
            members += [np.flatnonzero(cluster_of[ids] == c).tolist() for c in entities[1:]]
            since, latest = recency(part, mentions, members)
            vectors, scores = self.graphs["entities"](
                doc._.mention_vectors[ids],
                membership(members, len(mentions)),
                entity_features(part, mentions, members),
                doc._.vectors[low:high], since, latest,
            )  # fmt: skip
            doc._.chapters.append(
                Chapter(
                    low, part, mentions, ids, entities, members, since, entity_types(mentions, members), vectors, scores
                )
            )
        return doc


def chapter_ranges(words: Words, length: int, overlap: int) -> list[tuple[int, int]]:
    """Word ranges of at most ``length`` that begin and end with a sentence where one does."""
    n = len(words)
    out = []
    low = 0
    while True:
        high = min(low + length, n)
        if high < n:
            high = _sentence_start(words, high, low + length // 2)
        out.append((low, high))
        if high >= n:
            return out
        low = max(_sentence_start(words, high - overlap, low + 1), low + 1)


def _sentence_start(words: Words, at: int, least: int) -> int:
    """The first word of the sentence of word ``at``, or ``at`` where that begins before ``least``."""
    start = int(np.searchsorted(words.sentence, words.sentence[at], "left"))
    return start if start >= least else at
