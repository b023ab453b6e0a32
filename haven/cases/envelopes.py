"""Everything that holds a wrapped data key, and how each is put under the newest key-encryption key.

One class for each way of keeping one. All of them change a key only where it is still the one that was read, so
officers go on working meanwhile: whoever was faster keeps what they wrote, and the next pass sees to it.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connections, router, transaction
from django.db.models import BinaryField, Count, Func, Value

from haven import crypto
from haven.accounts import adapters, sessions
from haven.cases.blobs import blobs
from haven.cases.fields import SealedRecord
from haven.keys import WrongKey

BATCH = 500
"""Rows committed together: the write lock is held for some milliseconds."""


class Holder(Protocol):
    """Where data keys of one kind lie. ``name`` is shown to the operator, ``purpose`` says which keys wrap them."""

    name: str
    purpose: str

    def versions(self) -> Counter[int]:
        """How many data keys each key version wraps."""

    def rewrap(self, newest: int, unopened: set[Any]) -> Iterator[int]:
        """One pass over what ``newest`` does not wrap, yielding how many were done at each commit.

        What does not open is left as it is and added to ``unopened``.
        """


class Rows:
    """Rows with sealed fields: the column ``data_key``."""

    def __init__(self, model: type[SealedRecord]) -> None:
        self.model, self.name, self.purpose = model, model._meta.label, model.sealing
        self.alias = router.db_for_write(model)

    def versions(self) -> Counter[int]:
        marks = self._marked().values("mark").annotate(n=Count("pk")).values_list("mark", "n").order_by()
        return Counter({crypto.key_version(bytes(mark)): n for mark, n in marks})

    def rewrap(self, newest: int, unopened: set[Any]) -> Iterator[int]:
        old = self._marked().exclude(mark=crypto.version_mark(newest)).order_by("pk")
        after = None
        while batch := list((old.filter(pk__gt=after) if after else old).values_list("pk", "data_key")[:BATCH]):
            after = batch[-1][0]
            fresh = []
            for pk, envelope in batch:
                try:
                    fresh.append((self._rewrapped(pk, bytes(envelope)), pk, bytes(envelope)))
                except WrongKey:
                    unopened.add(pk)
            yield self._write(fresh)

    def _marked(self) -> Any:
        mark = Func("data_key", Value(1), Value(crypto.VERSION_BYTES), function="SUBSTR", output_field=BinaryField())
        every = self.model._base_manager.using(self.alias).annotate(mark=mark)
        return every.exclude(mark=crypto.SHREDDED)

    def _rewrapped(self, pk: Any, envelope: bytes) -> bytes:
        return crypto.rewrapped(self.purpose, envelope, self.model(pk=pk).place())

    def _write(self, fresh: list[tuple[bytes, Any, bytes]]) -> int:
        connection = connections[self.alias]
        quote, key, binary = connection.ops.quote_name, self.model._meta.pk, connection.Database.Binary
        statement = (
            f"UPDATE {quote(self.model._meta.db_table)} SET data_key = %s "  # noqa: S608
            f"WHERE {quote(key.column)} = %s AND data_key = %s"
        )
        rows = [(binary(new), key.get_db_prep_value(pk, connection), binary(old)) for new, pk, old in fresh]
        if not rows:
            return 0
        with transaction.atomic(using=self.alias), connection.cursor() as cursor:
            cursor.executemany(statement, rows)
            return cursor.rowcount


class Blobs:
    """Uploads and page images: the head of each file."""

    name, purpose = "uploads and page images", "blobs"

    def versions(self) -> Counter[int]:
        return Counter(version for _, version in self._each())

    def rewrap(self, newest: int, unopened: set[Any]) -> Iterator[int]:
        for place, version in self._each():
            if version == newest:
                continue
            try:
                blobs().rewrap(*place)
            except WrongKey:
                unopened.add(place)
            except FileNotFoundError:
                continue  # its packet was discarded meanwhile
            yield 1

    @staticmethod
    def _each() -> Iterator[tuple[Any, int]]:
        for place in blobs().each():
            try:
                yield place, crypto.key_version(blobs().envelope(*place))
            except FileNotFoundError:
                continue
            except WrongKey:
                yield place, 0  # no envelope at all: it will not open either


class Sessions:
    """Who is signed in: the key travels in front of the session's content."""

    name, purpose = "sessions", "accounts"

    def versions(self) -> Counter[int]:
        return Counter(_text_version(data) for data in Session.objects.values_list("session_data", flat=True))

    def rewrap(self, newest: int, unopened: set[Any]) -> Iterator[int]:
        for key, data in list(Session.objects.values_list("pk", "session_data")):
            if _text_version(data) == newest:
                continue
            try:
                fresh = _rewrapped_text(data, sessions.PLACE)
            except WrongKey:
                unopened.add(key)
            else:
                yield Session.objects.filter(pk=key, session_data=data).update(session_data=fresh)


class SecondFactors:
    """Secrets of one-time codes and seeds of recovery codes (allauth keeps them in a JSON column)."""

    name, purpose = "second factors", "accounts"
    SECRETS = ("secret", "seed")

    def versions(self) -> Counter[int]:
        rows = Authenticator.objects.values_list("data", flat=True)
        return Counter(_text_version(data[name]) for data in rows for name in self.SECRETS if name in data)

    def rewrap(self, newest: int, unopened: set[Any]) -> Iterator[int]:
        for pk in list(Authenticator.objects.values_list("pk", flat=True)):
            # locked, not compared: a recovery code that is used meanwhile stays used
            with transaction.atomic():
                row = Authenticator.objects.select_for_update().filter(pk=pk).first()
                old = [n for n in self.SECRETS if row and n in row.data and _text_version(row.data[n]) != newest]
                if row is None or not old:
                    continue
                try:
                    row.data |= {name: _rewrapped_text(row.data[name], adapters.PLACE) for name in old}
                except WrongKey:
                    unopened.add(pk)
                    continue
                row.save(update_fields=["data"])
            yield len(old)


def _text_version(sealed: str) -> int:
    """0 for what is no sealed text: no version will open it."""
    try:
        return crypto.key_version(crypto.split_alone(base64.b64decode(sealed, validate=True))[0])
    except (WrongKey, binascii.Error, ValueError):
        return 0


def _rewrapped_text(sealed: str, place: bytes) -> str:
    try:
        envelope, content = crypto.split_alone(base64.b64decode(sealed, validate=True))
    except (binascii.Error, ValueError):
        raise WrongKey("this value is damaged") from None
    return base64.b64encode(crypto.join_alone(crypto.rewrapped("accounts", envelope, place), content)).decode()


def holders(purpose: str) -> list[Holder]:
    """Every place where a data key of this purpose lies."""
    rows = [Rows(model) for model in apps.get_models() if issubclass(model, SealedRecord)]
    every: list[Holder] = [*rows, Blobs(), Sessions(), SecondFactors()]
    return [holder for holder in every if holder.purpose == purpose]
