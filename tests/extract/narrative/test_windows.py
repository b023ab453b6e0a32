"""Windows over a long text: every word is read, and is taken from where it lies deepest."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from extract.narrative.windows import windows

SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=600).map(np.array)


@given(SIZES)
def test_every_word_is_read_by_the_window_that_owns_it(sizes):
    cut, owner = windows(sizes, window=60, overlap=16)
    for word, k in enumerate(owner):
        low, high = cut[k]
        assert low <= word < high


@given(SIZES)
def test_no_window_holds_more_than_its_pieces(sizes):
    cut, _ = windows(sizes, window=60, overlap=16)
    assert all(sizes[low:high].sum() <= 60 for low, high in cut)


def test_a_word_at_a_border_is_taken_from_the_window_where_it_has_most_around_it():
    cut, owner = windows(np.ones(300, dtype=int), window=100, overlap=40)
    for word in range(300):
        depth = [
            min(word - low if low else 999, high - 1 - word if high < 300 else 999) if low <= word < high else -1
            for low, high in cut
        ]
        assert depth[owner[word]] == max(depth)


def test_an_overlap_as_large_as_a_window_still_ends():
    cut, _ = windows(np.ones(50, dtype=int), window=10, overlap=10)
    assert cut[-1][1] == 50
