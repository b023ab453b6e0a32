"""A file of case notes from another system: a receipt number and a text each, as CSV or as plain text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extract.errors import UsageProblem
from haven.cases.index import RECEIPT

LONGEST = 200_000_000
"""Bytes of a file: more than 500,000 notes of one screen."""
FIELD = 1_000_000
RECEIPT_COLUMN = re.compile(r"receipt", re.IGNORECASE)
TEXT_COLUMN = re.compile(r"note|text|comment|remark", re.IGNORECASE)
STARTS_NOTE = re.compile(r"\s*([A-Za-z]{3}[- ]?\d{2}[- ]?\d{3}[- ]?\d{5})\s*[:,;\t|–-]?\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Note:
    """One note as it stands in the file; ``line``: where it begins, from 1. Either part may be empty."""

    line: int
    receipt: str
    text: str


def notes_of(path: Path) -> list[Note]:
    """Every note of the file, in its order. Raises ``UsageProblem`` for what is no file of notes."""
    try:
        if path.stat().st_size > LONGEST:
            raise UsageProblem(f"{path} is larger than {LONGEST // 1_000_000} MB; divide it.")
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError as problem:
        raise UsageProblem(f"{path} is not UTF-8 at byte {problem.start}; save it as UTF-8.") from None
    if "\0" in content:
        raise UsageProblem(f"{path} is no text.")
    content = content.replace("\r\n", "\n")
    found = list(_of_table(path, content) if path.suffix.lower() == ".csv" else _of_text(content))
    if not found:
        raise UsageProblem(f"{path} holds no note.")
    return found


def _of_table(path: Path, content: str) -> Iterator[Note]:
    csv.field_size_limit(FIELD)
    rows = csv.reader(io.StringIO(content), delimiter=_delimiter(content))
    try:
        heads = next(rows, [])
        receipt = next((n for n, head in enumerate(heads) if RECEIPT_COLUMN.search(head)), None)
        text = next((n for n, head in enumerate(heads) if n != receipt and TEXT_COLUMN.search(head)), None)
        if receipt is None or text is None:
            raise UsageProblem(f"{path} needs a first line with the columns 'receipt number' and 'note text'.")
        before = rows.line_num
        for row in rows:
            if any(cell.strip() for cell in row):
                yield Note(before + 1, _cell(row, receipt), _cell(row, text))
            before = rows.line_num
    except csv.Error:
        raise UsageProblem(f"{path}, line {rows.line_num}: this is not CSV.") from None


def _of_text(content: str) -> Iterator[Note]:
    """A line that begins with a receipt number begins a note; what comes before the first one has none."""
    first, receipt, lines = 1, "", list[str]()
    for number, line in enumerate(content.split("\n"), start=1):
        start = STARTS_NOTE.fullmatch(line)
        if start and RECEIPT.fullmatch(re.sub(r"[- ]", "", start[1]).upper()):
            yield from _note(first, receipt, lines)
            first, receipt, lines = number, start[1], [start[2]]
        else:
            lines.append(line)
    yield from _note(first, receipt, lines)


def _note(line: int, receipt: str, lines: list[str]) -> Iterator[Note]:
    text = "\n".join(lines).strip()
    if receipt or text:
        yield Note(line, receipt, text)


def _cell(row: list[str], number: int) -> str:
    return row[number].strip() if number < len(row) else ""


def _delimiter(content: str) -> str:
    head = content.split("\n", 1)[0]
    return max(",;\t", key=head.count)
