"""Boxes on the upright page and the way back to the stored one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.read.geometry import deskew_box, deskewed_size, turn_box, turned_size, upright_box

sides = st.floats(10, 1000)
boxes = st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(5, 9), st.floats(5, 9))


@given(box=boxes, width=sides, height=sides, rotation=st.sampled_from([0, 90, 180, 270]))
def test_turning_there_and_back_changes_nothing(box, width, height, rotation):
    there = turn_box(box, width, height, rotation)
    back = turn_box(there, *turned_size(width, height, rotation), (360 - rotation) % 360)
    assert back == pytest.approx(box)


@given(box=boxes, width=sides, height=sides, skew=st.floats(-12, 12))
def test_a_deskewed_box_stays_on_the_canvas_and_holds_the_old_one(box, width, height, skew):
    x0, top, x1, bottom = deskew_box(box, width, height, skew)
    new_width, new_height = deskewed_size(width, height, skew)
    assert -1e-6 <= x0 <= x1 <= new_width + 1e-6
    assert -1e-6 <= top <= bottom <= new_height + 1e-6
    assert x1 - x0 >= (box[2] - box[0]) * math.cos(math.radians(skew)) - 1e-6


def test_a_quarter_turn_clockwise_brings_the_left_edge_to_the_top():
    assert turn_box((0, 700, 10, 780), 612, 792, 90) == (12, 0, 92, 10)


def test_a_field_of_a_pdf_lies_where_its_word_lies():
    # user space counts from the bottom left of the crop box
    assert upright_box((110, 680, 150, 700), (10, 20, 622, 812), 0) == (100, 112, 140, 132)
