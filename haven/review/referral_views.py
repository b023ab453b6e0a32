"""Referrals: propose, look at what leaves and what stays, release, send back, withdraw."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.cases.models import Case
from haven.referral import services
from haven.referral.errors import ReferralRefused
from haven.referral.models import Referral, State
from haven.review import words
from haven.review.case_page import CasePage
from haven.review.case_views import image_of
from haven.review.door import asked, case_for, given, list_for, plain_answer, user_of
from haven.review.frame import page
from haven.review.referral_page import ReferralPage, inspected

TONES = {State.PROPOSED: "amber", State.RETURNED: "red", State.RELEASED: "green", State.WITHDRAWN: ""}
RECIPIENT = "ICE HSI, Center for Countering Human Trafficking"


# The list ------------------------------------------------------------------------------------------------------
@require_GET
@plain_answer
def referrals(request: HttpRequest) -> HttpResponse:
    """The office's referrals, those that wait first: numbers, states and dates, no names of anybody in a case (U2)."""
    user = user_of(request)
    # closed cases stay in the list: what left can be looked up
    cases = list(Case.objects.filter(office=user.office))
    allowed = list_for(request, cases, event="referrals.view")
    found = Referral.objects.filter(case__in=allowed).select_related("case", "proposer", "decided_by", "lead")
    order = {State.PROPOSED: 0, State.RETURNED: 1}
    rows = sorted((_row(one, user) for one in found), key=lambda r: (order.get(r["key"], 2), -r["serial"]))
    chips = [
        {"words": label, "tone": "warn" if key == State.PROPOSED else "", "count": count}
        for key, label in State.choices
        if (count := sum(r["key"] == key for r in rows))
    ]
    return page(request, "review/referrals.html", {"rows": rows, "chips": chips}, here="referrals")


def _row(one: Referral, user: User) -> dict[str, Any]:
    mine = one.proposer_id == user.pk
    decided = f"{one.decided_by.display_name}, {one.decided:%-d %b, %H:%M}" if one.decided_by and one.decided else ""
    # a reason in somebody's words may name people: the list is the whole office's (U2), the reason theirs who wrote it
    why = str(one.decision_reason) if mine or one.decided_by_id == user.pk else ""
    steps = {
        State.PROPOSED: "Another person decides" if mine else "Look and decide" if user.role == "supervisor" else "",
        State.RETURNED: why or "Sent back",
        State.RELEASED: "Package in the outbox",
        State.WITHDRAWN: why or "Withdrawn",
    }
    return {
        "id": one.pk,
        "serial": one.serial,
        "key": one.state,
        "number": one.number,
        "state": one.get_state_display(),
        "tone": TONES[State(one.state)],
        "recipient": RECIPIENT,
        "case": one.case.number,
        "case_id": one.case_id,
        "proposed_by": one.proposer.display_name,
        "proposed_at": one.proposed,
        "decided": decided,
        "next_step": steps[State(one.state)],
        "can_open": one.open and not mine and user.role == "supervisor",
        "can_withdraw": one.open and mine,
    }


def waiting_for(user: User, allowed: set[uuid.UUID]) -> list[dict[str, Any]]:
    """What waits for this user's decision or second thoughts, of cases that their list may speak of."""
    now = timezone.now()
    found = Referral.objects.filter(case__in=allowed).select_related("proposer", "decided_by")
    if user.role == "supervisor":
        waiting = found.filter(state=State.PROPOSED).exclude(proposer=user).order_by("proposed")
        return [
            {
                "id": one.pk,
                "words": f"Release {one.number}?",
                "by": f"proposed by {one.proposer.display_name}",
                "note": words.age(one.proposed, now),
            }
            for one in waiting
        ]
    latest = {one.case_id: one for one in found.order_by("serial")}
    returned = [one for one in latest.values() if one.state == State.RETURNED and one.proposer_id == user.pk]
    return [
        {
            "id": None,
            "case_id": one.case_id,
            "words": f"{one.number} was sent back",
            "by": f"by {one.decided_by.display_name}" if one.decided_by else "",
            "note": str(one.decision_reason),
        }
        for one in returned
    ]


