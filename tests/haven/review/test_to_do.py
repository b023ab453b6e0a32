"""What only a person can settle: asked on the page of the case, answered there, gone from the work list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

Window = Callable[..., Page]


def why_first(page: Page, number: str) -> str:
    """All that the work list says about a case."""
    page.goto("/?show=all")
    return page.locator("tr.row", has_text=number).inner_text()


def to_do(page: Page, site) -> None:
    page.goto(site.case_url("to_settle"))
    page.keyboard.press("t")
    expect(page.get_by_role("tabpanel", name="To do")).to_be_visible()


def test_a_page_is_looked_at_and_the_note_is_kept(window: Window, site) -> None:
    page = window("r.ortega")
    to_do(page, site)

    question = page.locator(".todo li", has_text="Part of this page is handwritten.")
    question.get_by_label("What is on it?").fill("A postscript about the car")
    page.keyboard.press("Enter")

    expect(question).to_have_count(0)
    expect(page.locator("#to-do-title")).to_be_focused()
    expect(page.locator("#saved")).to_contain_text("Page 1 looked at.")
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_contain_text("R. Ortega noted: A postscript about the car")


def test_which_form_it_was_is_one_button(window: Window, site) -> None:
    page = window("r.ortega")
    to_do(page, site)

    page.get_by_role("button", name="U (I-918)").click()

    expect(page.locator("#case-chips")).to_contain_text("U · status unknown")
    expect(page.locator(".todo")).not_to_contain_text("Which form was filed")


def test_a_minor_is_ruled_out_only_with_a_reason(window: Window, site) -> None:
    page = window("r.ortega")
    number = site.cases["to_settle"][1]
    assert "a minor is named" in why_first(page, number)
    to_do(page, site)
    question = page.locator(".todo li", has_text="Daysi is perhaps under 18")

    question.get_by_role("button", name="Rule it out").click()
    expect(question).to_be_visible()
    question.get_by_label("How do you know that the person is of age?").fill("The passport on file says 1990.")
    question.get_by_role("button", name="Rule it out").click()

    expect(question).to_have_count(0)
    expect(page.locator("#case-chips")).not_to_contain_text("minor")
    assert "a minor is named" not in why_first(page, number)


def test_two_cases_that_have_one_number_are_said_to_be_two(window: Window, site) -> None:
    page = window("r.ortega")
    to_do(page, site)
    questions = page.locator(".todo li", has_text="are the two one case?")
    expect(questions.first).to_contain_text(re.compile(r"[TU]-\d"))
    for left in reversed(range(questions.count())):
        questions.first.get_by_role("button", name="No, two cases").click()
        expect(questions).to_have_count(left)
    expect(page.locator("#saved")).to_contain_text("They are two cases.")


def test_anything_else_is_settled_in_words(window: Window, site) -> None:
    page = window("r.ortega")
    to_do(page, site)
    question = page.locator(".todo li", has_text="in no known edition")

    question.get_by_label("How is it settled?").fill("Both boxes are empty on paper.")
    question.get_by_role("button", name="Settled").click()

    expect(question).to_have_count(0)
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_contain_text("noted: Both boxes are empty on paper.")


def test_what_was_settled_is_no_reason_of_the_work_list_any_more(window: Window, site) -> None:
    said = why_first(window("r.ortega"), site.cases["to_settle"][1])

    assert "the role of 1 person must be decided" in said
    assert not [reason for reason in ("minor", "same number", "needs a person", "form", "edition") if reason in said]
