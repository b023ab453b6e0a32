"""Rows that are written once, and what the tables share."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models

from haven.cases.fields import SealedRecord

OFFICER = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT}


class RowsAreHistory(Exception):
    """A row that may only be added was about to be changed. A mistake in the program, never of a user."""


class Immutable(models.Model):
    """A row is written once. What changes is said by a later row."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RowsAreHistory(f"{self._meta.label} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RowsAreHistory(f"{self._meta.label} rows are never deleted")


class SealedHistory(Immutable, SealedRecord):
    """A sealed row that is written once."""

    class Meta(Immutable.Meta, SealedRecord.Meta):
        abstract = True


def new_pseudonym() -> str:
    """How a case is named outside: random, says nothing of form, year or order (decision 5)."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # no letters that read as digits
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(2))