# Propose -------------------------------------------------------------------------------------------------------
@require_POST
@plain_answer
def propose(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """An officer puts confirmed people of a case before a supervisor (U4)."""
    case = case_for(
        request, case_id, event="referral.propose", purpose="propose_referral", categories=services.PROPOSAL_DATA
    )
    chosen = [p for p in case.people() if str(p.pk) in request.POST.getlist("subject")]
    try:
        made = services.propose(case, chosen, user_of(request), request.POST.get("reason", ""))
    except (ReferralRefused, UsageProblem) as problem:
        messages.error(request, str(problem), extra_tags="bad")
        return redirect("review:case", case.pk)
    messages.success(request, f"{made.number} is proposed. A supervisor of your office decides.", extra_tags="good")
    return redirect("review:referrals")


@require_POST
@plain_answer
def withdraw(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Who proposed takes it back before it is decided."""
    found = Referral.objects.filter(pk=referral_id, proposer=user_of(request)).select_related("case").first()
    case_id = found.case_id if found else referral_id
    case_for(request, case_id, event="referral.withdraw", purpose="propose_referral", categories=["K1", "K2"])
    if found is None:
        raise Http404
    try:
        services.withdraw(found, user_of(request), request.POST.get("reason", ""))
        messages.success(request, f"{found.number} is withdrawn; nothing left.", extra_tags="good")
    except (ReferralRefused, UsageProblem) as problem:
        messages.error(request, str(problem), extra_tags="bad")
    return redirect("review:referrals")


# Release -------------------------------------------------------------------------------------------------------
def _referral_for(request: HttpRequest, referral_id: uuid.UUID, *, event: str, categories: Sequence[str]) -> Referral:
    """The proposal, once the gate has said yes (U5). Raises ``Http404`` for anybody else, as for an unknown number."""
    found = Referral.objects.filter(pk=referral_id).select_related("case", "proposer", "lead").first()
    answer = asked(
        request,
        purpose="release_review",
        categories=categories,
        event=event,
        case=found.case if found else None,
        proposed=bool(found and found.open),
    )
    if found is None or not given(answer, categories):
        raise Http404
    return found


@require_GET
@plain_answer
def referral(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """What leaves, what stays, why it may, and the two questions that only a person can answer."""
    found = _referral_for(request, referral_id, event="referral.review", categories=services.REVIEW_DATA)
    return _referral_page(request, found)


def _referral_page(request: HttpRequest, found: Referral, error: str = "", status: int = 200) -> HttpResponse:
    user = user_of(request)
    shown = ReferralPage(found)
    answer = services.may_release(found, user)
    context = {
        "referral": found,
        "recipient": RECIPIENT,
        "leaves": shown.leaves,
        "stays": shown.stays,
        "pairs": shown.pairs,
        "gate": shown.gate(answer),
        "own": found.proposer_id == user.pk,
        "may_release": answer["decision"] == "permit" and found.proposer_id != user.pk,
        "error": error,
    }
    return page(request, "review/referral.html", context, here="referrals", status=status)


@require_GET
@plain_answer
def inspection(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """The inspection that a release would meet, on a trial package that is thrown away."""
    found = _referral_for(request, referral_id, event="referral.inspect", categories=services.REVIEW_DATA)
    return render(request, "review/parts/inspection.html", {"lines": inspected(found)})


@require_POST
@plain_answer
def release(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    found = _referral_for(request, referral_id, event="referral.release.asked", categories=services.REVIEW_DATA)
    answers = {name: request.POST.get(name) == "yes" for name in ("compared_excerpts", "no_inference")}
    try:
        services.release(found, user_of(request), **answers)
    except (ReferralRefused, UsageProblem) as problem:
        return _referral_page(request, found, str(problem), status=409)
    done = f"{found.number} is released to {RECIPIENT}. The package is in the outbox."
    messages.success(request, done, extra_tags="good")
    return redirect("review:referrals")


@require_POST
@plain_answer
def send_back(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    found = _referral_for(request, referral_id, event="referral.return.asked", categories=services.REVIEW_DATA)
    try:
        services.send_back(found, user_of(request), request.POST.get("reason", ""))
    except (ReferralRefused, UsageProblem) as problem:
        return _referral_page(request, found, str(problem), status=409)
    messages.success(request, f"{found.number} is sent back to {found.proposer.display_name}.", extra_tags="good")
    return redirect("review:referrals")


# Its pages -----------------------------------------------------------------------------------------------------
@require_GET
@plain_answer
def referral_paper(request: HttpRequest, referral_id: uuid.UUID, index: int) -> HttpResponse:
    """The page that an excerpt comes from, for who compares (K4)."""
    found = _referral_for(request, referral_id, event="referral.page", categories=["K4"])
    shown = CasePage(found.case)
    if index >= len(shown.pages):
        raise Http404
    return page(
        request, "review/referral_paper.html", {"referral": found, "paper": shown.paper(index)}, here="referrals"
    )


@require_GET
@plain_answer
def referral_image(request: HttpRequest, referral_id: uuid.UUID, index: int) -> HttpResponse:
    found = _referral_for(request, referral_id, event="referral.image", categories=["K4"])
    return image_of(CasePage(found.case), index)
