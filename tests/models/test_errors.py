"""What becomes of each annotated thing, by kind of error."""

from collections import Counter

import pytest

from models.errors import RIGHT, TABLES, Outcome, by_group, by_name, outcomes

TEXT = "Ana met Rosa Delgado and Big Tony in Cebu. Rosa beat Ana, a cook of 19, with Lee."


def span(words: str, label: str, entity: str | None = None, nth: int = 0) -> dict:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return {"start": start, "end": start + len(words), "label": label, **({"entity": entity} if entity else {})}


def entity(name: str, role: str, doubt: tuple = ()) -> dict:
    return {"type": "person", "name": name, "aliases": [], "role": role, "doubt": list(doubt)}


GOLD = {
    "id": "t-1", "text": TEXT,
    "spans": [
        span("Ana", "PERSON", "e0"), span("Rosa Delgado", "PERSON", "e1"), span("Big Tony", "PERSON", "e2"),
        span("Cebu", "PLACE"), span("Rosa", "PERSON", "e1", 1), span("19", "AGE"), span("Lee", "PERSON", "e3"),
    ],
    "entities": {
        "e0": entity("Ana", "applicant"), "e1": entity("Rosa Delgado", "trafficker"),
        "e2": entity("Big Tony", "trafficker"), "e3": entity("Lee", "associate"),
    },
    "attributes": [["e0", "age", "19"], ["e1", "place", "Cebu"], ["e0", "occupation", "cook"]],
    "relations": [["e1", "harmed", "e0", ""], ["e1", "recruited", "e0", ""], ["e2", "harmed", "e0", ""]],
}  # fmt: skip


def record(**changes) -> tuple[dict, dict[str, str]]:
    """What a perfect reading would give, changed, and which entities are paired."""
    found = {**GOLD, **changes}
    names = {d["name"]: g for g, d in GOLD["entities"].items()}
    to_gold = {e: names[d["name"]] for e, d in found["entities"].items() if d["name"] in names}
    return found, to_gold


def kinds(table: str, **changes) -> Counter:
    found, to_gold = record(**changes)
    return Counter((x.name, x.kind) for x in outcomes(GOLD, found, to_gold, str.casefold) if x.table == table)


def changed(entities: dict) -> dict:
    return {**GOLD["entities"], **entities}


@pytest.mark.parametrize("table", ["spans", "traffickers", "attributes", "relations"])
def test_a_perfect_reading_has_no_errors(table):
    assert {kind for _, kind in kinds(table)} == {RIGHT}
    assert not kinds("accused falsely")


def test_a_span_is_missed_extra_of_another_label_or_has_other_borders():
    spans = [
        span("Ana", "PERSON"), span("Delgado", "PERSON"), span("Big Tony", "ORG"), span("Rosa", "PERSON", None, 1),
        span("19", "AGE"), span("Lee", "PERSON"), span("cook", "KIN"),
    ]  # fmt: skip
    assert kinds("spans", spans=spans) == {
        ("PERSON", RIGHT): 3, ("PERSON", "border"): 1, ("PERSON", "other label"): 1, ("PLACE", "missed"): 1,
        ("AGE", RIGHT): 1, ("KIN", "extra"): 1,
    }  # fmt: skip


def test_a_span_that_takes_in_two_explains_only_one():
    both = {"start": TEXT.index("Rosa"), "end": TEXT.index("Tony") + 4, "label": "PERSON"}
    spans = [s for s in GOLD["spans"] if not both["start"] <= s["start"] < both["end"]] + [both]
    assert kinds("spans", spans=spans)["PERSON", "border"] == 1
    assert kinds("spans", spans=spans)["PERSON", "missed"] == 1


@pytest.mark.parametrize(
    ("entity_found", "kind"),
    [
        (entity("Big Tony", "other", ("trafficker",)), "doubt only"),
        (entity("Big Tony", "associate"), "called associate"),
        (entity("Big Tony", "victim"), "called otherwise"),
        (entity("Somebody", "other"), "no entity"),
    ],
)
def test_a_trafficker_is_lost_in_four_ways(entity_found, kind):
    out = kinds("traffickers", entities=changed({"e2": entity_found}))
    assert out == {("person", RIGHT): 1, ("person", kind): 1}


def test_a_false_accusation_is_of_a_second_copy_of_someone_or_of_nobody():
    spans = [*GOLD["spans"], span("Cebu", "PERSON", "e5")]
    spans = [{**s, "entity": "e4"} if s == span("Rosa", "PERSON", "e1", 1) else s for s in spans]
    entities = changed({
        "e3": entity("Lee", "trafficker"), "e0": entity("Ana", "trafficker"),
        "e4": entity("Rosa the other", "trafficker"), "e5": entity("Cebu", "trafficker"),
    })  # fmt: skip
    out = kinds("accused falsely", entities=entities, spans=spans)
    assert {kind for _, kind in out} == {"an associate", "someone protected", "second copy", "nobody annotated"}


def test_an_attribute_lacks_its_words_its_owner_or_has_a_wrong_one():
    found = {
        "attributes": [["e1", "age", "19"], ["e0", "vehicle", "van"]],
        "spans": [s for s in GOLD["spans"] if s["label"] != "OCCUPATION"],
    }
    assert kinds("attributes", **found) == {
        ("age", "wrong owner"): 1, ("place", "no owner"): 1, ("occupation", "no span"): 1, ("vehicle", "extra"): 1,
    }  # fmt: skip


def test_an_attribute_of_an_entity_that_is_nobody_has_an_unknown_owner():
    out = kinds(
        "attributes",
        entities=changed({"e4": entity("Nobody", "other")}),
        attributes=[["e4", "age", "19"], *GOLD["attributes"][1:]],
    )
    assert out["age", "owner unknown"] == 1


def test_a_relation_lacks_its_ends_is_turned_round_of_another_type_or_not_seen():
    found = {
        "entities": changed({"e2": entity("Somebody", "other")}),
        "relations": [["e0", "harmed", "e1", ""], ["e1", "threatened", "e0", ""]],
    }
    assert kinds("relations", **found) == {
        ("harmed", "wrong direction"): 1, ("harmed", "ends missing"): 1, ("recruited", "other type"): 1,
        ("threatened", "extra"): 1,
    }  # fmt: skip
    assert kinds("relations", relations=[])["recruited", "undetected"] == 1


def test_kinship_has_no_direction():
    gold = {**GOLD, "relations": [["e1", "family_of", "e0", ""]]}
    found, to_gold = record(relations=[["e0", "family_of", "e1", ""]])
    out = [x.kind for x in outcomes(gold, found, to_gold, str.casefold) if x.table == "relations"]
    assert out == [RIGHT]


def test_the_tables_count_and_name_nobody():
    found, to_gold = record(entities=changed({"e2": entity("Somebody", "other")}), spans=[])
    all_ = list(outcomes(GOLD, found, to_gold, str.casefold))
    printed = "".join(by_name(all_, t) for t in TABLES) + by_group(all_, {"statement": [GOLD]})
    assert "| all | 0 | 0 | 0 | 7 | 0 |" in printed
    assert "| statement | 1 | 18 | 7 | 1 | 0 |" in printed
    assert not any(name in printed for name in ("Rosa", "Delgado", "Tony", "Cebu", "Lee"))


def test_every_kind_of_error_has_a_column():
    found, to_gold = record(entities=changed({"e2": entity("Somebody", "trafficker")}), spans=[], relations=[])
    assert all(x.kind in TABLES[x.table] for x in outcomes(GOLD, found, to_gold, str.casefold))
    assert isinstance(next(outcomes(GOLD, found, to_gold, str.casefold)), Outcome)
