"""Whom the applicant helped, from any document (audit finding C8)."""

import pytest


def only(found):
    (contact,) = found.told.cooperation
    return contact


def test_agency_officer_number_and_date_of_a_report(case):
    contact = only(
        case(
            "I reported him to Detective [Alan Briggs|o1] of the [Houston Police Department|a1] on "
            "[July 9, 2015|DATE|2015-07-09], case number [15-0098|ID]."
        )
    )
    assert contact.agency == "Houston Police Department"
    assert contact.officer == "Alan Briggs"
    assert (contact.case_number, contact.date, contact.acts) == ("15-0098", "2015-07-09", ["reported"])
    assert contact.entities == ["a1", "o1"]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I called the police.", "reported"),
        ("I filed a report with the [Reno Police Department|a1].", "reported"),
        ("I was interviewed by Agent [Dana Cole|o1].", "interviewed"),
        ("I gave a statement to the detective.", "interviewed"),
        ("Detective [Alan Briggs|o1] of the [Reno Police Department|a1] took my report.", "reported"),
        ("The victim identified him from a photo array shown by Detective [Cole|o1].", "identified"),
        ("I testified before the grand jury for the [FBI|a1].", "testified"),
        ("The applicant cooperated fully with [HSI|a1].", "assisted"),
    ],
)
def test_what_the_applicant_did(case, text, act):
    assert act in only(case(text)).acts


def test_one_contact_for_one_agency(case):
    contact = only(case("I called the [Reno Police Department|a1]. I testified for the [Reno Police Department|a1]."))
    assert contact.acts == ["reported", "testified"]


def test_two_agencies_are_two(case):
    found = case("I called the [Reno Police Department|a1]. Later I was interviewed by the [FBI|a2].")
    assert [c.agency for c in found.told.cooperation] == ["Reno Police Department", "FBI"]


def test_the_header_of_a_report_is_one(case):
    contact = only(case("[RENO POLICE DEPARTMENT|a1] CASE NO. [22-0411|ID]\n\nOfficers found the room empty."))
    assert (contact.agency, contact.case_number) == ("RENO POLICE DEPARTMENT", "22-0411")


def test_only_the_police_are_the_agency_that_the_document_names(case):
    text = "I called the police, case number [22-0411|ID]. " * 3 + "The [Reno Police Department|a1] is on Main Street."
    contact = only(case(text))
    assert (contact.agency, contact.case_number) == ("Reno Police Department", "22-0411")


def test_an_office_beside_its_agency(case):
    contact = only(case("I was interviewed by the [FBI|a1], [Dallas Field Office|a2]. I spoke with the [FBI|a1]."))
    assert contact.agency == "FBI"


@pytest.mark.parametrize(
    "text",
    [
        "I never called the police.",
        "I was afraid to call the police.",
        "I spoke with [Ousainou|x1] about the rent.",
        "[Victor|t1] reported me to the police.",
        "I am Ana and I saw it. She called the police.",
        "My passport number is [X123|ID].",
    ],
    ids=["never", "afraid", "a friend", "the accused", "somebody else", "no case number"],
)
def test_what_is_no_help(case, text):
    assert case(text).told.cooperation == []
