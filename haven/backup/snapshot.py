"""Making a backup while officers work: one moment of each database, and every blob that the cases of it name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.models import F

from extract.errors import OutputFailed
from haven.audit import log
from haven.backup import archive, tables
from haven.cases.blobs import blobs
from haven.cases.models import Packet, PageRow, StoredFile
from haven.keys import PURPOSES, WRAPPING, keyring

ORDER = ("default", "narrative", "audit")
"""Texts and rows of the log are written before the case that they belong to, so a later moment has all of them."""
ABOUT = "about.json"

Advance = Callable[[int, int], None]
"""Called with (parts done, parts in all)."""


def make(path: Path, *, actor: str, advance: Advance | None = None) -> dict[str, int]:
    """Write the store to ``path``; returns how many rows of each database, and blobs, are in it.

    Raises ``OutputFailed``, ``UsageProblem``, and ``AuditUnavailable`` where the log cannot be written: then no backup
    is made.
    """
    with archive.writing(path) as writer, ExitStack() as snapshots:
        log.append("backup.made", actor=actor)
        for alias in ORDER:
            snapshots.enter_context(_moment(alias))
        named = _named_blobs()
        every = [(alias, model) for alias in ORDER for model in tables.tables(alias)]
        counts = dict.fromkeys(ORDER, 0) | {"blobs": len(named)}
        writer.add(ABOUT, json.dumps(about()).encode())
        for done, (alias, model) in enumerate(every, start=1):
            for number, rows in enumerate(_rows(model, alias), start=1):
                writer.add(f"{alias}/{model._meta.label_lower}/{number:06d}.json", tables.dumped(model, rows))
                counts[alias] += len(rows)
            if advance:
                advance(done, len(every) + len(named))
        for done, (packet, blob) in enumerate(named, start=1):
            try:
                writer.add(f"blobs/{packet}/{blob}", blobs().sealed(packet, blob))
            except FileNotFoundError:
                raise OutputFailed(
                    f"an upload of packet {packet} is missing in the store; no backup was made."
                ) from None
            if advance:
                advance(len(every) + done, len(every) + len(named))
    return counts


def about() -> dict[str, Any]:
    """What a store must have in common with the backup that it takes in."""
    return {
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "migrations": {alias: tables.migrations(alias) for alias in ORDER},
        "marks": marks(),
    }


def marks() -> dict[str, str]:
    """A keyed hash for each key that wraps nothing, so that another one in its place is noticed."""
    return {purpose: keyring().mac(purpose, b"haven backup").hex() for purpose in PURPOSES.keys() - {*WRAPPING}}


@contextmanager
def _moment(alias: str) -> Iterator[None]:
    """All reading inside sees the database as it was at the start; nobody who writes has to wait."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT 1")
            yield
        return
    with connection.cursor() as cursor:  # atomic() would take SQLite's write lock
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")
            yield
        finally:
            cursor.execute("ROLLBACK")


def _rows(model: Any, alias: str) -> Iterator[list[list[Any]]]:
    """Of the narrative store only what belongs to a case of the same backup: an intake may be under way."""
    if alias != "narrative":
        yield from tables.lines(model, alias)
        return
    known = {str(pk) for pk in Packet.objects.filter(case__isnull=False).values_list("pk", flat=True)}
    place = tables.columns(model).index("packet")
    for batch in tables.lines(model, alias):
        if kept := [row for row in batch if row[place] in known]:
            yield kept


def _named_blobs() -> list[tuple[Any, Any]]:
    files = StoredFile.objects.filter(blob__isnull=False).values_list("packet_id", "blob")
    images = PageRow.objects.filter(image__isnull=False).values_list("packet_id", F("image"))
    return [*files.order_by("pk"), *images.order_by("pk")]
