"""What was understood, drawn on the page: marks per line of words, and text cut at them without losing a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from haven.review.paper import Found, lines_of, mark, marks, pieces


def test_words_of_one_line_become_one_box() -> None:
    rosa, delgado = (72.0, 100.0, 98.0, 112.0), (102.0, 101.0, 150.0, 113.0)

    assert lines_of([rosa, delgado]) == [(72.0, 100.0, 150.0, 113.0)]


def test_a_name_broken_over_two_lines_has_two_boxes() -> None:
    end_of_line, next_line = (500.0, 100.0, 530.0, 112.0), (72.0, 116.0, 120.0, 128.0)

    assert lines_of([end_of_line, next_line]) == [end_of_line, next_line]


def test_a_mark_is_drawn_one_point_around_the_words() -> None:
    drawn = mark(Found("v-1", "alleged", "Rosa Delgado", boxes=((72.0, 100.0, 98.0, 112.0),)))

    assert drawn.rects[0] == {
        "x": "71.0",
        "y": "99.0",
        "width": "28.0",
        "height": "14.0",
        "x2": "99.0",
        "base": "113.0",
    }


def test_two_values_read_at_one_place_are_one_mark_that_lights_for_both() -> None:
    box = ((72.0, 100.0, 98.0, 112.0),)

    (drawn,) = marks([Found("v-1", "fact", "", boxes=box), Found("v-2 p-1", "fact", "", boxes=box)])

    assert drawn.key == "v-1 v-2 p-1"


def test_a_name_keeps_its_colour_inside_the_sentence_that_accuses() -> None:
    sentence = Found("v-act", "fact", "", (0, 13))
    name = Found("p-daysi", "protected", "Daysi, other victim", (8, 13))

    she_hit, daysi, rest = pieces("She hit Daysi, who was 15.", [sentence, name])

    assert (she_hit.text, she_hit.key) == ("She hit ", "v-act")
    assert (daysi.text, daysi.found, daysi.key) == ("Daysi", name, "p-daysi v-act")
    assert rest.found is None


ranges = st.tuples(st.integers(-5, 60), st.integers(-5, 60))


@given(st.text(max_size=50), st.lists(ranges, max_size=8))
def test_cutting_never_loses_or_doubles_a_character(text: str, found: list[tuple[int, int]]) -> None:
    cut = pieces(text, [Found(str(i), "fact", "", r) for i, r in enumerate(found)])

    assert "".join(piece.text for piece in cut) == text
