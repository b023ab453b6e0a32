"""Annotated files are read in three forms; what is wrong with one is said with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from annotation.check import faults
from annotation.commands import app
from annotation.documents import NotADocument, read_files, write_lines
from extract.errors import OutputFailed, UsageProblem
from tests.annotation.marked import document

MARKED = """\
---
id: m-1
document: affidavit
language: en
entities:
  e0: {type: person, name: Ana, role: applicant}
relations: []
---
I am [[Ana|PERSON|e0]] 🌺. In
[[March 2014|DATE|2014-03]] I came.

Then I left.
"""


def read(path: Path) -> list[dict]:
    return [located.document for located in read_files([path])]


def test_inline_marks_become_spans_that_count_code_points(tmp_path: Path) -> None:
    path = tmp_path / "m.txt"
    path.write_text(MARKED, encoding="utf-8")
    (found,) = read(path)
    assert found["text"] == "I am Ana 🌺. In March 2014 I came.\n\nThen I left."
    assert found["spans"] == [
        {"start": 5, "end": 8, "label": "PERSON", "entity": "e0"},
        {"start": 15, "end": 25, "label": "DATE", "value": "2014-03"},
    ]


def test_json_lines_are_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    assert write_lines([document(), document(id="t-2")], path) == 2
    assert read(path) == [document(), document(id="t-2")]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_plain_text_is_a_document_without_marks(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"One.\r\nTwo.")
    (found,) = read(path)
    assert (found["id"], found["text"], found["spans"]) == ("letter", "One.\nTwo.", [])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b'{"id": "x", "text": "y"}\n{oops', "a.jsonl:2: this line is not JSON"),
        ("a.jsonl", b"[1]", "a.jsonl:1: this line is no document"),
        ("a.jsonl", b"[" * 100_000, "a.jsonl:1: this line is not JSON"),
        ("a.txt", b"one\ntwo \xff", "a.txt:2: this is not UTF-8 text."),
        ("a.txt", b"---\nid: x\nno end", "a.txt:1: the head between '---' lines does not end."),
        ("a.txt", b"---\nid: x\nentities: {e0\n---\ntext", "the head cannot be read as YAML."),
        ("a.txt", b"---\nid: x\n---\nI am [[Ana|PERSON", "a.txt:1: document x has a mark [[…]] that cannot be read."),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NotADocument) as problem:
        read(path)
    assert said in str(problem.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"nowhere.jsonl does not exist\."):
        read(tmp_path / "nowhere.jsonl")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OutputFailed):
        write_lines([document()], target)
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def spoilt(change: str) -> dict:
    made = document()
    match change:
        case "label":
            made["spans"][0]["label"] = "NAME"
        case "outside":
            made["spans"][0]["end"] = 10_000
        case "offset type":
            made["spans"][0]["start"] = "5"
        case "overlap":
            made["spans"][1]["start"] = made["spans"][0]["end"] - 2
        case "cuts a word":
            made["spans"][0]["end"] -= 1
        case "nobody":
            del made["spans"][0]["entity"]
        case "entity":
            made["spans"][0]["entity"] = "e9"
        case "role":
            made["entities"]["e1"]["role"] = "boss"
        case "second applicant":
            made["entities"]["e1"]["role"] = "applicant"
        case "date":
            made["spans"][1]["value"] = "2014-3"
        case "attribute":
            made["attributes"][1][2] = "(832) 555-0199"
        case "relation":
            made["relations"][0][1] = "met"
        case "itself":
            made["relations"][0][2] = "e1"
    return made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("label", "NAME at 11-21: there is no such label."),
        ("outside", "the span lies outside the text of"),
        ("offset type", "span 1 has no start and end in whole numbers."),
        ("overlap", "the span overlaps the one before it."),
        ("cuts a word", "PERSON at 11-20: the span cuts a word."),
        ("nobody", "the span names nobody"),
        ("entity", "there is no entity e9."),
        ("role", "entity e1 has the role 'boss', which is none of the scheme."),
        ("second applicant", "entity e1 is a second applicant."),
        ("date", "'2014-3' is no date."),
        ("attribute", "attribute 2 (phone): the text does not say so in these words."),
        ("relation", "relation 1: there is no relation 'met'."),
        ("itself", "relation 1: it leads from an entity to itself."),
    ],
)
def test_what_breaks_the_scheme_is_named(change: str, said: str) -> None:
    assert any(said in fault for fault in faults(spoilt(change))), list(faults(spoilt(change)))


def test_no_fault_quotes_the_statement() -> None:
    for change in ("label", "outside", "overlap", "cuts a word", "nobody", "attribute"):
        assert not any("Ana" in fault or "Flores" in fault or "555" in fault for fault in faults(spoilt(change)))


def test_check_names_file_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        json.dumps(document()) + "\n" + json.dumps(spoilt("label") | {"id": "bad"}) + "\n", encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    assert f"{path}:2: bad: NAME at 11-21: there is no such label." in result.output
    assert "2 documents, 1 with faults." in result.output


def test_agreement_counts_equal_spans(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    other = document()
    other["spans"][0]["end"] += 2
    write_lines([document()], one)
    write_lines([other], two)
    result = CliRunner().invoke(app, ["agree", str(one), str(two)])
    assert result.exit_code == 0
    lines = {line.split()[0]: line.split()[1] for line in result.output.splitlines() if len(line.split()) >= 5}
    assert lines["PERSON"] == "0.800"
    assert lines["all"] == "0.917"
    assert lines["DATE"] == "1.000"
