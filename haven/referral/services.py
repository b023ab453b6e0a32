"""What officers do with referrals. The gate decides each step, and each step is a row of the log before it happens.

Every function raises ``ReferralRefused`` or ``UsageProblem`` with one sentence for the officer, and
``haven.audit.log.AuditUnavailable`` where the log cannot be written: then nothing was changed and nothing was sent.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from extract.errors import OutputFailed, UsageProblem
from haven import gate
from haven.accounts.models import User
from haven.audit import log
from haven.cases import access
from haven.cases.models import Case, Person
from haven.gate import engine
from haven.referral import inspection, outbox, package, texts
from haven.referral.content import Draft, check_confirmed, draft
from haven.referral.errors import InspectionBlocked, ReferralRefused
from haven.referral.inspection import Inspection
from haven.referral.models import Lead, Protocol, Referral, State

RECIPIENT = "ice-hsi-ccht"
"""The queue of the Center for Countering Human Trafficking inside HSI (6 U.S.C. 242a), as the gate's recipient."""

PROPOSAL_DATA = ("K1", "K2", "K3", "K4")
REVIEW_DATA = ("K1", "K2", "K3", "K4", "K12")
OUTGOING_DATA = ("K1", "K2", "K12")


def preview(case: Case, subjects: Iterable[Person], user: User) -> Draft:
    """What a proposal would send, what it would keep back. Nothing is stored but the names Person 1, Person 2…"""
    _ask(user, "propose_referral", PROPOSAL_DATA, case, "referral.preview")
    with transaction.atomic():
        lead, _ = Lead.objects.get_or_create(case=case)
        return _draft(case, list(subjects), lead)


def propose(case: Case, subjects: Iterable[Person], user: User, reason: str = "") -> Referral:
    """Freezes what would leave and puts it before a supervisor. Only confirmed subjects and values are in it."""
    chosen = list(subjects)
    check_confirmed(case, chosen)
    _ask(user, "propose_referral", PROPOSAL_DATA, case, "referral.propose")
    try:
        with transaction.atomic():
            lead, _ = Lead.objects.get_or_create(case=case)
            made = _draft(case, chosen, lead)
            referral = Referral.objects.create(
                serial=(Referral.objects.aggregate(last=Max("serial"))["last"] or 0) + 1,
                lead=lead,
                version=made.content["version"],
                case=case,
                content=made.content,
                excerpts=made.excerpts,
                proposer=user,
                reason=reason.strip(),
            )
            referral.subjects.set(chosen)
            _log("referral.proposed", referral, user, {"subjects": [str(person.pk) for person in chosen]})
    except IntegrityError:
        raise ReferralRefused("A referral of this case is waiting already; withdraw it or let it be decided.") from None
    return referral


def inspect_draft(referral: Referral) -> Inspection:
    """The inspection that a release would meet, on a package that is made for it and thrown away."""
    with outbox.staging() as staged:
        package.write(staged, referral.content, _labels(referral))
        return inspection.inspect(staged, referral.case, list(referral.subjects.all()))


def review(referral: Referral, user: User) -> dict[str, Any]:
    """The gate's answer to a supervisor who looks at a proposal (U5), logged. Raises ``ReferralRefused`` on a no."""
    return _ask(user, "release_review", REVIEW_DATA, referral.case, "referral.review", proposed=referral.open)


def send_back(referral: Referral, user: User, reason: str) -> Referral:
    """A supervisor returns a proposal with the reason; the officer may propose again."""
    if not reason.strip():
        raise UsageProblem("To send a referral back, say what should be different.")
    with transaction.atomic():
        current = _current(referral)
        review(current, user)
        _not_the_proposer(current, user)
        _decide(current, user, State.RETURNED, reason)
        _log("referral.returned", current, user)
    return current


def withdraw(referral: Referral, user: User, reason: str) -> Referral:
    """The proposer takes the proposal back before it is decided."""
    if not reason.strip():
        raise UsageProblem("To withdraw a referral, say why.")
    with transaction.atomic():
        current = _current(referral)
        if current.proposer_id != user.pk:
            raise ReferralRefused("Only who proposed a referral can withdraw it; a supervisor can send it back.")
        _ask(user, "propose_referral", ("K1", "K2"), current.case, "referral.withdraw")
        _decide(current, user, State.WITHDRAWN, reason)
        _log("referral.withdrawn", current, user)
    return current


def may_release(referral: Referral, user: User) -> dict[str, Any]:
    """What the gate would say to a release by ``user`` now; asked without a trace, for the page that shows it."""
    return engine.decide(release_request(referral, user))


