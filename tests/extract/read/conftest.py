"""Fixtures of the readers' tests."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534


@pytest.fixture
def as_nobody(tmp_path: Path) -> Any:
    """Calls a function as a user who owns nothing here; root may read everything, and the tests often run as root."""

    def call(function: Callable[[], Any]) -> Any:
        for folder in (tmp_path, *tmp_path.parents[:-1]):
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(folder.stat().st_mode | 0o111)
        os.seteuid(NOBODY)
        try:
            return function()
        finally:
            os.seteuid(0)

    return call
