"""Who is read as under 18: in doubt the clock starts, a date of birth decides."""

from __future__ import annotations

import datetime as dt

import pytest

from haven.cases.ages import reads_as_minor

TODAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("values", "minor"),
    [
        ([("age", "17 years old")], True),
        ([("age", "seventeen")], True),
        ([("age", "18")], False),
        ([("age", "in his forties")], False),
        ([], False),
        ([("dob", "2008-11-27")], True),
        ([("dob", "2008-11-26")], False),
        ([("dob", "11/27/2008")], True),
        ([("dob", "2008")], True),  # as late as December
        ([("dob", "2007")], False),
        ([("dob", "2008-11")], True),
        ([("dob", "March 3, 2012")], True),
        ([("dob", "not known"), ("age", "16")], True),
        ([("dob", "02/30/2012"), ("age", "40")], False),
        ([("age", "15"), ("dob", "1984-02-01")], False),  # was fifteen when it happened
        ([("phone", "555-0112")], False),
    ],
)
def test_reads_as_minor(values, minor):
    assert reads_as_minor(values, today=TODAY) is minor
