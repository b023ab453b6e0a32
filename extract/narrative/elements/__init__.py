"""What a narrative states beside its people and events, by the rules of ``rules.yaml`` and without a model.

    told = told_of(words, spans, entities, relations, sources)

Per accused the elements of trafficking, what became of them, and what speaks against the accusation; for the whole,
how the applicant came in, whom they helped, and whether it speaks of trafficking. One pass of the matcher: about 4
microseconds a word on one core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extract.narrative.elements.cooperation import cooperation_of
from extract.narrative.elements.entry import entry_of
from extract.narrative.elements.findings import Findings
from extract.narrative.elements.outcomes import against_of, outcomes_of
from extract.narrative.elements.trafficking import add_minors, add_related, screen_of, stated_of
from extract.narrative.words import Words
from extract.record import Cooperation, Element, Entity, Entry, Outcome, Range, RelationType, Screen, Source, Span


@dataclass
class Told:
    """Ranges count characters of the text of the words. The first three by entity, accused ones only."""

    elements: dict[str, list[Element]] = field(default_factory=dict)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    against: dict[str, list[Range]] = field(default_factory=dict)
    entry: Entry = field(default_factory=Entry)
    cooperation: list[Cooperation] = field(default_factory=list)
    screen: Screen = field(default_factory=Screen)


def told_of(
    words: Words,
    spans: Sequence[Span],
    entities: Mapping[str, Entity],
    relations: Sequence[tuple[str, RelationType, str, str]],
    sources: Sequence[Source],
) -> Told:
    """What ``words`` state, given the spans, entities and relations that were read in them."""
    findings = Findings.of(words, spans, entities)
    stated = stated_of(findings)
    add_related(findings, stated, relations, sources)
    add_minors(findings, stated)
    exploited = [s for (_, kind, _, _), s in zip(relations, sources, strict=True) if kind == "exploited"]
    return Told(
        elements={key: of.elements() for key, of in stated[0].items()},
        outcomes=outcomes_of(findings),
        against=against_of(findings),
        entry=entry_of(findings),
        cooperation=cooperation_of(findings, relations),
        screen=screen_of(findings, stated, exploited),
    )
