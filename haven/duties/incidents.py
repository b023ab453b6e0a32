"""Incidents: recorded when found, told to the office that the table names before the clock runs out, then closed (R5).

Alerts of the gate are incidents too: they are taken over from the log, each row once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.utils import timezone

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.audit import log
from haven.audit.models import AuditRow
from haven.cases.models import Case
from haven.duties import asking
from haven.duties.asking import Refused
from haven.duties.models import Incident, IncidentStep
from haven.duties.vocabulary import CATEGORIES, IncidentKind, Office, Step

SYSTEM = "system:duties"
OF_ALERT = {
    "subject_side_request": IncidentKind.SUBJECT_SIDE_REQUEST,
    "minor_notice_after_24_hours": IncidentKind.LATE_HHS_NOTICE,
}
"""Alert of a gate rule to the kind of incident that it is."""


@dataclass(frozen=True)
class Asks:
    """What a kind of incident asks for: ``tell`` an office within ``hours``."""

    tell: str
    hours: int
    ground: str
    basis: str


@cache
def asks() -> dict[str, Asks]:
    """The table of ``incidents.yaml``."""
    table = yaml.safe_load(Path(__file__).with_name("incidents.yaml").read_text(encoding="utf-8"))
    return {kind: Asks(**row) for kind, row in table.items()}


def record(
    kind: str,
    by: User,
    words: str,
    *,
    categories: Iterable[str] = (),
    case: Case | None = None,
    found: dt.datetime | None = None,
) -> Incident:
    """Anybody who works with the system may say that something went wrong. The clock runs from when it was found."""
    if kind not in IncidentKind.values:
        raise UsageProblem(f"The kind of an incident is one of: {', '.join(IncidentKind.values)}.")
    touched = sorted(set(categories))
    if strange := set(touched) - {*CATEGORIES, "K8", "K10", "K11"}:
        raise UsageProblem(f"There is no category {min(strange)}; the gate's table names them.")
    if not words.strip():
        raise UsageProblem("Say in words what happened.")
    now = timezone.now()
    if (found or now) > now:
        raise UsageProblem("An incident cannot be found in the future.")
    with transaction.atomic():
        return _create(kind, found or now, by=by, words=words.strip(), categories=touched, case=case)


def take_over_alerts() -> int:
    """Make an incident of each alert in the log that is none yet; returns how many were made.

    Alerts that came while one of the same kind and case was open belong to that one, also once it is closed.
    """
    last = Incident.objects.filter(log_row__isnull=False).order_by("-log_row").first()
    rows = AuditRow.objects.using(log.DATABASE).filter(detail__contains='"alerts":')
    if last is not None:
        rows = rows.filter(sequence__gt=last.log_row)
    made = 0
    for row in rows.order_by("sequence"):
        detail = json.loads(row.detail)
        for alert in detail["alerts"]:
            made += _of_alert(row, OF_ALERT[alert], detail.get("asked", []))
    return made


def tell(incident: Incident, by: User, office: str, *, at: dt.datetime | None = None, words: str = "") -> IncidentStep:
    """That an office was told, and when. Who reported the incident may say so, a supervisor, a privacy officer."""
    if office not in Office.values:
        raise UsageProblem(f"The office is one of: {', '.join(Office.values)}.")
    if incident.by_id != by.pk:
        asking.check_role(by, "tell")
    happened = at or timezone.now()
    if happened > timezone.now():
        raise UsageProblem("Nobody was told in the future.")
    return _step(incident, Step.TOLD, by, office=office, happened=happened, words=words)


def note(incident: Incident, by: User, words: str) -> IncidentStep:
    if not words.strip():
        raise UsageProblem("The note is empty.")
    asking.check_role(by, "tell")
    return _step(incident, Step.NOTE, by, words=words)


def close(incident: Incident, by: User, words: str) -> IncidentStep:
    """Closed by a privacy officer, with what was done, once the office of the table was told."""
    asking.check_role(by, "close_incident")
    must = asks()[incident.kind].tell
    if incident.told(must) is None:
        raise UsageProblem(f"It stays open until the {Office(must).label} was told.")
    if not words.strip():
        raise UsageProblem("Say what was done.")
    return _step(incident, Step.CLOSED, by, words=words)


def overdue(incident: Incident) -> bool:
    """The office was not told, or not in time."""
    told = incident.told(asks()[incident.kind].tell)
    return (told.happened if told else timezone.now()) > incident.due


def _create(kind: Any, found: dt.datetime, *, by: User | None, **more: object) -> Incident:
    due = found + dt.timedelta(hours=asks()[kind].hours)
    incident = Incident.objects.create(kind=kind, found=found, due=due, by=by, **more)
    detail = {"incident": str(incident.pk), "kind": kind, "categories": incident.categories}
    log.append(
        "incident.recorded",
        actor=str(by.pk) if by else SYSTEM,
        subject=str(incident.case_id or ""),
        detail=detail,
    )
    return incident


def _of_alert(row: AuditRow, kind: Any, asked: list[str]) -> int:
    case = Case.objects.filter(pk=row.subject).first() if _is_id(row.subject) else None
    found = dt.datetime.fromisoformat(row.at)
    over = IncidentStep.objects.filter(kind=Step.CLOSED, at__lt=found)
    if Incident.objects.filter(kind=kind, case=case).exclude(pk__in=over.values("incident")).exists():
        return 0
    try:
        with transaction.atomic():
            _create(kind, found, by=None, case=case, categories=asked, log_row=row.sequence)
    except IntegrityError:
        return 0  # somebody who asked at the same moment took it over
    return 1


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _step(incident: Incident, kind: Any, by: User, **more: object) -> IncidentStep:
    with transaction.atomic():
        Incident.objects.select_for_update().get(pk=incident.pk)
        if incident.steps.filter(kind=Step.CLOSED).exists():
            raise Refused("This incident is closed; record another one.")
        step = IncidentStep.objects.create(incident=incident, kind=kind, by=by, **more)
        detail = {"incident": str(incident.pk), "kind": kind, "to": step.office}
        log.append(
            f"incident.{kind}",
            actor=str(by.pk),
            subject=str(incident.case_id or ""),
            detail={name: value for name, value in detail.items() if value},
        )
    return step
