"""A page between its reader and the finished ``ReadPage``: words found, text not yet put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from extract.packet import Word
from extract.record import PageState


@dataclass
class DraftPage:
    """One page with its words in no particular order. Units as in ``ReadPage``.

    ``lines[i]`` is the number of the printed line of ``words[i]``, where the reader knows it (Tesseract does).
    ``text`` is set by readers whose files have their own order (txt, docx); then ``offsets`` belongs to it.
    """

    number: int
    state: PageState
    reason: str = ""
    confidence: float = 1.0
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    skew: float = 0.0
    dpi: float | None = None
    words: list[Word] = field(default_factory=list)
    lines: list[int] | None = None
    text: str | None = None
    offsets: list[tuple[int, int] | None] = field(default_factory=list)
    image: Callable[[], bytes] | None = None


def refused(number: int, reason: str) -> DraftPage:
    """A page that could not be read at all."""
    return DraftPage(number, "refused", reason, confidence=0.0)
