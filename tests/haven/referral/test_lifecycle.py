"""A referral from the proposal to the outbox: two people, the gate at each step, a row in the log before each."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connections, transaction

from extract.errors import UsageProblem
from haven.audit import log
from haven.audit.errors import AuditUnavailable
from haven.cases import services as cases
from haven.gate import engine
from haven.referral import outbox, services
from haven.referral.errors import InspectionBlocked, ReferralRefused
from haven.referral.models import Referral, State
from tests.haven.referral.conftest import subject

pytestmark = pytest.mark.django_db(databases="__all__")
BOTH = {"compared_excerpts": True, "no_inference": True}


def events() -> list[str]:
    return [row.event for row in log.rows()]


def test_confirmed_record_reaches_the_outbox_through_two_people(proposed, supervisor, protocol, sent):
    released = services.release(proposed, supervisor, **BOTH)

    assert (released.state, released.rules[0], released.lane) == (State.RELEASED, "G6", "a2_internal")
    assert (released.decided_by, released.protocol) == (supervisor, protocol)
    assert [folder.name for folder in sent()] == [released.package]
    assert {path.name for path in sent()[0].iterdir()} == {"lead.json", "report.pdf", "manifest.json"}


def test_package_names_the_alleged_and_nobody_else(proposed, supervisor, protocol):
    released = services.release(proposed, supervisor, **BOTH)

    text = (outbox.folder() / released.package / "lead.json").read_text()
    assert "Rosa Delgado" in text and "(832) 555-0143" in text
    for word in ("Maylin", "Ramos", "204", "Daysi", "Lorna", "Chuy", "T-0001", "15 years old", "statement"):
        assert word not in text


def test_every_step_is_in_the_log_before_it_happens(proposed, supervisor, protocol):
    released = services.release(proposed, supervisor, **BOTH)

    rows = list(log.rows())
    steps = [row.event for row in rows if row.event.startswith("referral.")]
    assert steps == [
        "referral.propose",
        "referral.proposed",
        "referral.review",
        "referral.release",
        "referral.released",
    ]
    row, detail = rows[-1], json.loads(rows[-1].detail)
    assert (row.actor, row.subject) == (str(supervisor.pk), str(released.case_id))
    assert detail["package_hash"] == released.package_hash
    assert (detail["rules"][0], detail["purpose"], detail["recipient"]) == ("G6", "trafficking_lead", "ice-hsi-ccht")
    assert detail["policy"] == engine.installed().rules.identity
    assert not any(name in row.detail for name in ("Maylin", "Rosa", "Delgado", "R-0001", "T-0001"))


def test_nobody_releases_their_own(proposed, officer, protocol, sent):
    officer.role = "supervisor"
    officer.save()

    with pytest.raises(ReferralRefused, match="takes another person"):
        services.release(proposed, officer, **BOTH)
    with pytest.raises(ReferralRefused, match="takes another person"):
        services.send_back(proposed, officer, "no")
    # and were the code above not there, the gate would not count the approval
    assert engine.decide(services.release_request(proposed, officer))["approvals_missing"] == ["uscis_supervisor"]
    assert sent() == []


def test_database_itself_refuses_a_release_by_the_proposer(proposed, officer):
    proposed.state, proposed.decided_by = State.RELEASED, officer
    proposed.compared_excerpts = proposed.no_inference = True
    proposed.package = "0" * 32

    with pytest.raises(IntegrityError), transaction.atomic():
        proposed.save()


@pytest.mark.parametrize("who", ["colleague", "ero", "clerk"])
def test_who_has_no_part_in_it_gets_nothing(proposed, signed_in, protocol, sent, who):
    with pytest.raises(ReferralRefused):
        services.release(proposed, signed_in(who), **BOTH)

    assert sent() == []
    assert Referral.objects.get().state == State.PROPOSED


def test_supervisor_of_another_office_gets_nothing(proposed, supervisor, protocol):
    supervisor.office = "NBC"

    with pytest.raises(ReferralRefused, match="same office missing"):
        services.release(proposed, supervisor, **BOTH)


def test_session_without_a_second_factor_gets_nothing(proposed, supervisor, protocol):
    supervisor.session_mfa = False

    with pytest.raises(ReferralRefused, match="P8"):
        services.release(proposed, supervisor, **BOTH)


def test_officer_who_is_not_assigned_cannot_propose(case, signed_in):
    with pytest.raises(ReferralRefused, match="assigned missing"):
        services.propose(case, [subject(case)], signed_in("colleague"))


def test_without_a_protocol_in_force_nothing_is_sent(proposed, supervisor, sent):
    with pytest.raises(ReferralRefused, match="protocol in force missing"):
        services.release(proposed, supervisor, **BOTH)

    assert sent() == []


@pytest.mark.parametrize("answers", [{**BOTH, "no_inference": False}, {**BOTH, "compared_excerpts": False}])
def test_both_questions_must_be_answered(proposed, supervisor, protocol, answers, sent):
    with pytest.raises(UsageProblem, match="Both questions"):
        services.release(proposed, supervisor, **answers)

    assert sent() == []


def test_only_confirmed_people_are_referred(case, officer):
    with pytest.raises(UsageProblem, match="must be confirmed"):
        services.propose(case, [subject(case, "e2")], officer)
    for protected in ("e0", "e3", "e4"):
        with pytest.raises(UsageProblem, match="somebody who is alleged"):
            services.propose(case, [subject(case, protected)], officer)
    with pytest.raises(UsageProblem, match="at least one"):
        services.propose(case, [], officer)


def test_only_confirmed_values_leave(told_case, officer):
    case = told_case(confirmed=())
    rosa = subject(case)
    cases.confirm(rosa.value("role"), officer)
    cases.confirm(rosa.value("name"), officer)

    content = services.propose(case, [subject(case)], officer).content

    assert [value["text"] for value in content["subjects"][0]["values"]] == ["Rosa Delgado"]
    assert content["allegations"] == [] and content["excerpts"] == []


def test_one_proposal_waits_at_a_time(proposed, case, officer):
    with pytest.raises(ReferralRefused, match="waiting already"):
        services.propose(case, [subject(case)], officer)


def test_supplement_keeps_the_pseudonym_and_the_numbers_of_people(proposed, case, officer, supervisor, protocol):
    first = services.release(proposed, supervisor, **BOTH)
    for value in subject(case, "e2").current_values():
        cases.confirm(value, officer)

    second = services.propose(case, [subject(case), subject(case, "e2")], officer)

    assert second.content["lead"] == first.content["lead"]
    assert (first.version, second.version) == (1, 2)
    harmed = [[a["person"] for a in r.content["allegations"] if a["says"] == "harmed"] for r in (first, second)]
    assert harmed[0] == harmed[1] == ["Person 2"]


def test_sent_back_with_a_reason_and_proposed_again(proposed, case, officer, supervisor):
    with pytest.raises(UsageProblem, match="say what should be different"):
        services.send_back(proposed, supervisor, "  ")

    returned = services.send_back(proposed, supervisor, "Look at the second sentence.")

    assert (returned.state, returned.decision_reason) == (State.RETURNED, "Look at the second sentence.")
    assert services.propose(case, [subject(case)], officer).version == 2


def test_only_the_proposer_withdraws(proposed, officer, supervisor):
    with pytest.raises(ReferralRefused, match="Only who proposed"):
        services.withdraw(proposed, supervisor, "no longer")

    assert services.withdraw(proposed, officer, "no longer").state == State.WITHDRAWN


def test_what_was_decided_stays_decided(proposed, supervisor, officer, protocol):
    services.release(proposed, supervisor, **BOTH)

    for step in (
        lambda: services.release(proposed, supervisor, **BOTH),
        lambda: services.send_back(proposed, supervisor, "late"),
        lambda: services.withdraw(proposed, officer, "late"),
    ):
        with pytest.raises(ReferralRefused, match="decided already"):
            step()


def test_record_that_changed_since_must_be_proposed_anew(proposed, case, officer, supervisor, protocol, sent):
    cases.correct(subject(case).value("phone"), officer, "(832) 555-0199", "read again")

    with pytest.raises(ReferralRefused, match="has changed"):
        services.release(proposed, supervisor, **BOTH)

    assert sent() == []


def test_name_of_the_victim_in_a_confirmed_value_stops_the_release(case, officer, supervisor, protocol, sent):
    cases.add_value(subject(case), "description", "scar over the eyebrow, where MAYLÍN hit her", officer, "page 1")
    referral = services.propose(case, [subject(case)], officer)

    with pytest.raises(InspectionBlocked) as blocked:
        services.release(referral, supervisor, **BOTH)

    assert {(f.file, f.what, f.words) for f in blocked.value.findings} == {
        ("lead.json", "a name", "maylin"), ("report.pdf", "a name", "maylin"),
    }  # fmt: skip
    assert sent() == []
    assert Referral.objects.get().state == State.PROPOSED
    last = list(log.rows())[-1]
    assert last.event == "referral.blocked" and "aylin" not in last.detail.lower()


@pytest.mark.parametrize("event", ["referral.review", "referral.release", "referral.released"])
def test_what_cannot_be_logged_is_not_sent(proposed, supervisor, protocol, sent, event):
    connection = connections["audit"]
    if connection.vendor != "sqlite":
        pytest.skip("the log is made unwritable with a trigger of SQLite")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON audit_row WHEN NEW.event = '{event}' "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )

    with pytest.raises((AuditUnavailable, ReferralRefused)):
        services.release(proposed, supervisor, **BOTH)

    assert sent() == []
    assert Referral.objects.get().state == State.PROPOSED


def test_outbox_that_cannot_be_written_is_said_and_logged(proposed, supervisor, protocol):
    outbox.folder().parent.mkdir(parents=True, exist_ok=True)
    outbox.folder().write_text("")
    try:
        with pytest.raises(Exception, match="outbox cannot be written"):
            services.release(proposed, supervisor, **BOTH)
    finally:
        outbox.folder().unlink()

    assert Referral.objects.get().state == State.PROPOSED


def test_person_alleged_here_and_protected_elsewhere_needs_two_more(proposed, case, officer, supervisor, protocol):
    cases.add_value(subject(case), "also_victim", "yes", officer, "page 2")

    with pytest.raises(ReferralRefused, match="second approver, counsel missing"):
        services.release(proposed, supervisor, **BOTH)
