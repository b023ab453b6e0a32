"""How far two sets of marks on the same texts agree: spans with equal offsets and label, F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from annotation.documents import Document


@dataclass(frozen=True)
class Agreement:
    """Counts of one label (or of all, ``label`` empty): in both, in the first, in the second."""

    label: str
    both: int
    first: int
    second: int

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.first + self.second) if self.first + self.second else 1.0


def agreement(first: Iterable[Document], second: Iterable[Document]) -> tuple[list[Agreement], int]:
    """One row for each label, most frequent first, then one for all; and the number of documents in both sets.

    Documents pair by id; those in one set only are left out, as are those whose texts differ.
    """
    others = {document["id"]: document for document in second}
    both, ones, twos = Counter[str](), Counter[str](), Counter[str]()
    pairs = 0
    for document in first:
        other = others.get(document["id"])
        if other is None or other["text"] != document["text"]:
            continue
        pairs += 1
        one, two = _spans(document), _spans(other)
        for counts, spans in ((both, one & two), (ones, one), (twos, two)):
            counts.update(label for _, _, label in spans)
    rows = [Agreement(label, both[label], ones[label], twos[label]) for label, _ in (ones + twos).most_common()]
    return [*rows, Agreement("", both.total(), ones.total(), twos.total())], pairs


def _spans(document: Document) -> set[tuple[int, int, str]]:
    return {(span["start"], span["end"], span["label"]) for span in document["spans"]}
