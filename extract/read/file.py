"""One file to its pages, whatever it is and whatever is wrong with it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2

from extract import cores
from extract.errors import FileRefused
from extract.packet import ReadFile, ReadPage, Word
from extract.read import kind, pdf, picture
from extract.read.compose import finished
from extract.read.docx import read_docx
from extract.read.door import printable
from extract.read.draft import DraftPage, refused
from extract.read.engines import engine_named
from extract.read.ocr import TYPED, Scan, read_scan
from extract.read.text import read_text
from extract.read.text_layer import Doubt
from extract.record import PageState

LARGEST = 2 * 2**30
HEAD = 4096
LEAST_WORD = 0.6
"""Confidence that a word in a picture needs to be taken beside the page's own words."""
FEW_WORDS = 3


def check_tools(engine: str | None = None) -> None:
    """Raises ``ToolMissing`` where no page could be read by OCR on this machine."""
    engine_named(engine)


def read_file(path: Path, *, engine: str | None = None) -> ReadFile:
    """The pages of one file. Never raises for a bad file: a page that cannot be read is a refused page with its reason.

    ``engine`` is a name of ``extract.read.engines.ENGINES``, None for the best one. Links, sockets and devices are
    refused (``open_packets`` follows the links that may be followed). Raises ``UsageProblem`` for an unknown engine.
    """
    try:
        size, digest, head = _looked_at(path)
    except FileRefused as problem:
        return _refused_file(path, _no_digest(path), 0, kind.UNKNOWN, str(problem))
    media_type, not_read = kind.kind_of(path, head)
    try:
        if not size:
            raise FileRefused("The file is empty (0 bytes).")
        if not_read:
            raise FileRefused(f"This is {not_read}: save it as PDF and bring it again.")
        drafts = list(_with_ocr(_pages(path, media_type), engine))
        if not drafts:
            raise FileRefused("The file holds no pages.")
        acroform = media_type == kind.PDF and pdf.has_form(path)
    except FileRefused as problem:
        return _refused_file(path, digest, size, media_type, str(problem))
    pages = tuple(finished(drafts, digest))
    nothing_read = pages[0].reason if all(page.state == "refused" for page in pages) else None
    return ReadFile(path, digest, printable(path.name), size, media_type, pages, nothing_read, acroform)


def unread_file(path: Path, reason: str, *, counted: bool = True) -> ReadFile:
    """The file with every page refused for ``reason``: the account of one whose reading broke the program.

    ``counted=False`` does not open it to count its pages: it has one.
    """
    try:
        size, digest, head = _looked_at(path)
    except FileRefused as problem:
        return _refused_file(path, _no_digest(path), 0, kind.UNKNOWN, str(problem))
    media_type, not_read = kind.kind_of(path, head)
    count = 1
    if counted and not not_read:
        with contextlib.suppress(FileRefused):
            count = max(1, pdf.count_of(path) if media_type == kind.PDF else sum(1 for _ in _pages(path, media_type)))
    pages = tuple(ReadPage(digest, number, "refused", reason, confidence=0.0) for number in range(1, count + 1))
    return ReadFile(path, digest, printable(path.name), size, media_type, pages, refused=reason)


def _looked_at(path: Path) -> tuple[int, str, bytes]:
    """Size, sha256 and beginning of a regular file. Raises ``FileRefused`` for anything else."""
    try:
        # no link is followed, and a pipe is not waited for
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as problem:
        if path.is_symlink():
            reason = (
                "This is a link to somewhere outside the folder, and links are not followed: bring the file itself."
            )
        elif isinstance(problem, PermissionError):
            reason = "The file may not be opened by this user: its permissions forbid it."
        elif isinstance(problem, FileNotFoundError):
            reason = "The file is no longer there."
        else:
            reason = f"The file could not be opened: {problem.strerror or 'no reason given'}."
        raise FileRefused(reason) from problem
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise FileRefused("This is a folder with no file in it.")
        raise FileRefused("This is a pipe, socket or device, not a file.")
    with os.fdopen(descriptor, "rb") as stream:
        if status.st_size > LARGEST:
            raise FileRefused(f"The file has {status.st_size / 2**30:.1f} GB; at most {LARGEST // 2**30} GB are read.")
        try:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            return status.st_size, digest, stream.read(HEAD)
        except OSError as problem:
            raise FileRefused(f"The file could not be read to its end: {problem.strerror}.") from problem


