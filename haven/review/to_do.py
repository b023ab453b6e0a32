"""What only a person can settle in a case, each with the question it asks and the way to answer it.

An answer closes the task through ``haven.cases.services``; the work list has no reason for it from then on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.cases import services
from haven.cases.models import Case, MinorNotice, PageRow, Task
from haven.cases.vocabulary import Form, TaskKind
from haven.review import words
from haven.review.case_page import CasePage

UNREAD = ("needs_person", "refused")
FORM_ANSWERS = {Form.T: "T (I-914)", Form.U: "U (I-918)"}
ANSWERED_ALREADY = "Somebody answered this while your page was open; look at it again."


@dataclass(frozen=True)
class ToDo:
    """One open question. ``ask``: which form the page shows, ``""`` where it is settled elsewhere or by others."""

    key: str
    sentence: str
    ask: str
    path: str = ""
    """Where the answer goes, below the address of the case."""
    page: int | None = None
    hint: str = ""
    other: Case | None = None

    @property
    def number(self) -> int | None:
        return None if self.page is None else self.page + 1


def same_case_tasks(case: Case) -> list[Task]:
    open_ = case.tasks.filter(kind=TaskKind.SAME_CASE, done__isnull=True, other_case__isnull=False)
    return list(open_.select_related("other_case"))


def to_do(shown: CasePage, known: Iterable[uuid.UUID]) -> tuple[ToDo, ...]:
    """Everything open in the case, what has a clock first.

    ``known``: those other cases that this officer may know of. Another one is not named, and is not for them to join.
    """
    case = shown.case
    tasks = list(case.tasks.filter(done__isnull=True).exclude(kind=TaskKind.SAME_CASE))
    seen = set(known)
    items = [_minor(notice, shown) for notice in _notices(case)]
    items += [_same_case(task, seen) for task in same_case_tasks(case)]
    items += _pages(shown, tasks)
    items += [_read(task, shown) for task in tasks if _stands_alone(task, shown)]
    items += [
        ToDo(f"t-{task.pk}", "Which form was filed is not known: which was it?", "form", f"tasks/{task.pk}/")
        for task in tasks
        if task.kind == TaskKind.FORM
    ]
    return tuple(items)


def _notices(case: Case) -> list[MinorNotice]:
    return list(case.minor_notices.filter(sent__isnull=True, ruled_out__isnull=True).order_by("due"))


def _minor(notice: MinorNotice, shown: CasePage) -> ToDo:
    title = shown.record.title_of.get(notice.person_id, "Somebody")
    return ToDo(
        f"m-{notice.pk}",
        f"{title} is perhaps under 18: HHS by {notice.due:%b %-d, %H:%M} UTC.",
        "minor",
        f"minors/{notice.pk}/rule-out/",
        hint="22 U.S.C. 7105(b)(1)(H)",
    )


def _same_case(task: Task, known: set[uuid.UUID]) -> ToDo:
    key = f"t-{task.pk}"
    if task.other_case_id in known:
        return ToDo(
            key, "The applicant has the same number as in", "same_case", f"tasks/{task.pk}/", None, "", task.other_case
        )
    hint = "You may not see that case, so somebody who may see both must answer: ask your supervisor."
    return ToDo(key, "The applicant has the same number as in another case.", "", hint=hint)


def _pages(shown: CasePage, tasks: list[Task]) -> list[ToDo]:
    """Each page that the machine could not vouch for, whether a task speaks of it or not."""
    said = {task.page_id: str(task.sentence) for task in tasks if task.kind == TaskKind.PAGES and task.page_id}
    return [
        ToDo(f"p-{index}", said.get(page.pk) or str(page.reason), "page", f"pages/{index}/checked/", index)
        for index, page in enumerate(shown.pages)
        if page.pk in said or (page.state in UNREAD and page.checked_by_id is None)
    ]


def _stands_alone(task: Task, shown: CasePage) -> bool:
    if task.kind == TaskKind.PAGES:
        return task.page_id not in shown.index_of
    if task.code == "doubt":  # settled by the roles themselves
        return any(p.doubt and not p.confirmed and not p.dismissed for p in shown.people)
    return task.kind in (TaskKind.READ, TaskKind.MINOR)


def _read(task: Task, shown: CasePage) -> ToDo:
    sentence = str(task.sentence) or str(task.get_kind_display())
    page = shown.index_of.get(task.page_id) if task.page_id else None
    if task.code == "doubt":
        return ToDo(f"t-{task.pk}", sentence, "", hint="Decide it under People: n goes to the next doubtful value.")
    return ToDo(f"t-{task.pk}", sentence, "read", f"tasks/{task.pk}/", page)


# Answers -------------------------------------------------------------------------------------------------------
def look_at_page(page: PageRow, user: User, note: str) -> None:
    """The officer has looked at the page; what they say of it is a note of the case."""
    with transaction.atomic():
        case = services.check_page(page, user).packet.case
        if note.strip() and case is not None:
            services.add_note(case, user, note)


def rule_out_minor(notice: MinorNotice, user: User, reason: str) -> None:
    if notice.ruled_out or notice.sent:
        raise services.Overtaken(ANSWERED_ALREADY)
    services.rule_out_minor(notice, user, reason)


def answer_task(task: Task, user: User, given: Mapping[str, str], known: Iterable[uuid.UUID]) -> str:
    """Closes the task with the officer's answer; what was done, in words.

    Raises ``UsageProblem`` where the answer says nothing, and for a case that the officer may not see.
    """
    if task.done:
        raise services.Overtaken(ANSWERED_ALREADY)
    note = given.get("note", "")
    if task.kind == TaskKind.FORM:
        form = given.get("form", "")
        if form not in FORM_ANSWERS:
            raise UsageProblem("Say which form was filed: T or U.")
        services.set_form(task.case, form, user)
        return f"Form set: {FORM_ANSWERS[Form(form)]}."
    if task.kind == TaskKind.SAME_CASE:
        if task.other_case_id not in set(known):
            raise UsageProblem("Somebody who may see both cases must answer this.")
        if given.get("same") not in ("yes", "no"):
            raise UsageProblem("Say whether the two are one case.")
        same = given["same"] == "yes"
        services.answer_same_case(task, same, user, note)
        return "The two cases are linked as one." if same else "They are two cases."
    if task.kind == TaskKind.READ and task.code == "doubt":
        raise UsageProblem("This is settled by deciding the role itself.")
    if not note.strip():
        raise UsageProblem("Say in words how this is settled.")
    with transaction.atomic():
        services.close_task(task, user)
        services.add_note(task.case, user, note)
    return "Settled."


def title(item_count: int) -> str:
    return words.counted(item_count, "thing", "things") + " to settle" if item_count else "Nothing waits for a person"
