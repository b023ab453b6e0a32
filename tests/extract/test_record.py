"""The record hangs together, and its JSON Schema is the one that is published."""

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from extract.record import (
    Cooperation,
    Element,
    Entity,
    Entry,
    Outcome,
    Record,
    Screen,
    Source,
    Span,
    Statement,
    json_schema,
)

PUBLISHED = Path("docs/record.schema.json")
ELEMENT = {"element": "means", "kind": "force", "how": "violence"}


def test_the_published_schema_is_the_record_s():
    assert json.loads(PUBLISHED.read_text("utf-8")) == json_schema(), (
        "run: haven extract --schema > docs/record.schema.json"
    )


def test_a_written_line_is_valid_by_the_published_schema_and_says_only_what_is_known():
    record = Record(
        id="a",
        text="Mrs. Oduya 😀",
        spans=[Span(start=5, end=10, label="PERSON", entity="e1")],
        entities={"e0": Entity(role="applicant"), "e1": Entity(role="other", name="Oduya")},
    )
    line = record.to_json()
    assert "\n" not in line
    jsonschema.validate(json.loads(line), json.loads(PUBLISHED.read_text("utf-8")))
    assert "value" not in json.loads(line)["spans"][0]


@pytest.mark.parametrize(
    "broken",
    [
        {"spans": [Span(start=0, end=9, label="DATE")]},
        {"spans": [Span(start=2, end=2, label="DATE")]},
        {"spans": [Span(start=0, end=1, label="PERSON", entity="e7")]},
        {"relations": [("e0", "harmed", "e7", "")], "relation_sources": [Source()]},
        {"attributes": [("e7", "age", "12")], "attribute_sources": [Source()]},
        {"attributes": [("e0", "age", "12")]},
        {"colour": "red"},
        {"entry": Entry(method="work", ranges=[(0, 9)])},
        {"entities": {"e0": Entity(role="applicant", against=[(3, 3)])}},
        {"entities": {"e0": Entity(role="trafficker", elements=[Element(**ELEMENT, ranges=[(2, 9)])])}},
        {"entities": {"e0": Entity(role="trafficker", outcomes=[Outcome(status="arrested", ranges=[(2, 9)])])}},
        {"cooperation": [Cooperation(entities=["e7"])]},
        {"cooperation": [Cooperation(ranges=[(-1, 2)])]},
        {"screen": Screen(reasons=[Statement(says="forced labor", source=Source(range=(0, 9)))])},
    ],
)
def test_what_does_not_hang_together_is_refused(broken):
    with pytest.raises(ValidationError):
        Record(id="a", text="abcd", **broken)
