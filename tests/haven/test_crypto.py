"""Sealing: what was put in comes out, in its own place and with its own key, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haven import crypto
from haven.keys import WrongKey

HERE = crypto.place("cases.value", "1", "text")


@given(st.binary(max_size=5000))
@settings(max_examples=50, deadline=None)
def test_what_was_sealed_opens_as_it_was(content):
    key, _ = crypto.new_data_key("records", HERE)

    assert crypto.unseal(key, crypto.seal(key, content, HERE), HERE) == content


def test_the_same_content_is_never_sealed_twice_alike():
    key, _ = crypto.new_data_key("records", HERE)

    assert crypto.seal(key, b"Rosa Delgado", HERE) != crypto.seal(key, b"Rosa Delgado", HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        crypto.place("cases.value", "2", "text"),
        crypto.place("cases.value", "1", "reason"),
        crypto.place("cases.evidence", "1", "text"),
        crypto.place("cases.value", "1text"),
    ],
)
def test_a_value_moved_to_another_record_or_field_does_not_open(elsewhere):
    key, _ = crypto.new_data_key("records", HERE)
    sealed = crypto.seal(key, b"Rosa Delgado", HERE)

    with pytest.raises(WrongKey):
        crypto.unseal(key, sealed, elsewhere)


def test_names_of_a_place_do_not_run_into_each_other():
    assert crypto.place("ab", "c") != crypto.place("a", "bc")


@pytest.mark.parametrize("position", [0, 1, 14, -1])
def test_one_changed_byte_is_noticed(position):
    key, _ = crypto.new_data_key("records", HERE)
    sealed = bytearray(crypto.seal(key, b"Rosa Delgado", HERE))
    sealed[position] ^= 1

    with pytest.raises(WrongKey):
        crypto.unseal(key, bytes(sealed), HERE)


def test_a_data_key_opens_only_in_its_record_and_store():
    _, wrapped = crypto.new_data_key("records", HERE)

    with pytest.raises(WrongKey):
        crypto.open_data_key("records", wrapped, crypto.place("cases.value", "2", "text"))
    with pytest.raises(WrongKey):
        crypto.open_data_key("narrative", wrapped, HERE)


def test_an_envelope_says_which_key_wraps_it_and_an_unknown_format_is_refused():
    key, wrapped = crypto.new_data_key("records", HERE)

    assert crypto.key_version(wrapped) == 1
    assert crypto.open_data_key("records", wrapped, HERE) == key
    with pytest.raises(WrongKey, match="format"):
        crypto.open_data_key("records", b"\x02" + wrapped[1:], HERE)


def test_a_key_version_that_does_not_exist_is_named_without_a_word_of_the_content():
    _, wrapped = crypto.new_data_key("records", HERE)
    newer = wrapped[:1] + b"\x00\x00\x00\x09" + wrapped[5:]

    with pytest.raises(WrongKey, match="no version 9"):
        crypto.open_data_key("records", newer, HERE)


@given(st.text(max_size=200))
@settings(max_examples=30, deadline=None)
def test_a_text_without_a_record_travels_with_its_key(text):
    sealed = crypto.seal_text("accounts", text, HERE)

    assert crypto.unseal_text("accounts", sealed, HERE) == text


@pytest.mark.parametrize("damaged", ["", "not base64!", "AAAA", "////////////////"])
def test_a_damaged_text_is_refused_in_the_same_way(damaged):
    with pytest.raises(WrongKey):
        crypto.unseal_text("accounts", damaged, HERE)


def test_data_keys_made_together_are_all_different_and_bound_to_their_own_place():
    places = [crypto.place("cases.value", str(n)) for n in range(3)]
    made = crypto.new_data_keys("records", places)

    assert len({key for key, _ in made}) == len({wrapped for _, wrapped in made}) == 3
    for (key, wrapped), place in zip(made, places, strict=True):
        assert crypto.open_data_key("records", wrapped, place) == key
    with pytest.raises(WrongKey):
        crypto.open_data_key("records", made[0][1], places[1])
