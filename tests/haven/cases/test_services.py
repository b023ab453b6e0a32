"""What an officer decides: a new row each time, in the log before it is answered, and never lost."""

from __future__ import annotations

import pytest

from extract.errors import UsageProblem
from haven.audit import log
from haven.audit.models import AuditRow
from haven.cases import services
from haven.cases.access import minors_of
from haven.cases.models import (
    BreakGlass,
    Bystander,
    Case,
    CaseLink,
    IndexEntry,
    MinorNotice,
    ProtectedPerson,
    Subject,
    Task,
    Value,
)
from haven.cases.services import Overtaken, store_extraction
from tests.haven.builders import STORY

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction) -> Case:
    return store_extraction(extraction(), office="VSC")


@pytest.fixture
def officer(person):
    return person("officer")


def of(case: Case, entity: str):
    return case.persons.get(entity=entity)


def value(case: Case, entity: str, field: str) -> Value:
    return of(case, entity).value(field)


def states(value: Value) -> list[tuple[str, str]]:
    return [(v.state, v.text) for v in value.history()]


def test_to_confirm_is_a_new_row_with_the_same_evidence(case, officer):
    name = value(case, "e1", "name")
    confirmed = services.confirm(name, officer)

    assert states(confirmed) == [("proposed", "Rosa Delgado"), ("confirmed", "Rosa Delgado")]
    assert confirmed.by == officer
    assert set(confirmed.evidence.all()) == set(name.evidence.all())
    assert value(case, "e1", "name") == confirmed


def test_to_confirm_twice_changes_nothing(case, officer):
    confirmed = services.confirm(value(case, "e1", "name"), officer)

    assert services.confirm(confirmed, officer) == confirmed


def test_a_correction_carries_officer_and_reason_and_can_be_found(case, officer):
    corrected = services.correct(value(case, "e1", "name"), officer, "  Rosa  Delgado Paz ", "so on page 2")

    assert (corrected.text, corrected.source, corrected.reason) == ("Rosa Delgado Paz", "officer", "so on page 2")
    found = IndexEntry.objects.filter(kind="name", person=of(case, "e1"))
    assert found.count() == 3  # as read, the alias, and as corrected


@pytest.mark.parametrize(
    ("text", "reason", "sentence"), [("", "because", "right words"), ("Rosa", "", "reason"), ("Rosa", "  ", "reason")]
)
def test_a_correction_needs_words_and_a_reason(case, officer, text, reason, sentence):
    with pytest.raises(UsageProblem, match=sentence):
        services.correct(value(case, "e1", "name"), officer, text, reason)


def test_what_is_rejected_stays_in_the_history_and_off_the_record(case, officer):
    phone = value(case, "e1", "phone")
    rejected = services.reject(phone, officer, "her sister's")

    assert value(case, "e1", "phone") is None
    assert states(rejected) == [("proposed", "(832) 555-0143"), ("rejected", "(832) 555-0143")]


def test_a_rejection_needs_a_reason(case, officer):
    with pytest.raises(UsageProblem, match="reason"):
        services.reject(value(case, "e1", "phone"), officer, "")


def test_undo_is_a_row_of_its_own_and_undone_again_it_is_as_it_was(case, officer):
    corrected = services.correct(value(case, "e1", "name"), officer, "Rosa Paz", "so on page 2")
    undone = services.undo(corrected, officer)
    redone = services.undo(undone, officer)

    assert states(redone) == [
        ("proposed", "Rosa Delgado"),
        ("corrected", "Rosa Paz"),
        ("proposed", "Rosa Delgado"),
        ("corrected", "Rosa Paz"),
    ]
    assert (undone.undo, undone.source, redone.source) == (True, "extracted", "officer")


def test_what_was_never_decided_cannot_be_undone(case, officer):
    with pytest.raises(UsageProblem, match="nothing to undo"):
        services.undo(value(case, "e1", "name"), officer)


