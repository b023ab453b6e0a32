"""PDF files: words of pages that carry them, pictures of pages that do not.

pdfium must never be called from two threads at once, so everything here that touches it holds ``PDFIUM``.
"""

from __future__ import annotations

import io
import logging
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extract.errors import FileRefused
from extract.packet import Word
from extract.read import cleanup, text_layer
from extract.read.draft import DraftPage, refused
from extract.read.geometry import rounded, turn_box, turned_size
from extract.read.ocr import Scan
from extract.read.text_layer import Doubt
from extract.record import Box

logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # it warns of every XFA form, page by page

PDFIUM = threading.RLock()

LOOK_DPI = 100
"""Resolution for looking whether a page's words are the ones drawn, and for the review pages."""
LEAST_LOOK_DPI = 60
"""A sheet so large that it is drawn coarser than this shows no letters."""
MOST_IMAGE_PIXELS = 120_000_000
"""A page is not drawn whose image has more (A3 at 600 dpi has 70 million)."""
LONGEST_SIDE = 14_400.0
"""Points; the largest page that PDF allows (200 inches)."""
WHOLE_PAGE = 0.8
"""An image over this share of a page is a scan of it."""
A_PICTURE = 0.02
"""An image over this share may hold writing; a smaller one is a seal or a logo."""


@dataclass
class ToBeRead:
    """A page for OCR: its picture, and the draft to fall back on where it has words of its own."""

    scan: Scan
    draft: DraftPage
    doubt: Doubt | None
    beside: str = ""
    """What the file carries beside its pages, said on the first of them."""


