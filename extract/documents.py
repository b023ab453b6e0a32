"""Pages to documents: where each document of a packet begins, what kind it is, its edition and its language.

The six forms are known by what their pages print (``extract.forms.prints``); every other kind by the weighted phrases
of ``documents.yaml``. Titles weigh more than text: a statement that tells of a police report is a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from pathlib import Path
from typing import get_args

import yaml

from extract.forms.definitions import definitions
from extract.forms.prints import Print, looks_like_a_form, print_of
from extract.language import language_of
from extract.packet import ReadFile, ReadPage
from extract.record import DocumentKind

RULES = Path(__file__).with_suffix(".yaml")
HEAD, TAIL, READ = 1_200, 1_000, 20_000
"""Characters of a document that are its head and its tail, and that are looked at altogether."""
STRONG = 4.0
"""Weight at which the title of a page begins a document."""
FIRST_PERSON = frozenset("i my me mine myself we our us yo mi me mis nosotros je j mon ma eu meu minha".split())
PAGE_NUMBER = re.compile(
    r"(?:^|\s)(?:page|p[aá]gina|pg\.?|p\.)\s*(\d{1,3})(?:\s*(?:of|de|/)\s*(\d{1,3}))?\W*$|^\W*(\d{1,3})\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundDocument:
    """A run of pages that is one document. ``pages`` are (file, page) indices from 0, in packet order."""

    kind: DocumentKind
    pages: tuple[tuple[int, int], ...]
    edition: str | None = None
    title: str = ""
    language: str = "en"
    confidence: float = 1.0
    reasons: tuple[str, ...] = ()
    """The printed words that decided the kind. They may hold names: never log them."""


@dataclass(frozen=True)
class Judgement:
    """The kind of a text, how sure, and the words that spoke for it."""

    kind: DocumentKind
    confidence: float
    reasons: tuple[str, ...] = ()


def documents_of(files: Sequence[ReadFile]) -> list[FoundDocument]:
    """The documents of a packet, in packet order. Every page with anything on it belongs to exactly one.

    Refused files, and files of blank pages only, are no document: they stand in the page account.
    """
    drafts: list[_Draft] = []
    for file_index, file in enumerate(files):
        current: _Draft | None = None
        for page_index, page in enumerate(file.pages):
            sheet = _Sheet(page, file_index, page_index)
            if current is None and drafts and _goes_on_across_files(drafts[-1], files, sheet):
                current = drafts[-1]
            if current is None or current.ends_before(sheet):
                current = _Draft()
                drafts.append(current)
            current.sheets.append(sheet)
    return [draft.found() for draft in drafts if draft.holds_anything()]


def kind_of_text(text: str, lines: Sequence[str] | None = None) -> Judgement:
    """What kind of document a text is. ``lines`` are the printed lines of its first page; by default the text's own."""
    lines = [line for line in text[:READ].split("\n") if line.strip()] if lines is None else lines
    scores: dict[str, float] = {}
    reasons: dict[str, list[str]] = {}
    for rule, words in _spoken(text[:READ], lines):
        scores[rule.kind] = scores.get(rule.kind, 0.0) + rule.weight
        reasons.setdefault(rule.kind, []).append(words)
    oneself = first_person(text[:READ])
    if oneself >= 0.03:
        scores["statement"] = scores.get("statement", 0.0) + (2.5 if oneself >= 0.05 else 1.5)
    if not scores:
        return Judgement("other", 0.4)
    ranked = sorted(scores, key=lambda kind: (-scores[kind], kind))
    best = scores[ranked[0]]
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    if best < _rules().enough:
        if oneself >= 0.03:
            return Judgement("statement", 0.6, ("told in the first person",))
        return Judgement("other", 0.4)
    confidence = min(0.99, 0.5 + 0.5 * (best - second) / best + 0.02 * best)
    kind: DocumentKind = ranked[0]  # type: ignore[assignment]
    return Judgement(kind, round(min(confidence, 0.99), 2), tuple(reasons.get(kind, ("told in the first person",))))


