"""Turns set pages into what a scanner, a fax machine or a telephone makes of them.

Pillow and integer numpy only, with fixed seeds, so that the same page gives the same bytes on every machine.
Images are 8-bit grey (mode L) or 1-bit (mode 1); angles in degrees counter-clockwise.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

WHITE = 255


def pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page of a PDF as a grey image."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def paper(image: Image.Image, seed: int, *, tone: int = 246, grain: int = 5, shade: int = 10) -> Image.Image:
    """Grey paper with grain, darker towards one edge as under a lid that does not close; ink a little thin."""
    rng = np.random.default_rng(seed)
    grey = np.asarray(image, dtype=np.int32)
    height, width = grey.shape
    grey = 38 + grey * (tone - 38) // WHITE
    grey = grey - np.arange(width, dtype=np.int32)[None, :] * shade // width
    grey = grey + rng.integers(-grain, grain + 1, size=(height, width), dtype=np.int32)
    return Image.fromarray(grey.clip(0, WHITE).astype(np.uint8))


def skew(image: Image.Image, degrees: float, fill: int = WHITE) -> Image.Image:
    return image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=fill)


def soften(image: Image.Image, radius: float = 0.6) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def holes(image: Image.Image, dpi: int) -> Image.Image:
    """Two punch holes at the left edge, black as a scanner sees them."""
    out = image.copy()
    draw = ImageDraw.Draw(out)
    for inch in (3.2, 7.4):
        x, y, r = int(0.35 * dpi), int(inch * dpi), int(0.13 * dpi)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=45)
    return out


def specks(image: Image.Image, seed: int, count: int, largest: int = 2) -> Image.Image:
    """Dust: ``count`` dark dots of one to ``largest`` pixels."""
    rng = np.random.default_rng(seed)
    out = image.copy()
    draw = ImageDraw.Draw(out)
    dark = 0
    for _ in range(count):
        x, y = int(rng.integers(0, out.width)), int(rng.integers(0, out.height))
        size = int(rng.integers(0, largest))
        draw.rectangle((x, y, x + size, y + size), fill=dark)
    return out


def bitonal(image: Image.Image, threshold: int = 150) -> Image.Image:
    return image.point(lambda v: WHITE if v > threshold else 0).convert("1")


def fax(image: Image.Image, seed: int) -> Image.Image:
    """A standard-resolution fax, 204 x 98 dpi, of a page drawn at 204 dpi: low, skewed, dusty, with a lost line."""
    rng = np.random.default_rng(seed)
    low = skew(image, 1.4).resize((image.width, image.height * 98 // 204), Image.Resampling.BOX)
    low = specks(low, seed, 260, largest=1)
    for y in rng.integers(low.height // 8, low.height, size=2):
        ImageDraw.Draw(low).line((0, int(y), low.width, int(y)), fill=WHITE)
    return bitonal(low, 165)


def photo(image: Image.Image, seed: int) -> Image.Image:
    """A sheet on a table, taken by telephone: perspective, a lamp at one side, a shadow, grain."""
    rng = np.random.default_rng(seed)
    width, height = image.size
    table = Image.new("L", (width + 240, height + 240), 92)
    table.paste(image, (120, 120))
    w, h = table.size
    corners = (34, 22, 6, h - 4, w - 40, h - 26, w - 12, 40)  # where the corners of the picture lie on the table
    table = table.transform((w, h), Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC)
    grey = np.asarray(table, dtype=np.int32)
    light = 205 + 50 * np.arange(w, dtype=np.int32)[None, :] // w - 45 * np.arange(h, dtype=np.int32)[:, None] // h
    grey = grey * light // WHITE + rng.integers(-7, 8, size=(h, w), dtype=np.int32)
    return soften(Image.fromarray(grey.clip(0, WHITE).astype(np.uint8)), 0.7)


def jpeg(image: Image.Image, dpi: int, quality: int = 60) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def tiff(images: Sequence[Image.Image], dpi: tuple[int, int]) -> bytes:
    """A fax file: 1-bit pages, CCITT group 4."""
    out = io.BytesIO()
    images[0].save(out, "TIFF", compression="group4", dpi=dpi, save_all=True, append_images=list(images[1:]))
    return out.getvalue()


def scanned_pdf(images: Sequence[Image.Image], dpi: int, *, quality: int = 45) -> bytes:
    """A PDF of images without a text layer: grey pages as JPEG, 1-bit pages as CCITT group 4."""
    pdf = pikepdf.new()
    for image in images:
        width, height = image.width * 72 / dpi, image.height * 72 / dpi
        xobject = _ccitt(pdf, image) if image.mode == "1" else _dct(pdf, image, dpi, quality)
        page = pdf.add_blank_page(page_size=(width, height))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=pdf.make_indirect(xobject)))
        page.Contents = pdf.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q".encode())
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def joined(parts: Sequence[bytes]) -> bytes:
    """One PDF of all the pages of several."""
    whole = pikepdf.new()
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as pdf:
            whole.pages.extend(pdf.pages)
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()


def locked(pdf: bytes, opens_with: str) -> bytes:
    """The PDF under a user password. RC4, because AES would draw new random numbers at every build."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(
            out,
            encryption=pikepdf.Encryption(user=opens_with, owner=opens_with, R=3, aes=False, metadata=False),
            static_id=True,
        )
    return out.getvalue()


def _image_dictionary(pdf: pikepdf.Pdf, data: bytes, image: Image.Image) -> pikepdf.Stream:
    stream = pikepdf.Stream(pdf, data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image.size
    stream.ColorSpace = pikepdf.Name.DeviceGray
    return stream


def _dct(pdf: pikepdf.Pdf, image: Image.Image, dpi: int, quality: int) -> pikepdf.Stream:
    stream = _image_dictionary(pdf, jpeg(image, dpi, quality), image)
    stream.BitsPerComponent = 8
    stream.Filter = pikepdf.Name.DCTDecode
    return stream


def _ccitt(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    out = io.BytesIO()
    rows_per_strip = 278  # TIFF tag; one strip holds the page, and its bytes are what PDF wants
    image.save(out, "TIFF", compression="group4", tiffinfo={rows_per_strip: image.height})
    tags = Image.open(io.BytesIO(out.getvalue())).tag_v2  # type: ignore[attr-defined]
    (start,), (length,) = tags[273], tags[279]
    stream = _image_dictionary(pdf, out.getvalue()[start : start + length], image)
    stream.BitsPerComponent = 1
    stream.Filter = pikepdf.Name.CCITTFaxDecode
    stream.DecodeParms = pikepdf.Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=tags[262] != 0)
    return stream
