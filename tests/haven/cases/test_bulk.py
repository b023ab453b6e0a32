"""Rows written many at once are the rows that ``save()`` would have written."""

from __future__ import annotations

import uuid

import pytest

from haven.cases import bulk
from haven.cases.models import Case, CaseNumber, Packet

pytestmark = pytest.mark.django_db(databases="__all__")


def packet(**values: object) -> dict[str, object]:
    return {"id": uuid.uuid4(), "content_mac": uuid.uuid4().hex, "office": "VSC", "name": "ramos-maylin", **values}


def test_what_a_row_leaves_out_has_its_default():
    bulk.insert(Packet, [packet()])

    row = Packet.objects.get()
    assert (row.name, row.state, row.attempts, row.case, row.error) == ("ramos-maylin", "received", 0, None, "")
    assert row.received is not None


def test_each_row_has_a_data_key_of_its_own():
    bulk.insert(Packet, [packet(), packet(name="other")])

    first, second = Packet.objects.all()
    assert first.open_data_key() != second.open_data_key()
    assert {first.name, second.name} == {"ramos-maylin", "other"}


def test_a_name_that_is_no_field_is_refused():
    with pytest.raises(TypeError, match="nmae"):
        bulk.insert(Packet, [packet(nmae="ramos-maylin")])


def test_a_row_that_is_sealed_already_is_not_written_as_a_new_one():
    case = Case.objects.create(number="T-0001", form="T", office="VSC", receipt="EAC1912345678")

    with pytest.raises(ValueError, match="not new"):
        bulk.insert(Case, [Case.objects.get()])
    assert Case.objects.get() == case


def test_a_row_without_sealed_fields_is_written_too():
    bulk.insert(CaseNumber, [{"form": "T"}, {"form": "U", "last": 3}])

    assert set(CaseNumber.objects.values_list("form", "last")) == {("T", 0), ("U", 3)}
