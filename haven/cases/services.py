"""What an officer can do to a case. Each change is a new row, and a row of the audit log before it is answered.

Every function raises ``UsageProblem`` with one sentence for what is not allowed, ``Overtaken`` where somebody else was
faster, and ``haven.audit.log.AuditUnavailable`` where the log cannot be written: then nothing was changed.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from extract.errors import IntakeError, UsageProblem
from haven.accounts.models import User
from haven.audit import log
from haven.cases import index
from haven.cases.ages import reads_as_minor
from haven.cases.models import (
    Assignment,
    BreakGlass,
    Case,
    CaseLink,
    CaseNote,
    IndexEntry,
    MinorNotice,
    PageRow,
    Person,
    SensitiveMark,
    Task,
    Value,
)
from haven.cases.progress import Progress, progress
from haven.cases.storing import make_part, start_minor_clock, store_extraction
from haven.cases.vocabulary import GROUP_OF_ROLE, CaseState, Form, Source, TaskKind, ValueState
from haven.cases.worklist import WorkItem, work_list

__all__ = [
    "Overtaken",
    "Progress",
    "WorkItem",
    "add_note",
    "add_person",
    "add_value",
    "answer_same_case",
    "assign",
    "break_glass",
    "check_page",
    "close_task",
    "confirm",
    "correct",
    "keep_back",
    "let_go",
    "progress",
    "reject",
    "rule_out_minor",
    "see_break_glass",
    "set_form",
    "set_role",
    "store_extraction",
    "undo",
    "work_list",
]


class Overtaken(IntakeError):
    """Somebody else decided this while the page was open."""

    code = "overtaken"


# Values --------------------------------------------------------------------------------------------------------
def confirm(value: Value, user: User) -> Value:
    """The officer stands behind the value as it is."""
    if value.state == ValueState.CONFIRMED:
        return value
    return _decide(value, user, ValueState.CONFIRMED)


def correct(value: Value, user: User, text: str, reason: str) -> Value:
    """The officer says what it should be, and why (contract 3). A role is changed with ``set_role``."""
    if value.field in ("role", "allegation") or value.field in ("family_of", "affiliated_with"):
        raise UsageProblem("A role is changed through its own form, a relation is confirmed or rejected.")
    text = " ".join(text.split())
    if not text:
        raise UsageProblem("A correction needs the right words; to say that there is none, reject the value.")
    _need(reason, "A correction needs a reason.")
    return _decide(value, user, ValueState.CORRECTED, text=text, reason=reason)


def reject(value: Value, user: User, reason: str) -> Value:
    """The officer says that this is not so. The value and its evidence stay in the history."""
    _need(reason, "A rejection needs a reason.")
    return _decide(value, user, ValueState.REJECTED, reason=reason)


def undo(value: Value, user: User) -> Value:
    """Take the latest decision back: a new row with the state and words of the one before. Twice = as it was."""
    earlier = value.supersedes
    if earlier is None:
        raise UsageProblem("There is nothing to undo here.")
    with transaction.atomic():
        if value.field == "role" and value.person is not None:
            _move(value.person, earlier.text, doubt=earlier.alternatives)
        return _append(value, user, earlier.state, like=earlier, undo=True)


def add_value(person: Person, field: str, text: str, user: User, reason: str) -> Value:
    """A value that the officer knows or read where the machine did not."""
    text = " ".join(text.split())
    if not text:
        raise UsageProblem("A value needs words.")
    _need(reason, "A value that an officer enters needs a reason: where it comes from.")
    with transaction.atomic():
        value = Value.objects.create(
            case_id=person.case_id,
            person=person,
            field=field,
            text=text,
            order=Value.objects.filter(case_id=person.case_id).count(),
            source=Source.OFFICER,
            state=ValueState.CONFIRMED,
            by=user,
            reason=reason,
        )
        _index(value)
        _watch_age(person, user)
        _changed(value, user, "value.added")
    return value


def add_person(case: Case, role: str, name: str, user: User, reason: str, *, type: str = "person") -> Person:
    """Somebody whom the machine did not find. Nobody is missing from a record because a model missed them."""
    _need(reason, "A person that an officer enters needs a reason: where they are spoken of.")
    if role not in GROUP_OF_ROLE:
        raise UsageProblem("This role does not exist.")
    with transaction.atomic():
        person = Person.objects.create(case=case, type=type, order=case.persons.count())
        make_part(person, role, doubt=[])
        value = Value.objects.create(
            case=case,
            person=person,
            field="role",
            text=role,
            order=Value.objects.filter(case=case).count(),
            source=Source.OFFICER,
            state=ValueState.CONFIRMED,
            by=user,
            reason=reason,
        )
        if name.strip():
            add_value(person, "name", name, user, reason)
        _changed(value, user, "person.added")
    return person


def set_role(person: Person, role: str, user: User, reason: str = "") -> Value:
    """Decide what somebody is. From the protected to the alleged only with a reason, never by a default (SCREENS 3)."""
    if role not in GROUP_OF_ROLE:
        raise UsageProblem("This role does not exist.")
    current = person.value("role")
    if current is None:
        raise UsageProblem("This person was taken out of the case; take that back first.")
    if role == current.text and not person.doubt:
        return confirm(current, user)
    if person.entity == "e0" and role != "applicant":
        raise UsageProblem("The applicant stays the applicant: whose case this is does not change.")
    if person.group == "protected" and GROUP_OF_ROLE[role] in ("alleged", "took_part"):
        _need(reason, "To make a protected person one of the alleged, say why.")
    with transaction.atomic():
        _move(person, role, doubt=[])
        state = ValueState.CONFIRMED if role == current.text else ValueState.CORRECTED
        value = _append(current, user, state, text=role, reason=reason)
        _watch_age(person, user)
    return value


def keep_back(value: Value, user: User) -> None:
    """Mark the words that a value was read from as K9: no sentence with them leaves. The value itself is untouched."""
    places = list(value.evidence.filter(start__isnull=False))
    if not places:
        raise UsageProblem("No words of the packet stand behind this value; there is nothing to keep back.")
    with transaction.atomic():
        new = [
            SensitiveMark.objects.get_or_create(
                case_id=value.case_id, evidence=place, taken_back=None, defaults={"by": user}
            )[1]
            for place in places
        ]
        if any(new):
            _marked(value, user, "words.kept_back")


def let_go(value: Value, user: User) -> None:
    """Take an officer's mark back. What the classifier keeps back stays."""
    with transaction.atomic():
        standing = SensitiveMark.objects.filter(evidence__in=value.evidence.all(), taken_back__isnull=True)
        if standing.update(taken_back=timezone.now(), taken_back_by=user):
            _marked(value, user, "words.let_go")


