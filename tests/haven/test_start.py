"""Starting: what is not as it should be is one sentence and an exit code, and nothing is changed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def haven(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from haven.cli import app; app(sys.argv[1:])", *arguments],
        env={**clean, "HAVEN_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A store with its keys and tables."""
    home = tmp_path_factory.mktemp("start") / "home"
    program = "from haven.store import open_store; open_store(migrate=True)"
    environment = {**os.environ, "HAVEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haven.settings"}
    environment.pop("HAVEN_DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=300)
    return home


@pytest.fixture
def store(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def contents(home: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(home)): p.read_bytes()
        for p in sorted(home.rglob("*"))
        if p.is_file() and p.suffix != ".sqlite3"
    }


def one_sentence(run: subprocess.CompletedProcess, code: int) -> str:
    lines = run.stderr.strip().splitlines()
    assert run.returncode == code, run.stderr
    assert len(lines) == 1 and lines[0].startswith("haven: "), run.stderr
    return lines[0]


def test_keys_and_data_that_belong_together_are_said_to(store):
    run = haven(store, "keys", "status")

    assert run.returncode == 0 and "All keys fit the data" in run.stdout
    for path in (store / "keys").iterdir():
        assert json.loads(path.read_text())["keys"]["1"]["key"] not in run.stdout


@pytest.mark.parametrize(
    "command", [("keys", "status"), ("serve", "--port", "0"), ("intake", "."), ("demo", "code", "r.ortega")]
)
def test_data_without_keys_starts_nothing(store, command):
    if command[0] == "serve":
        command = ("serve", "--port", str(_free_port()))
    shutil.rmtree(store / "keys")
    before = contents(store)

    assert "holds data but the keys" in one_sentence(haven(store, *command), 6)
    assert contents(store) == before


def test_the_keys_of_another_store_start_nothing(store, tmp_path):
    other = tmp_path / "other"
    haven(other, "keys", "status")
    shutil.rmtree(store / "keys")
    shutil.copytree(other / "keys", store / "keys")

    assert "the keys are not those" in one_sentence(haven(store, "keys", "status"), 6)


def test_a_store_of_an_older_version_says_what_to_do(store):
    import sqlite3

    with sqlite3.connect(store / "data" / "cases.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'cases' AND name <> '0001_initial'")

    assert "haven serve --migrate" in one_sentence(haven(store, "keys", "status"), 6)


def test_a_damaged_database_is_one_sentence(store):
    (store / "data" / "cases.sqlite3").write_bytes(b"not a database" * 1000)

    assert "its file is damaged" in one_sentence(haven(store, "keys", "status"), 6)


def test_a_database_server_that_is_not_there_is_one_sentence(tmp_path):
    url = f"postgres://haven:secret@127.0.0.1:{_free_port()}/haven"
    said = one_sentence(haven(tmp_path / "home", "keys", "status", HAVEN_DATABASE_URL=url), 6)

    assert "the server does not answer" in said and "secret" not in said


def test_a_taken_port_is_one_sentence(store):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        assert port in one_sentence(haven(store, "serve", "--port", port), 2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_server_that_stops_signs_what_the_log_had(store):
    """However it stops: here all of it is killed, and the pipe tells the process beside it."""
    port = _free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    code = "import sys; from haven.cli import app; app(sys.argv[1:])"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--port", str(port)],
        env={**clean, "HAVEN_HOME": str(store)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(lambda: _answers(port))
        haven(store, "audit", "export", "--output", str(store / "log.jsonl"))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    kept = store / "checkpoints" / "checkpoints.jsonl"
    _wait_for(kept.exists)
    _wait_for(lambda: kept.read_text().endswith("\n"))

    verified = haven(store, "audit", "verify")
    assert verified.returncode == 0 and "checked against 1 signed checkpoint" in verified.stdout


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _wait_for(condition) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
