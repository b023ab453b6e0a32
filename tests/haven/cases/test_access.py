"""Questions to the gate: the facts come from the server's records, and the gate's answer is the page's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from haven.audit.models import AuditRow
from haven.cases import access, services
from haven.cases.models import Assignment, BreakGlass
from haven.cases.services import store_extraction

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def officer(person):
    user = person("officer")
    user.session_mfa = True
    return user


@pytest.fixture
def case(home, extraction, officer):
    return store_extraction(extraction(), office="VSC")


def look(user, case, **more):
    return access.ask(
        user, purpose="adjudicate", categories=["K1", "K2", "K3", "K4", "K5"], case=case, event="case.view", **more
    )


def test_the_request_has_the_form_of_the_gate_table(officer, case):
    request = access.request_for(officer, purpose="adjudicate", categories={"K1", "K5"}, case=case)

    assert {k: v for k, v in request.items() if k != "facts"} == {
        "recipient_id": str(officer.pk),
        "proposer_id": str(officer.pk),
        "component": "USCIS",
        "employee_type": "employee",
        "role": "referral_officer",
        "mfa": True,
        "purpose": "adjudicate",
        "categories": ["K1", "K5"],
        "case_id": str(case.pk),
        "form": "T",
        "protection": "pending",
    }
    assert request["facts"]["assigned"] and request["facts"]["same_office"] and request["facts"]["minor_in_package"]


def test_the_assigned_officer_sees_the_case_and_the_log_has_the_look(officer, case):
    assert look(officer, case)["decision"] == "permit"
    assert AuditRow.objects.filter(event="case.view", actor=str(officer.pk)).exists()


def test_an_assignment_that_ended_gives_nothing(officer, case):
    Assignment.objects.update(until=timezone.now())

    assert look(officer, case)["decision"] == "deny"


def test_broken_glass_opens_for_eight_hours(person, case):
    colleague = person("colleague")
    colleague.session_mfa = True
    assert look(colleague, case)["decision"] == "deny"

    services.break_glass(case, colleague, "the officer is ill and ICE called")
    assert look(colleague, case)["decision"] == "permit"

    BreakGlass.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    assert look(colleague, case)["decision"] == "deny"


def test_without_a_second_factor_nothing(officer, case):
    officer.session_mfa = False

    assert look(officer, case)["decision"] == "deny"


def test_ero_gets_nothing(person, case):
    ero = person("ero")
    ero.session_mfa = True

    assert look(ero, case)["decision"] == "deny"


def test_an_officer_with_the_name_of_somebody_alleged_learns_of_no_case(officer, case):
    officer.display_name = "DELGADO, Rosa"

    answer = look(officer, case)

    assert answer["decision"] == "no_record"


def test_a_record_is_confirmed_once_an_officer_stands_behind_somebody_alleged(officer, case):
    assert not access.facts_of(case, officer)["confirmed_record"]

    services.confirm(case.persons.get(entity="e1").value("role"), officer)

    assert access.facts_of(case, officer)["confirmed_record"]


def test_a_confirmed_victim_makes_no_confirmed_record(officer, case):
    services.confirm(case.persons.get(entity="e3").value("role"), officer)

    assert not access.facts_of(case, officer)["confirmed_record"]


def test_somebody_alleged_here_and_protected_elsewhere_is_noticed(officer, case, extraction):
    assert not access.facts_of(case, officer)["dual_role"]

    services.add_value(case.persons.get(entity="e1"), "id", "A 201 555 019", officer, "police report")
    services.add_value(case.persons.get(entity="e0"), "id", "A 201 555 019", officer, "her card")

    assert access.facts_of(case, officer)["dual_role"]


def test_a_final_denial_counts_only_with_its_verified_date(officer, case):
    case.protection = "denied_final"
    assert not access.facts_of(case, officer)["dated_verification"]

    case.protection_verified = dt.date(2026, 1, 15)
    assert access.facts_of(case, officer)["dated_verification"]
