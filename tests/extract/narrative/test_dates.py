"""Dates of a statement become values that can be sorted and compared (annotation guidelines, section 5)."""

from __future__ import annotations

import re
import time

import pytest

from extract.narrative import dates


def values(marked: str, document_date: str | None = None) -> list[str]:
    """The values of the dates and lengths (``{…}``, ``<…>``) that the marked text names, in order."""
    text, spans = "", []
    for part in re.split(r"(\{[^}]*\}|<[^>]*>)", marked):
        words = part[1:-1] if part[:1] in "{<" and part else part
        if part[:1] and part[0] in "{<":
            spans.append((len(text), len(text) + len(words), "DATE" if part[0] == "{" else "DURATION"))
        text += words
    found = dates.resolve(text, spans, document_date=document_date)
    return [found.get((start, end), "") for start, end, _ in spans]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("March 3, 2014", "2014-03-03"),
        ("March 3rd, 2014", "2014-03-03"),
        ("the 3rd day of March, 2014", "2014-03-03"),
        ("the fourth of March, two thousand and twelve", "2012-03-04"),
        ("3 de marzo de 2014", "2014-03-03"),
        ("Monday, March 3, 2014", "2014-03-03"),
        ("the night of August 18, 2018", "2018-08-18"),
        ("2014-03-03", "2014-03-03"),
        ("3-3-14", "2014-03-03"),
        ("04/03/2014", "2014-04-03"),
        ("19.11.1996", "1996-11-19"),
        ("07-JUL-1997", "1997-07-07"),
        ("30JAN1979", "1979-01-30"),
        ("8-XI-1998", "1998-11-08"),
        ("03/2014", "2014-03"),
        ("early March 2014", "2014-03"),
        ("2018 November", "2018-11"),
        ("the end of 2015", "2015"),
        ("mid-2013", "2013"),
        ("the summer of 2012", "2012-SU"),
        ("autumn 2009", "2009-FA"),
        ("the 1990s", "199X"),
        ("the eighties", "198X"),
        ("between March and August 2012", "2012-03/2012-08"),
        ("November to February 2013", "2012-11/2013-02"),
        ("March 11 to 13, 2019", "2019-03-11/2019-03-13"),
        ("03/27/2022 to 04/14/2023", "2022-03-27/2023-04-14"),
        ("2016 to 2018", "2016/2018"),
        ("Christmas 2014", "2014-12-25"),
        ("Thanksgiving 2019", "2019-11-28"),
        ("Memorial Day 2014", "2014-05-26"),
        ("the second Tuesday of January 1999", "1999-01-12"),
        ("Easter Sunday 2006", "2006"),
        ("Chuseok, September 19, 2013", "2013-09-19"),
    ],
)
def test_a_full_date_needs_no_context(words: str, value: str) -> None:
    assert values(f"It happened {{{words}}} in the house.") == [value]


@pytest.mark.parametrize(
    ("told", "words", "value"),
    [
        ("October 2014", "December", "2014-12"),
        ("October 2014", "February", "2015-02"),
        ("March 2019", "January", "2019-01"),
        ("October 2014", "that same year", "2014"),
        ("October 2014", "December of that year", "2014-12"),
        ("October 2014", "January of the next year", "2015-01"),
        ("October 2014", "the following month", "2014-11"),
        ("October 2014", "that Christmas", "2014-12-25"),
        ("October 2014", "a year before", "2013"),
        ("October 2014", "two years later", "2016"),
        ("October 2014", "the following spring", "2015-SP"),
        ("October 2014", "the 10th", "2014-10-10"),
        ("March 3, 2014", "the next day", "2014-03-04"),
        ("March 3, 2014", "two weeks later", "2014-03-17"),
        ("March 3, 2014", "a month later", "2014-04"),
        ("March 3, 2014", "the week after", "2014-03"),
        ("March 3, 2014", "that night", "2014-03-03"),
        ("March 3, 2014", "the Friday before", "2014-02-28"),
        ("December 31, 2014", "the next morning", "2015-01-01"),
        ("January 20, 2014", "the day before", "2014-01-19"),
    ],
)
def test_a_relative_date_is_told_from_the_last_one(told: str, words: str, value: str) -> None:
    assert values(f"I came in {{{told}}} by bus. He locked the door {{{words}}} again.")[1] == value