def test_who_comes_second_is_told_and_nothing_is_overwritten(case, officer, person):
    seen_by_both = value(case, "e1", "name")
    services.confirm(seen_by_both, officer)

    with pytest.raises(Overtaken):
        services.reject(seen_by_both, person("colleague"), "not her")
    assert value(case, "e1", "name").state == "confirmed"


def test_without_a_log_nothing_is_decided(case, officer, monkeypatch):
    def unwritable(*args, **kwargs):
        raise log.AuditUnavailable("The log could not be written.")

    name = value(case, "e1", "name")
    monkeypatch.setattr(log, "append", unwritable)
    with pytest.raises(log.AuditUnavailable):
        services.confirm(name, officer)

    assert value(case, "e1", "name").state == "proposed"


@pytest.mark.parametrize("decide", ["confirm", "correct", "reject", "undo", "add_value", "add_person", "set_role"])
def test_every_decision_is_a_row_of_the_log_without_words(case, officer, decide):
    name = value(case, "e1", "name")
    before = AuditRow.objects.count()
    {
        "confirm": lambda: services.confirm(name, officer),
        "correct": lambda: services.correct(name, officer, "Rosa Paz", "typed wrong"),
        "reject": lambda: services.reject(name, officer, "not a name"),
        "undo": lambda: services.undo(services.confirm(name, officer), officer),
        "add_value": lambda: services.add_value(of(case, "e1"), "email", "rosa@example.org", officer, "page 1"),
        "add_person": lambda: services.add_person(case, "trafficker", "Tito Paz", officer, "page 2"),
        "set_role": lambda: services.set_role(of(case, "e2"), "trafficker", officer),
    }[decide]()

    rows = list(AuditRow.objects.order_by("sequence"))[before:]
    assert rows and all(row.actor == str(officer.pk) and row.subject == str(case.pk) for row in rows)
    assert not any(word in row.detail for row in rows for word in ("Rosa", "Tito", "example", "page"))


def test_the_first_decision_brings_the_case_into_review(case, officer):
    services.confirm(value(case, "e1", "name"), officer)

    case.refresh_from_db()
    assert case.state == "in_review"


def test_confirming_the_role_makes_a_record_of_an_alleged_person(case, officer):
    rosa = of(case, "e1")
    assert not rosa.confirmed

    services.confirm(rosa.value("role"), officer)

    assert of(case, "e1").confirmed


def test_somebody_who_took_part_can_be_made_one_of_the_alleged(case, officer):
    services.set_role(of(case, "e2"), "trafficker", officer)

    chuy = of(case, "e2")
    assert (chuy.role, chuy.group, chuy.category, chuy.confirmed) == ("trafficker", "alleged", "K1", True)
    assert chuy.name == "Chuy"


@pytest.mark.parametrize("role", ["trafficker", "associate"])
def test_a_protected_person_becomes_alleged_only_with_a_reason(case, officer, role):
    with pytest.raises(UsageProblem, match="say why"):
        services.set_role(of(case, "e4"), role, officer)
    assert of(case, "e4").group == "protected"

    services.set_role(of(case, "e4"), role, officer, "she took the fee, paragraph 4")

    assert Subject.objects.filter(person=of(case, "e4"), doubt=[]).exists()
    assert not ProtectedPerson.objects.filter(person=of(case, "e4")).exists()


def test_the_applicant_never_leaves_the_protected(case, officer):
    with pytest.raises(UsageProblem, match="applicant"):
        services.set_role(of(case, "e0"), "trafficker", officer, "a reason")


def test_to_settle_a_doubt_confirms_the_harmless_role(case, officer):
    services.set_role(of(case, "e4"), "family", officer)

    lorna = of(case, "e4")
    assert (lorna.role, lorna.doubt, lorna.value("role").state) == ("family", [], "confirmed")


def test_undoing_a_role_brings_back_the_table_and_the_doubt(case, officer):
    decided = services.set_role(of(case, "e4"), "trafficker", officer, "she took the fee")
    services.undo(decided, officer)

    lorna = of(case, "e4")
    assert (lorna.role, lorna.doubt, lorna.value("role").state) == ("family", ["trafficker"], "proposed")
    assert not Subject.objects.filter(person=lorna).exists()


