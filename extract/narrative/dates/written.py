"""The day a document was made: in its head, in the dateline of news, or where it is signed."""

from __future__ import annotations

import re

from extract.narrative.dates.moments import Moment

_HEAD, _TAIL = 300, 300  # characters in which a document says when it was made
_NOT_SIGNED = re.compile(
    r"(?:\bset|\bscheduled|\bwill\b|\bhearing|\bsentenc|\bcourt\b|\bagain\b|conference|arraign)[^.]*$", re.I
)
_DATELINE = re.compile(r"(?:release|announced|today)\W[^.]{0,40}$|[,(·–—-]\s*$", re.I)
_HEADED = re.compile(r"(?:dated?|reported|report|printed|occurred|filed)\W[^.]{0,40}$", re.I)
_IN_SENTENCE = re.compile(r"\b(?:on|in|since|from|until|by)\s*$", re.I)


def written_on(text: str, said: list[tuple[int, Moment]]) -> tuple[Moment | None, bool]:
    """The day the document was made, in its head or where it is signed, and whether it has the dateline of news."""
    days = [(at, moment) for at, moment in said if moment.day]
    if not days:
        return None, False
    at, first = days[0]
    before = text[max(0, at - 120) : at]
    if at < _HEAD and _DATELINE.search(before) and not _IN_SENTENCE.search(before):
        return first, True
    signed, last = days[-1]
    newest = all(moment.value <= last.value for _, moment in days)
    if newest and signed > len(text) - _TAIL and not _NOT_SIGNED.search(text[max(0, signed - 120) : signed]):
        return last, False
    headed = at < _HEAD and (_HEADED.search(before) or (at < 120 and not _IN_SENTENCE.search(before)))
    return (first, False) if headed else (None, False)
