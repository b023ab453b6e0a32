"""The six forms as data: one YAML file per form and edition in ``editions/``, written by ``define.py``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from extract.record import Box

EDITIONS = Path(__file__).parent / "editions"
FORMS = ("i-914", "i-914a", "i-914b", "i-918", "i-918a", "i-918b")
SUPPLEMENTS_B = ("i-914b", "i-918b")

ENOUGH = 1_500
"""Field names that decide which form it is: four times the largest of them."""

PRINTED = {
    "i-914": "Form I-914",
    "i-914a": "Form I-914 Supplement A",
    "i-914b": "Form I-914 Supplement B",
    "i-918": "Form I-918",
    "i-918a": "Form I-918 Supplement A",
    "i-918b": "Form I-918 Supplement B",
}
"""As the foot of each page prints it; used in sentences for people."""


@dataclass(frozen=True)
class FieldDefinition:
    """One field of one edition. ``name`` is ``whom or what: what is asked``; ``page`` counts from 1; ``box`` in points
    of the upright page, top-left origin."""

    acroform: str
    item: str
    name: str
    kind: str
    category: str
    page: int
    box: Box | None = None
    option: str | None = None
    """What ticking the box answers, in words; None for fields that are no boxes."""
    export: str = ""
    """The box's export value. It does not name the answer: in I-918B Part 3 values repeat."""
    many: bool = False
    """Several boxes of the item may be ticked."""
    copy_of: str | None = None
    """A field that shows or covers another one's value: read only where it says something else."""
    data: str | None = None
    """Its node in the XFA datasets, ``form1[0].Row1[1].Name[0]``; None where the edition binds none."""
    max_length: int | None = None
    multiline: bool = False


@dataclass(frozen=True)
class FormDefinition:
    """One edition of one form."""

    form: str
    edition: str
    title: str
    pages: int
    fields: tuple[FieldDefinition, ...]
    derived: bool = False
    """Names taken from public lists, not from the form itself: a person checks the items."""

    @cached_property
    def by_name(self) -> Mapping[str, FieldDefinition]:
        return {f.acroform: f for f in self.fields}

    @cached_property
    def by_short_name(self) -> Mapping[str, FieldDefinition]:
        """Names without page containers, and last parts where they are unique in the form."""
        leaves = Counter(leaf(f.acroform) for f in self.fields)
        short = {leaf(f.acroform): f for f in self.fields if leaves[leaf(f.acroform)] == 1}
        return short | {without_pages(f.acroform): f for f in self.fields}

    def field(self, name: str) -> FieldDefinition | None:
        """The field of this full name; else the one of this name on another page or in another container."""
        return (
            self.by_name.get(name) or self.by_short_name.get(without_pages(name)) or self.by_short_name.get(leaf(name))
        )


def parts(name: str) -> list[str]:
    """A full AcroForm name at its dots; escaped dots belong to the part (``U\\.S\\.SocialSecurityNumber[0]``)."""
    return re.split(r"(?<!\\)\.", name)


def leaf(name: str) -> str:
    return parts(name)[-1]


def without_pages(name: str) -> str:
    """Without the root and the unnamed containers, whose numbers change from edition to edition."""
    return ".".join(p for p in parts(name)[1:] if not p.startswith("#")) or name


@lru_cache(maxsize=1)
def definitions() -> tuple[FormDefinition, ...]:
    """Every edition known, newest first. Reads the YAML files once a process."""
    raw = [yaml.load(p.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for p in sorted(EDITIONS.glob("*.yaml"))]
    full = {(r["form"], r["edition"]): _definition(r) for r in raw if "like" not in r}
    derived = [_derived(r, full[r["form"], r["like"]]) for r in raw if "like" in r]
    return tuple(sorted((*full.values(), *derived), key=lambda d: (d.form, _age(d.edition))))


def _definition(raw: Mapping[str, Any]) -> FormDefinition:
    fields = tuple(
        FieldDefinition(**{**row, "box": tuple(row["box"]) if row.get("box") else None}) for row in raw["fields"]
    )
    return FormDefinition(raw["form"], raw["edition"], raw["title"], raw["pages"], fields)


def _derived(raw: Mapping[str, Any], base: FormDefinition) -> FormDefinition:
    """An edition of which only the names are known: the base's fields under their new names, places unknown."""
    new = {old: name for name, old in raw["renamed"].items()}
    fields = tuple(
        replace(f, acroform=f"form1[0].{new.get(leaf(f.acroform), leaf(f.acroform))}", box=None, copy_of=None)
        for f in base.fields
    )
    copies = {f.acroform: b.copy_of for f, b in zip(fields, base.fields, strict=True)}
    fields = tuple(
        replace(f, copy_of=f"form1[0].{leaf(copies[f.acroform] or '')}") if copies[f.acroform] else f for f in fields
    )
    return FormDefinition(raw["form"], raw["edition"], base.title, raw["pages"], fields, derived=True)


def _age(edition: str) -> int:
    month, day, year = (int(x) for x in edition.split("/"))
    return -(year * 10_000 + month * 100 + day)


def definition(form: str, edition: str | None = None) -> FormDefinition | None:
    """The definition of exactly this edition."""
    return next((d for d in definitions() if d.form == form and d.edition == edition), None)


def share(of: FormDefinition, names: Iterable[str]) -> float:
    """The part of the names that the edition knows, 0..1."""
    names = list(names)
    return sum(of.field(n) is not None for n in names) / len(names) if names else 0.0


def nearest(names: Iterable[str], form: str | None = None, edition: str | None = None) -> FormDefinition | None:
    """The edition that knows most of these names: the printed form and edition if it knows half of them, else the
    best of all. None where no edition knows a third: that is another form."""
    names = list(names)[:ENOUGH]
    own = definition(form, edition) if form else None
    if own and share(own, names) >= 0.5:
        return own
    ranked = sorted(definitions(), key=lambda d: (d.form == form, share(d, names)), reverse=True)
    best_of_form = ranked[0]
    if form and best_of_form.form == form and share(best_of_form, names) >= 1 / 3:
        return best_of_form
    best = max(definitions(), key=lambda d: (share(d, names), _exact(d, names)))
    return best if share(best, names) >= 1 / 3 else None


def _exact(of: FormDefinition, names: list[str]) -> int:
    return sum(n in of.by_name for n in names)