def release(
    referral: Referral, user: User, *, compared_excerpts: bool, no_inference: bool, reason: str = ""
) -> Referral:
    """Sends a proposal to ICE HSI: gate, package, inspection, log row, outbox, in this order, or nothing at all.

    ``compared_excerpts``, ``no_inference``: the two questions that only a person can answer (FACTS 6.4).
    """
    if not (compared_excerpts and no_inference):
        raise UsageProblem("Both questions must be answered: compare each excerpt, and think of what it gives away.")
    name = uuid.uuid4().hex
    released = False
    try:
        with outbox.staging() as staged, transaction.atomic():
            current = _current(referral)
            _not_the_proposer(current, user)
            review(current, user)
            subjects = list(current.subjects.all())
            check_confirmed(current.case, subjects)
            _check_unchanged(current, subjects)
            protocol = Protocol.in_force("ICE_HSI", timezone.now().date())
            answer = gate.ask(release_request(current, user), event="referral.release")
            if answer["decision"] != "permit":
                raise ReferralRefused(refusal(answer))
            digest = package.write(staged, current.content, answer["labels"])
            found = inspection.inspect(staged, current.case, subjects)
            if not found.passed:
                _log("referral.blocked", current, user, {"count": len(found.findings)})
                raise InspectionBlocked(_blocked(found), found.findings)
            current.compared_excerpts, current.no_inference = compared_excerpts, no_inference
            current.protocol, current.rules = protocol, answer["rules"]
            current.lane, current.policy = answer["lane"], answer["policy"]
            current.package, current.package_hash = name, digest
            _decide(current, user, State.RELEASED, reason)
            detail = {
                "package": name,
                "package_hash": digest,
                "rules": answer["rules"],
                "lane": answer["lane"],
                "policy": answer["policy"],
                "recipient": RECIPIENT,
                "purpose": "trafficking_lead",
                "proposer": str(current.proposer_id),
                "labels": answer["labels"],
                "version": f"notice-{texts.NOTICE}",
            }
            _log("referral.released", current, user, detail)
            released = True
            outbox.publish(staged, name)
    except BaseException as problem:
        outbox.withdraw(name)
        if released:  # the log cannot take the row back, so it says that it did not happen
            log.append("referral.release_failed", actor=str(user.pk), detail={"package": name})
        if isinstance(problem, OSError):
            raise OutputFailed(f"the package could not be written: {problem.strerror}; nothing was sent.") from None
        raise
    return current


def release_request(referral: Referral, user: User) -> dict[str, Any]:
    """The question of G6: may the queue of HSI have the confirmed record, with ``user`` as the approving supervisor?

    Every fact comes from the server's own records; who proposed is the proposer, so nobody approves their own.
    """
    case = referral.case
    known = access.facts_of(case, user)
    subjects = list(referral.subjects.all())
    facts = {
        "confirmed_record": bool(subjects) and all(person.confirmed and not person.doubt for person in subjects),
        "marked": bool(texts.NOTICES),
        "notice_attached": texts.NOTICE in texts.NOTICES,
        "protocol_in_force": Protocol.in_force("ICE_HSI", timezone.now().date()) is not None,
        "dual_role": known["dual_role"],
        "minor_in_package": known["minor_in_package"],
        "dated_verification": known["dated_verification"],
    }
    return {
        "recipient_id": RECIPIENT,
        "proposer_id": str(referral.proposer_id),
        "component": "ICE_HSI",
        "employee_type": "sworn_officer",
        "role": "hsi_agent",
        "mfa": user.session_mfa,
        "purpose": "trafficking_lead",
        "categories": list(OUTGOING_DATA),
        "case_id": str(case.pk),
        "form": case.form,
        "protection": case.protection,
        "facts": facts,
        "approvals": {"uscis_supervisor": str(user.pk)},
    }


def refusal(answer: dict[str, Any]) -> str:
    """The gate's no, in a sentence for the officer who asked."""
    rule, wanting = answer["rules"][0], [*answer["missing"], *answer["approvals_missing"]]
    words = ", ".join(name.replace("_", " ") for name in wanting)
    if answer["decision"] == "escalate":
        return f"The gate hands this to {answer['to']} ({rule}); nothing was done."
    if words:
        return f"The gate does not permit this ({rule}): {words} missing. Nothing was done."
    return f"The gate does not permit this ({rule}). Nothing was done."


def _draft(case: Case, subjects: list[Person], lead: Lead) -> Draft:
    version = (lead.referrals.aggregate(last=Max("version"))["last"] or 0) + 1
    return draft(case, subjects, lead, version=version, on=timezone.now().date())


def _check_unchanged(referral: Referral, subjects: list[Person]) -> None:
    """What leaves is what was proposed and reviewed: a change since then needs a new proposal."""
    content = referral.content
    now = draft(
        referral.case,
        subjects,
        referral.lead,
        version=referral.version,
        on=dt.date.fromisoformat(content["date"]),
    )
    if now.content != content:
        raise ReferralRefused("The record has changed since this was proposed; send it back to be proposed anew.")


def _ask(user: User, purpose: str, categories: Iterable[str], case: Case, event: str, **facts: Any) -> dict[str, Any]:
    answer = access.ask(user, purpose=purpose, categories=categories, case=case, event=event, **facts)
    if answer["decision"] not in ("permit", "redact") or answer["removed"]:
        raise ReferralRefused(refusal(answer))
    return answer


def _current(referral: Referral) -> Referral:
    """The row as it is now, held until the end of the transaction."""
    current = Referral.objects.select_for_update().get(pk=referral.pk)
    if not current.open:
        raise ReferralRefused("This referral was decided already; look at it again.")
    return current


def _not_the_proposer(referral: Referral, user: User) -> None:
    if referral.proposer_id == user.pk:
        raise ReferralRefused("Who proposed a referral cannot decide it; that takes another person (AC-5).")


def _decide(referral: Referral, user: User, state: Any, reason: str) -> None:
    referral.state, referral.decided_by, referral.decided = state, user, timezone.now()
    setattr(referral, "decision_reason", reason.strip())  # noqa: B010  # sealed fields have no type of their own
    referral.save()


def _labels(referral: Referral) -> list[str]:
    answer = engine.decide({**release_request(referral, referral.proposer), "mfa": True})
    return answer["labels"] or ["BATT", "INV", "IVIC"]


def _blocked(found: Inspection) -> str:
    first = found.findings[0].sentence
    more = f" and {len(found.findings) - 1} more" if len(found.findings) > 1 else ""
    return f"The inspection stopped the release: {first}{more}. Nothing was sent."


def _log(event: str, referral: Referral, user: User, detail: dict[str, Any] | None = None) -> None:
    log.append(
        event,
        actor=str(user.pk),
        subject=str(referral.case_id),
        detail={"referral": str(referral.pk), "state": referral.state, **(detail or {})},
    )
