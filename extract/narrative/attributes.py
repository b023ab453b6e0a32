"""Component ``haven_attributes``: whose age, address, telephone, occupation … a detail of the text is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative.coreference import span_means, word_range
from extract.narrative.entities import owner_features
from extract.narrative.graphs import GraphComponent
from extract.narrative.scheme import ATTRIBUTE_LABELS, ATTRIBUTE_OF_LABEL, OCCUPATION
from extract.narrative.spans import KEY

Doc.set_extension("details", default=None, force=True)

_CHUNK = 64


@dataclass(frozen=True)
class Detail:
    """A stretch of words that may say something of someone: ``owners`` maps clusters (-1: the narrator) to the
    probability that it is said of them."""

    i: int
    j: int
    name: str
    owners: dict[int, float]


@Language.factory(
    "haven_attributes",
    default_config={"threshold": 0.5},
    assigns=["doc._.details"],
    requires=["doc._.chapters", "doc._.occupations"],
)
def make_attributes(nlp: Language, name: str, threshold: float) -> Attributes:
    return Attributes(threshold)


class Attributes(GraphComponent):
    """Sets ``doc._.details``. Graph ``attributes``; ``thresholds`` as in ``haven_relations``."""

    graph_names = ("attributes",)

    def __init__(self, threshold: float = 0.5):
        super().__init__()
        self.thresholds: dict[str, float] = dict.fromkeys(ATTRIBUTE_OF_LABEL.values(), threshold)

    def __call__(self, doc: Doc) -> Doc:
        words = doc._.words
        places = [
            (*word_range(words, s.start_char, s.end_char), s.label_)
            for s in doc.spans[KEY]
            if s.label_ in ATTRIBUTE_OF_LABEL
        ]
        places = sorted(places + [(i, j, OCCUPATION) for i, j, _ in doc._.occupations])
        owners: list[dict[int, float]] = [{} for _ in places]
        for c in doc._.chapters:
            inside = [k for k, (i, j, _) in enumerate(places) if c.low <= i and j < c.high]
            for s in range(0, len(inside), _CHUNK):
                part = inside[s : s + _CHUNK]
                for k, row in zip(part, self._scores(doc, c, [places[k] for k in part]), strict=True):
                    for e, p in zip(c.entities, row.tolist(), strict=True):
                        owners[k][e] = max(owners[k].get(e, 0.0), p)
        doc._.details = [
            Detail(i, j, ATTRIBUTE_OF_LABEL[label], o) for (i, j, label), o in zip(places, owners, strict=True)
        ]
        return doc

    def _scores(self, doc: Doc, c, places: list[tuple[int, int, str]]) -> np.ndarray:
        """Probabilities [details, slots of the chapter]."""
        words = doc._.words
        i = np.array([p[0] for p in places])
        j = np.array([p[1] for p in places])
        label = np.array([ATTRIBUTE_LABELS.index(p[2]) for p in places], dtype=np.int64)
        local = [(x - c.low, y - c.low, name) for x, y, name in places]
        distance, near, has, features = owner_features(c.words, c.mentions, c.members, local, c.types)
        (logits,) = self.graphs["attributes"](
            span_means(doc._.vectors, i, j), doc._.sentence_vectors[words.sentence[i]], label,
            c.vectors, c.role_scores, doc._.mention_vectors[c.mention_ids],
            distance, near, has, np.ascontiguousarray(c.since[:, i - c.low].T), features,
        )  # fmt: skip
        return 1 / (1 + np.exp(-logits))

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        super().to_disk(path)
        (Path(path) / "thresholds.json").write_text(json.dumps(self.thresholds, indent=1) + "\n")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Attributes:
        super().from_disk(path)
        self.thresholds = json.loads((Path(path) / "thresholds.json").read_text())
        return self
