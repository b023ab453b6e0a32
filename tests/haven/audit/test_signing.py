"""Signed checkpoints while the service runs and when it ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connections

from haven.audit import checkpoints, log, signing, verification

SIGN = "haven.audit.signing"


@pytest.fixture
def environment(log_file: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    home = str(log_file.parent.parent)
    return {**clean, "HAVEN_HOME": home, "DJANGO_SETTINGS_MODULE": "haven.settings", "PYTHONPATH": "."}


@contextlib.contextmanager
def beside(environment: dict[str, str], seconds: float):
    """The process as ``haven serve`` starts it; its server is gone when the block is left."""
    other, own = os.pipe()
    process = subprocess.Popen([sys.executable, "-m", SIGN, str(seconds)], stdin=other, env=environment)
    os.close(other)
    try:
        yield process
    finally:
        os.close(own)
        assert process.wait(timeout=60) == 0


def kept(environment: dict[str, str]) -> list[int]:
    path = Path(environment["HAVEN_HOME"]) / "checkpoints" / "checkpoints.jsonl"
    return [one.sequence for one in checkpoints.read(path)] if path.exists() else []


def until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def appended(event: str = "case.view") -> int:
    row = log.append(event, actor="u1").sequence
    connections["audit"].close()
    return row


def test_it_signs_while_the_log_grows_and_rests_while_it_does_not(log_file, environment):
    appended()
    with beside(environment, 0.1):
        until(lambda: kept(environment) == [2])
        appended()
        until(lambda: kept(environment) == [2, 4])

    assert kept(environment) == [2, 4]
    verdict = verification.verify_live(signing.kept_here())
    assert (verdict.problem, verdict.rows, verdict.checkpoints) == ("", 4, 2)


def test_what_came_last_is_signed_when_the_server_is_gone(log_file, environment):
    with beside(environment, 3600):
        appended()

    assert kept(environment) == [2]


def test_signals_for_all_processes_do_not_end_it_before_the_server(log_file, environment):
    appended()
    with beside(environment, 0.1) as process:
        until(lambda: kept(environment) == [2])
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        appended()
        until(lambda: kept(environment) == [2, 4])


def test_a_log_that_cannot_be_written_is_said_and_tried_again(log_file, environment, capfd):
    appended()
    usual = log_file.stat().st_mode
    elsewhere = log_file.rename(log_file.with_suffix(".away"))
    log_file.mkdir()
    with beside(environment, 0.1):
        said = ""

        def complained() -> bool:
            nonlocal said
            said += capfd.readouterr().err
            return "haven: The log cannot be read" in said

        until(complained)
        log_file.rmdir()
        elsewhere.rename(log_file)
        log_file.chmod(usual)
        until(lambda: kept(environment) == [2])


def test_half_a_line_is_never_left(log_file, environment, tmp_path):
    """RLIMIT_FSIZE stands for the full disk; the file is longer than those of the log, so that it alone meets it."""
    path = tmp_path / "kept.jsonl"
    signing.sign_newest(path, actor="u1")
    connections["audit"].close()
    path.write_bytes(path.read_bytes() * 4000)
    before = path.read_bytes()
    sign = (
        "import resource, signal, sys, pathlib, django; django.setup()\n"
        "from haven.audit import signing\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "limit = int(sys.argv[2]); resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "signing.sign_newest(pathlib.Path(sys.argv[1]), actor='u1')"
    )
    command = [sys.executable, "-c", sign, str(path), str(len(before) + 40)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert "OutputFailed: The checkpoint could not be written" in done.stderr
    assert path.read_bytes() == before
    assert verification.verify_live(checkpoints.read(path)).problem == ""
