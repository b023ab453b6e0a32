"""Filled forms give back what was filled, each answer with its printed item, place and category."""

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from extract.forms import definitions, read_fields
from tests.extract.forms.drawn_form import as_read

EVERY_EDITION = [(d.form, d.edition) for d in definitions() if not d.derived]
CRIMES = "Part3_Line1_checkboxes"


def answers(reading):
    return {f.acroform: f.value for f in reading.fields}


def codes(reading):
    return {n.code for n in reading.needs}


@pytest.mark.parametrize(("form", "edition"), EVERY_EDITION)
def test_every_field_of_every_edition_comes_back(drawn, form, edition):
    drawing = drawn(form, edition)
    wanted = {
        f.acroform: f.option if f.option is not None else f"Nº {i} «Óscar & Zoë»"
        for i, f in enumerate(drawing.definition.fields)
    }
    drawing.fill(wanted)
    assert answers(read_fields(drawing.read_file(), form, edition)) == wanted


def test_an_answer_has_its_item_place_kind_and_category(i918b):
    file = i918b.fill({"Part5_Line2_FamilyName[0]": "Vassilakis"}).read_file()
    (field,) = read_fields(file, "i-918b", "02/07/17").fields
    assert (field.item, field.name) == ("Part 5, 2.a", "Implicated family member 1: family name")
    assert (field.kind, field.category, field.page, field.source) == ("name", "K1", 3, "acroform")
    assert field.box == i918b.definition.field("Part5_Line2_FamilyName[0]").box


def test_fields_come_in_printed_order(i918b):
    file = i918b.fill(
        {"Part2_Line9_CaseNumber[0]": "17-0042", "Pt1Line2a_GivenName[0]": "Ana", "Part1_Line1_AlienNumber[0]": "1"}
    ).read_file()
    items = [f.item for f in read_fields(file).fields]
    assert items == ["Part 1, 1", "Part 1, 2.b", "Part 2, 9"]


def test_boxes_with_the_same_export_value_are_told_apart(i918b):
    both = {f"{CRIMES}[20]": "Domestic Violence", f"{CRIMES}[27]": "Conspiracy to Commit Any of the Named Crimes"}
    reading = read_fields(i918b.fill(both).read_file(), "i-918b", "02/07/17")
    assert {f.value for f in reading.fields} == set(both.values())
    assert not reading.needs


def test_read_only_fields_are_read(i914b):
    name = "form1[0].#subform[2].Table1[0].Row1[0].FullName[0]"
    i914b.fill({name: "Costas Vassilakis"}).widgets[name].Ff = 1
    assert answers(read_fields(i914b.read_file()))[name] == "Costas Vassilakis"


def test_escaped_dots_in_names_are_part_of_the_name(drawn):
    file = drawn("i-914", "02/27/17").fill({"U\\.S\\.SocialSecurityNumber[0]": "000000001"}).read_file()
    (field,) = read_fields(file, "i-914", "02/27/17").fields
    assert (field.item, field.name) == ("Part B", "Applicant: Social Security number")


def test_header_copies_are_not_second_facts(i918b):
    same = {"Pt1Line2a_FamilyName[0]": "Okonkwo", "Pt1Line2a_FamilyName[1]": "Okonkwo"}
    reading = read_fields(i918b.fill(same).read_file())
    assert [f.item for f in reading.fields] == ["Part 1, 2.a"]
    assert not reading.needs


def test_a_header_copy_that_says_something_else_is_kept_and_goes_to_a_person(i918b):
    other = {"Pt1Line2a_FamilyName[0]": "Okonkwo", "Pt1Line2a_FamilyName[1]": "Okonjo"}
    reading = read_fields(i918b.fill(other).read_file())
    assert [f.value for f in reading.fields] == ["Okonkwo", "Okonjo"]
    assert codes(reading) == {"copy_differs"}


def test_text_boxes_on_top_of_each_other_give_their_text_once(drawn):
    both = {"P8_Line4d_AdditionalInfo[0]": "See my statement.", "P8_Line4d_AdditionalInfo[1]": "See my statement."}
    reading = read_fields(drawn("i-918", "02/07/17").fill(both).read_file())
    assert [f.value for f in reading.fields] == ["See my statement."]


