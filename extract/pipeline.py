"""From a packet to its record, stage after stage: read, divide, read forms, read narratives, join."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby, takewhile

from extract import certifying, forms, joining
from extract.batch import Readings
from extract.certifying import in_documents
from extract.documents import FoundDocument, documents_of
from extract.errors import ReadingFailed
from extract.forms.definitions import PRINTED
from extract.language import language_of
from extract.narrative import Narrative, NarrativeResult
from extract.narrative import load as load_narrative
from extract.packet import Packet, ReadFile, ReadPage
from extract.read import read_file, unread_file
from extract.record import Document, Entity, File, FormField, NarrativeKind, Need, Page, Range, Record, Span

FORMS = {"i-914", "i-914a", "i-914b", "i-918", "i-918a", "i-918b"}
LONGEST_CERTIFICATE = 2_000
"""Characters of a translator's certificate: what is longer has the story that was translated with it."""
SURE_OF_LANGUAGE = 200
"""Characters of an answer from which its language is asked."""
INSTRUCTIONS = {f"Instructions for {d.title}" for d in forms.definitions()}

MAIN_KIND: dict[str, NarrativeKind] = {
    "statement": "statement",
    "affidavit": "affidavit",
    "police_report": "police_report",
    "complaint": "complaint",
    "supplement_b": "supplement_b",
    "press_release": "press_release",
    "i-914b": "supplement_b",
    "i-918b": "supplement_b",
}
PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class Extraction:
    """The record of a packet, and its files with every page's words and image for those who store or show them."""

    record: Record
    files: tuple[ReadFile, ...]


def extract_packet(packet: Packet, narrative: Narrative | None = None) -> Extraction:
    """Read one packet. Never raises for what is wrong with a file: that is in the page account and in ``needs``.

    Raises ToolMissing without models.
    """
    files = [read_file(path) for path in packet.paths]
    return Extraction(record_of(packet.id, files, narrative or load_narrative()), tuple(files))


def unread_record(packet: Packet, problem: ReadingFailed) -> Record:
    """The record of a packet that broke the program: every page stands in it as refused, and a person must read them.

    Pages are counted in a process of its own, for what killed one may kill another; then each file counts as a page.
    """
    with Readings([packet], partial(_unread, str(problem)), jobs=1) as readings:
        try:
            files = readings.take(0)
        except ReadingFailed:
            files = [unread_file(path, str(problem), counted=False) for path in packet.paths]
    return Record(
        id=packet.id,
        document="other",
        files=_files(files),
        pages=_Layout(files).pages,
        needs=[Need(code="reading_failed", sentence=str(problem))],
    )


def _unread(reason: str) -> Callable[[Packet], list[ReadFile]]:
    return lambda packet: [unread_file(path, reason) for path in packet.paths]


def record_of(packet_id: str, files: list[ReadFile], narrative: Narrative) -> Record:
    """The record of files that were read."""
    found = documents_of(files)
    layout = _Layout(files)
    for document in found:
        layout.add(document)
    layout.needs += forms.needs_for(found, files)
    result = narrative.read(layout.text, _narrative_ranges(layout))
    record = Record(
        id=packet_id,
        document=_main_kind(layout.documents),
        language=_told_in(layout.documents),
        text=layout.text,
        spans=layout.placed(result.spans),
        entities=result.entities,
        attributes=result.attributes,
        attribute_sources=result.attribute_sources,
        relations=result.relations,
        relation_sources=result.relation_sources,
        entry=result.entry,
        cooperation=in_documents(result.cooperation, layout.documents),
        screen=result.screen,
        files=_files(files),
        documents=layout.documents,
        fields=layout.fields,
        pages=layout.pages,
        needs=layout.needs,
        model=result.model,
    )
    record = joining.join_form_people(record)
    certifying.join_certification(record)
    record.needs += _needs_of(record, result)
    return record


def _files(files: list[ReadFile]) -> list[File]:
    return [File(sha256=f.sha256, name=f.name, size=f.size, media_type=f.media_type, refused=f.refused) for f in files]


