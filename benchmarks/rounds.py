"""Times contenders in alternating rounds, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Contender:
    """``run`` does the work once; ``amount`` is how many units (pages, words) that is. Where its start does not count,
    ``run`` returns the seconds itself."""

    name: str
    run: Callable[[], object]
    amount: int


def compare(title: str, unit: str, contenders: list[Contender], rounds: int) -> dict[str, float]:
    """Print and return the median units per second of each; the first contender is the yardstick of the ratio."""
    seconds: dict[str, list[float]] = {c.name: [] for c in contenders}
    for _ in range(rounds):
        for c in contenders:
            start = time.perf_counter()
            own = c.run()
            seconds[c.name].append(own if isinstance(own, float) else time.perf_counter() - start)
    rate = {c.name: c.amount / statistics.median(seconds[c.name]) for c in contenders}
    table = Table(title=f"{title}, median of {rounds} alternating rounds")
    for column in ("", f"{unit}/s", "ratio", "spread"):
        table.add_column(column, justify="right" if column else "left")
    first = contenders[0].name
    for c in contenders:
        spread = max(seconds[c.name]) / min(seconds[c.name])
        table.add_row(c.name, f"{rate[c.name]:,.1f}", f"{rate[c.name] / rate[first]:.2f}", f"{spread:.2f}×")
    Console(width=100).print(table)
    return rate
