"""What the machine missed is added from the page, with who says so and why (contract 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from extract.errors import UsageProblem
from haven.review.adding import reason_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

Window = Callable[..., Page]


def test_somebody_new_is_added_by_key(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("to_settle"))

    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Add from the page")
    expect(page.locator("#add-page")).to_have_value("1")
    page.locator("#add-name").fill("Efrain Cruz")
    dialog.get_by_label("In this case this person is").select_option("associate")
    dialog.get_by_label("How do you know?").fill("last paragraph")
    page.keyboard.press("Enter")

    expect(page.locator('section.g-took_part article[data-name="Efrain Cruz"]')).to_contain_text(
        "confirmed · R. Ortega"
    )
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_contain_text("R. Ortega added name of Efrain Cruz: “Efrain Cruz”")
    expect(page.locator("#history")).to_contain_text("because: page 1: last paragraph")


def test_a_value_is_added_to_somebody_known(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("to_settle"))

    page.get_by_role("button", name="Add…").click()
    dialog = page.get_by_role("dialog", name="Add from the page")
    dialog.get_by_label("About").select_option(label="Rosa Delgado")
    expect(dialog.get_by_label("Name")).to_be_hidden()
    dialog.get_by_label("What").select_option("phone")
    dialog.get_by_label("As the page says it").fill("(832) 555-0177")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("How do you know?").fill("written in the margin")
    dialog.get_by_role("button", name="Add").click()

    added = page.locator('article.person[data-name="Rosa Delgado"] tr', has_text="(832) 555-0177")
    expect(added).to_contain_text("confirmed · R. Ortega")


def test_the_page_stands_in_the_reason_and_must_be_one_of_the_case() -> None:
    assert reason_of({"reason": " last line ", "page": "2"}, 3) == "page 2: last line"
    assert reason_of({"reason": "her call of 3 May", "page": ""}, 3) == "her call of 3 May"
    for wrong in ({"reason": "", "page": "1"}, {"reason": "x", "page": "4"}, {"reason": "x", "page": "0"}):
        with pytest.raises(UsageProblem):
            reason_of(wrong, 3)
