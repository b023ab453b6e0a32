"""The account of pages, as the pages show it: every page in exactly one state, and a sum that is right in sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haven.review import words


@dataclass(frozen=True)
class Line:
    state: str
    count: int
    words: str


@dataclass(frozen=True)
class Account:
    """The account of pages: every page in exactly one state (contract 2)."""

    lines: tuple[Line, ...]
    pages: int
    packets: int = 1
    when: dt.datetime | None = None

    @property
    def adds_up(self) -> bool:
        return sum(line.count for line in self.lines) == self.pages

    @property
    def sum(self) -> str:
        counts = [str(line.count) for line in self.lines if line.count] or ["0"]
        return f"{' + '.join(counts)} = {self.pages}."

    @property
    def pages_in_words(self) -> str:
        return words.counted(self.pages, "page")

    @property
    def packets_in_words(self) -> str:
        return words.counted(self.packets, "packet")


def account_of(counted: Mapping[str, int], pages: int, **more: Any) -> Account:
    """``pages`` is counted apart from the states, so that a page without a known state shows as a sum that is wrong."""
    lines = tuple(Line(state, counted[state], text) for state, text in words.PAGE_ACCOUNT.items() if counted.get(state))
    return Account(lines, pages, **more)


@dataclass(frozen=True)
class Segment:
    """One coloured part of a page bar; ``x`` and ``width`` in percent."""

    state: str
    x: float
    width: float


def bar_of(account: Account) -> tuple[Segment, ...]:
    parts, x = [], 0.0
    for line in account.lines:
        width = 100 * line.count / max(account.pages, 1)
        parts.append(Segment(line.state, round(x, 2), round(width, 2)))
        x += width
    return tuple(parts)
