"""Writing the log: rows, committed in its own database, before the caller may go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.utils import ConnectionDoesNotExist

from extract.errors import ConfigurationProblem
from haven.audit import chain, guard, keys
from haven.audit.chain import FIRST, Row
from haven.audit.errors import AuditUnavailable
from haven.audit.models import AuditRow

DATABASE = "audit"
POSTGRES_LOCK = 0x4156_454E  # one number for "the log", shared by every writer

__all__ = ["DATABASE", "AuditUnavailable", "Entry", "append", "append_all", "keyed", "rows"]

keyed = keys.keyed


@dataclass(frozen=True)
class Entry:
    """What a row is to say. The log itself adds number, time, hashes and seal.

    ``event``: dotted lower-case word, ``case.view``. ``actor``, ``subject``: ids. ``detail``: ids, rule ids,
    categories, counts, keyed hashes (``haven.audit.guard.ALLOWED``), nothing else.
    """

    event: str
    actor: str
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def append(event: str, *, actor: str, subject: str = "", detail: dict | None = None) -> AuditRow:
    """Adds a row and returns it once it is committed, whatever transaction of ``default`` is open around the call.

    The arguments are those of ``Entry``. Raises ``AuditUnavailable``: then nothing may be shown, sent or changed.
    """
    return append_all([Entry(event, actor, subject, detail or {})])[0]


def append_all(entries: Sequence[Entry]) -> list[AuditRow]:
    """Adds rows that follow each other, all of them or none, in one commit. Otherwise as ``append``."""
    for entry in entries:
        guard.check(entry.event, entry.actor, entry.subject, entry.detail)
    if not entries:
        return []
    try:
        # durable: inside an open transaction of the log the rows could still be rolled back, so that is refused
        with transaction.atomic(using=DATABASE, durable=True):
            _wait_for_turn()
            rows = _chained(entries)
            AuditRow.objects.using(DATABASE).bulk_create(rows)
    except ConfigurationProblem as problem:
        raise AuditUnavailable(str(problem)) from problem
    except (DatabaseError, ConnectionDoesNotExist, RuntimeError, OSError) as problem:
        # the database's own words may quote the row; they go no further than the chained exception
        raise AuditUnavailable("The log could not be written, so nothing was shown, sent or changed.") from problem
    return rows


def _chained(entries: Sequence[Entry]) -> list[AuditRow]:
    """Rows that hang on the last one of the log and on each other."""
    last = AuditRow.objects.using(DATABASE).order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous = last or (0, FIRST)
    rows = []
    for number, entry in enumerate(entries, sequence + 1):
        draft = Row(
            sequence=number,
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            event=entry.event,
            actor=entry.actor,
            subject=entry.subject,
            detail=chain.canonical(entry.detail),
            previous=previous,
            hash="",
            seal="",
        )
        previous = chain.row_hash(draft)
        rows.append(AuditRow(**{**asdict(draft), "hash": previous, "seal": keys.seal(previous)}))
    return rows


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
