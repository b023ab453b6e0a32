"""The work list: why first, in the words of a person, and without a name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from extract.record import Need
from haven.cases import services
from haven.cases.models import MinorNotice
from haven.cases.services import store_extraction, work_list
from tests.haven.builders import PEOPLE, STORY

pytestmark = pytest.mark.django_db(databases="__all__")

ADULTS = {"text": STORY.replace("15 years old", "my friend").replace("A 204 338 917", "of San Pedro Sula")}
FACTS = [("e1", "phone", "(832) 555-0143")]
SURE = {k: e.model_copy(update={"doubt": []}) for k, e in PEOPLE.items()}


@pytest.fixture
def officer(person):
    return person("officer")


@pytest.fixture
def make(home, extraction, officer):
    def make(id: str, **changes):
        told = {"text": f"{ADULTS['text']} {id}", "facts": FACTS, "people": dict(SURE), "id": id, **changes}
        return store_extraction(extraction(**told), office="VSC")

    return make


def test_the_most_urgent_reason_comes_first(make, extraction, officer):
    quiet = make("quiet")
    pages = make("pages", needs=[Need(code="page_needs_person", sentence="Handwritten.", page=0)])
    doubt = make("doubt", people={k: e.model_copy() for k, e in PEOPLE.items()})
    minor = store_extraction(extraction(), office="VSC")

    items = work_list(officer)

    assert [i.case for i in items] == [minor, doubt, pages, quiet]
    assert [i.why.kind for i in items] == ["minor", "doubt", "pages", "new"]
    assert items[2].why.sentence == "1 page needs a person"


def test_a_running_clock_says_until_when_and_an_overdue_one_says_so(home, extraction, officer):
    store_extraction(extraction(), office="VSC")
    assert "HHS by" in work_list(officer)[0].why.sentence

    MinorNotice.objects.update(due=timezone.now() - dt.timedelta(hours=1))

    assert "overdue" in work_list(officer)[0].why.sentence


def test_the_list_counts_and_names_nobody(home, extraction, officer):
    store_extraction(extraction(), office="VSC")
    (item,) = work_list(officer)

    assert (item.alleged, item.took_part, item.mine) == (1, 1, True)
    assert item.pages == {"text": 1, "blank": 1} and item.pages_total == 2
    assert item.documents == ["statement", "i-914"]
    said = " ".join(reason.sentence for reason in item.reasons)
    assert not any(name in said for name in ("Rosa", "Maylin", "Daysi", "Delgado"))


def test_a_rejected_accusation_is_not_counted(make, officer):
    case = make("one")
    services.reject(case.persons.get(entity="e1").value("role"), officer, "another Rosa")

    assert work_list(officer)[0].alleged == 0


def test_other_offices_are_another_list(make, officer):
    make("one")
    officer.office = "NSC"
    officer.save()

    assert work_list(officer) == []


def test_mine_are_the_cases_assigned_to_me(make, officer, person):
    colleague = person("colleague")
    case = make("one")
    services.assign(case, colleague)

    assert [i.case for i in work_list(colleague, mine=True)] == [case]
    case.assignments.filter(officer=colleague).update(until=timezone.now())
    assert work_list(colleague, mine=True) == []


def test_next_step_follows_the_review(make, officer):
    case = make("one")
    assert work_list(officer)[0].next_step == "Start review"

    for value in case.values_all.undecided():
        services.confirm(value, officer)

    (item,) = work_list(officer)
    assert (item.next_step, item.why.kind) == ("Decide: refer or not", "done")


def test_the_number_of_queries_does_not_grow_with_the_list(make, officer, django_assert_max_num_queries):
    for n in range(6):
        make(str(n))

    with django_assert_max_num_queries(12):
        assert len(work_list(officer)) == 6


def test_two_minors_are_one_reason_with_the_earlier_hour(home, extraction, officer):
    case = store_extraction(extraction(), office="VSC")
    other = services.add_person(case, "victim", "Maricela", officer, "page 2")
    services.add_value(other, "age", "16", officer, "page 2")

    minors = [reason for reason in work_list(officer)[0].reasons if reason.kind == "minor"]

    assert len(minors) == 1 and minors[0].sentence.startswith("2 minors are named: HHS by")
    assert minors[0].due == min(MinorNotice.objects.values_list("due", flat=True))
