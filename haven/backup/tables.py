"""Which tables a backup holds, and their rows as lines of JSON that SQLite and PostgreSQL read alike.

Sealed columns go as they lie in the database: nothing is opened on the way out or in.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, router
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import sql

from haven.cases.fields import Sealed

LEFT_OUT = {"sessions", "axes", "contenttypes", "auth"}
"""Apps whose rows a store makes anew: who is signed in or locked out, and what the migrations fill in themselves."""
BATCH = 1000


def tables(alias: str) -> list[type[models.Model]]:
    """The models of one database, by name."""
    every = apps.get_models(include_auto_created=True)
    mine = [m for m in every if m._meta.app_label not in LEFT_OUT and router.db_for_write(m) == alias]
    return sorted(mine, key=lambda model: model._meta.label)


def migrations(alias: str) -> list[str]:
    """What the tables of a database have become by: a backup goes only into tables of the same state."""
    return sorted("/".join(name) for name in MigrationRecorder(connections[alias]).applied_migrations())


def lines(model: type[models.Model], alias: str) -> Iterator[list[list[Any]]]:
    """All rows in batches, each row the values of ``columns`` in JSON's types."""
    rows = model._base_manager.using(alias).order_by("pk").values_list(*columns(model)).iterator(chunk_size=BATCH)
    batch = []
    for row in rows:
        batch.append([_plain(value) for value in row])
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def insert(model: type[models.Model], alias: str, rows: Iterable[list[Any]]) -> int:
    """Write rows as they were, past every default and date of saving. Returns how many."""
    fields = list(model._meta.concrete_fields)
    # not instances: reading a sealed attribute of one would open it
    made = [
        SimpleNamespace(**{f.attname: _value(f, value) for f, value in zip(fields, row, strict=True)}) for row in rows
    ]
    connection = connections[alias]
    size = min(connection.ops.bulk_batch_size(fields, made) or BATCH, BATCH)
    for start in range(0, len(made), size):
        query = sql.InsertQuery(model)
        query.insert_values(fields, made[start : start + size], raw=True)
        query.get_compiler(using=alias).execute_sql()
    return len(made)


def continue_numbering(alias: str) -> None:
    """Rows of numbered tables that are made from here on follow those that were brought in (PostgreSQL)."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables(alias)):
            cursor.execute(statement)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str() | list() | dict():
            return value
        case Sealed():
            return base64.b64encode(value.content).decode()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(value).decode()
        case dt.datetime() | dt.date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
    raise TypeError(f"a backup has no form for {type(value).__name__}")


def _value(field: models.Field, plain: Any) -> Any:
    if plain is None or isinstance(field, models.JSONField):
        return plain
    if field.get_internal_type() == "BinaryField":
        content = base64.b64decode(plain)
        return content if isinstance(field, models.BinaryField) else Sealed(content)
    return field.to_python(plain)


def dumped(model: type[models.Model], rows: list[list[Any]]) -> bytes:
    return json.dumps({"table": model._meta.label, "columns": columns(model), "rows": rows}).encode()
