"""The last look: every file of a package, opened as it lies on disk, searched for anybody who must not be in it.

The search knows nothing of how the package was made; it reads text, metadata, tags and attachments like a recipient
could. Any hit, and anything that cannot be opened, blocks the release.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from haven.cases.models import Case, Person
from haven.referral import identifiers, package, texts
from haven.referral.identifiers import Identifiers
from haven.referral.sensitive import filing_words

LARGEST = 50_000_000  # bytes of one file of a package; a report of 200 pages has some 1,000,000


@dataclass(frozen=True)
class Finding:
    """``what``: what was found, or why a file could not be inspected. ``words``: for the officer only."""

    file: str
    place: str
    what: str
    words: str = ""
    owner: str = ""

    @property
    def sentence(self) -> str:
        return self.place_and_kind + (f" “{self.words}”" if self.words else "")

    @property
    def place_and_kind(self) -> str:
        """Without the words themselves: for terminals, where no gate was asked."""
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.what}"


@dataclass
class Inspection:
    """``searched``: identifiers looked for. ``files``: names of the files opened."""

    searched: int
    files: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return bool(self.files) and not self.findings


NAMES = {
    "name": "a name",
    "dob": "a date of birth",
    "phone": "a telephone number",
    "email": "an e-mail address",
    "id": "a number",
    "handle": "an account name",
    "address": "an address",
}


def inspect(folder: Path, case: Case, subjects: list[Person]) -> Inspection:
    """Searches every file below ``folder`` for what may not leave with a referral about ``subjects``."""
    return search(folder, identifiers.of_case(case, subjects))


def search(folder: Path, kept_out: Identifiers) -> Inspection:
    inspection = Inspection(searched=len(kept_out.kept_out))
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            inspection.findings.append(Finding(name, "", "is no plain file and cannot be inspected"))
            continue
        if path.is_dir():
            continue
        inspection.files.append(name)
        try:
            for place, text in [("its name", name), *_texts(path)]:
                inspection.findings += _findings(name, place, text, kept_out)
        except _CannotInspect as problem:
            inspection.findings.append(Finding(name, "", str(problem)))
    for name in (package.LEAD, package.REPORT):
        if name not in inspection.files:
            inspection.findings.append(Finding(name, "", "is missing"))
    return inspection


class _CannotInspect(Exception):
    pass


def _findings(file: str, place: str, text: str, kept_out: Identifiers) -> Iterator[Finding]:
    for hit in kept_out.hits(text):
        yield Finding(file, place, NAMES[hit.identifier.kind], hit.found, hit.identifier.owner)
    for words in filing_words(_without_notices(text)):
        yield Finding(file, place, "words that name a filing", words)


def _without_notices(text: str) -> str:
    """The versioned notice is the one text that may name a filing (decision 12); only word for word."""
    plain = " ".join(text.split())
    for notice in texts.every_notice():
        plain = plain.replace(notice, " ")
    return plain


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    if path.stat().st_size > LARGEST:
        raise _CannotInspect("is too large to be inspected")
    if path.suffix == ".json":
        yield from _json_texts(path)
    elif path.suffix == ".pdf":
        yield from _pdf_texts(path)
    else:
        raise _CannotInspect("is of a kind that cannot be inspected")


def _json_texts(path: Path) -> Iterator[tuple[str, str]]:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise _CannotInspect("cannot be read as JSON") from None

    def walk(node: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield f"{place} (key)", key
                yield from walk(value, f"{place}/{key}")
        elif isinstance(node, list):
            for number, value in enumerate(node, 1):
                yield from walk(value, f"{place}[{number}]")
        elif node is not None:
            yield place, str(node)

    yield from walk(content, "")


def _pdf_texts(path: Path) -> Iterator[tuple[str, str]]:
    try:
        document = pypdfium2.PdfDocument(path)
        try:
            pages = [page.get_textpage().get_text_bounded() for page in document]
            metadata = document.get_metadata_dict()
            attached = document.count_attachments()
        finally:
            document.close()
        with pikepdf.open(path) as pdf:
            strings = list(dict.fromkeys(_strings(pdf)))
            pictures = any(_is_picture(one) for one in pdf.objects)
    except (pypdfium2.PdfiumError, pikepdf.PdfError, ValueError, RecursionError):
        raise _CannotInspect("cannot be opened as a PDF") from None
    if attached:
        raise _CannotInspect("has an attachment, which is not inspected and does not belong there")
    if pictures:
        raise _CannotInspect("has a picture, which is not inspected and does not belong there")
    # words may run over the end of a page, so the pages are searched one by one and together
    yield from ((f"page {number}", text) for number, text in enumerate(pages, 1))
    yield "its pages together", " ".join(pages)
    yield from ((f"metadata {name}", text) for name, text in metadata.items())
    yield from (("tags and metadata", text) for text in strings)


def _is_picture(node: Any) -> bool:
    return isinstance(node, pikepdf.Stream) and node.get("/Subtype") == "/Image"


def _strings(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Every string in the PDF's objects (tags, alternative texts, bookmarks, annotations) and its XMP metadata."""
    for node in pdf.objects:
        yield from _of_node(node, depth=0)
        if isinstance(node, pikepdf.Stream) and node.get("/Type") == "/Metadata":
            yield node.read_bytes().decode("utf-8", "replace")


def _of_node(node: Any, depth: int) -> Iterator[str]:
    if isinstance(node, pikepdf.String):
        yield str(node)
    elif depth < 50 and isinstance(node, pikepdf.Array):
        for one in node:
            yield from _of_node(one, depth + 1)
    elif depth < 50 and isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        for key, one in node.items():
            if key not in ("/Parent", "/P") and not getattr(one, "is_indirect", False):
                yield from _of_node(one, depth + 1)
