"""Two cases with one number are joined only by somebody who may see both."""

from __future__ import annotations

import pytest

from extract.errors import UsageProblem
from haven.cases.models import CaseLink
from haven.cases.services import store_extraction
from haven.review.case_page import CasePage
from haven.review.to_do import answer_task, same_case_tasks, to_do
from tests.haven.builders import STORY

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def two(home, extraction, person):
    other = store_extraction(extraction(), office="NSC")
    case = store_extraction(extraction(text=f"{STORY} Again.", id="again"), office="VSC")
    return case, other, person("officer")


def test_a_case_that_the_officer_may_not_see_is_not_named(two):
    case, other, _ = two

    (item,) = [one for one in to_do(CasePage(case), known=()) if "same number" in one.sentence]

    assert item.other is None and item.ask == ""
    assert other.number not in f"{item.sentence} {item.hint}"


def test_nor_can_it_be_joined_by_a_request_of_its_own(two):
    case, _, officer = two
    (task,) = same_case_tasks(case)

    with pytest.raises(UsageProblem, match="may see both"):
        answer_task(task, officer, {"same": "yes"}, known=())

    assert not CaseLink.objects.exists()
    assert same_case_tasks(case) == [task]


def test_who_may_see_both_links_them_and_the_task_is_closed(two):
    case, other, officer = two
    (task,) = same_case_tasks(case)

    answer_task(task, officer, {"same": "yes", "note": "The same passport."}, known={other.pk})

    link = CaseLink.objects.get()
    assert (link.case, link.other, link.by, str(link.reason)) == (case, other, officer, "The same passport.")
    assert same_case_tasks(case) == []