def first_person(text: str) -> float:
    """Share of the words that speak of oneself, 0..1."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return sum(w in FIRST_PERSON for w in words) / len(words) if words else 0.0


# -- the rules -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rule:
    kind: str
    where: str
    says: re.Pattern[str]
    weight: float
    at_most_words: int | None


@dataclass(frozen=True)
class _Rules:
    enough: float
    rules: tuple[_Rule, ...]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    raw = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    unknown = set(raw["kinds"]) - set(get_args(DocumentKind))
    if unknown:
        raise ValueError(f"{RULES.name} names kinds that are none: {', '.join(sorted(unknown))}")
    rules = tuple(
        _Rule(
            kind,
            row["where"],
            re.compile(rf"^\W{{0,4}}(?:{row['says']})" if row["where"] == "line" else row["says"], re.I | re.M),
            float(row["weight"]),
            row.get("at_most_words"),
        )
        for kind, rows in raw["kinds"].items()
        for row in rows
    )
    return _Rules(float(raw["enough"]), rules)


def _spoken(text: str, lines: Sequence[str]) -> Iterable[tuple[_Rule, str]]:
    """The rules that speak, each with the words it found."""
    zones = {
        "title": "\n".join(title_lines(lines)),
        "head": text[:HEAD],
        "tail": text[-TAIL:],
        "body": text,
        "line": "\n".join(lines) if len(text) < 200 else text,
    }
    words = len(text.split())
    for rule in _rules().rules:
        if rule.at_most_words is not None and words > rule.at_most_words:
            continue
        if found := rule.says.search(zones[rule.where]):
            yield rule, " ".join(found[0].split())[:80]


def title_lines(lines: Sequence[str], most: int = 8) -> list[str]:
    """The lines above the first line of running text: letterhead, court, title, numbers."""
    kept: list[str] = []
    for i, line in enumerate(lines[:most]):
        if _is_prose(line, lines[i + 1] if i + 1 < len(lines) else ""):
            break
        kept.append(line)
    return kept


def _is_prose(line: str, following: str) -> bool:
    words = line.split()
    small = sum(w[:1].islower() for w in words)
    if small < 5 or small < 0.5 * len(words):
        return False
    return len(line) > 110 or line.rstrip().endswith((".", ";", ",")) or following[:1].islower()


# -- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """A page with what decides where documents begin. ``place`` = (file, page)."""

    page: ReadPage
    file: int
    number: int

    @cached_property
    def lines(self) -> list[str]:
        return printed_lines(self.page)

    @cached_property
    def printed(self) -> Print | None:
        return print_of(self.lines)

    @cached_property
    def words(self) -> int:
        return len(self.page.words) or len(self.page.text.split())

    @cached_property
    def paging(self) -> tuple[int, int | None] | None:
        """The printed page number and, if printed, of how many."""
        if self.printed and self.printed.page:
            return self.printed.page, self.printed.of
        for line in (*self.lines[-2:], *self.lines[:2]):
            if found := PAGE_NUMBER.search(line.strip()):
                return int(found[1] or found[3]), int(found[2]) if found[2] else None
        return None

    @cached_property
    def title_weight(self) -> float:
        """How much the title of this page speaks for any one kind."""
        weights: dict[str, float] = {}
        title = "\n".join(title_lines(self.lines))
        for rule in _rules().rules:
            if rule.where == "title" and (rule.at_most_words is None or self.words <= rule.at_most_words):
                weights[rule.kind] = weights.get(rule.kind, 0.0) + (rule.weight if rule.says.search(title) else 0.0)
        return max(weights.values(), default=0.0)

    @cached_property
    def judgement(self) -> Judgement:
        return kind_of_text(self.page.text, self.lines)

    @cached_property
    def language(self) -> str | None:
        """None where the page says too little to tell."""
        return language_of(self.page.text) if len(self.page.text.split()) >= 30 else None

    @cached_property
    def has_letterhead(self) -> bool:
        top, below = "\n".join(self.lines[:7]), "\n".join(self.lines[:22])
        marks = (
            r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}",
            r"\b\d{2,6} [^\n]{3,40}\b(?:street|st|avenue|ave|road|rd|blvd|drive|suite|floor)\b",
            r"@\w|www\.|\.(?:org|gov|com)\b",
            r"\b[A-Z]{2},? \d{5}\b",
        )
        address = sum(bool(re.search(m, top, re.I if i != 3 else 0)) for i, m in enumerate(marks))
        opens = re.search(r"^\W*(?:dear\b|re\s*:|to\s*:|to whom it may|estimad[oa])", below, re.I | re.M)
        return address >= 2 and opens is not None


def printed_lines(page: ReadPage) -> list[str]:
    """The page's lines from top to bottom, running heads and page numbers among them."""
    placed = [(w.box, w.text) for w in page.words if w.box is not None]
    if not placed:
        return [line for line in page.text.split("\n") if line.strip()]
    placed.sort(key=lambda item: ((item[0][1] + item[0][3]) / 2, item[0][0]))
    lines: list[list[tuple[float, str]]] = []
    middle = height = 0.0
    for (x0, top, _, bottom), text in placed:
        centre = (top + bottom) / 2
        if not lines or abs(centre - middle) > 0.5 * max(height, 1.0):
            lines.append([])
            middle, height = centre, bottom - top
        lines[-1].append((x0, text))
    return [" ".join(text for _, text in sorted(line)) for line in lines]


# -- documents -------------------------------------------------------------------------------------------------------


