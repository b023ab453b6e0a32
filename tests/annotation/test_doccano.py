"""Against a real doccano 1.8.4: what goes there comes back, with exactly what annotators changed."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotation.documents import write_lines
from tests.annotation.conftest import START, Served, start, stop
from tests.annotation.marked import document, unnamed

pytestmark = pytest.mark.doccano


def haven(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START, "annotate", *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, check=False
    )


def push(served: Served, documents: list[dict], project: str, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "sent.jsonl"
    write_lines(documents, path)
    done = haven("push", str(path), "--project", project, "--folder", str(served.folder), "--no-suggest", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pull(served: Served, project: str, tmp_path: Path, *options: str) -> dict[str, dict]:
    path = tmp_path / "back.jsonl"
    done = haven("pull", project, "--output", str(path), "--folder", str(served.folder), *options)
    assert done.returncode == 0, done.stderr
    return {d["id"]: d for d in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def many(count: int) -> list[dict]:
    """More documents than one upload takes, each with emoji before, between and after its spans."""
    return [document(id=f"t-{n:04}") if n % 2 else {**unnamed(), "id": f"t-{n:04}"} for n in range(count)]


def test_untouched_documents_come_back_without_a_difference(doccano: Served, tmp_path: Path) -> None:
    sent = many(60)
    assert "60 documents sent, 0 replaced, 0 left" in push(doccano, sent, "untouched", tmp_path)
    assert pull(doccano, "untouched", tmp_path) == {d["id"]: d for d in sent}


def test_what_an_annotator_changes_comes_back_and_nothing_else(doccano: Served, tmp_path: Path) -> None:
    sent = [document(), document(id="t-0009")]
    push(doccano, sent, "changed", tmp_path)
    phone, org = sent[0]["spans"][6], sent[0]["spans"][4]
    role = (sent[0]["spans"][2]["start"], sent[0]["spans"][2]["end"], "role: trafficker", {"label": "role: associate"})
    doccano.annotate(
        "changed",
        "t-0001",
        (phone["start"], phone["end"], "PHONE", {"start_offset": phone["start"] + 6}),
        (org["start"], org["end"], "ORG", {"label": "PERSON"}),
        role,
    )
    expected = document()
    expected["spans"][6]["start"] += 6
    expected["spans"][4]["label"] = "PERSON"
    expected["entities"]["e1"]["role"] = "associate"
    expected["attributes"] = [row for row in expected["attributes"] if row[1] != "phone"] + [
        ["e1", "phone", "555-0143"]
    ]
    back = pull(doccano, "changed", tmp_path)
    assert back == {"t-0001": expected, "t-0009": sent[1]}


def test_a_second_push_keeps_what_annotators_did(doccano: Served, tmp_path: Path) -> None:
    sent = document()
    push(doccano, [sent], "again", tmp_path)
    may = sent["spans"][7]
    doccano.annotate("again", "t-0001", (may["start"], may["end"], "DATE", {"start_offset": may["start"] - 3}))
    assert "1 documents sent, 0 replaced, 1 left" in push(doccano, [sent, document(id="t-2")], "again", tmp_path)
    assert pull(doccano, "again", tmp_path)["t-0001"]["spans"][7]["start"] == may["start"] - 3
    assert "0 documents sent, 1 replaced, 0 left" in push(doccano, [sent], "again", tmp_path, "--replace")
    assert pull(doccano, "again", tmp_path)["t-0001"] == sent


def test_only_confirmed_documents_on_request(doccano: Served, tmp_path: Path) -> None:
    push(doccano, [document(), document(id="t-2")], "confirmed", tmp_path)
    doccano.annotate("confirmed", "t-2", confirm=True)
    assert set(pull(doccano, "confirmed", tmp_path, "--confirmed")) == {"t-2"}


def test_a_plain_text_can_be_sent(doccano: Served, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("I came in March 2014. 🌺", encoding="utf-8")
    done = haven("push", str(path), "--project", "plain", "--folder", str(doccano.folder), "--no-suggest")
    assert done.returncode == 0, done.stderr
    assert pull(doccano, "plain", tmp_path)["letter"]["text"] == "I came in March 2014. 🌺"


def test_a_bad_document_is_refused_before_anything_is_sent(doccano: Served, tmp_path: Path) -> None:
    bad = document()
    bad["spans"][0]["end"] = 10_000
    path = tmp_path / "bad.jsonl"
    write_lines([document(id="good"), bad], path)
    done = haven("push", str(path), "--project", "refused", "--folder", str(doccano.folder))
    assert done.returncode == 3
    assert done.stderr.startswith(f"haven: {path}:2: document t-0001: PERSON at 11-10000: the span lies outside")
    missing = haven("pull", "refused", "--output", str(tmp_path / "x.jsonl"), "--folder", str(doccano.folder))
    assert missing.returncode == 2
    assert "has no project 'refused'" in missing.stderr


def test_the_password_must_be_right(doccano: Served, tmp_path: Path) -> None:
    write_lines([document()], tmp_path / "d.jsonl")
    arguments = ["push", str(tmp_path / "d.jsonl"), "--url", doccano.url, "--user", "somebody"]
    done = haven(*arguments, HAVEN_DOCCANO_PASSWORD="wrong", HAVEN_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "does not accept this user and password" in done.stderr


def test_it_answers_on_loopback_only_and_keeps_its_data_private(doccano: Served) -> None:
    port = int(doccano.url.rsplit(":", 1)[1])
    others = {a[4][0] for a in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)} - {
        "127.0.0.1",
        "127.0.1.1",
    }
    for address in others:
        with pytest.raises(OSError), socket.create_connection((address, port), timeout=2):
            pass
    assert stat.S_IMODE(doccano.folder.stat().st_mode) == 0o700
    for secret in ("password", "secret", "db.sqlite3"):
        assert stat.S_IMODE((doccano.folder / secret).stat().st_mode) == 0o600


def test_stopped_it_leaves_no_process_and_no_copy_of_an_upload(tmp_path: Path) -> None:
    served = start(tmp_path / "home")
    push(served, [document()], "short", tmp_path)
    stop(served)
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", int(served.url.rsplit(":", 1)[1])), timeout=2):
        pass
    left = {p.name for p in served.folder.iterdir()}
    assert left == {"db.sqlite3", "password", "secret", "settings", "web.log"}
    assert b"Flores" not in (served.folder / "web.log").read_bytes()


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        (
            "http://doccano.example.org",
            [],
            "doccano.example.org is not this machine; statements may be sent there only",
        ),
        (
            "http://doccano.example.org",
            ["--allow-remote"],
            "Statements may be sent to doccano.example.org only over https.",
        ),
        ("ftp://127.0.0.1", [], "'ftp://127.0.0.1' is no address of a doccano"),
        ("http://127.0.0.1.example.org", [], "127.0.0.1.example.org is not this machine"),
        ("http://127.0.0.1@example.org", [], "example.org is not this machine"),
    ],
)
def test_statements_stay_on_this_machine(tmp_path: Path, url: str, options: list[str], said: str) -> None:
    write_lines([document()], tmp_path / "d.jsonl")
    done = haven("push", str(tmp_path / "d.jsonl"), "--url", url, *options, HAVEN_HOME=str(tmp_path))
    assert done.returncode == 2
    assert said in done.stderr


def test_without_a_running_doccano_the_user_is_told_how_to_start_one(tmp_path: Path) -> None:
    write_lines([document()], tmp_path / "d.jsonl")
    done = haven("push", str(tmp_path / "d.jsonl"), HAVEN_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("haven: No doccano runs here; start one with 'haven annotate serve'.\n")


def test_without_doccano_installed_the_user_is_told_how_to_install_it(tmp_path: Path) -> None:
    done = haven("serve", "--folder", str(tmp_path / "home"), HAVEN_DOCCANO_VENV=str(tmp_path / "none"))
    assert done.returncode == 4
    assert "run 'scripts/setup.sh annotate' once" in done.stderr


def test_one_folder_has_one_server(doccano: Served) -> None:
    done = haven("serve", "--folder", str(doccano.folder), "--port", "0")
    assert done.returncode == 6
    assert f"doccano runs already, at {doccano.url}" in done.stderr


def test_a_port_that_is_taken_is_said(doccano: Served, tmp_path: Path) -> None:
    done = haven("serve", "--folder", str(tmp_path / "home"), "--port", doccano.url.rsplit(":", 1)[1])
    assert done.returncode == 6
    assert "is taken; give another with --port." in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_killed_starter_takes_doccano_along(tmp_path: Path) -> None:
    served = start(tmp_path / "home")
    served.process.kill()
    served.process.communicate(timeout=60)
    address = ("127.0.0.1", int(served.url.rsplit(":", 1)[1]))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and socket.socket().connect_ex(address) == 0:
        time.sleep(0.5)
    assert socket.socket().connect_ex(address) != 0