def test_what_the_text_does_not_date_has_no_value() -> None:
    assert values("He came back {two weeks later}. It was {the rice harvest}.") == ["", ""]


def test_a_birthday_does_not_move_the_telling() -> None:
    assert values("I met her in {March 2014}. She was born on {5 May 1971}. In {June} she took my passport.") == [
        "2014-03",
        "1971-05-05",
        "2014-06",
    ]


def test_a_bare_year_told_in_passing_does_not_move_the_telling() -> None:
    assert values("In {March 2014} I came. He had been here since {1998}. In {April} he hit me.")[2] == "2014-04"


def test_a_list_says_its_year_and_month_once() -> None:
    assert values("I testified on {May 3}, {4} and {June 9, 2017}.") == ["2017-05-03", "2017-05-04", "2017-06-09"]


def test_a_feast_beside_a_date_is_that_date() -> None:
    assert values("In {April 2011}, {Holy Week}, I told a customer. {Kartik}, so {October 2012}.") == [
        "2011-04",
        "2011-04",
        "2012-10",
        "2012-10",
    ]


def test_news_counts_back_from_its_dateline() -> None:
    text = "BOSTON, {May 17, 2023}. Four people were arrested {Tuesday}. The judge spoke {today} and {last year}."
    assert values(text) == ["2023-05-17", "2023-05-16", "2023-05-17", "2022"]


def test_the_date_of_the_document_may_be_given() -> None:
    assert values("{Last year} he wrote. {Yesterday} he called.", document_date="2014-03-03")[0] == "2013"


def test_numbers_are_read_day_first_where_the_document_shows_it() -> None:
    assert values("{24.12.2022}. We clean. {02.09.2022}. He shouts.") == ["2022-12-24", "2022-09-02"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("six months", "P6M"),
        ("almost two years", "P2Y"),
        ("a week", "P1W"),
        ("eleven hours", "PT11H"),
        ("three nights", "P3D"),
        ("a year and a half", "P18M"),
        ("two and a half years", "P2.5Y"),
        ("four years and two months", "P4Y2M"),
        ("one hundred and fifty days", "P150D"),
        ("12-month", "P12M"),
        ("half a year", "P6M"),
        ("the first ten weeks", "P10W"),
        ("two days and a night", "P2D"),
        ("twenty minutes", ""),
        ("five or six days", ""),
        ("some time", ""),
    ],
)
def test_a_length_of_time_is_a_number_of_one_unit(words: str, value: str) -> None:
    assert values(f"He kept me for <{words}> there.") == [value]


def test_a_bare_number_counts_what_was_counted_beside_it() -> None:
    assert values("She got <eleven months>, he got <seven>.") == ["P11M", "P7M"]
    assert values("Delgado received <nine>.") == ["P9Y"]


@pytest.mark.parametrize(
    ("age", "at", "years"),
    [
        ("17 years old", "2014-03", "1996/1997"),
        ("sixteen", "2010", "1993/1994"),
        ("thirty-one years old", "2019-05-02", "1987/1988"),
        ("in his forties", "2014", "1964/1974"),
        ("a child", "2014", ""),
        ("17", "", ""),
    ],
)
def test_an_age_leaves_two_years_of_birth_open(age: str, at: str, years: str) -> None:
    assert dates.birth_year(age, at) == years


@pytest.mark.parametrize(
    "unit", ["9", "-", " ", "1/", "a ", "March ", "the day after ", "first week of ", "and 3 ", ", it was "]
)
def test_hostile_text_costs_bounded_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    spans = [(at, at + 110, "DATE") for at in range(0, 50_000, 125)] + [
        (0, len(text), "DATE"),
        (0, 99_000, "DURATION"),
    ]
    started = time.process_time()
    dates.resolve(text, spans)
    assert time.process_time() - started < 10  # seconds of this processor
