"""Duties at the terminal: both factors, one answer for no case and for no right, one sentence for what is wrong."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import Result
from django.core.cache import cache
from typer.testing import CliRunner

from haven.accounts.models import User
from haven.accounts.totp import current_code, enrol
from haven.audit.models import AuditRow
from haven.cases import services
from haven.duties.commands import consent, cooperation, hhs_notice, hold, incident, notes, retention
from haven.duties.models import Consent, Cooperation, Disposal, HhsNotice, Incident, LegalHold

pytestmark = pytest.mark.django_db(databases="__all__")
PASSWORD = "long-enough-and-random-7"
TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MFA_TOTP_TOLERANCE = 1  # a code may be typed at the end of its half minute
    cache.clear()


@pytest.fixture
def account(signed_in):
    """An account with both factors, by the name of its fixture."""

    def make(name: str) -> User:
        user = signed_in(name)
        user.demonstration = True
        user.set_password(PASSWORD)
        user.save()
        enrol(user)
        return user

    return make


@pytest.fixture
def run(account, case):
    """Runs a command as somebody who signs in for it; ``typed``: what is asked for after the sign-in."""

    def call(app, *arguments: str, user: str = "officer", typed: str = "", password: str = PASSWORD) -> Result:
        account(user)
        cache.clear()  # a code is good once, and commands follow each other faster than codes
        answers = f"{password}\n{current_code(user)[0]}\n{typed}\n"
        return CliRunner().invoke(app, [*arguments, "--as", user], input=answers)

    return call


def test_an_incident_from_its_record_to_its_end(run, case):
    made = run(incident.app, "record", "--kind", "lost", "--case", case.number, "--category", "K3", typed="a folder")
    assert made.exit_code == 0, made.output
    name = Incident.objects.get().name
    assert name in made.output and "Chief Privacy Officer must be told by" in made.output

    assert run(incident.app, "told", name, "--office", "chief_privacy_officer").exit_code == 0
    assert run(incident.app, "note", name, user="privacy", typed="searched the train").exit_code == 0
    listed = run(incident.app, "list", user="privacy")
    assert name in listed.output and "told" in listed.output
    assert run(incident.app, "close", name, user="privacy", typed="found again").exit_code == 0

    shown = run(incident.app, "show", name, user="privacy")
    assert "a folder" in shown.output and "searched the train" in shown.output and "found again" in shown.output
    assert name not in run(incident.app, "list", user="privacy").output
    assert name in run(incident.app, "list", "--all", user="privacy").output


def test_wrong_codes_lock_an_account_as_wrong_passwords_do(run, account):
    account("supervisor")
    for _ in range(5):
        CliRunner().invoke(hold.app, ["list", "--as", "supervisor"], input=f"{PASSWORD}\n000000\n")

    assert "is not right" in str(run(hold.app, "list", user="supervisor").exception)
    assert AuditRow.objects.using("audit").filter(event="account.login_failed").count() >= 5


def test_incidents_are_shown_to_privacy_officers_alone(run):
    for user in ("officer", "supervisor", "ero"):
        assert "privacy officers" in str(run(incident.app, "list", user=user).exception)


CONSENT = (
    "--purpose", "victim_services", "--category", "K3", "--component", "NGO_PROVIDER", "--to", "Harbour House",
)  # fmt: skip
SIGNED = ("--signed", str(TODAY), "--expires", str(TODAY + dt.timedelta(days=9)), "--paper", "drawer 4")


def test_a_consent_opens_and_its_revocation_closes(run, case):
    assert run(consent.app, "record", case.number, *CONSENT, *SIGNED, "--provider-expertise").exit_code == 0
    allowed = run(consent.app, "ask", case.number, *CONSENT)
    assert allowed.exit_code == 0 and "redact: K3 (G24" in allowed.output

    name = Consent.objects.get().name
    assert "valid" in run(consent.app, "list", case.number).output
    assert run(consent.app, "revoke", name).exit_code == 0

    denied = run(consent.app, "ask", case.number, *CONSENT)
    assert denied.exit_code == 1
    assert "missing consent_written, consent_current" in str(denied.exception)
    asked = AuditRow.objects.using("audit").filter(event="consent.ask")
    assert [json.loads(row.detail)["decision"] for row in asked] == ["redact", "deny"]


def test_no_case_and_no_right_are_told_alike(run, case):
    there = run(consent.app, "list", case.number, user="colleague")
    nowhere = run(consent.app, "list", "T-9999", user="colleague")

    assert str(there.exception) == str(nowhere.exception) == "There is no such case."
    questions = AuditRow.objects.using("audit").filter(event="consent.list").values_list("subject", flat=True)
    assert list(questions) == [str(case.pk), ""]


def test_an_unknown_consent_is_told_as_one_of_another_case(run, case):
    run(consent.app, "record", case.number, *CONSENT, *SIGNED)

    for name in (Consent.objects.get().name, "AAAA-AAAA"):
        assert str(run(consent.app, "revoke", name, user="colleague").exception) == "There is no such case."


def test_a_hold_is_placed_by_one_and_lifted_by_another(run, case):
    assert run(hold.app, "place", "--case", str(case.pk), user="supervisor", typed="Acosta v. Doe").exit_code == 0
    name = LegalHold.objects.get().name
    listed = run(hold.app, "list", user="privacy")
    assert name in listed.output and "Acosta" not in listed.output

    assert "another person" in str(run(hold.app, "release", name, user="supervisor", typed="over").exception)
    assert run(hold.app, "release", name, user="privacy", typed="over").exit_code == 0
    assert name not in run(hold.app, "list", user="privacy").output


def test_a_notice_to_hhs_is_written_and_sent(run, case, officer, tmp_path):
    girl = case.persons.get(entity="e3")
    waiting = run(hhs_notice.app, "list")
    assert case.number in waiting.output and "24 h left" in waiting.output

    file = tmp_path / "notice.txt"
    written = run(hhs_notice.app, "write", case.number, str(girl.order), "--output", str(file))
    assert written.exit_code == 0, written.output
    assert "Daysi" in file.read_text() and "Daysi" not in written.output
    assert file.stat().st_mode & 0o077 == 0

    name = HhsNotice.objects.get().name
    assert ": sent." in run(hhs_notice.app, "sent", name, "--channel", "portal").output
    assert case.number not in run(hhs_notice.app, "list").output
    assert "sent" in run(hhs_notice.app, "list", "--all").output


def test_a_notice_is_written_over_nothing(run, case, tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text("mine")
    order = str(case.persons.get(entity="e3").order)

    assert "cannot be written" in str(run(hhs_notice.app, "write", case.number, order, "--output", str(file)).exception)
    assert file.read_text() == "mine"


def test_without_both_factors_nothing_is_done(run, case, account):
    wrong = run(incident.app, "record", "--kind", "lost", typed="x", password="not-the-password-1")
    assert "not right" in str(wrong.exception)

    account("officer")
    answers = f"{PASSWORD}\n000000\nx\n"
    code = CliRunner().invoke(incident.app, ["record", "--kind", "lost", "--as", "officer"], input=answers)
    assert str(code.exception) == str(wrong.exception)
    assert not Incident.objects.exists()


def test_guessing_is_locked_out_as_on_the_page(run):
    for _ in range(6):
        run(incident.app, "record", "--kind", "lost", typed="x", password="not-the-password-1")

    assert "not right" in str(run(incident.app, "record", "--kind", "lost", typed="x").exception)


def test_one_code_is_good_for_one_command(account, case):
    account("officer")
    answers = f"{PASSWORD}\n{current_code('officer')[0]}\nx\n"
    arguments = ["record", "--kind", "lost", "--as", "officer"]

    first, second = (CliRunner().invoke(incident.app, arguments, input=answers) for _ in range(2))

    assert first.exit_code == 0
    assert "good once" in str(second.exception)


def test_a_sign_in_is_a_row_of_the_log(run, officer):
    run(incident.app, "record", "--kind", "lost", typed="x")

    assert AuditRow.objects.using("audit").filter(event="account.terminal", actor=str(officer.pk)).exists()


def test_a_case_of_a_colleague_opens_with_break_glass(run, case, signed_in):
    services.break_glass(case, signed_in("colleague"), "covering for a sick colleague")

    assert run(consent.app, "list", case.number, user="colleague").exit_code == 0


def test_what_is_due_is_disposed_of_by_two_people(run, case, officer, home):
    services.rule_out_minor(case.minor_notices.get(), officer, "her birth certificate")
    case.protection, case.protection_verified = "naturalized", dt.date(2015, 1, 1)
    case.save()
    line = "{kind: narratives, counts: final, years: 5, since: 2020-01-01, ground: a schedule, basis: L}"
    (home / "retention.yaml").write_text(f"version: 1\naccounting_years: 5\nnever: []\nlines:\n  - {line}\n")
    printed = CliRunner().invoke(retention.app, ["table"])
    assert "a schedule" in printed.output and "retention.yaml" in printed.output

    listed = run(retention.app, "list", user="privacy")
    assert f"{case.pk}  narratives" in listed.output and case.number not in listed.output
    assert run(retention.app, "propose", user="privacy").exit_code == 0
    name = Disposal.objects.get().name
    assert "another person" in str(run(retention.app, "dispose", name, user="privacy").exception)

    done = run(retention.app, "dispose", name, user="supervisor")

    assert "1 kinds of record of cases are gone" in done.output and "haven keys rotate" in done.output
    assert "0 due" in run(retention.app, "list", user="privacy").output


def test_what_is_due_is_no_business_of_an_officer(run):
    assert "This is for" in str(run(retention.app, "list").exception)


def test_notes_are_imported_with_an_account_of_each(run, case, tmp_path):
    file = tmp_path / "notes.csv"
    file.write_text("receipt,note\nEAC1900000001,Her stepfather sold her.\n,Mother took part.\n")

    done = run(notes.app, "import", str(file), user="clerk")

    assert done.exit_code == 0, done.output
    assert "2 notes read: 0 placed" in done.output
    assert "line 2: no case of yours has this receipt number" in done.output
    assert "line 3: no receipt number" in done.output
    assert "stepfather" not in done.output
    left = run(notes.app, "waiting", user="clerk")
    assert "2 imported notes are in no case" in left.output and "stepfather" not in left.output


def test_cooperation_is_found_again_by_agency_and_number(run, case):
    made = run(
        cooperation.app, "record", case.number, "--agency", "Houston Police Department", "--number", "HPD 14-0555",
        "--kind", "police_report", "--date", "2014-05-02", "--document", "1",
    )  # fmt: skip
    assert made.exit_code == 0, made.output

    assert case.number in run(cooperation.app, "find", "--number", "hpd140555").output
    unseen = run(cooperation.app, "find", "--agency", "houston police department", user="colleague")
    assert "0 found" in unseen.output and case.number not in unseen.output

    name = Cooperation.objects.get().name
    assert run(cooperation.app, "withdraw", name, typed="another applicant's").exit_code == 0
    assert "0 found" in run(cooperation.app, "find", "--number", "hpd140555").output


def test_a_document_that_is_not_there_is_one_sentence(run, case):
    wrong = run(cooperation.app, "record", case.number, "--agency", "FBI", "--kind", "letter", "--document", "9")

    assert str(wrong.exception) == "The case has 2 documents."
