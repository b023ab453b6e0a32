"""A document laid out for doccano comes back the same; what an annotator changes comes back changed, nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from annotation.check import faults
from annotation.projection import (
    ALSO_VICTIM,
    HAS,
    META,
    ROLE,
    SAME_AS,
    Placed,
    Sheet,
    from_doccano,
    lay_out,
    to_doccano,
)
from tests.annotation.marked import document, unnamed


def there_and_back(before: dict, change: Callable[[Sheet], None] = lambda sheet: None) -> tuple[dict, list[str]]:
    line, _ = to_doccano(before, 100)
    sheet = Sheet(
        [Placed(e["id"], e["start_offset"], e["end_offset"], e["label"]) for e in line["entities"]],
        [(r["from_id"], r["type"], r["to_id"]) for r in line["relations"]],
    )
    change(sheet)
    return from_doccano(line["text"], {META: line[META], "document": line["document"]}, sheet)


def find(sheet: Sheet, text: str, words: str, label: str) -> Placed:
    return next(s for s in sheet.spans if text[s.start : s.end] == words and s.label == label)


def put(sheet: Sheet, old: Placed, new: Placed) -> None:
    sheet.spans[sheet.spans.index(old)] = new


def remove(sheet: Sheet, span: Placed) -> None:
    """As doccano does: a span takes its relations along."""
    sheet.spans.remove(span)
    sheet.relations[:] = [r for r in sheet.relations if span.id not in (r[0], r[2])]


@pytest.mark.parametrize("before", [document(), unnamed()], ids=["named", "unnamed applicant"])
@pytest.mark.parametrize("seed", range(5))
def test_untouched_it_comes_back_the_same_in_whatever_order(before: dict, seed: int) -> None:
    def shuffle(sheet: Sheet) -> None:
        random.Random(seed).shuffle(sheet.spans)
        random.Random(seed).shuffle(sheet.relations)

    assert there_and_back(before, shuffle) == (before, [])


def test_the_test_document_keeps_to_the_scheme() -> None:
    assert list(faults(document())) == []
    assert list(faults(unnamed())) == []


def test_a_mention_chain_a_role_and_an_arc_can_be_seen() -> None:
    before = document()
    sheet = lay_out(before)
    rosa, patrona = (find(sheet, before["text"], words, "PERSON") for words in ("Rosa Delgado", "La Patrona"))
    assert (rosa.id, SAME_AS, patrona.id) in sheet.relations
    assert find(sheet, before["text"], "Rosa Delgado", ROLE + "trafficker")
    assert find(sheet, before["text"], "My cousin", ALSO_VICTIM)
    phone = find(sheet, before["text"], "(832) 555-0143", "PHONE")
    assert [kind for _, kind, tail in sheet.relations if tail == phone.id] == [HAS]


def test_an_applicant_who_is_never_named_is_shown_on_a_pronoun() -> None:
    sheet = lay_out(unnamed())
    role = next(s for s in sheet.spans if s.label == ROLE + "applicant")
    assert unnamed()["text"][role.start : role.end] == "I"


def test_a_moved_span_keeps_what_belongs_to_it() -> None:
    before = document()

    def move(sheet: Sheet) -> None:
        may = find(sheet, before["text"], "May", "DATE")
        put(sheet, may, replace(may, start=may.start - 3))

    after, notes = there_and_back(before, move)
    expected = document()
    expected["spans"][7]["start"] -= 3
    assert (after, notes) == (expected, [])


def test_a_relabelled_span_is_only_relabelled() -> None:
    before = document()

    def relabel(sheet: Sheet) -> None:
        org = find(sheet, before["text"], "Brightway Staffing", "ORG")
        put(sheet, org, replace(org, label="PERSON"))

    after, _ = there_and_back(before, relabel)
    expected = document()
    expected["spans"][4]["label"] = "PERSON"
    assert after == expected


def test_a_new_role_is_the_role() -> None:
    before = document()

    def accuse(sheet: Sheet) -> None:
        role = find(sheet, before["text"], "Brightway Staffing", ROLE + "associate")
        put(sheet, role, replace(role, label=ROLE + "trafficker"))

    after, notes = there_and_back(before, accuse)
    expected = document()
    expected["entities"]["e2"]["role"] = "trafficker"
    assert (after, notes) == (expected, [])


def test_of_two_roles_the_new_one_holds_and_a_person_is_told() -> None:
    before = document()

    def add(sheet: Sheet) -> None:
        role = find(sheet, before["text"], "My cousin", ROLE + "victim")
        sheet.spans.append(Placed(999, role.start, role.end, ROLE + "associate"))

    after, notes = there_and_back(before, add)
    assert after["entities"]["e3"]["role"] == "associate"
    assert notes == ["entity e3 has the roles associate, victim; keep one"]


def test_a_deleted_mention_does_not_part_the_others() -> None:
    before = document()

    def delete(sheet: Sheet) -> None:
        remove(sheet, find(sheet, before["text"], "La Patrona", "PERSON"))

    after, _ = there_and_back(before, delete)
    assert [s.get("entity") for s in after["spans"] if s["label"] == "PERSON"] == ["e0", "e1", "e1", "e3"]
    assert set(after["entities"]) == {"e0", "e1", "e2", "e3"}


def test_a_cut_arc_makes_two_of_one() -> None:
    before = document()

    def cut(sheet: Sheet) -> None:
        rosa, patrona = (find(sheet, before["text"], words, "PERSON") for words in ("Rosa Delgado", "La Patrona"))
        sheet.relations.remove((rosa.id, SAME_AS, patrona.id))

    after, _ = there_and_back(before, cut)
    entity = {before["text"][s["start"] : s["end"]]: s.get("entity") for s in after["spans"]}
    assert entity["La Patrona"] == entity["Rosa"] != entity["Rosa Delgado"]


def test_a_span_drawn_anew_belongs_to_its_entity_again() -> None:
    before = document()

    def redraw(sheet: Sheet) -> None:
        patrona = find(sheet, before["text"], "La Patrona", "PERSON")
        remove(sheet, patrona)
        sheet.spans.append(Placed(999, patrona.start + 3, patrona.end, "PERSON"))

    after, _ = there_and_back(before, redraw)
    assert next(s["entity"] for s in after["spans"] if before["text"][s["start"] : s["end"]] == "Patrona") == "e1"


def test_a_new_person_gets_a_key_a_name_and_the_marked_role() -> None:
    before = unnamed()
    text = before["text"]

    def add(sheet: Sheet) -> None:
        sheet.spans.append(Placed(900, text.index("He"), text.index("He") + 2, "PERSON"))
        sheet.spans.append(Placed(901, text.index("He"), text.index("He") + 2, ROLE + "official"))

    after, _ = there_and_back(before, add)
    assert after["entities"]["e2"] == {"type": "person", "name": "He", "aliases": [], "role": "official"}


def test_a_new_date_gets_the_value_that_the_text_gives_it() -> None:
    before = document()
    before["spans"] = [s for s in before["spans"] if s["label"] != "DATE"]

    def add(sheet: Sheet) -> None:
        start = before["text"].index("March 2014")
        sheet.spans.append(Placed(900, start, start + len("March 2014"), "DATE"))

    after, _ = there_and_back(before, add)
    assert next(s for s in after["spans"] if s["label"] == "DATE")["value"] == "2014-03"


def test_new_and_deleted_arcs_are_new_and_deleted_rows() -> None:
    before = document()

    def redraw(sheet: Sheet) -> None:
        sheet.relations[:] = [r for r in sheet.relations if r[1] not in ("recruited", "affiliated_with")]
        luz = find(sheet, before["text"], "Luz", "PERSON")
        rosa = find(sheet, before["text"], "Rosa", "PERSON")
        sheet.relations.append((rosa.id, "threatened", luz.id))
        phone = find(sheet, before["text"], "(832) 555-0143", "PHONE")
        sheet.relations.append((luz.id, HAS, phone.id))

    after, _ = there_and_back(before, redraw)
    assert after["relations"] == [
        ["e1", "restrained", "e0", "2014-05"],
        ["e3", "family_of", "e0", ""],
        ["e1", "threatened", "e3", ""],
    ]
    assert after["attributes"] == [*before["attributes"], ["e3", "phone", "(832) 555-0143"]]


def test_a_document_made_in_doccano_is_one_too() -> None:
    sheet = Sheet([Placed(1, 0, 4, "PERSON"), Placed(2, 0, 4, ROLE + "trafficker")])
    after, _ = from_doccano("Rosa came.", {"document": "new-1"}, sheet)
    assert after["id"] == "new-1"
    assert after["entities"]["e1"] == {"type": "person", "name": "Rosa", "aliases": [], "role": "trafficker"}
