"""What a text has dated so far: what a date that is not complete in itself is told from."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from extract.narrative.dates.moments import Moment, Unit, valid

#: How unlikely a month without its year is, by how many months it lies after the date told last (before: negative),
#: in the same calendar year and in another one: (up to so many months, cost).
_SAME_YEAR = ((-6, 2.5), (-1, 2.0), (6, 0.0), (9, 1.0), (999, 3.0))
_OTHER_YEAR = ((-13, 9.0), (-6, 5.0), (-1, 2.5), (6, 0.0), (12, 3.0), (999, 5.0))
#: The same where the sentence speaks of what had been before.
_LOOKING_BACK = ((-13, 9.0), (-7, 1.5), (-1, 0.0), (4, 0.0), (9, 1.0), (12, 3.0), (999, 5.0))
#: And by how many months it lies before the next date that the text says in full.
_BEFORE_THE_NEXT = ((-13, 3.0), (-7, 2.5), (-1, 1.0), (0, -1.5), (12, 0.0), (24, 1.0), (999, 1.5))
_ANOTHER_YEAR = 1.5  # where the date told last is a year without a month
_AFTER_THE_WRITING = 9.0


@dataclass(frozen=True)
class Context:
    """What the text has dated so far.

    ``anchor`` is the date told last, ``reached`` the one that the telling has reached (asides left out), ``first``
    the first one that the document says in full, ``ahead`` the next one with its month, ``days`` (month, day) -> the
    years in which the text says that day; ``written`` is the day the document was made, and ``latest`` the last date
    that it can speak of. ``news`` counts from the day of writing, ``day_first`` are the marks with which the day
    stands first (03.04.2014). ``looks`` is where the sentence looks: ``back`` to what had been before (*he had gone
    in May*), ``ahead`` to what is still to come (*will be sentenced in May*), ``on`` to the next entry of a diary.
    ``depth`` counts expressions within expressions (*the day after the feast of …*).
    """

    anchor: Moment | None = None
    reached: Moment | None = None
    first: Moment | None = None
    ahead: Moment | None = None
    days: Mapping[tuple[int, int], Set[int]] = field(default_factory=dict)
    latest: Moment | None = None
    written: Moment | None = None
    news: bool = False
    day_first: frozenset[str] = frozenset()
    looks: Literal["", "back", "ahead", "on"] = ""
    depth: int = 0

    def near(self, unit: Unit = "day") -> Moment | None:
        """What a relative date counts from: the date told last, unless it is only a year and days are counted."""
        if unit != "year" and self.anchor and not self.anchor.nearest_month:
            return self.reached or self.anchor
        return self.anchor

    def year_for(self, month: int, day: int | None = None) -> Moment | None:
        """A month (and day) without its year: that of the same day where the text says it, or the likeliest near."""
        said = self.days.get((month, day or 0), frozenset())
        if len(said) == 1 and self.looks != "on":
            (year,) = said
            return valid(year, month, day)
        near = self.near("month") or self.first
        if near is None:
            return None
        if self.looks in ("ahead", "on") and near.nearest_month:
            start = self.written or near if self.looks == "ahead" else near
            at = start.nearest_month or 0
            return valid(start.year + ((month, day or 31) < (at, start.day or 0)), month, day)
        years = (near.year, near.year + 1, near.year - 1)
        told = [m for m in (valid(year, month, day) for year in years) if m]
        return min(told, key=lambda m: self._strange(m, near), default=None)

    def _strange(self, told: Moment, near: Moment) -> float:
        """How unlikely it is that the text means this month, near that date."""
        if near.nearest_month:
            within = _SAME_YEAR if told.year == near.year else _OTHER_YEAR
            cost = _cost(_LOOKING_BACK if self.looks == "back" else within, told.months - near.months)
        else:
            cost = _ANOTHER_YEAR * abs(told.year - near.year)
        if self.ahead:
            cost += _cost(_BEFORE_THE_NEXT, self.ahead.months - told.months)
        if self.latest and told.months > self.latest.months:
            cost += _AFTER_THE_WRITING
        return cost


def _cost(table: tuple[tuple[int, float], ...], months: int) -> float:
    return next(cost for most, cost in table if months <= most or most == 999)
