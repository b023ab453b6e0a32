"""Who filed, whom a Supplement B implicates, and what must not leak, from the fields of a packet's forms."""

from dataclasses import dataclass

import pytest

from extract.forms import (
    applicant_name,
    applicant_names,
    applicant_other_names,
    form_type,
    implicated_family,
    narratives,
    needs_for,
    protected_identifiers,
    read_fields,
)
from extract.packet import ReadFile, ReadPage

ROW = "form1[0].#subform[2].Table1[0].Row{}[0].{}[0]"


@dataclass
class Found:
    kind: str
    pages: tuple = ()


def fields_of(drawing, values, document="d0"):
    fields = read_fields(drawing.fill(values).read_file()).fields
    for field in fields:
        field.document = document
    return fields


def test_the_implicated_family_of_i914b_part_e(i914b):
    fields = fields_of(
        i914b,
        {
            ROW.format(1, "FullName"): "Costas Vassilakis",
            ROW.format(1, "Relationship"): "stepfather",
            ROW.format(1, "Involvement"): "sold her to the bar",
            ROW.format(3, "FullName"): "Eleni Vassilakis",
        },
    )
    first, second = implicated_family(fields)
    assert (first.name, first.relationship, first.involvement) == (
        "Costas Vassilakis",
        "stepfather",
        "sold her to the bar",
    )
    assert [fields[i].value for i in first.fields] == ["Costas Vassilakis", "sold her to the bar", "stepfather"]
    assert (second.name, second.relationship, second.involvement) == ("Eleni Vassilakis", "", "")


def test_the_implicated_family_of_i918b_part_5_has_its_name_in_parts(i918b):
    fields = fields_of(
        i918b,
        {
            "Part5_Line3_FamilyName[0]": "Arrieta Pineda",
            "Part5_Line3_GivenName[0]": "Wilmer",
            "Part5_Line3_MiddleName[0]": "Josué",
            "Part5_Line3_Relationship[0]": "husband",
        },
    )
    (person,) = implicated_family(fields)
    assert (person.name, person.relationship) == ("Wilmer Josué Arrieta Pineda", "husband")
    assert fields[person.fields[-1]].value == "husband"


@pytest.mark.parametrize("nothing", ["N/A", "none", "NONE.", "-", "n.a."])
def test_a_row_that_says_nobody_names_nobody(i914b, nothing):
    assert implicated_family(fields_of(i914b, {ROW.format(1, "FullName"): nothing})) == []


def test_na_is_nobody_as_a_middle_name_and_somebody_as_a_family_name(i918b):
    values = {"Part5_Line2_FamilyName[0]": "NA", "Part5_Line2_GivenName[0]": "Ji", "Part5_Line2_MiddleName[0]": "NA"}
    assert [p.name for p in implicated_family(fields_of(i918b, values))] == ["Ji NA"]


def test_the_same_row_of_two_supplements_is_two_people(drawn):
    fields = fields_of(drawn("i-914b", "02/27/17"), {ROW.format(1, "FullName"): "Costas Vassilakis"}, "d1")
    fields += fields_of(
        drawn("i-918b", "02/07/17"), {"Part5_Line2_GivenName[0]": "Denis", "Part5_Line2_FamilyName[0]": "Arrieta"}, "d2"
    )
    assert [p.name for p in implicated_family(fields)] == ["Costas Vassilakis", "Denis Arrieta"]


def test_the_applicant_is_named_by_the_own_form_before_a_supplement(drawn):
    supplement = fields_of(
        drawn("i-914b", "02/27/17"), {"GivenNameFirstName[2]": "OKONKWO", "GivenNameFirstName[1]": "Ada N."}, "d1"
    )
    own = fields_of(
        drawn("i-914", "02/27/17"),
        {
            "form1[0].#subform[0].FamilyName[0]": "Okonkwo",
            "form1[0].#subform[0].GivenName[0]": "Ada",
            "OtherNamesUsed[0]": "Adaeze Okonkwo; Ada Eze",
        },
        "d0",
    )
    fields = supplement + own
    assert applicant_name(fields) == "Ada Okonkwo"
    assert applicant_other_names(fields) == ["Adaeze Okonkwo", "Ada Eze", "Ada N. OKONKWO"]


