"""The account that an intake ends with can be read on a narrow terminal too."""

import io

import pytest
from rich.console import Console

from haven.intake.account import Line, table_of

LINES = [
    Line("01-household", "stored", "T-0001", {"text": 15}, alleged=2, needs=["The role of 2 people must be decided."]),
    Line("02-locked", "stored", "T-0002", {"refused": 1}, needs=["page 1: The file needs a password."]),
]


@pytest.mark.parametrize("width", [80, 160])
def test_each_reason_stands_whole_beside_its_case(width):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(table_of(LINES, console.width))
    lines = console.export_text().splitlines()
    assert any("T-0002" in line and "page 1: The file needs a password." in line for line in lines)
    assert "15 text + 0 OCR + 0 blank + 0 need a person + 1 refused = 16." in " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= width
