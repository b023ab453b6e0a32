"""The search page: one's own cases in full, another's only as a pointer, and of the protected nothing at all."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.http import Http404
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from haven.audit.models import AuditRow
from haven.cases import services
from haven.review import search_views
from tests.haven.builders import STORY, Told

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction):
    return services.store_extraction(extraction(), office="VSC")


def searched(user, name: str) -> str:
    user.session_mfa = True
    request = RequestFactory().post("/search/", {"name": name})
    request.user = user
    return search_views.people(request).content.decode()


def test_in_an_own_case_a_name_is_shown_and_told_from_one_that_sounds_alike(case, person):
    officer = person("officer")
    services.assign(case, officer)

    same, alike = searched(officer, "Delgado Rosa"), searched(officer, "Rossa Delgado")

    assert "Rosa Delgado</td>" in same and "1 with this name" in same and "0 that sound alike" in same
    assert "Rosa Delgado</td>" in alike and "0 with this name" in alike and "1 that sounds alike" in alike
    assert "Maylin Ramos</td>" in searched(officer, "Ramos Maylin")


def test_of_another_case_only_a_pointer_to_who_works_on_it(case, person):
    services.assign(case, person("officer"))

    seen = searched(person("colleague"), "Rosa Delgado")

    assert case.pseudonym in seen and "R. Ortega" in seen
    assert case.number not in seen and "Rosa Delgado</td>" not in seen


def test_that_somebody_protected_is_in_another_case_is_not_said(case, person):
    colleague = person("colleague")
    there = searched(colleague, "Maylin Ramos").replace("Maylin Ramos", "X")
    nowhere = searched(colleague, "Jane Unknown").replace("Jane Unknown", "X")

    def token_free(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if "csrf" not in line)

    assert token_free(there) == token_free(nowhere)


def test_who_is_protected_in_other_cases_takes_neither_time_nor_a_place(case, person, extraction, monkeypatch):
    for number in range(3):  # in the order of their random ids the own one is rarely the first
        told = Told(id=f"case {number}", text=f"Another {number}. {STORY}")
        last = services.store_extraction(extraction(told), office="VSC")
    colleague = person("colleague")

    def questions(name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            searched(colleague, name)
        return len(asked)

    assert questions("Maylin Ramos") == questions("Marla Ronson")

    monkeypatch.setattr(search_views, "MOST", 1)
    services.assign(last, colleague)
    assert last.number in searched(colleague, "Maylin Ramos")


def test_who_has_no_cases_has_no_search(case, person):
    with pytest.raises(Http404):
        searched(person("ero"), "Rosa Delgado")


def test_each_hit_is_a_row_without_the_name(case, person):
    services.assign(case, person("officer"))
    searched(person("colleague"), "Rosa Delgado")

    rows = list(AuditRow.objects.filter(event__startswith="search.").order_by("sequence"))
    assert [row.event for row in rows] == ["search.view", "search.hit"]
    assert json.loads(rows[1].detail)["rules"][0] == "G4" and rows[1].subject == str(case.pk)
    assert "delgado" not in "".join(row.detail for row in rows).lower()
