"""How far the review of a case has come, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from haven.cases.models import Case, Person, Value
from haven.cases.vocabulary import ValueState

REVIEWED_FIELDS_OUT = ("form",)
"""Answers of a form are shown beside it and confirmed with the person that they speak of, not one by one."""


@dataclass(frozen=True)
class Progress:
    """``decided + open = total`` values; ``doubtful`` of the open ones need weighing first."""

    total: int
    decided: int
    doubtful: int
    alleged: int
    alleged_confirmed: int

    @property
    def open(self) -> int:
        return self.total - self.decided

    @property
    def complete(self) -> bool:
        return self.open == 0

    def __str__(self) -> str:
        return f"{self.decided} of {self.total}"


def progress(case: Case) -> Progress:
    """Of one case, with what is doubtful. Opens the values of the case; for a list use ``progress_of``."""
    values = list(
        case.values_all.current()
        .exclude(field__in=REVIEWED_FIELDS_OUT)
        .select_related("person__subject", "person__protected", "person__bystander")
    )
    waiting = [v for v in values if v.state == ValueState.PROPOSED]
    roles = [v for v in values if v.field == "role" and v.person and v.person.group == "alleged"]
    return Progress(
        total=len(values),
        decided=len(values) - len(waiting),
        doubtful=sum(not v.sure for v in waiting),
        alleged=len(roles),
        alleged_confirmed=sum(v.standing for v in roles),
    )


def decided_of(cases: list[Case]) -> dict[object, tuple[int, int]]:
    """``{case id: (decided, total)}`` for a list of cases, in one query and with nothing opened."""
    rows = (
        Value.objects.current()
        .filter(case__in=cases)
        .exclude(field__in=REVIEWED_FIELDS_OUT)
        .values_list("case_id", "state")
        .annotate(n=Count("id"))
    )
    total: Counter = Counter()
    decided: Counter = Counter()
    for case, state, n in rows:
        total[case] += n
        decided[case] += n * (state != ValueState.PROPOSED)
    return {case.pk: (decided[case.pk], total[case.pk]) for case in cases}


def next_doubtful(case: Case, after: Value | None = None) -> Value | None:
    """The next open value that needs weighing, roles of people first; None = nothing is doubtful any more."""
    waiting = case.values_all.undecided().exclude(field__in=REVIEWED_FIELDS_OUT).select_related("person")
    doubtful = [v for v in waiting.order_by("order") if not v.sure]
    later = [v for v in doubtful if after is None or v.order > after.order]
    return next(iter(later or doubtful), None)


def people_count(case: Case) -> dict[str, int]:
    """``{group: number}`` of the people of a case."""
    people = Person.objects.filter(case=case).select_related("subject", "protected", "bystander")
    return dict(Counter(person.group for person in people))
