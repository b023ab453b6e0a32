"""Recognises the pages of the six forms by what they print: number, supplement, edition and page, also where OCR has
damaged them (``F0rm l-9l4, Supplernent B  O2/27/17  Page 1``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ONE, _DIGIT = r"[1Il|!iTtf]", r"[0-9OoQIl|!ZSBz]"
FOOT = re.compile(
    rf"F[o0Oc]r[mn]i?\s*(?:{_ONE}|T)\s?[-–—~.=_]?\s?[9g]\s?{_ONE}\s?(?P<number>[48])"
    r"(?P<b>B\b)?"
    r"(?:\s*[,.;]?\s*S[uü]\w{1,3}[l1Ii]\w{1,2}[mrn]+\w{0,3}[tfl]\s*(?P<supplement>[ABa8])\b)?"
    r"\s*[,.]?\s*(?P<instructions>[Il1]nstruct\w*)?"
    rf"\s*(?:Ed\w*\s*)?(?P<edition>{_DIGIT}{{2}}\s?[/\\17lI|]\s?{_DIGIT}{{2}}\s?[/\\17lI|]\s?{_DIGIT}{{2}})?"
    rf"\s*(?:[YNE¥V]\b)?[^\n]{{0,12}}?(?:P[ae@]g[ec]\s*(?P<page>{_DIGIT}{{1,2}})(?:\s*[o0]f\s*(?P<of>{_DIGIT}{{1,2}}))?)?\s*$"
)
HEADING = re.compile(r"F[o0]rm\s*[1Il|][-–—.]?\s?9[1Il|]([48])", re.IGNORECASE)
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
_REPAIRED = str.maketrans("OoQIl|!ZzSB", "00011112258"[:11])


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

    ``lines`` are the page's printed lines from top to bottom. A foot line counts with an edition or a page number; a
    heading counts where title, form number and OMB number stand among the first lines.
    """
    for line in (*reversed(lines[-6:]), *lines[:4]):
        if found := _foot(line):
            return found
    return _heading(lines)


def _foot(line: str) -> Print | None:
    found = FOOT.search(" ".join(line.split()))
    if not found or not (found["edition"] or found["page"]) or found.start() > 40:
        return None
    supplement = {"8": "b", "a": "a"}.get(found["supplement"] or "", (found["supplement"] or "").lower())
    if found["b"]:
        supplement = "b"
    edition = _date(found["edition"])
    clean = bool(re.match(r"Form I-91[48]", found[0])) and edition is not None
    return Print(
        form=f"i-91{found['number']}{supplement}",
        edition=edition,
        page=_number(found["page"]),
        of=_number(found["of"]),
        instructions=found["instructions"] is not None,
        words=found[0].strip(),
        confidence=1.0 if clean else 0.9 if edition else 0.8,
    )


def _heading(lines: Sequence[str]) -> Print | None:
    top = " ".join(" ".join(lines[:12]).split())
    number, omb = HEADING.search(top), OMB.search(top)
    for title, form in TITLES:
        named = title.search(top)
        if not named:
            continue
        family_agrees = (number and number[1] == form[4]) or (omb and (omb[1] == "99") == (form[4] == "4"))
        if not family_agrees:
            return None
        both = bool(number and omb)
        return Print(form, None, 1, None, bool(INSTRUCTIONS.search(top)), named[0], 0.9 if both else 0.75)
    return None


def _number(text: str | None) -> int | None:
    repaired = (text or "").translate(_REPAIRED)
    return int(repaired) if repaired.isdigit() and 0 < int(repaired) < 60 else None


def _date(text: str | None) -> str | None:
    """``02/27/17`` of what OCR made of it; None where it is no date."""
    digits = re.sub(r"[\s/\\]", "", (text or "").translate(_REPAIRED))
    if len(digits) == 8:  # slashes read as 1 or 7
        digits = digits[:2] + digits[3:5] + digits[6:]
    if not re.fullmatch(r"\d{6}", digits) or not (1 <= int(digits[:2]) <= 12 and 1 <= int(digits[2:4]) <= 31):
        return None
    return f"{digits[:2]}/{digits[2:4]}/{digits[4:]}"
