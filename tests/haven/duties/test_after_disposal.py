"""What a case does once a part of it was disposed of: it can be read, and no referral guesses who must stay out."""

from __future__ import annotations

import pytest

from extract.errors import UsageProblem
from haven import crypto
from haven.cases.models import PageText, RunRecord, Value
from haven.duties import cooperation
from haven.referral import identifiers
from haven.review.case_page import CasePage

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_page_of_a_case_stands_without_its_narratives(case, officer):
    for table in (RunRecord, PageText):
        table.objects.update(data_key=crypto.SHREDDED)

    shown = CasePage(case)

    assert "Rosa Delgado" in [card.title for group in shown.groups for card in group.people]
    assert shown.readings == {} and shown.paper(0).total == len(shown.pages)
    assert cooperation.readings(case, officer) == []


def test_no_referral_without_those_who_must_stay_out_of_it(case):
    subject = case.persons.get(entity="e1")
    identifiers.of_case(case, [subject])
    Value.objects.filter(person__protected__isnull=False).update(data_key=crypto.SHREDDED)

    with pytest.raises(UsageProblem, match="disposed of"):
        identifiers.of_case(case, [subject])


def test_cooperation_that_was_disposed_of_is_found_no_more(case, officer):
    row = cooperation.record(case, officer, agency="FBI", document_kind="statement")
    type(row).objects.update(data_key=crypto.SHREDDED)

    assert cooperation.find(officer, "FBI") == []
