"""PNG, JPEG and TIFF files: each frame is a page to be read by OCR."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from extract.errors import FileRefused
from extract.read import cleanup
from extract.read.draft import DraftPage, refused
from extract.read.ocr import Scan
from extract.read.pdf import LOOK_DPI, as_png

# what Pillow warns of on damaged files becomes a page's reason, not lines on the terminal
warnings.filterwarnings("ignore", module=r"PIL\.")

READERS: dict[str, type[ImageFile.ImageFile]] = {
    "image/png": PngImageFile,
    "image/jpeg": JpegImageFile,
    "image/tiff": TiffImageFile,
}
MOST_PIXELS = 120_000_000
"""An image with more is refused before a pixel is unpacked (a ledger page at 600 dpi has 67 million)."""
MOST_FRAMES = 5_000
BELIEVABLE_DPI = (70.0, 1300.0)
LETTER_LONG_SIDE = 11.0
UPRIGHT = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation to the clockwise turn that sets the picture upright (mirrored ones do not occur in scans)."""
ORIENTATION = 0x0112
UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow's readers raise on damaged files."""
DAMAGED = "The image is damaged or cut off and could not be opened."


def scans_of(path: Path, media_type: str) -> Iterator[Scan | DraftPage]:
    """Every frame as a scan to read, or as a refused page. Raises ``FileRefused`` for a file that is no image."""
    with opened(path, media_type) as image:
        number = 0
        while number < MOST_FRAMES:
            try:
                image.seek(number)
            except EOFError:
                return
            except UNREADABLE:
                yield refused(number + 1, DAMAGED)
                return
            number += 1
            yield scan_of(image, number, partial(draw, path, media_type, number))


def opened(source: Path | BinaryIO, media_type: str) -> ImageFile.ImageFile:
    """The image, its size known, nothing unpacked yet. Raises ``FileRefused``."""
    # WeasyPrint, where it shares the process, switches this on: a file cut off would be a blank page nobody asks about
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # the readers are called by name: only these three formats, and none of Pillow's own limits, which do not say sizes
    try:
        return READERS[media_type](str(source) if isinstance(source, Path) else source)
    except UNREADABLE as problem:
        raise FileRefused(DAMAGED) from problem


def scan_of(image: ImageFile.ImageFile, number: int, draw_it: Callable[[int, float], bytes]) -> Scan | DraftPage:
    """One frame as a scan, or as a refused page where it is too large, too small or damaged."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        return refused(number, f"The image measures {width} x {height} pixels: too large to open.")
    if min(width, height) < 16:
        return refused(number, f"The image measures {width} x {height} pixels: too small to hold writing.")
    one_bit, dpi = image.mode == "1", _dpi(image)
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1), 0)
        pixels = np.asarray(_grey(image))
    except UNREADABLE:
        return refused(number, DAMAGED)
    if turn % 180:
        dpi = dpi[::-1]
    return Scan(cleanup.turn(pixels, turn), dpi, draw_it, one_bit, turn, max(dpi))


def _grey(image: Image.Image) -> Image.Image:
    """Grey on white paper: transparent parts are paper, 16-bit scans are brought down to 8."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        values = np.asarray(image, dtype=np.float64)
        return Image.fromarray((255 * values / max(values.max(), 1.0)).astype(np.uint8))
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image.convert("RGBA")).convert("L")
    return image.convert("L")


def _dpi(image: Image.Image) -> tuple[float, float]:
    """Resolution across and down, as written in the file or, where that makes no page, as of a letter-size sheet."""
    width, height = image.size
    written = image.info.get("dpi") or (0, 0)
    across, down = (float(value) for value in written[:2])
    low, high = BELIEVABLE_DPI
    if low <= across <= high and low <= down <= high:
        sides = sorted((width / across, height / down))
        # cameras and screens write 72 or 96 dpi whatever was taken
        if sides[1] <= 18 and not (across <= 96 and sides[1] > 14.5):
            return across, down
    assumed = max(width, height) / LETTER_LONG_SIDE
    return assumed, assumed


def draw(path: Path, media_type: str, number: int, rotation: int, skew: float) -> bytes:
    """The upright page as PNG at ``LOOK_DPI``; ``rotation`` and ``skew`` as in its ``ReadPage``."""
    with opened(path, media_type) as image:
        image.seek(number - 1)
        return drawn(image, rotation, skew)


def drawn(image: ImageFile.ImageFile, rotation: int, skew: float) -> bytes:
    """A frame as PNG at ``LOOK_DPI``, set upright."""
    across, down = (max(1, round(side * LOOK_DPI / dpi)) for side, dpi in zip(image.size, _dpi(image), strict=True))
    picture = np.asarray(_coloured(image).resize((across, down), Image.Resampling.BOX))[:, :, ::-1]
    return as_png(cleanup.deskew(cleanup.turn(picture, rotation), skew))


def _coloured(image: Image.Image) -> Image.Image:
    return (_grey(image) if image.has_transparency_data or image.mode.startswith(("I", "F")) else image).convert("RGB")
