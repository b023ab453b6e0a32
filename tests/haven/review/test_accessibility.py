"""Section 508: axe finds nothing on any page in any state (WCAG 2.2 A and AA, best practices)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.haven.review.conftest import SLOW_MACHINE
from tests.haven.review.prepare import NEWCOMER, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Window = Callable[..., Page]


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found]


def test_the_entrance(window: Window, site) -> None:
    page = window()
    page.goto("/")

    assert violations(page) == []


def test_setting_up_the_second_factor(window: Window, site) -> None:
    page = window()
    page.goto("/")
    page.get_by_label("User name").fill(NEWCOMER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on to the code").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible(timeout=SLOW_MACHINE)

    assert violations(page) == []


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("r.ortega", "/"),
        ("r.ortega", "/?show=done"),
        ("r.ortega", "/intake/"),
        ("r.ortega", "/referrals/"),
        ("r.ortega", "/me/"),
        ("r.ortega", "/search/"),
        ("s.lindqvist", "/log/"),
        ("m.tanaka", "/packages/"),
        ("b.carver", "/"),
    ],
)
def test_a_page(window: Window, site, user: str, path: str) -> None:
    page = window(user)
    page.goto(path)

    assert violations(page) == []
    window.complaints.clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [1440, 320])
def test_the_case_with_a_value_under_review(window: Window, site, width: int) -> None:
    page = window("r.ortega", width=width)
    page.goto(site.case_url("looked_at"))
    page.keyboard.press("j")
    expect(page.locator("#people tr.cur")).to_have_count(1)

    assert violations(page) == []


def test_what_a_search_finds(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto("/search/")
    page.get_by_label("Name of a person or organization").fill("Rossa Delgado")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("table", name="Sounds alike")).to_contain_text("Rosa Delgado")
    expect(page.locator(".chip.warn")).to_contain_text("sound alike")

    assert violations(page) == []


def test_words_that_are_kept_back(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))
    act = page.locator("#people tr[data-slot]", has=page.locator('[data-act="keep_back"], [data-act="let_go"]')).first
    act.locator("th").click()
    act.get_by_role("button", name="Keep words back").click()
    expect(act).to_contain_text("its words are kept back (K9)")
    assert violations(page) == []

    act.locator("th").click()
    act.get_by_role("button", name="Let words go").click()
    expect(act).not_to_contain_text("kept back")
    expect(act.get_by_role("button", name="Keep words back")).to_be_visible()


@pytest.mark.parametrize("tab", ["To do", "Form fields", "Pages", "History"])
def test_each_side_of_the_record(window: Window, site, tab: str) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("without_places" if tab == "Pages" else "looked_at"))
    page.get_by_role("tab", name=tab).click()

    assert violations(page) == []


@pytest.mark.parametrize("key", ["?", "a", "e", "x", "r", "p"])
def test_each_dialog(window: Window, site, key: str) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))
    page.keyboard.press("j")
    page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(1)

    assert violations(page) == []


def test_a_case_that_is_not_yours(window: Window, site) -> None:
    page = window("d.okafor")
    page.goto(site.case_url("reviewed"))

    assert violations(page) == []
    window.complaints.clear()  # type: ignore[attr-defined]
