"""How a protected person's identifiers are found, however they are written, and what is no hit."""

from __future__ import annotations

import pytest

from haven.referral.identifiers import Identifier, Identifiers
from haven.referral.k9 import is_sensitive
from haven.referral.sensitive import filing_words

pytestmark = pytest.mark.django_db(databases="__all__")


def found(kind: str, text: str, searched: str, **own: frozenset[str]) -> bool:
    return bool(list(Identifiers([Identifier(kind, text, "p")], **own).hits(searched)))


@pytest.mark.parametrize(
    "searched",
    [
        "Akosua Nyarko Frimpong", "AKOSUA", "akosua's phone", "Frimpong, Akosua", "Ákosua", "Ako-\nsua ran",
        "A k o s u a", "akosua_nyarko", "Ako sua Nyar ko Frim pong",
        "Ako\ufffe\r\nsua", "user akosua88", "afrimpong@example.org", "frimpong.a@example.org", "\u0410kosu\u0430",
        "A\u00adko\u200bsua", "ＡＫＯＳＵＡ", "her name: Nyarko", "akosuanyarkofrimpong@example.org",
    ],
)  # fmt: skip
def test_parts_of_a_name_are_found_in_every_writing(searched):
    assert found("name", "Akosua Nyarko Frimpong", searched)


@pytest.mark.parametrize("searched", ["Person 1", "a kosher shop", "Nyarkoville", "on the ako", ""])
def test_other_words_are_no_name(searched):
    assert not found("name", "Akosua Nyarko Frimpong", searched)


def test_surname_that_the_alleged_person_shares_may_stand_and_the_first_name_may_not():
    own = {"own_words": frozenset({"kwabena", "badu", "frimpong"})}

    assert not found("name", "Akosua Frimpong", "Kwabena Badu Frimpong recruited Person 1", **own)
    assert found("name", "Akosua Frimpong", "Akosua is a Frimpong", **own)
    assert found("name", "Akosua Frimpong", "Frimpong, Akosua", **own)
    assert not found("name", "Abena Frimpong", "Kwabena Frimpong drove", **own)


def test_a_victim_whose_names_are_all_a_subject_s_too_is_found_by_the_whole_name():
    own = {
        "own_words": frozenset({"maria", "garcia", "la", "lopez"}),
        "own_values": frozenset({"mariagarcia", "lalopez"}),
    }

    assert found("name", "Maria Lopez", "she took Maria Lopez to the house", **own)
    assert found("name", "Maria Lopez", "LOPEZ, Maria", **own)
    assert not found("name", "Maria Lopez", "Maria Garcia, called la Lopez, drove", **own)


@pytest.mark.parametrize(
    ("name", "searched", "hit"),
    [
        ("May Santos", "in May 2014 she came", False),
        ("May Santos", "on 3 May she came", False),
        ("May Santos", "and then May said no", True),
        ("Grace Okafor", "by the grace of God", False),
        ("Grace Okafor", "with Grace in the room", True),
        ("Grace Okafor", "grace okafor", True),
        ("Uncle Tomás", "my uncle came", False),
        ("Ana de la Cruz", "la casa de la esquina", False),
        ("Jo", "Jo came", False),
        ("Yu Li", "and then Li said no", True),
        ("Yu Li", "the yu and the li", False),
        ("Ana de la Cruz", "in the Hotel La Quinta", False),
        ("Łucja Wilk", "Lucja came", True),
        ("Đào Văn Tú", "with Dao in the car", True),
    ],
)
def test_names_that_are_words_count_where_they_are_written_as_names(name, searched, hit):
    assert found("name", name, searched) is hit


def test_whole_name_only_of_those_who_are_not_protected():
    helper = Identifiers([Identifier("name", "Passaic Valley Women's Center", "o", parts=False)])

    assert not list(helper.hits("a center in the valley"))
    assert list(helper.hits("the PASSAIC VALLEY WOMENS CENTER called"))


