"""Work list, intake, log and account."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from extract.errors import IntakeError
from haven.accounts.models import User
from haven.audit import signing
from haven.audit.models import AuditRow
from haven.audit.verification import verify_live
from haven.cases.models import Packet, PageRow, Task
from haven.cases.vocabulary import TaskKind
from haven.cases.worklist import visible_cases, work_list
from haven.review import words
from haven.review.case_views import notices_for
from haven.review.door import list_for, plain_answer, user_of
from haven.review.frame import page
from haven.review.log_rows import may_read
from haven.review.page_account import Account, account_of, bar_of
from haven.review.referral_views import waiting_for
from haven.review.work_list import Row, documents_in_words, last_intake, row

LOG_ROWS = 100
VERIFIED_AT_ONCE = 20_000
"""Rows up to which the log is verified while its page loads; beyond that the command does it."""
PACKETS_SHOWN = 100
HOME = {"privacy_officer": "review:log", "auditor": "review:log", "hsi_agent": "review:packages"}

FILTERS: dict[str, tuple[str, str, Any]] = {
    "mine": ("Mine", "prot", lambda r: r.mine),
    "all": ("Office", "", lambda r: True),
    "person": ("Needs a person", "warn", lambda r: r.needs_person),
    "done": ("Reviewed", "", lambda r: r.complete),
}


@dataclass(frozen=True)
class Filter:
    key: str
    words: str
    tone: str
    count: int


@require_GET
@plain_answer
def worklist(request: HttpRequest) -> HttpResponse:
    """The office's cases, most urgent first; who has no cases goes to what they come for."""
    user = user_of(request)
    if user.role in HOME:
        return redirect(HOME[user.role])
    allowed = list_for(request, list(visible_cases(user)), event="worklist.view")
    rows = [row(item) for item in work_list(user) if item.case.pk in allowed]
    own = any(r.mine for r in rows)
    show = request.GET.get("show") or ("mine" if own else "all")
    show = show if show in FILTERS else "all"
    filters = [Filter(key, text, tone, sum(map(fits, rows))) for key, (text, tone, fits) in FILTERS.items()]
    shown: list[Row] = [r for r in rows if FILTERS[show][2](r)]
    waiting = waiting_for(user, allowed)
    context = {
        "rows": shown,
        "filters": filters,
        "show": show,
        "intake": last_intake(user.office),
        "waiting": waiting,
        "opened": notices_for(user, allowed),
    }
    return page(request, "review/worklist.html", context, here="worklist", counts={"referrals": len(waiting)})


@require_GET
@plain_answer
def intake(request: HttpRequest) -> HttpResponse:
    """What was read in, and the account of its pages, which adds up."""
    user = user_of(request)
    allowed = list_for(request, list(visible_cases(user)), event="intake.view")
    packets = Packet.objects.filter(office=user.office)
    pages = PageRow.objects.filter(packet__in=packets)
    total = account_of(_by_state(pages), pages.count(), packets=packets.count())
    rows = [_packet(p, allowed) for p in packets.select_related("case").order_by("-received")[:PACKETS_SHOWN]]
    refused = [row.reason for row in pages.filter(state="refused").order_by("-packet__received")[:10]]
    return page(request, "review/intake.html", {"total": total, "packets": rows, "refused": refused}, here="intake")


def _by_state(pages: Any) -> dict[str, int]:
    from django.db.models import Count

    return dict(pages.order_by().values_list("state").annotate(n=Count("id")))


def _packet(packet: Packet, allowed: set) -> dict[str, Any]:
    account = account_of(_by_state(packet.pages), packet.pages.count())
    case = packet.case
    known = case is not None and case.pk in allowed
    needs = list(Task.objects.filter(case=case, done__isnull=True)) if known else []
    return {
        "at": packet.received,
        "number": case.number if case is not None and known else packet.get_state_display(),
        "case_id": case.pk if case is not None and known else None,
        "documents": documents_in_words([d.kind for d in packet.documents.order_by("order")]),
        "bar": bar_of(account),
        "pages": account.pages,
        "pages_in_words": ", ".join(f"{line.count} {line.words}" for line in account.lines) or "no pages",
        "needs": _needs_in_words(needs, account),
    }


