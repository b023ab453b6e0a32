"""Sets texts as letter-size pages, the way a law office, an agency or a typist would, in embedded fonts.

The same text gives the same bytes: fonts come from fonts-liberation2, dates and ids are fixed by reportlab's
``invariant`` mode.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

LIBERATION = Path("/usr/share/fonts/truetype/liberation2")
FONTS = {
    "serif": LIBERATION / "LiberationSerif-Regular.ttf",
    "serif-bold": LIBERATION / "LiberationSerif-Bold.ttf",
    "sans": LIBERATION / "LiberationSans-Regular.ttf",
    "sans-bold": LIBERATION / "LiberationSans-Bold.ttf",
    "mono": LIBERATION / "LiberationMono-Regular.ttf",
    "mono-bold": LIBERATION / "LiberationMono-Bold.ttf",
}


def use_fonts() -> None:
    """Register the fonts of the samples with reportlab. Raises FileNotFoundError if one is not installed."""
    for name, path in FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            if not path.exists():
                raise FileNotFoundError(f"The samples need the font {path} (Debian package fonts-liberation2).")
            pdfmetrics.registerFont(TTFont(name, str(path)))


@dataclass(frozen=True)
class Sheet:
    """How a text is set. Sizes in points; ``head`` and ``foot`` stand on every page, ``{page}`` is its number."""

    font: str = "serif"
    size: float = 11.5
    leading: float = 16.0
    margin: float = 72.0
    justify: bool = False
    hyphenate: bool = False
    title: bool = True
    """the first paragraph is a centred heading"""
    head: str = ""
    foot: str = ""
    indent: float = 0.0
    after: float = 8.0
    signature: str = ""
    """the line under the signature rule at the end, if there is one"""


def _is_heading(paragraph: str) -> bool:
    """A short line without a full stop, such as "My family"."""
    return len(paragraph) < 50 and "\n" not in paragraph and paragraph[-1:].isalpha()


def typeset(paragraphs: Sequence[str], sheet: Sheet, *, title: str = "") -> bytes:
    """A PDF of the paragraphs; a line break inside a paragraph is kept."""
    use_fonts()
    body = ParagraphStyle(
        "body",
        fontName=sheet.font,
        fontSize=sheet.size,
        leading=sheet.leading,
        spaceAfter=sheet.after,
        firstLineIndent=sheet.indent,
        alignment=TA_JUSTIFY if sheet.justify else TA_LEFT,
        hyphenationLang="en_US" if sheet.hyphenate else "",
        embeddedHyphenation=1 if sheet.hyphenate else 0,
    )
    bold = f"{sheet.font}-bold" if f"{sheet.font}-bold" in FONTS else sheet.font
    heading = ParagraphStyle(
        "heading", body, fontName=bold, alignment=TA_CENTER, firstLineIndent=0, spaceAfter=2 * sheet.after
    )
    section = ParagraphStyle("section", body, fontName=bold, firstLineIndent=0, keepWithNext=1)
    flow: list = []
    for i, paragraph in enumerate(paragraphs):
        style = heading if i == 0 and sheet.title else section if _is_heading(paragraph) else body
        flow.append(Paragraph(escape(paragraph).replace("\n", "<br/>"), style))
    if sheet.signature:
        flow += [Spacer(1, 2 * sheet.leading), Paragraph("_" * 34, body), Paragraph(escape(sheet.signature), body)]

    def furniture(canvas: Canvas, doc: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(sheet.font, 9)
        width, height = letter
        if sheet.head:
            canvas.drawString(sheet.margin, height - 40, sheet.head.format(page=doc.page))
        if sheet.foot:
            canvas.drawCentredString(width / 2, 34, sheet.foot.format(page=doc.page))
        canvas.restoreState()

    out = io.BytesIO()
    SimpleDocTemplate(
        out,
        pagesize=letter,
        leftMargin=sheet.margin,
        rightMargin=sheet.margin,
        topMargin=sheet.margin,
        bottomMargin=sheet.margin,
        title=title,
        author="",
        invariant=1,
    ).build(flow, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()
