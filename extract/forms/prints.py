"""Recognises the pages of the six forms by what they print: number, supplement, edition and page, also where OCR has
damaged them (``F0rm l-9l4, Supplernent B  O2/27/17  Page 1``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

FORM_NUMBER = re.compile(
    r"\bF\w{1,4}[\s.:]{0,2}\S{0,2}?[-–—~.=_]?\s?[9g]\s?[1Il|!i]\s?(?P<number>[48])(?P<b>B\b)?", re.I
)
SUPPLEMENT = re.compile(r"\b(S\w{6,13})[\s_]{0,2}([AB48])(?=\b|_)", re.I)
INSTRUCTIONS_WORD = re.compile(r"\b[a-z]?\w{8,13}s\b", re.I)
EDITION = re.compile(r"[0-9OoQIl|!ZSBAT][0-9OoQIl|!ZSBAT/\\.]{5,9}")
PAGE = re.compile(
    r"P[aeo@][gp][ec]?\s*(\S{1,3}?)(?:\s*[o0]f\s*(\S{1,3}))?\W*$|P[aeo@][gp][ec]\s*(\d{1,2})\b.{0,8}$", re.I
)
LONGEST = 110
"""Characters of a line that can be the foot of a form."""

# Editions to which a date with unreadable strokes may be mended: those that the agency has printed for the form.
PRINTED_EDITIONS = {"i-914": ("02/27/17", "01/20/25"), "i-918": ("02/07/17", "01/20/25")}
HEADING = re.compile(r"F[o0]rm\s*[1Il|][-–—.]?\s?9[1Il|]([48])", re.IGNORECASE)
AGENCY = re.compile(r"Citizenship\s+and\s+Immigration\s+Services", re.IGNORECASE)
OMB = re.compile(r"OMB\s*N[o0]\W{0,2}\s*1615\W{0,2}0?[0O]?(99|[1Il|][0O]4)")
INSTRUCTIONS = re.compile(r"\bInstructions\s+for\b", re.IGNORECASE)

# Words of the printed titles (the misprint of the real I-914B included) -> form. First match wins.
TITLES = [
    (re.compile(r"De[c]?laration\s+of\s+Law\s+Enforcement\s+Officer", re.I), "i-914b"),
    (re.compile(r"Declaration\s+for\s+Trafficking\s+Victim", re.I), "i-914b"),
    (re.compile(r"Application\s+for\s+(?:Derivative\s+T|(?:Immediate\s+)?Family\s+Member)", re.I), "i-914a"),
    (re.compile(r"Application\s+for\s+T\s+Non\s?immigrant", re.I), "i-914"),
    (re.compile(r"U\s+Non\s?immigrant\s+Status\s+Certification", re.I), "i-918b"),
    (re.compile(r"Petition\s+for\s+(?:Immediate\s+|Qualifying\s+)?(?:Qualifying\s+)?Family\s+Member", re.I), "i-918a"),
    (re.compile(r"Petition\s+for\s+U\s+Non\s?immigrant", re.I), "i-918"),
]
_REPAIRED = str.maketrans("OoQIl|!ZzSB", "00011112258")


@dataclass(frozen=True)
class Print:
    """What one page prints of itself. ``page`` and ``of`` are None where the form's page number cannot be read."""

    form: str
    edition: str | None
    page: int | None
    of: int | None
    instructions: bool
    words: str
    """The line that decided."""
    confidence: float


def print_of(lines: Sequence[str]) -> Print | None:
    """The form whose page this is; None for every other page, also one that only mentions a form.

    ``lines`` are the page's printed lines from top to bottom. A foot counts with its edition, page or supplement; a
    heading where the form's title stands with its OMB number, or with its number and the agency.
    """
    for line in (*reversed(lines[-6:]), *lines[:4]):
        if found := _foot(line):
            return found
    return _heading(lines)


