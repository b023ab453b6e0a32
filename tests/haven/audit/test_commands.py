"""``haven audit`` as an auditor uses it: in a process of its own, with exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from haven.audit import log


@pytest.fixture
def haven(log_file: Path):
    connections["audit"].close()
    environment = os.environ | {"HAVEN_HOME": str(log_file.parent.parent)}
    environment.pop("HAVEN_DATABASE_URL", None)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        connections["audit"].close()
        return subprocess.run(
            [sys.executable, "-c", "from haven.cli import app; app()", "audit", *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_checkpoint_then_verify_then_truncation(haven, tamper, tmp_path):
    for _ in range(5):
        log.append("case.view", actor="u1")
    kept = tmp_path / "elsewhere.jsonl"

    signed = haven("checkpoint", "--output", kept)
    whole = haven("verify", "--checkpoints", kept)
    tamper("DELETE FROM audit_row WHERE sequence > 2")
    cut = haven("verify", "--checkpoints", kept)

    assert signed.returncode == 0 and "Signed row 6" in signed.stdout
    assert whole.returncode == 0 and "6 rows" in whole.stdout and "1 signed checkpoint;" not in whole.stderr
    assert cut.returncode == 1
    assert cut.stderr == "haven: Row 3 is missing: a signed checkpoint says that the log had 6 rows, it has 2.\n"


def test_export_and_verify_with_the_public_key(haven, tmp_path):
    log.append("case.view", actor="u1")
    exported, pem = tmp_path / "log.jsonl", tmp_path / "log.pub"

    assert haven("export", "--output", exported).returncode == 0
    pem.write_text(haven("public-key").stdout)
    verified = haven("verify", "--export", exported, "--public-key", pem)

    assert verified.returncode == 0
    assert "2 rows" in verified.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--export", "/nowhere/log.jsonl"),
        ("verify", "--checkpoints", "/nowhere/points.jsonl"),
        ("verify", "--public-key", "/nowhere/key.pem"),
        ("export", "--output", "/nowhere/log.jsonl"),
    ],
)
def test_wrong_use_is_one_sentence(haven, arguments):
    done = haven(*arguments)

    assert done.returncode in (2, 5)
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("haven: ")
