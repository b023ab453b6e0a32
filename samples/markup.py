"""Annotated sample texts: a YAML head with the known answer, then the text with its mentions marked inline.

``[[Rosa Delgado|PERSON|e1]]`` marks a mention; the third part is the entity of a PERSON, KIN or ORG, and the
normalised value of a DATE or DURATION. A blank line separates paragraphs; a line break inside one is a space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MARK = re.compile(r"\[\[([^\[\]|]+)\|([A-Z]+)(?:\|([^\[\]|]*))?\]\]")
NAMES_ENTITY = {"PERSON", "KIN", "ORG"}
HAS_VALUE = {"DATE", "DURATION"}


@dataclass(frozen=True)
class AnnotatedText:
    """A text and its known answer; offsets of ``spans`` count code points of ``text``, end exclusive."""

    id: str
    document: str
    language: str
    text: str
    spans: list[dict[str, Any]]
    entities: dict[str, dict[str, Any]]
    attributes: list[list[str]]
    relations: list[list[str]]

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n\n")

    def answer(self) -> dict[str, Any]:
        """The known answer as one JSON document, in the form that ``haven extract`` also writes."""
        return {
            "id": self.id,
            "document": self.document,
            "language": self.language,
            "text": self.text,
            "spans": self.spans,
            "entities": self.entities,
            "attributes": self.attributes,
            "relations": self.relations,
        }


def parse(source: str) -> AnnotatedText:
    """Read one annotated text. Raises ValueError where head and marks do not fit together."""
    _, head, body = source.split("---\n", 2)
    meta = yaml.safe_load(head)
    entities = {
        key: {"type": e["type"], "name": e["name"], "aliases": e.get("aliases", []), "role": e["role"]}
        for key, e in meta["entities"].items()
    }
    # a line that ends in two blanks keeps its break, for reports and addresses
    paragraphs = [
        re.sub(r"(?<!  )\n", " ", p.strip("\n")).replace("  \n", "\n") for p in re.split(r"\n{2,}", body.strip("\n"))
    ]
    marked = "\n\n".join(paragraphs)

    text, spans, at = "", [], 0
    for m in MARK.finditer(marked):
        text += marked[at : m.start()]
        words, label, third = m.groups()
        span: dict[str, Any] = {"start": len(text), "end": len(text) + len(words), "label": label}
        if label in NAMES_ENTITY and third:
            if third not in entities:
                raise ValueError(f"{meta['id']}: a mention names {third}, which the head does not list")
            span["entity"] = third
        elif label in HAS_VALUE:
            span["value"] = third or ""
        elif third:
            raise ValueError(f"{meta['id']}: a {label} takes no third part")
        spans.append(span)
        text += words
        at = m.end()
    text += marked[at:]
    if "[[" in text or "]]" in text:
        raise ValueError(f"{meta['id']}: a mark is not closed")

    for head_, _, tail, _ in meta["relations"]:
        if head_ not in entities or tail not in entities:
            raise ValueError(f"{meta['id']}: a relation names an entity that the head does not list")
    for owner, _, value in meta["attributes"]:
        if owner not in entities:
            raise ValueError(f"{meta['id']}: an attribute names an entity that the head does not list")
        if str(value) not in text and value != "yes":
            raise ValueError(f"{meta['id']}: the text does not hold the attribute {value!r}")
    return AnnotatedText(
        id=meta["id"],
        document=meta["document"],
        language=meta["language"],
        text=text,
        spans=spans,
        entities=entities,
        attributes=[[str(part) for part in a] for a in meta["attributes"]],
        relations=[[str(part) for part in r] for r in meta["relations"]],
    )


def read(path: Path) -> AnnotatedText:
    return parse(path.read_text(encoding="utf-8"))
