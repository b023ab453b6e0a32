"""Writes the form definitions in ``editions/`` from a folder of blank PDFs: ``python -m extract.forms.define FOLDER``.

The blanks are the agency's own (AcroForm with tooltips, XFA template). Of each field the definition keeps what a reader
needs: full name, printed part and item, what is asked in plain words, kind, category, page, box, the answer that a box
stands for, and its node in the XFA data.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import yaml

from extract.forms.bindings import data_nodes
from extract.forms.definitions import EDITIONS, leaf, without_pages
from extract.forms.prints import print_of
from extract.forms.tooltips import Described, Wording
from extract.forms.widgets import Widget, widgets_of

TITLES = {
    "i-914": "Application for T Nonimmigrant Status",
    "i-914a": "Application for Family Member of T-1 Recipient",
    "i-914b": "Declaration of Law Enforcement Officer for Victim of Trafficking in Persons",
    "i-918": "Petition for U Nonimmigrant Status",
    "i-918a": "Petition for Qualifying Family Member of U-1 Recipient",
    "i-918b": "U Nonimmigrant Status Certification",
}


@dataclass(frozen=True)
class Row:
    """A field with what is said of it."""

    widget: Widget
    says: Described
    data: str | None


def definition_of(path: Path, wording: Wording) -> tuple[str, dict[str, Any]]:
    """File name and content of one blank's definition. Raises ValueError for a PDF that is none of the six forms."""
    form, edition = form_of(path)
    with pikepdf.open(path) as pdf:
        nodes = data_nodes(pdf)
        rows = [
            Row(w, wording.describe(form, w), nodes.get(without_pages(w.name)))
            for w in widgets_of(pdf).widgets
            if w.kind != "button"
        ]
        pages = len(pdf.pages)
    _check_choices(form, rows)
    full = {leaf(r.widget.name): r.widget.name for r in reversed(rows)}
    month, day, year = edition.split("/")
    content = {
        "form": form,
        "edition": edition,
        "title": TITLES[form],
        "pages": pages,
        "fields": [_entry(r, full) for r in sorted(rows, key=_printed_order)],
    }
    return f"{form}_20{year}-{month}-{day}.yaml", content


def form_of(path: Path) -> tuple[str, str]:
    """Form and edition by the print of the pages."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        lines = page.get_textpage().get_text_bounded().splitlines()
        found = print_of([line for line in lines if re.match(r"Form I-91[48]", line)])
        if found and found.edition and not found.instructions:
            return found.form, found.edition
    raise ValueError("none of the six forms")


def _check_choices(form: str, rows: list[Row]) -> None:
    """No two boxes may say the same: a tooltip was misread, or is wrong and needs a correction in ``wording.yaml``."""
    said: dict[tuple[str, ...], str] = {}
    for row in rows:
        if row.says.option is None:
            continue
        answer = (row.says.part, row.says.item, row.says.name, row.says.option)
        if answer in said:
            raise ValueError(f"{form}: {row.widget.name} says the same as {said[answer]}: {row.says.option}")
        said[answer] = row.widget.name


def _printed_order(row: Row) -> tuple[Any, ...]:
    steps = re.findall(r"\d+|[A-Za-z]", f"{row.says.part[5:]} {row.says.item}")
    box = row.widget.box or (0.0, 0.0, 0.0, 0.0)
    return row.widget.page, [int(s) if s.isdigit() else ord(s) for s in steps], box[1], box[0]


def _entry(row: Row, full: dict[str, str]) -> dict[str, Any]:
    widget, says = row.widget, row.says
    entry: dict[str, Any] = {
        "acroform": widget.name,
        "item": ", ".join(x for x in (says.part, says.item) if x),
        "name": says.name,
        "kind": says.kind,
        "category": says.category,
        "page": widget.page + 1,
        "box": list(widget.box) if widget.box else None,
    }
    optional = {
        "option": says.option,
        "export": widget.on_state if says.option is not None else None,
        "many": says.many or None,
        "copy_of": full[says.copy_of] if says.copy_of else None,
        "data": row.data,
        "max_length": widget.max_length,
        "multiline": widget.multiline or None,
    }
    return entry | {key: value for key, value in optional.items() if value is not None}


def write(content: dict[str, Any], path: Path) -> None:
    """YAML with one field a line, so that a change of one field is a change of one line."""
    head = {k: v for k, v in content.items() if k != "fields"}
    lines = [yaml.safe_dump(head, sort_keys=False, width=1000).rstrip(), "fields:"]
    for entry in content["fields"]:
        flow = yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True)
        lines.append(f"- {flow.strip()}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    """Definitions of every blank in ``folder``; instructions are passed over."""
    wording = Wording()
    EDITIONS.mkdir(exist_ok=True)
    for path in sorted(folder.glob("*.pdf")):
        try:
            name, content = definition_of(path, wording)
        except ValueError as problem:
            print(f"{path.name}: {problem}")
            continue
        write(content, EDITIONS / name)
        print(f"{name}: {len(content['fields'])} fields")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
