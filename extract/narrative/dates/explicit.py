"""Rules for dates that stand on the calendar: full ones, and those that only want their year.

A rule is a pattern and a function that gives the moment; the words are as ``words.clean`` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from extract.narrative.dates.feasts import find_feast
from extract.narrative.dates.moments import MIDDLE_OF_SEASON, SEASON_OF_MONTH, Moment, valid
from extract.narrative.dates.telling import Context
from extract.narrative.dates.words import (
    DAY,
    DAY_WORD,
    MONTH,
    MONTHS,
    ROMAN_MONTHS,
    SEASON,
    SEASONS,
    THAT_YEAR,
    YEAR,
    any_of,
    day_of,
    short_year,
    year_of,
)  # fmt: skip

Make = Callable[[re.Match[str], Context], "Moment | str | None"]
RULES: list[tuple[re.Pattern[str], Make]] = []


def rule(pattern: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        RULES.append((re.compile(pattern), make))
        return make

    return add


# --- full dates -------------------------------------------------------------------------------------------------


@rule(rf"(?:the )?(?:year )?(?:of )?{YEAR}")
def _bare_year(found: re.Match[str], _: Context) -> Moment | None:
    return Moment(year_of(found))


@rule(
    r"(?:the )?(?:(?P<four>(?:19|20)\d)0'?s|'?(?P<two>[2-9])0'?s|"
    r"(?P<word>twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies)"
)
def _decade(found: re.Match[str], _: Context) -> str:
    if found["four"]:
        return f"{int(found['four'])}X"
    tens = found["two"] or str(2 + "twent thirt fort fift sixt sevent eight ninet".split().index(found["word"]))
    return f"19{tens}X"


@rule(rf"(?:{MONTH}|(?P<mm>\d{{1,2}})[/.-])(?:,? ?(?:of|de|del|in)? ?){YEAR}")
@rule(rf"{YEAR},? {MONTH}")
def _month_year(found: re.Match[str], _: Context) -> Moment | None:
    groups = found.groupdict()
    return valid(year_of(found), int(groups["mm"]) if groups.get("mm") else MONTHS[found["month"]])


@rule(rf"{MONTH} (?:the )?(?:{DAY}|{DAY_WORD}),? ?(?:of )?{YEAR}")
@rule(rf"(?:the )?(?:{DAY}|{DAY_WORD})(?: day)?[ -]?(?:of |de )?{MONTH}[ ,-]*(?:of |del? |in )?(?:the year )?{YEAR}")
def _full_day(found: re.Match[str], _: Context) -> Moment | None:
    return valid(year_of(found), MONTHS[found["month"]], day_of(found))


@rule(r"(?P<a>\d{1,2})([/. -]|, )(?P<b>\d{1,2})\2(?P<year>(?:19|20)\d\d|\d\d)")
def _numeric(found: re.Match[str], context: Context) -> Moment | None:
    """Month first where both ways are possible, unless the document shows that it writes the day first."""
    year, a, b = short_year(found["year"]), int(found["a"]), int(found["b"])
    if found[2] in context.day_first:
        a, b = b, a
    return valid(year, a, b) or valid(year, b, a)


@rule(r"(?P<year>(?:19|20)\d\d)[/.-](?P<m>\d{1,2})(?:[/.-](?P<d>\d{1,2}))?")
def _iso(found: re.Match[str], _: Context) -> Moment | None:
    return valid(int(found["year"]), int(found["m"]), int(found["d"]) if found["d"] else None)


@rule(r"(?P<m>\d\d)(?P<d>\d\d)(?P<year>(?:19|20)?\d\d)|(?P<year2>(?:19|20)\d\d)(?P<m2>\d\d)(?P<d2>\d\d)")
def _run_together(found: re.Match[str], _: Context) -> Moment | None:
    """04181997, 041897 and 19970418, as forms and police reports write them."""
    year, month, day = found.group("year", "m", "d") if found["m"] else found.group("year2", "m2", "d2")
    return valid(short_year(year), int(month), int(day))


@rule(rf"(?P<d>\d{{1,2}})[ .-](?P<roman>{any_of(ROMAN_MONTHS)})[ .-](?P<year>(?:19|20)\d\d)")
def _roman(found: re.Match[str], _: Context) -> Moment | None:
    return valid(int(found["year"]), ROMAN_MONTHS[found["roman"]], int(found["d"]))


# --- dates without their year -----------------------------------------------------------------------------------


def _referred_year(reference: str, context: Context) -> int | None:
    if reference.startswith(("this", "last")) and context.written:
        return context.written.year - reference.startswith("last")
    if context.anchor is None:
        return None
    if "last" in reference or "previous" in reference:
        return context.anchor.year - 1
    return context.anchor.year + ("next" in reference or "following" in reference)


@rule(rf"{MONTH}(?: (?:the )?(?:{DAY}|{DAY_WORD}))?,? {THAT_YEAR}")
@rule(rf"(?:the )?(?:{DAY}|{DAY_WORD})(?: of)? {MONTH},? {THAT_YEAR}")
def _month_of_that_year(found: re.Match[str], context: Context) -> Moment | None:
    year = _referred_year(found["reference"], context)
    day = day_of(found) if found["day"] or found["dayword"] else None
    return valid(year, MONTHS[found["month"]], day) if year else None


@rule(rf"(?P<which>that same|the same|that|this|(?:the )?next|(?:the )?following|last) {MONTH}")
@rule(rf"(?P<which>the) {MONTH} (?P<way>after|following|before)(?: that)?")
@rule(rf"(?P<which>the previous) {MONTH}")
def _that_month(found: re.Match[str], context: Context) -> Moment | None:
    if context.anchor is None:
        return None
    month, at = MONTHS[found["month"]], context.anchor.nearest_month
    if found["which"].endswith(("that", "this", "same")):
        return context.year_for(month)
    if found["which"] == "last":
        return last_of(month, context)
    year = context.anchor.year
    if found["which"] == "the previous" or found.groupdict().get("way") == "before":
        return valid(year - (at is not None and month >= at), month)
    return valid(year + (at is None or month <= at), month)


@rule(rf"{MONTH} (?:the )?(?:{DAY}|{DAY_WORD})")
@rule(rf"(?:the )?(?:{DAY}|{DAY_WORD})(?: day)?[ -]?(?:of |de )?{MONTH}")
def _month_and_day(found: re.Match[str], context: Context) -> Moment | None:
    return context.year_for(MONTHS[found["month"]], day_of(found))


@rule(r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})")
def _numeric_without_year(found: re.Match[str], context: Context) -> Moment | None:
    m, d = int(found["m"]), int(found["d"])
    return context.year_for(m, d) if m <= 12 else context.year_for(d, m) if d <= 12 else None


@rule(MONTH)
def _month(found: re.Match[str], context: Context) -> Moment | None:
    return context.year_for(MONTHS[found["month"]])


@rule(rf"(?:the )?(?:{DAY}|{DAY_WORD})(?: of (?:the|that|the same|this) month)?")
def _day_of_month(found: re.Match[str], context: Context) -> Moment | None:
    at = context.near()
    if at is None or not at.month:
        return None
    return valid(at.year, at.month, day_of(found))


# --- seasons and feasts -----------------------------------------------------------------------------------------


@rule(
    rf"(?P<which>(?:(?:the|that|this|last|next|my|our|one|a|same|following|first|second|third|whole|all|long) ?)*)"
    rf"{SEASON}(?: season| months| time| break| holidays?)?"
    rf"(?:,? (?:of |in )?(?:(?:the )?(?:year )?{YEAR}|{THAT_YEAR})|"
    r"(?P<rest> (?:of|in|before|after|following|i|we|that|when)\b.*)?)"
)
def _season(found: re.Match[str], context: Context) -> Moment | None:
    season, which, rest = SEASONS[found["season"]], found["which"], (found["rest"] or "").strip()
    if found["year"]:
        return valid(year_of(found), season=season)
    if found["reference"]:
        year = _referred_year(found["reference"], context)
        return valid(year, season=season) if year else None
    month = MIDDLE_OF_SEASON[season]
    if which.startswith("last") or rest.startswith("before"):
        told = last_of(month, replace(context, written=None) if rest else context)
    else:
        told = context.year_for(month)
        near = context.near("month")
        at = near.nearest_month if near else None
        again = near and at and (near.season or SEASON_OF_MONTH.get(at, "WI")) == season
        if told and again and ("next" in which or "following" in which or rest.startswith("after")):
            told = replace(told, year=told.year + 1)
    return valid(told.year, season=season) if told else None


def last_of(month: int, context: Context) -> Moment | None:
    """That month before the day of writing, or before the telling."""
    near = context.written or context.near("month")
    return valid(near.year - ((near.nearest_month or 0) <= month), month) if near else None


def read_feast(words: str, context: Context) -> Moment | None:
    found = find_feast(words)
    if not found:
        return None
    feast, rest = found
    if year := re.fullmatch(rf",? ?(?:of |in )?(?:the )?(?:year )?{YEAR}", rest):
        return feast.of(year_of(year))
    if reference := re.fullmatch(rf",? ?{THAT_YEAR}", rest):
        referred = _referred_year(reference["reference"], context)
        return feast.of(referred) if referred else None
    near = context.near("month")
    if rest or near is None:
        return None
    month = feast.month or feast.about
    if month is None:
        return feast.of(near.year)
    told = last_of(month, context) if words.startswith("last ") else context.year_for(month)
    return feast.of(told.year) if told else None
