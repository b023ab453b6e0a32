"""Rows of history are written once: the program refuses to change them, and so does the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections, transaction

from haven.cases.models import CaseNote, Evidence, ExtractionRun, RowsAreHistory, RunRecord, Value
from haven.cases.storing import store_extraction

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction, person):
    case = store_extraction(extraction(), office="VSC")
    CaseNote.objects.create(case=case, author=person("officer"), text="Called the preparer.")
    return case


HISTORY = [
    (Value, "state"),
    (Evidence, "start"),
    (ExtractionRun, "model_name"),
    (CaseNote, "text"),
    (RunRecord, "record"),
]


@pytest.mark.parametrize(("model", "_"), HISTORY)
def test_the_program_refuses(case, model, _):
    row = model.objects.first()

    with pytest.raises(RowsAreHistory):
        row.save()
    with pytest.raises(RowsAreHistory):
        row.delete()


@pytest.mark.parametrize(("model", "column"), HISTORY)
def test_the_database_refuses(case, model, column):
    database = model.objects.db
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(using=database),
        connections[database].cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = {column}")


def test_only_the_wrapped_key_of_a_row_may_be_written_anew(case):
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE cases_value SET data_key = data_key")
