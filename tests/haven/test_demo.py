"""The demonstration: accounts that stay the same from run to run, and codes for them alone."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from rich.console import Console
from typer.testing import CliRunner

from extract.errors import ConfigurationProblem, UsageProblem
from haven import demo, gate
from haven.accounts.models import User
from haven.accounts.totp import current_code
from haven.accounts.vocabulary import Component, EmployeeType, Role
from haven.cases.models import Assignment
from haven.cases.storing import store_extraction
from haven.gate.vocabulary import load

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def passwords(home, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    home.mkdir()
    cache.clear()
    return demo.make_accounts()


def test_every_account_signs_in_with_what_is_printed(client, passwords):
    for username, password in passwords.items():
        client.post(reverse("account_login"), {"login": username, "password": password})
        client.post(reverse("mfa_authenticate"), {"code": current_code(username)[0]})

        assert client.get(reverse("mfa_index")).status_code == 200, username
        client.post(reverse("account_logout"))


def test_the_next_run_prints_the_same_passwords_and_keeps_the_second_factors(passwords):
    codes = {username: current_code(username, at=1_000_000)[0] for username in passwords}

    assert demo.make_accounts() == passwords
    assert {username: current_code(username, at=1_000_000)[0] for username in passwords} == codes


def test_passwords_are_random_long_and_kept_from_others(passwords, home):
    path = home / "demo-accounts.json"

    assert json.loads(path.read_text()) == passwords
    assert path.stat().st_mode & 0o077 == 0
    assert len(set(passwords.values())) == len(passwords) and min(map(len, passwords.values())) >= 15


def test_every_part_of_the_story_has_its_account(passwords):
    who = set(User.objects.values_list("component", "role"))

    assert {
        ("USCIS", "intake_clerk"),
        ("USCIS", "referral_officer"),
        ("USCIS", "supervisor"),
        ("USCIS", "privacy_officer"),
        ("USCIS", "adjudicator"),
        ("ICE_ERO", "other"),
        ("ICE_HSI", "hsi_agent"),
        ("DHS_OIG", "auditor"),
    } <= who
    assert set(User.objects.values_list("demonstration", flat=True)) == {True}


def test_what_is_printed_says_how_to_get_in(passwords):
    out = io.StringIO()
    demo.print_accounts(Console(file=out, width=160), passwords)

    for username, password in passwords.items():
        assert username in out.getvalue() and password in out.getvalue()
    assert "demo code r.ortega" in out.getvalue()


def test_a_real_account_is_never_taken_over(home):
    home.mkdir()
    User.objects.create_user(
        username="r.ortega", display_name="R. Ortega", component="USCIS", employee_type="employee", role="supervisor"
    )

    with pytest.raises(ConfigurationProblem, match="real account"):
        demo.make_accounts()


def test_the_demonstration_does_not_start_on_a_public_server(settings):
    settings.PUBLIC_HOSTS = ["haven.example.gov"]

    result = CliRunner().invoke(demo.app, ["--no-serve"])

    assert isinstance(result.exception, UsageProblem)


def test_cases_get_an_officer_and_some_an_adjudicator(passwords, extraction):
    case = store_extraction(extraction(), office="VSC")
    demo.share_out()
    demo.share_out()

    assert sorted(Assignment.objects.filter(case=case).values_list("officer__username", flat=True)) == [
        "d.okafor",
        "r.ortega",
    ]


def test_accounts_speak_the_words_of_the_gate():
    words = load(Path(gate.__file__).with_name("table.yaml").read_text(encoding="utf-8"))

    assert set(Component.values) == set(words.values["component"])
    assert set(EmployeeType.values) == set(words.values["employee_type"])
    assert set(Role.values) == set(words.values["role"])
