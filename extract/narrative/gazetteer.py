"""Which words are given names, family names or places somewhere in the world.

The encoders are uncased, so "may" and "May", "mercy" and "Mercy" look alike to them; this list and the case of
the words are what tells them apart. It is compiled from open lists by ``models.gazetteer`` (sources and licences:
``models/CARD.md``) and ships as one gzipped text file: a digit of flags and a folded word a line.
"""

from __future__ import annotations

import functools
import gzip
import unicodedata
from pathlib import Path

GIVEN, FAMILY, PLACE = 1, 2, 4


@functools.lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """``word`` without case and accents; where nothing of it is ASCII, only without case."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().casefold() or word.casefold()


class Gazetteer:
    """Flags of a folded word: the sum of ``GIVEN``, ``FAMILY`` and ``PLACE``."""

    def __init__(self, flags: dict[str, int]):
        self._flags = flags

    @classmethod
    def read(cls, path: Path) -> Gazetteer:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return cls({line[1:].rstrip("\n"): int(line[0]) for line in lines})

    def write(self, path: Path) -> None:
        body = "".join(f"{flags}{word}\n" for word, flags in sorted(self._flags.items()))
        # mtime=0: the same lists give the same bytes, and so the same hash in the manifest
        path.write_bytes(gzip.compress(body.encode(), 9, mtime=0))

    def __getitem__(self, word: str) -> int:
        return self._flags.get(word, 0)

    def __len__(self) -> int:
        return len(self._flags)
