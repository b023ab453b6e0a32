"""Exact search through keyed hashes: the same number in another writing is found, nothing can be read."""

from __future__ import annotations

import pytest

from haven.cases import index


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("a_number", "A 204 338 917", "A204338917"),
        ("a_number", "A12345678", "012-345-678"),
        ("receipt", "EAC-19-123-45678", "eac1912345678"),
        ("ssn", "123-45-6789", "123456789"),
        ("phone", "(832) 555-0143", "+1 832 555 0143"),
        ("phone", "+52 55 5555 0123", "+525555550123"),
        ("email", "Rosa@Example.org ", "rosa@example.org"),
        ("name", "DELGADO, Rosa", "Rosa Delgado"),
        ("name", "María José Núñez", "maria jose nunez"),
    ],
)
def test_two_writings_of_the_same_are_one(kind, one, other):
    assert index.mac(kind, one) == index.mac(kind, other) is not None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a_number", "A 12"),
        ("receipt", "ABC1912345678"),
        ("ssn", "000-12-3456"),
        ("ssn", "912-34-5678"),
        ("phone", "call me"),
        ("phone", "12"),
        ("email", "rosa"),
        ("name", "  ,. "),
    ],
)
def test_what_cannot_be_one_is_not_indexed(kind, text):
    assert index.mac(kind, text) is None


def test_the_same_digits_of_another_kind_are_another_entry():
    assert index.mac("ssn", "123456789") != index.mac("a_number", "123456789")


def test_an_id_that_does_not_say_what_it_is_is_found_under_each_it_could_be():
    assert {kind for kind, _ in index.entries("id", "123456789")} == {"a_number", "ssn", "id"}
    assert {kind for kind, _ in index.entries("id", "EAC1912345678")} == {"receipt", "id"}


def test_a_hash_says_nothing_without_the_key(home):
    before = index.mac("name", "Rosa Delgado")

    from haven import keys

    keys._open.clear()
    for path in (home / "keys").iterdir():
        path.unlink()

    assert index.mac("name", "Rosa Delgado") != before


def test_a_packet_is_known_by_its_bytes_in_any_order():
    assert index.content_mac("aa", "bb") == index.content_mac("bb", "aa") != index.content_mac("aa", "bc")
