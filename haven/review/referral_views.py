"""Referrals: propose, look at what leaves and what stays, release, send back."""

from __future__ import annotations

from typing import Any

from haven.accounts.models import User
from haven.review.case_page import CasePage

PROPOSERS = ("referral_officer", "case_officer", "fdns_officer")
"""U4 of the gate table."""


def may_propose(user: User) -> bool:
    return user.role in PROPOSERS


def proposal_of(shown: CasePage) -> dict[str, Any]:
    """Whom a referral from this case could name: alleged people whose role an officer confirmed."""
    subjects = [
        {"id": p.pk, "title": shown.record.title_of[p.pk], "note": p.get_type_display().lower()}
        for p in shown.people
        if p.group in ("alleged", "took_part") and any(v.field == "role" and v.standing for v in p.current)
    ]
    return {"subjects": subjects}


def waiting_for(user: User) -> list[dict[str, Any]]:
    return []
