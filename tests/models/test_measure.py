"""Measures, their intervals, and how two pipelines are compared."""

import pytest

from models.measure import calibration_error, confidences, differences, named, rows, scorer


def counted(*f1: tuple[int, int, int]) -> list[dict]:
    """Documents in which so many were (right, found, gold)."""
    return [{"span micro": c} for c in f1]


HALF = counted((1, 2, 2), (1, 2, 2), (1, 2, 2))


def test_f1_is_that_of_the_sums_over_all_documents():
    (row,) = rows(counted((1, 1, 1), (0, 3, 5)))
    assert row.value == pytest.approx(2 * 1 / (4 + 6))
    assert row.recall == pytest.approx(1 / 6)
    assert row.detail == "P 0.250 R 0.167, 6 gold"


def test_a_share_is_right_ones_of_all():
    (row,) = rows([{"exposed": (1, 3, 3)}, {"exposed": (0, 5, 5)}])
    assert row.value == pytest.approx(1 / 8)
    assert row.detail == "1 of 8"


def test_the_interval_holds_the_value_and_closes_where_documents_agree():
    (row,) = rows(counted((0, 1, 1), *[(9, 10, 10)] * 20))
    assert row.low < row.value < row.high
    (row,) = rows(HALF)
    assert row.low == row.value == row.high == 0.5


def test_a_measure_that_a_document_lacks_counts_nothing_there():
    out = {r.name: r for r in rows([{"a": (1, 1, 1)}, {"b": (0, 0, 2)}])}
    assert (out["a"].value, out["b"].value) == (1.0, 0.0)


def test_the_same_reading_differs_from_itself_by_nothing():
    (row,) = differences(HALF, HALF)
    assert (row.value, row.low, row.high) == (0, 0, 0)


def test_a_difference_in_every_document_is_surer_than_the_two_values_are():
    worse = counted(*[(k, 10, 10) for k in range(9)])
    better = counted(*[(k + 1, 10, 10) for k in range(9)])
    (row,) = differences(better, worse)
    assert row.value == pytest.approx(0.1)
    assert row.low == pytest.approx(0.1)
    one, other = rows(better)[0], rows(worse)[0]
    assert one.low < other.high, "the intervals of the two values overlap"


def test_a_draw_by_the_same_seed_is_the_same():
    each = counted(*[(k % 7, 7, 7 + k) for k in range(40)])
    assert rows(each, seed=3) == rows(each, seed=3)
    assert rows(each, seed=3) != rows(each, seed=4)


def test_confidence_that_comes_true_has_no_calibration_error():
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0)


def test_the_calibration_error_weighs_bins_by_what_falls_into_them():
    # ten at 0.95 of which half are right: off by 0.45; thirty at 0.15 of which none is: off by 0.15
    pairs = [(0.95, k % 2 == 0) for k in range(10)] + [(0.15, False)] * 30
    assert calibration_error(pairs) == pytest.approx((10 * 0.45 + 30 * 0.15) / 40)


def test_too_high_and_too_low_in_one_bin_cancel_out_but_not_in_two():
    assert calibration_error([(1.0, True), (1.0, False)]) == pytest.approx(0.5)
    assert calibration_error([(1.0, False), (0.0, True)]) == pytest.approx(1.0)


def test_no_confidence_at_all_is_no_error():
    assert calibration_error([]) == 0


def same_name(gold: dict, found: dict) -> dict[str, str]:
    return {f: g for f, x in found.items() for g, y in gold.items() if x["name"] and x["name"] == y["name"]}


def entity(name: str, role: str, confidence: float = 1.0, doubt: tuple = ()) -> dict:
    return {"name": name, "aliases": [], "role": role, "confidence": confidence, "doubt": list(doubt)}


def test_confidences_stand_with_whether_the_borders_or_the_role_were_right():
    gold = {
        "spans": [{"start": 0, "end": 4, "label": "PERSON"}],
        "entities": {"e0": entity("Ana", "applicant"), "e1": entity("Rosa", "trafficker"), "e2": entity("Li", "other")},
    }
    found = {
        "spans": [
            {"start": 0, "end": 4, "label": "PERSON", "confidence": 0.9},
            {"start": 5, "end": 9, "label": "DATE", "confidence": 0.4},
        ],
        "entities": {
            "e0": entity("Ana", "applicant"), "e1": entity("Rosa", "trafficker", 0.8),
            "e2": entity("Li", "other", 0.3, ("trafficker",)), "e3": entity("Nobody", "victim", 0.6),
            "e4": entity("", "family", 0.7),
        },
    }  # fmt: skip
    out = confidences(same_name, {"x": gold}, {"x": found})
    assert out == {
        "spans": [(0.9, True), (0.4, False)], "sure": [(0.8, True)], "in doubt": [(0.3, True)],
        "other entities": [(0.6, False)],
    }  # fmt: skip


def test_entities_without_a_name_are_not_counted_but_the_applicant_is():
    document = {"entities": {"e0": entity("", "applicant"), "e1": entity("", "family"), "e2": entity("Li", "other")}}
    assert list(named(document)) == ["e0", "e2"]


def test_a_data_folder_without_measures_is_said_in_one_sentence(tmp_path):
    with pytest.raises(SystemExit, match=r"cannot be read\.$"):
        scorer(tmp_path)
