"""Component ``haven_coreference``: which mentions are one person or organisation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative.clusters import clustered, rejoined, settled
from extract.narrative.graphs import GraphComponent
from extract.narrative.mentions import mentions_of, narrator_mentions, pair_features
from extract.narrative.spans import KEY
from extract.narrative.words import Words

Doc.set_extension("mentions", default=None, force=True)
Doc.set_extension("mention_vectors", default=None, force=True)
Doc.set_extension("mention_roles", default=None, force=True)
Doc.set_extension("sentence_vectors", default=None, force=True)
Doc.set_extension("clusters", default=None, force=True)
Doc.set_extension("pairs", default=None, force=True)

_CHUNK = 50_000


@Language.factory(
    "haven_coreference",
    default_config={"threshold": 0.6},
    assigns=["doc._.mentions", "doc._.mention_vectors", "doc._.mention_roles", "doc._.clusters"],
    requires=["doc._.vectors", "doc.spans"],
)
def make_coreference(nlp: Language, name: str, threshold: float) -> Coreference:
    return Coreference(threshold)


class Coreference(GraphComponent):
    """Sets ``doc._.mentions`` (people and organisations, then the narrator's pronouns), their vectors and role
    probabilities, and ``doc._.clusters``: lists of indices into the mentions, in the order of first mention.

    Graphs ``mentions`` and ``pairs``. ``threshold`` is the least nearness at which two groups join.
    """

    graph_names = ("mentions", "pairs")

    def __init__(self, threshold: float = 0.6):
        super().__init__()
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        words: Words = doc._.words
        named = mentions_of(words, [(*word_range(words, s.start_char, s.end_char), s.label_) for s in doc.spans[KEY]])
        mentions = named + narrator_mentions(words)
        doc._.mentions = mentions
        doc._.clusters, doc._.pairs = [], (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        if not mentions:
            return doc
        v = doc._.vectors
        doc._.sentence_vectors = sentence = sentence_means(v, words.sentence)
        around = np.concatenate([np.zeros_like(v[:1]), v, np.zeros_like(v[:1])])
        i = np.array([m[0] for m in mentions])
        j = np.array([m[1] for m in mentions])
        kind = np.array([m[2] for m in mentions], dtype=np.int64)
        vectors, roles, keys = self.graphs["mentions"](
            span_means(v, i, j), around[i], around[j + 2], sentence[words.sentence[i]], kind
        )
        doc._.mention_vectors = vectors
        doc._.mention_roles = softmax(roles)
        if named:
            a, b, f = pair_features(words, named)
            p = np.zeros(len(a))
            for c in range(0, len(a), _CHUNK):
                part = slice(c, c + _CHUNK)
                (logits,) = self.graphs["pairs"](keys[a[part]], keys[b[part]], f[part])
                p[part] = 1 / (1 + np.exp(-logits))
            p = settled(words, named, a, b, p)
            doc._.pairs = (a, b, p)
            doc._.clusters = self.group(words, named, a, b, p)
        return doc

    def group(self, words: Words, mentions: list, a: np.ndarray, b: np.ndarray, p: np.ndarray) -> list[list[int]]:
        return rejoined(words, mentions, clustered(len(mentions), a, b, p, self.threshold), (a, b, p))

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        super().to_disk(path)
        (Path(path) / "thresholds.json").write_text(json.dumps({"threshold": self.threshold}) + "\n")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Coreference:
        super().from_disk(path)
        self.threshold = json.loads((Path(path) / "thresholds.json").read_text())["threshold"]
        return self


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def word_range(words: Words, start: int, end: int) -> tuple[int, int]:
    """First and last word that lie in characters ``start`` to ``end``."""
    return int(np.searchsorted(words.end, start, "right")), int(np.searchsorted(words.start, end, "left")) - 1


def span_means(v: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Mean vector of the words i to j of each span, both included."""
    return np.stack([v[x : y + 1].mean(0) for x, y in zip(i, j, strict=True)])


def sentence_means(v: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """Mean vector of each sentence."""
    starts = np.flatnonzero(np.r_[True, np.diff(sentence) != 0])
    length = np.diff(np.r_[starts, len(v)]).astype(np.float32)
    return np.add.reduceat(v, starts, axis=0) / length[:, None]
