"""Sealed fields: plain to the program, nothing to the database."""

from __future__ import annotations

import pytest
from django.db import connection

from haven.cases.fields import Sealed
from haven.cases.models import Case, Task
from haven.keys import WrongKey

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case():
    return Case.objects.create(number="T-0001", form="T", office="VSC", receipt="EAC1912345678")


def stored(case: Case, column: str = "receipt") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM cases_case WHERE number = %s", [case.number])
        return bytes(cursor.fetchone()[0])


def put(case: Case, content: bytes, column: str = "receipt") -> None:
    with connection.cursor() as cursor:
        value = connection.Database.Binary(content)
        cursor.execute(f"UPDATE cases_case SET {column} = %s WHERE number = %s", [value, case.number])


def test_the_database_holds_no_plain_text(case):
    assert b"EAC1912345678" not in stored(case)
    assert Case.objects.get().receipt == "EAC1912345678"


def test_nothing_is_opened_until_it_is_read(case):
    loaded = Case.objects.get()

    assert isinstance(loaded.__dict__["receipt"], Sealed)
    assert "EAC" not in repr(loaded.__dict__["receipt"])
    assert loaded.receipt == "EAC1912345678"


def test_a_deferred_field_opens_too(case):
    assert Case.objects.defer("receipt", "data_key").get().receipt == "EAC1912345678"


def test_a_row_saved_without_reading_stays_as_it_was(case):
    before = stored(case)

    Case.objects.get().save()

    assert stored(case) == before


def test_the_value_of_another_row_does_not_open_here(case):
    other = Case.objects.create(number="T-0002", form="T", office="VSC", receipt="EAC1987654321")
    put(case, stored(other))

    with pytest.raises(WrongKey):
        _ = Case.objects.get(number="T-0001").receipt


def test_not_even_together_with_its_key(case):
    other = Case.objects.create(number="T-0002", form="T", office="VSC", receipt="EAC1987654321")
    put(case, stored(other))
    put(case, stored(other, "data_key"), "data_key")

    with pytest.raises(WrongKey):
        _ = Case.objects.get(number="T-0001").receipt


@pytest.mark.parametrize("lookup", ["receipt", "receipt__contains", "receipt__in"])
def test_a_sealed_field_cannot_be_searched_by_mistake(case, lookup):
    with pytest.raises((TypeError, ValueError)):
        Case.objects.filter(**{lookup: "EAC1912345678"}).exists()


def test_a_sealed_field_cannot_be_written_in_clear(case):
    with pytest.raises(TypeError):
        Case.objects.update(receipt="EAC1912345678")


def test_the_empty_text_is_sealed_like_any_other(case):
    task = Task.objects.create(case=case, kind="read")

    assert Task.objects.get(pk=task.pk).sentence == ""
    assert isinstance(Task.objects.get(pk=task.pk).__dict__["sentence"], Sealed)


def test_a_dump_of_plain_text_is_refused(case):
    from django.core import serializers

    with pytest.raises(TypeError, match="haven backup"):
        serializers.serialize("json", Case.objects.all())
