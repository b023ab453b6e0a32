"""The annotation scheme (``scheme.yaml``): labels, roles, relations, attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Mark:
    """How doccano shows a label, role or relation: colour and shortcut."""

    name: str
    colour: str
    prefix: str | None
    suffix: str


@dataclass(frozen=True)
class Scheme:
    documents: tuple[str, ...]
    labels: tuple[Mark, ...]
    roles: tuple[Mark, ...]
    relations: tuple[Mark, ...]
    names_entity: dict[str, str]
    """Label → ``required`` or ``optional``: whether such a span must say whom it names."""
    valued: dict[str, str]
    """Label → ``date`` or ``duration``."""
    attribute_of: dict[str, str]
    """Label → the attribute that such a span states of an entity."""
    attributes: tuple[str, ...]

    @property
    def role_order(self) -> list[str]:
        return [role.name for role in self.roles]


_DAY = r"(?:\d{4}(?:-\d{2}(?:-\d{2})?|-(?:SP|SU|FA|WI))?|\d{3}X)"
VALUES = {
    "date": re.compile(rf"{_DAY}(?:/{_DAY})?"),
    "duration": re.compile(r"P(?=.)(?:\d+(?:\.\d+)?[YMWD]){0,4}(?:T\d+H)?"),
}


def _marks(section: dict[str, dict]) -> tuple[Mark, ...]:
    marks = []
    for name, said in section.items():
        *prefix, suffix = str(said["key"]).split()
        marks.append(Mark(name, said["colour"], " ".join(prefix) or None, suffix))
    return tuple(marks)


@cache
def scheme() -> Scheme:
    data = yaml.safe_load(Path(__file__).with_name("scheme.yaml").read_text(encoding="utf-8"))
    labels: dict[str, dict] = data["labels"]
    attribute_of = {name: said["attribute"] for name, said in labels.items() if "attribute" in said}
    return Scheme(
        documents=tuple(data["documents"]),
        labels=_marks(labels),
        roles=_marks(data["roles"]),
        relations=_marks(data["relations"]),
        names_entity={name: said["names"] for name, said in labels.items() if "names" in said},
        valued={name: said["value"] for name, said in labels.items() if "value" in said},
        attribute_of=attribute_of,
        attributes=(*dict.fromkeys(attribute_of.values()), *data["attributes"]),
    )
