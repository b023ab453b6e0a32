"""Bringing a backup into an empty store: all of it or nothing.

The whole file is read and checked before a row is written. Then each database takes its rows in one transaction, that
of the cases last; a table (``haven.store.UNFINISHED``) marks the store as none until then. What was interrupted is run
again, with the same backup.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.utils import DatabaseError

from extract.errors import ConfigurationProblem, OutputFailed, UsageProblem
from haven import crypto, store
from haven.audit import log, verification
from haven.audit.models import AuditRow
from haven.backup import archive, tables
from haven.backup.archive import BackupDamaged
from haven.backup.snapshot import ABOUT, ORDER, marks
from haven.cases.blobs import blobs
from haven.cases.models import KeyCheck
from haven.keys import WrongKey, keyring, keys_are_here

Advance = Callable[[int, int], None]


@dataclass
class Checked:
    """What a first reading found. ``log_head``: hash of the last row of the log."""

    parts: int = 0
    rows: int = 0
    blobs: int = 0
    log_head: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    opened: set[tuple[str, int]] = field(default_factory=set)


def restore(path: Path, *, actor: str, advance: Advance | None = None) -> Checked:
    """Raises ``ConfigurationProblem`` for keys or tables that do not fit, ``UsageProblem`` for a store that holds
    something, ``BackupDamaged``, ``OutputFailed``; then nothing was restored."""
    if not keys_are_here():
        raise ConfigurationProblem(
            "the keys of the backup must be here first: copy them to the keys folder of HAVEN_HOME; "
            "a restore makes none."
        )
    keyring()
    checked = check(path)
    try:
        _prepare(checked)
        _load(path, checked, advance)
    except DatabaseError as problem:
        raise OutputFailed(f"the backup cannot be restored ({store.kind_of(problem)}).") from None

    log.append("store.restored", actor=actor, detail={"rows": checked.rows, "count": checked.blobs})
    return checked


def check(path: Path) -> Checked:
    """Read all of it: every block opens, every hash is right, every data key is under a key that is here."""
    checked = Checked()
    for name, content in archive.parts(path):
        checked.parts += 1
        if name == ABOUT:
            checked.about = json.loads(content)
        elif name.startswith("blobs/"):
            checked.blobs += 1
            packet, blob = name.split("/")[1:]
            _opens(checked, "blobs", crypto.split_alone(content)[0], crypto.place("blob", packet, blob))
        else:
            _check_rows(checked, json.loads(content))
    given = checked.about.get("marks", {})
    other = [purpose for purpose, mark in marks().items() if given.get(purpose) != mark]
    if other:
        raise ConfigurationProblem(
            f"the keys '{', '.join(sorted(other))}' are not those of the backup; bring the right ones, "
            "nothing was restored."
        )
    return checked


def _check_rows(checked: Checked, part: dict[str, Any]) -> None:
    model: Any = apps.get_model(part["table"])
    checked.rows += len(part["rows"])
    if model._meta.label == "audit.AuditRow" and part["rows"]:
        checked.log_head = part["rows"][-1][part["columns"].index("hash")]
    if "data_key" in part["columns"]:
        key, envelope = part["columns"].index("id"), part["columns"].index("data_key")
        for row in part["rows"]:
            wrapped = base64.b64decode(row[envelope])
            if wrapped != crypto.SHREDDED:
                _opens(checked, model.sealing, wrapped, model(pk=uuid.UUID(row[key])).place())


def _opens(checked: Checked, purpose: str, envelope: bytes, place: bytes) -> None:
    """One data key of each version is opened: enough to tell that the key is the right one."""
    try:
        version = crypto.key_version(envelope)
        if (purpose, version) not in checked.opened:
            crypto.open_data_key(purpose, envelope, place)
            checked.opened.add((purpose, version))
    except WrongKey as problem:
        raise ConfigurationProblem(f"{problem}; bring the keys of the backup's time, nothing was restored.") from None


def _prepare(checked: Checked) -> None:
    """Tables of the backup's state, empty but for what an interrupted restore of the same backup left."""
    store.make_folders()
    unfinished = store.is_unfinished()
    if not unfinished:
        _check_empty(tables_only=True)
        store.migrate_tables()
    for alias in ORDER:
        if tables.migrations(alias) != checked.about["migrations"][alias]:
            raise ConfigurationProblem(
                "the backup was made by another version of haven-intake; restore it with that one, then upgrade."
            )
    if not unfinished:
        _check_empty()
        with connections["default"].cursor() as cursor:
            cursor.execute(f"CREATE TABLE {store.UNFINISHED} (begun integer)")
        return
    with transaction.atomic(using="narrative"):
        for model in tables.tables("narrative"):
            rows = model._base_manager.using("narrative").all()
            rows._raw_delete(rows.db)
    _discard_blobs()


def _check_empty(*, tables_only: bool = False) -> None:
    """Raises ``UsageProblem`` where anything lies in the store. ``tables_only``: before there may be any tables."""
    full = any(True for _ in blobs().each())
    for alias in ORDER:
        there = set(connections[alias].introspection.table_names())
        for model in tables.tables(alias):
            if model._meta.label != "cases.KeyCheck" and model._meta.db_table in there:
                full = full or model._base_manager.using(alias).exists()
    if full:
        raise UsageProblem("the store here is not empty; a backup is restored into an empty one only.")


def _load(path: Path, checked: Checked, advance: Advance | None) -> None:
    log_is_here = _log_is_here(checked)
    try:
        with ExitStack() as stack:
            for alias in ORDER:  # left in the opposite order: the cases are committed last
                stack.enter_context(transaction.atomic(using=alias))
            KeyCheck.objects.all().delete()
            for done, (name, content) in enumerate(archive.parts(path), start=1):
                _load_part(name, content, skip={"audit"} if log_is_here else set())
                if advance:
                    advance(done, checked.parts)
            _check_log()
            for alias in ORDER:
                tables.continue_numbering(alias)
            with connections["default"].cursor() as cursor:
                cursor.execute(f"DROP TABLE {store.UNFINISHED}")
    except BaseException:
        _forget(log_is_here)
        raise


def _load_part(name: str, content: bytes, skip: set[str]) -> None:
    kind, *rest = name.split("/")
    if name == ABOUT or kind in skip:
        return
    if kind == "blobs":
        blobs().put_sealed(uuid.UUID(rest[0]), uuid.UUID(rest[1]), content)
        return
    part = json.loads(content)
    model: Any = apps.get_model(part["table"])
    if part["columns"] != tables.columns(model):
        raise BackupDamaged("the backup has other tables than this version; nothing was restored.")
    tables.insert(model, kind, part["rows"])


def _log_is_here(checked: Checked) -> bool:
    """Whether an interrupted restore brought the log already; it is never taken away again."""
    last = AuditRow.objects.using("audit").order_by("-sequence").first()
    if last is not None and last.hash != checked.log_head:
        raise UsageProblem("the log of another backup is here already; take an empty database for it.")
    return last is not None


def _check_log() -> None:
    if problem := verification.verify_live([]).problem:
        raise BackupDamaged(f"the log of the backup is not whole: {problem} Nothing was restored.")


def _forget(log_was_here: bool) -> None:
    """Take back what no transaction does, unless the end of one was reached: then the next run sees to it."""
    committed = AuditRow.objects.using("audit").exists() and not log_was_here
    if committed or not store.is_unfinished():
        return
    _discard_blobs()
    if not log_was_here:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"DROP TABLE {store.UNFINISHED}")


def _discard_blobs() -> None:
    packets: Iterable[Any] = {packet for packet, _ in blobs().each()}
    for packet in packets:
        blobs().discard(packet)
