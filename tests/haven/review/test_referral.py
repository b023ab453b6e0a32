"""From a confirmed person to the outbox: two people, one package, and nothing of anybody protected in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.haven.review.test_access import answer, log_rows
from tests.haven.review.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

Window = Callable[..., Page]
PROTECTED = ("Maylin", "Ramos", "Daysi", "Lorna", "204 338 917", "204338917", "15 years", "I-914", "T-000")


@pytest.fixture(scope="module")
def proposed() -> dict[str, str]:
    """What the steps of this module find out for the next ones: they are one story."""
    return {}


def packages(site) -> list[Path]:
    return [path for path in (site.home / "outbox").iterdir() if not path.name.startswith(".")]


def everything_in(package: Path) -> str:
    """All words of a package as a recipient could read them: bytes of every file, and the text of the report."""
    words = []
    for path in package.rglob("*"):
        if path.suffix == ".pdf":
            report = pypdfium2.PdfDocument(path)
            words += [page.get_textpage().get_text_range() for page in report]
            words.append(str(report.get_metadata_dict()))
        if path.is_file():
            words.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(words)


def test_nobody_is_referred_before_an_officer_confirmed_who_they_are(window: Window, site) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("referred"))

    page.get_by_role("button", name="Propose referral…").click()

    dialog = page.get_by_role("dialog", name="Propose a referral to ICE HSI")
    expect(dialog).to_contain_text("confirm the role and the name of at least one alleged person first")


def test_an_officer_confirms_and_proposes(window: Window, site, proposed: dict[str, str]) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("referred"))
    page.keyboard.press("j")
    for reviewed in range(1, 7):
        page.keyboard.press("c")
        expect(page.locator("#progress")).to_have_attribute("aria-label", f"{reviewed} of 18 values reviewed")
    page.reload()

    page.keyboard.press("p")
    expect(page.get_by_role("checkbox", name="Rosa Delgado")).to_be_checked()
    page.get_by_role("button", name="Propose", exact=True).click()

    expect(page.locator(".notice")).to_contain_text("is proposed. A supervisor of your office decides.")
    expect(page.locator("table.grid")).to_contain_text("Another person decides")
    form = page.locator('form[action*="/withdraw/"]').get_attribute("action") or ""
    proposed["path"] = form.removesuffix("withdraw/")


@pytest.mark.parametrize("user", ["r.ortega", "b.carver", "s.lindqvist"])
def test_nobody_but_a_supervisor_of_the_office_opens_the_proposal(
    window: Window, site, proposed: dict[str, str], user: str
) -> None:
    page = window(user)
    unknown = re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", proposed["path"])

    assert answer(page, site.url + proposed["path"]) == answer(page, site.url + unknown)
    assert page.request.get(site.url + proposed["path"]).status == 404


def test_who_proposed_cannot_release(window: Window, site, proposed: dict[str, str]) -> None:
    page = window("r.ortega")
    page.goto(site.case_url("referred"))

    status = page.evaluate(
        """async path => {
            const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
            const answers = new URLSearchParams({compared_excerpts: 'yes', no_inference: 'yes'});
            const sent = {method: 'POST', body: answers, headers: {'X-CSRFToken': token}};
            return (await fetch(path + 'release/', sent)).status;
        }""",
        proposed["path"],
    )

    window.complaints.clear()  # type: ignore[attr-defined]
    assert status == 404
    assert packages(site) == []


def test_the_supervisor_sees_what_leaves_what_stays_and_why(window: Window, site, proposed: dict[str, str]) -> None:
    page = window("l.whitfield")
    page.goto("/")
    page.get_by_role("link", name="Release R-0001?").click()

    package = page.get_by_role("region", name="The package")
    expect(package.locator(".out")).to_contain_text("Rosa Delgado, also La Patrona")
    expect(package.locator(".stay")).to_contain_text("the applicant, called Person 1")
    expect(package.locator(".pair").first.locator("mark").first).to_be_visible()
    left = " ".join(package.locator(".out, .pair > div:nth-child(2) blockquote").all_inner_texts())
    assert not [word for word in PROTECTED if word in left]
    side = page.get_by_role("complementary", name="Why it may leave")
    expect(side).to_contain_text("The gate says: permit")
    expect(side).to_contain_text("G6")
    expect(side).to_contain_text("8 U.S.C. 1367(a)(2)")
    expect(side.locator(".inspection")).to_contain_text("protected identifiers found", timeout=60_000)
    expect(side.locator(".inspection .is-bad")).to_have_count(0)


def test_the_page_of_an_excerpt_can_be_looked_at(window: Window, site, proposed: dict[str, str]) -> None:
    page = window("l.whitfield")
    page.goto(proposed["path"])

    page.locator(".pair a").first.click()

    expect(page.locator("main img")).to_be_visible()
    expect(page.locator("main img")).to_have_js_property("naturalWidth", 850)


def test_axe_finds_nothing_on_the_proposal_and_on_the_page_of_an_excerpt(
    window: Window, site, proposed: dict[str, str]
) -> None:
    page = window("l.whitfield")
    page.goto(proposed["path"])
    expect(page.locator(".inspection .is-good").first).to_be_visible(timeout=60_000)
    assert violations(page) == []

    page.locator(".pair a").first.click()
    expect(page.locator("main img")).to_be_visible()

    assert violations(page) == []


def test_another_person_releases_after_both_questions(window: Window, site, proposed: dict[str, str]) -> None:
    page = window("l.whitfield")
    page.goto(proposed["path"])
    expect(page.locator(".inspection .is-good").first).to_be_visible(timeout=60_000)

    page.get_by_role("button", name="Release").click()
    assert page.url.endswith(proposed["path"]), "nothing is sent while a question is open"
    page.get_by_label("I compared each excerpt with the page").check()
    page.get_by_label("Nothing here lets the subject guess who spoke").check()
    page.get_by_role("button", name="Release").click()

    expect(page.locator(".notice")).to_contain_text("is released to ICE HSI", timeout=60_000)
    expect(page.locator("table.grid")).to_contain_text("Released")


def test_the_package_names_the_alleged_and_holds_no_victim_identifier(site) -> None:
    (package,) = packages(site)

    words = everything_in(package)

    assert "Rosa Delgado" in words
    assert "CUI//" in words
    assert not [word for word in PROTECTED if word in words]


def test_the_agent_of_hsi_sees_the_package_and_nothing_beside_it(window: Window, site) -> None:
    page = window("m.tanaka")
    before = len(log_rows(site))
    page.goto("/")
    queue = page.locator("table.grid")
    expect(queue).to_contain_text("CUI//")
    listed = page.content()
    assert violations(page) == []
    queue.get_by_role("link").click()

    expect(page.get_by_role("heading", name="Rosa Delgado")).to_be_visible()
    expect(page.locator("main")).to_contain_text("La Patrona")
    assert violations(page) == []
    for shown in (listed, page.content()):
        assert not [word for word in (*PROTECTED, site.cases["referred"][0]) if word in shown]
    report = page.request.get(f"{page.url}report/")
    assert report.headers["content-type"] == "application/pdf" and report.body().startswith(b"%PDF")
    rows = [(e, d) for e, d in log_rows(site)[before:] if e.startswith("package.")]
    assert [event for event, _ in rows] == ["package.listed", "package.view", "package.report"]
    assert all('"G6"' in detail and '"purpose":"trafficking_lead"' in detail for _, detail in rows)


@pytest.mark.parametrize("user", ["r.ortega", "l.whitfield", "b.carver"])
def test_the_queue_of_hsi_does_not_exist_for_anybody_else(window: Window, site, user: str) -> None:
    page = window(user)

    assert page.request.get(f"{site.url}/packages/").status == 404


def test_a_package_that_was_changed_on_disk_is_not_shown(window: Window, site) -> None:
    (package,) = packages(site)
    page = window("m.tanaka")
    page.goto("/packages/")
    path = page.locator("table.grid a").get_attribute("href") or ""
    lead = package / "lead.json"
    released = lead.read_bytes()
    lead.write_bytes(released.replace(b"Rosa", b"Rita"))
    try:
        statuses = [page.request.get(f"{site.url}{path}{part}").status for part in ("", "report/")]
        page.goto("/packages/")
        expect(page.locator("table.grid")).to_contain_text("is not what was released: not shown")
        shown = page.request.get(f"{site.url}{path}").text()
    finally:
        lead.write_bytes(released)

    assert statuses == [409, 409]
    assert "Nothing is shown" in shown and "Rita" not in shown and "Delgado" not in shown
    assert "package.mismatch" in [event for event, _ in log_rows(site)]


def test_every_step_is_in_the_log_and_the_log_verifies(site) -> None:
    events = [event for event, _ in log_rows(site)]

    steps = ("value.confirmed", "referral.proposed", "referral.review", "referral.released")
    assert [step for step in steps if step not in events] == []
    assert events.index("referral.proposed") < events.index("referral.released")
    assert site.haven("audit", "verify").returncode == 0


def test_a_proposal_can_be_sent_back_with_a_reason(window: Window, site) -> None:
    officer, supervisor = window("r.ortega"), window("l.whitfield")
    officer.goto(site.case_url("referred"))
    officer.keyboard.press("p")
    officer.get_by_role("button", name="Propose", exact=True).click()
    expect(officer.locator(".notice")).to_contain_text("is proposed")

    supervisor.goto("/")
    supervisor.get_by_role("link", name="Release R-0002?").click()
    supervisor.get_by_role("button", name="Send back…").click()
    supervisor.get_by_label("What must change?").fill("Leave out the excerpt about the house.")
    supervisor.get_by_role("dialog").get_by_role("button", name="Send back").click()
    expect(supervisor.locator(".notice")).to_contain_text("is sent back to R. Ortega")

    officer.goto("/")
    expect(officer.get_by_role("complementary")).to_contain_text("Leave out the excerpt about the house.")
    other = window("d.okafor")
    other.goto("/referrals/")
    expect(other.get_by_role("main")).to_contain_text("R-0002")
    expect(other.get_by_role("main")).not_to_contain_text("the house")
    assert len(packages(site)) == 1
