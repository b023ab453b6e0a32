"""Tesseract's table of words (its TSV output), the same from either way of calling it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word as Tesseract read it: pixel box ``(x0, top, x1, bottom)``, confidence 0..100, number of its line."""

    text: str
    box: tuple[int, int, int, int]
    confidence: float
    line: int


WORD_LEVEL = "5"


def words_of(tsv: str) -> list[OcrWord]:
    """The words of a TSV table, with or without its heading; lines numbered from 0 in Tesseract's order."""
    found: list[OcrWord] = []
    line_numbers: dict[tuple[str, ...], int] = {}
    for row in tsv.split("\n"):
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != WORD_LEVEL or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        line = line_numbers.setdefault(tuple(cells[2:5]), len(line_numbers))
        box = (left, top, left + width, top + height)
        found.append(OcrWord(cells[11].strip(), box, float(cells[10]), line))
    return found
