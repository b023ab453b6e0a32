"""Whether what was read says that somebody is under 18. In doubt the clock starts: an officer can stop it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

ADULT = 18
NUMBERS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        range(1, 21),
        strict=True,
    )
)


def reads_as_minor(values: Iterable[tuple[str, str]], *, today: dt.date) -> bool:
    """``values``: ``(field, text)`` of one person. A date of birth decides; without one, any age under 18 does."""
    read = list(values)
    births = [born for field, text in read if field == "dob" and (born := latest_birth(text))]
    if births:
        return any(years_between(born, today) < ADULT for born in births)
    return any(years is not None and years < ADULT for field, text in read if field == "age" for years in [_age(text)])


def years_between(born: dt.date, today: dt.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def latest_birth(text: str) -> dt.date | None:
    """The latest day that a date of birth can mean: ISO to the day, month or year, or the forms' MM/DD/YYYY."""
    iso = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text.strip())
    form = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    try:
        if iso:
            year, month, day = iso.groups()
            if day:
                return dt.date(int(year), int(month), int(day))
            following = dt.date(int(year) + (month in (None, "12")), int(month or 12) % 12 + 1, 1)
            return following - dt.timedelta(days=1)
        if form:
            return dt.date(int(form[3]), int(form[1]), int(form[2]))
    except ValueError:
        return None
    years = re.findall(r"\b(19\d{2}|20\d{2})\b", text)
    return dt.date(int(years[-1]), 12, 31) if years else None


def _age(text: str) -> int | None:
    """``17 years old``, ``seventeen``; ``in his forties`` is no number."""
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits.group())
    return next((NUMBERS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in NUMBERS), None)
