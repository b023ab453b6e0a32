"""Lengths of time: ``six months`` → ``P6M``, ``eleven hours`` → ``PT11H``, ``two and a half years`` → ``P2.5Y``.

A length that is not one number of hours, days, weeks, months or years (minutes, ``five or six days``) has no value.
"""

from __future__ import annotations

import re

from extract.narrative.dates.words import CARDINALS, number

_CODES = {
    "hour": "H", "hr": "H", "day": "D", "night": "D", "evening": "D", "week": "W", "wk": "W", "fortnight": "W",
    "monday": "W", "sunday": "W", "month": "M", "mo": "M", "year": "Y", "yr": "Y", "school year": "Y",
}  # fmt: skip
_NUMBER = (
    r"(?:\d{1,3}(?:\.\d+)?|an?|another|half an?|half|"
    rf"(?:{'|'.join(sorted(CARDINALS, key=len, reverse=True))})(?: hundred(?:(?: and)? (?:{'|'.join(CARDINALS)}))?)?)"
)
_UNIT = rf"(?P<unit>{'|'.join(sorted(_CODES, key=len, reverse=True))})s?\.?"
_BEFORE = re.compile(
    r"(?:about|almost|nearly|around|approximately|approx\.?|some|over|more than|less than|at least|only|just|"
    r"the|that|these|those|first|last|next|whole|entire|full|a whole|an entire|a full|my|our|her|his)[ ]"
)
_ONE = re.compile(
    rf"(?P<count>{_NUMBER})?(?P<half> and a half)?[ -]?(?:more |full |whole |entire |long |prior |straight )?{_UNIT}"
    r"(?P<half2> and a half)?(?P<rest> and .+| \w+ nights?)?(?: straight| long)?"
)
_BARE = re.compile(rf"{_NUMBER}")


def read_duration(words: str, unit: str = "year") -> str:
    """The value of a length of time; ``unit`` is what a bare number counts. The words as ``date_grammar.clean``."""
    while before := _BEFORE.match(words):
        words = words[before.end() :]
    if _BARE.fullmatch(words) and words not in ("a", "an", "half"):
        return _value(number(words), _CODES[unit])
    found = _ONE.fullmatch(words)
    if not found:
        return ""
    code, count = _CODES[found["unit"]], found["count"] or "one"
    if count.startswith("half"):
        return {"Y": "P6M"}.get(code, "")
    half = bool(found["half"] or found["half2"])
    value = float(count) if "." in count else number(count)
    if value is None:
        return ""
    if found["unit"] == "fortnight":
        value *= 2
    if half:
        if code in "HDW":
            return ""
        # one and a half years is eighteen months; two and a half years have no shorter form in use
        return "P18M" if code == "Y" and value == 1 else _value(value + 0.5, code)
    return _value(value, code) + _smaller(found["rest"] or "", code)


def _smaller(rest: str, code: str) -> str:
    """The second part: four years and two months is P4Y2M; days *and nights* are counted once."""
    if found := re.fullmatch(rf" and (?P<count>{_NUMBER}) {_UNIT}", rest):
        smaller, count = _CODES[found["unit"]], number(found["count"])
        if "YMWD".find(smaller) > "YMWD".find(code) and count:
            return f"{count}{smaller}"
    return ""


def _value(count: float | int | None, code: str) -> str:
    if not count:
        return ""
    return f"P{'T' if code == 'H' else ''}{count:g}{code}"
