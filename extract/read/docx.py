"""Word files (.docx): paragraphs, tables, text boxes and notes in order; headers and footers set aside.

A docx does not say where its pages end, except where its writer broke one by hand: such breaks begin a new page here.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from extract.errors import FileRefused
from extract.packet import Word
from extract.read import picture
from extract.read.draft import DraftPage, refused
from extract.read.ocr import Scan
from extract.read.text import WORD

MOST_UNPACKED = 300 * 2**20
MOST_PARTS = 10_000
SMALLEST_PICTURE = 400
"""Pixels on the shorter side; smaller pictures are logos and signatures, not pages."""
UNREADABLE = (
    OpcError, KeyError, ValueError, AttributeError, IndexError, NotImplementedError, OSError, EOFError,
    etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What python-docx raises on damaged files."""
DAMAGED = "The Word file is damaged or cut off and could not be opened."

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
NOT_SHOWN = {f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}instrText", f"{MC}Fallback", f"{W}txbxContent"}
SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
NOTES = ("footnotes", "endnotes")


@dataclass
class Pages:
    """Paragraphs gathered page by page."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])

    def add(self, paragraph: str) -> None:
        """``\\f`` in ``paragraph`` is a page break."""
        first, *others = paragraph.split("\f")
        self._put(first)
        for part in others:
            self.pages.append([])
            self._put(part)

    def _put(self, part: str) -> None:
        if part.strip():
            self.pages[-1].append(part.strip())


def read_docx(path: Path) -> Iterator[DraftPage | Scan]:
    """The pages of a Word file (``text`` or ``blank``), then its larger pictures as pages for OCR, because a scan may
    have been pasted in. Raises ``FileRefused``."""
    _check_size(path)
    try:
        document = docx.Document(str(path))
        found = Pages()
        for paragraph in _paragraphs(document.element.body):
            found.add(paragraph)
        for note in _notes(document):
            found.add(note)
        aside = _margins(document)
        pictures = [
            (str(part.partname), part.content_type, part.blob)
            for part in document.part.package.iter_parts()
            if part.content_type in picture.READERS
        ]
    except UNREADABLE as problem:
        raise FileRefused(DAMAGED) from problem
    drafts = [_draft(number, paragraphs) for number, paragraphs in enumerate(found.pages, 1)]
    if aside:
        first = drafts[0]
        first.words += [Word(match.group(), None) for match in WORD.finditer(aside)]
        first.offsets += [None] * (len(first.words) - len(first.offsets))
        first.reason += " Headers and footers set aside."
    yield from drafts
    number = len(drafts)
    for name, media_type, data in sorted(pictures):
        try:
            with picture.opened(io.BytesIO(data), media_type) as image:
                if min(image.size) < SMALLEST_PICTURE:
                    continue
                page = picture.scan_of(image, number + 1, partial(draw_picture, path, name, media_type))
        except FileRefused as problem:
            page = refused(number + 1, f"A picture in the Word file: {problem}")
        number += 1
        yield page


def draw_picture(path: Path, name: str, media_type: str, rotation: int, skew: float) -> bytes:
    """A picture of the Word file as PNG, set upright."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read(name.lstrip("/"))
    with picture.opened(io.BytesIO(data), media_type) as image:
        return picture.drawn(image, rotation, skew)


def _check_size(path: Path) -> None:
    """Adds up what the archive says it unpacks to; Python's zipfile stops at those sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise FileRefused(DAMAGED) from problem
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise FileRefused(
            f"The Word file would unpack to {unpacked / 2**20:,.0f} MB in {len(parts):,} parts: too large to open."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("The Word file needs a password to open: ask for a copy without one.")


def _paragraphs(container: etree._Element) -> Iterator[str]:
    """Paragraphs and table rows below a body, cell or text box, in order; cells of a row parted by tabs."""
    for child in container:
        if child.tag == f"{W}p":
            yield _text(child)
            for box in child.iter(f"{W}txbxContent"):
                if not any(ancestor.tag == f"{MC}Fallback" for ancestor in box.iterancestors()):
                    yield from _paragraphs(box)
        elif child.tag == f"{W}tbl":
            for row in child.iter(f"{W}tr"):
                if next(row.iterancestors(f"{W}tbl")) is child:
                    yield "\t".join(
                        " ".join(part.strip() for part in _paragraphs(cell) if part.strip())
                        for cell in row.iter(f"{W}tc")
                        if next(cell.iterancestors(f"{W}tr")) is row
                    )
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag", f"{W}moveTo"):
            yield from _paragraphs(child)


def _text(paragraph: etree._Element) -> str:
    """What a reader sees of a paragraph: inserted text too, deleted text and field codes not."""
    pieces: list[str] = []
    properties = paragraph.find(f"{W}pPr")
    before = properties.find(f"{W}pageBreakBefore") if properties is not None else None
    if before is not None and before.get(f"{W}val") not in ("0", "false"):
        pieces.append("\f")
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag in NOT_SHOWN or element.tag == f"{W}pPr":
            continue
        if element.tag == f"{W}t":
            pieces.append(element.text or "")
        elif element.tag == f"{W}br":
            pieces.append("\f" if element.get(f"{W}type") == "page" else "\n")
        elif element.tag in SIGNS:
            pieces.append(SIGNS[element.tag])
        else:
            waiting.extend(reversed(element))
    return "".join(pieces)


def _notes(document: docx.document.Document) -> Iterator[str]:
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(NOTES):
            continue
        for note in etree.fromstring(relation.target_part.blob):
            if note.get(f"{W}type") not in ("separator", "continuationSeparator", "continuationNotice"):
                yield " ".join(part.strip() for part in _paragraphs(note) if part.strip())


def _margins(document: docx.document.Document) -> str:
    """Every header and footer text once."""
    seen: dict[str, None] = {}
    for section in document.sections:
        for margin in (
            section.header, section.footer, section.first_page_header,
            section.first_page_footer, section.even_page_header, section.even_page_footer,
        ):  # fmt: skip
            if not margin.is_linked_to_previous:
                for paragraph in _paragraphs(margin._element):
                    if paragraph.strip():
                        seen.setdefault(paragraph.strip())
    return "\n".join(seen)


def _draft(number: int, paragraphs: list[str]) -> DraftPage:
    text = "\n\n".join(paragraphs)
    page = DraftPage(number, "text", "Words taken from the Word file.", text=text)
    if not text.strip():
        page.state, page.reason = "blank", "This page holds no words."
    for match in WORD.finditer(text):
        page.words.append(Word(match.group(), None))
        page.offsets.append(match.span())
    return page
