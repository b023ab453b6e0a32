"""An auditor of DHS OIG reads the log while a request of the Inspector General is in force, and not otherwise."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import RequestFactory
from typer.testing import CliRunner

from extract.errors import UsageProblem
from haven.accounts import oversight
from haven.accounts.models import OigRequest, User
from haven.accounts.totp import current_code, enrol
from haven.audit.models import AuditRow
from haven.review import audit_commands, views

pytestmark = pytest.mark.django_db(databases="__all__")
TODAY = dt.datetime.now(dt.UTC).date()
PASSWORD = "long-enough-and-random-7"


def account(name: str, component: str, role: str) -> User:
    user = User.objects.create_user(
        username=name, display_name=name, component=component, employee_type="employee", role=role, demonstration=True
    )
    user.session_mfa = True
    return user


@pytest.fixture
def privacy(home) -> User:
    return account("privacy", "USCIS", "privacy_officer")


@pytest.fixture
def auditor(home) -> User:
    return account("auditor", "DHS_OIG", "auditor")


def days(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def log_page(user: User) -> str:
    request = RequestFactory().get("/log/")
    request.user = user
    return views.log(request).content.decode()


def test_without_a_request_the_log_does_not_exist_for_an_auditor(auditor):
    with pytest.raises(Http404):
        log_page(auditor)

    detail = json.loads(AuditRow.objects.get(event="log.view").detail)
    assert (detail["rules"], detail["missing"]) == (["G16"], ["oig_request"])


def test_with_one_in_force_the_auditor_reads_it_and_that_is_a_row(auditor, privacy):
    oversight.record(auditor, "OIG-26-014", TODAY, TODAY, privacy)

    shown = log_page(auditor)

    assert "oig_request.recorded" in shown
    assert json.loads(AuditRow.objects.get(event="log.view").detail)["rules"][0] == "G16"
    assert "OIG-26-014" not in "".join(AuditRow.objects.values_list("detail", flat=True))


@pytest.mark.parametrize(("starts", "ends"), [(-9, -1), (1, 9)])
def test_one_that_is_over_or_to_come_does_not_count(auditor, privacy, starts, ends):
    oversight.record(auditor, "OIG-26-014", days(starts), days(ends), privacy)

    with pytest.raises(Http404):
        log_page(auditor)


def test_one_that_was_withdrawn_does_not_count_and_stays_withdrawn(auditor, privacy):
    made = oversight.record(auditor, "OIG-26-014", TODAY, days(30), privacy)
    oversight.withdraw(made, privacy)

    with pytest.raises(Http404):
        log_page(auditor)
    with pytest.raises(UsageProblem, match="already"):
        oversight.withdraw(made, privacy)


def test_a_request_is_for_the_auditor_it_names(auditor, privacy):
    oversight.record(auditor, "OIG-26-014", TODAY, days(30), privacy)

    with pytest.raises(Http404):
        log_page(account("second", "DHS_OIG", "auditor"))


@pytest.mark.parametrize(
    ("component", "role"), [("USCIS", "supervisor"), ("DHS_OIG", "auditor"), ("DHS_OTHER", "privacy_officer")]
)
def test_only_a_privacy_officer_of_uscis_records_one(auditor, component, role):
    with pytest.raises(oversight.NotForYou):
        oversight.record(auditor, "OIG-26-014", TODAY, days(30), account("other", component, role))
    assert not OigRequest.objects.exists()


@pytest.mark.parametrize(
    ("reference", "ends", "said"),
    [("for Maylin Ramos", 30, "capitals, digits"), ("oig", 30, "capitals"), ("OIG-26-014", -1, "after it starts")],
)
def test_what_is_not_a_request_is_one_sentence(auditor, privacy, reference, ends, said):
    with pytest.raises(UsageProblem, match=said):
        oversight.record(auditor, reference, TODAY, days(ends), privacy)


def test_nobody_but_an_oig_auditor_gets_one(privacy):
    with pytest.raises(UsageProblem, match="auditor of DHS OIG"):
        oversight.record(account("own", "USCIS", "auditor"), "OIG-26-014", TODAY, days(30), privacy)


def test_the_database_takes_no_request_that_ends_before_it_starts(auditor, privacy):
    with pytest.raises(IntegrityError), transaction.atomic():
        OigRequest.objects.create(auditor=auditor, reference="OIG-1", starts=TODAY, ends=days(-1), recorded_by=privacy)


def test_at_the_terminal_with_both_factors(auditor, privacy, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MFA_TOTP_TOLERANCE = 1
    for user in (auditor, privacy):
        user.set_password(PASSWORD)
        user.save()
        enrol(user)

    def run(user: User, *arguments: str):
        cache.clear()
        answers = f"{PASSWORD}\n{current_code(user.username)[0]}\n"
        return CliRunner().invoke(audit_commands.app, [*arguments, "--as", user.username], input=answers)

    assert isinstance(run(auditor, "read").exception, UsageProblem)
    made = run(privacy, "request", "auditor", "OIG-26-014", "--until", str(days(30)))
    assert made.exit_code == 0, made.exception
    seen = run(auditor, "read", "--last", "2")
    assert seen.exit_code == 0, seen.exception
    assert "log.read" in seen.output
    gone = run(privacy, "withdraw", str(OigRequest.objects.get().pk))
    assert gone.exit_code == 0, gone.exception
    assert isinstance(run(auditor, "read").exception, UsageProblem)
