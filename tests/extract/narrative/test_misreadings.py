"""Which rare spelling of a name stands for which other."""

import time

import pytest

from extract.narrative.misreadings import letters_apart, readings


def read(counts, listed=(), together=()):
    """The readings of words met so often, where each stands in a sentence of its own but for those ``together``."""
    return readings(counts, set(listed), {w: {0} if w in together else {k + 1} for k, w in enumerate(counts)})


@pytest.mark.parametrize(
    "seen, written",
    [("wex1ey", "wexley"), ("kiuu", "kinu"), ("bemal", "bernal"), ("pinecla", "pineda"), ("s0mbra", "sombra")],
)
def test_letters_that_look_alike_are_read_as_one(seen, written):
    assert letters_apart(seen, written) <= 1
    assert read({written: 5, seen: 1}) == {seen: written}


def test_a_name_of_the_lists_is_never_mended():
    assert read({"maria": 9, "marla": 1}, listed=["marla"]) == {}


def test_of_two_words_equally_near_neither_is_meant():
    assert read({"harlan": 4, "marlan": 4, "karlan": 1}) == {}


def test_what_is_met_often_is_the_writers_own_spelling():
    assert read({"gonsalves": 6, "gonzalves": 4}) == {}


def test_two_spellings_in_one_sentence_are_two_names():
    assert read({"letebrhan": 5, "lotebrhan": 1}, together=["letebrhan", "lotebrhan"]) == {}


def test_short_words_are_left_alone():
    assert read({"li": 5, "lu": 1, "kim": 4, "kin": 1}) == {}


def test_a_long_text_is_read_in_seconds():
    counts = {
        f"fam{chr(97 + a)}{chr(97 + b)}{chr(97 + c)}lia": 1 for a in range(14) for b in range(14) for c in range(14)
    }
    began = time.process_time()
    read(counts)
    assert time.process_time() - began < 10
