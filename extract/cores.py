"""How many cores this process may use: all that the system lends it, or its share where several read side by side."""

from __future__ import annotations

import os

given = 0
"""The share of this process, 0 for all cores. Set before anything is read (``extract.batch``)."""


def usable() -> int:
    """Cores that this process may use, at least one."""
    return given or len(os.sched_getaffinity(0))
