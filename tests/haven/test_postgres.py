"""Store, accounts, log and referrals on PostgreSQL: the same tests in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUITES = [str(HERE / name) for name in ("cases", "accounts", "audit", "referral", "duties")]


@pytest.mark.postgres
@pytest.mark.timeout(1800)
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_the_same_tests_pass_on_postgresql(tmp_path):
    url = os.environ["HAVEN_TEST_POSTGRES_URL"]
    marks = "not browser and not postgres and not doccano and not slow"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", marks, *filter(os.path.exists, SUITES)],
        env={**os.environ, "HAVEN_DATABASE_URL": url, "HAVEN_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-6000:]
