"""Incidents: the clock, who was told, what closes one, and the alerts of the gate that are incidents by themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases import access, services
from haven.duties import incidents
from haven.duties.asking import Refused
from haven.duties.models import Incident
from haven.duties.vocabulary import IncidentKind, Office
from haven.gate.engine import installed

pytestmark = pytest.mark.django_db(databases="__all__")


def ago(**time: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(**time)


def test_the_clock_runs_from_when_it_was_found(officer):
    found = ago(hours=3)

    incident = incidents.record("lost", officer, "a folder on a train", categories=["K4", "K3"], found=found)

    assert incident.due == found + dt.timedelta(hours=incidents.asks()["lost"].hours)
    assert incident.categories == ["K3", "K4"]
    assert not incidents.overdue(incident)


def test_it_closes_once_the_office_of_the_table_was_told(officer, signed_in):
    privacy = signed_in("privacy")
    incident = incidents.record("unauthorized_release", officer, "sent to the wrong fax")
    incidents.tell(incident, officer, "supervisor")
    with pytest.raises(UsageProblem, match="until the Chief Privacy Officer was told"):
        incidents.close(incident, privacy, "recalled")

    incidents.tell(incident, privacy, "chief_privacy_officer")
    incidents.note(incident, privacy, "the fax was shredded")
    incidents.close(incident, privacy, "recalled and shredded")

    again = Incident.objects.get()
    assert again.closed
    assert [step.kind for step in again.steps.all()] == ["told", "told", "note", "closed"]
    with pytest.raises(Refused, match="is closed"):
        incidents.note(again, privacy, "one more thing")


def test_told_too_late_stays_late(officer):
    incident = incidents.record("lost", officer, "a stick", found=ago(hours=30))
    assert incidents.overdue(incident)

    incidents.tell(incident, officer, "chief_privacy_officer", at=ago(hours=1))

    assert incidents.overdue(Incident.objects.get())


@pytest.mark.parametrize("name", ["officer", "clerk", "supervisor"])
def test_only_a_privacy_officer_closes(signed_in, name):
    incident = incidents.record("lost", signed_in("clerk"), "a stick")
    incidents.tell(incident, signed_in("clerk"), "chief_privacy_officer")

    with pytest.raises(Refused):
        incidents.close(incident, signed_in(name), "found again")


def test_a_colleague_cannot_say_who_was_told(officer, signed_in):
    incident = incidents.record("lost", officer, "a stick")

    with pytest.raises(Refused):
        incidents.tell(incident, signed_in("colleague"), "chief_privacy_officer")


@pytest.mark.parametrize(
    ("kind", "words", "more", "says"),
    [
        ("burglary", "x", {}, "kind of an incident"),
        ("lost", " ", {}, "what happened"),
        ("lost", "x", {"categories": ["K99"]}, "no category"),
        ("lost", "x", {"found": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)}, "future"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(officer, kind, words, more, says):
    with pytest.raises(UsageProblem, match=says):
        incidents.record(kind, officer, words, **more)


def test_every_kind_has_its_line_in_the_table_and_every_line_an_office():
    assert set(incidents.asks()) == set(IncidentKind.values)
    assert {one.tell for one in incidents.asks().values()} <= set(Office.values)
    assert all(one.ground and one.basis in ("L", "D") and one.hours > 0 for one in incidents.asks().values())


def test_every_alert_of_the_gate_is_a_kind_of_incident():
    alerts = {word for rule in installed().rules.rules for word in rule.words("alert")}

    assert alerts == set(incidents.OF_ALERT)


def test_a_question_from_the_side_of_the_alleged_becomes_an_incident_once(case, signed_in):
    services.add_value(case.persons.get(entity="e1"), "alias", "M. Tanaka", signed_in("officer"), "said on page 2")
    for _ in range(3):
        access.ask(signed_in("agent"), purpose="status_check", categories=["K5"], case=case, event="case.view")

    assert incidents.take_over_alerts() == 1
    assert incidents.take_over_alerts() == 0
    incident = Incident.objects.get()
    assert (incident.kind, incident.case, incident.by) == ("subject_side_request", case, None)
    assert incident.found <= timezone.now()
    assert AuditRow.objects.using("audit").get(sequence=incident.log_row).event == "case.view"


def test_an_alert_after_it_was_closed_is_a_new_incident(case, signed_in):
    services.add_value(case.persons.get(entity="e1"), "alias", "M. Tanaka", signed_in("officer"), "said on page 2")
    asked = {"purpose": "status_check", "categories": ["K5"], "case": case, "event": "case.view"}
    access.ask(signed_in("agent"), **asked)
    incidents.take_over_alerts()
    incidents.tell(Incident.objects.get(), signed_in("supervisor"), "supervisor")
    incidents.close(Incident.objects.get(), signed_in("privacy"), "a namesake; account renamed")

    access.ask(signed_in("agent"), **asked)

    assert incidents.take_over_alerts() == 1


def test_alerts_of_an_open_incident_are_no_new_one_when_it_is_closed(case, signed_in):
    services.add_value(case.persons.get(entity="e1"), "alias", "M. Tanaka", signed_in("officer"), "said on page 2")
    for _ in range(3):
        access.ask(signed_in("agent"), purpose="status_check", categories=["K5"], case=case, event="case.view")
    incidents.take_over_alerts()
    incidents.tell(Incident.objects.get(), signed_in("supervisor"), "supervisor")
    incidents.close(Incident.objects.get(), signed_in("privacy"), "a namesake; account renamed")

    assert incidents.take_over_alerts() == 0


def test_the_log_has_each_step_and_no_words(case, officer):
    incident = incidents.record("lost", officer, "Maylin's folder", categories=["K3"], case=case)
    incidents.tell(incident, officer, "chief_privacy_officer", words="by telephone to Anne")

    rows = list(AuditRow.objects.using("audit").filter(event__startswith="incident."))
    assert [(row.event, row.subject) for row in rows] == [
        ("incident.recorded", str(case.pk)),
        ("incident.told", str(case.pk)),
    ]
    assert not any(word in row.detail for row in rows for word in ("Maylin", "Anne", "telephone"))
