"""What the forms say about people, joined with what the statements say."""

import pytest

from extract.joining import join_form_people
from extract.record import Entity, FormField, Record, Source, Span


def answer(about: str, asks: str, value: str) -> FormField:
    return FormField(document="d0", item="", name=f"{about}: {asks}", value=value, page=0)


def name_of(about: str, given: str, family: str) -> list[FormField]:
    return [answer(about, "family name", family), answer(about, "given name", given)]


IMPLICATED = [
    *name_of("Implicated family member 1", "Tomas", "Quispe"),
    answer("Implicated family member 1", "relationship", "uncle"),
    answer("Implicated family member 1", "involvement", "took the wages"),
]


def record(fields: list[FormField], **people: Entity) -> Record:
    return Record(
        id="a",
        text="Tomas Quispe met Ana Flores",
        spans=[
            Span(start=0, end=12, label="PERSON", entity="e1" if "e1" in people else None),
            Span(start=17, end=27, label="PERSON", entity="e2" if "e2" in people else None),
        ],
        entities={"e0": Entity(role="applicant"), **people},
        relations=[("e1", "harmed", "e2", "")] if {"e1", "e2"} <= set(people) else [],
        relation_sources=[Source(range=(0, 27))] if {"e1", "e2"} <= set(people) else [],
        fields=fields,
    )


def test_the_form_s_applicant_is_the_statement_s_person_of_the_same_name():
    told = record(
        name_of("Applicant", "Ana", "Flores"),
        e1=Entity(role="trafficker", name="Tomas Quispe"),
        e2=Entity(role="victim", name="Ana Flores"),
    )
    joined = join_form_people(told)
    assert set(joined.entities) == {"e0", "e1"}
    assert joined.entities["e0"].name == "Ana Flores"
    assert joined.entities["e0"].fields == [0, 1] or set(joined.entities["e0"].fields) == {0, 1}
    assert joined.spans[1].entity == "e0"
    assert joined.relations == [("e1", "harmed", "e0", "")]


def test_a_shared_surname_makes_nobody_the_applicant():
    joined = join_form_people(
        record(name_of("Applicant", "Rosa", "Flores"), e2=Entity(role="family", name="Ana Flores"))
    )
    assert joined.entities["e2"].name == "Ana Flores"


def test_an_implicated_relative_is_alleged_with_the_form_as_source():
    joined = join_form_people(record(IMPLICATED))
    (key,) = set(joined.entities) - {"e0"}
    person = joined.entities[key]
    assert (person.name, person.role, person.allegation) == ("Tomas Quispe", "trafficker", "alleged")
    assert set(person.fields) == {0, 1, 2, 3}
    assert (key, "family_of", "e0", "") in joined.relations


def test_an_implicated_relative_whom_the_statement_knows_is_one_person():
    joined = join_form_people(record(IMPLICATED, e1=Entity(role="family", name="Tomas Quispe", doubt=["trafficker"])))
    assert set(joined.entities) == {"e0", "e1"}
    assert joined.entities["e1"].role == "trafficker"
    assert joined.entities["e1"].doubt == []


@pytest.mark.parametrize("role", ["victim", "applicant"])
def test_a_victim_whom_a_form_implicates_stays_a_victim_and_is_asked_about(role):
    joined = join_form_people(record(IMPLICATED, e1=Entity(role=role, name="Tomas Quispe")))
    assert joined.entities["e1"].role == role
    assert joined.entities["e1"].doubt == ["trafficker"]
    assert "form_and_statement_disagree" in {n.code for n in joined.needs}


def test_no_form_changes_nothing():
    told = record([], e1=Entity(role="trafficker", name="Tomas Quispe"))
    assert join_form_people(told) == told


@pytest.mark.parametrize("accused", [Entity(role="trafficker"), Entity(role="family", doubt=["trafficker"])])
def test_a_father_of_the_applicant_s_name_stays_accused_and_is_not_taken_for_the_applicant(accused):
    father = accused.model_copy(update={"name": "Tomas Quispe"})
    joined = join_form_people(record(name_of("Applicant", "Tomas Luis", "Quispe"), e1=father))
    assert joined.entities["e0"].name == "Tomas Luis Quispe"
    assert joined.entities["e0"].doubt == []
    assert (joined.entities["e1"].role, joined.entities["e1"].doubt) == ("victim", ["trafficker"])
    assert "namesake_of_applicant" in {n.code for n in joined.needs}


def test_an_implicated_relative_of_the_applicant_s_name_is_a_person_of_their_own():
    joined = join_form_people(record([*name_of("Applicant", "Tomas Luis", "Quispe"), *IMPLICATED]))
    assert (joined.entities["e0"].role, joined.entities["e0"].doubt) == ("applicant", [])
    assert joined.entities["e0"].aliases == []
    assert (joined.entities["e1"].name, joined.entities["e1"].role) == ("Tomas Quispe", "trafficker")
