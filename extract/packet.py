"""A packet: its files, the pages read from them, and the types that the stages hand on.

file -> ``extract.read`` -> ``ReadFile`` of ``ReadPage`` of ``Word`` -> ``extract.documents`` ->
``extract.forms``, ``extract.narrative`` -> ``Record``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from extract.record import Box, PageState


@dataclass(frozen=True, slots=True)
class Word:
    """One printed word. ``box`` in points of the upright page, None where there are no places (txt, docx)."""

    text: str
    box: Box | None
    confidence: float = 1.0


@dataclass(frozen=True)
class ReadPage:
    """One page as it was read.

    ``text`` is its paragraphs ("\\n\\n" between them); ``offsets[i]`` is the place of ``words[i]`` in it as
    (start, end), or None for words set aside (running heads, page numbers).
    """

    file: str
    number: int
    state: PageState
    reason: str = ""
    confidence: float = 1.0
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    words: tuple[Word, ...] = ()
    text: str = ""
    offsets: tuple[tuple[int, int] | None, ...] = ()
    image: Callable[[], bytes] | None = field(default=None, compare=False, repr=False)
    """Draws the upright page as PNG, about 100 dpi, for the review pages; None: nothing to draw."""


@dataclass(frozen=True)
class ReadFile:
    """A file and all its pages. A refused file has one refused page unless its page count is known."""

    path: Path
    sha256: str
    name: str
    size: int
    media_type: str
    pages: tuple[ReadPage, ...]
    refused: str | None = None
    acroform: bool = False
    """True for a PDF with form fields: ``extract.forms`` may read values from it."""


@dataclass(frozen=True)
class Packet:
    """What arrives together: one file or one folder. ``id`` is the stem, made unique within a run."""

    id: str
    paths: tuple[Path, ...]
