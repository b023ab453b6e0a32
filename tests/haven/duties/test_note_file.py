"""Files of notes as other systems write them, and what is no such file."""

from __future__ import annotations

import pytest

from extract.errors import UsageProblem
from haven.duties.note_file import Note, notes_of


@pytest.mark.parametrize(
    "content",
    [
        "Receipt Number,Note Text\nEAC1912345678,one\n,two\n",
        "receipt;officer;case note\r\nEAC1912345678;Novak;one\r\n;Chen;two\r\n",
        "note\treceipt no.\none\tEAC1912345678\ntwo\t\n",
        "\ufeffReceipt,Comments\nEAC1912345678,one\n\n,two\n",
    ],
)
def test_columns_are_found_by_their_names(tmp_path, content):
    file = tmp_path / "notes.csv"
    file.write_text(content, encoding="utf-8", newline="")

    assert [(note.receipt, note.text) for note in notes_of(file)] == [("EAC1912345678", "one"), ("", "two")]


def test_a_note_of_many_lines_knows_where_it_begins(tmp_path):
    file = tmp_path / "notes.csv"
    file.write_text('receipt,text\nEAC1912345678,"one\n\nmore, and ""more"""\nEAC1912345679,two\n')

    assert notes_of(file) == [
        Note(2, "EAC1912345678", 'one\n\nmore, and "more"'),
        Note(5, "EAC1912345679", "two"),
    ]


def test_in_plain_text_a_receipt_number_begins_a_note(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("Export of 2014\n\nEAC-19-123-45678: one\nmore\n\nEAC1912345679 two\n  EAC 19 123 45670\nthree\n")

    assert notes_of(file) == [
        Note(1, "", "Export of 2014"),
        Note(3, "EAC-19-123-45678", "one\nmore"),
        Note(6, "EAC1912345679", "two"),
        Note(7, "EAC 19 123 45670", "three"),
    ]


def test_a_number_within_a_line_begins_nothing(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("EAC1912345678: see also EAC1912345679\nABC1912345678 is no receipt number\n")

    (note,) = notes_of(file)
    assert note.text == "see also EAC1912345679\nABC1912345678 is no receipt number"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.csv", b"name,born\nx,y\n", "columns"),
        ("notes.csv", b"", "columns"),
        ("notes.csv", b"receipt,text\n", "holds no note"),
        ("notes.txt", b" \n \n", "holds no note"),
        ("notes.txt", b"caf\xe9", "not UTF-8 at byte 3"),
        ("notes.txt", b"a\0b", "no text"),
        ("notes.csv", b'receipt,text\nEAC1912345678,"' + b"x" * 1_000_001 + b'"\n', "not CSV"),
    ],
)
def test_what_is_no_file_of_notes_is_one_sentence(tmp_path, name, content, says):
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(UsageProblem, match=says):
        notes_of(file)


def test_no_such_file(tmp_path):
    with pytest.raises(UsageProblem, match="cannot be read"):
        notes_of(tmp_path / "nothing.csv")
