"""Opening the store: keys, tables, and the proof that they fit. Every command that needs data starts here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError, OperationalError

from extract.errors import ConfigurationProblem, OutputFailed
from haven.keys import WrongKey, keyring

WORD = "haven-intake"
UNFINISHED = "haven_restore"
"""A table of ``default`` that is there while a restore runs: what was interrupted is no store yet."""


def open_store(*, migrate: bool = False) -> None:
    """Makes sure that keys, databases and tables are there and fit each other.

    ``migrate=True`` makes or upgrades tables; otherwise old tables are a reason to stop.
    Raises ``ConfigurationProblem`` with one sentence.
    """
    django.setup()
    keyring()
    make_folders()
    try:
        if is_unfinished():
            raise ConfigurationProblem("a restore was interrupted; run it again: haven restore FILE")
        if migrate:
            migrate_tables()
        elif behind := [alias for alias in connections if _is_behind(alias)]:
            raise ConfigurationProblem(
                f"the tables of '{', '.join(behind)}' are not those of this version; run: haven serve --migrate"
            )
        _check_keys()
    except (OperationalError, DatabaseError) as problem:
        raise ConfigurationProblem(f"the database cannot be used ({kind_of(problem)}).") from None


def migrate_tables() -> None:
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def is_unfinished() -> bool:
    """Whether a restore into this store was begun and not finished."""
    return UNFINISHED in connections["default"].introspection.table_names()


def make_folders() -> None:
    for name in ("data", "blobs", "outbox", "logs"):
        folder = Path(settings.HAVEN_HOME) / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as problem:
            raise ConfigurationProblem(f"{folder} cannot be made: {problem.strerror}.") from None


def _is_behind(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _check_keys() -> None:
    from haven.cases.models import KeyCheck

    check = KeyCheck.objects.first()
    if check is None:
        KeyCheck.objects.create(word=WORD)
        return
    try:
        fits = check.word == WORD
    except WrongKey:
        fits = False
    if not fits:
        raise ConfigurationProblem(
            "the keys are not those that the data were sealed with; bring the right ones back, nothing was changed."
        )


@contextmanager
def writing() -> Iterator[None]:
    """Says in one sentence why the database takes no more. Raises ``OutputFailed``."""
    try:
        yield
    except OperationalError as problem:
        raise OutputFailed(f"the database cannot be written ({kind_of(problem)}); nothing was lost.") from None


def kind_of(problem: Exception) -> str:
    """What the database said, if it is one of the plain causes; its own words may quote data."""
    text = str(problem).lower()
    causes = {
        "disk is full": "the disk is full",
        "database or disk is full": "the disk is full",
        "disk i/o error": "the disk is full or damaged",
        "readonly": "it may not be written",
        "read-only": "it may not be written",
        "unable to open": "its folder cannot be opened",
        "locked": "another process holds it",
        "malformed": "its file is damaged",
        "not a database": "its file is damaged",
        "connection": "the server does not answer",
        "password authentication": "the server refuses the account",
        "does not exist": "it does not exist",
    }
    return next((cause for word, cause in causes.items() if word in text), type(problem).__name__)
