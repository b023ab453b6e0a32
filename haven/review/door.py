"""The door of every page: the gate is asked, the log is written, and only then is anything read for the page.

The purpose of a question is fixed by the route (decision 10). Somebody who may not know that a case exists gets exactly
the answer of a case that does not: the same questions are asked for both, and the same page is given.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from extract.errors import IntakeError
from haven import gate
from haven.accounts.models import User
from haven.audit.errors import AuditUnavailable
from haven.cases import access, index
from haven.cases.models import Case, IndexEntry
from haven.cases.vocabulary import Form, Protection
from haven.gate import engine
from haven.gate.logged import UNLOGGED
from haven.review.frame import page

GIVEN = ("permit", "redact")
CASE_VIEW = ("K1", "K2", "K3", "K4", "K5", "K6", "K7")


class NotYours(Exception):
    """The user may know that the case exists, but not look into it: break-glass is the way on."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def asked(request: HttpRequest, *, purpose: str, categories: Iterable[str], event: str, **more: Any) -> dict[str, Any]:
    """The gate's logged answer. Raises ``AuditUnavailable`` where the log takes no row: then nothing is shown."""
    answer = access.ask(user_of(request), purpose=purpose, categories=categories, event=event, **more)
    if answer["ground"] == UNLOGGED:
        raise AuditUnavailable("The log cannot be written, so nothing is shown or changed.")
    return answer


def given(answer: dict[str, Any], categories: Iterable[str]) -> bool:
    """Every one of the categories was given."""
    return answer["decision"] in GIVEN and set(categories) <= set(answer["allowed"])


def case_for(
    request: HttpRequest,
    case_id: uuid.UUID,
    *,
    event: str,
    purpose: str = "adjudicate",
    categories: Iterable[str] = CASE_VIEW,
    **facts: Any,
) -> Case:
    """The case, once the gate has said yes for this route.

    Raises ``Http404`` where the user may not know of it or there is none; ``NotYours`` where they may know of it.
    """
    case = Case.objects.filter(pk=case_id).first()
    answer = asked(request, purpose=purpose, categories=categories, event=event, case=case, **facts)
    if case is not None and given(answer, categories):
        return case
    known = asked(request, purpose="worklist", categories=["K5"], event="case.known", case=case)
    if case is not None and given(known, ["K5"]):
        raise NotYours(case)
    raise Http404


def list_for(request: HttpRequest, cases: Sequence[Case], *, event: str) -> set[uuid.UUID]:
    """Those of the office's cases that a list may speak of (U2): one question and one row of the log for the page.

    The question is asked with the commonest case; each case is then decided with its own facts, unlogged. Raises
    ``Http404`` where the user may have no list at all.
    """
    user = user_of(request)
    user_facts = {
        **access.request_for(user, purpose="worklist", categories=["K5"]),
        "case_id": f"office:{user.office or 'none'}",
    }
    usual = {"form": str(Form.T), "protection": str(Protection.PENDING)}
    answer = logged({**user_facts, **usual, "facts": {"same_office": bool(user.office)}}, event)
    if not given(answer, ["K5"]):
        raise Http404
    mac = index.mac("name", user.display_name)
    alleged = IndexEntry.objects.filter(kind="name", mac=mac, person__subject__isnull=False)
    own = set(alleged.values_list("case_id", flat=True)) if mac else set()
    return {
        case.pk
        for case in cases
        if given(
            engine.decide(
                {
                    **user_facts,
                    "case_id": str(case.pk),
                    "form": case.form,
                    "protection": case.protection,
                    "facts": {
                        "same_office": user.office == case.office,
                        "subject_side_match": case.pk in own,
                        "dated_verification": case.protection_verified is not None,
                    },
                }
            ),
            ["K5"],
        )
    }


def logged(request: dict[str, Any], event: str) -> dict[str, Any]:
    """The gate's answer to a whole question, logged. Raises ``AuditUnavailable`` where the log takes no row."""
    answer = gate.ask(request, event=event)
    if answer["ground"] == UNLOGGED:
        raise AuditUnavailable("The log cannot be written, so nothing is shown or changed.")
    return answer


def not_yours(request: HttpRequest, case: Case, problem: str = "") -> HttpResponse:
    """The user may know of the case but not look into it."""
    context = {
        "case": {"id": case.pk, "number": case.number},
        "problem": problem,
        "may_break": may_break(request, case),
    }
    return page(request, "review/not_yours.html", context, here="worklist", status=403)


def may_break(request: HttpRequest, case: Case) -> bool:
    """Whether a reason would open the case (G1): what the table says, which is no access yet."""
    question = access.request_for(
        user_of(request), purpose="adjudicate", categories=["K4"], case=case, break_glass=True
    )
    return given(engine.decide(question), ["K4"])


def plain_answer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What stands in the way, said plainly: a page of its own, or one sentence (422) for a part of a page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AuditUnavailable:
            return HttpResponse(render_to_string("503.html"), status=503)
        except NotYours as closed:
            return not_yours(request, closed.case)
        except IntakeError as problem:
            return HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8")

    return answered
