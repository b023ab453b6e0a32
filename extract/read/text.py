"""Plain text files: one page whose text is the file's own."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from extract.errors import FileRefused
from extract.packet import Word
from extract.read.draft import DraftPage

LARGEST = 50 * 2**20
WORD = re.compile(r"\S+")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(data: bytes) -> tuple[str, str] | None:
    """The text of ``data`` and its encoding, None where it is no text at all. ``\\r\\n`` becomes ``\\n``, nothing else
    changes; a byte order mark is not part of the text."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding).replace("\r\n", "\n"), encoding
            except UnicodeDecodeError:
                return None
    if b"\0" in data:
        return None
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(character < " " and character not in "\t\n\r\f\v" for character in text[:100_000])
        if controls > len(text[:100_000]) / 100:
            return None
        return text.replace("\r\n", "\n"), encoding
    return None


def read_text(path: Path) -> list[DraftPage]:
    """The one page of a text file, state ``text`` or ``blank``. Raises ``FileRefused`` where it is no text."""
    size = path.stat().st_size
    if size > LARGEST:
        raise FileRefused(f"A text of {size / 2**20:.0f} MB is more than the {LARGEST // 2**20} MB that are read.")
    found = decoded(path.read_bytes())
    if found is None:
        raise FileRefused("This is not a text: it holds bytes that no text has.")
    text, encoding = found
    page = DraftPage(1, "text", "A text file.", text=text)
    if not text.strip():
        page.state, page.reason = "blank", "The file holds no words."
    elif encoding in ("cp1252", "latin-1"):
        page.confidence = 0.9
        page.reason = (
            "The text is not UTF-8 and was read as Windows Western European: letters with accents may be wrong."
        )
    for match in WORD.finditer(text):
        page.words.append(Word(match.group(), None))
        page.offsets.append(match.span())
    return [page]
