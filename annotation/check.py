"""Whether a document keeps to the annotation scheme: each fault is one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from annotation.documents import Document
from annotation.scheme import VALUES, scheme


def faults(document: Document) -> Iterator[str]:
    """What in the document breaks the scheme. Sentences name offsets and ids, never the words of a statement."""
    broken = list(unusable(document))
    yield from broken
    if broken:
        return
    if document["document"] not in scheme().documents:
        yield f"'{document['document']}' is no kind of document."
    yield from _entities(document)
    yield from _spans(document)
    yield from _attributes(document)
    yield from _relations(document)


def unusable(document: Document) -> Iterator[str]:
    """Faults for which no tool could take the document: a span outside the text, a label that does not exist."""
    malformed = list(_shape(document))
    yield from malformed
    if malformed:
        return
    text, entities = document["text"], document["entities"]
    labels = {label.name for label in scheme().labels}
    kinds = {relation.name for relation in scheme().relations}
    for span in document["spans"]:
        where = f"{span['label']} at {span['start']}-{span['end']}"
        if span["label"] not in labels:
            yield f"{where}: there is no such label."
        if not 0 <= span["start"] < span["end"] <= len(text):
            yield f"{where}: the span lies outside the text of {len(text)} characters."
        if span.get("entity") and span["entity"] not in entities:
            yield f"{where}: there is no entity {span['entity']}."
    for key, entity in entities.items():
        if entity.get("role") not in scheme().role_order:
            yield f"entity {key} has the role '{entity.get('role')}', which is none of the scheme."
    for n, (entity, name, _) in enumerate(document["attributes"], 1):
        if entity not in entities:
            yield f"attribute {n}: there is no entity {entity}."
        if name not in scheme().attributes:
            yield f"attribute {n}: there is no attribute '{name}'."
    for n, (head, kind, tail, _) in enumerate(document["relations"], 1):
        if head not in entities or tail not in entities:
            yield f"relation {n}: it names no entity of the document."
        if kind not in kinds:
            yield f"relation {n}: there is no relation '{kind}'."


def _shape(document: Document) -> Iterator[str]:
    """Types first: what follows reads the parts without asking again."""
    for key, kind in (("spans", list), ("entities", dict), ("attributes", list), ("relations", list)):
        if not isinstance(document[key], kind):
            yield f"'{key}' must be a {'table' if kind is dict else 'list'}."
            return
    for n, span in enumerate(document["spans"], 1):
        if not isinstance(span, dict) or not all(type(span.get(key)) is int for key in ("start", "end")):
            yield f"span {n} has no start and end in whole numbers."
        elif not isinstance(span.get("label"), str):
            yield f"span {n} has no label."
    for key, entity in document["entities"].items():
        if not isinstance(entity, dict):
            yield f"entity {key} must be a table with type, name, aliases and role."
    for key, length in (("attributes", 3), ("relations", 4)):
        for n, row in enumerate(document[key], 1):
            if not isinstance(row, list | tuple) or len(row) != length or not all(isinstance(x, str) for x in row):
                yield f"{key[:-1]} {n} must be a list of {length} texts."


def _entities(document: Document) -> Iterator[str]:
    entities = document["entities"]
    if entities.get("e0", {}).get("role") != "applicant":
        yield "e0 must be there and be the applicant."
    for key, entity in entities.items():
        if entity["role"] == "applicant" and key != "e0":
            yield f"entity {key} is a second applicant."
        if entity.get("type") not in ("person", "org"):
            yield f"entity {key} is neither a person nor an org."
    mentioned = {span.get("entity") for span in document["spans"]}
    for key in entities:
        if key != "e0" and key not in mentioned:
            yield f"entity {key} is never mentioned in the text."


def _spans(document: Document) -> Iterator[str]:
    text, known, end_before = document["text"], scheme(), 0
    for span in sorted(document["spans"], key=lambda s: (s["start"], s["end"])):
        start, end, label = span["start"], span["end"], span["label"]
        where = f"{label} at {start}-{end}"
        words = text[start:end]
        if start < end_before:
            yield f"{where}: the span overlaps the one before it."
        end_before = max(end_before, end)
        if words != words.strip() or words[-1] in ",;:'\"" or words.endswith(("'s", "’s")):
            yield f"{where}: the span takes in a space, a mark or a possessive."
        if (start and text[start - 1].isalnum() and words[0].isalnum()) or (
            text[end : end + 1].isalnum() and words[-1].isalnum()
        ):
            yield f"{where}: the span cuts a word."
        entity = span.get("entity")
        if known.names_entity.get(label) == "required" and not entity:
            yield f"{where}: the span names nobody; give it an entity."
        value, kind = span.get("value"), known.valued.get(label, "")
        if value and (not kind or not VALUES[kind].fullmatch(value)):
            yield f"{where}: '{value}' is no {kind or 'value of such a span'}."


def _attributes(document: Document) -> Iterator[str]:
    for n, (_, name, words) in enumerate(document["attributes"], 1):
        if name not in ("occupation", "also_victim") and words not in document["text"]:
            yield f"attribute {n} ({name}): the text does not say so in these words."


def _relations(document: Document) -> Iterator[str]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for n, (head, kind, tail, when) in enumerate(document["relations"], 1):
        seen[head, kind, tail] += 1
        if head == tail:
            yield f"relation {n}: it leads from an entity to itself."
        if when and not VALUES["date"].fullmatch(when):
            yield f"relation {n}: '{when}' is no date."
        if seen[head, kind, tail] == 2:
            yield f"relation {n}: {head} {kind} {tail} is there twice."
