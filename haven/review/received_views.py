"""The queue of ICE HSI: released packages, each look through the gate and in the log before anything is shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from haven import crypto
from haven.audit import log
from haven.referral.models import Referral, State
from haven.referral.services import OUTGOING_DATA
from haven.review.door import asked, given, logged, plain_answer, user_of
from haven.review.frame import page
from haven.review.received import Package, is_recipient, opened, request_for

ROWS = 100
PURPOSE = "trafficking_lead"


def released() -> QuerySet[Referral]:
    """What was released and not disposed of since."""
    return Referral.objects.filter(state=State.RELEASED).exclude(data_key=crypto.SHREDDED)


@require_GET
@plain_answer
def packages(request: HttpRequest) -> HttpResponse:
    """The latest packages: pseudonym, when, how many alleged, marking (K2). No case number, form or victim."""
    user = user_of(request)
    if not is_recipient(user):
        asked(request, purpose=PURPOSE, categories=["K2"], event="packages.view")
        raise Http404
    found = released().select_related("case", "lead", "decided_by")
    rows = []
    for one in found.order_by("-decided")[:ROWS]:
        package = opened(one)
        answer = logged(request_for(one, user, package) | {"categories": ["K2"]}, "package.listed")
        if given(answer, ["K2"]):
            rows.append(
                {"id": one.pk, "lead": one.lead.pseudonym, "version": one.version, "package": package}
                | {"at": one.decided}
            )
    return page(request, "review/packages.html", {"rows": rows}, here="packages")


def _package_for(
    request: HttpRequest, referral_id: uuid.UUID, event: str, categories: Sequence[str]
) -> tuple[Referral, Package | None]:
    """The package, once the gate has said yes. Raises ``Http404`` for everybody else, as for one that is not there."""
    user = user_of(request)
    found = released().filter(pk=referral_id).select_related("case", "lead", "decided_by").first()
    if found is None or not is_recipient(user):
        asked(request, purpose=PURPOSE, categories=categories, event=event)
        raise Http404
    package = opened(found)
    if not given(logged(request_for(found, user, package) | {"categories": list(categories)}, event), categories):
        raise Http404
    if package is None:
        detail = {"referral": str(found.pk), "package": found.package}
        log.append("package.mismatch", actor=str(user.pk), subject=str(found.case_id), detail=detail)
    return found, package


def _not_shown(request: HttpRequest, found: Referral) -> HttpResponse:
    context = {"id": found.pk, "lead": found.lead.pseudonym, "version": found.version, "package": None}
    return page(request, "review/package.html", context, here="packages", status=409)


@require_GET
@plain_answer
def package(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """One package, as it was released (K1, K2, K12)."""
    found, content = _package_for(request, referral_id, "package.view", OUTGOING_DATA)
    if content is None:
        return _not_shown(request, found)
    context = {
        "id": found.pk,
        "lead": found.lead.pseudonym,
        "version": found.version,
        "at": found.decided,
        "package": content,
    }
    return page(request, "review/package.html", context, here="packages")


@require_GET
@plain_answer
def package_report(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Its report, as it was released."""
    found, content = _package_for(request, referral_id, "package.report", OUTGOING_DATA)
    if content is None:
        return _not_shown(request, found)
    name = f"{found.lead.pseudonym}-{found.version}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content.report, content_type="application/pdf", headers=headers)