def _foot(line: str) -> Print | None:
    """A foot has the form's number first, then two more of: supplement, ``Instructions``, edition, page."""
    line = " ".join(line.split())
    number = FORM_NUMBER.search(line[:30])
    if not number or number.start() > 6 or len(line) > LONGEST:
        return None
    rest = line[number.end() :]
    supplement = next((m[2] for m in SUPPLEMENT.finditer(rest) if _alike(m[1], "supplement")), "")
    supplement = {"4": "a", "8": "b"}.get(supplement, supplement.lower())
    instructions = any(_alike(w, "instructions") for w in INSTRUCTIONS_WORD.findall(rest))
    form = f"i-91{number['number']}{'b' if number['b'] else supplement}"
    dated = next((m[0] for m in EDITION.finditer(rest) if sum(c.isdigit() for c in m[0]) >= 4), None)
    edition = _date(dated, form)
    page = PAGE.search(rest)
    if sum((bool(supplement), instructions, dated is not None, page is not None)) < (1 if edition and page else 2):
        return None
    clean = number[0].startswith("Form I-91") and edition is not None and edition in rest
    return Print(
        form=form,
        edition=edition,
        page=_number(page[1] or page[3]) if page else None,
        of=_number(page[2]) if page else None,
        instructions=instructions,
        words=line[number.start() :],
        confidence=1.0 if clean else 0.9 if edition else 0.8,
    )


def _alike(word: str, wanted: str) -> bool:
    return SequenceMatcher(None, word.casefold(), wanted).ratio() >= 0.7


def _heading(lines: Sequence[str]) -> Print | None:
    top = " ".join(" ".join(lines[:12]).split())
    number, omb = HEADING.search(top), OMB.search(top)
    for title, form in TITLES:
        named = title.search(top)
        if not named:
            continue
        by_number = number is not None and number[1] == form[4]
        by_omb = omb is not None and (omb[1] == "99") == (form[4] == "4")
        if not by_omb and not (by_number and AGENCY.search(top)):
            return None
        both = by_number and by_omb
        return Print(form, None, 1, None, bool(INSTRUCTIONS.search(top)), named[0], 0.9 if both else 0.75)
    return None


def _number(text: str | None) -> int | None:
    repaired = (text or "").translate(_REPAIRED)
    return int(repaired) if repaired.isdigit() and 0 < int(repaired) < 60 else None


def _date(text: str | None, form: str) -> str | None:
    """``02/27/17`` of what OCR made of it: a plain date as it is, a damaged one where it can only be one edition."""
    if text is None:
        return None
    digits = re.sub(r"\D", "", text.translate(_REPAIRED))
    plain = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d)", text.translate(_REPAIRED))
    if plain and 1 <= int(plain[1]) <= 12 and 1 <= int(plain[2]) <= 31:
        return plain[0]
    likely = [
        e for e in PRINTED_EDITIONS[form[:5]] if SequenceMatcher(None, digits, re.sub(r"\D", "", e)).ratio() >= 0.83
    ]
    return likely[0] if len(likely) == 1 else None


FORM_WORDS = [
    re.compile(p, re.IGNORECASE)
    for p in (
        r"\(?mm/dd/yyyy\)?", r"\bA-?Number\b", r"\bYes\W{1,6}No\b", r"sign in ink", r"\(if (?:any|known|applicable)\)",
        r"^\W*Part (?:[A-H]|\d{1,2})\.", r"\(Family|\(Last Name\)|\(First Name\)", r"\b\d{1,2}\.[a-i]\.",
        r"Have you EVER", r"Additional Information", r"Attach(?:ed)? additional sheets", r"\bZIP Code\b",
    )
]  # fmt: skip


def looks_like_a_form(text: str) -> bool:
    """Whether a page is made of the printed words of forms, so that one without a readable foot stays with its form."""
    return sum(bool(words.search(text)) for words in FORM_WORDS) >= 3
