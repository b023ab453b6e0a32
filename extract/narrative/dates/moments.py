"""A point of the calendar as the annotation scheme writes it: a day, a month, a season, a year or a decade.

Values: ``2014-03-03``, ``2014-03``, ``2014-SP`` (``SU``, ``FA``, ``WI``), ``2014``, ``199X``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]

SEASON_OF_MONTH = {m: s for s, ms in {"SP": (3, 4, 5), "SU": (6, 7, 8), "FA": (9, 10, 11)}.items() for m in ms}
MIDDLE_OF_SEASON = {"SP": 4, "SU": 7, "FA": 10, "WI": 12}
VALUE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-(SP|SU|FA|WI))?$|(\d{3})X$")


@dataclass(frozen=True)
class Moment:
    """A calendar point; the parts that are not known are None. A season and a month exclude each other."""

    year: int
    month: int | None = None
    day: int | None = None
    season: str | None = None

    @property
    def value(self) -> str:
        if self.season:
            return f"{self.year:04d}-{self.season}"
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    @property
    def nearest_month(self) -> int | None:
        """The month, or the middle one of the season."""
        return self.month or MIDDLE_OF_SEASON.get(self.season or "")

    @property
    def months(self) -> int:
        """The months from the year 0; a year counts as its last one."""
        return 12 * self.year + (self.nearest_month or 12)

    @property
    def date(self) -> date | None:
        return date(self.year, self.month, self.day) if self.month and self.day else None

    def coarse(self, unit: Unit) -> Moment:
        """The moment without the parts that are finer than the unit; a week is told by its month."""
        if unit == "year":
            return Moment(self.year)
        return self if unit == "day" else replace(self, day=None)

    def shift(self, count: int, unit: Unit) -> Moment | None:
        """The moment that many units later (earlier, when negative), as exact as both allow.

        Days added to a month, and months added to a year, lead nowhere certain: a few days stay in the month,
        otherwise None.
        """
        if unit == "year":
            return valid(self.year + count, self.month, self.day, self.season)
        if unit == "month":
            if not self.nearest_month:
                return None
            months = self.year * 12 + self.nearest_month - 1 + count
            return valid(months // 12, months % 12 + 1)
        days = count * (7 if unit == "week" else 1)
        if self.date:
            return of_date(self.date + timedelta(days=days))
        if not self.month:
            return None
        # Told from the middle of the month: three weeks later is the next month, three days later is not.
        middle = date(self.year, self.month, 12) + timedelta(days=days)
        return Moment(middle.year, middle.month)


def valid(year: int, month: int | None = None, day: int | None = None, season: str | None = None) -> Moment | None:
    """The moment, or None where the calendar has no such day or the year is none of living memory."""
    if not 1900 <= year <= 2049 or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and (month is None or not 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return Moment(year, month, day, season)


def of_date(day: date) -> Moment:
    return Moment(day.year, day.month, day.day)


def read_value(value: str) -> Moment | None:
    """The moment that a value names; of an interval its end; None for a decade or anything else."""
    found = VALUE.match(value.rsplit("/", 1)[-1])
    if not found or found[5]:
        return None
    return valid(int(found[1]), int(found[2]) if found[2] else None, int(found[3]) if found[3] else None, found[4])
