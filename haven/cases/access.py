"""Questions to the gate with facts from the server's own records, never from the user (decision 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from haven import gate
from haven.accounts.models import User
from haven.cases import index
from haven.cases.models import (
    Assignment,
    BreakGlass,
    Case,
    IndexEntry,
    MinorNotice,
    ProtectedPerson,
    Subject,
    Value,
)
from haven.cases.vocabulary import Protection, ValueState

CASE_DATA = frozenset({"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K9", "K10", "K12"})

STATED_BY: list[Callable[[Case, dict[str, Any], str], None]] = []
"""Parts of the server whose own records state facts of a question (``haven.duties``). Each is given the case, the
question and the name of the recipient; facts that are theirs cannot be stated by any other part."""


def request_for(
    user: User, *, purpose: str, categories: Iterable[str], case: Case | None = None, **facts: Any
) -> dict[str, Any]:
    """A request of the gate's form for what ``user`` is about to see.

    ``facts``: further facts that the calling part of the server has established (``proposed=True``).
    """
    request: dict[str, Any] = {
        "recipient_id": str(user.pk),
        "proposer_id": str(user.pk),
        "component": user.component,
        "employee_type": user.employee_type,
        "role": user.role,
        "mfa": user.session_mfa,
        "purpose": purpose,
        "categories": sorted(set(categories)),
    }
    if case is not None:
        request |= {"case_id": str(case.pk), "form": case.form, "protection": case.protection}
        request["facts"] = {**facts_of(case, user), **facts}
        for state in STATED_BY:
            state(case, request, user.display_name)
    elif facts:
        request["facts"] = facts
    return request


def ask(
    user: User, *, purpose: str, categories: Iterable[str], case: Case | None = None, event: str, **facts: Any
) -> dict[str, Any]:
    """The gate's answer, logged before it is given; on any error a deny."""
    return gate.ask(request_for(user, purpose=purpose, categories=categories, case=case, **facts), event=event)


def facts_of(case: Case, user: User) -> dict[str, bool]:
    """What the server's records say about this user and this case."""
    final = case.protection in (Protection.DENIED_FINAL, Protection.NATURALIZED)
    return {
        "assigned": case.assignments.filter(officer=user, until__isnull=True).exists(),
        "same_office": bool(user.office) and user.office == case.office,
        "break_glass": BreakGlass.objects.filter(case=case, officer=user, until__gt=timezone.now()).exists(),
        "confirmed_record": _has_confirmed_subject(case),
        "minor_in_package": minors_of(case).exists(),
        "dual_role": _is_protected_elsewhere(case),
        "dated_verification": final and case.protection_verified is not None,
        "subject_side_match": _is_alleged(case, user),
    }


def cases_open_to(user: User) -> QuerySet[Case]:
    """Cases that G1 could give the user: assigned, or opened by break-glass.

    A search fetches nothing else of anybody protected, so that neither its time nor its length tells of them.
    """
    assigned = Assignment.objects.filter(officer=user, until__isnull=True)
    opened = BreakGlass.objects.filter(officer=user, until__gt=timezone.now())
    return Case.objects.filter(Q(pk__in=assigned.values("case")) | Q(pk__in=opened.values("case")))


def minors_of(case: Case) -> Any:
    """Applicants and possible victims under 18 whom no officer found to be of age."""
    ruled_out = MinorNotice.objects.filter(person=OuterRef("person"), ruled_out__isnull=False)
    return ProtectedPerson.objects.filter(person__case=case, minor=True).exclude(Exists(ruled_out))


def _has_confirmed_subject(case: Case) -> bool:
    standing = (ValueState.CONFIRMED, ValueState.CORRECTED)
    roles = Value.objects.current().filter(case=case, field="role", state__in=standing)
    return roles.filter(person__subject__isnull=False).exists()


def _is_alleged(case: Case, user: User) -> bool:
    """P3: the one who asks has the name of somebody alleged in this case."""
    mac = index.mac("name", user.display_name)
    entries = IndexEntry.objects.filter(case=case, kind="name", mac=mac, person__subject__isnull=False)
    return mac is not None and entries.exists()


def _is_protected_elsewhere(case: Case) -> bool:
    """P6: somebody alleged here is a victim here too, or has the number of somebody protected in any case."""
    alleged = Subject.objects.filter(person__case=case)
    also_victim = Value.objects.current().filter(case=case, field="also_victim", person__in=alleged.values("person"))
    if also_victim.exclude(state=ValueState.REJECTED).exists():
        return True
    numbers = IndexEntry.objects.filter(case=case, kind__in=("a_number", "ssn"), person__subject__isnull=False).values(
        "mac"
    )
    return IndexEntry.objects.filter(
        kind__in=("a_number", "ssn"), mac__in=numbers, person__protected__isnull=False
    ).exists()
