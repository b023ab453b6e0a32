"""What stands around every page: who the user is, where they may go, and the marking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from haven.accounts.models import User

LINKS = (
    (
        "worklist",
        "Work list",
        {"intake_clerk", "adjudicator", "case_officer", "referral_officer", "fdns_officer", "supervisor"},
    ),
    ("intake", "Intake", {"intake_clerk", "case_officer", "referral_officer", "supervisor"}),
    ("referrals", "Referrals", {"case_officer", "referral_officer", "fdns_officer", "supervisor"}),
    ("search", "Search", {"adjudicator", "case_officer", "referral_officer", "fdns_officer", "supervisor"}),
    ("packages", "Released to HSI", {"hsi_agent"}),
    ("log", "Log", {"privacy_officer", "auditor"}),
)
"""Which links a role sees. What lies behind them is asked of the gate; a link is only a convenience."""


@dataclass(frozen=True)
class Link:
    key: str
    words: str
    url: str
    count: int = 0


@dataclass(frozen=True)
class Frame:
    person: str
    links: tuple[Link, ...]


def frame_of(user: User, counts: dict[str, int]) -> Frame:
    place = " ".join(part for part in (user.get_component_display(), user.office) if part)
    links = tuple(
        Link(key, text, reverse(f"review:{key}"), counts.get(key, 0))
        for key, text, roles in LINKS
        if user.role in roles
    )
    return Frame(" · ".join((user.display_name, place, user.get_role_display())), links)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    here: str = "",
    counts: dict[str, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A whole page inside the frame."""
    user = request.user
    assert isinstance(user, User)
    return render(request, template, {**context, "here": here, "frame": frame_of(user, counts or {})}, status=status)