def _no_digest(path: Path) -> str:
    """Stands for the sha256 of a file whose bytes could not be read, so that its page row still names its own file."""
    return "unread-" + hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _refused_file(path: Path, digest: str, size: int, media_type: str, reason: str) -> ReadFile:
    page = ReadPage(digest, 1, "refused", reason, confidence=0.0)
    return ReadFile(path, digest, printable(path.name), size, media_type, (page,), refused=reason)


def _pages(path: Path, media_type: str) -> Iterator[DraftPage | pdf.ToBeRead | Scan]:
    if media_type == kind.PDF:
        return pdf.pages_of(path)
    if media_type == kind.DOCX:
        return read_docx(path)
    if media_type in picture.READERS:
        return picture.scans_of(path, media_type)
    return iter(read_text(path))


def _with_ocr(pages: Iterator[DraftPage | pdf.ToBeRead | Scan], engine: str | None) -> Iterator[DraftPage]:
    """The pages in order, those that need it read by OCR side by side, one on each core.

    Threads are enough: Tesseract and OpenCV run outside the interpreter lock. No more pages are drawn ahead than are
    needed to keep the cores busy, so that a file of thousands of pages does not fill the memory.
    """
    at_once = cores.usable()
    waiting: deque[DraftPage | Future[DraftPage]] = deque()
    executor = ThreadPoolExecutor(at_once, thread_name_prefix="ocr")
    try:
        for number, page in enumerate(pages, 1):
            if isinstance(page, DraftPage):
                waiting.append(page)
            else:
                waiting.append(executor.submit(_read_page, page, number, engine))
            while len(waiting) > 2 * at_once:
                yield _done(waiting.popleft())
        while waiting:
            yield _done(waiting.popleft())
    finally:
        # also on Ctrl-C: pages not yet begun are dropped, those in hand take a second or two
        executor.shutdown(cancel_futures=True)


def _done(page: DraftPage | Future[DraftPage]) -> DraftPage:
    return page if isinstance(page, DraftPage) else page.result()


def _read_page(page: pdf.ToBeRead | Scan, number: int, engine: str | None) -> DraftPage:
    try:
        draft = read_scan(page, number, engine) if isinstance(page, Scan) else settled(page, engine)
    except (cv2.error, MemoryError, ValueError):
        return refused(number, "The picture of this page could not be prepared for reading.")
    if isinstance(page, Scan):
        return draft
    return pdf.says_what_lies_beside(draft, page.beside) if page.beside else draft


def settled(page: pdf.ToBeRead, engine: str | None) -> DraftPage:
    """What is taken of a PDF page after OCR: its own words, those of the OCR, or both."""
    own, doubt = page.draft, page.doubt
    seen = read_scan(page.scan, own.number, engine, as_it_lies=doubt is Doubt.PARTLY_PICTURE)
    if doubt is None:
        return seen
    if doubt is Doubt.PARTLY_PICTURE:
        return _with_words_of_pictures(own, seen)
    if doubt is Doubt.FOREIGN and seen.state != "ocr":
        reason = f"The words are the PDF's own, but {doubt.value}, and OCR could not read it better."
        return replace(own, state="needs_person", reason=reason, confidence=0.5)
    return replace(seen, reason=f"{seen.reason} OCR was used because {doubt.value}.")


def _with_words_of_pictures(own: DraftPage, seen: DraftPage) -> DraftPage:
    if seen.state == "needs_person" and not seen.words:  # OCR did not take place: what the picture holds is not known
        return replace(own, state="needs_person", reason=f"There is a picture on this page. {seen.reason}")
    boxes = [word.box for word in own.words if word.box]

    def is_new(word: Word) -> bool:
        x0, top, x1, bottom = word.box or (0, 0, 0, 0)
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        return not any(box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2 for box in boxes)

    new = [word for word in seen.words if is_new(word) and word.confidence >= LEAST_WORD and len(word.text) > 1]
    if len(new) < FEW_WORDS:
        return replace(own, reason="Words taken from the PDF itself; a picture on the page holds none.")
    sure = sum(word.confidence for word in new) / len(new)
    state: PageState = "ocr" if sure >= TYPED / 100 else "needs_person"
    words = [*own.words, *new]
    return replace(
        own,
        state=state,
        reason=f"Words taken from the PDF itself, {len(new)} more by OCR from a picture on it.",
        confidence=round(sum(word.confidence for word in words) / len(words), 4),
        words=words,
    )
