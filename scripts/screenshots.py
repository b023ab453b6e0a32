"""Takes the pictures of the README from the real demonstration: ``python scripts/screenshots.py [FOLDER]``.

Makes a store of its own in a temporary folder from ``samples/``, serves it, and drives Chromium through it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
HAVEN = str(Path(sys.executable).with_name("haven"))
SIZE: ViewportSize = {"width": 1440, "height": 900}
LARGEST = 200_000
"""Bytes of one picture."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


class Demo:
    """The demonstration in a folder of its own, and a browser in front of it."""

    def __init__(self, home: Path, browser: Browser, port: int, folder: Path) -> None:
        self.home, self.browser, self.port, self.folder = home, browser, port, folder
        self.passwords = json.loads((home / "demo-accounts.json").read_text(encoding="utf-8"))

    def window(self, user: str | None = None) -> Page:
        page = self.browser.new_context(viewport=SIZE, base_url=f"http://127.0.0.1:{self.port}").new_page()
        page.set_default_timeout(60_000)
        page.goto("/")
        if user:
            page.get_by_label("User name").fill(user)
            page.get_by_label("Password").fill(self.passwords[user])
            page.get_by_role("button", name="Go on to the code").click()
            for _ in range(3):  # a code may run out while it is being typed
                page.get_by_label("Code").fill(haven(self.home, "demo", "code", user).strip())
                page.get_by_role("button", name="Log in").click()
                page.wait_for_load_state()
                if "/account/" not in page.url:
                    break
        return page

    def picture(self, page: Page, name: str) -> None:
        path = self.folder / f"{name}.png"
        page.wait_for_load_state("networkidle")
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}  {path.stat().st_size // 1000} kB")
        if path.stat().st_size > LARGEST:
            raise SystemExit(f"{path} is larger than {LARGEST // 1000} kB.")


def haven(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "HAVEN_HOME": str(home)}
    done = subprocess.run([HAVEN, *arguments], env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The pages did not come up within a minute.")


def take(demo: Demo) -> None:
    """Log in, work list, a case with a value under review, and its referral before the release."""
    demo.picture(demo.window(), "login")
    officer = demo.window("r.ortega")
    officer.goto("/?show=all")
    demo.picture(officer, "worklist")
    officer.locator("tr.row", has_not=officer.locator("b", has_text="0")).first.locator("a.case-link").click()
    officer.wait_for_url("**/cases/**")
    officer.wait_for_load_state("networkidle")
    officer.keyboard.press("j")
    officer.locator("#people tr.cur").wait_for()
    officer.locator("#paper .lit").first.wait_for()
    demo.picture(officer, "case")
    propose(officer)
    supervisor = demo.window("l.whitfield")
    supervisor.goto("/referrals/")
    supervisor.locator("a.case-link").first.click()
    demo.picture(supervisor, "release")


def propose(officer: Page) -> None:
    """Confirm everything of the first alleged person with the keyboard, then propose."""
    waiting = officer.locator("section.g-alleged article.person").first.locator("tr.proposed")
    for _ in range(waiting.count()):
        officer.keyboard.press("c")
    waiting.first.wait_for(state="detached")
    officer.reload()
    officer.keyboard.press("p")
    officer.get_by_role("button", name="Propose", exact=True).click()
    officer.wait_for_url("**/referrals/")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        home = Path(temporary)
        haven(home, "demo", "--no-serve")
        server = subprocess.Popen([HAVEN, "serve", "--port", str(port)], env={**os.environ, "HAVEN_HOME": str(home)})
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            wait_for(port)
            take(Demo(home, browser, port, folder))
        finally:
            browser.close()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
