"""Cooperation from any document, found by agency and case number however they are written (C8)."""

from __future__ import annotations

import datetime as dt

import pytest

from extract import record
from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases import services
from haven.cases.storing import store_extraction
from haven.duties import cooperation
from haven.duties.asking import Refused
from tests.haven.builders import STORY, Told

pytestmark = pytest.mark.django_db(databases="__all__")
GIVEN = {"agency": "Houston Police Department", "number": "HPD 14-0555", "document_kind": "police_report"}


@pytest.mark.parametrize(
    ("agency", "number"),
    [
        ("Houston Police Department", "HPD 14-0555"),
        ("HOUSTON POLICE DEPARTMENT", ""),
        ("Police Department, Houston", ""),
        ("", "hpd140555"),
        ("", "HPD-14-0555"),
    ],
)
def test_it_is_found_however_it_is_written(case, officer, agency, number):
    made = cooperation.record(case, officer, **GIVEN, officer="Sgt. Kim", date=dt.date(2014, 5, 2))

    assert cooperation.find(officer, agency, number) == [made]


@pytest.mark.parametrize(
    ("agency", "number"), [("Dallas Police Department", ""), ("", "HPD 14-0556"), ("Houston Police Department", "X-1")]
)
def test_nothing_else_is(case, officer, agency, number):
    cooperation.record(case, officer, **GIVEN)

    assert cooperation.find(officer, agency, number) == []


def test_from_the_document_that_shows_it(case, officer):
    document = case.packets.get().documents.first()

    made = cooperation.record(case, officer, agency="FBI", document_kind="statement", document=document)

    assert cooperation.find(officer, "fbi")[0].document == document
    assert (made.number, made.date) == ("", None)


def test_what_the_packets_tell_waits_to_be_recorded(home, db, extraction, officer):
    told = extraction(Told(id="helped", text=f"Helped. {STORY}"))
    told.record.cooperation = [
        record.Cooperation(agency="Houston PD", case_number="14-0555", date="2014-05", documents=["d0"]),
        record.Cooperation(officer="Agent Kim"),
    ]
    case = store_extraction(told, office="VSC")
    services.assign(case, officer)

    first, second = cooperation.readings(case, officer)
    assert (first.agency, first.number, first.date, first.kind) == ("Houston PD", "14-0555", "2014-05", "statement")
    assert (second.officer, second.kind) == ("Agent Kim", "other")

    made = cooperation.record(
        case, officer, agency=first.agency, number=first.number, document_kind=first.kind, document=first.documents[0]
    )
    assert cooperation.readings(case, officer) == [second]
    cooperation.withdraw(made, officer, "another applicant's")
    assert cooperation.readings(case, officer) == [second]


def test_readings_are_for_who_may_see_the_case(case, signed_in):
    with pytest.raises(Refused, match="no such case"):
        cooperation.readings(case, signed_in("agent"))


def test_only_in_cases_that_one_may_see(case, officer, signed_in, extraction):
    other = store_extraction(extraction(Told(id="another", text=f"Another. {STORY}")), office="VSC")
    cooperation.record(case, officer, **GIVEN)
    with pytest.raises(Refused, match="no such case"):
        cooperation.record(other, signed_in("agent"), **GIVEN)

    for name in ("agent", "clerk", "ero", "privacy"):
        assert cooperation.find(signed_in(name), GIVEN["agency"]) == []


def test_withdrawn_it_is_found_no_more_and_stays(case, officer):
    made = cooperation.record(case, officer, **GIVEN)

    cooperation.withdraw(made, officer, "another applicant's report")

    assert cooperation.find(officer, GIVEN["agency"]) == []
    assert case.cooperation.get().withdrawn.reason == "another applicant's report"
    with pytest.raises(UsageProblem, match="already"):
        cooperation.withdraw(made, officer, "again")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"agency": "  "}, "Name the agency"),
        ({"document_kind": "rumour"}, "kind of document"),
        ({"date": dt.date(2999, 1, 1)}, "future"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(case, officer, changes, says):
    with pytest.raises(UsageProblem, match=says):
        cooperation.record(case, officer, **GIVEN | changes)


def test_without_agency_or_number_nothing_is_searched(case, officer):
    with pytest.raises(UsageProblem, match="agency, the case number, or both"):
        cooperation.find(officer)


def test_each_look_is_a_question_to_the_gate(case, officer, signed_in):
    cooperation.record(case, officer, **GIVEN)
    cooperation.find(officer, GIVEN["agency"])

    row = AuditRow.objects.using("audit").get(event="cooperation.find")
    assert '"decision":"permit"' in row.detail
    assert "Houston" not in row.detail


def test_in_cases_of_others_nothing_is_even_looked_for(case, officer, signed_in):
    cooperation.record(case, officer, **GIVEN)
    cooperation.find(signed_in("colleague"), GIVEN["agency"])

    rows = AuditRow.objects.using("audit").filter(event__in=["cooperation.find", "cooperation.searched"])
    assert [(row.event, row.detail) for row in rows] == [("cooperation.searched", '{"count":0}')]
