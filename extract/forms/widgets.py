"""The fields of an AcroForm as they stand in the file: full name, page, place, type, value.

A PDF here may be hostile: parents that form a cycle, a hundred thousand fields, values of any type, no places. What
cannot be read is left out and named in ``Found.problems``; nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pikepdf

from extract.forms.definitions import parts
from extract.forms.xfa import XfaUnreadable, unpacked
from extract.record import Box

MAX_FIELDS = 25_000
"""Seventy times the largest of the six forms."""
MAX_DEPTH = 32
MAX_VALUE = 200_000
"""Characters. A narrative box holds some 1,500 as printed."""

MULTILINE, READ_ONLY, COMB = 1 << 12, 1, 1 << 24
RADIO, PUSH_BUTTON = 1 << 15, 1 << 16

BROKEN = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RuntimeError,
)
"""What pikepdf raises over objects that are not what they should be."""

Kind = Literal["text", "box", "list", "signature", "button"]


@dataclass(frozen=True)
class Widget:
    """One widget of one field. ``page`` counts from 0, -1 where the field stands on no page; ``box`` in points of the
    upright page, top-left origin. ``value`` is the text, or for a box its option when it is ticked, else empty."""

    name: str
    kind: Kind
    page: int
    box: Box | None = None
    value: str = ""
    tooltip: str = ""
    on_state: str = ""
    multiline: bool = False
    read_only: bool = False
    max_length: int | None = None
    comb: bool = False
    doubt: str = ""
    """Why the value may be wrong, as a code: ``mark`` (drawn and stored state of a box differ), ``state`` (a state
    that the box does not have), ``cut`` (longer than MAX_VALUE)."""


@dataclass
class Found:
    """All widgets of a file, and codes of what went wrong: ``too_many``, ``cycle``, ``broken``."""

    widgets: list[Widget] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)


def widgets_of(pdf: pikepdf.Pdf) -> Found:
    """Every widget on every page, then the fields that stand on none. Reads at most MAX_FIELDS."""
    found = Found()
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages):
        for annotation in _annotations(page.obj):
            if len(found.widgets) >= MAX_FIELDS:
                found.problems.add("too_many")
                return found
            try:
                widget = _widget(annotation, number, page.obj, found)
            except BROKEN:
                found.problems.add("broken")
                continue
            if widget:
                seen.add(annotation.objgen)
                found.widgets.append(widget)
    _add_unplaced(pdf, seen, found)
    return found


def _annotations(page: Any) -> Iterator[Any]:
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    for annotation in annotations:
        if isinstance(annotation, pikepdf.Dictionary) and annotation.get("/Subtype") == "/Widget":
            yield annotation


def _add_unplaced(pdf: pikepdf.Pdf, seen: set[tuple[int, int]], found: Found) -> None:
    """Fields with a value but no widget on a page: filled by a program that dropped the page's annotations.

    Programs that join files leave the whole tree once for each page, under a root of its own (``form1[0]+3``): a field
    whose name stands on some page is no other field.
    """
    form = pdf.Root.get("/AcroForm")
    roots = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    if not isinstance(roots, pikepdf.Array):
        return
    placed = {_without_root(w.name) for w in found.widgets}
    visited: set[tuple[int, int]] = set()
    stack: list[tuple[Any, int]] = [(root, 0) for root in _dictionaries(roots)]
    while stack:
        node, depth = stack.pop()
        if node.is_indirect:
            if node.objgen in visited:
                continue
            visited.add(node.objgen)
        if depth > MAX_DEPTH:
            found.problems.add("cycle")
            continue
        if len(visited) > 2 * MAX_FIELDS or len(found.widgets) >= MAX_FIELDS:
            found.problems.add("too_many")
            return
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            children = list(_dictionaries(kids))
            if any("/T" in kid for kid in children):
                stack += [(kid, depth + 1) for kid in children]
                continue
            if any(kid.objgen in seen for kid in children):
                continue
        if node.objgen in seen or node.get("/V") is None:
            continue
        try:
            widget = _widget(node, -1, None, found)
        except BROKEN:
            found.problems.add("broken")
            continue
        if widget and widget.value and _without_root(widget.name) not in placed:
            found.widgets.append(widget)


def _without_root(name: str) -> str:
    return ".".join(parts(name)[1:]) or name


def _dictionaries(array: pikepdf.Array) -> Iterator[Any]:
    return (item for item in array if isinstance(item, pikepdf.Dictionary))


def _widget(annotation: Any, number: int, page: Any, found: Found) -> Widget | None:
    lineage = _lineage(annotation, found)
    names = [str(node["/T"]) for node in lineage if "/T" in node]
    if not names:
        return None
    flags = _integer(_inherited(lineage, "/Ff")) or 0
    kind = _kind(_inherited(lineage, "/FT"), flags)
    value, doubt, on_state = "", "", ""
    if kind == "box":
        on_state = _on_state(annotation)
        value, doubt = _ticked(annotation, lineage, on_state, flags)
    elif kind in ("text", "list"):
        value, doubt = text_of(_inherited(lineage, "/V"))
    elif kind == "signature":
        value = "signed" if isinstance(_inherited(lineage, "/V"), pikepdf.Dictionary) else ""
    return Widget(
        name=".".join(reversed(names)),
        kind=kind,
        page=number,
        box=None if page is None else _box(annotation.get("/Rect"), page),
        value=value,
        tooltip=text_of(_inherited(lineage, "/TU"))[0],
        on_state=on_state,
        multiline=bool(flags & MULTILINE) and kind == "text",
        read_only=bool(flags & READ_ONLY),
        max_length=_integer(_inherited(lineage, "/MaxLen")),
        comb=bool(flags & COMB) and kind == "text",
        doubt=doubt,
    )


def _lineage(node: Any, found: Found) -> list[Any]:
    """The node and its parents, nearest first; stops where the chain bites its tail."""
    lineage: list[Any] = []
    seen: set[tuple[int, int]] = set()
    while isinstance(node, pikepdf.Dictionary) and len(lineage) < MAX_DEPTH:
        if node.is_indirect:
            if node.objgen in seen:
                found.problems.add("cycle")
                break
            seen.add(node.objgen)
        lineage.append(node)
        node = node.get("/Parent")
    return lineage


def _inherited(lineage: list[Any], key: str) -> Any:
    return next((node[key] for node in lineage if key in node), None)


def _integer(value: Any) -> int | None:
    try:
        return int(value) if value is not None and not isinstance(value, str) else None
    except BROKEN:
        return None


def _kind(field_type: Any, flags: int) -> Kind:
    if field_type == "/Btn":
        return "button" if flags & PUSH_BUTTON else "box"
    if field_type == "/Ch":
        return "list"
    return "signature" if field_type == "/Sig" else "text"


def _on_state(annotation: Any) -> str:
    """The export value of the box: the name of its one appearance that is not Off."""
    appearance = annotation.get("/AP")
    normal = appearance.get("/N") if isinstance(appearance, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Dictionary) and not isinstance(normal, pikepdf.Stream):
        return next((key[1:] for key in normal.keys() if key != "/Off"), "")  # noqa: SIM118
    return ""


def _ticked(annotation: Any, lineage: list[Any], on_state: str, flags: int) -> tuple[str, str]:
    """Export value when the box is on, and the doubt about it.

    The stored value (/V) speaks; the drawn state (/AS) is asked where there is none or it belongs to a group.
    """
    stored = text_of(_inherited(lineage, "/V"))[0]
    drawn = text_of(annotation.get("/AS"))[0]
    off = ("", "Off")
    grouped = "/T" not in annotation or bool(flags & RADIO)
    if stored in off:
        if drawn in off:
            return "", ""
        return (on_state or drawn), "mark" if stored == "Off" else ""
    if stored == on_state or not on_state:
        return stored, "mark" if drawn == "Off" else ""
    if grouped:
        return ("", "") if drawn in off else (drawn, "mark")
    return (on_state, "state")


def text_of(value: Any) -> tuple[str, str]:
    """Any PDF object as text with ``\\n`` line ends, and ``cut`` where it was longer than MAX_VALUE."""
    if value is None or isinstance(value, bool):
        return "", ""
    if isinstance(value, pikepdf.Stream):
        try:
            text = _decoded(unpacked(value, 4 * MAX_VALUE))
        except XfaUnreadable:
            return "", "cut"
    elif isinstance(value, pikepdf.Name):
        text = str(value)[1:]
    elif isinstance(value, pikepdf.Array):
        text = "; ".join(text_of(v)[0] for v in list(value)[:100] if not isinstance(v, pikepdf.Array))
    elif isinstance(value, pikepdf.Dictionary):
        return "", ""
    else:
        text = str(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if len(text) > MAX_VALUE:
        return text[:MAX_VALUE], "cut"
    return text, ""


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return raw.decode("utf-16", errors="replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", errors="replace")
    return str(pikepdf.String(raw))


def _box(rect: Any, page: Any) -> Box | None:
    """The rectangle in points of the upright page, origin at its top left; None where it makes no sense."""
    corners = _numbers(rect)
    frame = _numbers(_of_page(page, "/CropBox")) or _numbers(_of_page(page, "/MediaBox")) or (0, 0, 612, 792)
    if corners is None:
        return None
    x0, y0, x1, y1 = corners
    left, bottom, right, top = frame
    width, height = right - left, top - bottom
    x0, x1, y0, y1 = x0 - left, x1 - left, y0 - bottom, y1 - bottom
    turn = (_integer(_of_page(page, "/Rotate")) or 0) % 360
    if turn == 90:
        box = (y0, x0, y1, x1)
    elif turn == 180:
        box = (width - x1, y0, width - x0, y1)
    elif turn == 270:
        box = (height - y1, width - x1, height - y0, width - x0)
    else:
        box = (x0, height - y1, x1, height - y0)
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))


def _of_page(page: Any, key: str) -> Any:
    node, steps = page, 0
    while isinstance(node, pikepdf.Dictionary) and steps < MAX_DEPTH:
        if key in node:
            return node[key]
        node, steps = node.get("/Parent"), steps + 1
    return None


def _numbers(array: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(array, pikepdf.Array) or len(array) != 4:
        return None
    try:
        a, b, c, d = (float(x) for x in array)
    except BROKEN:
        return None
    if not all(-1e6 < v < 1e6 for v in (a, b, c, d)):
        return None
    return min(a, c), min(b, d), max(a, c), max(b, d)
