"""Dates of a statement become values that can be sorted and compared (annotation guidelines, section 5)."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("04181997", "1997-04-18"),
        ("041897", "1997-04-18"),
        ("19970418", "1997-04-18"),
        ("March l5, 2O14", "2014-03-15"),
        ("the last day of June 2020", "2020-06-30"),
        ("13311997", ""),
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
        ("January 20, 2014", "ten days after that", "2014-01-30"),
        ("January 20, 2014", "the third day after", "2014-01-23"),
        ("October 2014", "before Christmas", "2014-12"),
        ("May 2017", "January", "2017-01"),
        ("December 2008", "September", "2008-09"),
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


def test_the_next_date_in_full_tells_the_year_of_a_month() -> None:
    text = "In {May 2016} we came. He beat me in {March}. On {September 20, 2016} the police came."
    assert values(text)[1] == "2016-03"


def test_a_day_that_the_text_says_in_full_elsewhere_is_that_day() -> None:
    text = (
        "On {the 9th of February, 2017} he hit her. In {February of 2018} they talked. What happened on {February 9}?"
    )
    assert values(text)[2] == "2017-02-09"


def test_a_sentence_to_come_is_dated_after_the_writing() -> None:
    text = "BOSTON, {December 5, 2014}. She came in {July}. He pleaded guilty and will be sentenced on {January 16}."
    assert values(text) == ["2014-12-05", "2014-07", "2015-01-16"]


def test_the_entries_of_a_diary_follow_one_another() -> None:
    text = "{9 Feb 2019}. Skype.\n{6 May}. He bought it in {July 2011}.\n{2 June}. No pay {today}.\n{19 June}. Kansas."
    assert values(text) == ["2019-02-09", "2019-05-06", "2011-07", "2019-06-02", "2019-06-02", "2019-06-19"]


def test_a_day_of_birth_in_figures_does_not_move_the_telling() -> None:
    text = "Report of {10/30/2018}. Subject A, {6-24-1981}, was raided on {10/24}."
    assert values(text)[2] == "2018-10-24"


def test_only_the_date_beside_the_birth_is_a_birthday() -> None:
    text = "I examined her, born {12 May 1988}, on {3 February 2021} and again {ten days after that}."
    assert values(text)[2] == "2021-02-13"


def test_the_head_of_a_document_does_not_begin_the_telling() -> None:
    text = "Interview, Ulaanbaatar\n{May 4, 2018}\nIn {2005} I sang in a bar. In {February} a man signed us."
    assert values(text) == ["2018-05-04", "2005", "2005-02"]


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


def test_the_day_may_stand_first_with_one_mark_only() -> None:
    text = "Prepared {10/08/2022}. Born {04/05/1981}. His paper says {24.12.1995} and {09.11.1985}."
    assert values(text) == ["2022-10-08", "1981-04-05", "1995-12-24", "1985-11-09"]


def test_a_day_named_beside_a_relative_date_is_that_day() -> None:
    assert values("It was {November 2019}. {Two days later}, {December 13}, the police came.")[1:] == [
        "2019-12-13",
        "2019-12-13",
    ]


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
        ("a fortnight", "P2W"),
        ("three evenings", "P3D"),
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


_POINT = r"\d{4}(?:-\d\d(?:-\d\d)?|-(?:SP|SU|FA|WI))?"
_ISO = re.compile(rf"\d{{3}}X|{_POINT}(?:/{_POINT})?|P(?:\d+(?:\.\d+)?[YMWD])+|PT\d+(?:\.\d+)?H", re.ASCII)
_PIECES = (
    "march", "Sept.", "5", "31", "29", "2014", "2O14", "l4", "'98", "/", "-", " ", " of ", " to ", ", ", "the ",
    "next ", "year", "days", "two", "later", "before", "Easter", "winter", "1990s", "19٣0s", "١٢", "second", "Sunday",
    "born ", "that ", "half a", "hours", "\n", "é", "零", "\ud800",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.one_of(st.text(max_size=20), st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)),
            st.sampled_from(["DATE", "DURATION", ""]),
        ),
        max_size=12,
    )
)
def test_whatever_is_marked_a_value_is_iso_8601_or_there_is_none(parts: list[tuple[str, str]]) -> None:
    text, spans = "", []
    for words, label in parts:
        if label:
            spans.append((len(text), len(text) + len(words), label))
        text += words + " "
    found = dates.resolve(text, spans)
    assert all(_ISO.fullmatch(value) for value in found.values())
    for value in found.values():
        for day in re.findall(r"\d{4}-\d\d-\d\d", value):
            date.fromisoformat(day)


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