def test_a_role_that_does_not_exist_is_refused(case, officer):
    with pytest.raises(UsageProblem):
        services.set_role(of(case, "e1"), "guilty", officer)


def test_an_officer_can_add_whom_the_machine_missed(case, officer):
    added = services.add_person(case, "trafficker", "Tito Paz", officer, "second page, in the margin")

    assert (added.name, added.group, added.confirmed) == ("Tito Paz", "alleged", True)
    assert added.value("name").reason == "second page, in the margin"


def test_another_victim_of_sixteen_starts_the_clock_whoever_enters_it(case, officer):
    added = services.add_person(case, "victim", "Maricela", officer, "page 2")
    services.add_value(added, "age", "16", officer, "page 2")

    assert MinorNotice.objects.filter(person=added).exists()


def test_a_bystander_found_to_be_a_young_victim_starts_the_clock(case, officer):
    added = services.add_person(case, "other", "Maricela", officer, "page 2")
    services.add_value(added, "age", "seventeen", officer, "page 2")
    assert Bystander.objects.filter(person=added).exists() and not MinorNotice.objects.filter(person=added).exists()

    services.set_role(added, "victim", officer)

    assert MinorNotice.objects.filter(person=added).exists()


def test_the_clock_stops_with_a_reason(case, officer):
    notice = MinorNotice.objects.get()
    with pytest.raises(UsageProblem, match="how you know"):
        services.rule_out_minor(notice, officer, "")
    assert minors_of(case).exists()

    services.rule_out_minor(notice, officer, "was fifteen in 2014")

    assert not minors_of(case).exists()


def test_glass_is_broken_with_a_reason_in_words_for_eight_hours(case, person):
    colleague = person("colleague")
    with pytest.raises(UsageProblem, match="in words"):
        services.break_glass(case, colleague, "need")

    row = services.break_glass(case, colleague, "the officer is ill and ICE called")

    assert (row.until - row.since).total_seconds() == 8 * 3600
    assert BreakGlass.objects.get().reason == "the officer is ill and ICE called"
    assert AuditRow.objects.filter(event="case.break_glass", actor=str(colleague.pk)).exists()


def test_two_cases_are_linked_and_never_merged(case, extraction, officer):
    later = store_extraction(extraction(id="later", text=STORY.replace("March", "April")), office="VSC")
    task = Task.objects.get(kind="same_case")

    services.answer_same_case(task, True, officer, "the same A-number and birthday")

    link = CaseLink.objects.get()
    assert (link.case, link.other) == (later, case)
    task.refresh_from_db()
    assert (task.outcome, task.done_by) == ("same", officer)
    assert later.persons.count() == case.persons.count()


def test_the_form_is_said_by_an_officer_where_no_paper_says_it(home, extraction, officer):
    case = store_extraction(extraction(form=None), office="VSC")
    services.set_form(case, "U", officer)

    case.refresh_from_db()
    assert (case.form, case.form_known, case.number) == ("U", True, "T-0001")
    assert not case.tasks.filter(kind="form", done__isnull=True).exists()


def test_progress_adds_up(case, officer):
    before = services.progress(case)
    services.confirm(value(case, "e1", "role"), officer)
    after = services.progress(case)

    assert before.decided == 0 and before.open == before.total
    assert (after.decided, after.total) == (1, before.total)
    assert (after.alleged, after.alleged_confirmed) == (1, 1)
    assert str(after) == f"1 of {before.total}"


def test_the_next_doubtful_value_is_one_step_away(case, officer):
    from haven.cases.progress import next_doubtful

    first = next_doubtful(case)
    assert not first.sure
    second = next_doubtful(case, after=first)
    assert second.order > first.order

    for doubtful in [v for v in case.values_all.undecided() if not v.sure]:
        services.confirm(doubtful, officer)
    assert next_doubtful(case) is None
