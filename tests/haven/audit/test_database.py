"""The log on the database that the installation uses, SQLite or PostgreSQL: triggers, one chain, many writers."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.db import DatabaseError, connections, transaction

from haven.audit import chain, log
from haven.audit.models import AuditRow

pytestmark = pytest.mark.django_db(databases=["audit"], transaction=True)


def new_rows(since: int) -> list[AuditRow]:
    return list(AuditRow.objects.using("audit").filter(sequence__gt=since).order_by("sequence"))


def test_rows_follow_each_other():
    first = log.append("case.view", actor="u1", subject="c1", detail={"rules": ["G1"]})
    second = log.append("case.view", actor="u2", detail={"count": 2})

    assert (second.sequence, second.previous) == (first.sequence + 1, first.hash)
    stored = AuditRow.objects.using("audit").get(sequence=second.sequence)
    assert stored.hash == chain.row_hash(stored.as_row())


@pytest.mark.parametrize("sql", ["UPDATE audit_row SET actor = 'u2'", "DELETE FROM audit_row", "TRUNCATE audit_row"])
def test_rows_cannot_be_changed_or_removed(sql):
    row = log.append("case.view", actor="u1")
    if sql.startswith("TRUNCATE") and connections["audit"].vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(using="audit"),
        connections["audit"].cursor() as cursor,
    ):
        cursor.execute(sql)

    assert new_rows(row.sequence - 1)[0].actor == "u1"


def test_two_writers_make_one_chain():
    if "memory" in str(connections["audit"].settings_dict["NAME"]):
        pytest.skip("threads share a database in memory; test_log.py writes to a file")
    last = log.append("case.view", actor="u0").sequence

    def write(number: int) -> None:
        for _ in range(10):
            log.append("case.view", actor=f"u{number}")
        connections["audit"].close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = new_rows(last - 1)
    assert [row.sequence for row in rows] == list(range(last, last + 41))
    assert all(after.previous == before.hash for before, after in pairwise(rows))
