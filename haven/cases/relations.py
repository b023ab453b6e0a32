"""The table of ``relations.yaml``: which relation of a record means which act, means and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Meaning:
    """What one relation states. ``says`` is its word on pages: "recruited"."""

    says: str
    act: str = ""
    means: str = ""
    purpose: str = ""
    structural: bool = False


@cache
def meanings() -> dict[str, Meaning]:
    """Relation name to its meaning."""
    table = yaml.safe_load(Path(__file__).with_name("relations.yaml").read_text(encoding="utf-8"))
    return {name: Meaning(**row) for name, row in table.items()}