def test_two_answers_to_one_question_are_both_kept_and_go_to_a_person(drawn):
    both = {"Q5_yes[0]": "Yes", "Q5_no[0]": "No"}
    reading = read_fields(drawn("i-914", "02/27/17").fill(both).read_file())
    assert sorted(f.value for f in reading.fields) == ["No", "Yes"]
    assert all(f.confidence <= 0.5 for f in reading.fields)
    assert [(n.code, n.page) for n in reading.needs] == [("two_answers", 1)]


def test_a_box_ticked_by_value_alone_is_ticked_but_doubted(i918b):
    i918b.widgets["form1[0].#subform[3].Part4_Line1_chbxyesno[0]"].V = Name.Yes
    reading = read_fields(i918b.read_file())
    assert [(f.value, f.confidence) for f in reading.fields] == [("Yes", 0.7)]
    assert codes(reading) == {"box_mark"}


def test_a_box_with_a_state_of_another_program_is_ticked_but_doubted(drawn):
    drawing = drawn("i-914", "02/27/17")
    drawing.widgets["form1[0].#subform[1].Q1_yes[0]"].V = Name.On
    reading = read_fields(drawing.read_file())
    assert [(f.item, f.value) for f in reading.fields] == [("Part C, 1", "Yes")]
    assert codes(reading) == {"box_state"}


def test_line_ends_of_long_answers_become_one_kind(i914b):
    reading = read_fields(i914b.fill({"partc_other[0]": "He held\r\nmy passport.\rEvery day."}).read_file())
    assert reading.fields[0].value == "He held\nmy passport.\nEvery day."
    assert (reading.fields[0].kind, reading.fields[0].category) == ("narrative", "K4")


def test_a_blank_form_says_that_nothing_is_filled(i914b):
    reading = read_fields(i914b.read_file(), "i-914b", "02/27/17")
    assert reading.fields == []
    assert codes(reading) == {"form_empty"}


def test_no_ticked_beside_a_named_relative_goes_to_a_person(i914b):
    filled = {"CheckBox1[0]": "No", "form1[0].#subform[2].Table1[0].Row2[0].FullName[0]": "Costas Vassilakis"}
    assert codes(read_fields(i914b.fill(filled).read_file())) == {"no_but_named"}


def test_yes_ticked_without_a_name_goes_to_a_person(i918b):
    assert codes(read_fields(i918b.fill({"Part5_Line1_chbxyesno[0]": "Yes"}).read_file())) == {"yes_but_nobody"}


def test_only_the_pages_of_one_document_are_read(i918b):
    file = i918b.fill({"Pt1Line2a_FamilyName[0]": "Okonkwo", "Part5_Line2_FamilyName[0]": "Vassilakis"}).read_file()
    assert [f.value for f in read_fields(file, "i-918b", "02/07/17", pages=[3]).fields] == ["Vassilakis"]


def test_a_file_without_fields_is_left_alone(i914b):
    from dataclasses import replace

    reading = read_fields(replace(i914b.read_file(), acroform=False))
    assert (reading.fields, reading.needs) == ([], [])


# -- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "box"),
    [(0, (72, 92, 172, 112)), (90, (680, 72, 700, 172)), (180, (440, 680, 540, 700)), (270, (92, 440, 112, 540))],
)
def test_boxes_are_those_of_the_upright_page(i918b, turn, box):
    name = "form1[0].#subform[0].Pt1Line2a_FamilyName[0]"
    i918b.fill({name: "Okonkwo"}).widgets[name].Rect = Array([72, 680, 172, 700])
    i918b.pdf.pages[0].obj.Rotate = turn
    assert read_fields(i918b.read_file()).fields[0].box == box


def test_boxes_count_from_the_crop_box(i918b):
    name = "form1[0].#subform[0].Pt1Line2a_FamilyName[0]"
    i918b.fill({name: "Okonkwo"}).widgets[name].Rect = Array([72, 680, 172, 700])
    i918b.pdf.pages[0].obj.CropBox = Array([10, 20, 602, 780])
    assert read_fields(i918b.read_file()).fields[0].box == (62, 80, 162, 100)


