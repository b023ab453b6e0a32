"""The public face of the pipeline: load its weights, read a text."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language

from extract import weights

# importing a component registers it with spaCy
from extract.narrative import chapters, coreference, encoder, roles, spans, tokenizer, values  # noqa: F401
from extract.narrative.attributes import Attributes
from extract.narrative.relations import Relations
from extract.narrative.result import NarrativeResult, result_of
from extract.record import Model, Source

#: Halves of surrogate pairs are no characters: no tokenizer takes them. Each becomes one replacement character.
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Between the parts of a text that are read together stands an empty line: no span crosses it.
_JOINT = "\n\n"


Component = TypeVar("Component")


def component(nlp: Language, kind: type[Component]) -> Component:
    """The component of ``nlp`` that is a ``kind``."""
    return next(c for _, c in nlp.pipeline if isinstance(c, kind))


class Narrative:
    """A loaded pipeline. ``nlp`` is an ordinary spaCy ``Language``."""

    def __init__(self, nlp: Language, model: Model | None = None):
        self.nlp, self.model = nlp, model
        self.nlp.max_length = 1 << 40  # windows and chapters bound the memory, not the length

    def read(
        self, text: str, ranges: list[tuple[int, int]] | None = None, reference_date: str | None = None
    ) -> NarrativeResult:
        """The people, events and values of ``text``.

        ``ranges``: the stretches to read, as characters; all of it by default. Entities are the same people in all
        of them. ``reference_date``: the day the document was made (ISO 8601), from which relative dates count.
        All offsets of the result count characters of ``text``.
        """
        parts = sorted({(max(0, a), min(len(text), b)) for a, b in ranges}) if ranges is not None else [(0, len(text))]
        parts = _apart([(a, b) for a, b in parts if a < b])
        joined = _SURROGATE.sub("\ufffd", _JOINT.join(text[a:b] for a, b in parts))
        doc = self.nlp.make_doc(joined)
        if not len(doc._.words):
            return NarrativeResult(model=self.model)
        doc._.reference_date = reference_date
        for _, step in self.nlp.pipeline:
            doc = step(doc)
        attributes, relations = component(self.nlp, Attributes), component(self.nlp, Relations)
        result = result_of(doc, attributes.thresholds, relations.thresholds)
        result.model = self.model
        if parts != [(0, len(text))]:
            _move(result, _starts(parts))
        return result


def _apart(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted ranges with overlapping ones joined: no character is read twice."""
    out: list[tuple[int, int]] = []
    for a, b in parts:
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def _starts(parts: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """For each part (start in the joined text, end there, start in the whole text)."""
    out, at = [], 0
    for a, b in parts:
        out.append((at, at + b - a, a))
        at += b - a + len(_JOINT)
    return out


def _move(result: NarrativeResult, starts: list[tuple[int, int, int]]) -> None:
    """Turn offsets of the joined text into offsets of the whole. A source that runs over a joint ends there."""

    def moved(start: int, end: int) -> tuple[int, int]:
        for low, high, to in starts:
            if low <= start < high:
                return to + start - low, to + min(end, high) - low
        raise AssertionError("an offset lies outside every part")

    def source(s: Source) -> Source:
        return s.model_copy(update={"range": moved(*s.range)}) if s.range else s

    result.spans = [
        s.model_copy(update=dict(zip(("start", "end"), moved(s.start, s.end), strict=True))) for s in result.spans
    ]
    for e in result.entities.values():
        e.reasons, e.against = [moved(*r) for r in e.reasons], [moved(*r) for r in e.against]
        for element in e.elements:
            element.ranges = [moved(*r) for r in element.ranges]
        for outcome in e.outcomes:
            outcome.ranges = [moved(*r) for r in outcome.ranges]
    result.entry.ranges = [moved(*r) for r in result.entry.ranges]
    for contact in result.cooperation:
        contact.ranges = [moved(*r) for r in contact.ranges]
    for reason in result.screen.reasons if result.screen else []:
        reason.source = source(reason.source)
    result.attribute_sources = [source(s) for s in result.attribute_sources]
    result.relation_sources = [source(s) for s in result.relation_sources]


def load(model: str | Path | None = None) -> Narrative:
    """The pipeline called ``model`` (a name in ``models/weights``), or whose folder that is; None is ``$HAVEN_MODEL``,
    else the one that ships as default.

    Raises :class:`extract.errors.UsageProblem` where there is none of that name, and
    :class:`extract.errors.ToolMissing` where its files are absent, or are not those that were evaluated.
    """
    folder = weights.folder_of(model)
    manifest = weights.manifest_of(folder)
    nlp = spacy.load(folder)
    whole = hashlib.sha256("".join(f"{n} {h}\n" for n, h in sorted(manifest["files"].items())).encode()).hexdigest()
    return Narrative(nlp, Model(name=manifest["name"], version=manifest["version"], hash=whole))