class _Layout:
    """Lays the documents' texts out in packet order and keeps where everything came to stand."""

    def __init__(self, files: list[ReadFile]) -> None:
        self.files = files
        self.text = ""
        self.documents: list[Document] = []
        self.fields: list[FormField] = []
        self.needs: list[Need] = []
        self.pictures: dict[str, list[int]] = {}
        self.read = [page for file in files for page in file.pages]
        first = [0]
        for file in files:
            first.append(first[-1] + len(file.pages))
        self.first_page = first
        self.pages = [
            Page(
                file=p.file,
                number=p.number,
                state=p.state,
                reason=p.reason,
                confidence=p.confidence,
                width=p.width,
                height=p.height,
                rotation=p.rotation,
                skew=p.skew,
                dpi=p.dpi,
            )
            for p in self.read
        ]

    def add(self, found: FoundDocument) -> None:
        """Append one document: the text of its pages, then the narrative answers of a filled form."""
        pages = [self.first_page[f] + p for f, p in found.pages]
        start = len(self.text)
        for index in pages:
            self._append_page(index)
        document = Document(
            id=f"d{len(self.documents)}",
            kind=found.kind,
            edition=found.edition,
            title=found.title,
            language=found.language,
            pages=pages,
            range=(start, len(self.text)),
            confidence=found.confidence,
            reasons=list(found.reasons),
        )
        self._append_fields(document, found)
        document.range = (start, len(self.text))
        self.documents.append(document)

    def _append_page(self, index: int) -> None:
        page = self.read[index]
        if not page.text:
            return
        if self.text:
            self.text += " " if _continues(self.text, page.text) else PARAGRAPH
        self.pages[index].range = (len(self.text), len(self.text) + len(page.text))
        self.text += page.text

    def _append_fields(self, document: Document, found: FoundDocument) -> None:
        """The answers of a form, one of the six or another: a police report can be one that is filled on screen."""
        for file_index, group in groupby(found.pages, key=lambda place: place[0]):
            file = self.files[file_index]
            if not file.acroform:
                continue
            pages = [page for _, page in group]
            form, edition = (document.kind, document.edition) if document.kind in FORMS else (None, None)
            reading = forms.read_fields(file, form, edition, pages)
            first = self.first_page[file_index]
            self._ask_about_pictures(document, reading, first, pages)
            for need in reading.needs:
                self.needs.append(need.model_copy(update={"page": None if need.page is None else first + need.page}))
            for field in reading.fields:
                field.document = document.id
                field.page += first
                self.fields.append(field)
                if field.kind == "narrative":
                    self.text += PARAGRAPH if self.text else ""
                    field.range = (len(self.text), len(self.text) + len(field.value))
                    self.text += field.value

    def _ask_about_pictures(self, document: Document, reading: forms.FormReading, first: int, pages: list[int]) -> None:
        """Pages of a form without fields, in a file that has some: one Need, for no answer on them is a field."""
        if document.kind not in FORMS:
            return
        answered = {field.page for field in reading.fields}
        pictures = [p for p in pages if self.read[first + p].state in ("ocr", "needs_person") and p not in answered]
        self.pictures[document.id] = [first + p for p in pictures]
        if not pictures and (reading.fields or reading.needs):
            return
        self.needs.append(
            Need(
                code="form_read_as_text",
                sentence=f"{PRINTED[document.kind]} has pages that came without fields (scanned or printed): their "
                "answers were read only as text, compare them with the page.",
                page=first + (pictures or pages)[0],
            )
        )

    def placed(self, spans: list[Span]) -> list[Span]:
        """The spans, each with its page and boxes."""
        starts = [(p.range[0], i) for i, p in enumerate(self.pages) if p.range]
        starts.sort()
        edges = [s for s, _ in starts]
        answers = [f for f in self.fields if f.range]
        for span in spans:
            answer = next((f for f in answers if f.range and f.range[0] <= span.start < f.range[1]), None)
            if answer:
                span.page, span.boxes = answer.page, [answer.box] if answer.box else []
                continue
            at = bisect_right(edges, span.start) - 1
            if at < 0:
                continue
            index = starts[at][1]
            page_range = self.pages[index].range
            if page_range is None or span.start >= page_range[1]:
                continue
            span.page = index
            span.boxes = self._boxes(self.read[index], span.start - page_range[0], span.end - page_range[0])
        return spans

    @staticmethod
    def _boxes(page: ReadPage, start: int, end: int) -> list[tuple[float, float, float, float]]:
        """Boxes of the words that a stretch of the page's text touches; ``offsets`` grow with reading order."""
        placed = [(o, w.box) for o, w in zip(page.offsets, page.words, strict=True) if o]
        first = bisect_right(placed, start, key=lambda item: item[0][1])
        touched = takewhile(lambda item: item[0][0] < end, placed[first:])
        return [box for _, box in touched if box]


