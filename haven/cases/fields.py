"""Model fields that are sealed in the database and open only when read.

    class Note(SealedRecord):
        text = EncryptedText()

A row has its own data key (``data_key``), wrapped by the key of its store. What is loaded stays sealed until an
attribute is read, so listing a thousand rows opens nothing. Sealed fields cannot be searched (``haven.cases.index``
can) nor changed with ``QuerySet.update``: both raise instead of writing plain text.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from haven import crypto

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sealed:
    """Bytes as they lie in the database. Printing one shows nothing."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return "<sealed>"


class DataKeyField(models.BinaryField):
    """The row's data key, wrapped. Made when the row is first saved."""

    def pre_save(self, model_instance: Any, add: bool) -> bytes:
        if not model_instance.data_key:
            model_instance.open_data_key()
            return model_instance.data_key
        # a row read before a rotation and saved after it must not bring the old wrapping back
        model_instance.data_key = crypto.rewrapped(
            model_instance.sealing, bytes(model_instance.data_key), model_instance.place()
        )
        return model_instance.data_key


class SealedRecord(models.Model):
    """A row with sealed fields. ``sealing`` names the purpose of its key (``haven.keys.PURPOSES``)."""

    sealing = "records"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_key: Any = DataKeyField(editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def shredded(self) -> bool:
        """The data key was destroyed (``haven retention dispose``): what was sealed is gone."""
        return bytes(self.data_key or b"") == crypto.SHREDDED

    def place(self) -> bytes:
        """What the row's data key is bound to."""
        known = self.__dict__.get("_place")
        if known is None or known[0] is not self.id:
            known = self.__dict__["_place"] = (self.id, self.place_of(self.id))
        return known[1]

    @classmethod
    def place_of(cls, pk: uuid.UUID) -> bytes:
        """``place`` of the row with this id."""
        return crypto.place(cls._meta.label_lower, str(pk))

    def open_data_key(self) -> bytes:
        """32 bytes. Raises ``haven.keys.WrongKey`` where key and row do not belong together."""
        opened = self.__dict__.get("_data_key")
        if opened is None:
            where = self.place()
            if self.data_key:
                opened = crypto.open_data_key(self.sealing, self.data_key, where)
            else:
                opened, self.data_key = crypto.new_data_key(self.sealing, where)
            self.__dict__["_data_key"] = opened
        return opened


class _SealedAttribute(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname)
        if value is None and self.field.attname not in instance.__dict__:
            value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.unseal(instance, value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # a descriptor without this would never be asked: the instance's own dictionary comes first
        instance.__dict__[self.field.attname] = value


class _SealedField(models.Field):
    descriptor_class = _SealedAttribute
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BinaryField"

    def _where(self, instance: SealedRecord) -> bytes:
        return instance.place() + self._own_place

    @cached_property
    def _own_place(self) -> bytes:
        return crypto.place(self.column)

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, content: bytes) -> Any:
        raise NotImplementedError

    def disposed(self) -> Any:
        """What is read where the row's data key was destroyed: nothing, in the field's own type."""
        raise NotImplementedError

    def unseal(self, instance: Any, value: Sealed) -> Any:
        if instance.shredded:
            return self.disposed()
        return self.from_bytes(crypto.unseal(instance.open_data_key(), value.content, self._where(instance)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: Any, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        content = self.to_bytes(value)
        return Sealed(crypto.seal(model_instance.open_data_key(), content, self._where(model_instance)))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("exact", "in", "isnull"):  # the first two go on to get_prep_value
            raise TypeError(f"{self.name} is sealed: it is searched through the blind index")
        return super().get_lookup(lookup_name)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is sealed: it is searched through the blind index and changed through save()")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(value.content) if isinstance(value, Sealed) else value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed: a dump would hold plain text; use `haven backup`")


class EncryptedText(_SealedField):
    """A text of any length. ``blank=True`` defaults to the empty text, which is sealed like any other."""

    description = "sealed text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("blank") and not kwargs.get("null"):
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, content: bytes) -> str:
        return content.decode()

    def disposed(self) -> str:
        return ""


class EncryptedJSON(_SealedField):
    """Anything that JSON can say. Bytes are taken as JSON that is written already."""

    description = "sealed JSON"

    def to_bytes(self, value: Any) -> bytes:
        return value if isinstance(value, bytes) else _as_json(value).encode()

    def from_bytes(self, content: bytes) -> Any:
        return json.loads(content)

    def disposed(self) -> Any:
        return self.get_default() if self.has_default() else []


def sealed_columns(table: type[SealedRecord], rows: Sequence[dict[str, Any]]) -> dict[str, list[bytes | None]]:
    """The sealed columns of new rows by ``attname``, each row under a data key of its own, which is put into the row.

    ``rows``: values by ``attname``, with ``id``; a sealed field that is left out has its default. Raises ``ValueError``
    for a row that has a data key: what it sealed already would not open under another.
    """
    if any(row.get("data_key") for row in rows):
        raise ValueError(f"{table._meta.label}: a row that is sealed already is not new")
    fields = [field for field in table._meta.local_concrete_fields if isinstance(field, _SealedField)]
    columns: dict[str, list[bytes | None]] = {field.attname: [] for field in fields}
    places = [table.place_of(row["id"]) for row in rows]
    for row, where, (key, row["data_key"]) in zip(
        rows, places, crypto.new_data_keys(table.sealing, places), strict=True
    ):
        seal = crypto.sealer(key)
        for field in fields:
            name = field.attname
            value = row[name] if name in row else field.get_default()
            sealed = None if value is None else seal(field.to_bytes(value), where + field._own_place)
            columns[name].append(sealed)
    columns["data_key"] = [row["data_key"] for row in rows]
    return columns
