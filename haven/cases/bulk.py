"""Many new rows at once, in a third of the time of ``bulk_create``: one statement, prepared once for each table.

For rows that are complete, with ids, dates and keys to other rows that the same transaction writes. What a model's
``save()`` would add is not added; what its fields do when they are saved (sealing) is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models, router

PLAIN = (models.CharField, models.IntegerField, models.FloatField, models.BooleanField)
"""Fields whose values go to the database as they are."""


def insert(rows: Sequence[models.Model]) -> None:
    """All rows are of one table. The caller holds the transaction."""
    if not rows:
        return
    meta = rows[0]._meta
    alias = router.db_for_write(type(rows[0]))
    connection = connections[alias]
    quote = connection.ops.quote_name
    fields = [field for field in meta.local_concrete_fields if field is not meta.auto_field]
    columns = ", ".join(quote(field.column) for field in fields)
    statement = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
    readers = [_reader(field, connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[read(row) for read in readers] for row in rows])
    for row in rows:  # or a later save() would insert it once more
        row._state.adding, row._state.db = False, alias


def update(rows: Sequence[models.Model], *names: str) -> None:
    """Write these fields of rows that are there already, otherwise as ``insert``."""
    meta = rows[0]._meta
    connection = connections[router.db_for_write(type(rows[0]))]
    quote = connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
    readers = [_reader(field, connection) for field in [*fields, meta.pk]]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[read(row) for read in readers] for row in rows])


def _reader(field: Any, connection: Any) -> Callable[[models.Model], Any]:
    """What a row's field is in the database."""
    if type(field).pre_save is not models.Field.pre_save:  # sealed ones, dates that set themselves
        return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    value = attrgetter(field.attname)
    if isinstance(field, PLAIN):
        return value
    kept_as = field.target_field if field.is_relation else field
    if isinstance(kept_as, models.UUIDField) and not connection.features.has_native_uuid_field:
        return lambda row: (key := value(row)) and key.hex
    return lambda row: field.get_db_prep_save(value(row), connection)
