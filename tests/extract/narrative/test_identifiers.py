"""Identifiers are found where an agency, a network or a court writes them in its own form."""

from __future__ import annotations

import time

import pytest

from extract.narrative import identifiers


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], label) for start, end, label in identifiers.find(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My A-number is A 216 055 448.", "A 216 055 448"),
        ("Applicant (A-204-338-917) declares", "A-204-338-917"),
        ("RE: the applicant, A# 220-055-149", "220-055-149"),
        ("my A-number, which I owe to him, is 209-055-316.", "209-055-316"),
        ("Receipt No. EAC-17-904-50218 was issued", "EAC-17-904-50218"),
        ("under IOE0955501844, and", "IOE0955501844"),
        ("SSN 219-09-9999 was used", "219-09-9999"),
        ("passport number 72 5550417.", "72 5550417"),
        ("a Philippine Passport No. XX0551873 and", "XX0551873"),
        ("driver's license 05550917, telephone", "05550917"),
        ("Case No. 2:18-cr-00155.", "2:18-cr-00155"),
        ("the protection order, CPO-2018-0552.", "CPO-2018-0552"),
        ("Officer Ray, badge 61, wrote", "61"),
        ("VIN 1FTSW55021KA04418, was", "1FTSW55021KA04418"),
    ],
)
def test_a_number_of_a_known_form_is_an_id(text: str, value: str) -> None:
    assert found(text) == [(value, "ID")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Alien number A 2O6 1l7 48O on file", "A 2O6 1l7 48O"),
        ("Receipt: EAC-17-9O4-5O21S", "EAC-17-9O4-5O21S"),
        ("A# 22O-O55-149", "22O-O55-149"),
    ],
)
def test_letters_that_ocr_took_for_digits_do_not_hide_an_id(text: str, value: str) -> None:
    assert found(text) == [(value, "ID")]


@pytest.mark.parametrize(
    "text",
    [
        "SSN 000-12-3456, 666-12-3456, 912-12-3456, 219-00-9999 and 219-09-0000",
        "He came on 10-27-2016 and the report of 09/16/2019 says so.",
        "I was at no charge. 7. The cellar was cold.",
        "They took our DS-2019 forms and the I-914 and my H-2B visa.",
        "A Solid Bill of Sale, and $4,500 paid.",
        "the account of the girl. It was 3 p.m. i.e. late",
        "In 2014 we paid 80,000 pesos, page 12 of 300.",
    ],
)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "(832) 555-0143",
        "832-555-0143",
        "832.555.0143",
        "1-888-555-0140",
        "+1 973-555-0168",
        "575/555-0116",
        "786 555 0126",
        "(407)555-0187",
        "832-5S5-O143",
        "+52 222 555 0116",
        "+234 803 555 0164",
        "+373 231 55 501",
    ],
)
def test_a_phone_is_found_in_every_spelling(number: str) -> None:
    assert found(f"She called me from {number}, twice.") == [(number, "PHONE")]


def test_a_number_without_plus_is_a_phone_where_the_text_calls_it_one() -> None:
    assert found("His telephone was 010-0000-4182.") == [("010-0000-4182", "PHONE")]
    assert found("He kept 010-0000-4182 boxes.") == []


def test_an_id_is_not_taken_for_a_phone() -> None:
    assert found("Case 832-555-0143-22 and A 216 055 448, phone 216-555-0184") == [
        ("832-555-0143-22", "ID"),
        ("A 216 055 448", "ID"),
        ("216-555-0184", "PHONE"),
    ]


@pytest.mark.parametrize(
    "handle",
    [
        "@lamami_88",
        "$giftyT91",
        "wes_f0ntes",
        "noche.clara.lv",
        "www.rainbowharbor.example.org",
        "grupo.nueva.aurora.24hrs",
    ],
)
def test_an_account_is_a_handle(handle: str) -> None:
    assert found(f"He wrote to us as {handle} every day.") == [(handle, "HANDLE")]


def test_an_account_of_one_word_needs_a_word_that_calls_it_one() -> None:
    assert found("Her WeChat is hongjie777. The room2 was dark.") == [("hongjie777", "HANDLE")]


def test_a_money_transfer_is_a_handle_with_its_words() -> None:
    assert found("paid by Western Union MTCN 123-456-7890 in May") == [("Western Union MTCN 123-456-7890", "HANDLE")]


def test_an_address_of_mail_is_not_a_handle() -> None:
    assert found("Write to boss.tony@work.example.org, or @boss_tony.") == [
        ("boss.tony@work.example.org", "EMAIL"),
        ("@boss_tony", "HANDLE"),
    ]


def test_a_plate_is_what_can_be_looked_up_of_a_vehicle() -> None:
    assert found("a white Ford van, plate 7KXR221, waited") == [("7KXR221", "VEHICLE")]


def test_offsets_count_code_points() -> None:
    text = "😀😀 call (832) 555-0143"
    ((start, end, _),) = identifiers.find(text)
    assert text[start:end] == "(832) 555-0143"


@pytest.mark.parametrize(
    "unit",
    [
        "9",
        "-",
        "A",
        "9-",
        "A9",
        "a_",
        "a.",
        "a@",
        "@",
        "TAG ",
        "case 1-",
        "+1 ",
        "(999) ",
        "account a",
        "A-number ",
        "$a-",
        "9 9",
    ],
)
def test_hostile_text_costs_bounded_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "@"
    started = time.process_time()
    identifiers.find(text)
    assert time.process_time() - started < 20


def test_a_web_address_is_an_account_though_the_model_calls_it_e_mail(narrative):
    text = "My name is Ana Flores. They had the page www.rainbowharbor.example.org and the account $tyfit704 for money."
    found = {text[s.start : s.end]: s.label for s in narrative.read(text).spans}
    assert found["www.rainbowharbor.example.org"] == found["$tyfit704"] == "HANDLE"
