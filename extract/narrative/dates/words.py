"""The words of the calendar: months, seasons, weekdays, numbers, and the patterns made of them."""

from __future__ import annotations

import re

_MONTHS = (
    "january jan enero ene janvier janeiro", "february feb febrero fevrier fevereiro", "march mar marzo mars marco",
    "april apr abril abr avril", "may mayo mai maio", "june jun junio juin junho", "july jul julio juillet julho",
    "august aug agosto ago aout", "september sep sept septiembre setiembre septembre setembro",
    "october oct octubre octobre outubro", "november nov noviembre novembre novembro",
    "december dec diciembre dic decembre dezembro",
)  # fmt: skip
MONTHS = {name: n for n, names in enumerate(_MONTHS, 1) for name in names.split()}
ROMAN_MONTHS = {r: n for n, r in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}
SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI", "hot season": "SU",
           "primavera": "SP", "verano": "SU", "otoño": "FA", "invierno": "WI"}  # fmt: skip
WEEKDAYS = {name: n for n, names in enumerate(
    ("monday mon lunes", "tuesday tue tues martes", "wednesday wed miércoles", "thursday thu thur thurs jueves",
     "friday fri viernes", "saturday sat sábado", "sunday sun domingo")) for name in names.split()}  # fmt: skip
_ONES = ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen").split()  # fmt: skip
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINAL_WORDS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
                  "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth").split()  # fmt: skip
CARDINALS = {
    **{w: n for n, w in enumerate(_ONES, 1)},
    **{w: 10 * n for n, w in enumerate(_TENS, 2)},
    **{f"{t}{j}{w}": 10 * n + m for n, t in enumerate(_TENS, 2) for m, w in enumerate(_ONES[:9], 1) for j in "- "},
}
ORDINALS = {
    **{w: n for n, w in enumerate(_ORDINAL_WORDS, 1)}, "twentieth": 20, "thirtieth": 30,
    **{f"{t}{j}{w}": 10 * n + m for n, t in ((20 // 10, "twenty"), (3, "thirty"))
       for m, w in enumerate(_ORDINAL_WORDS[:9], 1) for j in "- "},
}  # fmt: skip


def any_of(words: dict[str, int] | dict[str, str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


MONTH = rf"(?P<month>{any_of(MONTHS)})\.?"
YEAR = r"(?P<year>(?:19|20)\d\d|'\d\d|two thousand(?: and)?(?: (?:" + any_of(CARDINALS) + r"))?)"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|o)?"
DAY_WORD = rf"(?P<dayword>{any_of(ORDINALS)})"
COUNT = (  # of "five or six" the first
    rf"(?P<count>\d{{1,3}}|an?|another|a couple of|(?:{any_of(CARDINALS)}))"
    rf"(?:,? (?:or |to )?(?:\d{{1,3}}|{any_of(CARDINALS)}))?"
)
UNIT = r"(?P<unit>day|night|morning|evening|week|wk|month|year|yr)s?"
SEASON = rf"(?P<season>{any_of(SEASONS)})"
WEEKDAY = rf"(?P<weekday>{any_of(WEEKDAYS)})\.?"
PART_OF_DAY = r"(?:day|night|morning|evening|afternoon|date|noon|dawn|instant|time)"
THAT_YEAR = (
    r"(?:of |in )?(?P<reference>(?:that|this|the|last|the (?:very )?(?:same|next|following|previous)|that same|same|"
    r"next|following) year)"
)


# What a scan makes of figures: 2O14, l4, March l5; but 1o (primero) is an ordinal.
_MISREAD = re.compile(r"(?<![^\W_])(?=[oli|\d]{0,3}\d)(?=\d{0,3}[oli|])(?!\d\d?o\b)[oli|\d]{2,4}(?![^\W_])")
_FIGURES = str.maketrans("oli|", "0111")


def clean(text: str) -> str:
    """Lower case, straight apostrophes, single spaces, no marks at the ends, figures where a scan has letters."""
    text = text.replace("’", "'").replace("‘", "'").replace("–", "-").replace("—", "-")
    text = " ".join(text.lower().split()).strip(' .,;:()"')
    return _MISREAD.sub(lambda found: found[0].translate(_FIGURES), text)


def number(words: str) -> int | None:
    """A whole number below a thousand in figures or words; ``a`` is one, ``a couple of`` two."""
    words = words.strip()
    if words.isdecimal():
        return int(words)
    hundreds, hundred, rest = words.partition(" hundred")
    if hundred:
        below = rest.removeprefix(" and").strip()
        return 100 * (number(hundreds) or 0) + (number(below) or 0 if below else 0)
    return {"a": 1, "an": 1, "another": 1, "a couple of": 2}.get(words) or CARDINALS.get(words)


def year_of(found: re.Match[str]) -> int:
    words = found["year"]
    if words.lstrip("'").isdecimal():
        return short_year(words.lstrip("'"))
    rest = re.sub(r"^two thousand(?: and)?\s*", "", words)
    return 2000 + (CARDINALS.get(rest, 0))


def short_year(digits: str) -> int:
    """Two figures of a year: a victim's document speaks of 1940 to 2039."""
    year = int(digits)
    return year if len(digits) == 4 else 1900 + year if year >= 40 else 2000 + year


def day_of(found: re.Match[str]) -> int:
    groups = found.groupdict()
    return int(groups["day"]) if groups.get("day") else ORDINALS[groups["dayword"]]
