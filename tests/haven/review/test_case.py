"""Reviewing a case: the paper beside the record, one thing at a time, all of it without the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Window = Callable[..., Page]


def row(page: Page, person: str, text: str):
    return page.locator(f'article.person[data-name="{person}"] tr', has_text=text)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def step_to(page: Page, person: str, text: str) -> None:
    """With j, as an officer would, until the value is the one under review."""
    wanted = row(page, person, text)
    for _ in range(40):
        if "cur" in (wanted.get_attribute("class") or "").split():
            return
        press(page, "j")
    raise AssertionError("the value cannot be reached with j")


def test_people_stand_in_groups_that_are_never_mixed(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    groups = {
        name: page.locator(f"section.g-{name} article.person").evaluate_all("all => all.map(a => a.dataset.name)")
        for name in ("alleged", "took_part", "protected")
    }

    assert groups == {
        "alleged": ["Rosa Delgado"],
        "took_part": ["Chuy"],
        "protected": ["Maylin Ramos", "Daysi", "Lorna"],
    }


def test_a_value_lights_its_words_on_the_paper(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    row(page, "Rosa Delgado", "(832) 555-0143").click()

    lit = page.locator("svg.marks a.lit")
    expect(lit).to_have_count(1)
    box, image = lit.locator("rect").first.bounding_box(), page.locator("#paper img").bounding_box()
    assert box and image and image["x"] < box["x"] < image["x"] + image["width"]


def test_words_on_the_paper_show_their_value(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    page.locator('svg.marks a[aria-label^="Rosa Delgado"]').first.click()

    expect(row(page, "Rosa Delgado", "Rosa Delgado").first).to_have_class("proposed cur")


def test_a_page_without_places_is_shown_as_its_text_with_the_same_marks(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("without_places"))

    mark = page.locator(".text-sheet mark.m-alleged", has_text="Marek Dvorak").first
    expect(mark).to_be_visible()
    mark.click()

    expect(page.locator('article.person[data-name="Marek Dvorak"] tr.cur')).to_have_count(1)


def test_a_page_that_could_not_be_read_says_why_and_stays_in_the_account(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("without_places") + "?page=2")

    expect(page.locator("#paper")).to_contain_text("The handwriting could not be read with confidence.")
    page.get_by_role("tab", name="Pages").click()
    expect(page.locator("#panel-pages")).to_contain_text("1 + 1 + 1 = 3. Nothing lost.")


def test_a_case_is_reviewed_without_the_mouse(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("reviewed"))

    step_to(page, "Rosa Delgado", "alleged trafficker")
    press(page, "c")
    expect(row(page, "Rosa Delgado", "alleged trafficker")).to_contain_text("confirmed · R. Ortega")

    step_to(page, "Rosa Delgado", "La Patrona")
    press(page, "e")
    page.keyboard.type("La Patrona Rosa")
    press(page, "Tab")
    page.keyboard.type("page 1, first paragraph")
    press(page, "Enter")
    corrected = row(page, "Rosa Delgado", "La Patrona Rosa")
    expect(corrected).to_contain_text("corrected · R. Ortega")
    expect(corrected).to_contain_text("read as: La Patrona; because: page 1, first paragraph")

    step_to(page, "Rosa Delgado", "(832) 555-0143")
    press(page, "x")
    page.keyboard.type("somebody else's number")
    press(page, "Enter")
    expect(row(page, "Rosa Delgado", "(832) 555-0143")).to_contain_text("rejected · R. Ortega")

    press(page, "z")
    expect(page.locator("#saved")).to_contain_text("last step taken back")
    expect(row(page, "Rosa Delgado", "(832) 555-0143")).to_have_attribute("data-state", "proposed")
    expect(page.locator("#progress")).to_have_attribute("aria-label", "2 of 18 values reviewed")


def test_the_next_doubtful_value_is_one_key_away(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    press(page, "n")

    current = page.locator("#people tr.cur")
    expect(current).to_have_attribute("data-sure", "check")
    expect(current).to_have_attribute("data-text", "Chuy")


def test_a_doubt_about_who_is_accused_says_both_readings(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    lorna = page.locator('article.person[data-name="Lorna"]')

    expect(lorna).to_contain_text("2 readings: family or alleged trafficker")
    expect(page.locator("section.g-protected")).to_contain_text("Lorna")


def test_a_protected_person_is_moved_to_the_alleged_only_with_a_reason(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("reviewed"))
    step_to(page, "Lorna", "Lorna")

    press(page, "r")
    dialog = page.get_by_role("dialog", name="Role of Lorna")
    dialog.get_by_label("alleged trafficker").check()
    expect(dialog).to_contain_text("This moves a protected person to those who are accused.")
    dialog.get_by_role("button", name="Set role").click()
    expect(dialog).to_be_visible()
    assert page.locator("section.g-protected", has_text="Lorna").count() == 1

    dialog.get_by_label("Why?").fill("Paragraph 2: she took the money for the journey.")
    dialog.get_by_role("button", name="Set role").click()

    expect(page.locator('section.g-alleged article[data-name="Lorna"]')).to_be_visible()
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_contain_text("because: Paragraph 2: she took the money for the journey.")


def test_the_server_asks_why_too(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))
    path = page.locator('article.person[data-name="Daysi"]').get_attribute("data-person")

    answer = page.evaluate(
        """async path => {
            const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
            const sent = await fetch(location.pathname + 'people/' + path + '/role/',
                {method: 'POST', body: new URLSearchParams({role: 'trafficker'}), headers: {'X-CSRFToken': token}});
            return [sent.status, await sent.text()];
        }""",
        path,
    )

    window.complaints.clear()  # type: ignore[attr-defined]
    assert answer == [422, "To make a protected person one of the alleged, say why."]


def test_a_decision_that_somebody_overtook_is_said_and_not_lost(window: Window, site) -> None:
    one, other = window("r.ortega"), window("r.ortega")
    one.goto(site.case_url("without_places"))
    other.goto(site.case_url("without_places"))

    step_to(one, "Marek Dvorak", "alleged trafficker")
    press(one, "c")
    expect(row(one, "Marek Dvorak", "alleged trafficker")).to_contain_text("confirmed")
    step_to(other, "Marek Dvorak", "alleged trafficker")
    press(other, "c")

    expect(other.locator("#toast")).to_contain_text("Somebody decided this while your page was open")
    window.complaints.clear()  # type: ignore[attr-defined]


def test_the_question_mark_lists_the_keys(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "Escape")

    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 720])
def test_paper_and_record_are_two_tabs_where_the_window_is_narrow(window: Window, site, width: int) -> None:
    page = window("r.ortega", width=width, height=800)
    page.goto(site.case_url("looked_at"))

    expect(page.locator("#record")).to_be_visible()
    expect(page.locator("#paper")).to_be_hidden()
    page.get_by_role("button", name="Paper", exact=True).click()

    expect(page.locator("#paper")).to_be_visible()
    expect(page.locator("#record")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_printed_case_shows_paper_and_record_without_the_frame(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    page.emulate_media(media="print")

    expect(page.locator(".cui")).to_be_visible()
    expect(page.locator("#record")).to_be_visible()
    expect(page.locator("nav[aria-label=Main]")).to_be_hidden()
    expect(page.locator(".keys")).to_be_hidden()


def test_keys_pressed_faster_than_the_server_answers_are_not_lost(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))

    press(page, "j", "c", "c", "c")

    expect(page.locator("#progress")).to_have_attribute("aria-label", "3 of 18 values reviewed")
    press(page, "z", "z", "z")
    expect(page.locator("#progress")).to_have_attribute("aria-label", "0 of 18 values reviewed")