def _needs_in_words(tasks: list[Task], account: Account) -> list[str]:
    """Up to four sentences without names; pages that no task speaks of are counted."""
    said = list(dict.fromkeys(str(task.sentence) or task.get_kind_display() for task in tasks))
    waiting = sum(line.count for line in account.lines if line.state in ("needs_person", "refused"))
    if waiting and not any(task.kind == TaskKind.PAGES for task in tasks):
        said.insert(0, words.counted(waiting, "page needs", "pages need") + " a person")
    return said[:4]


@require_GET
@plain_answer
def log(request: HttpRequest) -> HttpResponse:
    """The rows of the log, the latest first, for a privacy officer (U6) or an auditor whom OIG asked for (G16)."""
    if not may_read(user_of(request), event="log.view"):
        raise Http404
    before = request.GET.get("before", "")
    rows = AuditRow.objects.order_by("-sequence")
    total = rows.count()
    if before.isdecimal() and len(before) < 16:
        rows = rows.filter(sequence__lt=int(before))
    page_rows = list(rows[:LOG_ROWS])
    ids = {r.actor for r in page_rows}
    people = {str(u.pk): u.display_name for u in User.objects.all() if str(u.pk) in ids}
    older = page_rows[-1].sequence if len(page_rows) == LOG_ROWS and page_rows[-1].sequence > 1 else None
    context = {
        "rows": [_log_row(r, people) for r in page_rows],
        "total": total,
        "older": older,
        "verified": _verified(total),
    }
    return page(request, "review/log.html", context, here="log")


def _log_row(row: AuditRow, people: dict[str, str]) -> dict[str, Any]:
    detail = json.loads(row.detail)
    decision = detail.get("decision", "")
    return {
        "number": row.sequence,
        "at": row.at[:19].replace("T", " "),
        "actor": people.get(row.actor, row.actor),
        "event": row.event,
        "subject": row.subject if ":" in row.subject else row.subject[:8],
        "decision": decision or "done",
        "tone": {"permit": "green", "redact": "green", "": ""}.get(decision, "amber"),
        "rules": " ".join(detail.get("rules", [])),
        "purpose": detail.get("purpose", "").replace("_", " "),
        "missing": ", ".join(detail.get("missing", [])).replace("_", " "),
        "categories": " ".join(detail.get("allowed", [])),
    }


def _verified(total: int) -> dict[str, str]:
    if total > VERIFIED_AT_ONCE:
        return {"tone": "", "words": "to verify: haven audit verify"}
    try:
        verdict = verify_live(signing.kept_here())
    except IntakeError as problem:
        return {"tone": "warn", "words": str(problem)}
    if verdict.problem:
        return {"tone": "warn", "words": f"the log does not verify: {verdict.problem}"}
    against = f"; {words.counted(verdict.checkpoints, 'signed checkpoint')}" if verdict.checkpoints else ""
    rows = words.counted(verdict.rows, "row")
    return {"tone": "prot", "words": f"verified: {rows}, none changed, none missing{against}"}


@require_GET
@plain_answer
def account(request: HttpRequest) -> HttpResponse:
    """What the gate is told about the user; nothing of any case."""
    user = user_of(request)
    facts = [
        ("Name", user.display_name),
        ("User name", user.username),
        ("Component", user.get_component_display()),
        ("Office", user.office or "none"),
        ("Role", user.get_role_display()),
        ("Employee", user.get_employee_type_display()),
        ("8 U.S.C. 1367 training", user.trained_1367 or "not recorded"),
        ("Trafficking training", user.trained_trafficking or "not recorded"),
    ]
    has_totp = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
    context = {"facts": [{"label": label, "value": value} for label, value in facts], "has_totp": has_totp}
    return page(request, "review/account.html", context, here="account")
