"""A case, who works on it, and what only a person can decide about it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from haven.cases.fields import EncryptedText, SealedRecord
from haven.cases.models.history import OFFICER, SealedHistory, new_pseudonym
from haven.cases.vocabulary import CaseState, Form, Protection, TaskKind

if TYPE_CHECKING:
    from haven.cases.models.people import Person
    from haven.cases.models.values import Value

BREAK_GLASS_HOURS = 8
"""G1 of the gate table."""


class Case(SealedRecord):
    """One application for relief as an officer works on it."""

    number = models.CharField(max_length=12, unique=True, help_text="T-0192; never leaves: the prefix tells the filing")
    form = models.CharField(max_length=4, choices=Form)
    form_known = models.BooleanField(default=False, help_text="a form in the packet says so, or an officer")
    receipt = EncryptedText(blank=True)
    office = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.DRAFT)
    protection = models.CharField(max_length=12, choices=Protection, default=Protection.PENDING)
    protection_verified = models.DateField(null=True, blank=True, help_text="date of the verified final status")
    pseudonym = models.CharField(max_length=9, unique=True, default=new_pseudonym, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    changed = models.DateTimeField(auto_now=True)

    officers: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Assignment", through_fields=("case", "officer"), related_name="cases"
    )

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.number

    @property
    def kind(self) -> str:
        """``T`` or ``U``: the letter on the work list."""
        return self.form

    def people(self) -> list[Person]:
        """Everybody in the case in the order of the record, roles, current values and evidence at hand (5 queries)."""
        from haven.cases.models.values import Evidence, Value  # values know their case, not the other way round

        values = Value.objects.current().order_by("order").select_related("by", "allegation", "related")
        evidence = Evidence.objects.select_related("page", "file")
        values = values.prefetch_related(models.Prefetch("evidence", queryset=evidence))
        people = self.persons.select_related("subject", "protected", "bystander").order_by("order")
        return list(people.prefetch_related(models.Prefetch("values_all", queryset=values, to_attr="current")))

    def current_values(self) -> models.QuerySet[Value]:
        """The newest row of each value."""
        return self.values_all.current().select_related("person", "allegation", "document").order_by("order")


class CaseNumber(models.Model):
    """Next case number of each form. Locked while one is taken, so that two intakes never take the same."""

    form = models.CharField(max_length=4, primary_key=True, choices=Form)
    last = models.PositiveIntegerField(default=0)


class Assignment(models.Model):
    """Who works on a case, from when to when. The gate's fact ``assigned`` is a row here without an end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(**OFFICER, related_name="assignments")
    by = models.ForeignKey(**OFFICER, null=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "officer"], condition=Q(until__isnull=True), name="assigned_once_at_a_time"
            )
        ]


class BreakGlass(SealedRecord):
    """Access without assignment: a reason in words, notice to the supervisor, 8 hours (G1)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="break_glass")
    officer = models.ForeignKey(**OFFICER, related_name="+")
    reason = EncryptedText()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    seen_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.until = self.until or self.since + dt.timedelta(hours=BREAK_GLASS_HOURS)
        super().save(*args, **kwargs)


class CaseNote(SealedHistory):
    """A note in words. Not a place for names of alleged people: those are records (C7)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(**OFFICER, related_name="+")
    text = EncryptedText()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created"]


class CaseLink(SealedRecord):
    """Two cases that an officer holds for one. A link, never a merge: taking it back restores both."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_from")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_to")
    by = models.ForeignKey(**OFFICER, related_name="+")
    reason = EncryptedText(blank=True)
    since = models.DateTimeField(default=timezone.now)
    undone = models.DateTimeField(null=True, blank=True)


class Task(SealedRecord):
    """Something that only a person can decide. ``code`` and ``kind`` are free of personal data, the details sealed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=TaskKind)
    code = models.CharField(max_length=40, blank=True)
    other_case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    page = models.ForeignKey("PageRow", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sentence = EncryptedText(blank=True)
    due = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    done = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["created"]
