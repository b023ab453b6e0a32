"""Facts of the gate that come from consents, waivers and the clock of HHS, and from nothing else.

A paper counts where it is signed, has not expired, was not revoked, and covers the purpose, the recipient and every
category that is asked. One that does not is as good as none (fail closed).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from haven import crypto
from haven.cases import access, index
from haven.cases.models import Case, MinorNotice, Person, Value
from haven.cases.vocabulary import ValueState
from haven.duties.models import Consent
from haven.duties.vocabulary import CONSENT_PURPOSES, WAIVER_PURPOSE, ConsentKind

OF_PAPERS = (
    "consent_written",
    "consent_current",
    "provider_expertise",
    "all_adults",
    "all_waived",
    "no_duress",
    "hours_since_discovery",
)
"""Facts that these records alone can state; what anybody else says of them is left out of the question."""


def state(case: Case, question: dict[str, Any], recipient: str) -> None:
    """Put into ``question`` what the records say about this recipient, purpose and these categories.

    ``recipient``: the name by which a paper would call who is to see the data.
    """
    facts = {name: value for name, value in question.get("facts", {}).items() if name not in OF_PAPERS}
    for name in (*OF_PAPERS, "waiver_categories"):
        question.pop(name, None)
    purpose = question["purpose"]
    scopes: dict[str, list[str]] = {}
    if purpose in CONSENT_PURPOSES:
        facts |= _consent(case, question, recipient)
    elif purpose == WAIVER_PURPOSE:
        waived, scope = _waiver(case, question, recipient)
        facts |= waived
        scopes = {"waiver_categories": scope}
    elif purpose == "minor_notice" and (hours := hours_since_discovery(case)) is not None:
        facts["hours_since_discovery"] = hours
    question["facts"] = facts
    kept = {name: value for name, value in question.pop("scopes", {}).items() if name != "waiver_categories"}
    if kept or scopes:
        question["scopes"] = {**kept, **scopes}


def standing(case: Case, kind: Any, *, on: dt.date | None = None) -> QuerySet[Consent]:
    """Papers of the case that are signed, not expired, not revoked and not disposed of."""
    day = on or timezone.now().date()
    papers = Consent.objects.filter(case=case, kind=kind, signed__lte=day, expires__gte=day, revocation__isnull=True)
    return papers.exclude(data_key=crypto.SHREDDED)


def hours_since_discovery(case: Case) -> float | None:
    """Of the longest known minor whose notice is open; None without one."""
    waiting = MinorNotice.objects.filter(case=case, sent__isnull=True, ruled_out__isnull=True).order_by("discovered")
    first = waiting.first()
    return None if first is None else (timezone.now() - first.discovered).total_seconds() / 3600


def battered_individuals(case: Case) -> list[Person]:
    """All of whom 8 U.S.C. 1367(b)(4) asks a waiver: applicant and victims, and whoever could still be one."""
    out = Value.objects.current().filter(case=case, field="role", state=ValueState.REJECTED).values("person")
    people = case.persons.filter(type="person").exclude(pk__in=out)
    return [
        person
        for person in people.select_related("subject", "protected", "bystander")
        if person.role in ("applicant", "victim") or "victim" in person.doubt
    ]


def _consent(case: Case, question: dict[str, Any], recipient: str) -> dict[str, bool]:
    papers = _covering(standing(case, ConsentKind.CONSENT), question, recipient)
    return {
        "consent_written": bool(papers),
        "consent_current": bool(papers),
        "provider_expertise": any(paper.provider_expertise for paper in papers),
    }


def _waiver(case: Case, question: dict[str, Any], recipient: str) -> tuple[dict[str, bool], list[str]]:
    """Facts, and the categories that everybody waived. Each person's newest covering paper speaks for them."""
    papers = {p.person_id: p for p in _covering(standing(case, ConsentKind.WAIVER), question, recipient)}
    people = battered_individuals(case)
    minors = set(access.minors_of(case).values_list("person", flat=True))
    theirs = [papers[person.pk] for person in people if person.pk in papers]
    everybody = bool(people) and len(theirs) == len(people)
    facts = {
        "all_waived": everybody,
        "consent_written": everybody,
        "all_adults": everybody and all(paper.adult and paper.person_id not in minors for paper in theirs),
        "no_duress": everybody and all(paper.no_duress for paper in theirs),
    }
    if not everybody:
        return facts, []
    return facts, sorted(set.intersection(*(set(paper.categories) for paper in theirs)))


def _covering(papers: Iterable[Consent], question: dict[str, Any], recipient: str) -> list[Consent]:
    mac = index.mac("name", recipient)
    asked = set(question["categories"])
    return [
        paper
        for paper in papers
        if paper.purpose == question["purpose"]
        and paper.component == question["component"]
        and paper.recipient_mac == mac
        and asked <= set(paper.categories)
    ]
