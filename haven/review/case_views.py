"""The case: its page, its paper, and what an officer decides about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from haven.accounts.models import User
from haven.cases import services
from haven.cases.blobs import blobs
from haven.cases.models import BreakGlass, Case, Person, Value
from haven.cases.vocabulary import GROUP_OF_ROLE
from haven.cases.worklist import Reason
from haven.review import adding, words
from haven.review import to_do as to_do_answers
from haven.review.case_page import CasePage
from haven.review.door import asked, case_for, given, list_for, may_break, not_yours, plain_answer, user_of
from haven.review.frame import page
from haven.review.referral_page import proposal_of
from haven.review.to_do import same_case_tasks, title, to_do
from haven.review.work_list import documents_in_words

ASSIGNED_SEES = "you see this case because you are assigned to it."
PROPOSERS = ("referral_officer", "case_officer", "fdns_officer")
"""U4 of the gate table: whose pages have the button; the gate is asked when it is pressed."""
BROKEN_IN = "you opened a case that is not yours; your supervisor is told."


@dataclass(frozen=True)
class Saved:
    """The officer's last step, as the foot of the page says it."""

    words: str
    at: Any
    undoable: bool = True


def _head(shown: CasePage, *, assigned: bool, may_propose: bool) -> dict[str, Any]:
    """What the head of the page and its counts say."""
    case = shown.case
    needs = sum(p.state in ("needs_person", "refused") and p.checked_by_id is None for p in shown.pages)
    return {
        "id": case.pk,
        "number": case.number,
        "protection": f"{case.form} · {words.PROTECTION[case.protection]}",
        "documents": documents_in_words([d.kind for d in shown.documents]),
        "pages": len(shown.pages),
        "pages_in_words": words.counted(len(shown.pages), "page"),
        "needs_person": words.counted(needs, "page needs", "pages need") + " a person" if needs else "",
        "chips": [reason.sentence for reason in _clocks(case)],
        "why_you": ASSIGNED_SEES if assigned else BROKEN_IN,
        "reviewed": shown.reviewed,
        "values": len(shown.values),
        "percent": shown.percent,
        "people_count": len(shown.people),
        "fields_count": sum(len(form.fields) for form in shown.forms),
        "may_decide": assigned,
        "may_propose": may_propose,
    }


def _clocks(case: Case) -> list[Reason]:
    open_ = case.minor_notices.filter(sent__isnull=True, ruled_out__isnull=True).order_by("due")
    return [Reason("minor", f"a minor is named: HHS by {n.due:%b %-d, %H:%M} UTC", n.due) for n in open_[:1]]


def _assigned(request: HttpRequest, case: Case) -> bool:
    return case.assignments.filter(officer=user_of(request), until__isnull=True).exists()


def _last_step(request: HttpRequest, case: Case) -> Value | None:
    """The newest decision of this officer in this case that stands and can be taken back."""
    return (
        Value.objects.current()
        .filter(case=case, by=user_of(request), undo=False, supersedes__isnull=False)
        .order_by("-created", "-version")
        .first()
    )


def _context(request: HttpRequest, case: Case, shown: CasePage, saved: Saved | None = None) -> dict[str, Any]:
    assigned = _assigned(request, case)
    propose = assigned and user_of(request).role in PROPOSERS
    open_ = to_do(shown, _known(request, [task.other_case for task in same_case_tasks(case)]))
    return {
        "case": _head(shown, assigned=assigned, may_propose=propose),
        "groups": shown.groups,
        "history": shown.history,
        "roles": [
            {"role": role, "words": text, "group": group, "group_words": words.GROUPS[group][0]}
            for role, text in words.ROLES.items()
            for group in [str(GROUP_OF_ROLE[role])]
        ],
        "proposal": proposal_of(shown) if propose else None,
        "adding": adding.choices(shown) if assigned else None,
        "to_do": open_,
        "to_do_title": title(len(open_)),
        "saved": saved,
    }


def _paper(request: HttpRequest, shown: CasePage, index: int) -> dict[str, Any]:
    try:
        paper = shown.paper(index)
    except IndexError:
        raise Http404 from None
    return {"paper": paper, "thumbs": shown.thumbs}