@contextmanager
def opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The document, repaired where it is damaged. ``PDFIUM`` is not held meanwhile. Raises ``FileRefused``."""
    with PDFIUM:
        document = _document(path)
        document.init_forms()
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def _document(path: Path) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(path)
        if len(document):
            return document
        document.close()
    except pdfium.PdfiumError as problem:
        if problem.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise FileRefused("The PDF needs a password to open: ask for a copy without one.") from problem
    try:
        with pikepdf.open(path) as damaged:
            repaired = io.BytesIO()
            if not len(damaged.pages):
                raise FileRefused("The PDF is damaged: no page of it can be read.")
            damaged.save(repaired)
        return pdfium.PdfDocument(repaired.getvalue())
    except pikepdf.PasswordError as problem:
        raise FileRefused("The PDF needs a password to open: ask for a copy without one.") from problem
    except (pikepdf.PdfError, pdfium.PdfiumError, RuntimeError) as problem:
        raise FileRefused("The PDF is damaged or cut off: no page of it can be read.") from problem


def pages_of(path: Path) -> Iterator[DraftPage | ToBeRead]:
    """Every page of the file, one at a time. Raises ``FileRefused`` where the file as a whole cannot be read."""
    with opened(path) as document:
        with PDFIUM:
            count, unread = len(document), _not_on_any_page(document)
        for index in range(count):
            try:
                with PDFIUM:
                    page = _page(path, document, index)
            except (pdfium.PdfiumError, ValueError, MemoryError):
                page = refused(index + 1, "This page is damaged and could not be opened.")
            if index == 0 and unread:
                if isinstance(page, ToBeRead):
                    page.beside = unread
                elif page.state != "refused":
                    page = says_what_lies_beside(page, unread)
            yield page


def count_of(path: Path) -> int:
    """How many pages the file has. Raises ``FileRefused``."""
    with opened(path) as document, PDFIUM:
        return len(document)


def says_what_lies_beside(page: DraftPage, unread: str) -> DraftPage:
    """The page, for a person to look at what the file holds beside its pages."""
    return replace(page, state="needs_person", reason=f"{page.reason} {unread}")


def _not_on_any_page(document: pdfium.PdfDocument) -> str:
    """What the file carries beside its pages, in a sentence; empty where it carries nothing."""
    if document.get_formtype() == pdfium_c.FORMTYPE_XFA_FULL:
        return "This is a form that only Adobe programs draw (dynamic XFA): print it to PDF and bring it again."
    attached = document.count_attachments()
    if attached:
        return f"Files attached to the PDF ({attached}) were not read: bring them on their own."
    return ""


def has_form(path: Path) -> bool:
    """True where the file has form fields (AcroForm, with or without XFA)."""
    with opened(path) as document, PDFIUM:
        return document.get_formtype() != pdfium_c.FORMTYPE_NONE


def _page(path: Path, document: pdfium.PdfDocument, index: int) -> DraftPage | ToBeRead:
    page = document[index]
    try:
        if pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
            # what stands in form fields becomes part of the page: its text has the values, and boxes for them
            pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
            page.close()
            page = document[index]
        return _look(path, page, index + 1)
    finally:
        page.close()


def _look(path: Path, page: pdfium.PdfPage, number: int) -> DraftPage | ToBeRead:
    width, height = page.get_size()
    if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
        return refused(number, f"This page measures {width / 72:.1f} x {height / 72:.1f} inches and cannot be drawn.")
    images = _images(page)
    for pixels, _ in images:
        if pixels[0] * pixels[1] > MOST_IMAGE_PIXELS:
            return refused(number, f"This page holds an image of {pixels[0]} x {pixels[1]} pixels, too large to open.")
    words, turn_more = _words(page)
    rotation = (page.get_rotation() + turn_more) % 360
    upright_width, upright_height = turned_size(width, height, turn_more)
    draft = DraftPage(
        number,
        "text",
        "Words taken from the PDF itself.",
        width=round(upright_width, 2),
        height=round(upright_height, 2),
        rotation=rotation,
        words=words,
        image=partial(draw, path, number, rotation, 0.0),
    )
    scan_size = max((share for _, share in images), default=0.0)
    doubt = text_layer.doubt_about([word.text for word in words])
    if words and doubt is None and scan_size >= WHOLE_PAGE and _is_hidden(page):
        doubt = Doubt.OLD_SCAN
    if words and doubt is None:
        dpi = _affordable(page, LOOK_DPI)
        if dpi < LEAST_LOOK_DPI:
            return draft
        look = _draw(page, dpi / 72, turn_more)
        has_picture = any(share >= A_PICTURE for _, share in images)
        doubt = text_layer.differs_from_print(look, dpi, [word.box for word in words if word.box], has_picture)
        if doubt is None:
            return draft
    return ToBeRead(_scan(partial(draw, path, number), page, images, rotation, turn_more), draft, doubt)


def _images(page: pdfium.PdfPage) -> list[tuple[tuple[int, int], float]]:
    """Size in pixels of every image on the page, and the share of the page that it covers."""
    left, bottom, right, top = page.get_bbox()
    area = max((right - left) * (top - bottom), 1.0)
    found = []
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        x0, y0, x1, y1 = image.get_bounds()
        covered = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
        found.append((image.get_px_size(), min(1.0, covered / area)))
    return found


def _is_hidden(page: pdfium.PdfPage) -> bool:
    """True where most of the text is drawn invisibly or lies under the scan, as OCR programs leave it."""
    hidden = seen = 0
    covered_below = False
    for item in page.get_objects(max_depth=4):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            covered_below = seen > 0
            hidden = seen if covered_below else hidden
        elif item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            seen += 1
            hidden += pdfium_c.FPDFTextObj_GetTextRenderMode(item) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
    return seen > 0 and hidden > seen / 2


def _words(page: pdfium.PdfPage) -> tuple[list[Word], int]:
    """The page's words on its upright side, and the clockwise turn that puts them upright beyond the page's own."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    stored_size = right - left, top - bottom
    textpage = page.get_textpage()
    try:
        raw = list(_raw_words(textpage))
    finally:
        textpage.close()
    votes: dict[int, int] = {}
    for text, _, angle in raw:
        direction = (round(math.degrees(angle) / 90) * 90) % 360
        votes[direction] = votes.get(direction, 0) + len(text)
    total_turn = max(votes, key=lambda direction: votes[direction]) if votes else rotation
    if votes.get(total_turn, 0) <= 2 * votes.get(rotation, 0):
        total_turn = rotation
    words = []
    for text, (x0, y0, x1, y1), _ in raw:
        stored = (x0 - left, top - y1, x1 - left, top - y0)
        words.append(Word(text, rounded(turn_box(stored, *stored_size, total_turn))))
    return words, (total_turn - rotation) % 360


