"""What the packet's words state of an accused stands on the case's page, with the pages that say so."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from extract.record import Element, Outcome
from haven.cases import services
from haven.cases.vocabulary import Group
from haven.review.case_page import CasePage
from haven.review.stated import Stated, stated_of
from tests.haven.builders import PEOPLE

ENTITY = {
    "elements": [
        {"element": "act", "kind": "recruiting", "how": "offer of work or school", "ranges": [[5, 9], [105, 109]]},
        {"element": "means", "kind": "coercion", "how": "papers taken", "ranges": [[20, 30]]},
        {"element": "means", "kind": "coercion", "how": "debt", "ranges": [[120, 130]]},
        {"element": "means", "kind": "under_18", "how": "age", "ranges": [[20, 30]]},
    ],
    "outcomes": [{"status": "not_charged", "statute": [], "ranges": [[110, 115]]}],
    "against": [[110, 115]],
}


def test_a_line_for_each_kind_with_its_pages():
    assert stated_of(ENTITY, lambda place: place // 100) == (
        Stated("Act stated", "recruiting (offer of work or school)", (0, 1)),
        Stated("Means stated", "coercion (papers taken, debt)", (0, 1)),
        Stated("Means stated", "the victim was under 18", (0,)),
        Stated("Said to have become of them", "not charged", (1,)),
        Stated("Speaks against it", "a sentence that denies or doubts it", (1,)),
    )


def test_what_stands_on_a_page_that_is_held_back_is_left_out():
    lines = stated_of(ENTITY, lambda place: 0 if place < 100 else None)
    assert [line.text for line in lines] == [
        "recruiting (offer of work or school)", "coercion (papers taken)", "the victim was under 18",
    ]  # fmt: skip


def test_a_record_of_before_states_nothing():
    assert stated_of({"role": "trafficker"}, lambda _: 0) == ()


@pytest.mark.django_db(databases="__all__")
def test_it_stands_on_the_page_of_the_case(home, extraction):
    people = {key: entity.model_copy(deep=True) for key, entity in PEOPLE.items()}
    people["e1"].elements = [Element(element="means", kind="coercion", how="papers taken", ranges=[(160, 180)])]
    people["e1"].outcomes = [Outcome(status="convicted", statute=["18 U.S.C. 1589"], ranges=[(160, 180)])]
    case = services.store_extraction(extraction(people=people), office="VSC")

    groups = CasePage(case).groups

    stated = {card.title: card.stated for group in groups if group.key == Group.ALLEGED for card in group.people}
    assert stated == {
        "Rosa Delgado": (
            Stated("Means stated", "coercion (papers taken)", (0,)),
            Stated("Said to have become of them", "convicted (18 U.S.C. 1589)", (0,)),
        )
    }
    shown = render_to_string("review/parts/people.html", {"groups": groups, "case": case})
    assert "Means stated: coercion (papers taken)" in shown
    assert shown.count("What the text states, not proved") == 1