@require_GET
@plain_answer
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The whole case, the paper open at ``?page=`` (from 0) or at the first page with something on it."""
    found = case_for(request, case_id, event="case.view")
    shown = CasePage(found)
    wanted = request.GET.get("page", "")
    index = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else shown.opens_at
    context = _context(request, found, shown) | {
        "forms": shown.forms,
        "account": shown.account,
    }
    if shown.pages:
        context |= _paper(request, shown, index)
    return page(request, "review/case.html", context, here="worklist")


@require_GET
@plain_answer
def case_page(request: HttpRequest, case_id: uuid.UUID, index: int) -> HttpResponse:
    """One page of the paper, for the left pane."""
    found = case_for(request, case_id, event="page.view")
    shown = CasePage(found)
    context = {"case": _head(shown, assigned=True, may_propose=False)} | _paper(request, shown, index)
    return render(request, "review/parts/paper.html", context)


@require_GET
@plain_answer
def page_image(request: HttpRequest, case_id: uuid.UUID, index: int) -> HttpResponse:
    """The image of one page as it is (K4; K10 where the document came from a perpetrator)."""
    found = case_for(request, case_id, event="page.image", categories=["K4"])
    return image_of(CasePage(found), index)


def image_of(shown: CasePage, index: int) -> HttpResponse:
    """Raises ``Http404`` where the page has no image or is held back."""
    if index >= len(shown.pages) or shown.held_back(shown.pages[index]):
        raise Http404
    row = shown.pages[index]
    if row.image is None:
        raise Http404
    return HttpResponse(blobs().get(row.packet_id, row.image), content_type="image/png")


# Decisions -----------------------------------------------------------------------------------------------------
def _decided(request: HttpRequest, case: Case, done: str, value: Value) -> HttpResponse:
    return _saved(request, case, Saved(done, value.created))


def _saved(request: HttpRequest, case: Case, saved: Saved) -> HttpResponse:
    shown = CasePage(case)
    return render(request, "review/parts/decided.html", _context(request, case, shown, saved))


def _case_to_change(request: HttpRequest, case_id: uuid.UUID, event: str) -> Case:
    """Only who is assigned decides; opening a case by break-glass is for reading."""
    found = case_for(request, case_id, event=event)
    if not _assigned(request, found):
        raise Http404
    return found


def _value(case: Case, value_id: uuid.UUID) -> Value:
    """The state that the officer saw. Where it has been superseded since, the services say so."""
    value = case.values_all.filter(pk=value_id).select_related("person").first()
    if value is None:
        raise Http404
    return value


@require_POST
@plain_answer
def confirm(request: HttpRequest, case_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    found = _case_to_change(request, case_id, "value.confirm")
    value = services.confirm(_value(found, value_id), user_of(request))
    return _decided(request, found, f"{_label(value)} confirmed.", value)


@require_POST
@plain_answer
def correct(request: HttpRequest, case_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    found = _case_to_change(request, case_id, "value.correct")
    text, reason = request.POST.get("text", ""), request.POST.get("reason", "")
    value = services.correct(_value(found, value_id), user_of(request), text, reason)
    return _decided(request, found, f"{_label(value)} corrected.", value)


@require_POST
@plain_answer
def reject(request: HttpRequest, case_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    found = _case_to_change(request, case_id, "value.reject")
    value = services.reject(_value(found, value_id), user_of(request), request.POST.get("reason", ""))
    return _decided(request, found, f"{_label(value)} rejected.", value)


@require_POST
@plain_answer
def keep_back(request: HttpRequest, case_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    """The officer's mark of K9: no sentence with these words leaves."""
    found = _case_to_change(request, case_id, "value.keep_back")
    services.keep_back(_value(found, value_id), user_of(request))
    return _saved(request, found, Saved("Its words are kept back.", timezone.now(), undoable=False))


