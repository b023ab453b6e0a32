"""A row is committed before the caller goes on, follows the row before it, and nobody can change or remove it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction

from haven.audit import chain, keys, log, verification
from haven.audit.errors import AuditUnavailable
from haven.audit.models import AuditRow


def rows_on_disk(log_file: Path) -> list[str]:
    with sqlite3.connect(log_file) as other:
        return [event for (event,) in other.execute("SELECT event FROM audit_row ORDER BY sequence")]


def test_row_is_visible_to_another_connection_as_soon_as_append_returns(log_file):
    row = log.append("case.view", actor="u1", subject="c1", detail={"decision": "permit", "rules": ["G1"]})

    assert row.sequence == 1
    assert rows_on_disk(log_file) == ["case.view"]


def test_rows_hang_together(log_file):
    first = log.append("case.view", actor="u1")
    second = log.append("case.view", actor="u2", detail={"rules": ["G2"]})

    assert first.previous == chain.FIRST
    assert second.previous == first.hash
    assert second.hash == chain.row_hash(second.as_row())
    assert second.seal == keys.seal(second.hash)
    assert json.loads(second.detail) == {"rules": ["G2"]}


def test_row_stays_when_the_transaction_around_the_call_is_rolled_back(log_file, tmp_path, monkeypatch):
    monkeypatch.setitem(connections["narrative"].settings_dict, "NAME", str(tmp_path / "narrative.sqlite3"))
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="narrative"):
        log.append("case.view", actor="u1")
        raise ZeroDivisionError

    assert rows_on_disk(log_file) == ["case.view"]


def test_row_inside_a_transaction_of_the_log_itself_is_refused(log_file):
    with pytest.raises(AuditUnavailable), transaction.atomic(using="audit"):
        log.append("case.view", actor="u1")

    assert rows_on_disk(log_file) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_row SET actor = 'u2'",
        "DELETE FROM audit_row",
        "INSERT OR REPLACE INTO audit_row SELECT sequence, at, event, 'u2', subject, detail, previous, hash, seal "
        "FROM audit_row",
    ],
)
def test_database_refuses_to_change_or_remove_a_row(log_file, sql):
    log.append("case.view", actor="u1")

    with pytest.raises(DatabaseError, match="append-only"), connections["audit"].cursor() as cursor:
        cursor.execute(sql)

    assert AuditRow.objects.using("audit").get().actor == "u1"


def test_flush_leaves_the_log_alone(log_file):
    from django.core.management import call_command

    log.append("case.view", actor="u1")
    call_command("flush", database="audit", interactive=False, verbosity=0)

    assert rows_on_disk(log_file) == ["case.view"]


def test_many_threads_write_one_chain(log_file):
    def write(number: int) -> None:
        for _ in range(10):
            log.append("case.view", actor=f"u{number}")
        connections["audit"].close()

    settings = connections["audit"].settings_dict
    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert settings["NAME"] == str(log_file)
    assert verification.verify_live([]).problem == ""
    assert verification.verify_live([]).rows == 40


def test_two_processes_write_one_chain(log_file):
    connections["audit"].close()
    write = (
        "import django; django.setup()\n"
        "from haven.audit import log\n"
        "for _ in range(25): log.append('case.view', actor='u1')"
    )
    environment = os.environ | {"HAVEN_HOME": str(log_file.parent.parent), "DJANGO_SETTINGS_MODULE": "haven.settings"}
    environment.pop("HAVEN_DATABASE_URL", None)
    writers = [subprocess.Popen([sys.executable, "-c", write], env=environment) for _ in range(2)]

    assert [writer.wait() for writer in writers] == [0, 0]
    verdict = verification.verify_live([])
    assert (verdict.rows, verdict.problem) == (50, "")


def test_unwritable_log_raises_and_keeps_its_words_to_itself(log_file):
    connections["audit"].close()
    for path in log_file.parent.glob("audit.sqlite3*"):
        path.unlink()
    log_file.mkdir()

    with pytest.raises(AuditUnavailable, match="nothing was shown, sent or changed"):
        log.append("case.view", actor="u1")


def test_missing_table_raises(log_file, tamper):
    tamper("DROP TABLE audit_row")

    with pytest.raises(AuditUnavailable):
        log.append("case.view", actor="u1")


def test_full_disk_raises_and_leaves_no_half_row(log_file):
    """RLIMIT_FSIZE stands for the full disk: SQLite gets the same kind of error from the kernel."""
    for _ in range(3):
        log.append("case.view", actor="u1")
    connections["audit"].close()
    write = (
        "import resource, signal, sys, django; django.setup()\n"
        "from haven.audit import log\n"
        "from haven.audit.errors import AuditUnavailable\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "written = 0\n"
        "try:\n"
        "    while True: log.append('case.view', actor='u1'); written += 1\n"
        "except AuditUnavailable: print(written)"
    )
    environment = os.environ | {"HAVEN_HOME": str(log_file.parent.parent), "DJANGO_SETTINGS_MODULE": "haven.settings"}
    environment.pop("HAVEN_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", write], env=environment, capture_output=True, text=True, check=True)

    verdict = verification.verify_live([])
    assert verdict.rows == 3 + int(done.stdout)
    assert verdict.problem == ""


def test_rows_written_together_are_one_chain_and_one_commit(log_file):
    first = log.append("case.view", actor="u1")
    rows = log.append_all([log.Entry("case.created", "u1", f"c{n}", {"count": n}) for n in range(3)])

    assert [row.sequence for row in rows] == [2, 3, 4]
    assert [row.previous for row in rows] == [first.hash, rows[0].hash, rows[1].hash]
    assert verification.verify_live([]).problem == ""
    assert rows_on_disk(log_file) == ["case.view", *["case.created"] * 3]


def test_one_wrong_row_among_many_keeps_all_out(log_file):
    with pytest.raises(AuditUnavailable):
        log.append_all([log.Entry("case.created", "u1"), log.Entry("case.created", "u1", "", {"name": "Lorna"})])

    assert rows_on_disk(log_file) == []
