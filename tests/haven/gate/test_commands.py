"""``haven gate``: one request or many, whatever they hold; every line gets an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from haven.gate.commands import app
from tests.haven.gate.oracle import ROWS
from tests.haven.gate.test_rows import LEAD, OFFICER


def haven_gate(*arguments: str | Path, input: str | None = None):
    return CliRunner().invoke(app, list(map(str, arguments)), input=input)


@pytest.fixture
def written(tmp_path: Path):
    def write(*lines: object) -> Path:
        path = tmp_path / "requests.jsonl"
        path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
        return path

    return write


def test_explain_prints_one_answer_with_every_part(written):
    done = haven_gate("explain", written({**LEAD, "approvals": {}}))

    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(answer) == [
        "decision", "rules", "allowed", "removed", "missing", "approvals_missing", "gives", "labels", "alerts", "to",
        "lane", "ground", "policy",
    ]  # fmt: skip
    assert (answer["decision"], answer["approvals_missing"]) == ("approve", ["uscis_supervisor"])


def test_lines_are_answered_in_order_with_their_ids(written):
    done = haven_gate("explain", "--lines", written({"id": "a", **OFFICER}, "", {"id": 7, **LEAD}, {**OFFICER}))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [(a["id"], a["rules"]) for a in answers] == [("a", ["G1"]), (7, ["G6"]), (None, ["G1"])]


@pytest.mark.parametrize(
    "broken",
    [
        "{", "[]", "null", "7", '"text"', "nonsense", '{"mfa": false, "mfa": true}', '{"categories": NaN}',
        "[" * 100_000, '{"a": ' * 5_000, '{"id": "' + "x" * 1_100_000 + '"}', '{"cell_size": ' + "9" * 5_000 + "}",
    ],
)  # fmt: skip
def test_broken_line_is_answered_with_deny_and_the_rest_goes_on(written, broken):
    done = haven_gate("explain", "--lines", written({"id": 1, **OFFICER}, broken, {"id": 2, **OFFICER}))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["decision"] for a in answers] == ["permit", "deny", "permit"]
    assert (answers[1]["id"], answers[1]["line"], answers[1]["rules"]) == (None, 2, ["P8"])
    assert str(done.exception) == "1 of 3 lines held no request; they were answered with deny."


def test_bytes_that_are_no_text_are_answered_too(tmp_path):
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b"\xff\xfe{}\n" + json.dumps({"id": "\ud800", **OFFICER}).encode() + b"\n")

    answers = [json.loads(line) for line in haven_gate("explain", "--lines", path).stdout.splitlines()]
    assert [a["decision"] for a in answers] == ["deny", "permit"]


def test_requests_may_come_from_standard_input():
    assert json.loads(haven_gate("explain", "-", input=json.dumps(OFFICER)).stdout)["rules"] == ["G1"]
    assert json.loads(haven_gate("explain", "--lines", "-", input=json.dumps(OFFICER)).stdout)["rules"] == ["G1"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["explain"], "Name one file"),
        (["explain", "a", "--lines", "b"], "Name one file"),
        (["explain", "/nowhere/request.json"], "cannot be read"),
        (["explain", "/tmp"], "cannot be read"),
    ],
)
def test_wrong_use_is_one_sentence(arguments, sentence):
    assert sentence in str(haven_gate(*arguments).exception)


@pytest.mark.parametrize("content", ["", "{", "[1]", "x" * 2_000_000])
def test_single_request_that_is_none_is_one_sentence(written, content):
    assert "holds no request" in str(haven_gate("explain", written(content)).exception)


def test_table_is_drawn_from_the_policies():
    rows = [json.loads(line) for line in haven_gate("table", "--json").stdout.splitlines()]

    by_rule = {row["rule"]: row for row in rows}
    assert set(ROWS) | {"P2", "P3", "P4", "P6", "P7", "P8", "P9"} == set(by_rule)
    for name, row in ROWS.items():
        if isinstance(row["data"], list) and by_rule[name]["data"]:
            assert by_rule[name]["data"] == sorted(row["data"], key=lambda one: int(one[1:]))
        for fact in row.get("needs", []):
            assert any(fact in words for words in by_rule[name]["must_be_true"])
    assert by_rule["G6"]["approvals"] == ["uscis_supervisor"]
    assert "G33" in haven_gate("table").stdout


def test_check_says_that_the_policy_set_is_valid():
    assert "The policy set is valid: 55 rules, 2026-11b sha256:" in haven_gate("check").stdout
