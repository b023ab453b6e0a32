"""Writing the log: one row, committed in its own database, before the caller may go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from django.db import DatabaseError, connections, transaction
from django.db.utils import ConnectionDoesNotExist

from extract.errors import ConfigurationProblem
from haven.audit import chain, guard, keys
from haven.audit.chain import FIRST, Row
from haven.audit.errors import AuditUnavailable
from haven.audit.models import AuditRow

DATABASE = "audit"
POSTGRES_LOCK = 0x4156_454E  # one number for "the log", shared by every writer

__all__ = ["DATABASE", "AuditUnavailable", "append", "keyed", "rows"]

keyed = keys.keyed


def append(event: str, *, actor: str, subject: str = "", detail: dict | None = None) -> AuditRow:
    """Adds a row and returns it once it is committed, whatever transaction of ``default`` is open around the call.

    ``event``: dotted lower-case word, ``case.view``. ``actor``, ``subject``: ids. ``detail``: ids, rule ids,
    categories, counts, keyed hashes (``haven.audit.guard.ALLOWED``), nothing else.
    Raises ``AuditUnavailable``: then nothing may be shown, sent or changed.
    """
    detail = detail or {}
    guard.check(event, actor, subject, detail)
    try:
        # durable: inside an open transaction of the log the row could still be rolled back, so that is refused
        with transaction.atomic(using=DATABASE, durable=True):
            _wait_for_turn()
            last = AuditRow.objects.using(DATABASE).order_by("-sequence").first()
            draft = Row(
                sequence=last.sequence + 1 if last else 1,
                at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                event=event,
                actor=actor,
                subject=subject,
                detail=chain.canonical(detail),
                previous=last.hash if last else FIRST,
                hash="",
                seal="",
            )
            digest = chain.row_hash(draft)
            row = AuditRow(**{**asdict(draft), "hash": digest, "seal": keys.seal(digest)})
            row.save(using=DATABASE, force_insert=True)
    except ConfigurationProblem as problem:
        raise AuditUnavailable(str(problem)) from problem
    except (DatabaseError, ConnectionDoesNotExist, RuntimeError, OSError) as problem:
        # the database's own words may quote the row; they go no further than the chained exception
        raise AuditUnavailable("The log could not be written, so nothing was shown, sent or changed.") from problem
    return row


def _wait_for_turn() -> None:
    """One writer at a time from here to the commit, so that no two rows follow the same row."""
    connection = connections[DATABASE]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRES_LOCK])
        else:
            # a write that touches no row takes SQLite's write lock before anything is read
            cursor.execute("UPDATE audit_row SET sequence = sequence WHERE 0")


def rows() -> Iterator[Row]:
    """All rows in order, as plain data."""
    for row in AuditRow.objects.using(DATABASE).order_by("sequence").iterator(chunk_size=2000):
        yield row.as_row()
