"""How people write dates: the rules for dates told from another one, and the reading of an expression.

``read`` returns a value in the form of the annotation scheme (``2014-03``, ``2012-03/2012-08``), or an empty string
where the text does not say.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import timedelta
from itertools import chain, islice

from extract.narrative.dates.explicit import RULES, read_feast, rule
from extract.narrative.dates.feasts import nth_weekday
from extract.narrative.dates.moments import Moment, Unit, of_date, read_value, valid
from extract.narrative.dates.telling import Context
from extract.narrative.dates.words import (
    COUNT,
    DAY_WORD,
    MONTH,
    MONTHS,
    ORDINALS,
    PART_OF_DAY,
    UNIT,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    any_of,
    number,
    year_of,
)  # fmt: skip

# What stands before a date and does not move it: early 2014, the end of May, the night of the 9th, Sunday, May 3.
_EDGE = re.compile(
    r"(?:(?:the )?(?:very )?"
    rf"(?:early|late|later|earlier|mid|middle|beginning|start|end|close|turn|whole|half|rest|{PART_OF_DAY}|month|year|"
    r"fiscal year|week(?= of (?:the )?\d))"
    r"(?: part)?(?:(?:[ -]|, )(?:of|in|on|that|was|which was))*(?: the (?=month|year|\d))?|"
    r"all(?: of| through)?|sometime in|about|around|approximately|circa|by|since|in|on|an?|this(?= \d)|el|"
    r"(?:the )?(?:first|second|latter) (?:half|part) of|"
    rf"at(?= the)|(?:{any_of(WEEKDAYS)})\.?,?(?: the)?(?: night| morning| evening)?)[ -](?=\S)"
)
# No one dates by more: an expression beyond these bounds is not a date, and would only cost time.
_LONGEST, _DEEPEST, _PARTS = 120, 4, 4
_INTERVALS = (re.compile(r" (?:to|through|thru|until|till|and|al?|hasta) "), re.compile(r" ?- ?|(?<=\d{4})/(?=\d{4})"))

# --- told from another date -------------------------------------------------------------------------------------

_UNITS: dict[str, Unit] = {
    "day": "day", "night": "day", "morning": "day", "evening": "day", "afternoon": "day", "date": "day",
    "week": "week", "wk": "week", "month": "month", "year": "year", "yr": "year", "weekend": "week",
}  # fmt: skip
_SIGN_FROM_TODAY = {"this": 0, "tomorrow": 1}
STEP = r"(?P<unit>day|night|morning|evening|afternoon|week|weekend|month|year)"


def _step(at: Moment | None, count: int, unit: Unit, exact: bool = False) -> Moment | None:
    """The moment some units on. Told no finer than the unit (the next week is no day), but counted weeks are exact."""
    if at is None:
        return None
    moved = at.shift(count, unit)
    if moved is None and abs(count) <= 10 and unit != "year":
        return at  # some days or months from "2014" is still that
    return moved.coarse("day" if exact and unit == "week" else unit) if moved else None


@rule(
    rf"today|tonight|tonite|this {PART_OF_DAY}|"
    r"(?:the|this|said|listed|above)(?: listed| above)? date(?: given above| of occurrence)?"
)
def _today(_: re.Match[str], context: Context) -> Moment | None:
    return context.written or context.anchor


@rule(r"(?P<which>this|last|past) (?P<unit>week|month|year)|yesterday|last night|tomorrow")
def _from_today(found: re.Match[str], context: Context) -> Moment | None:
    """What the writer counts from the day of writing."""
    unit = _UNITS[found["unit"] or "day"]
    counted = context.written if found["unit"] or context.news or found[0] == "last night" else None
    return _step(counted or context.anchor, _SIGN_FROM_TODAY.get(found["which"] or found[0], -1), unit)


@rule(
    r"(?:on )?(?:around |at )?(?:later |earlier )?(?:that|the same|that same|that very|same|those|the very same) "
    rf"{PART_OF_DAY}s?|the day"
)
def _same_day(_: re.Match[str], context: Context) -> Moment | None:
    return context.anchor


@rule(
    r"(?:later |earlier )?(?:that|the same|that same|same|that very|the end of the) (?P<unit>week|weekend|month|year)"
)
def _same_unit(found: re.Match[str], context: Context) -> Moment | None:
    unit = _UNITS[found["unit"]]
    return context.anchor.coarse(unit) if context.anchor else None


@rule(rf"(?:the |an? )?(?:very )?(?:next|following) {STEP}")
@rule(rf"(?:the )?{STEP} (?:after|following)(?: that)?(?P<what> .*)?")
def _next(found: re.Match[str], context: Context) -> Moment | None:
    unit = _UNITS[found["unit"]]
    return _step(_told_from(found, context, unit), 1, unit)


@rule(rf"(?:the )?{STEP} before(?: that)?(?P<what> .*)?")
@rule(rf"(?:the )?(?:last|previous|prior) {STEP}")
def _previous(found: re.Match[str], context: Context) -> Moment | None:
    unit = _UNITS.get(found.groupdict().get("unit") or "", "day")
    return _step(_told_from(found, context, unit), -1, unit)


def _told_from(found: re.Match[str], context: Context, unit: Unit) -> Moment | None:
    """The date that ``after …`` or ``before …`` names, or the one that the text has reached."""
    if found.groupdict().get("way") == "ago":
        return context.written or context.near(unit)
    what = (found.groupdict().get("what") or "").strip()
    if what and (named := read_value(read(what, context))):
        return named
    return context.near(unit)


@rule(
    rf"{COUNT} (?:more )?{UNIT}(?: and (?P<count2>\w+) (?P<unit2>week|month)s?)? "
    r"(?P<way>later|after|afterwards?|before|earlier|ago|back|prior|ahead)(?: (?:that|this|of me|of us))?(?P<what> .*)?"
)
@rule(rf"{COUNT} (?P<unit>{any_of(WEEKDAYS)}|weekend)s? (?P<way>later|after|before|earlier)(?P<what>)")
def _some_units_away(found: re.Match[str], context: Context) -> Moment | None:
    count = number(found["count"])
    if count is None:
        return None
    unit = _UNITS.get(found["unit"], "week")
    sign = 1 if found["way"] in ("later", "after", "afterward", "afterwards") else -1
    start, more = _told_from(found, context, unit), number(found.groupdict().get("count2") or "")
    if start and more:
        start = start.shift(sign * more, _UNITS[found["unit2"]]) or start
        moved = start.shift(sign * count, unit)
        return moved.coarse("month") if moved else None
    return _step(start, sign * count, unit, exact=True)


@rule(
    rf"(?P<which>the|that|last|next|the next|the following|the first|)? ?{WEEKDAY}"
    r"(?: (?P<way>before|after|of that week|of the feast))?(?: night| morning| evening| afternoon)?"
)
def _weekday(found: re.Match[str], context: Context) -> Moment | None:
    at = context.written if context.news else context.near()
    if at is None or at.date is None:
        at = context.written or at
    if at is None or at.date is None:
        return at.coarse("week") if at else None
    ahead = (WEEKDAYS[found["weekday"]] - at.date.weekday()) % 7
    which, way = (found["which"] or "").strip(), found["way"]
    if way == "before" or which == "last" or (context.news and not which):  # "was arrested on Tuesday"
        return of_date(at.date + timedelta(days=ahead - 7))
    if ahead == 0 and (way == "after" or which.endswith(("next", "following"))):
        ahead = 7
    return of_date(at.date + timedelta(days=ahead))


@rule(rf"(?:the )?(?P<nth>first|second|third|fourth|fifth|last) {WEEKDAY} (?:of|in) (?P<what>.+)")
def _nth_weekday(found: re.Match[str], context: Context) -> Moment | None:
    of = read_value(read(found["what"], context))
    if of is None or not of.month:
        return None
    nth = -1 if found["nth"] == "last" else ORDINALS[found["nth"]]
    return nth_weekday(of.year, of.month, nth, WEEKDAYS[found["weekday"]])


@rule(r"(?:the )?(?:very )?last (?:day|night|evening|morning) of (?P<what>.+)")
def _last_day(found: re.Match[str], context: Context) -> Moment | None:
    of = read_value(read(found["what"], context))
    if of is None or not of.month or of.day:
        return of
    return Moment(of.year, of.month, calendar.monthrange(of.year, of.month)[1])


@rule(r"(?:just |shortly |soon |right )?(?:before|after|around) (?P<what>[^\d]+)")
def _near_a_feast(found: re.Match[str], context: Context) -> Moment | None:
    """Before Christmas: in the month of it."""
    feast = read_feast(found["what"], context)
    return feast.coarse("month") if feast else None


@rule(
    r"(?:the |that |those )?(?:first|second|third|fourth|last|week|next|opening|\d(?:st|nd|rd|th))"
    r"(?: two| three| few)? ?(?:weeks?|weekend|days?|fast)? (?:of|in|before|after) (?P<what>.+)"
)
@rule(r"(?P<what>.+?) (?:holidays?|season|time)")
def _within(found: re.Match[str], context: Context) -> Moment | None:
    of = read_value(read(found["what"], context))
    if of and re.match(r"(?:the |that )?first of", found.string):
        return valid(of.year, of.month, 1) if of.month and not of.day else of
    return of.coarse("week") if of else None


@rule(
    rf"(?!(?:the |my |her |his |our |their )?{DAY_WORD} )"
    r"(?P<what>.+?) (?:night|morning|evening|afternoon|noon|day)"
)
def _part_of_day(found: re.Match[str], context: Context) -> str:
    return read(found["what"], context)


@rule(
    rf"(?:the|my|our|her|his|their|that|those)? ?(?:very )?(?P<nth>{any_of(ORDINALS)}) "
    r"(?P<unit>day|night|week|month|year|evening|morning|saturday|sunday)s?(?P<after> after(?:wards?)?)?"
)
def _nth_unit(found: re.Match[str], context: Context) -> Moment | None:
    """The first week, the second day: of what was told last."""
    unit = _UNITS.get(found["unit"], "week")
    at = context.near(unit)
    if at is None:
        return None
    nth = ORDINALS[found["nth"]] + bool(found["after"])
    return _step(at, nth - 1, unit) if nth > 1 else at.coarse(unit)


@rule(r"(?:the )?(?:eve|vigil) of (?P<what>[^,]+)")
def _eve(found: re.Match[str], context: Context) -> Moment | None:
    day = read_value(read(found["what"], context))
    return day.shift(-1, "day") if day and day.day else day


# --- reading ----------------------------------------------------------------------------------------------------


def read(words: str, context: Context) -> str:
    """The value of one expression (see module); the words as ``clean`` gives them."""
    if len(words) > _LONGEST or context.depth > _DEEPEST:
        return ""
    context = replace(context, depth=context.depth + 1)
    if re.match(r"\D+, ", words):  # Chuseok, September 19, 2013
        explained = _after_comma(words, Context(day_first=context.day_first, depth=context.depth))
        if len(explained) > len("2013"):
            return explained
    for pattern, make in RULES:
        if found := pattern.fullmatch(words):
            made = make(found, context)
            if made:
                return made if isinstance(made, str) else made.value
    if feast := read_feast(words, context):
        return feast.value
    if edge := _EDGE.match(words):
        return read(words[edge.end() :], context)
    return (
        _interval(words, context)
        or _after_comma(words, context)
        or _of_an_event(words, context)
        or _at_least_the_year(words)
    )


def _interval(words: str, context: Context) -> str:
    """``March to August 2012``: the first end takes the year, or month, that only the second one says."""
    if context.depth > 2:
        return ""
    words = re.sub(r"^(?:from|between|de|desde) ", "", words)
    joints = chain.from_iterable(kind.finditer(words) for kind in _INTERVALS)
    for joint in islice(joints, _PARTS):
        left, right = words[: joint.start()], words[joint.end() :]
        if not left or not right:
            continue
        if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?(?:,? (?:19|20)\d\d)?", right) and (
            month := re.match(rf"{MONTH} ", left)
        ):
            right = f"{month[0]}{right}"
        start, end = read_value(read(left, context)), read_value(read(right, context))
        if start is None and end is None:
            continue
        if end is None or (start and not re.search(r"\d{4}", right)):
            end = read_value(read(right, replace(context, anchor=start, reached=start, latest=None, ahead=None)))
        else:
            start = earlier(left, end, context)
        if start is None or end is None:
            continue
        return f"{start.value}/{end.value}"
    return ""


def earlier(words: str, end: Moment, context: Context) -> Moment | None:
    """A date without year, or month, that stands before ``end`` in one interval or list."""
    anchor = end if words.isdecimal() else Moment(end.year)
    start = read_value(read(words, replace(context, anchor=anchor, reached=None, latest=None, ahead=None)))
    if start and start.year == end.year and (start.nearest_month or 0) > (end.nearest_month or 12):
        start = replace(start, year=start.year - 1)
    return start


def _after_comma(words: str, context: Context) -> str:
    """``Chuseok, September 19, 2013``: the date that explains the name."""
    if context.depth > 2:
        return ""
    for comma in islice(re.finditer(r",? (?:was |is )|, ", words), _PARTS):
        if value := read(words[comma.end() :], context):
            return value
    return ""


def _of_an_event(words: str, context: Context) -> str:
    """The week of the wedding, the night he came: what happens then has mostly just been dated."""
    found = re.match(rf"(?:the|that|this|our|my|her|his|their|one)? ?(?:very |same )?{STEP}\b(?! later)", words)
    if not found:
        return ""
    unit = _UNITS[found["unit"]]
    near = context.near(unit)
    return near.coarse(unit).value if near else ""


def _at_least_the_year(words: str) -> str:
    """The rainy season of 1997, August holidays 2014."""
    found = re.fullmatch(rf"(?P<what>.{{1,60}}?)[ ,](?:of|in|year)? ?{YEAR}", words)
    if not found:
        return ""
    month = re.search(rf"\b{MONTH}\b", found["what"])
    told = valid(year_of(found), MONTHS[month["month"]] if month else None)
    return told.value if told else ""
