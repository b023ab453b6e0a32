"""Draws facsimiles of the six forms and fills them in.

The official blanks may not be passed on, so a facsimile is drawn from the facts that ``extract/forms/editions`` holds
of each edition: which item stands where, what it asks, and what its AcroForm field is called. The answers are real
AcroForm values, with appearances, under the same full names as in the official file; so whoever reads the facsimile
can read the form.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from extract.forms.definitions import PRINTED, FieldDefinition, FormDefinition, parts
from extract.record import Box
from samples.typeset import use_fonts

WIDTH, HEIGHT = 612.0, 792.0
MULTILINE, READ_ONLY = 1 << 12, 1 << 0

PART_TITLES = {
    "i-914": {
        "Part A": "Purpose for Filing the Application",
        "Part B": "General Information About You",
        "Part C": "Additional Information",
        "Part D": "Processing Information",
        "Part E": "Information About Your Family Members",
        "Part F": "Applicant's Statement, Contact Information and Signature",
        "Part G": "Interpreter's Contact Information and Signature",
        "Part H": "Preparer's Contact Information and Signature",
    },
    "i-914b": {
        "Part A": "Victim Information",
        "Part B": "Agency Information",
        "Part C": "Statement of Claim",
        "Part D": "Cooperation of Victim",
        "Part E": "Family Members Implicated In Trafficking",
        "Part F": "Attestation",
    },
    "i-918b": {
        "Part 1": "Victim Information",
        "Part 2": "Agency Information",
        "Part 3": "Criminal Acts",
        "Part 4": "Helpfulness Of The Victim",
        "Part 5": "Family Members Culpable In Criminal Activity",
        "Part 6": "Certification",
        "Part 7": "Additional Information",
    },
}
Answers = Mapping[str, str | bool]
"""Full AcroForm name -> text, or True for a box that is ticked."""

TWO_COLUMNS = {"i-918", "i-918a", "i-918b"}


def filled(edition: FormDefinition, answers: Answers) -> bytes:
    """A filled facsimile.

    Raises KeyError for a field that the edition does not have, ValueError for a text longer than its field.
    """
    use_fonts()
    for name, value in answers.items():
        item = edition.by_name[name]
        if item.max_length and isinstance(value, str) and len(value) > item.max_length:
            raise ValueError(f"{name} holds {item.max_length} characters at most")
    with pikepdf.open(io.BytesIO(_printed(edition))) as pdf:
        _add_fields(pdf, edition, answers)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


# --- what is printed ------------------------------------------------------------------------------------------


def _printed(edition: FormDefinition) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"{PRINTED[edition.form]}, facsimile")
    started: set[str] = set()
    for page in range(1, edition.pages + 1):
        items = [i for i in edition.fields if i.page == page]
        _furniture(canvas, edition, page)
        taken = [_place(i) for i in items]
        for part, box in _part_headings(edition, items, started):
            _heading(canvas, edition, part, box)
            taken.append(box)
        canvas.setLineWidth(0.4)
        for item in items:
            _frame(canvas, item)
        asked: set[tuple[str, str]] = set()
        for item in sorted(items, key=lambda i: (_place(i)[1], _place(i)[0])):
            if item.option is not None:
                taken.append(_option(canvas, item, [_place(i) for i in items]))
            if item.option is None or (item.item, item.name) not in asked:
                asked.add((item.item, item.name))
                if (caption := _caption(canvas, edition, item, taken)) is not None:
                    taken.append(caption)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _furniture(canvas: Canvas, edition: FormDefinition, page: int) -> None:
    name = PRINTED[edition.form]
    if page == 1:
        canvas.setFont("sans-bold", 12)
        supplement = name.partition("Supplement ")[2]
        title = f"Supplement {supplement}, {edition.title}" if supplement else edition.title
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 42, title)
        canvas.setFont("sans", 8)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 54, "Department of Homeland Security")
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 64, "U.S. Citizenship and Immigration Services")
        canvas.drawRightString(576, HEIGHT - 26, name)
    canvas.setFont("sans", 6)
    canvas.drawString(36, HEIGHT - 26, "Facsimile with invented data. Not an official form.")
    canvas.setFont("sans", 8)
    canvas.drawString(36, 24, name)
    canvas.drawCentredString(WIDTH / 2, 24, f"Edition {edition.edition}")
    canvas.drawRightString(576, 24, f"Page {page} of {edition.pages}")


def _part_headings(
    edition: FormDefinition, items: Iterable[FieldDefinition], started: set[str]
) -> list[tuple[str, Box]]:
    """Where each part that starts on this page can have its heading: just above its first item."""
    items = list(items)
    columns = edition.form in TWO_COLUMNS
    found = []
    for part in dict.fromkeys(_part(i) for i in items if _part(i)):
        if part in started:
            continue
        own = [i for i in items if _part(i) == part]
        first = min(own, key=lambda i: (columns and _place(i)[0] >= 306, _place(i)[1]))
        left = 306.0 if columns and _place(first)[0] >= 306 else 36.0
        right = 300.0 if columns and left == 36 else 576.0
        for gap in (22, 16, 30, 12):
            box = (left, _place(first)[1] - gap, right, _place(first)[1] - gap + 10)
            if box[1] > 66 and not any(_overlap(box, _place(i)) for i in items):
                found.append((part, box))
                break
        started.add(part)
    return found


def _heading(canvas: Canvas, edition: FormDefinition, part: str, box: Box) -> None:
    x0, top, x1, bottom = box
    canvas.setFillGray(0.85)
    canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.setFont("sans-bold", 8)
    title = PART_TITLES.get(edition.form, {}).get(part, "")
    canvas.drawString(x0 + 2, HEIGHT - bottom + 2.5, f"{part}. {title}".strip())


def _frame(canvas: Canvas, item: FieldDefinition) -> None:
    x0, top, x1, bottom = _place(item)
    canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top)


def _option(canvas: Canvas, item: FieldDefinition, boxes: list[Box]) -> Box:
    """The words beside a box to tick, as far as the next field on its right allows."""
    _, top, x1, bottom = _place(item)
    limit = min((b[0] for b in boxes if b[0] > x1 and b[1] < bottom and b[3] > top), default=580.0)
    size = _fitting(item.option or "", "sans", 7.5, limit - x1 - 4)
    canvas.setFont("sans", size)
    canvas.drawString(x1 + 2.5, HEIGHT - bottom + 2.2, item.option or "")
    return (x1 + 2, top, x1 + 2.5 + pdfmetrics.stringWidth(item.option or "", "sans", size), bottom)


def _caption(canvas: Canvas, edition: FormDefinition, item: FieldDefinition, taken: list[Box]) -> Box | None:
    """Print what the field asks, in fewer words where it is narrow; returns where that stands, if there was room."""
    number = item.item.partition(", ")[2]
    start = f"{number}. " if number else ""
    for words in (start + item.name, start + item.name.rpartition(": ")[2]):
        if found := _room_for(edition, item, words, taken):
            lines, size, box = found
            canvas.setFont("sans", size)
            for i, line in enumerate(lines):
                canvas.drawString(box[0], HEIGHT - box[1] - size * (0.9 + 1.1 * i), line)
            return box
    return None


def _room_for(
    edition: FormDefinition, item: FieldDefinition, words: str, taken: list[Box]
) -> tuple[list[str], float, Box] | None:
    """Where ``words`` can stand beside the field: left of it, on several lines if need be, or on one line above it."""
    x0, top, x1, bottom = _place(item)
    edge = 306.0 if edition.form in TWO_COLUMNS and x0 >= 306 else 30.0
    natural = min(pdfmetrics.stringWidth(words, "sans", 6.5) + 0.1, x0 - edge - 3)
    for left, room in ((x0 - natural - 2, natural), (edge, x0 - edge - 3)):
        for size in (6.5, 6.0, 5.5):
            lines = simpleSplit(words, "sans", size, room)
            tall = size * 1.1 * len(lines)
            box = (left, max(top, bottom - tall - 3), x0 - 2, bottom)
            if room >= 45 and tall <= bottom - top + 1 and not _crowded(box, taken, item):
                return lines, size, box
    for right in (x1, 576.0):
        for size in (6.5, 6.0, 5.5, 5.0):
            wide = pdfmetrics.stringWidth(words, "sans", size)
            box = (x0, top - size - 1.6, min(x0 + wide, right), top - 1.6)
            if wide <= right - x0 and not _crowded(box, taken, item):
                return [words], size, box
    return None


def _crowded(box: Box, taken: list[Box], item: FieldDefinition) -> bool:
    return box[0] < 20 or box[1] < 12 or any(_overlap(box, t) for t in taken if t != _place(item))


def _part(item: FieldDefinition) -> str:
    return item.item.split(",")[0]


def _place(item: FieldDefinition) -> Box:
    if item.box is None:
        raise ValueError(f"the edition does not say where {item.acroform} stands")
    return item.box


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _fitting(words: str, font: str, size: float, width: float) -> float:
    wanted = pdfmetrics.stringWidth(words, font, size)
    return size if wanted <= width else max(4.0, size * width / wanted)


# --- what is filled in ----------------------------------------------------------------------------------------


def _add_fields(pdf: pikepdf.Pdf, edition: FormDefinition, answers: Answers) -> None:
    looks = _appearances(pdf, edition, answers)
    helvetica = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )
    form = pdf.make_indirect(
        Dictionary(Fields=Array(), DA=pikepdf.String("/Helv 9 Tf 0 g"), DR=Dictionary(Font=Dictionary(Helv=helvetica)))
    )
    pdf.Root.AcroForm = form
    nodes: dict[tuple[str, ...], pikepdf.Object] = {}
    for item in edition.fields:
        path = tuple(parts(item.acroform))
        page = pdf.pages[item.page - 1]
        x0, top, x1, bottom = _place(item)
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                T=pikepdf.String(path[-1]),
                TU=pikepdf.String(f"{item.item}. {item.name}"),
                Rect=Array([round(v, 2) for v in (x0, HEIGHT - bottom, x1, HEIGHT - top)]),
                F=4,
                P=page.obj,
                Parent=_parent(pdf, nodes, path[:-1]),
            )
        )
        field.Parent.Kids.append(field)
        _set_value(field, item, answers.get(item.acroform), looks.get(item.acroform))
        if item.copy_of:
            field.Ff = int(field.get("/Ff", 0)) | READ_ONLY
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(field)


def _parent(pdf: pikepdf.Pdf, nodes: dict[tuple[str, ...], pikepdf.Object], path: tuple[str, ...]) -> pikepdf.Object:
    if path not in nodes:
        nodes[path] = pdf.make_indirect(Dictionary(T=pikepdf.String(path[-1]), Kids=Array()))
        if len(path) > 1:
            nodes[path].Parent = _parent(pdf, nodes, path[:-1])
            nodes[path].Parent.Kids.append(nodes[path])
        else:
            pdf.Root.AcroForm.Fields.append(nodes[path])
    return nodes[path]


def _set_value(
    field: pikepdf.Object, item: FieldDefinition, value: str | bool | None, look: pikepdf.Object | None
) -> None:
    if item.option is not None:
        field.FT = Name.Btn
        on = Name("/" + (item.export or "1"))
        field.AP = Dictionary(N=Dictionary({str(on): look}))
        field.V = field.AS = on if value else Name.Off
        return
    field.FT = Name.Tx
    field.DA = pikepdf.String("/Helv 9 Tf 0 g")
    if item.multiline:
        field.Ff = MULTILINE
    if item.max_length:
        field.MaxLen = item.max_length
    if value:
        field.V = pikepdf.String(str(value))
        field.AP = Dictionary(N=look)


def _appearances(pdf: pikepdf.Pdf, edition: FormDefinition, answers: Answers) -> dict[str, pikepdf.Object]:
    """What each answer looks like, as form XObjects of ``pdf``: every one is set as a small page of its own."""
    wanted = [i for i in edition.fields if i.option is not None or answers.get(i.acroform)]
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for item in wanted:
        x0, top, x1, bottom = _place(item)
        canvas.setPageSize((x1 - x0, bottom - top))
        if item.option is not None:
            canvas.line(1.5, 1.5, x1 - x0 - 1.5, bottom - top - 1.5)
            canvas.line(1.5, bottom - top - 1.5, x1 - x0 - 1.5, 1.5)
        else:
            _answer_text(canvas, str(answers[item.acroform]), x1 - x0, bottom - top, item.multiline)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as drawn:
        return {
            item.acroform: pdf.copy_foreign(drawn.make_indirect(page.as_form_xobject()))
            for item, page in zip(wanted, drawn.pages, strict=True)
        }


def _answer_text(canvas: Canvas, value: str, width: float, height: float, multiline: bool) -> None:
    if not multiline:
        size = _fitting(value, "sans", min(9.0, height - 3), width - 4)
        canvas.setFont("sans", size)
        canvas.drawString(2, (height - size) / 2 + 1.5, value)
        return
    size = 9.0
    while size > 4 and size * 1.15 * len(simpleSplit(value, "sans", size, width - 4)) > height - 3:
        size -= 0.25
    canvas.setFont("sans", size)
    baseline = height - 1 - size
    for line in simpleSplit(value, "sans", size, width - 4):
        canvas.drawString(2, baseline, line)
        baseline -= size * 1.15
