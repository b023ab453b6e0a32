"""Questions to the gate about somebody outside the system: a provider, HHS, another agency (8 U.S.C. 1367(b))."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from extract.errors import IntakeError, UsageProblem
from haven import gate
from haven.accounts.models import User
from haven.audit.errors import AuditUnavailable
from haven.cases import access, index
from haven.cases.models import Case, IndexEntry
from haven.duties import facts
from haven.duties.vocabulary import MAY
from haven.gate.logged import UNLOGGED

GIVEN = ("permit", "redact")
NO_CASE = "There is no such case."
"""Said alike of a case that does not exist and of one that the person may not know of."""

KNOWN_AS = {"ICE_HSI": ("sworn_officer", "victim_assistance_specialist")}
"""Employee type and role of a recipient inside the departments whom a consent can name (G9)."""

SEEN_TO = {"sole_purpose": True, "notice_attached": True, "safe_address_only": True}
"""How a consent lets data be given: for the one purpose, with the notice on top, at the safe address and no other."""


class Refused(IntakeError):
    """The gate, or a rule about who may do what, said no."""

    code = "refused"


@dataclass(frozen=True)
class Recipient:
    """Who would receive the data. ``name``: of the organisation, as a consent would call it."""

    component: str
    name: str
    employee_type: str = "not_applicable"
    role: str = "other"

    @property
    def id(self) -> str:
        """A keyed hash: the log must not tell which shelter a victim turned to."""
        mac = index.mac("name", self.name)
        if mac is None:
            raise UsageProblem("The recipient needs a name.")
        return f"organisation:{mac[:32]}"


def question(
    case: Case,
    recipient: Recipient,
    proposer: User,
    *,
    purpose: str,
    categories: Iterable[str],
    approvals: dict[str, User] | None = None,
    **stated: bool,
) -> dict[str, Any]:
    """The request for a disclosure of ``case`` to ``recipient``; every fact comes from the server's own records.

    ``stated``: what the calling part itself sees to (``notice_attached=True`` where it attaches the notice).
    """
    known = access.facts_of(case, proposer)
    mac = index.mac("name", recipient.name)
    alleged = IndexEntry.objects.filter(case=case, kind="name", mac=mac, person__subject__isnull=False)
    asked: dict[str, Any] = {
        "recipient_id": recipient.id,
        "proposer_id": str(proposer.pk),
        "component": recipient.component,
        "employee_type": recipient.employee_type,
        "role": recipient.role,
        "mfa": proposer.session_mfa,
        "purpose": purpose,
        "categories": sorted(set(categories)),
        "case_id": str(case.pk),
        "form": case.form,
        "protection": case.protection,
        "facts": {
            **{name: known[name] for name in ("minor_in_package", "dual_role", "dated_verification")},
            **stated,
            "subject_side_match": alleged.exists(),
        },
        "approvals": {name: str(user.pk) for name, user in (approvals or {}).items()},
    }
    facts.state(case, asked, recipient.name)
    return asked


def ask(request: dict[str, Any], *, event: str) -> dict[str, Any]:
    """The gate's logged answer. Raises ``AuditUnavailable`` where the log takes no row."""
    answer = gate.ask(request, event=event)
    if answer["ground"] == UNLOGGED:
        raise AuditUnavailable("The log cannot be written, so nothing is shown or changed.")
    return answer


def check(user: User, case: Case | None, categories: Iterable[str], *, event: str) -> Case:
    """The case, if ``user`` may see these categories of it (G1). Raises ``Refused``, for no case in the same words."""
    wanted = set(categories)
    answer = ask(access.request_for(user, purpose="adjudicate", categories=wanted, case=case), event=event)
    if case is None or answer["decision"] not in GIVEN or not wanted <= set(answer["allowed"]):
        raise Refused(NO_CASE)
    return case


def case_for(user: User, number: str, categories: Iterable[str], *, event: str) -> Case:
    """The case of that number, once the gate has said yes."""
    return check(user, Case.objects.filter(number=number.strip().upper()).first(), categories, event=event)


def check_role(user: User, duty: str) -> None:
    """Raises ``Refused`` where ``MAY`` does not name the role for this duty."""
    if user.component != "USCIS" or user.role not in MAY[duty]:
        roles = ", ".join(role.replace("_", " ") for role in MAY[duty])
        raise Refused(f"This is for: {roles}.")


def check_oversight(user: User, *, event: str) -> None:
    """``user`` may see the accounts of duties (U6). Raises ``Refused``."""
    answer = ask(access.request_for(user, purpose="privacy_oversight", categories=["K11"]), event=event)
    if answer["decision"] not in GIVEN:
        raise Refused("This is for privacy officers.")
