"""Nobody sees a page without a second factor: every address of the product, one by one."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from haven.accounts.middleware import BEFORE_SECOND_FACTOR, BEFORE_SIGN_IN
from haven.accounts.models import User
from haven.accounts.totp import current_code, enrol
from haven.audit.models import AuditRow

pytestmark = pytest.mark.django_db(databases="__all__")
PASSWORD = "long-enough-and-random-7"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def officer() -> User:
    return User.objects.create_user(
        username="r.ortega",
        password=PASSWORD,
        display_name="R. Ortega",
        component="USCIS",
        employee_type="employee",
        role="referral_officer",
        office="VSC",
        demonstration=True,
    )


def every_address() -> Iterator[tuple[str, str | None]]:
    """``(path, name)`` of every pattern that the resolver knows, with invented values for its parameters."""

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield "/" + _filled(route), pattern.name

    yield from walk(get_resolver().url_patterns, "")


def _filled(route: str) -> str:
    example = {"uuid": str(uuid.UUID(int=1)), "int": "1", "str": "x", "slug": "x", "path": "x"}
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: example[m[1] or "str"], route)


ADDRESSES = sorted(set(every_address()), key=str)


def sign_in(client: Client, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": "r.ortega", "password": password})


def second_factor(client: Client, code: str):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def setting_up(client: Client) -> str:
    """The secret that the page for a new second factor shows, after the password was asked for once more."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.get(reverse("mfa_activate_totp")).context["form"].secret


def test_the_resolver_was_walked():
    assert len(ADDRESSES) >= 10


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("path", "name"), ADDRESSES)
def test_a_stranger_is_sent_to_sign_in(client, path, name, method):
    response = getattr(client, method)(path)

    if name in BEFORE_SIGN_IN:
        assert response.status_code in (200, 302)
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("path", "name"), ADDRESSES)
def test_a_password_alone_opens_only_the_set_up_of_the_second_factor(client, officer, path, name, method):
    sign_in(client)
    response = getattr(client, method)(path)

    if name in BEFORE_SECOND_FACTOR:
        assert response.status_code in (200, 302)
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("mfa_activate_totp"))


@pytest.mark.parametrize(("path", "name"), [a for a in ADDRESSES if a[1] not in BEFORE_SIGN_IN])
def test_between_password_and_code_nobody_is_signed_in(client, officer, path, name):
    enrol(officer)
    sign_in(client)

    assert client.get(path)["Location"].startswith(reverse("account_login"))


def test_an_address_that_does_not_exist_says_nothing_to_a_stranger(client):
    assert client.get("/no/such/page").status_code == 302


def test_password_and_code_open_the_pages(client, officer):
    enrol(officer)
    sign_in(client)
    response = second_factor(client, current_code("r.ortega")[0])

    assert response.status_code == 302
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_wrong_code_opens_nothing(client, officer):
    enrol(officer)
    sign_in(client)
    right = current_code("r.ortega")[0]
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    assert second_factor(client, wrong).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 302


def test_a_code_is_good_once(officer):
    enrol(officer)
    code = current_code("r.ortega")[0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
        second_factor(client, code)

    assert first.get(reverse("mfa_index")).status_code == 200
    assert second.get(reverse("mfa_index")).status_code == 302


def test_whoever_sets_a_second_factor_up_has_passed_it(client, officer, monkeypatch):
    # a test's transaction never commits: what follows a commit follows at once
    monkeypatch.setattr(transaction, "on_commit", lambda then: then())
    sign_in(client)
    code = format_hotp_value(hotp_value(setting_up(client), int(time.time() // 30)))
    client.post(reverse("mfa_activate_totp"), {"code": code})

    assert client.get(reverse("mfa_index")).status_code == 200
    assert AuditRow.objects.filter(event="account.mfa_added").exists()


def test_the_second_factor_cannot_be_taken_off(officer):
    from haven.accounts.adapters import MfaAdapter

    enrol(officer)

    assert not MfaAdapter().can_delete_authenticator(Authenticator.objects.get(type="totp"))
    assert "mfa_deactivate_totp" not in {name for _, name in ADDRESSES}


def test_an_account_that_was_closed_is_out_at_the_next_page(client, officer):
    enrol(officer)
    sign_in(client)
    second_factor(client, current_code("r.ortega")[0])
    User.objects.update(is_active=False)

    assert client.get(reverse("mfa_index")).status_code == 302


def test_after_twelve_hours_one_signs_in_again_however_busy(client, officer, settings):
    enrol(officer)
    sign_in(client)
    second_factor(client, current_code("r.ortega")[0])
    settings.SESSION_LONGEST = -1

    assert client.get(reverse("mfa_index"))["Location"].startswith(reverse("account_login"))


def test_a_demonstration_account_has_no_place_on_a_public_server(client, officer, settings):
    enrol(officer)
    sign_in(client)
    second_factor(client, current_code("r.ortega")[0])
    settings.PUBLIC_HOSTS = ["haven.example.gov"]

    assert client.get(reverse("mfa_index"))["Location"].startswith(reverse("account_login"))


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, officer):
    for _ in range(5):
        sign_in(client, "wrong")

    locked = sign_in(client)

    assert locked.status_code in (403, 429) or "_auth_user_id" not in client.session
    enrolled = client.get(reverse("mfa_activate_totp"))
    assert enrolled.status_code == 302 and enrolled["Location"].startswith(reverse("account_login"))


def test_sign_ins_and_refusals_are_in_the_log_without_what_was_typed(client, officer):
    sign_in(client, "wrong")
    client.post(reverse("account_login"), {"login": "Rosa Delgado", "password": "x"})
    sign_in(client)
    client.post(reverse("account_logout"))

    rows = list(AuditRow.objects.order_by("sequence").values_list("event", "actor"))
    me = str(officer.pk)
    assert rows == [
        ("account.login_failed", me),
        ("account.login_failed", "unknown"),
        ("account.login", me),
        ("account.logout", me),
    ]


def test_secrets_and_sessions_are_sealed_in_the_database(client, officer):
    sign_in(client)
    secret = setting_up(client)
    assert secret not in Session.objects.get().session_data
    assert str(officer.pk) not in Session.objects.get().session_data

    enrol(officer)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert len(stored) > 100 and not re.fullmatch(r"[A-Z2-7]{32}", stored)


def test_a_session_of_another_installation_is_an_empty_one(client, officer):
    sign_in(client)
    Session.objects.update(session_data="AAAA")

    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_login"))


def test_codes_of_real_accounts_are_not_to_be_had(officer):
    from extract.errors import UsageProblem

    enrol(officer)
    User.objects.update(demonstration=False)

    with pytest.raises(UsageProblem, match="no demonstration account"):
        current_code("r.ortega")
    with pytest.raises(UsageProblem, match="no demonstration account"):
        current_code("nobody")


def test_nobody_can_sign_up(client):
    assert "account_signup" not in {name for _, name in ADDRESSES}
    assert client.get("/account/signup/").status_code == 302


def test_pages_are_kept_nowhere_and_run_nothing_foreign(client):
    response = client.get(reverse("account_login"))

    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_a_part_of_a_page_is_told_to_load_the_whole(client):
    response = client.get("/no/such/page", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Refresh"]) == (401, "true")
