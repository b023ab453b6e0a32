"""The log as a file: one row a line, then the signed checkpoint of the last row, so that a cut-off end shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

from extract.errors import OutputFailed, UsageProblem
from haven.audit import checkpoints, log
from haven.audit.chain import FIRST, Row
from haven.audit.checkpoints import Checkpoint
from haven.audit.errors import LogBroken

FIELDS = {field.name for field in fields(Row)}
LONGEST_LINE = 100_000


def write(path: Path) -> Checkpoint:
    """Writes the whole log to ``path`` (whole or not at all). Raises ``OutputFailed``."""
    part = path.with_name(f".{path.name}.part")
    sequence, head, at = 0, FIRST, ""
    try:
        with part.open("w", encoding="utf-8") as file:
            for row in log.rows():
                file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                sequence, head, at = row.sequence, row.hash, row.at
            end = checkpoints.sign(sequence, head, at)
            file.write(json.dumps({"checkpoint": asdict(end)}) + "\n")
        part.replace(path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise OutputFailed(f"The log could not be exported to {path}: {problem.strerror}.") from None
    return end


class Export:
    """Reads an exported log. ``end`` is its closing checkpoint once ``rows`` is exhausted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end: Checkpoint | None = None

    def rows(self) -> Iterator[Row]:
        """Raises ``UsageProblem`` if the file cannot be opened, ``LogBroken`` naming the first line that is no row."""
        try:
            file = self.path.open(encoding="utf-8")
        except OSError as problem:
            raise UsageProblem(f"{self.path} cannot be read: {problem.strerror}.") from None
        with file:
            number = 0
            while line := _line(file, number + 1):
                number += 1
                if self.end is not None:
                    raise LogBroken(f"Line {number} of the export stands after its closing checkpoint.")
                try:
                    given = json.loads(line)
                    if isinstance(given, dict) and set(given) == {"checkpoint"}:
                        self.end = checkpoints.from_json(given["checkpoint"])
                        continue
                    row = _row(given)
                except (ValueError, RecursionError):
                    raise LogBroken(f"Line {number} of the export is not a row of the log.") from None
                yield row


def _line(file, number: int) -> str:
    try:
        line = file.readline(LONGEST_LINE)
    except UnicodeDecodeError:
        raise LogBroken(f"Line {number} of the export, or one near it, is not text.") from None
    return line


def _row(given: object) -> Row:
    if not isinstance(given, dict) or set(given) != FIELDS or type(given["sequence"]) is not int:
        raise ValueError("not a row")
    if not all(isinstance(given[name], str) for name in FIELDS - {"sequence"}):
        raise ValueError("not a row")
    return Row(**given)