@dataclass
class _Draft:
    """A document while its pages are gathered."""

    sheets: list[_Sheet] = field(default_factory=list)

    @cached_property
    def first(self) -> _Sheet:
        return next((s for s in self.sheets if s.words), self.sheets[0])

    def holds_anything(self) -> bool:
        return any(s.words or s.page.state == "needs_person" for s in self.sheets)

    def ends_before(self, sheet: _Sheet) -> bool:
        """Whether ``sheet`` begins a new document. A page that says nothing stays where it lies."""
        if not any(s.words for s in self.sheets) or not sheet.words:
            return False
        printed = self._printed()
        if sheet.printed or printed:
            return self._form_ends(printed, sheet)
        return self._text_ends(sheet)

    def _printed(self) -> Print | None:
        """The last form print of this document, if it is a form."""
        return next((s.printed for s in reversed(self.sheets) if s.printed), None)

    def _form_ends(self, printed: Print | None, sheet: _Sheet) -> bool:
        new = sheet.printed
        if printed is None:
            return True
        if new is not None:
            same = (new.form, new.instructions) == (printed.form, printed.instructions)
            if not same or (new.edition and printed.edition and new.edition != printed.edition):
                return True
            return bool(new.page and printed.page and new.page <= printed.page)
        if looks_like_a_form("\n".join(sheet.lines)):
            return False
        needed = 2.5 * STRONG if printed.instructions else STRONG  # instructions have headings of their own
        begins = sheet.paging is not None and sheet.paging[0] == 1
        if sheet.title_weight >= needed or sheet.has_letterhead or begins:
            return True
        return self._is_complete(printed) and sheet.words >= 30

    @staticmethod
    def _is_complete(printed: Print) -> bool:
        """Whether the form's last page was seen."""
        known = next((d.pages for d in definitions() if d.form == printed.form and d.edition == printed.edition), None)
        last = printed.of or (None if printed.instructions else known)
        return bool(last and printed.page and printed.page >= last)

    def _text_ends(self, sheet: _Sheet) -> bool:
        last = next(s for s in reversed(self.sheets) if s.words)
        if sheet.paging and last.paging:
            (now, of), (before, before_of) = sheet.paging, last.paging
            if now == before + 1 and of == before_of and of is not None:
                return False
            if now == 1 and before >= 1:
                return True
        if self._has_running_head(sheet):
            return False
        if sheet.title_weight >= STRONG or sheet.has_letterhead:
            return True
        if sheet.judgement.kind in ("translation_certificate", "identity_document") and sheet.words <= 300:
            return sheet.judgement.confidence >= 0.7
        if self.first.judgement.kind in ("translation_certificate", "identity_document") and sheet.words >= 60:
            return True
        return bool(last.language and sheet.language and last.language != sheet.language)

    def _has_running_head(self, sheet: _Sheet) -> bool:
        """The page repeats the first lines of this document (``Statement of …, page 2``)."""
        mine = [_letters(line) for line in title_lines(self.first.lines)[:4]]
        here = [_letters(line) for line in sheet.lines[:2]]
        return any(
            len(a) > 7 and len(b) > 7 and (a == b or SequenceMatcher(None, a, b).ratio() >= 0.85)
            for a in mine
            for b in here
        )

    def found(self) -> FoundDocument:
        pages = tuple((s.file, s.number) for s in self.sheets)
        text = "\n\n".join(s.page.text for s in self.sheets if s.page.text)
        prints = [s.printed for s in self.sheets if s.printed]
        if prints:
            return _form(prints, pages)
        if not text.strip():
            return FoundDocument("other", pages, confidence=0.3)
        judged = kind_of_text(text, self.first.lines)
        return FoundDocument(
            kind=judged.kind,
            pages=pages,
            title=_title(self.first.lines),
            language=language_of(text),
            confidence=judged.confidence,
            reasons=judged.reasons,
        )


def _form(prints: Sequence[Print], pages: tuple[tuple[int, int], ...]) -> FoundDocument:
    """One of the six forms, or the printed instructions of one, which are ``other``."""
    best = max(prints, key=lambda p: p.confidence)
    edition = next((p.edition for p in prints if p.edition and p.confidence == best.confidence), None) or next(
        (p.edition for p in prints if p.edition), None
    )
    title = next((d.title for d in definitions() if d.form == best.form), "")
    if best.instructions:
        return FoundDocument(
            "other", pages, edition, f"Instructions for {title}", confidence=best.confidence, reasons=(best.words,)
        )
    kind: DocumentKind = best.form  # type: ignore[assignment]
    return FoundDocument(kind, pages, edition, title, confidence=best.confidence, reasons=(best.words,))


def _goes_on_across_files(draft: _Draft, files: Sequence[ReadFile], sheet: _Sheet) -> bool:
    """Pages that came as one picture each: the next picture carries the next number of the same document."""
    before = draft.sheets[-1]
    single = all(
        len(files[i].pages) == 1 and files[i].media_type.startswith("image/") for i in (before.file, sheet.file)
    )
    if not single or before.file != sheet.file - 1 or not sheet.paging or not before.paging:
        return False
    goes_on = sheet.paging[0] == before.paging[0] + 1 and sheet.paging[1] == before.paging[1]
    if before.printed or sheet.printed:
        return goes_on and bool(before.printed and sheet.printed and before.printed.form == sheet.printed.form)
    return goes_on and sheet.paging[1] is not None


def _title(lines: Sequence[str]) -> str:
    """The most title-like of the first lines, at most 120 characters."""
    candidates = [line.strip() for line in title_lines(lines) if len(line.strip()) > 3]
    for line in candidates:
        if any(r.where == "title" and r.weight >= 3 and r.says.search(line) for r in _rules().rules):
            return line[:120]
    return candidates[0][:120] if candidates else ""


def _letters(line: str) -> str:
    return re.sub(r"[\W\d_]+", "", line.casefold())
