"""From scores to spans."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from extract.narrative.scheme import TAG_OF, TAGS
from extract.narrative.spans import decode, log_softmax


def scores(*tags: str) -> np.ndarray:
    x = np.zeros((len(tags), len(TAGS)))
    for i, t in enumerate(tags):
        x[i, TAG_OF[t]] = 9
    return log_softmax(x)


def test_tags_become_spans_with_the_confidence_of_their_weakest_tag():
    (a, b) = decode(scores("B-PERSON", "E-PERSON", "O", "S-DATE"))
    assert (a[:3], b[:3]) == ((0, 1, "PERSON"), (3, 3, "DATE"))
    assert 0.9 < a[3] <= 1


def test_a_beginning_without_an_end_is_not_left_open():
    x = scores("B-PERSON", "O", "O")
    for i, j, label, _ in decode(x):
        assert i <= j < 3 and label


@given(st.integers(1, 40), st.integers(0, 10**6))
def test_any_scores_give_spans_that_do_not_overlap(n, seed):
    x = log_softmax(np.random.default_rng(seed).normal(0, 3, (n, len(TAGS))))
    at = -1
    for i, j, _, confidence in decode(x):
        assert at < i <= j < n
        assert 0 <= confidence <= 1
        at = j
