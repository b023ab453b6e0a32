"""Who gets which page: the gate is asked for each, the log has the row, and a closed door looks like no door."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Window = Callable[..., Page]


def log_rows(site) -> list[tuple[str, str]]:
    """(event, detail) of every row, read from the log's own file beside the running server."""
    with sqlite3.connect(f"file:{site.home}/data/audit.sqlite3?mode=ro", uri=True) as audit:
        return audit.execute("SELECT event, detail FROM audit_row ORDER BY sequence").fetchall()


def answer(page: Page, path: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; only the date, which tells the time and not the case, is left out."""
    given = page.request.get(path)
    return given.status, {k: v for k, v in given.headers.items() if k != "date"}, given.text()


@pytest.mark.parametrize("path", ["", "pages/0/", "pages/0/image/"])
def test_a_case_that_must_not_be_known_answers_like_one_that_does_not_exist(window: Window, site, path: str) -> None:
    page = window("b.carver")

    closed = answer(page, site.case_url("looked_at") + path)
    unknown = answer(page, f"{site.url}/cases/{uuid.uuid4()}/{path}")

    assert closed == unknown
    assert closed[0] == 404


def test_an_ero_officer_gets_no_work_list_and_no_referrals(window: Window, site) -> None:
    page = window("b.carver")

    statuses = [page.request.get(f"{site.url}{path}").status for path in ("/", "/intake/", "/referrals/", "/log/")]

    assert statuses == [404, 404, 404, 404]


def test_an_unknown_user_sees_the_login_and_nothing_else(window: Window, site) -> None:
    page = window()

    page.goto(site.case_url("looked_at"))

    expect(page).to_have_title(re.compile("Log in"))
    assert page.request.get(site.case_url("looked_at") + "pages/0/image/", max_redirects=0).status == 302


def test_a_password_alone_opens_nothing(window: Window, site) -> None:
    page = window()
    page.goto(site.case_url("looked_at"))
    page.get_by_label("User name").fill("r.ortega")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Go on to the code").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()

    page.goto(site.case_url("looked_at"))

    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    assert page.request.get(site.case_url("looked_at") + "pages/0/image/", max_redirects=0).status == 302


def test_a_case_of_the_office_that_is_not_assigned_asks_why(window: Window, site) -> None:
    page = window("d.okafor")
    page.goto(site.case_url("without_places"))

    expect(page.get_by_role("heading", name="This case is not yours")).to_be_visible()
    assert "Marek Dvorak" not in page.content()
    page.get_by_label("Reason").fill("The assigned officer is ill and the interview is today.")
    page.get_by_role("button", name="Open for 8 hours").click()

    expect(page.get_by_role("heading", name="Marek Dvorak")).to_be_visible()
    expect(page.locator(".cui")).to_contain_text("you opened a case that is not yours; your supervisor is told.")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    window.complaints.clear()  # type: ignore[attr-defined]
    supervisor = window("l.whitfield")
    supervisor.goto("/?show=all")
    expect(supervisor.locator("table.grid")).to_contain_text("somebody who is not assigned opened the case")


def test_a_supervisor_takes_notice_of_it_once(window: Window, site) -> None:
    page = window("l.whitfield")
    page.goto("/?show=all")
    notice = page.locator(".wait li", has_text="D. Okafor opened")

    notice.get_by_role("button", name="Seen").click()

    expect(page.locator(".notice")).to_contain_text("Marked as seen")
    expect(page.get_by_role("complementary")).not_to_contain_text("D. Okafor opened")
    page.goto("/?show=all")
    expect(page.locator("table.grid")).not_to_contain_text("somebody who is not assigned")
    assert "case.break_glass.seen" in [event for event, _ in log_rows(site)]


def test_the_work_list_gives_reasons_and_no_names(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto("/?show=all")

    words = page.locator("main").inner_text()

    assert "a minor is named: HHS by" in words
    assert not [name for name in ("Rosa", "Delgado", "Maylin", "Daysi", "Marek") if name in words]


def test_every_look_is_a_row_written_with_its_rule_and_purpose(window: Window, site) -> None:
    page = window("r.ortega")
    before = len(log_rows(site))

    page.request.get(site.case_url("looked_at"))
    page.request.get(site.case_url("looked_at") + "pages/0/image/")

    seen = log_rows(site)[before:]
    # which of the other cases with the same number may be named is a question of its own
    assert [event for event, _ in seen] == ["case.view", "case.same_case", "page.image"]
    looks = [detail for event, detail in seen if event != "case.same_case"]
    assert all('"purpose":"adjudicate"' in detail and '"G1"' in detail for detail in looks)
    assert '"purpose":"worklist"' in seen[1][1] and '"U2"' in seen[1][1]


def test_a_privacy_officer_reads_the_log_and_no_case(window: Window, site) -> None:
    page = window("s.lindqvist")
    page.goto("/")

    expect(page.get_by_role("heading", name="Log")).to_be_visible()
    expect(page.locator(".headline")).to_contain_text("verified:")
    assert page.request.get(site.case_url("looked_at")).status == 404
    assert not [name for name in ("Delgado", "Ramos") if name in page.content()]


def test_pages_are_kept_by_no_cache_and_load_nothing_from_elsewhere(window: Window, site) -> None:
    page = window("r.ortega")
    elsewhere: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site.url) else elsewhere.append(request.url))

    headers = page.goto(site.case_url("looked_at")).headers

    assert headers["cache-control"] == "no-store, private"
    assert "'unsafe" not in headers["content-security-policy"]
    assert not elsewhere


def test_a_session_that_ended_says_so_and_loses_nothing(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("looked_at"))
    page.context.clear_cookies()

    page.get_by_role("link", name="Next page").click()

    expect(page).to_have_title(re.compile("Log in"))
    expect(page.locator("main")).to_contain_text("After the login you are back where you were")
    window.complaints.clear()  # type: ignore[attr-defined]


def test_the_log_verifies_after_all_of_it(site) -> None:
    verified = site.haven("audit", "verify")

    assert verified.returncode == 0, verified.stderr
