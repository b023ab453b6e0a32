"""The day a document was made: in its head, in the dateline of news, or where it is signed."""

from __future__ import annotations

import re

from extract.narrative.dates.moments import Moment

_HEAD, _TAIL = 300, 300  # characters in which a document says when it was made
_NOT_SIGNED = re.compile(
    r"(?:\bset|\bscheduled|\bwill\b|\bhearing|\bsentenc|\bcourt\b|\bagain\b|conference|arraign)[^.]*$", re.I
)
_DATELINE = re.compile(r"(?:release|announced|today)\W[^.]{0,40}$|[,(|·–—-]\s*$", re.I)
_HEADED = re.compile(r"(?:dated?|reported|report|printed|occurred|filed)\W[^.]{0,40}$", re.I)
_IN_SENTENCE = re.compile(r"\b(?:on|in|since|from|until|by|of|and|to|or|between|born|dob)\s*$", re.I)
_LINE_ENDS = re.compile(r"[.)]?[ \t]*(?:\n|\||$)")


def written_on(text: str, said: list[tuple[int, int, Moment]]) -> tuple[Moment | None, int, bool]:
    """The day the document was made, where the text says it (start), and whether it has the dateline of news.

    ``said`` are the dates in full (start, end, moment). The day stands in the head or where the document is signed.
    """
    head = [(at, end, m) for at, end, m in said if at < _HEAD and not _IN_SENTENCE.search(text[max(0, at - 20) : at])]
    for at, _, moment in head[:1]:
        if moment.day and said[0][0] == at and _DATELINE.search(text[max(0, at - 120) : at]):
            return moment, at, True
    days = [(at, moment) for at, _, moment in said if moment.day]
    if days:
        signed, last = days[-1]
        newest = all(moment.value <= last.value for _, moment in days)
        if newest and signed > len(text) - _TAIL and not _NOT_SIGNED.search(text[max(0, signed - 120) : signed]):
            return last, signed, False
    for at, end, moment in head:
        headed = moment.day and (at < 120 or _HEADED.search(text[max(0, at - 120) : at]))
        if headed or _LINE_ENDS.match(text, end):
            return moment, at, False
    return None, -1, False
