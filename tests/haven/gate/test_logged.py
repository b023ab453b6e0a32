"""``haven.gate.ask``: the row of the log is there before the answer, and without it the answer is no."""

from __future__ import annotations

import json

import pytest
from django.db import connections

from haven import gate
from haven.audit import log
from haven.gate.engine import decide
from tests.haven.gate.oracle import expected
from tests.haven.gate.requests import requests
from tests.haven.gate.test_rows import LEAD, OFFICER

pytestmark = pytest.mark.django_db(databases="__all__")


def last_row():
    return list(log.rows())[-1]


def test_question_answer_and_reason_are_logged():
    answer = gate.ask(LEAD, event="referral.release")

    row, detail = last_row(), json.loads(last_row().detail)
    assert answer == decide(LEAD)
    assert (row.event, row.actor, row.subject) == ("referral.release", "officer", "case")
    assert detail["recipient"] == "agent"
    assert (detail["decision"], detail["rules"], detail["allowed"]) == ("permit", ["G6"], ["K1", "K2"])
    assert detail["approvals"] == {"uscis_supervisor": "supervisor"}
    assert detail["policy"] == answer["policy"]


def test_denials_are_logged_with_what_was_missing():
    gate.ask({**LEAD, "facts": {}, "approvals": {}}, event="referral.release")

    detail = json.loads(last_row().detail)
    assert (detail["decision"], detail["rules"]) == ("deny", ["G6"])
    assert detail["missing"] == ["confirmed_record", "marked", "notice_attached", "protocol_in_force"]


def test_what_a_person_typed_is_not_logged():
    typed = {**OFFICER, "purpose": "because Maylin said so", "note": "Maylin", "facts": {"maylin_ramos": True}}

    answer = gate.ask(typed, event="case.view")

    assert answer["decision"] == "deny"
    assert "aylin" not in last_row().detail
    assert json.loads(last_row().detail)["missing"] == ["purpose", "unknown", "unknown"]


@pytest.mark.parametrize("case_id", ["Maylin Ramos", "A204338917", ["c1"], "x" * 500])
def test_id_that_is_none_cannot_be_logged_and_gets_nothing(case_id):
    before = len(list(log.rows()))
    answer = gate.ask({**OFFICER, "case_id": case_id}, event="case.view")

    assert (answer["decision"], answer["allowed"]) == ("deny", [])
    assert len(list(log.rows())) - before in (0, 1)


def test_without_a_log_nothing_is_permitted():
    with connections["audit"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_row RENAME TO away")

    answer = gate.ask(OFFICER, event="case.view")

    assert (answer["decision"], answer["rules"], answer["allowed"]) == ("deny", ["DEFAULT"], [])
    assert "log could not be written" in answer["ground"]


def test_every_answer_of_the_table_can_be_logged():
    for request in requests(300, seed=5):
        assert gate.ask(request, event="test.question")["decision"] == expected(request)["decision"]
        assert json.loads(last_row().detail)["decision"] == expected(request)["decision"]
