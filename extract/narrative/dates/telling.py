"""What a text has dated so far: what a date that is not complete in itself is told from."""

from __future__ import annotations

from dataclasses import dataclass

from extract.narrative.dates.moments import Moment, Unit, valid


@dataclass(frozen=True)
class Context:
    """What the text has dated so far.

    ``anchor`` is the date told last, ``reached`` the one that the telling has reached (asides left out), ``first``
    the first one that the document says in full, ``latest`` the last one, where the document says when it was made;
    ``written`` is that day. ``news`` counts from the day of writing, ``day_first`` says how 03/04/2014 is written,
    ``looks_back`` that the sentence speaks of what had been before (*since May*, *he had gone in May*);
    ``depth`` counts expressions within expressions (*the day after the feast of …*).
    """

    anchor: Moment | None = None
    reached: Moment | None = None
    first: Moment | None = None
    latest: Moment | None = None
    written: Moment | None = None
    news: bool = False
    day_first: bool = False
    looks_back: bool = False
    depth: int = 0

    def near(self, unit: Unit = "day") -> Moment | None:
        """What a relative date counts from: the date told last, unless it is only a year and days are counted."""
        if unit != "year" and self.anchor and not self.anchor.nearest_month:
            return self.reached or self.anchor
        return self.anchor

    def year_for(self, month: int, day: int | None = None) -> Moment | None:
        """A month (and day) without its year: the nearest one, up to half a year ahead of the telling.

        Of 470 such months in the training documents, 98 of 100 that lie up to six months ahead were meant so; beyond
        that only those of the same calendar year (18 of 26), hardly any of the next (3 of 49).
        """
        near = self.near("month") or self.first
        if near is None:
            return None
        year, at = near.year, near.nearest_month
        if at:
            ahead = (month - at) % 12
            far = 4 if self.looks_back else 9 if month > at else 6
            year = (near.year * 12 + at - 1 + ahead - (12 if ahead > far else 0)) // 12
        if self.latest and (year, month) > (self.latest.year, self.latest.month or 12):
            year -= (year - 1, month) <= (self.latest.year, self.latest.month or 12)
        return valid(year, month, day)
