"""Pages made for the tests: every file here is built from invented words, and named for the case that it proves."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"

STORY = [
    "My name is Imelda Quispe and I was born in Cusco. In March 2018 a man called Rodrigo Salas came to our street and"
    " said that a hotel in Denver was looking for cleaners. He bought the ticket and kept my passport in his jacket.",
    "When I arrived he said that I owed him four thousand dollars. I cleaned rooms from five in the morning until the"
    " lights went out, and the money went to him. His cousin Beto watched the door at night.",
    "I was afraid because he knew where my mother lived. In the winter a guest asked me why I never had a day off, and"
    " she gave me the number that I called in the end.",
]
"""Three paragraphs of a statement; nobody in it exists."""
WORDS = " ".join(STORY).split()


def typed(paragraphs: list[str] = STORY, *, inches: tuple[float, float] = (8.5, 5.5), points: float = 11) -> np.ndarray:
    """A typed page as grey pixels at 300 dpi, with margins of an inch."""
    dpi = 300
    page = Image.new("L", (round(inches[0] * dpi), round(inches[1] * dpi)), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, round(points * dpi / 72))
    y, leading = dpi * 0.75, 1.3 * points * dpi / 72
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split():
            if line and font.getlength(f"{line} {word}") > page.width - 2 * dpi:
                pen.text((dpi, y), line, font=font, fill=0)
                line, y = "", y + leading
            line = f"{line} {word}".strip()
        pen.text((dpi, y), line, font=font, fill=0)
        y += 1.9 * leading
    return np.asarray(page)


def at(pixels: np.ndarray, dpi: float) -> np.ndarray:
    """A page of ``typed`` scanned at another resolution."""
    return cv2.resize(pixels, None, fx=dpi / 300, fy=dpi / 300, interpolation=cv2.INTER_AREA)


def tilted(pixels: np.ndarray, degrees: float) -> np.ndarray:
    """A page laid on the glass turned clockwise by ``degrees``."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))


def image_file(path: Path, pixels: np.ndarray, dpi: float | tuple[float, float] = 200, **options: object) -> Path:
    image = Image.fromarray(pixels)
    if options.pop("one_bit", False):
        image = image.convert("1", dither=Image.Dither.NONE)
    image.save(path, dpi=dpi if isinstance(dpi, tuple) else (dpi, dpi), **options)
    return path


def pdf_of(*pages: list[tuple[float, float, str]], size: tuple[float, float] = (612, 792)) -> bytes:
    """A born-digital PDF: for each page, texts with the place of their left end (x, y from the top, in points)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    for page in pages:
        canvas.setFont("Helvetica", 11)
        for x, y, text in page:
            canvas.drawString(x, size[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*texts: str, x: float = 72, y: float = 90, leading: float = 14) -> list[tuple[float, float, str]]:
    """Texts below each other, for ``pdf_of``."""
    return [(x, y + number * leading, text) for number, text in enumerate(texts)]


def scanned_pdf(*pages: np.ndarray, dpi: float = 200, quality: int = 80) -> bytes:
    """A PDF whose pages are pictures only."""
    images = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=images[1:], quality=quality)
    return out.getvalue()


def joined(*files: bytes) -> bytes:
    """One PDF of the pages of several."""
    whole = pikepdf.new()
    for data in files:
        with pikepdf.open(io.BytesIO(data)) as part:
            whole.pages.extend(part.pages)
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()


def encrypted(data: bytes, *, user: str = "", owner: str = "boss") -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header speaks of ``width`` x ``height`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def error_rate(truth: str, read: str) -> float:
    """Character error rate: edits that turn ``read`` into ``truth``, as a share of ``truth``; white space is one."""
    wanted, got = (np.array([ord(c) for c in " ".join(text.split())]) for text in (truth, read))
    row = np.arange(len(got) + 1)
    for number, character in enumerate(wanted, 1):
        new = np.concatenate([[number], np.minimum(row[1:] + 1, row[:-1] + (got != character))])
        row = np.minimum.accumulate(new - np.arange(len(new))) + np.arange(len(new))
    return float(row[-1]) / len(wanted)
