"""Packets for the pages' tests: a typed page with a real image under its words, and one without places (docx, txt)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extract.packet import ReadPage, Word
from extract.pipeline import Extraction
from extract.record import Document, Entity, Page
from haven.cases.placing import lines_of
from tests.haven.builders import Told, extraction_of

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
SCALE = 100 / 72
"""Page images are 100 dpi, boxes points."""
LEFT, TOP, RIGHT, STEP = 72, 80, 540, 20

SECOND_STORY = (
    "My husband Marek Dvorak began to hit me in Ogden. He took my phone and said that nobody would believe me. "
    "My neighbour Ilse called the police."
)
SECOND = Told(
    text=SECOND_STORY,
    people={
        "e0": Entity(role="applicant", name=""),
        "e1": Entity(role="trafficker", name="Marek Dvorak", allegation="alleged", confidence=0.96),
        "e2": Entity(role="other", name="Ilse"),
    },
    facts=[],
    deeds=[("e1", "harmed", "e0", "", "My husband Marek Dvorak began to hit me in Ogden")],
    form="i-918",
    id="second",
)


def typed(told: Told, folder: Path) -> Extraction:
    """The told story as a typed page with an image; marks lie exactly on the words."""
    made = extraction_of(told, folder)
    file = made.files[0]
    page = _typed_page(file.pages[0])
    spans = [
        span.model_copy(
            update={
                "boxes": lines_of(
                    word.box
                    for word, at in zip(page.words, page.offsets, strict=True)
                    if word.box and at and at[0] < span.end and span.start < at[1]
                )
            }
        )
        for span in made.record.spans
    ]
    return Extraction(made.record.model_copy(update={"spans": spans}), (replace(file, pages=(page, *file.pages[1:])),))


def without_places(told: Told, folder: Path) -> Extraction:
    """The same as a text file: no boxes, no image; and one page that could not be read."""
    made = extraction_of(told, folder)
    file = made.files[0]
    bare = tuple(Word(word.text, None) for word in file.pages[0].words)
    page = replace(file.pages[0], words=bare, image=None, width=0, height=0)
    lost = ReadPage(file.sha256, 3, "needs_person", "The handwriting could not be read with confidence.")
    record = made.record.model_copy(
        update={
            "pages": [
                *made.record.pages,
                Page(file=file.sha256, number=3, state="needs_person", reason=lost.reason),
            ],
            "documents": [*made.record.documents, Document(id="d9", kind="letter", pages=[2], range=(0, 0))],
        }
    )
    return Extraction(record, (replace(file, pages=(page, *file.pages[1:], lost)),))


def _typed_page(page: ReadPage) -> ReadPage:
    font = ImageFont.truetype(FONT, int(12 * SCALE))
    image = Image.new("L", (int(612 * SCALE), int(792 * SCALE)), 252)
    draw = ImageDraw.Draw(image)
    x, y, words = float(LEFT), float(TOP), []
    before = 0
    for match in re.finditer(r"\S+", page.text):
        width = draw.textlength(match.group(), font) / SCALE
        if "\n" in page.text[before : match.start()]:
            x, y = LEFT, y + 1.8 * STEP
        elif x + width > RIGHT:
            x, y = LEFT, y + STEP
        draw.text((x * SCALE, y * SCALE), match.group(), fill=20, font=font)
        words.append(Word(match.group(), (x, y, x + width, y + 14), 0.99))
        x, before = x + width + 4, match.end()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    content = buffer.getvalue()
    return replace(page, state="ocr", confidence=0.98, words=tuple(words), image=lambda: content)