# -- the second source -----------------------------------------------------------------------------------------------


def test_an_answer_that_stands_only_in_the_xfa_data_is_read_and_said(i918b):
    reading = read_fields(i918b.add_xfa({"Part3_Line2a_Date[0]": "2019-03-05"}).read_file())
    assert [(f.item, f.value, f.source) for f in reading.fields] == [("Part 3, 2.a", "03/05/2019", "xfa")]
    assert codes(reading) == {"only_xfa"}


def test_the_same_answer_in_both_stores_is_one_answer(i918b):
    both = i918b.fill({"Part3_Line2a_Date[0]": "03/05/2019"}).add_xfa({"Part3_Line2a_Date[0]": "2019-03-05"})
    reading = read_fields(both.read_file())
    assert [f.value for f in reading.fields] == ["03/05/2019"]
    assert not reading.needs


def test_two_stores_that_disagree_go_to_a_person(i918b):
    both = i918b.fill({"Part2_Line9_CaseNumber[0]": "17-0042"}).add_xfa({"Part2_Line9_CaseNumber[0]": "17-0043"})
    reading = read_fields(both.read_file())
    assert [f.value for f in reading.fields] == ["17-0042"]
    assert reading.fields[0].confidence < 1
    assert codes(reading) == {"sources_disagree"}


def test_a_zero_in_the_data_of_a_box_is_no_tick(i918b):
    assert read_fields(i918b.add_xfa({f"{CRIMES}[20]": "0"}).read_file()).fields == []


def test_a_box_ticked_only_in_the_xfa_data_is_found_by_its_node(i918b):
    reading = read_fields(i918b.add_xfa({f"{CRIMES}[27]": "4"}).read_file())
    assert [f.value for f in reading.fields] == ["Conspiracy to Commit Any of the Named Crimes"]


def test_boxes_of_a_group_share_one_node(i918b):
    reading = read_fields(i918b.add_xfa({"*.Part4_Line1_chbxyesno": "No"}).read_file())
    assert [(f.item, f.value) for f in reading.fields] == [("Part 4, 1", "No")]


# -- editions --------------------------------------------------------------------------------------------------------


def test_another_edition_is_read_with_the_nearest_one_and_says_so(i918b):
    reading = read_fields(i918b.fill({"Part2_Line9_CaseNumber[0]": "17-0042"}).read_file(), "i-918b", "04/01/24")
    assert [f.item for f in reading.fields] == ["Part 2, 9"]
    assert codes(reading) == {"edition_unknown"}
    assert "04/01/24" in reading.needs[0].sentence and "02/07/17" in reading.needs[0].sentence


def test_the_2025_names_of_i918b_lead_to_the_same_items(drawn):
    reading = read_fields(
        drawn("i-918b", "01/20/25").fill({"Pt2Line5_ZipCode[0]": "97000"}).read_file(), "i-918b", "01/20/25"
    )
    assert [(f.item, f.value) for f in reading.fields] == [("Part 2, 5.f", "97000")]
    assert codes(reading) == {"edition_derived"}


def test_fields_of_no_known_form_are_listed_without_items(tmp_path, i914b):
    for i, widget in enumerate(i914b.widgets.values()):
        widget.T = String(f"anything{i}")
    next(w for w in i914b.widgets.values() if Name.Tx == w.FT).V = String("something")
    for group in i914b._groups.values():
        group.T = String("group")
    reading = read_fields(i914b.read_file(), "i-914b", "02/27/17")
    assert [(f.item, f.value, f.category) for f in reading.fields] == [("", "something", "K3")]
    assert codes(reading) == {"form_unknown"}


def test_a_field_that_an_edition_does_not_know_is_kept(i918b):
    widget = i918b.widgets["form1[0].#subform[0].Pt1Line2a_FamilyName[0]"]
    widget.T, widget.V = String("NewIn2031[0]"), String("Okonkwo")
    reading = read_fields(i918b.read_file(), "i-918b", "02/07/17")
    assert [(f.item, f.value, f.confidence) for f in reading.fields] == [("", "Okonkwo", 0.5)]
    assert codes(reading) == {"fields_unknown"}


