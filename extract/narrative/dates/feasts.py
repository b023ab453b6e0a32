"""Days that people name instead of dating: which day, month or rule each stands for.

A feast that moves by another calendar (Easter, Ramadan, the lunar new year) has only its year; one that moves by
rule (the fourth Thursday of November) has its day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from extract.narrative.dates.moments import Moment, of_date, valid


@dataclass(frozen=True)
class Feast:
    """``day`` of ``month``; or its ``nth`` ``weekday`` (Monday 0, -1 the last); or the month; or only the year.

    ``about`` is the month near which a feast of another calendar falls: it tells which year is meant.
    """

    month: int | None = None
    day: int | None = None
    nth: int | None = None
    weekday: int | None = None
    about: int | None = None

    def of(self, year: int) -> Moment | None:
        if self.nth is not None and self.month and self.weekday is not None:
            return nth_weekday(year, self.month, self.nth, self.weekday)
        return valid(year, self.month, self.day)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> Moment | None:
    """The nth such weekday of the month (1 the first, -1 the last), or None where it has none."""
    if nth < 0:
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        last = first_of_next - timedelta(days=1)
        return of_date(last - timedelta(days=(last.weekday() - weekday) % 7))
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return of_date(found) if found.month == month else None


FEASTS: tuple[tuple[str, Feast], ...] = (
    # fixed, western
    (r"christmas eve|nochebuena", Feast(12, 24)),
    (r"christmas(?: day|time)?|navidad", Feast(12, 25)),
    (r"boxing day", Feast(12, 26)),
    (r"(?:ethiopian|orthodox|coptic|russian|serbian) christmas|gena|genna", Feast(1, 7)),
    (r"new year'?s eve|nochevieja|silvester", Feast(12, 31)),
    (r"(?:the )?new year(?:'?s(?: day)?)?", Feast(1, 1)),
    (r"old new year", Feast(1, 13)),
    (r"halloween", Feast(10, 31)),
    (r"valentine'?s?(?: day)?|san valent[ií]n", Feast(2, 14)),
    (r"(?:saint|st\.?) patrick'?s day", Feast(3, 17)),
    (r"epiphany|three kings(?: day)?|(?:the )?(?:feast|day) of (?:the )?kings|d[ií]a de (?:los )?reyes", Feast(1, 6)),
    (r"cinco de mayo", Feast(5, 5)),
    (r"(?:the )?(?:fourth|4th) of july", Feast(7, 4)),
    (r"juneteenth", Feast(6, 19)),
    (r"veterans day", Feast(11, 11)),
    (r"may day|labou?r day of may", Feast(5, 1)),
    (r"(?:the )?assumption", Feast(8, 15)),
    (r"(?:the )?immaculate(?: conception)?|pur[ií]sima", Feast(12, 8)),
    (r"(?:the feast of )?(?:our lady of )?guadalupe(?: day)?", Feast(12, 12)),
    (r"(?:the )?(?:feast of )?all saints(?:'? day)?", Feast(11, 1)),
    (r"all souls(?:'? day)?|(?:the )?day of the dead|d[ií]a de (?:los )?muertos|undas", Feast(11, 2)),
    (r"(?:the day of )?san jos[eé]|(?:saint|st\.?) joseph'?s day", Feast(3, 19)),
    (r"(?:the day of )?san juan|são joão|(?:saint|st\.?) john'?s (?:day|eve)", Feast(6, 24)),
    (r"(?:saint|st\.?) peter'?s day|san pedro y san pablo", Feast(6, 29)),
    (r"(?:saint|st\.?) nicholas(?:'?s?)? day", Feast(12, 6)),
    (r"(?:saint|st\.?) basil'?s day", Feast(1, 14)),
    (r"san andr[eé]s", Feast(11, 30)),
    (r"san bartolom[eé]|(?:saint|st\.?) bartholomew'?s day", Feast(8, 24)),
    (r"(?:the )?transfiguration", Feast(8, 19)),
    (r"women'?s day|international women'?s day|(?:the )?eighth of march", Feast(3, 8)),
    (r"victory day", Feast(5, 9)),
    # fixed, elsewhere
    (r"n[oa][vuw]ruz", Feast(3, 21)),
    (r"nooruz", Feast(3, 21)),
    (r"nauryz", Feast(3, 22)),
    (r"meskel", Feast(9, 27)),
    (r"timket|timkat", Feast(1, 19)),
    (r"enkutatash", Feast(9, 11)),
    (r"songkran", Feast(4, 13)),
    (r"pi mai|(?:khmer|lao|thai) new year|choul chnam|thingyan", Feast(4)),
    (r"pohela boishakh|vaisakhi|baisakhi|puthandu|vishu|avurudu(?: day)?", Feast(4, 14)),
    (r"(?:nepali|tamil|sinhala) new year", Feast(4, 14)),
    (r"pongal|makar sankranti|lohri", Feast(1, 14)),
    (r"simbang gabi", Feast(12)),
    (r"naadam", Feast(7)),
    (r"hmong new year", Feast(12)),
    (r"irreecha|pchum ben", Feast(10)),
    (r"loy krathong", Feast(11)),
    (r"fiestas patrias", Feast(9)),
    # by rule
    (r"thanksgiving(?: day)?", Feast(11, nth=4, weekday=3)),
    (r"black friday", Feast(11, nth=4, weekday=4)),
    (r"labou?r day", Feast(9, nth=1, weekday=0)),
    (r"memorial day", Feast(5, nth=-1, weekday=0)),
    (r"mother'?s day", Feast(5, nth=2, weekday=6)),
    (r"father'?s day", Feast(6, nth=3, weekday=6)),
    (r"(?:martin luther king|mlk)(?:,? jr\.?)? day", Feast(1, nth=3, weekday=0)),
    (r"presidents'? day", Feast(2, nth=3, weekday=0)),
    (r"columbus day", Feast(10, nth=2, weekday=0)),
    # by another calendar
    (r"(?:the )?(?:end of )?(?:easter(?: sunday| monday| holidays?| week)?|pascha|fasika|pascua)", Feast(about=4)),
    (r"good friday|holy (?:week|thursday|friday|saturday)|maundy thursday|palm sunday|semana santa", Feast(about=4)),
    (r"ash wednesday|lent", Feast(about=3)),
    (r"pentecost|ascension(?: day)?|corpus christi", Feast(about=5)),
    (r"advent|hanukkah", Feast(about=12)),
    (r"(?:the )?carnival(?: time)?|carnaval|mardi gras", Feast(about=2)),
    (r"ramadan(?: time)?|eid(?: al-?(?:fitr|adha))?|(?:the )?(?:feast|festival) of (?:the )?sacrifice", Feast()),
    (r"korit[eé]|tabaski|ashura|mawlid|grand magal", Feast()),
    (r"passover|qingming(?: festival)?", Feast(about=4)),
    (r"rosh hashanah|yom kippur|sukkot|chuseok|(?:the )?(?:mid-autumn|moon) festival", Feast(about=9)),
    (r"(?:the )?(?:chinese|lunar|vietnamese|korean) new year|(?:the )?spring festival|t[eế]t|seollal", Feast(about=2)),
    (r"tsagaan sar|losar|(?:the )?lantern festival", Feast(about=2)),
    (r"vesak(?: day)?", Feast(about=5)),
    (r"(?:the )?dragon boat festival", Feast(about=6)),
    (r"holi|phagwah|purim", Feast(about=3)),
    (r"rath yatra", Feast(about=7)),
    (r"onam|teej|ganesh chaturthi", Feast(about=9)),
    (r"dashain|dussehra|durga puja|navratri|kumar purnima", Feast(about=10)),
    (r"diwali|deepavali|tihar|chhath", Feast(about=11)),
)  # fmt: skip
_ARTICLE = r"(?:the |our |that |my |last |this |next )?(?:first |last )?"
_PATTERNS = tuple((re.compile(f"{_ARTICLE}(?:{name})"), feast) for name, feast in FEASTS)


def find_feast(words: str) -> tuple[Feast, str] | None:
    """The feast that the words begin with, and the words after it."""
    best: tuple[int, Feast] | None = None
    for pattern, feast in _PATTERNS:
        found = pattern.match(words)
        if found and not words[found.end() : found.end() + 1].isalnum() and (not best or found.end() > best[0]):
            best = found.end(), feast
    return (best[1], words[best[0] :]) if best else None
