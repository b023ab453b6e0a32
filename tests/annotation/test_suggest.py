"""Plain texts get the model's marks, in the form that annotators then correct."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotation.check import unusable
from annotation.documents import read_files
from annotation.projection import Placed, Sheet, from_doccano, to_doccano
from annotation.suggest import suggest
from extract.narrative import load
from extract.narrative.narrative import Narrative

LETTER = (
    "My name is Ana Flores 🌺. In March 2014 Rosa Delgado hired me in San Pedro Sula. Two weeks later she took my "
    "passport and hit me. I owed her $4,000."
)


@pytest.fixture(scope="module")
def narrative() -> Narrative:
    return load()


@pytest.fixture
def letter(tmp_path: Path) -> dict:
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    (located,) = read_files([path])
    return located.document


def test_the_model_marks_people_and_dates(letter: dict, narrative: Narrative) -> None:
    marked = suggest(letter, narrative)
    words = {LETTER[s["start"] : s["end"]]: s for s in marked.document["spans"]}
    assert words["Rosa Delgado"]["label"] == "PERSON"
    assert words["March 2014"]["value"] == "2014-03"
    assert list(unusable(marked.document)) == []


def test_suggestions_go_to_doccano_and_back_without_a_difference(letter: dict, narrative: Narrative) -> None:
    marked = suggest(letter, narrative).document
    line, _ = to_doccano(marked)
    sheet = Sheet(
        [Placed(e["id"], e["start_offset"], e["end_offset"], e["label"]) for e in line["entities"]],
        [(r["from_id"], r["type"], r["to_id"]) for r in line["relations"]],
    )
    assert from_doccano(LETTER, line, sheet)[0] == marked


def test_a_text_that_says_nothing_leaves_no_doubt(letter: dict, narrative: Narrative) -> None:
    plain = suggest({**letter, "text": ""}, narrative)
    assert plain.document["spans"] == []
    assert plain.doubt < suggest(letter, narrative).doubt
