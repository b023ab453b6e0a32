"""Component ``haven_spans``: the labelled stretches of the text, and the words that name an occupation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.narrative.graphs import GraphComponent
from extract.narrative.scheme import TAGS
from extract.narrative.words import Words

#: Key of ``doc.spans`` under which the labelled spans stand.
KEY = "narrative"

Doc.set_extension("vectors", default=None, force=True)
Doc.set_extension("occupations", default=None, force=True)
Span.set_extension("confidence", default=1.0, force=True)
Span.set_extension("entity", default=None, force=True)
Span.set_extension("value", default=None, force=True)

#: Words of one pass, and how many words on either side the shape convolution sees.
_CHUNK, _MARGIN = 8192, 2
_IMPOSSIBLE = -1e9


@Language.factory(
    "haven_spans",
    default_config={"occupation": 0.4},
    assigns=["doc.spans", "doc._.vectors", "doc._.occupations", "span._.confidence"],
    requires=["doc._.encoded"],
)
def make_spans(nlp: Language, name: str, occupation: float) -> Spans:
    return Spans(occupation)


class Spans(GraphComponent):
    """Sets ``doc._.vectors`` [words, 384], ``doc.spans["narrative"]``, and ``doc._.occupations``
    [(first word, last word, confidence)].

    Graph ``words``: encoder vectors and shapes -> word vectors, tag scores, occupation scores.
    ``occupation`` is the least probability at which a word counts as part of an occupation. ``calibration`` turns the
    network's probability p of a span into the share of such spans that are right: (slope, shift) of its log odds for
    each label, "" for all others.
    """

    graph_names = ("words",)

    def __init__(self, occupation: float = 0.4):
        super().__init__()
        self.occupation = occupation
        self.calibration: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}

    def __call__(self, doc: Doc) -> Doc:
        words: Words = doc._.words
        n = len(words)
        if not n:
            doc._.vectors, doc._.occupations = np.zeros((0, 0), dtype=np.float32), []
            doc.spans[KEY] = []
            return doc
        vectors, tags, occupations = [], [], []
        for low in range(0, n, _CHUNK):
            left, right = max(0, low - _MARGIN), min(n, low + _CHUNK + _MARGIN)
            mine = slice(low - left, min(n, low + _CHUNK) - left)
            v, t, o = self.graphs["words"](doc._.encoded[left:right], words.shape[left:right])
            vectors.append(v[mine])
            tags.append(t[mine])
            occupations.append(o[mine])
        doc._.vectors = np.concatenate(vectors)
        doc._.encoded = None  # large, and nobody reads it after this
        scores = log_softmax(np.concatenate(tags))
        found = [x for a, b in blocks(words) for x in decode(scores[a:b], a)]
        at = token_of_word(doc)
        doc.spans[KEY] = [word_span(doc, (at[i], at[j]), label, self.confidence(label, p)) for i, j, label, p in found]
        taken = np.zeros(n, dtype=bool)
        for i, j, *_ in found:
            taken[i : j + 1] = True
        doc._.occupations = self._occupations(words, np.exp(log_softmax(np.concatenate(occupations))), taken)
        return doc

    def confidence(self, label: str, p: float) -> float:
        """How often a span of ``label`` is right to which the network gives the probability ``p``."""
        slope, shift = self.calibration.get(label, self.calibration[""])
        return float(1 / (1 + np.exp(-slope * log_odds(p) - shift)))

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        super().to_disk(path)
        (Path(path) / "calibration.json").write_text(json.dumps(self.calibration, indent=1) + "\n")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Spans:
        super().from_disk(path)
        read = json.loads((Path(path) / "calibration.json").read_text())
        self.calibration = {label: (slope, shift) for label, (slope, shift) in read.items()}
        return self

    def _occupations(self, words: Words, p: np.ndarray, taken: np.ndarray) -> list[tuple[int, int, float]]:
        inside = (1 - p[:, 0] >= self.occupation) & ~taken
        starts = p[:, 1] > p[:, 2]
        out: list[tuple[int, int, float]] = []
        i = 0
        while i < len(inside):
            if not inside[i]:
                i += 1
                continue
            j = i
            while (
                j + 1 < len(inside)
                and inside[j + 1]
                and not starts[j + 1]
                and words.paragraph[j + 1] == words.paragraph[i]
            ):
                j += 1
            out.append((i, j, float(1 - p[i : j + 1, 0].max())))
            i = j + 1
        return out


def log_odds(p: float | np.ndarray) -> np.ndarray:
    """Of at most ten thousand to one."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def token_of_word(doc: Doc) -> list[int]:
    """Index of the spaCy token of each word."""
    return [t.i for t in doc if not t.is_space]


def word_span(doc: Doc, tokens: tuple[int, int], label: str, confidence: float) -> Span:
    """A span from its first to its last token, both included."""
    span = Span(doc, tokens[0], tokens[1] + 1, label=label)
    span._.confidence = round(float(confidence), 4)
    return span


def blocks(words: Words) -> list[tuple[int, int]]:
    """Runs of words between empty lines: no span of the scheme crosses one."""
    edges = np.flatnonzero(np.diff(words.paragraph)) + 1
    return list(zip([0, *edges.tolist()], [*edges.tolist(), len(words)], strict=True))


def _transitions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    begins = np.array([t == "O" or t[0] in "BS" for t in TAGS])
    ends = np.array([t == "O" or t[0] in "ES" for t in TAGS])
    allowed = np.array(
        [[(ends[a] and begins[b]) or (not ends[a] and not begins[b] and x[2:] == y[2:]) for b, y in enumerate(TAGS)]
         for a, x in enumerate(TAGS)]
    )  # fmt: skip
    return np.where(allowed, 0.0, _IMPOSSIBLE), begins, ends


_ALLOWED, _BEGINS, _ENDS = _transitions()


def best_path(scores: np.ndarray) -> list[int]:
    """The likeliest sequence of tags that is one of spans (Viterbi); ``scores`` [n, tags] are log probabilities."""
    n = len(scores)
    free = scores.argmax(1)
    if _BEGINS[free[0]] and _ENDS[free[-1]] and not _ALLOWED[free[:-1], free[1:]].any():
        return free.tolist()  # nearly always the likeliest tag of each word is already such a sequence
    score = np.where(_BEGINS, scores[0], _IMPOSSIBLE)
    back = np.zeros(scores.shape, dtype=np.int16)
    for i in range(1, n):
        reached = score[:, None] + _ALLOWED
        back[i] = reached.argmax(0)
        score = reached[back[i], np.arange(len(TAGS))] + scores[i]
    score = np.where(_ENDS, score, 2 * _IMPOSSIBLE)
    path = [int(score.argmax())]
    for i in range(n - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return path[::-1]


def decode(scores: np.ndarray, offset: int = 0) -> list[tuple[int, int, str, float]]:
    """(first word, last word, label, confidence) of the spans of one block, words counted from ``offset``.

    The confidence is the network's probability of the least certain tag of the span.
    """
    out = []
    path = best_path(scores)
    start = 0
    for i, t in enumerate(path):
        tag = TAGS[t]
        if tag[0] in "BS":
            start = i
        if tag[0] in "ES":
            p = min(scores[k, path[k]] for k in range(start, i + 1))
            out.append((offset + start, offset + i, tag[2:], float(np.exp(p))))
    return out
