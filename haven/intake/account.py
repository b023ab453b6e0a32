"""The account that an intake ends with: every page in one column, and why a person is needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from haven.cases.models import PageRow, Subject, Task
from haven.intake.packets import Outcome

STATES = ("text", "ocr", "blank", "needs_person", "refused")
HEADS = {"text": "Text", "ocr": "OCR", "blank": "Blank", "needs_person": "Needs a person", "refused": "Refused"}
SHORT = {"Needs a person": "Person"}
SAID = {"known": "already stored", "failed": "failed", "busy": "being read elsewhere", "stored": ""}
REASONS = "What needs a person, and why"
REASONS_SHOWN = 4
WIDE = 130
"""Columns that a terminal must have for the reasons to stand in the table itself."""
MINOR = "A minor is named: notice to HHS within 24 hours."


@dataclass(frozen=True)
class Line:
    """One packet: ``sum(pages.values())`` is the number of its pages."""

    name: str
    state: str
    case: str
    pages: dict[str, int] = field(default_factory=dict)
    alleged: int = 0
    needs: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.pages.values())


def line_of(outcome: Outcome) -> Line:
    """What the store says of a packet, also of one that it had before."""
    row = outcome.row
    if row.case is None:
        why = {"failed": f"could not be read ({row.error}); it is kept, run the intake again", "busy": SAID["busy"]}
        return Line(outcome.name, outcome.state, "", needs=[why.get(outcome.state, "not read yet")])
    states = PageRow.objects.filter(packet=row).values_list("state", flat=True)
    subjects = Subject.objects.filter(person__packet=row, role="trafficker")
    tasks = Task.objects.filter(case=row.case, done__isnull=True).select_related("page", "other_case")
    minors = row.case.minor_notices.filter(sent=None, ruled_out=None).count()
    return Line(
        name=outcome.name,
        state=outcome.state,
        case=row.case.number,
        pages=dict(Counter(states)),
        alleged=subjects.count(),
        needs=[*([MINOR] if minors else []), *map(_said, tasks)],
    )


def _said(task: Task) -> str:
    if task.other_case is not None:
        return f"The same number as case {task.other_case.number}: are they one?"
    where = f"page {task.page.index + 1}: " if task.page else ""
    return where + task.sentence


def table_of(lines: list[Line], width: int) -> RenderableType:
    """The account of a run, with a sum that adds up in sight. On a narrow terminal the reasons stand below it."""
    wide = width >= WIDE
    table = Table(title="Intake", title_justify="left", title_style="bold", pad_edge=False, box=box.SIMPLE_HEAD)
    table.add_column("Packet", overflow="fold")
    table.add_column("Case", no_wrap=True)
    for head in ("Pages", *(head if wide else SHORT.get(head, head) for head in HEADS.values()), "Alleged"):
        table.add_column(head, justify="right")
    if wide:
        table.add_column(REASONS, overflow="fold", ratio=1)
    for one in lines:
        counts = [str(one.pages.get(state, 0) or "·") for state in STATES]
        case = Text(one.case or "none")
        if SAID[one.state]:
            case.append(f"\n{SAID[one.state]}", style="dim")
        row: list[RenderableType] = [Text(one.name), case, str(one.total), *counts, str(one.alleged or "·")]
        table.add_row(*row, *([_reasons(one)] if wide else []))
    parts: list[RenderableType] = [table]
    if not wide and any(one.needs for one in lines):
        below = Table(pad_edge=False, box=box.SIMPLE_HEAD)
        below.add_column("Packet", overflow="fold")
        below.add_column(REASONS, overflow="fold", ratio=1)
        for one in lines:
            if one.needs:
                below.add_row(Text(one.case or one.name), _reasons(one))
        parts += [Text(), below]
    return Group(*parts, Text(), Text(summary(lines)))


def _reasons(line: Line) -> Text:
    shown = line.needs[:REASONS_SHOWN]
    if len(line.needs) > REASONS_SHOWN:
        shown.append(f"and {len(line.needs) - REASONS_SHOWN} more on its page")
    return Text("\n".join(shown))


def summary(lines: list[Line]) -> str:
    """``20 packets, 61 pages: 41 text + 12 OCR + 0 blank + 5 need a person + 3 refused = 61. 18 alleged people …``"""
    pages: Counter = Counter()
    for one in lines:
        pages.update(one.pages)
    words = {"text": "text", "ocr": "OCR", "blank": "blank", "needs_person": "need a person", "refused": "refused"}
    total = sum(pages.values())
    parts = " + ".join(f"{pages[state]} {words[state]}" for state in STATES)
    stored = Counter(one.state for one in lines)
    states = [f"{stored[s]} {SAID[s]}" for s in ("known", "failed", "busy") if stored[s]]
    packets = f"{len(lines)} packet{'s' * (len(lines) != 1)}" + (f" ({', '.join(states)})" if states else "")
    alleged = sum(one.alleged for one in lines)
    people = "1 alleged person or organisation" if alleged == 1 else f"{alleged} alleged people and organisations"
    waiting = sum(bool(one.needs) for one in lines)
    return (
        f"{packets}, {total} page{'s' * (total != 1)}: {parts} = {total}. Nothing lost.\n"
        f"{people} found; {waiting} packet{'s' * (waiting != 1)} need{'s' * (waiting == 1)} a person."
    )
