"""What a Supplement B adds to the cooperation and the screen of a record."""

import pytest

from extract.certifying import in_documents, join_certification
from extract.record import Cooperation, Document, FormField, Record, Screen


def record(kind: str, answers: list[tuple[str, str]], **more) -> Record:
    fields = [FormField(document="d0", item="", name=name, value=value, page=0) for name, value in answers]
    return Record(id="a", documents=[Document(id="d0", kind=kind, pages=[0], range=(0, 0))], fields=fields, **more)


CERTIFIED = [
    ("Certifying agency: name", "Reno Police Department"),
    ("Certifying official: family name", "Cole"),
    ("Certifying official: given name", "Dana"),
    ("Certifying official: title and division or office", "Sergeant, Special Victims Unit"),
    ("Certifying agency: case number", "22-0411"),
]


def test_the_certifying_agency_is_a_contact_with_its_fields():
    one = record("i-918b", CERTIFIED)
    join_certification(one)
    (contact,) = one.cooperation
    assert (contact.agency, contact.officer, contact.case_number) == ("Reno Police Department", "Dana Cole", "22-0411")
    assert contact.office == "Sergeant, Special Victims Unit"
    assert (contact.acts, contact.kinds, contact.documents) == (["certified"], ["i-918b"], ["d0"])
    assert sorted(contact.fields) == [0, 1, 2, 3, 4]


def test_an_empty_supplement_certifies_nothing():
    one = record("i-918b", [("Certifying agency: name", " ")])
    join_certification(one)
    assert (one.cooperation, one.screen) == ([], None)


@pytest.mark.parametrize(
    ("kind", "answer", "ticked"),
    [
        ("i-918b", ("Acts: criminal activity", "Involuntary Servitude"), True),
        ("i-918b", ("Acts: criminal activity", "Felonious Assault"), False),
        ("i-914b", ("Acts: kind of trafficking", "labor trafficking by force, fraud or coercion"), True),
        ("i-914b", ("Acts: kind of trafficking", "not applicable"), False),
    ],
)
def test_a_box_is_kept_beside_the_verdict_and_does_not_change_it(kind, answer, ticked):
    one = record(kind, [answer], screen=Screen(verdict="evident"))
    join_certification(one)
    assert one.screen == Screen(verdict="evident", ticked=ticked)


def test_a_citation_of_trafficking_is_a_reason_whatever_is_ticked():
    one = record(
        "i-918b", [("Acts: criminal activity", "Rape"), ("Acts: statutory citations", "18 U.S.C. 1591, PC 261")]
    )
    join_certification(one)
    assert one.screen and (one.screen.verdict, one.screen.ticked) == ("indicated", False)
    assert [r.source.field for r in one.screen.reasons] == [1]


def test_a_citation_of_something_else_is_none():
    one = record("i-918b", [("Acts: statutory citations", "PC 261")])
    join_certification(one)
    assert one.screen is None


def test_boxes_of_other_forms_say_nothing():
    one = record("i-914", [("Acts: kind of trafficking", "sex trafficking")])
    join_certification(one)
    assert one.screen is None


def test_a_contact_knows_the_documents_that_tell_of_it():
    documents = [
        Document(id="d0", kind="statement", pages=[0], range=(0, 50)),
        Document(id="d1", kind="police_report", pages=[1], range=(52, 90)),
    ]
    (contact,) = in_documents([Cooperation(ranges=[(3, 9), (60, 70)])], documents)
    assert (contact.documents, contact.kinds) == (["d0", "d1"], ["statement", "police_report"])