def _marked(value: Value, user: User, event: str) -> None:
    detail = {"value": str(value.pk), "categories": ["K9"]}
    log.append(event, actor=str(user.pk), subject=str(value.case_id), detail=detail)


def _decide(value: Value, user: User, state: str, *, text: str | None = None, reason: str = "") -> Value:
    with transaction.atomic():
        if value.field == "role" and value.person is not None and state == ValueState.CONFIRMED:
            _move(value.person, value.text, doubt=[])
        return _append(value, user, state, text=text, reason=reason)


def _append(
    value: Value,
    user: User,
    state: str,
    *,
    text: str | None = None,
    reason: str = "",
    like: Value | None = None,
    undo: bool = False,
) -> Value:
    """The next row of a value, with the same evidence; ``like``: an earlier row whose words it has again.

    Runs inside a transaction.
    """
    typed = text is not None and text != value.text
    words = like or value
    try:
        with transaction.atomic():
            row = Value.objects.create(
                case_id=value.case_id,
                chain=value.chain,
                version=value.version + 1,
                person_id=value.person_id,
                allegation_id=value.allegation_id,
                document_id=value.document_id,
                related_id=value.related_id,
                field=value.field,
                item=value.item,
                question=value.question,
                kind=value.kind,
                order=value.order,
                text=words.text if text is None else text,
                normal="" if typed else words.normal,
                alternatives=words.alternatives if state == ValueState.PROPOSED else [],
                category=value.category,
                source=Source.OFFICER if typed else words.source,
                confidence=value.confidence,
                state=state,
                run_id=value.run_id,
                by=user,
                reason=reason.strip(),
                supersedes=value,
                undo=undo,
            )
    except IntegrityError:
        raise Overtaken("Somebody decided this while your page was open; look at it again.") from None
    row.evidence.set(value.evidence.all())
    if typed or undo:
        _index(row)
    _changed(row, user, f"value.{'undone' if undo else state}")
    return row


def _move(person: Person, role: str, *, doubt: list[str]) -> None:
    """Into the table of the role. The person's id, values and evidence stay what they are."""
    part = person.part
    mode = getattr(part, "allegation", "alleged")
    if part.role == role and part.doubt == doubt:
        return
    part.delete()
    make_part(person, role, doubt=doubt, mode=mode)
    for name in ("subject", "protected", "bystander"):
        person._state.fields_cache.pop(name, None)


def _index(value: Value) -> None:
    if value.person_id is None:
        return
    for kind, mac in index.entries(value.field, value.text):
        IndexEntry.objects.get_or_create(kind=kind, mac=mac, case_id=value.case_id, person_id=value.person_id)


def _watch_age(person: Person, user: User) -> None:
    if person.group == "protected" and person.role != "family":
        read = [(v.field, v.normal or v.text) for v in person.values_all.current() if v.state != ValueState.REJECTED]
        if reads_as_minor(read, today=timezone.now().date()):
            start_minor_clock(person, actor=str(user.pk))


def _changed(value: Value, user: User, event: str) -> None:
    """The case moves on with its first decision, and the log has the row before anybody is told."""
    Case.objects.filter(pk=value.case_id, state=CaseState.DRAFT).update(state=CaseState.IN_REVIEW)
    detail = {"value": str(value.pk), "field": value.field, "state": value.state}
    if value.person_id:
        detail["person"] = str(value.person_id)
    log.append(event, actor=str(user.pk), subject=str(value.case_id), detail=detail)