def _continues(before: str, after: str) -> bool:
    """Whether a paragraph runs on from one page to the next."""
    if before[-1:] == ",":
        return not after[:1].isdigit()
    return before[-1:].isalnum() and after[:1].islower()


def _narrative_ranges(layout: _Layout) -> list[Range]:
    """What the narrative pipeline reads: stories in English, narrative answers, a Supplement B where it is a scan."""
    ranges: list[Range] = []
    for document in layout.documents:
        fields = [f for f in layout.fields if f.document == document.id]
        supplement = document.kind in ("i-914b", "i-918b")
        if (supplement and not fields) or (_tells_a_story(document) and document.language == "en"):
            ranges.append(document.range)  # with the answers of its fields, if it has any
            continue
        if supplement:
            ranges += [r for i in layout.pictures.get(document.id, []) if (r := layout.pages[i].range)]
        ranges += [f.range for f in fields if f.range and not _is_foreign(f)]
    return [r for r in ranges if r[1] > r[0]]


def _is_foreign(answer: FormField) -> bool:
    """A long answer in another language; a short one is read as it is, for few words do not tell their language."""
    return len(answer.value) >= SURE_OF_LANGUAGE and language_of(answer.value) != "en"


def _tells_a_story(document: Document) -> bool:
    """An unknown kind is read too, so that no name in it is lost; forms and printed instructions are not.

    Identity documents are read as well: a short witness statement about a passport can be taken for one. A short
    certificate is not, for its "I" is the translator.
    """
    if document.kind == "translation_certificate":
        return document.range[1] - document.range[0] > LONGEST_CERTIFICATE
    return document.kind not in FORMS and document.title not in INSTRUCTIONS


def _main_kind(documents: list[Document]) -> NarrativeKind:
    """The kind of the longest story of the packet."""
    told = [d for d in documents if _tells_a_story(d)] or [d for d in documents if d.kind in MAIN_KIND]
    if not told:
        return "other"
    longest = max(told, key=lambda d: (d.kind in MAIN_KIND, d.range[1] - d.range[0]))
    return MAIN_KIND.get(longest.kind, "other")


def _told_in(documents: list[Document]) -> str:
    """English where any story is in English (a translation counts), else the language of the first story."""
    told = [d.language for d in documents if _tells_a_story(d)]
    return told[0] if told and "en" not in told else "en"


def _needs_of(record: Record, result: NarrativeResult) -> list[Need]:
    """What a person must look at, said without a word of the packet."""
    needs = [
        Need(code=f"page_{p.state}", sentence=p.reason or "This page needs a person.", page=i)
        for i, p in enumerate(record.pages)
        if p.state in ("needs_person", "refused")
    ]
    english = any(d.language == "en" and _tells_a_story(d) for d in record.documents)
    for d in record.documents:
        if d.language != "en" and _tells_a_story(d) and d.range[1] > d.range[0]:
            how = "compare it with its translation" if english else "it must be translated and read"
            needs.append(
                Need(
                    code="foreign_language",
                    sentence=f"A document is in another language ({d.language}): {how}.",
                    page=d.pages[0] if d.pages else None,
                )
            )
    needs += [
        Need(
            code="foreign_language",
            sentence=f"An answer of a form is in another language ({language_of(f.value)}): it must be translated "
            "and read.",
            page=f.page,
        )
        for f in record.fields
        if f.range and _is_foreign(f)
    ]
    doubts = sum(bool(e.doubt) for e in record.entities.values())
    if doubts:
        people = "1 person or organisation" if doubts == 1 else f"{doubts} people or organisations"
        needs.append(Need(code="doubt", sentence=f"The role of {people} must be decided."))
    if not any(_accused(e) for e in record.entities.values()):
        needs.append(Need(code="nobody_named", sentence="Nobody is named as having done it: confirm, or add who."))
    return needs


def _accused(entity: Entity) -> bool:
    return entity.role in ("trafficker", "associate") or "trafficker" in entity.doubt
