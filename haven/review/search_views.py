"""Search by name: the user's own cases in full, other cases as a pointer to who works on them (G4), nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from haven.accounts.models import User
from haven.cases import access, search
from haven.cases.models import Case
from haven.review import words
from haven.review.door import given, list_for, logged, plain_answer, user_of
from haven.review.frame import page

MOST = 25


@dataclass(frozen=True)
class Hit:
    """One line. ``case``, ``name``, ``role``: only of a case the user works on; else ``pointer`` and ``owner``."""

    exact: bool
    case: Case | None = None
    name: str = ""
    role: str = ""
    pointer: str = ""
    owner: str = ""


@require_http_methods(["GET", "POST"])
@plain_answer
def people(request: HttpRequest) -> HttpResponse:
    """A name comes by POST, so that it stands in no address and no server's log."""
    user = user_of(request)
    list_for(request, [], event="search.view")
    name = " ".join(request.POST.get("name", "").split())[:200]
    bearers = search.by_name(name, most=MOST, among=_speakable(user)) if name else []
    hits = [hit for found in bearers if (hit := _hit(user, found))]
    context = {
        "name": name,
        "exact": [hit for hit in hits if hit.exact],
        "alike": [hit for hit in hits if not hit.exact],
        "most": MOST,
    }
    return page(request, "review/search.html", context, here="search")


def _speakable(user: User) -> Q:
    """Whom a hit can be about at all: somebody protected in another's case takes no line, no place and no time."""
    return Q(subject__isnull=False) | Q(case__in=access.cases_open_to(user))


def _hit(user: User, found: search.Found) -> Hit | None:
    """What the gate lets this user know of it; each answer is a row of the log."""
    person, case = found.person, found.person.case
    if person.dismissed:
        return None
    own = access.request_for(user, purpose="adjudicate", categories=[person.category], case=case)
    if own["facts"]["assigned"]:
        if not given(logged(own, "search.hit"), [person.category]):
            return None
        return Hit(found.exact, case=case, name=person.name, role=words.ROLES[person.role])
    if person.group not in ("alleged", "took_part"):
        return None  # that somebody protected is in another's case is said to nobody
    pointer = access.request_for(user, purpose="recurring_name_watch", categories=["K1"], case=case, hit=True)
    if not given(logged(pointer, "search.hit"), ["K1"]):
        return None
    owner = case.assignments.filter(until__isnull=True).select_related("officer").order_by("since").first()
    return Hit(found.exact, pointer=case.pseudonym, owner=owner.officer.display_name if owner else "nobody yet")
