"""What the matcher found in one text, and who is spoken of there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.narrative.elements.phrases import Found
from extract.narrative.elements.reading import Reading, read
from extract.narrative.elements.rules import Rule, Table, table
from extract.narrative.elements.whom import Whom
from extract.narrative.words import Words
from extract.record import Entity, Span

PROTECTED = ("applicant", "victim", "family")


@dataclass(frozen=True)
class Findings:
    """``found``: every phrase of ``table`` in ``reading``, in the order of the text."""

    table: Table
    reading: Reading
    found: Sequence[Found]
    entities: Mapping[str, Entity]

    @classmethod
    def of(cls, words: Words, spans: Sequence[Span], entities: Mapping[str, Entity]) -> Findings:
        rules = table()
        reading = read(words, spans, rules.phrases.base_of)
        return cls(rules, reading, rules.phrases(reading), entities)

    @cached_property
    def accused(self) -> list[str]:
        """Those who stand accused, or of whom a person is asked."""
        accuses = ("trafficker", "associate")
        return [k for k, e in self.entities.items() if e.role in accuses or "trafficker" in e.doubt]

    @cached_property
    def protected(self) -> frozenset[str]:
        return frozenset(k for k, e in self.entities.items() if e.role in PROTECTED)

    @cached_property
    def whom(self) -> Whom:
        return Whom(self.reading, self.accused, [k for k in self.accused if self.entities[k].role == "trafficker"])

    def section(self, name: str) -> Iterator[tuple[Rule, Found]]:
        """The phrases of one section of the table that the words before them do not deny."""
        for f in self.found:
            rule = self.table.rules[f.rule]
            if rule.section == name and (rule.negative or not self.whom.negated(f.start)):
                yield rule, f