def test_sentences_for_people_hold_nothing_that_was_filled(i918b):
    secret = "Zyxomma"
    i918b.fill({f.acroform: secret for f in i918b.definition.fields if f.option is None})
    i918b.fill({"Part5_Line1_chbxyesno[1]": "No"}).add_xfa({"Part2_Line9_CaseNumber[0]": secret + "2"})
    i918b.widgets["form1[0].#subform[5].Pt1Line2a_FamilyName[1]"].V = String(secret + "3")
    reading = read_fields(i918b.read_file(), "i-918b", "04/01/24")
    assert {"copy_differs", "sources_disagree", "no_but_named"} <= codes(reading)
    assert secret not in " ".join(n.sentence for n in reading.needs)


# -- hostile files ---------------------------------------------------------------------------------------------------


def test_parents_in_a_circle_end(i914b):
    names = list(i914b.widgets)
    i914b.fill({"partc_other[0]": "kept"})
    i914b.widgets[names[0]].Parent = i914b.widgets[names[1]]
    i914b.widgets[names[1]].Parent = i914b.widgets[names[0]]
    reading = read_fields(i914b.read_file())
    assert "kept" in answers(reading).values()
    assert "form_cycle" in codes(reading)


def test_kids_in_a_circle_end(i914b):
    i914b.fill({"partc_other[0]": "kept"})
    group = next(iter(i914b._groups.values()))
    group.Kids.append(group)
    assert "kept" in answers(read_fields(i914b.read_file())).values()


def test_a_hundred_thousand_fields_are_cut_short_and_said(i914b):
    i914b.fill({"partc_other[0]": "kept"})
    page = i914b.pdf.pages[1].obj
    page.Annots.extend(Dictionary(Subtype=Name.Widget, FT=Name.Tx, T=String(f"x{i}")) for i in range(100_000))
    reading = read_fields(i914b.read_file(), "i-914b", "02/27/17")
    assert "kept" in answers(reading).values()
    assert "form_too_many" in codes(reading)


@pytest.mark.parametrize(
    "wrong",
    [42, True, Array([1, Array([]), Dictionary()]), Dictionary(A=1), Name.Nothing],
    ids=["number", "boolean", "array", "dictionary", "name"],
)
def test_a_value_of_the_wrong_type_harms_no_other_field(i914b, wrong):
    i914b.fill({"partc_other[1]": "kept"}).widgets["form1[0].#subform[1].partc_other[0]"].V = wrong
    assert "kept" in answers(read_fields(i914b.read_file())).values()


def test_a_value_kept_as_a_stream_is_read(i914b):
    stream = i914b.pdf.make_indirect(Stream(i914b.pdf, "Señor Vassilakis".encode("utf-16")))
    i914b.widgets["form1[0].#subform[1].partc_other[0]"].V = stream
    assert [f.value for f in read_fields(i914b.read_file()).fields] == ["Señor Vassilakis"]


def test_a_stream_that_inflates_without_end_is_left_alone(i914b):
    import zlib

    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b"0" * 1_000_000) for _ in range(64)) + packer.flush()
    stream = i914b.pdf.make_indirect(Stream(i914b.pdf, bomb))
    stream.Filter = Name.FlateDecode
    i914b.fill({"partc_other[1]": "kept"}).widgets["form1[0].#subform[1].partc_other[0]"].V = stream
    reading = read_fields(i914b.read_file())
    assert [f.value for f in reading.fields] == ["kept"]
    assert codes(reading) == {"value_cut"}


def test_a_huge_value_is_cut_and_said(i914b):
    reading = read_fields(i914b.fill({"partc_other[0]": "w" * 1_000_000}).read_file())
    assert len(reading.fields[0].value) == 200_000
    assert codes(reading) == {"value_cut"}


@pytest.mark.parametrize("rect", [None, Array([]), Array([1, 2, 3]), Array([Name.A, 1, 1, 1]), Array([0, 0, 1e9, 9])])
def test_a_field_without_a_sensible_place_keeps_its_value(i914b, rect):
    name = "form1[0].#subform[1].partc_other[0]"
    widget = i914b.fill({name: "kept"}).widgets[name]
    if rect is None:
        del widget.Rect
    else:
        widget.Rect = rect
    assert [(f.value, f.box) for f in read_fields(i914b.read_file()).fields] == [("kept", None)]