@pytest.mark.parametrize(
    ("kind", "text", "searched"),
    [
        ("id", "A 204 338 917", "A204338917"),
        ("id", "A204338917", "a-204-338-917"),
        ("id", "A204338917", "number 204 338 917"),
        ("id", "A012345678", "A12345678"),
        ("id", "512-55-0134", "512 55 0134"),
        ("id", "512-55-0134", "512550134"),
        ("id", "EAC2190012345", "eac-21-900-12345"),
        ("id", "T-0192", "case t0192"),
        ("phone", "(832) 555-0143", "+1 832.555.0143"),
        ("phone", "832-555-0143", "555-0143"),
        ("email", "m.ramos@example.org", "M.Ramos @ Example.org"),
        ("handle", "@may_lin90", "may_lin90"),
        ("address", "218 Larkspur Terrace, Bloomfield, NJ", "at 218 LARKSPUR TERRACE"),
        ("address", "218 Larkspur Terrace, Bloomfield, NJ", "at 218 Larkspur Ter."),
        ("address", "40 Alder St", "on 40 Alder Street"),
        ("dob", "May 9, 1994", "05/09/1994"),
        ("dob", "1994-05-09", "9 de mayo de 1994"),
        ("dob", "05/09/1994", "9th of May, 1994"),
        ("dob", "05/09/1994", "19940509"),
        ("dob", "05/09/1994", "9.5.94"),
        ("dob", "05/09/1994", "May 9th 1994"),
        ("dob", "05/09/1994", "born 09-MAY-1994"),
    ],
)
def test_numbers_dates_and_addresses_are_found_in_every_writing(kind, text, searched):
    assert found(kind, text, searched)


@pytest.mark.parametrize(
    ("kind", "text", "searched"),
    [
        ("id", "A204338917", "2043389170"),
        ("id", "A204338917", "204 338"),
        ("id", "12", "12"),
        ("phone", "832-555-0143", "832-555-0199"),
        ("dob", "May 9, 1994", "May 1994"),
        ("dob", "1994", "1994"),
        ("dob", "not a date", "not a date"),
        ("address", "Houston", "Houston"),
    ],
)
def test_other_numbers_are_no_hit(kind, text, searched):
    assert not found(kind, text, searched)


def test_number_that_is_also_the_alleged_persons_may_stand():
    assert not found("phone", "832-555-0143", "(832) 555-0143", own_values=frozenset({"8325550143"}))


def test_words_are_taken_out_of_a_sentence_where_they_stand():
    kept_out = Identifiers([Identifier("name", "Maylín Ramos", "p")], telling=("15 years old", "San Pedro Sula"))

    assert kept_out.taken_out("She hit MAYLIN, who was 15 years old, in San Pedro Sula.") == (
        "She hit [removed], who was [removed], in [removed]."
    )


@pytest.mark.parametrize(
    "text",
    [
        "my T visa", "a U-visa", "T nonimmigrant status", "Form I-914", "I 918B", "Supplement B", "VAWA",
        "8 U.S.C. 1367", "continued presence", "case T-0192", "U-0007", "EAC2190012345", "the receipt number",
        "her immigration case",
        "visa U", "8 CFR 214.14",
    ],
)  # fmt: skip
def test_words_of_a_filing_are_found(text):
    assert filing_words(text)


@pytest.mark.parametrize(
    "text",
    ["a tourist visa", "status: alleged", "the T-shirt", "she visited us", "CUI//BATT/IVIC//FED ONLY", "lead 7K3M"],
)
def test_other_words_name_no_filing(text):
    assert not filing_words(text)


@pytest.mark.parametrize("text", ["He raped her.", "I have nightmares", "me llevaron al médico", "She was pregnant"])
def test_sensitive_detail_is_kept_back(text):
    assert is_sensitive(text)


def test_plain_harm_is_not_sensitive_detail():
    assert not is_sensitive("She struck me with the cord of the iron and locked the door.")
