"""The two readings of a sentence: what was changed stands out, and no word of either is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from haven.review.referral_page import Piece, side_by_side

words = st.lists(st.sampled_from(["Daysi", "Person", "2", "hit", ",", " ", "[removed]"]), max_size=12).map("".join)


def test_a_name_and_its_pseudonym_are_one_change_each() -> None:
    original, outgoing = side_by_side("She hit Daysi Luna twice.", "She hit Person 3 twice.")

    assert original == (Piece("She hit ", False), Piece("Daysi Luna", True), Piece(" twice.", False))
    assert outgoing == (Piece("She hit ", False), Piece("Person 3", True), Piece(" twice.", False))


def test_a_sentence_that_leaves_as_it_is_has_nothing_to_look_at() -> None:
    original, outgoing = side_by_side("She took the van.", "She took the van.")

    assert original == outgoing == (Piece("She took the van.", False),)


@given(words, words)
def test_no_character_of_either_reading_is_lost(before: str, after: str) -> None:
    original, outgoing = side_by_side(before, after)

    assert "".join(piece.text for piece in original) == before
    assert "".join(piece.text for piece in outgoing) == after


def test_a_paragraph_s_end_that_became_a_blank_is_no_change():
    original, outgoing = side_by_side("He left.\n\nShe stayed.", "He left. She stayed.")
    assert not any(piece.changed for piece in (*original, *outgoing))
