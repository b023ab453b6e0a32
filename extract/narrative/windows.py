"""Word pieces, and the overlapping windows in which the encoder reads a text of any length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

#: Pieces of a window without its two marks of begin and end, and how many of them the next one reads again.
WINDOW, OVERLAP = 254, 64
#: A word is read by at most so many pieces: a kilobyte of one letter is no name.
PIECES_PER_WORD = 12
_LETTERS_PER_WORD = 60


class Pieces:
    """Word pieces of single words, cached. Special tokens are found by either of the encoders' spellings."""

    def __init__(self, tokenizer: Tokenizer):
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        ids = tokenizer.get_vocab()
        # MPNet's vocabulary holds BERT's marks too, but was not trained with them: its own come first
        self.begin, self.end, self.padding, self.mask = (
            ids[own] if own in ids else ids[bert]
            for own, bert in (("<s>", "[CLS]"), ("</s>", "[SEP]"), ("<pad>", "[PAD]"), ("<mask>", "[MASK]"))
        )
        self.unknown = ids["[UNK]"] if "[UNK]" in ids else ids["<unk>"]
        self._seen: dict[str, list[int]] = {}

    @classmethod
    def read(cls, path: Path) -> Pieces:
        return cls(Tokenizer.from_file(str(path)))

    def of(self, word: str) -> list[int]:
        ids = self._seen.get(word)
        if ids is None:
            encoded = self._tokenizer.encode(word[:_LETTERS_PER_WORD], add_special_tokens=False)
            ids = encoded.ids[:PIECES_PER_WORD] or [self.unknown]
            if len(self._seen) < 100_000:  # bounded: a service reads many texts in one process
                self._seen[word] = ids
        return ids


def windows(
    sizes: np.ndarray, window: int = WINDOW, overlap: int = OVERLAP, first: int | None = None
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Cut words of ``sizes`` pieces into windows [(first word, past the last)], starting on whole words.

    Returned with them is, for each word, the window in which it lies furthest from an edge: only from there are its
    vectors taken. The windows of a text are about as long as each other. ``first`` shortens the first window, so that
    training sees borders at other places each time.
    """
    n = len(sizes)
    at = np.concatenate([[0], np.cumsum(sizes)])
    out: list[tuple[int, int]] = []
    if first is None and overlap < window < at[-1]:
        count = -(-(int(at[-1]) - overlap) // (window - overlap))
        window = min(window, -(-(int(at[-1]) + (count - 1) * overlap) // count) + PIECES_PER_WORD // 2)
    low, room = 0, first or window
    while low < n:
        high = int(np.searchsorted(at, at[low] + room, "right")) - 1
        high = min(max(high, low + 1), n)
        out.append((low, high))
        if high >= n:
            break
        low = max(int(np.searchsorted(at, at[high] - overlap, "left")), low + 1)
        room = window
    owner = np.zeros(n, dtype=np.int64)
    best = np.full(n, -1.0)
    for k, (low, high) in enumerate(out):
        words = np.arange(low, high)
        left = at[words] - at[low] if low else np.full(len(words), np.inf)
        right = at[high] - at[words + 1] if high < n else np.full(len(words), np.inf)
        depth = np.minimum(left, right)
        better = depth > best[words]
        owner[words[better]], best[words[better]] = k, depth[better]
    return out, owner
