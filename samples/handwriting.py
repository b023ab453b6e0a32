"""A page that looks written by hand: no two words quite on the line, no two quite alike.

Drawn in Breip, a handwriting font under the SIL Open Font License (``fonts/Breip.ttf``, ``fonts/LICENSE.txt``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

BREIP = Path(__file__).parent / "fonts" / "Breip.ttf"


def handwritten(paragraphs: Sequence[str], dpi: int, seed: int, *, ruled: bool = True) -> Image.Image:
    """One letter-size page in grey; raises ValueError if the text does not fit on it."""
    rng = np.random.default_rng(seed)
    width, height, margin, line = 17 * dpi // 2, 11 * dpi, dpi, 36 * dpi // 100
    page = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(page)
    if ruled:
        for y in range(margin + line, height - margin // 2, line):
            draw.line((0, y, width, y), fill=205)
    x, y = margin, margin + line
    for paragraph in paragraphs:
        for word in paragraph.split():
            font = ImageFont.truetype(str(BREIP), 30 * dpi // 100 + int(rng.integers(-2, 3)))
            advance = int(font.getlength(word))
            if x + advance > width - margin * 2 // 3:
                x, y = margin + int(rng.integers(-6, 10)), y + line
            if y > height - margin // 2:
                raise ValueError("The text is too long for one handwritten page.")
            _write(page, word, font, (x, y + int(rng.integers(-3, 4))), tilt=int(rng.integers(-15, 16)) / 10)
            x += advance + 10 * dpi // 100 + int(rng.integers(-3, 6))
        x, y = margin + int(rng.integers(-6, 10)), y + line
    return page


def _write(page: Image.Image, word: str, font: ImageFont.FreeTypeFont, at: tuple[int, int], tilt: float) -> None:
    """Put a word with its baseline's start at ``at``, turned by ``tilt`` degrees."""
    x, y = at
    left, top, right, bottom = font.getbbox(word, anchor="ls")
    pad = 12
    ink = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad), 0)
    ImageDraw.Draw(ink).text((pad - left, pad - top), word, font=font, fill=215, anchor="ls")
    ink = ink.rotate(tilt, resample=Image.Resampling.BICUBIC)
    page.paste(25, (int(x + left) - pad, int(y + top) - pad), mask=ink)