def test_names_outside_ascii_do_not_harm(i914b):
    widget = i914b.widgets["form1[0].#subform[0].Date[0]"]
    widget.T, widget.V = String("Geburtsdatum 生年月日 \U0001f600"), String("kept")
    assert [f.value for f in read_fields(i914b.read_file()).fields] == ["kept"]


def test_fields_that_stand_on_no_page_are_read(i914b):
    i914b.fill({"partc_other[0]": "kept"})
    for page in i914b.pdf.pages:
        del page.obj.Annots
    (field,) = read_fields(i914b.read_file(), "i-914b", "02/27/17").fields
    assert (field.value, field.page, field.box) == ("kept", 1, None)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
        b"<datasets><data><form1><Part2_Line9_CaseNumber>&c;</Part2_Line9_CaseNumber></form1></data></datasets>",
        b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><datasets><data><form1><Part2_Line9_CaseNumber>&a;'
        b"</Part2_Line9_CaseNumber></form1></data></datasets>",
        b"<datasets><data><form1>",
        b"\x00\xff\x00 no xml",
        b"",
        b"<d>" * 100_000,
    ],
    ids=["entity bomb", "outside entity", "cut off", "no xml", "empty", "deep"],
)
def test_hostile_xfa_data_gives_no_value_and_harms_nothing(i918b, xml):
    i918b.fill({"Pt1Line2a_FamilyName[0]": "Okonkwo"}).add_packet(xml)
    assert [f.value for f in read_fields(i918b.read_file()).fields] == ["Okonkwo"]


def test_broken_xfa_data_is_said(i918b):
    i918b.fill({"Pt1Line2a_FamilyName[0]": "Okonkwo"}).add_packet(b"<datasets><data>")
    assert codes(read_fields(i918b.read_file())) == {"xfa_unreadable"}


def test_a_damaged_file_is_said_not_raised(i918b, tmp_path):
    file = i918b.read_file()
    file.path.write_bytes(b"%PDF-1.7 nothing more")
    reading = read_fields(file)
    assert reading.fields == []
    assert codes(reading) == {"form_unreadable"}


def test_an_encrypted_form_without_user_password_is_read(i918b):
    i918b.fill({"Pt1Line2a_FamilyName[0]": "Okonkwo"}).add_xfa({"Part2_Line9_CaseNumber[0]": "17-0042"})
    file = i918b.read_file()
    with pikepdf.open(file.path, allow_overwriting_input=True) as pdf:
        pdf.save(file.path, encryption=pikepdf.Encryption(owner="owner", user=""))
    assert [f.value for f in read_fields(file).fields] == ["Okonkwo", "17-0042"]


# -- files joined to one ---------------------------------------------------------------------------------------------


def test_two_forms_joined_to_one_file_are_each_read_by_their_own_items(drawn, tmp_path):
    filled = [
        drawn("i-914b", "02/27/17").fill({"GivenNameFirstName[2]": "Okonkwo", "partc_other[0]": "He kept me."}),
        drawn("i-918b", "02/07/17").fill(
            {"Pt1Line2a_FamilyName[0]": "Solórzano", "Part2_Line9_CaseNumber[0]": "17-0042"}
        ),
    ]
    joined = pikepdf.Pdf.new()
    for drawing in filled:
        drawing.read_file()
        joined.add_pages_from(drawing.pdf)
    joined.save(tmp_path / "joined.pdf")
    file = as_read(tmp_path / "joined.pdf")
    first = read_fields(file, "i-914b", "02/27/17", pages=[0, 1, 2])
    second = read_fields(file, "i-918b", "02/07/17", pages=[3, 4, 5, 6, 7])
    assert [(f.item, f.value) for f in first.fields] == [("Part A", "Okonkwo"), ("Part C, 2", "He kept me.")]
    assert [(f.item, f.value) for f in second.fields] == [("Part 1, 2.a", "Solórzano"), ("Part 2, 9", "17-0042")]
    assert not first.needs and not second.needs