def _raw_words(textpage: pdfium.PdfTextPage) -> Iterator[tuple[str, Box, float]]:
    """Words in the order drawn: text, box in user space (left, bottom, right, top), angle of the first letter."""
    letters: list[str] = []
    box: list[float] = []
    last: list[float] = []
    angle = 0.0
    loose = pdfium_c.FS_RECTF()
    for index in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        character = "-" if code == 2 else chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if character.isspace() or code in (0, 0xFFFE, 0xFEFF):
            if letters:
                yield "".join(letters), tuple(box), angle  # type: ignore[misc]
                letters, box = [], []
            continue
        if not pdfium_c.FPDFText_GetLooseCharBox(textpage, index, loose):
            continue
        own = [loose.left, loose.bottom, loose.right, loose.top]
        if letters and _is_apart(last, own):
            yield "".join(letters), tuple(box), angle  # type: ignore[misc]
            letters = []
        if not letters:
            angle = pdfium_c.FPDFText_GetCharAngle(textpage, index)
            box = own
        else:
            box = [min(box[0], own[0]), min(box[1], own[1]), max(box[2], own[2]), max(box[3], own[3])]
        letters.append(character)
        last = own
    if letters:
        yield "".join(letters), tuple(box), angle  # type: ignore[misc]


def _is_apart(before: list[float], letter: list[float]) -> bool:
    """True where a letter stands elsewhere than after the one before it, though no space was drawn between them."""
    size = letter[3] - letter[1]
    across = max(letter[0] - before[2], before[0] - letter[2])
    down = max(letter[1] - before[3], before[1] - letter[3])
    return max(across, down) > 0.3 * max(size, 1.0)


def _scan(
    draw_it: Callable[[int, float], bytes],
    page: pdfium.PdfPage,
    images: list[tuple[tuple[int, int], float]],
    rotation: int,
    turn_more: int,
) -> Scan:
    """The page drawn for OCR: at the scan's own resolution where it is one, so that nothing is resampled twice."""
    width, height = page.get_size()
    one_bit, stored = False, None
    dpi = float(cleanup.DPI)
    whole = [pixels for pixels, share in images if share >= WHOLE_PAGE]
    if len(images) == 1 and whole:
        one_bit = _is_one_bit(page)
        stored = max(whole[0]) * 72 / max(width, height)
        if one_bit and cleanup.DPI < stored <= 620:
            dpi = stored
    dpi = _affordable(page, dpi)
    pixels = _draw(page, dpi / 72, turn_more)
    return Scan(pixels, (dpi, dpi), draw_it, one_bit, rotation, stored)


def _is_one_bit(page: pdfium.PdfPage) -> bool:
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        return bool(image.get_metadata().bits_per_pixel == 1)
    return False


def _affordable(page: pdfium.PdfPage, dpi: float) -> float:
    """``dpi``, or less where the page would not fit into memory."""
    width, height = page.get_size()
    return min(dpi, 72 * math.sqrt(cleanup.MOST_PIXELS / (width * height)))


def _draw(page: pdfium.PdfPage, scale: float, turn_more: int, colour: bool = False) -> np.ndarray:
    bitmap = page.render(scale=scale, rotation=turn_more, grayscale=not colour)
    try:
        return bitmap.to_numpy().copy().squeeze()
    finally:
        bitmap.close()


def draw(path: Path, number: int, rotation: int, skew: float, dpi: float = LOOK_DPI) -> bytes:
    """The upright page as PNG. Raises ``FileRefused`` where the file is gone or no longer opens."""
    with opened(path) as document, PDFIUM:
        page = document[number - 1]
        try:
            picture = _draw(page, _affordable(page, dpi) / 72, (rotation - page.get_rotation()) % 360, colour=True)
        finally:
            page.close()
    return as_png(cleanup.deskew(picture, skew))


def as_png(picture: np.ndarray) -> bytes:
    """Grey or BGR pixels as a PNG file."""
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise FileRefused("The page could not be drawn.")
    return data.tobytes()
