"""Consents and waivers: recorded from the signed paper, taken back at any time; the gate reads nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.accounts.vocabulary import Component
from haven.audit import log
from haven.cases import index
from haven.cases.ages import ADULT, latest_birth, years_between
from haven.cases.models import Person
from haven.cases.vocabulary import ValueState
from haven.duties import asking
from haven.duties.models import Consent, Revocation
from haven.duties.vocabulary import CATEGORIES, CONSENT_PURPOSES, WAIVER_PURPOSE, ConsentKind


def record(
    kind: str,
    person: Person,
    by: User,
    *,
    purpose: str,
    categories: Iterable[str],
    component: str,
    recipient: str,
    signed: dt.date,
    expires: dt.date,
    paper: str,
    adult: bool = False,
    no_duress: bool = False,
    provider_expertise: bool = False,
) -> Consent:
    """What a protected person signed. Raises ``UsageProblem`` for a paper that could never count."""
    asking.check_role(by, "consent")
    consent = Consent(
        kind=kind,
        case_id=person.case_id,
        person=person,
        by=by,
        purpose=purpose,
        categories=sorted(set(categories)),
        component=component,
        recipient=recipient.strip(),
        recipient_mac=index.mac("name", recipient) or "",
        signed=signed,
        expires=expires,
        paper=paper.strip(),
        adult=adult,
        no_duress=no_duress,
        provider_expertise=provider_expertise,
    )
    _check(consent)
    with transaction.atomic():
        consent.save()
        detail = {"purpose": purpose, "categories": consent.categories, "component": component}
        _log("consent.recorded", consent, by, detail)
    return consent


def revoke(consent: Consent, by: User, reason: str = "") -> Revocation:
    """The person took it back. No reason is asked of them; from now on the gate denies what rested on it."""
    asking.check_role(by, "consent")
    try:
        with transaction.atomic():
            revocation = Revocation.objects.create(consent=consent, by=by, reason=reason.strip())
            _log("consent.revoked", consent, by, {})
    except IntegrityError:
        raise UsageProblem("This was revoked already.") from None
    return revocation


def state_of(consent: Consent, *, on: dt.date | None = None) -> str:
    """``valid``, ``revoked``, ``expired`` or ``not yet signed``."""
    day = on or timezone.now().date()
    if hasattr(consent, "revocation"):
        return "revoked"
    if day > consent.expires:
        return "expired"
    return "valid" if consent.signed <= day else "not yet signed"


def _check(consent: Consent) -> None:
    """Raises ``UsageProblem`` for what is missing or could never count."""
    if consent.kind not in ConsentKind.values:
        raise UsageProblem("A paper is a consent or a waiver.")
    if consent.person.group != "protected":
        raise UsageProblem("Only a protected person can consent or waive.")
    fitting = (WAIVER_PURPOSE,) if consent.kind == ConsentKind.WAIVER else CONSENT_PURPOSES
    if consent.purpose not in fitting:
        raise UsageProblem(f"The purpose of a {consent.kind} is: {' or '.join(fitting)}.")
    if not consent.categories or set(consent.categories) - {*CATEGORIES}:
        raise UsageProblem(f"Name the categories it covers, out of: {', '.join(CATEGORIES)}.")
    if consent.component not in Component.values:
        raise UsageProblem("The component of the recipient is none of the gate's table.")
    if not consent.recipient_mac:
        raise UsageProblem("Name who may receive the data: a paper for everybody is none.")
    if consent.signed > timezone.now().date():
        raise UsageProblem("It counts from the day it is signed; record it then.")
    if consent.expires < consent.signed:
        raise UsageProblem("It ends after it is signed.")
    if not consent.paper:
        raise UsageProblem("Say where the signed paper is: without one there is no consent.")
    if consent.adult and _is_read_as_minor(consent.person, consent.signed):
        raise UsageProblem("The record says that this person was under 18 when it was signed; correct that first.")


def _is_read_as_minor(person: Person, on: dt.date) -> bool:
    values: list[Any] = [v for v in person.current_values() if v.field == "dob" and v.state != ValueState.REJECTED]
    births = [born for v in values if (born := latest_birth(v.normal or v.text))]
    return any(years_between(born, on) < ADULT for born in births) or person.protected.minor


def _log(event: str, consent: Consent, by: User, detail: dict[str, Any]) -> None:
    common = {"consent": str(consent.pk), "kind": consent.kind, "person": str(consent.person_id)}
    log.append(event, actor=str(by.pk), subject=str(consent.case_id), detail={**common, **detail})
