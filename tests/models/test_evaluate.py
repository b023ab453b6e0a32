"""The tables of a model card."""

from models.evaluate import Reading, below, by_group, compared, groups_by_kind, groups_by_length, show
from models.measure import Row


def counts(right: int, accused: int = 0) -> dict:
    return {
        "span micro": (right, 10, 10), "subjects: traffickers": (1, 1, 2), "traffickers offered": (right, 10, 10),
        "exposed": (accused, 4, 4), "roles": (3, 4, 4), "attributes": (1, 2, 2), "span VISA": (1, 1, 1),
    }  # fmt: skip


def reading(*right: int) -> Reading:
    sizes = (499, 500, 1200, 1201)
    gold = {
        f"t-{k}0": {"document": "statement" if k else "police_report", "text": "word " * sizes[k]}
        for k in range(len(right))
    }
    return Reading(gold, {}, {i: counts(r, accused=r == 1) for i, r in zip(gold, right, strict=True)}, 1.0)


def test_documents_are_grouped_by_kind_and_by_length():
    gold = reading(5, 5, 5, 5).gold
    assert groups_by_kind(gold) == {"statement": ["t-10", "t-20", "t-30"], "police report": ["t-00"]}
    assert list(groups_by_length(gold).values()) == [["t-00"], ["t-10", "t-20"], ["t-30"]]


def test_a_group_has_its_own_values_and_an_empty_one_no_row():
    r = reading(10, 1)
    out = by_group({"first": ["t-00"], "second": ["t-10"], "none": []}, r.counts, seed=1).splitlines()
    assert out[2:] == [
        "| first | 1 | 1.000 | 0.667 | 1.000 | 0 of 4 | 0.750 | 0.500 | – |",
        "| second | 1 | 0.100 | 0.667 | 0.100 | 1 of 4 | 0.750 | 0.500 | – |",
    ]


def test_the_main_table_has_a_column_for_noise_and_for_the_peer_where_they_were_read():
    measured = reading(10, 8).measured(seed=1)
    plain = show(measured, {}, None)
    assert "| spans, all labels, F1 | 0.900 | 0.800–1.000 | P 0.900 R 0.900, 20 gold |" in plain
    assert "Other labels, F1: VISA 1.000." in plain
    full = show(measured, {"span micro": Row("span micro", 0.5, 0, 1)}, reading(4, 1).measured(seed=1))
    assert "| spans, all labels, F1 | 0.900 | 0.800–1.000 | P 0.900 R 0.900, 20 gold | 0.250 | 0.500 |" in full
    assert "| 0.125 (1 of 8) |" in full, "how many protected people are accused is said in numbers"


def test_two_pipelines_are_compared_measure_by_measure():
    out = compared(reading(10, 8, 9), reading(6, 4, 5), seed=1)
    assert "| spans, all labels, F1 | 0.900 against 0.500 | +0.400 | +0.400 to +0.400 |" in out
    assert "| roles right | 0.750 against 0.750 | +0.000 | +0.000 to +0.000 |" in out


def test_what_falls_below_its_bound_is_said_and_what_must_be_rare_is_bounded_from_above():
    measured = reading(10, 1).measured(seed=1)
    assert below({"span micro": 0.5, "exposed": 0.2}, measured) == []
    assert below({"span micro": 0.6, "exposed": 0.1}, measured) == [
        "span micro is 0.550, not 0.600", "exposed is 0.125, not 0.100",
    ]  # fmt: skip
    assert below({"relations": 0.4}, measured) == ["relations is 0.000, not 0.400"]
