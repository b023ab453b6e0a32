"""Joins what the forms say about people with what the narratives say.

The applicant of the form is the applicant of the record. A family member whom a Supplement B calls involved
(I-914B Part E, I-918B Part 5; audit finding C1) is an alleged trafficker of the record, unless the narrative
knows the same person as a victim: then the two readings go to a person. Somebody accused who has the applicant's
name (a father and a son) is never taken for the applicant: the accusation stays, doubted, and a person decides.
"""

from __future__ import annotations

from extract import forms
from extract.names import name_words
from extract.record import AttributeName, Entity, Need, Record, RelationType, Source

PROTECTED = {"applicant", "victim"}
ACCUSED = {"trafficker", "associate"}


def join_form_people(record: Record) -> Record:
    """The record with the forms' people in it. Form values keep their place through ``fields`` and sources."""
    if not record.fields:
        return record
    record = _join_applicant(record)
    return _join_implicated(record)


def _join_applicant(record: Record) -> Record:
    named = forms.applicant_names(record.fields)
    if not named:
        return record
    applicant = record.entities["e0"]
    for name, _ in named:
        words = name_words(name)
        for key, entity in list(record.entities.items()):
            if key == "e0" or entity.type != "person" or not _same_full_name(entity, words):
                continue
            if entity.role in ACCUSED or "trafficker" in entity.doubt:
                _ask_about_namesake(record, entity)
                continue
            record = _merged(record, key, "e0")
    applicant = record.entities["e0"]
    for name, fields in named:
        _add_name(applicant, name)
        applicant.fields += fields
    return record


def _ask_about_namesake(record: Record, entity: Entity) -> None:
    """A namesake did it, or the model accused the applicant: the protected role until a person has decided."""
    entity.role, entity.doubt = "victim", ["trafficker", *(d for d in entity.doubt if d != "trafficker")]
    if not any(need.code == "namesake_of_applicant" for need in record.needs):
        record.needs.append(
            Need(
                code="namesake_of_applicant",
                sentence="Somebody who is accused has the applicant's name: decide whether they are two people.",
            )
        )


def _join_implicated(record: Record) -> Record:
    for person in forms.implicated_family(record.fields):
        words = name_words(person.name)
        others = ((k, e) for k, e in record.entities.items() if k != "e0")  # a relative is never the applicant
        key = next((k for k, e in others if e.type == "person" and _same_full_name(e, words)), None)
        if key is None:
            key = _next_key(record)
            record.entities[key] = Entity(role="trafficker", name=person.name, allegation="alleged")
        entity = record.entities[key]
        entity.fields += person.fields
        _add_name(entity, person.name)
        if entity.role in PROTECTED:
            if "trafficker" not in entity.doubt:
                entity.doubt.append("trafficker")
            record.needs.append(
                Need(
                    code="form_and_statement_disagree",
                    sentence="A Supplement B calls somebody involved whom a statement knows as a victim.",
                    page=record.fields[person.fields[0]].page,
                )
            )
        elif entity.role != "trafficker":
            entity.role, entity.allegation, entity.doubt = "trafficker", "alleged", []
        pair = {(key, "e0"), ("e0", key)}
        if person.relationship and not any(t == "family_of" and (h, o) in pair for h, t, o, _ in record.relations):
            record.relations.append((key, "family_of", "e0", ""))
            record.relation_sources.append(Source(field=person.fields[-1]))
    return record


def _same_full_name(entity: Entity, words: tuple[str, ...]) -> bool:
    """Two words or more in common and one name within the other: a shared surname alone joins nobody."""
    for name in (entity.name, *entity.aliases):
        other = set(name_words(name))
        shared = other & set(words)
        if len(shared) >= 2 and (other <= set(words) or set(words) <= other):
            return True
        if len(words) == 1 and other == set(words):
            return True
    return False


def _add_name(entity: Entity, name: str) -> None:
    known = {name_words(n) for n in (entity.name, *entity.aliases) if n}
    if not entity.name:
        entity.name = name
    elif name_words(name) not in known:
        entity.aliases.append(name)


def _next_key(record: Record) -> str:
    return f"e{max(int(key[1:]) for key in record.entities) + 1}"


def _merged(record: Record, gone: str, kept: str) -> Record:
    """``gone`` becomes ``kept`` in every span, attribute and relation; what would relate to itself is dropped."""
    entities = dict(record.entities)
    old, new = entities.pop(gone), entities[kept]
    for name in (old.name, *old.aliases):
        if name:
            _add_name(new, name)
    new.reasons += old.reasons

    def rename(key: str) -> str:
        return kept if key == gone else key

    for span in record.spans:
        if span.entity == gone:
            span.entity = kept
    for contact in record.cooperation:
        contact.entities = list(dict.fromkeys(map(rename, contact.entities)))
    attributes: dict[tuple[str, AttributeName, str], Source] = {}
    for (owner, name, text), source in zip(record.attributes, record.attribute_sources, strict=True):
        attributes.setdefault((rename(owner), name, text), source)
    relations: dict[tuple[str, RelationType, str, str], Source] = {}
    for (head, kind, tail, when), source in zip(record.relations, record.relation_sources, strict=True):
        if rename(head) != rename(tail):
            relations.setdefault((rename(head), kind, rename(tail), when), source)
    return record.model_copy(
        update={
            "entities": entities,
            "attributes": list(attributes),
            "attribute_sources": list(attributes.values()),
            "relations": list(relations),
            "relation_sources": list(relations.values()),
        }
    )