def test_a_name_said_twice_is_one_name_with_both_places(drawn):
    values = {"Pt1Line2a_FamilyName[0]": "Okonkwo", "Pt1Line2a_GivenName[0]": "Ada"}
    other = {"Pt1Line1a_FamilyName[0]": "OKONKWO", "Pt1Line1b_GivenName[0]": "Ada"}
    fields = fields_of(drawn("i-918b", "02/07/17"), values, "d1") + fields_of(drawn("i-918", "02/07/17"), other, "d0")
    ((name, places),) = applicant_names(fields)
    assert name == "Ada OKONKWO"
    assert {fields[i].document for i in places} == {"d0", "d1"}


def test_without_forms_there_is_no_name():
    assert applicant_name([]) is None


def test_protected_identifiers_are_those_of_applicant_family_and_filing(drawn):
    fields = fields_of(
        drawn("i-914", "02/27/17"),
        {
            "EACNumber[0]": "EAC0000000001",
            "form1[0].#subform[0].FamilyName[0]": "Okonkwo",
            "form1[0].#subform[0].GivenName[0]": "Ada",
            "form1[0].#subform[0].GivenNameFirstName[0]": "14 Invented St",
            "SafeDaytimePhoneNumber[0]": "(202) 555-0142",
            "EMailAddress[0]": "ada@example.org",
            "ANumber[0]": "A000000007",
            "U\\.S\\.SocialSecurityNumber[0]": "000000001",
            "form1[0].#subform[0].DateofBirth[0]": "01/02/1990",
            "form1[0].#subform[9].Table2[0].Row1[0].FamilyName[0]": "Eze",
            "form1[0].#subform[9].Table2[0].Row1[0].DateofBirth[0]": "03/04/1988",
            "Pt13Line1_PreparerFamilyName[0]": "Preparer",
        },
    )
    found = {(p.kind, p.value) for p in protected_identifiers(fields)}
    assert found == {
        ("receipt", "EAC0000000001"),
        ("name", "Ada Okonkwo"),
        ("address", "14 Invented St"),
        ("phone", "(202) 555-0142"),
        ("email", "ada@example.org"),
        ("a_number", "A000000007"),
        ("ssn", "000000001"),
        ("dob", "01/02/1990"),
        ("name", "Eze"),
        ("dob", "03/04/1988"),
    }
    assert all(fields[p.field].value for p in protected_identifiers(fields))


def test_the_agency_of_a_certification_is_not_protected_but_an_sid_number_is(i918b):
    fields = fields_of(
        i918b,
        {
            "Pt2Line1_CertifyingAgency[0]": "Invented Police",
            "Part2_Line9_CaseNumber[0]": "17-0042",
            "Part2_Line10_FBIorSIDNumber[0]": "SID 0000001",
            "Part6_Line3_DaytimePhoneNumber[0]": "2025550142",
        },
    )
    assert [(p.kind, p.value) for p in protected_identifiers(fields)] == [("fbi_sid", "SID 0000001")]


def test_an_alleged_trafficker_is_not_protected(i914b):
    assert protected_identifiers(fields_of(i914b, {ROW.format(1, "FullName"): "Costas Vassilakis"})) == []


def test_narratives_are_the_answers_that_tell_a_story(i914b):
    fields = fields_of(i914b, {"partc_other[0]": "He kept my passport.", "FFField1[0]": "18 U.S.C. 1589"})
    assert [fields[i].value for i in narratives(fields)] == ["He kept my passport."]


@pytest.mark.parametrize(
    ("kinds", "filed"),
    [
        (["i-914", "i-914b", "statement"], "T"),
        (["i-918b", "statement"], "U"),
        (["i-918", "i-914b"], "U"),
        (["i-914", "i-918"], None),
        (["statement"], None),
    ],
)
def test_the_forms_say_what_was_filed(kinds, filed):
    assert form_type([Found(kind) for kind in kinds]) == filed


def test_a_form_without_fields_needs_a_person_at_its_first_page(tmp_path):
    page = ReadPage("0" * 64, 1, "ocr")
    letter = ReadFile(tmp_path / "a", "0" * 64, "a", 1, "application/pdf", (page, page))
    scan = ReadFile(tmp_path / "b", "0" * 64, "b", 1, "image/tiff", (page, page, page))
    documents = [Found("letter", ((0, 0), (0, 1))), Found("i-918b", ((1, 1), (1, 2)))]
    (need,) = needs_for(documents, [letter, scan])
    assert (need.code, need.page) == ("form_read_as_text", 3)
    assert "Form I-918 Supplement B" in need.sentence


def test_a_form_with_fields_needs_nobody(i918b):
    assert needs_for([Found("i-918b", ((0, 0),))], [i918b.read_file()]) == []
