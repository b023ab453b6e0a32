"""The work list: which case first, and why, in the words that a person would give (SCREENS 6). No names (U2)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from haven.accounts.models import User
from haven.cases.models import BreakGlass, Case, DocumentRow, MinorNotice, PageRow, Subject, Task, Value
from haven.cases.progress import decided_of
from haven.cases.vocabulary import CaseState, TaskKind, ValueState

URGENCY = ("minor", "break_glass", "same_case", "doubt", "pages", "nobody", "task", "form", "new", "open", "done")
"""Kinds of reason, the most urgent first."""


@dataclass(frozen=True)
class Reason:
    """Why a case stands where it stands. ``due``: until when, if a clock runs."""

    kind: str
    sentence: str
    due: dt.datetime | None = None

    @property
    def urgency(self) -> tuple[int, float]:
        return URGENCY.index(self.kind), self.due.timestamp() if self.due else float("inf")


@dataclass(frozen=True)
class WorkItem:
    """One line of the list. ``why`` is the first reason; ``pages`` the account, which adds up to ``pages_total``."""

    case: Case
    reasons: list[Reason]
    mine: bool
    decided: int
    total: int
    alleged: int
    alleged_organisations: int
    took_part: int
    pages: dict[str, int] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    @property
    def why(self) -> Reason:
        return self.reasons[0]

    @property
    def pages_total(self) -> int:
        return sum(self.pages.values())

    @property
    def next_step(self) -> str:
        if self.decided == 0:
            return "Start review"
        return "Go on" if self.decided < self.total else "Decide: refer or not"


def visible_cases(user: User) -> QuerySet[Case]:
    """The open cases of the user's office: what the list may speak of at all."""
    return Case.objects.filter(office=user.office).exclude(state=CaseState.CLOSED)


def work_list(user: User, *, mine: bool = False) -> list[WorkItem]:
    """The cases of the user's office, most urgent first; ``mine`` = those assigned to the user. About 9 queries."""
    own = set(user.assignments.filter(until__isnull=True).values_list("case_id", flat=True))
    cases = [case for case in visible_cases(user) if not mine or case.pk in own]
    facts = _Facts(cases)
    items = [facts.item(case, case.pk in own) for case in cases]
    return sorted(items, key=lambda i: (i.why.urgency, not i.mine, i.case.created))


class _Facts:
    """What the list says about many cases, fetched together."""

    def __init__(self, cases: list[Case]) -> None:
        self.now = timezone.now()
        self.decided = decided_of(cases)
        self.pages: dict = defaultdict(dict)
        counted = PageRow.objects.filter(packet__case__in=cases).values_list("packet__case_id", "state")
        for case, state, n in counted.annotate(n=Count("id")).order_by():
            self.pages[case][state] = n
        self.documents: dict = defaultdict(list)
        for case, kind in (
            DocumentRow.objects.filter(packet__case__in=cases)
            .order_by("packet__received", "order")
            .values_list("packet__case_id", "kind")
        ):
            self.documents[case].append(kind)
        self.alleged: Counter = Counter()
        self.organisations: Counter = Counter()
        self.took_part: Counter = Counter()
        self.doubt: Counter = Counter()
        dismissed = Value.objects.current().filter(case__in=cases, field="role", state=ValueState.REJECTED)
        subjects = Subject.objects.filter(person__case__in=cases).exclude(person__in=dismissed.values("person"))
        for case, role, type_ in subjects.values_list("person__case_id", "role", "person__type"):
            self.alleged[case] += role == "trafficker"
            self.organisations[case] += role == "trafficker" and type_ == "org"
            self.took_part[case] += role == "associate"
        roles = Value.objects.undecided().filter(case__in=cases, field="role")
        for case, *doubts in roles.values_list(
            "case_id", "person__subject__doubt", "person__protected__doubt", "person__bystander__doubt"
        ):
            self.doubt[case] += any(doubts)
        self.minors: dict = defaultdict(list)
        for notice in MinorNotice.objects.filter(case__in=cases, sent__isnull=True, ruled_out__isnull=True):
            self.minors[notice.case_id].append(notice)
        self.tasks: dict = defaultdict(list)
        for task in Task.objects.filter(case__in=cases, done__isnull=True):
            self.tasks[task.case_id].append(task)
        unseen = BreakGlass.objects.filter(Q(seen_by__isnull=True), case__in=cases)
        self.broken: Counter = Counter(unseen.values_list("case_id", flat=True))

    def item(self, case: Case, mine: bool) -> WorkItem:
        decided, total = self.decided[case.pk]
        reasons = sorted(self._reasons(case, decided, total), key=lambda reason: reason.urgency)
        return WorkItem(
            case=case,
            reasons=reasons,
            mine=mine,
            decided=decided,
            total=total,
            alleged=self.alleged[case.pk],
            alleged_organisations=self.organisations[case.pk],
            took_part=self.took_part[case.pk],
            pages=self.pages[case.pk],
            documents=list(dict.fromkeys(self.documents[case.pk])),
        )

    def _reasons(self, case: Case, decided: int, total: int) -> list[Reason]:
        reasons = []
        minors = self.minors[case.pk]
        if minors:
            due = min(notice.due for notice in minors)
            by = f"{due:%b %-d, %H:%M} UTC{' (overdue)' if due < self.now else ''}"
            who = "a minor is" if len(minors) == 1 else f"{len(minors)} minors are"
            reasons.append(Reason("minor", f"{who} named: HHS by {by}", due))
        if self.broken[case.pk]:
            reasons.append(Reason("break_glass", "somebody who is not assigned opened the case"))
        tasks = self.tasks[case.pk]
        if any(t.kind == TaskKind.SAME_CASE for t in tasks):
            reasons.append(Reason("same_case", "same number as another case: are they one?"))
        if self.doubt[case.pk]:
            people = "1 person" if self.doubt[case.pk] == 1 else f"{self.doubt[case.pk]} people"
            reasons.append(Reason("doubt", f"the role of {people} must be decided"))
        pages = sum(t.kind == TaskKind.PAGES for t in tasks)
        if pages:
            reasons.append(Reason("pages", "1 page needs a person" if pages == 1 else f"{pages} pages need a person"))
        if any(t.code == "nobody_named" for t in tasks):
            reasons.append(Reason("nobody", "nobody is named"))
        for task in tasks:
            if task.kind == TaskKind.READ and task.code not in ("nobody_named", "doubt"):
                reasons.append(Reason("task", task.sentence[:1].lower() + task.sentence[1:].rstrip(".")))
        if any(task.kind == TaskKind.FORM for task in tasks):
            reasons.append(Reason("form", "which form was filed is not known"))
        if decided == 0:
            reasons.append(Reason("new", "new: nothing reviewed yet"))
        elif decided < total:
            reasons.append(Reason("open", f"{total - decided} of {total} values to review"))
        else:
            reasons.append(Reason("done", "all reviewed: refer or not"))
        return reasons
