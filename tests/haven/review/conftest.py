"""A real store served by the real ``haven serve``, and a real Chromium in front of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.haven.review.prepare import PASSWORD

ROOT = Path(__file__).parents[3]
HAVEN = str(Path(sys.executable).with_name("haven"))
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STARTS_WITHIN = 120
SLOW_MACHINE = 30_000
"""Milliseconds that a page may take where two cores do everything else too."""


@dataclass
class Site:
    """The product as its users meet it: an address, and a folder that holds everything."""

    url: str
    home: Path
    cases: dict[str, tuple[str, str]]
    secrets: dict[str, str]
    """The second factor of each user, as their phone has it."""
    signed_in: dict[str, dict] = field(default_factory=dict)
    """Cookies of each user: a one-time code is good for one sign-in, so each user signs in once."""

    def haven(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run([HAVEN, *arguments], self.home)

    def case_url(self, name: str) -> str:
        return f"{self.url}/cases/{self.cases[name][0]}/"


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAVEN_")}
    return {**kept, "HAVEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haven.settings"}


def run(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("served")
    prepared = run([sys.executable, "-m", "tests.haven.review.prepare"], home)
    assert prepared.returncode == 0, prepared.stderr
    made = json.loads(prepared.stdout.splitlines()[-1])
    cases = {name: tuple(pair) for name, pair in made["cases"].items()}
    port = free_port()
    server = subprocess.Popen(
        [HAVEN, "serve", "--port", str(port)],
        env=environment(home),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port, server)
        yield Site(f"http://127.0.0.1:{port}", home, cases, made["secrets"])
    finally:
        server.terminate()
        try:
            server.wait(timeout=40)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(port: int, server: subprocess.Popen[str]) -> None:
    """Until the server has answered once: it takes connections before its workers have loaded."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(server.stderr.read() if server.stderr else "the server stopped")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=STARTS_WITHIN).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not answer within {STARTS_WITHIN} s")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module, closed before any test that uses the database in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page as a user, signed in with password and one-time code; complaints of the console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(user: str | None = None, *, width: int = 1440, height: int = 900) -> Page:
        if user and user not in site.signed_in:
            site.signed_in[user] = sign_in(chromium, site, user)
        state = site.signed_in[user] if user else None
        context = chromium.new_context(
            viewport={"width": width, "height": height}, storage_state=state, base_url=site.url, reduced_motion="reduce"
        )
        context.set_default_timeout(SLOW_MACHINE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    open_window.complaints = complaints  # type: ignore[attr-defined]
    yield open_window
    for context in contexts:
        context.close()
    # what a test expects to be refused, it takes out of the list itself
    assert not complaints


def one_time_code(secret: str) -> str:
    """RFC 6238, as an authenticator app computes it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(chromium: Browser, site: Site, user: str) -> dict:
    context = chromium.new_context(base_url=site.url)
    context.set_default_timeout(SLOW_MACHINE)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on to the code").click()
    page.get_by_label("Code").fill(one_time_code(site.secrets[user]))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    state = context.storage_state()
    context.close()
    return dict(state)
