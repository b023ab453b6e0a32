"""What an officer adds from the page: somebody whom the machine did not find, or something it did not read.

A value that an officer enters carries the officer and the reason (contract 3); the page stands in the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.cases import services
from haven.cases.models import Case, Person
from haven.cases.vocabulary import GROUP_OF_ROLE
from haven.review import words
from haven.review.case_page import CasePage

ROLES = tuple(role for role in words.ROLES if role != "applicant")
"""Whose case it is does not change; everybody else can be added."""
FIELDS = tuple(field for field in words.ATTRIBUTES if field not in ("role", "also_victim"))


def choices(shown: CasePage) -> dict[str, Any]:
    """What the dialog offers."""
    return {
        "people": [{"id": p.pk, "title": shown.record.title_of[p.pk]} for p in shown.people if not p.dismissed],
        "roles": [
            {"role": role, "words": words.ROLES[role], "group": words.GROUPS[str(GROUP_OF_ROLE[role])][0]}
            for role in ROLES
        ],
        "fields": [{"field": field, "words": words.ATTRIBUTES[field]} for field in FIELDS],
    }


def reason_of(given: Mapping[str, str], pages: int) -> str:
    """``page 3: second paragraph``; without a page, the reason alone. Raises ``UsageProblem``."""
    reason, page = given.get("reason", "").strip(), given.get("page", "").strip()
    if not reason:
        raise UsageProblem("What an officer adds needs a reason: where it comes from.")
    if not page:
        return reason
    if not page.isdecimal() or len(page) > 6 or not 1 <= int(page) <= pages:
        raise UsageProblem(f"The case has the pages 1 to {pages}." if pages else "The case has no pages.")
    return f"page {int(page)}: {reason}"


def add_person(case: Case, given: Mapping[str, str], user: User, reason: str) -> str:
    """Adds somebody to the case; what was done, in words."""
    role = given.get("role", "")
    if role not in ROLES:
        raise UsageProblem("Say what this person is in the case.")
    kind = "org" if given.get("organisation") else "person"
    services.add_person(case, role, given.get("name", ""), user, reason, type=kind)
    return f"Added: {words.ROLES[role]}."


def add_value(person: Person, given: Mapping[str, str], user: User, reason: str) -> str:
    field = given.get("field", "")
    if field not in FIELDS:
        raise UsageProblem("Say what is known of this person: name, phone, address…")
    services.add_value(person, field, given.get("text", ""), user, reason)
    return f"{words.ATTRIBUTES[field]} added."
