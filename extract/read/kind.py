"""What a file is, told from its first bytes: names and suffixes are not to be trusted."""

from __future__ import annotations

import zipfile
from pathlib import Path

from extract.read.text import decoded

PDF, DOCX, TEXT = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain",
)
UNKNOWN = "application/octet-stream"

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
)
NOT_READ = (
    # the first bytes, media type, what to call it
    (b"{\\rtf", "application/rtf", "an RTF text"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
        "an old Office file (.doc) or one with a password",
    ),
    (b"GIF8", "image/gif", "a GIF picture"),
    (b"BM", "image/bmp", "a BMP picture"),
    (b"%!PS", "application/postscript", "a PostScript file"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "a 7z archive"),
    (b"Rar!", "application/vnd.rar", "a RAR archive"),
    (b"\x1f\x8b", "application/gzip", "a gzip archive"),
    (b"\x7fELF", "application/x-executable", "a program"),
    (b"MZ", "application/x-msdownload", "a program"),
    (b"ID3", "audio/mpeg", "a sound recording"),
    (b"OggS", "application/ogg", "a sound recording"),
    (b"SQLite format 3\0", "application/vnd.sqlite3", "a database"),
)
FAMILIES = {b"heic": "a HEIC photo", b"heix": "a HEIC photo", b"mif1": "a HEIC photo", b"avif": "an AVIF picture"}


def kind_of(path: Path, head: bytes) -> tuple[str, str | None]:
    """Media type, and what the file is called where that is a type that is not read (else None).

    ``head`` is the file's beginning, 4 KB or all of it.
    """
    if b"%PDF-" in head[:1024]:
        return PDF, None
    for signature, media_type in SIGNATURES:
        if head.startswith(signature):
            return media_type, None
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    if head[4:8] == b"ftyp":
        return "image/heif" if head[8:12] in FAMILIES else "video/mp4", FAMILIES.get(
            head[8:12], "a film or sound recording"
        )
    if head[:4] == b"RIFF":
        return (
            ("image/webp", "a WebP picture") if head[8:12] == b"WEBP" else ("audio/x-wav", "a sound recording or film")
        )
    lowered = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype html", b"<html")):
        return "text/html", "a web page"
    for signature, media_type, name in NOT_READ:
        if head.startswith(signature) and (len(signature) > 2 or b"\0" in head):
            return media_type, name
    # the last letter of the piece may be cut in two
    if any(decoded(head[: len(head) - cut]) is not None for cut in range(min(4, len(head)))):
        return TEXT, None
    return UNKNOWN, "of a kind that is not known here"


def _kind_of_archive(path: Path) -> tuple[str, str | None]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # only the end of an archive tells what it is: a cut-off one is taken for what its name says
        return (DOCX, None) if path.suffix.lower() == ".docx" else ("application/zip", "a damaged archive")
    if "word/document.xml" in names:
        return DOCX, None
    if "mimetype" in names and "content.xml" in names:
        return "application/vnd.oasis.opendocument.text", "an OpenDocument file"
    if "xl/workbook.xml" in names:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel workbook"
    return "application/zip", "a ZIP archive"
