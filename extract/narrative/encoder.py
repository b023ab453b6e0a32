"""Component ``haven_encoder``: a vector for every word, from overlapping windows over the whole text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from tokenizers import Tokenizer

from extract.narrative.graphs import GraphComponent
from extract.narrative.windows import OVERLAP, WINDOW, Pieces, windows

Doc.set_extension("encoded", default=None, force=True)


@Language.factory(
    "haven_encoder",
    default_config={"window": WINDOW, "overlap": OVERLAP, "batch": 8},
    assigns=["doc._.encoded"],
)
def make_encoder(nlp: Language, name: str, window: int, overlap: int, batch: int) -> Encoder:
    return Encoder(window, overlap, batch)


class Encoder(GraphComponent):
    """Sets ``doc._.encoded``: the mean vector of each word's pieces, [words, hidden] float32.

    Graph ``encoder``: piece ids and mask, both [windows, pieces] -> [windows, pieces, hidden].
    ``window`` and ``overlap`` are in word pieces, ``batch`` in windows.
    """

    graph_names = ("encoder",)

    def __init__(self, window: int = WINDOW, overlap: int = OVERLAP, batch: int = 8):
        super().__init__()
        self.window, self.overlap, self.batch = window, overlap, batch
        self.tokenizer = ""
        self._pieces: Pieces | None = None

    @property
    def pieces(self) -> Pieces:
        if self._pieces is None:
            self._pieces = Pieces(Tokenizer.from_str(self.tokenizer))
        return self._pieces

    def __call__(self, doc: Doc) -> Doc:
        forms = doc._.words.forms
        ids = [self.pieces.of(w) for w in forms]
        sizes = np.array([len(x) for x in ids], dtype=np.int64)
        cut, owner = windows(sizes, self.window, self.overlap)
        rows, owners = [], []
        p = self.pieces
        for k, (low, high) in enumerate(cut):
            rows.append([p.begin, *(i for w in range(low, high) for i in ids[w]), p.end])
            own = np.where(owner[low:high] == k, np.arange(low, high), -1)
            owners.append(np.concatenate([[-1], np.repeat(own, sizes[low:high]), [-1]]))
        encoded: np.ndarray | None = None
        # windows of one length together: padding is work for nothing
        order = sorted(range(len(rows)), key=lambda r: len(rows[r]))
        for c in range(0, len(order), self.batch):
            part = order[c : c + self.batch]
            longest = max(len(rows[r]) for r in part)
            batch = np.full((len(part), longest), p.padding, dtype=np.int64)
            mask = np.zeros_like(batch)
            for n, r in enumerate(part):
                batch[n, : len(rows[r])], mask[n, : len(rows[r])] = rows[r], 1
            (vectors,) = self.graphs["encoder"](batch, mask)
            if encoded is None:
                encoded = np.zeros((len(forms), vectors.shape[-1]), dtype=np.float32)
            for n, r in enumerate(part):
                at = owners[r]
                mine = np.flatnonzero(at >= 0)
                if len(mine):
                    first = np.flatnonzero(np.r_[True, np.diff(at[mine]) != 0])
                    encoded[at[mine][first]] = np.add.reduceat(vectors[n, mine], first, axis=0)
        if encoded is not None:
            encoded /= sizes[:, None]
        doc._.encoded = encoded
        return doc

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        super().to_disk(path)
        (Path(path) / "tokenizer.json").write_text(self.tokenizer, encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Encoder:
        super().from_disk(path)
        self.tokenizer = (Path(path) / "tokenizer.json").read_text(encoding="utf-8")
        self._pieces = None
        return self