def _need(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise UsageProblem(sentence)


# Cases ---------------------------------------------------------------------------------------------------------
def assign(case: Case, officer: User, by: User | None = None) -> Assignment:
    """Make a case somebody's; who has it already keeps it."""
    with transaction.atomic():
        assignment, new = Assignment.objects.get_or_create(case=case, officer=officer, until=None, defaults={"by": by})
        if new:
            actor = str(by.pk) if by else "system:intake"
            log.append("case.assigned", actor=actor, subject=str(case.pk), detail={"recipient": str(officer.pk)})
    return assignment


def break_glass(case: Case, user: User, reason: str) -> BreakGlass:
    """Access without assignment for 8 hours; the supervisor of the office sees it on the work list (G1)."""
    if len(reason.split()) < 3:
        raise UsageProblem("Say in words why you must see a case that is not yours.")
    with transaction.atomic():
        row = BreakGlass.objects.create(case=case, officer=user, reason=reason)
        log.append("case.break_glass", actor=str(user.pk), subject=str(case.pk), detail={"break_glass": True})
    return row


def see_break_glass(row: BreakGlass, supervisor: User) -> BreakGlass:
    """The supervisor takes notice that a case was opened without assignment; the notice leaves the work list."""
    if row.officer_id == supervisor.pk:
        raise UsageProblem("You opened this case yourself; another supervisor takes notice of it.")
    with transaction.atomic():
        if BreakGlass.objects.filter(pk=row.pk, seen_by__isnull=True).update(seen_by=supervisor):
            log.append("case.break_glass.seen", actor=str(supervisor.pk), subject=str(row.case_id))
    row.refresh_from_db()
    return row


def add_note(case: Case, author: User, text: str) -> CaseNote:
    if not text.strip():
        raise UsageProblem("The note is empty.")
    with transaction.atomic():
        note = CaseNote.objects.create(case=case, author=author, text=text.strip())
        log.append("case.note", actor=str(author.pk), subject=str(case.pk))
    return note


def set_form(case: Case, form: str, user: User) -> Case:
    """Say which form was filed. The number of the case stays: it is only a name inside."""
    if form not in Form.values:
        raise UsageProblem("The form is T, U or VAWA.")
    with transaction.atomic():
        case.form, case.form_known = form, True
        case.save(update_fields=["form", "form_known", "changed"])
        case.tasks.filter(kind=TaskKind.FORM, done__isnull=True).update(
            done=timezone.now(), done_by=user, outcome="form_set"
        )
        log.append("case.form_set", actor=str(user.pk), subject=str(case.pk), detail={"form": form})
    return case


def check_page(page: PageRow, user: User) -> PageRow:
    """A person has looked at a page that the machine could not vouch for."""
    case = page.packet.case
    if case is None:
        raise UsageProblem("This page belongs to no case yet.")
    with transaction.atomic():
        page.checked_by = user
        page.save(update_fields=["checked_by"])
        case.tasks.filter(page=page, kind=TaskKind.PAGES, done__isnull=True).update(
            done=timezone.now(), done_by=user, outcome="checked"
        )
        log.append("page.checked", actor=str(user.pk), subject=str(case.pk), detail={"page": str(page.pk)})
    return page


def close_task(task: Task, user: User, outcome: str = "done") -> Task:
    """``outcome``: one word."""
    with transaction.atomic():
        task.done, task.done_by, task.outcome = timezone.now(), user, outcome[:20]
        task.save(update_fields=["done", "done_by", "outcome"])
        detail = {"job": str(task.pk), "kind": task.kind, "outcome": task.outcome}
        log.append("task.closed", actor=str(user.pk), subject=str(task.case_id), detail=detail)
    return task


def answer_same_case(task: Task, same: bool, user: User, reason: str = "") -> CaseLink | None:
    """Join two cases by a link that can be taken back, or say that they are two."""
    if task.kind != TaskKind.SAME_CASE or task.other_case is None:
        raise UsageProblem("This task asks something else.")
    with transaction.atomic():
        link = None
        if same:
            link = CaseLink.objects.create(case=task.case, other=task.other_case, by=user, reason=reason)
        close_task(task, user, "same" if same else "different")
    return link


def rule_out_minor(notice: MinorNotice, user: User, reason: str) -> MinorNotice:
    """An officer found that the person is of age: the clock of HHS stops."""
    _need(reason, "To stop the clock of HHS, say how you know that the person is of age.")
    with transaction.atomic():
        notice.ruled_out, notice.ruled_out_by = timezone.now(), user
        notice.save(update_fields=["ruled_out", "ruled_out_by"])
        notice.person.protected.minor = False
        notice.person.protected.save(update_fields=["minor"])
        CaseNote.objects.create(case=notice.case, author=user, text=reason)
        detail = {"person": str(notice.person_id), "minor": False}
        log.append("minor.ruled_out", actor=str(user.pk), subject=str(notice.case_id), detail=detail)
    return notice
