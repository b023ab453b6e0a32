"""The one reader of filled forms: AcroForm values, checked against the XFA datasets, named by the definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pikepdf

from extract.forms.definitions import PRINTED, FieldDefinition, nearest
from extract.forms.widgets import Found, Widget, widgets_of
from extract.forms.xfa import Datasets, XfaUnreadable, datasets_of
from extract.packet import ReadFile
from extract.record import FormField, Need

UNKNOWN = "Field of no known edition"
DOUBTED = {"mark": 0.7, "state": 0.6, "cut": 0.9}
"""Confidence of a value whose widget contradicts itself, by the code of ``Widget.doubt``."""


@dataclass(frozen=True)
class FormReading:
    """The answers of one file's form, in printed order, and what a person must look at.

    ``FormField.page`` and ``Need.page`` count the file's pages from 0; ``FormField.document`` is empty. Whoever joins
    files to a record sets both.
    """

    fields: list[FormField] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    form: str | None = None
    edition: str | None = None


def read_fields(
    file: ReadFile,
    form: str | None = None,
    edition: str | None = None,
    pages: Collection[int] | None = None,
) -> FormReading:
    """Every filled field of the AcroForm in ``file``. Never raises for what is wrong with the file.

    ``form`` and ``edition`` are what the pages print (``i-918b``, ``02/07/17``); without them the field names decide.
    ``pages`` (from 0) limits the reading to the pages of one document; fields on no page are then left to the first.
    """
    if not file.acroform:
        return FormReading()
    try:
        stored = _opened(file)
    except (pikepdf.PdfError, OSError, RecursionError):
        return FormReading(needs=[Need(code="form_unreadable", sentence="The fields of a form could not be opened.")])
    return _Reading(stored, form, edition, pages).result()


@dataclass(frozen=True)
class _Stored:
    """What the file holds: the widgets, the XFA data (None without, or where ``broken_xfa``)."""

    found: Found
    data: Datasets | None
    broken_xfa: bool
    page_count: int


def _opened(file: ReadFile) -> _Stored:
    with pikepdf.open(file.path) as pdf:
        found, page_count = widgets_of(pdf), len(pdf.pages)
        try:
            return _Stored(found, datasets_of(pdf), False, page_count)
        except XfaUnreadable:
            return _Stored(found, None, True, page_count)


@dataclass
class _Answer:
    """A value on its way out, with the widget and definition that it came from."""

    widget: Widget
    defined: FieldDefinition | None
    value: str
    source: str
    confidence: float
    page: int


class _Reading:
    def __init__(self, stored: _Stored, form: str | None, edition: str | None, pages: Collection[int] | None) -> None:
        self.pages, self.page_count = pages, stored.page_count
        self.widgets = [w for w in stored.found.widgets if w.kind != "button" and self._is_here(w)]
        names = [w.name for w in self.widgets]
        self.definition = nearest(names, form, edition)
        self.printed_form, self.printed_edition = form, edition
        self.data = stored.data if self.definition else None
        self.needs: list[Need] = []
        self._tell_what_went_wrong(stored)

    def _is_here(self, widget: Widget) -> bool:
        if self.pages is None:
            return True
        return widget.page in self.pages or (widget.page < 0 and 0 in self.pages)

    def result(self) -> FormReading:
        answers = self._without_repeats([a for w in self.widgets if (a := self._answer(w))])
        self._check_single_choices(answers)
        self._check_implicated(answers)
        if self.definition and not answers:
            self.needs.append(Need(code="form_empty", sentence=f"{self._form_name()}: {FILE_SENTENCES['empty']}"))
        order = {f.acroform: i for i, f in enumerate(self.definition.fields)} if self.definition else {}
        last = len(order)
        answers.sort(key=lambda a: (a.page, order.get(a.defined.acroform, last) if a.defined else last))
        return FormReading(
            fields=[self._field(a) for a in answers],
            needs=self.needs,
            form=self.definition.form if self.definition else None,
            edition=self.definition.edition if self.definition else None,
        )

    # -- one field ---------------------------------------------------------------------------------------------------

    def _answer(self, widget: Widget) -> _Answer | None:
        defined = self.definition.field(widget.name) if self.definition else None
        page = widget.page
        if page < 0:
            page = min(defined.page if defined else 1, self.page_count) - 1
        answer = _Answer(widget, defined, widget.value, "acroform", DOUBTED.get(widget.doubt, 1.0), page)
        if widget.doubt:
            self._need(f"box_{widget.doubt}" if widget.kind == "box" else "value_cut", defined, page)
        if defined and defined.data and self.data:
            answer = self._compared(answer, defined, self.data.value(defined.data))
        if not answer.value.strip():
            return None
        if defined and defined.option is not None:
            answer.value = defined.option
        elif widget.kind == "box":
            answer.value = "Yes" if answer.value in ("1", "On", "Y") else answer.value
        if defined is None:
            answer.confidence = min(answer.confidence, 0.5)
        elif self.definition and self.definition.derived:
            answer.confidence = min(answer.confidence, 0.9)
        return answer

    def _compared(self, answer: _Answer, defined: FieldDefinition, stored: str) -> _Answer:
        """The AcroForm's value, or the datasets' where it has none; a contradiction goes to a person."""
        if defined.option is not None:
            on = stored.strip() == defined.export.strip() and stored.strip() not in ("", "0")
            stored = defined.export if on else ""
            if not answer.value and not on:
                return answer
            if answer.value and not on:
                return answer  # the node of a group or a blank "0": the AcroForm was filled by another program
        elif defined.kind == "date":
            stored = american(stored)
        if not stored.strip():
            return answer
        if not answer.value.strip():
            self._need("only_xfa", defined, answer.page)
            return replace(answer, value=stored, source="xfa", confidence=0.9)
        if defined.option is None and _plain(stored) != _plain(answer.value):
            self._need("sources_disagree", defined, answer.page)
            answer.confidence = min(answer.confidence, 0.6)
        return answer

    # -- the form as a whole -----------------------------------------------------------------------------------------

    def _without_repeats(self, answers: list[_Answer]) -> list[_Answer]:
        """Each fact once: no header copies, no covered boxes, no second widget of the same field."""
        values = {a.defined.acroform: a for a in answers if a.defined}
        kept: list[_Answer] = []
        seen: set[tuple[str, str, int]] = set()
        for a in answers:
            key = (a.widget.name, a.value, a.page if a.widget.kind == "box" else 0)
            if key in seen:
                continue
            seen.add(key)
            original = values.get(a.defined.copy_of or "") if a.defined else None
            if original and _plain(original.value) == _plain(a.value):
                continue
            if original:
                self._need("copy_differs", a.defined, a.page)
                a.confidence = min(a.confidence, 0.6)
            kept.append(a)
        return kept

    def _check_single_choices(self, answers: list[_Answer]) -> None:
        """Two boxes of a question that has one answer: both are kept, a person decides."""
        ticked: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
        for a in answers:
            if a.defined and a.defined.option is not None and not a.defined.many:
                ticked[a.defined.item, a.defined.name].append(a)
        for several in ticked.values():
            if len({a.value for a in several}) > 1:
                self._need("two_answers", several[0].defined, several[0].page)
                for a in several:
                    a.confidence = min(a.confidence, 0.5)

    def _check_implicated(self, answers: list[_Answer]) -> None:
        """The question whether family took part, and its table, must say the same (I-914B Part E, I-918B Part 5)."""
        named = [a for a in answers if a.defined and re.match(r"Implicated family member \d", a.defined.name)]
        asked = [a for a in answers if a.defined and a.defined.name == "Implicated family members: any"]
        said = {a.value for a in asked}
        if named and said == {"No"}:
            self._need("no_but_named", asked[0].defined, asked[0].page)
        elif said == {"Yes"} and not named:
            self._need("yes_but_nobody", asked[0].defined, asked[0].page)

    def _field(self, a: _Answer) -> FormField:
        narrative = a.widget.multiline and len(a.value) > 80
        d = a.defined
        kind = d.kind if d else "narrative" if narrative else "choice" if a.widget.kind == "box" else "text"
        return FormField(
            document="",
            item=d.item if d else "",
            name=d.name if d else UNKNOWN,
            value=a.value,
            kind=kind,
            page=max(0, a.page),
            box=a.widget.box,
            source=a.source,
            confidence=a.confidence,
            category=d.category if d else "K4" if a.widget.multiline else "K3",
            acroform=a.widget.name,
        )

    # -- what a person must look at ----------------------------------------------------------------------------------

    def _need(self, code: str, defined: FieldDefinition | None, page: int) -> None:
        where = f"{defined.item}, {defined.name}".lstrip(", ") if defined else "A field of no known edition"
        self.needs.append(Need(code=code, sentence=f"{self._form_name()}, {where}: {SENTENCES[code]}", page=page))

    def _form_name(self) -> str:
        form = self.definition.form if self.definition else self.printed_form
        return PRINTED.get(form or "", "A form")

    def _tell_what_went_wrong(self, stored: _Stored) -> None:
        name = self._form_name()
        for problem in sorted(stored.found.problems):
            self.needs.append(Need(code=f"form_{problem}", sentence=f"{name}: {FILE_SENTENCES[problem]}"))
        if stored.broken_xfa:
            self.needs.append(Need(code="xfa_unreadable", sentence=f"{name}: {FILE_SENTENCES['xfa']}"))
        if self.definition is None:
            if any(w.value.strip() for w in self.widgets):
                self.needs.append(Need(code="form_unknown", sentence=FILE_SENTENCES["unknown"]))
            elif stored.data is not None and stored.data.filled():
                self.needs.append(Need(code="xfa_unread", sentence=FILE_SENTENCES["xfa_only"]))
            return
        edition, own = self.definition.edition, self.printed_edition
        if own and own != edition:
            self.needs.append(
                Need(
                    code="edition_unknown",
                    sentence=f"{name} is of edition {own}, read with the items of edition {edition}: check them.",
                )
            )
        elif self.definition.derived:
            self.needs.append(Need(code="edition_derived", sentence=f"{name}, {FILE_SENTENCES['derived']}"))
        if self.printed_form and self.printed_form != self.definition.form:
            printed = PRINTED.get(self.printed_form, "another form")
            self.needs.append(
                Need(code="form_mismatch", sentence=f"Pages printed {printed} hold the fields of {name}: check them.")
            )
        unknown = sum(w.value.strip() != "" and not self.definition.field(w.name) for w in self.widgets)
        if unknown:
            what = "1 filled field is" if unknown == 1 else f"{unknown} filled fields are"
            self.needs.append(
                Need(code="fields_unknown", sentence=f"{name}: {what} in no known edition: look at them on the page.")
            )


SENTENCES = {
    "box_mark": "the stored answer and the drawn mark of the box differ.",
    "box_state": "the box holds a state that it cannot show; it was read as ticked.",
    "box_cut": "the state of the box could not be read.",
    "value_cut": "the value is too long or cannot be unpacked, and was not read to its end.",
    "only_xfa": "the answer stands only in the form's XFA data, the page does not show it.",
    "sources_disagree": "the form's two stores (AcroForm and XFA data) hold different values.",
    "copy_differs": "a field that repeats or covers this one holds another value; both are listed.",
    "no_but_named": "No is ticked, but the table names somebody.",
    "yes_but_nobody": "Yes is ticked, but the table names nobody: see the attached sheets.",
    "two_answers": "two answers are ticked where one is asked.",
}
FILE_SENTENCES = {
    "empty": "no field is filled: it is blank, or was filled by hand or as print on the page.",
    "too_many": "the file has far more fields than any form; not all were read.",
    "cycle": "the tree of its fields is damaged (it runs in a circle); some fields may be missing.",
    "broken": "some fields are damaged and could not be read.",
    "xfa": "its XFA data could not be read; the fields of the AcroForm were.",
    "unknown": "A file has fields of no form known here; their values are listed without items.",
    "xfa_only": "A file keeps its answers in XFA data of no form known here: open it in its own program.",
    "derived": "edition 01/20/25, was read with items taken from public lists: check the items.",
}


def american(date: str) -> str:
    """An ISO date as MM/DD/YYYY, as the forms show it; anything else as it is ("Current" stands in date fields)."""
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?", date.strip())
    return f"{iso[2]}/{iso[3]}/{iso[1]}" if iso else date


def _plain(value: str) -> str:
    """For comparison: no case, no spaces, no punctuation of phones and numbers."""
    return re.sub(r"[\s()./-]+", "", value).casefold()
