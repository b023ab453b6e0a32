"""Every test of the log gets a log of its own: a fresh file, fresh keys, the real migration with its triggers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections


@pytest.fixture
def log_file(tmp_path: Path, settings, django_db_blocker):
    """Path of an empty log in a HAVEN_HOME of its own, on the ``audit`` alias."""
    settings.HAVEN_HOME = tmp_path / "home"
    path = settings.HAVEN_HOME / "data" / "audit.sqlite3"
    from haven.keys import keyring

    keyring()
    path.parent.mkdir(parents=True)
    connection = connections["audit"]
    usual = dict(connection.settings_dict)
    if connection.vendor != "sqlite":
        pytest.skip("this test handles the log as a file")
    connection.close()
    # in-memory test databases ignore close(); the wrapper's own handle is set aside for the time of the test
    handle, connection.connection = connection.connection, None
    connection.settings_dict["NAME"] = str(path)
    connection.settings_dict["OPTIONS"] = {**usual.get("OPTIONS", {}), "transaction_mode": "IMMEDIATE"}
    try:
        with django_db_blocker.unblock():
            call_command("migrate", "audit", database="audit", verbosity=0)
            yield path
            connection.close()
    finally:
        connection.settings_dict.update(usual)
        connection.connection = handle


@pytest.fixture
def tamper(log_file: Path):
    """Runs SQL on the file as an intruder with full rights would: the triggers dropped first."""

    def run(sql: str) -> None:
        connections["audit"].close()
        with sqlite3.connect(log_file) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            database.execute(sql)
        database.close()

    return run
