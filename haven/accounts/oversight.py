"""Requests of the Inspector General: the server's own record behind the gate's fact ``oig_request`` (G16)."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils import timezone

from extract.errors import IntakeError, UsageProblem
from haven.accounts.models import OigRequest, User
from haven.accounts.vocabulary import Component, Role
from haven.audit import log

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")


class NotForYou(IntakeError):
    """Somebody else's duty."""

    code = "not_for_you"


def record(auditor: User, reference: str, starts: dt.date, ends: dt.date, by: User) -> OigRequest:
    """The Inspector General asked, in writing, that ``auditor`` sees the log. A privacy officer records it.

    ``reference``: of the letter, capitals, digits and hyphens. ``ends``: last day. Raises ``UsageProblem`` and
    ``NotForYou``.
    """
    _check_privacy_officer(by)
    if auditor.component != Component.DHS_OIG or auditor.role != Role.AUDITOR:
        raise UsageProblem("A request of the Inspector General names an auditor of DHS OIG.")
    if not REFERENCE.fullmatch(reference):
        raise UsageProblem("The reference of a request is written in capitals, digits and hyphens, like OIG-26-014.")
    if ends < starts:
        raise UsageProblem("A request ends after it starts.")
    with transaction.atomic():
        request = OigRequest.objects.create(
            auditor=auditor, reference=reference, starts=starts, ends=ends, recorded_by=by
        )
        _log("oig_request.recorded", request, by)
    return request


def withdraw(request: OigRequest, by: User) -> None:
    """The request no longer counts, from now on. Once withdrawn it stays so."""
    _check_privacy_officer(by)
    with transaction.atomic():
        open_ = OigRequest.objects.filter(pk=request.pk, withdrawn__isnull=True)
        if not open_.update(withdrawn=timezone.now(), withdrawn_by=by):
            raise UsageProblem("This request was withdrawn already.")
        _log("oig_request.withdrawn", request, by)


def in_force(user: User) -> bool:
    """The gate's fact ``oig_request`` for whoever asks, today."""
    today = timezone.now().date()
    standing = OigRequest.objects.filter(auditor=user, withdrawn__isnull=True)
    return standing.filter(starts__lte=today, ends__gte=today).exists()


def _check_privacy_officer(by: User) -> None:
    if by.component != Component.USCIS or by.role != Role.PRIVACY_OFFICER or not by.session_mfa:
        raise NotForYou("Requests of the Inspector General are recorded by a privacy officer of USCIS.")


def _log(event: str, request: OigRequest, by: User) -> None:
    log.append(event, actor=str(by.pk), detail={"request": str(request.pk), "recipient": str(request.auditor_id)})
