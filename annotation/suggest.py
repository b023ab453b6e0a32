"""The model's marks for texts that nobody has marked, and how sure it is of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from annotation.documents import Document
from extract.narrative.narrative import Narrative


@dataclass(frozen=True)
class Suggestion:
    document: Document
    doubt: float
    """Marks that are probably wrong, for each hundred words: what one annotator can mend there."""


def suggest(document: Document, narrative: Narrative) -> Suggestion:
    """The document with the model's spans, entities, attributes and relations."""
    result = narrative.read(document["text"])
    spans = []
    for span in result.spans:
        said: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
        if span.entity:
            said["entity"] = span.entity
        if span.label in ("DATE", "DURATION"):
            said["value"] = span.value or ""
        spans.append(said)
    entities = {
        key: {"type": entity.type, "name": entity.name, "aliases": list(entity.aliases), "role": entity.role}
        for key, entity in result.entities.items()
    }
    marked = {
        **document,
        "spans": spans,
        "entities": entities,
        "attributes": [list(row) for row in result.attributes],
        "relations": [list(row) for row in result.relations],
    }
    words = len(re.findall(r"\w+", document["text"])) or 1
    unsure = sum(1 - span.confidence for span in result.spans) + sum(1 - e.confidence for e in result.entities.values())
    return Suggestion(marked, 100 * unsure / words)
