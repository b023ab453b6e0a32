"""Component ``haven_relations``: how likely it is that one entity did something to another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative.chapters import Chapter
from extract.narrative.entities import nearest, relation_features
from extract.narrative.graphs import GraphComponent
from extract.narrative.scheme import RELATIONS

#: Scores (attention heads x words x pairs) of one pass of the graph: bounds its memory to some 64 MB.
_PASS = 4_000_000
#: Pairs of a chapter that are kept: all of them for up to 45 entities, beyond that those nearest to each other.
MOST_PAIRS = 2000


@Language.factory(
    "haven_relations", default_config={"threshold": 0.5}, assigns=["doc._.chapters"], requires=["doc._.chapters"]
)
def make_relations(nlp: Language, name: str, threshold: float) -> Relations:
    return Relations(threshold)


class Relations(GraphComponent):
    """Fills the relations of every chapter. Graph ``relations``.

    ``thresholds``: the least probability at which each type is recorded (read by ``result``).
    """

    graph_names = ("relations",)

    def __init__(self, threshold: float = 0.5):
        super().__init__()
        self.thresholds: dict[str, float] = dict.fromkeys(RELATIONS, threshold)

    def __call__(self, doc: Doc) -> Doc:
        for chapter in doc._.chapters:
            self.score(doc, chapter)
        return doc

    def score(self, doc: Doc, c: Chapter) -> None:
        gap, which = nearest(c.mentions, c.members)
        e = len(c.members)
        a, b = (g.ravel() for g in np.indices((e, e)))
        features = relation_features(c.since, c.types, a, b).reshape(e, e, -1)
        v = doc._.vectors[c.low : c.high]
        m = doc._.mention_vectors[c.mention_ids]
        step = max(1, _PASS // (4 * e * len(c.words)))
        found = []
        for k in range(0, e, step):
            s = slice(k, k + step)
            (logits,) = self.graphs["relations"](
                c.vectors, c.role_scores, m, v, c.since, np.arange(e)[s], which[s], which.T[s], gap[s], features[s]
            )
            found.append(1 / (1 + np.exp(-logits)))
        pairs = np.flatnonzero(a != b)
        if len(pairs) > MOST_PAIRS:
            pairs = np.sort(pairs[np.argsort(gap.ravel()[pairs], kind="stable")[:MOST_PAIRS]])
        c.heads, c.tails = a[pairs], b[pairs]
        c.head_mentions, c.tail_mentions = which.ravel()[pairs], which.T.ravel()[pairs]
        c.relations = np.concatenate(found).reshape(e * e, -1)[pairs]

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        super().to_disk(path)
        (Path(path) / "thresholds.json").write_text(json.dumps(self.thresholds, indent=1) + "\n")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Relations:
        super().from_disk(path)
        self.thresholds = json.loads((Path(path) / "thresholds.json").read_text())
        return self
