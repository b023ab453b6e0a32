"""The words that a question to the gate may hold (``table.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Vocabulary:
    """Sets for looking up, tuples where the order means something."""

    version: str
    categories: dict[str, str]
    case_data: frozenset[str]
    required: tuple[str, ...]
    required_for_case_data: tuple[str, ...]
    values: dict[str, frozenset[str]]
    """Allowed values of component, employee_type, role, purpose, form, protection."""
    three_departments: frozenset[str]
    facts: frozenset[str]
    measures: frozenset[str]
    location_level: frozenset[str]
    restricting: frozenset[str]
    scopes: tuple[str, ...]
    approvals: tuple[str, ...]
    order: tuple[str, ...]
    rows: tuple[str, ...]
    lanes: frozenset[str]
    offices: frozenset[str]

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Every name that may stand at the top of a question."""
        return frozenset(
            (
                *self.required,
                *self.required_for_case_data,
                "id",
                "facts",
                "scopes",
                "approvals",
                *self.facts,
                *self.scopes,
            )
        )


def load(text: str) -> Vocabulary:
    """Raises ``KeyError``, ``TypeError`` or ``yaml.YAMLError`` if the table is not in its form."""
    table = yaml.safe_load(text)
    words = {name: frozenset(map(str, table[name])) for name in ("component", "employee_type", "role", "purpose")}
    return Vocabulary(
        version=table["version"],
        categories=table["categories"],
        case_data=frozenset(table["case_data"]),
        required=tuple(table["required"]),
        required_for_case_data=tuple(table["required_for_case_data"]),
        values={**words, "form": frozenset(table["form"]), "protection": frozenset(table["protection"])},
        three_departments=frozenset(table["three_departments"]),
        facts=frozenset(table["facts"]),
        measures=frozenset(table["measures"]),
        location_level=frozenset(table["location_level"]),
        restricting=frozenset(table["restricting"]),
        scopes=tuple(table["scopes"]),
        approvals=tuple(table["approvals"]),
        order=tuple(table["order"]),
        rows=tuple(table["rows"]),
        lanes=frozenset(table["lanes"]),
        offices=frozenset(table["offices"]),
    )