@require_POST
@plain_answer
def let_go(request: HttpRequest, case_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    found = _case_to_change(request, case_id, "value.let_go")
    services.let_go(_value(found, value_id), user_of(request))
    return _saved(request, found, Saved("Your mark is taken back.", timezone.now(), undoable=False))


@require_POST
@plain_answer
def role(request: HttpRequest, case_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    found = _case_to_change(request, case_id, "person.role")
    person = Person.objects.filter(case=found, pk=person_id).first()
    if person is None:
        raise Http404
    wanted = request.POST.get("role", "")
    value = services.set_role(person, wanted, user_of(request), request.POST.get("reason", ""))
    return _decided(request, found, f"Role set: {words.ROLES[wanted]}.", value)


@require_POST
@plain_answer
def undo(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Take back this officer's last step in this case."""
    found = _case_to_change(request, case_id, "value.undo")
    last = _last_step(request, found)
    if last is None:
        return HttpResponse("There is no step of yours to take back.", status=422, content_type="text/plain")
    value = services.undo(last, user_of(request))
    return _decided(request, found, f"{_label(value)}: last step taken back.", value)


@require_POST
@plain_answer
def add(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """A person, or a value of a person, that the machine did not find (contract 3)."""
    found = _case_to_change(request, case_id, "value.add")
    who = request.POST.get("who", "")
    reason = adding.reason_of(request.POST, len(CasePage(found).pages))
    if who:
        person = next((one for one in found.people() if str(one.pk) == who), None)
        if person is None:
            raise Http404
        done = adding.add_value(person, request.POST, user_of(request), reason)
    else:
        done = adding.add_person(found, request.POST, user_of(request), reason)
    return _saved(request, found, Saved(done, timezone.now(), undoable=False))


# To do ---------------------------------------------------------------------------------------------------------
def _known(request: HttpRequest, others: Sequence[Case | None]) -> set[uuid.UUID]:
    """Those other cases whose number this officer may see (U2)."""
    cases = [case for case in others if case is not None]
    if not cases:
        return set()
    try:
        return list_for(request, cases, event="case.same_case")
    except Http404:
        return set()


@require_POST
@plain_answer
def answer_task(request: HttpRequest, case_id: uuid.UUID, task_id: uuid.UUID) -> HttpResponse:
    """An officer settles what the machine could not."""
    found = _case_to_change(request, case_id, "task.answer")
    with transaction.atomic():
        task = found.tasks.select_for_update().filter(pk=task_id).first()
        if task is None:
            raise Http404
        done = to_do_answers.answer_task(task, user_of(request), request.POST, _known(request, [task.other_case]))
    found.refresh_from_db()
    return _saved(request, found, Saved(done, timezone.now(), undoable=False))


@require_POST
@plain_answer
def page_checked(request: HttpRequest, case_id: uuid.UUID, index: int) -> HttpResponse:
    """An officer has looked at a page that the machine could not vouch for."""
    found = _case_to_change(request, case_id, "page.check")
    pages = CasePage(found).pages
    if index >= len(pages):
        raise Http404
    to_do_answers.look_at_page(pages[index], user_of(request), request.POST.get("note", ""))
    return _saved(request, found, Saved(f"Page {index + 1} looked at.", timezone.now(), undoable=False))


@require_POST
@plain_answer
def rule_out_minor(request: HttpRequest, case_id: uuid.UUID, notice_id: uuid.UUID) -> HttpResponse:
    """An officer found that somebody is of age: the clock of HHS stops."""
    found = _case_to_change(request, case_id, "minor.rule_out")
    notice = found.minor_notices.filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    to_do_answers.rule_out_minor(notice, user_of(request), request.POST.get("reason", ""))
    return _saved(request, found, Saved("Ruled out: of age.", timezone.now(), undoable=False))


def _label(value: Value) -> str:
    return "An act" if value.allegation_id else words.ATTRIBUTES.get(value.field, value.field).capitalize()


# Not assigned --------------------------------------------------------------------------------------------------
@require_POST
@plain_answer
def break_glass(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Open a case that is not yours: a reason in words, notice to the supervisor, 8 hours (G1)."""
    found = Case.objects.filter(pk=case_id).first()
    known = asked(request, purpose="worklist", categories=["K5"], event="case.break_glass.asked", case=found)
    if found is None or not given(known, ["K5"]) or not may_break(request, found):
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        services.break_glass(found, user_of(request), reason)
    except services.UsageProblem as problem:
        return not_yours(request, found, str(problem))
    return redirect("review:case", found.pk)


def notices_for(user: User, allowed: set[uuid.UUID]) -> list[BreakGlass]:
    """Openings of the office's cases that no supervisor has taken notice of; nobody takes notice of their own."""
    if user.role != "supervisor":
        return []
    unseen = BreakGlass.objects.filter(seen_by__isnull=True, case__in=allowed).exclude(officer=user)
    return list(unseen.select_related("case", "officer").order_by("since"))


@require_POST
@plain_answer
def break_glass_seen(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """A supervisor of the office takes notice that somebody opened a case that is not theirs (U2)."""
    notice = BreakGlass.objects.filter(pk=notice_id).select_related("case").first()
    case = notice.case if notice else None
    known = asked(request, purpose="worklist", categories=["K5"], event="case.break_glass.notice", case=case)
    if notice is None or not given(known, ["K5"]) or user_of(request).role != "supervisor":
        raise Http404
    services.see_break_glass(notice, user_of(request))
    messages.success(request, f"Marked as seen: {notice.case.number}.", extra_tags="good")
    return redirect("review:worklist")
