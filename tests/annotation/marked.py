"""Invented documents for the tests of annotation."""

from __future__ import annotations

import copy

TEXT = (
    "My name is Ana Flores 🌺. In March 2014 Rosa Delgado, whom we called La Patrona, hired me for Brightway Staffing. "
    "She had a scar over her left eyebrow and the phone (832) 555-0143; she was a labor contractor. 😀 In May Rosa "
    "took my passport. My cousin Luz escaped two weeks later."
)


def _at(words: str, nth: int = 0) -> dict:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return {"start": start, "end": start + len(words)}


DOCUMENT: dict = {
    "id": "t-0001",
    "document": "statement",
    "language": "en",
    "text": TEXT,
    "spans": [
        {**_at("Ana Flores"), "label": "PERSON", "entity": "e0"},
        {**_at("March 2014"), "label": "DATE", "value": "2014-03"},
        {**_at("Rosa Delgado"), "label": "PERSON", "entity": "e1"},
        {**_at("La Patrona"), "label": "PERSON", "entity": "e1"},
        {**_at("Brightway Staffing"), "label": "ORG", "entity": "e2"},
        {**_at("scar over her left eyebrow"), "label": "DESCRIPTION"},
        {**_at("(832) 555-0143"), "label": "PHONE"},
        {**_at("May"), "label": "DATE", "value": "2014-05"},
        {**_at("Rosa", 1), "label": "PERSON", "entity": "e1"},
        {**_at("My cousin"), "label": "KIN", "entity": "e3"},
        {**_at("Luz"), "label": "PERSON", "entity": "e3"},
        {**_at("two weeks later"), "label": "DATE", "value": ""},
    ],
    "entities": {
        "e0": {"type": "person", "name": "Ana Flores", "aliases": [], "role": "applicant"},
        "e1": {"type": "person", "name": "Rosa Delgado", "aliases": ["La Patrona"], "role": "trafficker"},
        "e2": {"type": "org", "name": "Brightway Staffing", "aliases": [], "role": "associate"},
        "e3": {"type": "person", "name": "Luz", "aliases": [], "role": "victim"},
    },
    "attributes": [
        ["e1", "description", "scar over her left eyebrow"],
        ["e1", "phone", "(832) 555-0143"],
        ["e1", "occupation", "labor contractor"],
        ["e3", "also_victim", "yes"],
    ],
    "relations": [
        ["e1", "recruited", "e0", "2014-03"],
        ["e1", "restrained", "e0", "2014-05"],
        ["e1", "affiliated_with", "e2", ""],
        ["e3", "family_of", "e0", ""],
    ],
}


def document(**changes: object) -> dict:
    return {**copy.deepcopy(DOCUMENT), **changes}


def unnamed() -> dict:
    """The applicant is never named; a relative is not either, and is not mentioned."""
    text = "I worked for Tio Beto. He hit me."
    return {
        "id": "t-0002",
        "document": "affidavit",
        "language": "en",
        "text": text,
        "spans": [{"start": 13, "end": 21, "label": "PERSON", "entity": "e1"}],
        "entities": {
            "e0": {"type": "person", "name": "", "aliases": [], "role": "applicant"},
            "e1": {"type": "person", "name": "Tio Beto", "aliases": [], "role": "trafficker"},
        },
        "attributes": [],
        "relations": [["e1", "harmed", "e0", ""]],
    }
