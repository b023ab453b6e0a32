"""A referral and its life: proposed by one person, then released or sent back by another, or withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from haven.cases.fields import EncryptedJSON, EncryptedText, SealedRecord
from haven.cases.models import Case, Person, new_pseudonym

OFFICER = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT}


class State(models.TextChoices):
    PROPOSED = "proposed", "Waiting for a supervisor"
    RETURNED = "returned", "Sent back"
    RELEASED = "released", "Released"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Protocol(models.Model):
    """The transfer procedure that both components signed; without one in force nothing is sent (X1)."""

    number = models.PositiveIntegerField(unique=True)
    component = models.CharField(max_length=20, default="ICE_HSI")
    starts = models.DateField()
    ends = models.DateField(help_text="last day on which it is in force")
    recorded = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="a_protocol_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"Protocol {self.number}"

    @classmethod
    def in_force(cls, component: str, on: dt.date) -> Protocol | None:
        return cls.objects.filter(component=component, starts__lte=on, ends__gte=on).order_by("-number").first()


class Lead(models.Model):
    """What the recipient knows a case by: one random pseudonym, the same for every supplement (decision 5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="lead")
    pseudonym = models.CharField(max_length=9, unique=True, default=new_pseudonym, editable=False)
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.pseudonym


class LeadPerson(models.Model):
    """``Person 2``: who that is stays here, and stays the same in every supplement."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="persons")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="lead_name")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "number"], name="one_person_for_each_number")]

    def __str__(self) -> str:
        return f"Person {self.number}"


class Referral(SealedRecord):
    """One package for ICE HSI. ``content``: what leaves, frozen when it was proposed (``haven.referral.content``)."""

    serial = models.PositiveIntegerField(unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="referrals")
    version = models.PositiveIntegerField(help_text="1, then one more for each supplement")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    subjects: models.ManyToManyField = models.ManyToManyField(Person, related_name="referrals")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    content = EncryptedJSON()
    excerpts = EncryptedJSON(default=list, help_text="each outgoing sentence beside its original, for the review")

    proposer = models.ForeignKey(**OFFICER, related_name="proposed_referrals")
    proposed = models.DateTimeField(default=timezone.now)
    reason = EncryptedText(blank=True)
    decided_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="decided_referrals")
    decided = models.DateTimeField(null=True, blank=True)
    decision_reason = EncryptedText(blank=True)
    compared_excerpts = models.BooleanField(default=False)
    no_inference = models.BooleanField(default=False)

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rules = models.JSONField(default=list, help_text="of the gate, e.g. G6")
    lane = models.CharField(max_length=20, blank=True)
    policy = models.CharField(max_length=100, blank=True)
    package = models.CharField(max_length=32, blank=True, help_text="its folder in the outbox")
    package_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-serial"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "version"], name="one_referral_for_each_version"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=State.PROPOSED), name="one_open_proposal_for_each_case"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RELEASED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposer"))),
                name="released_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RELEASED) | (Q(compared_excerpts=True, no_inference=True) & ~Q(package="")),
                name="released_with_both_questions_and_a_package",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """R-0061: a name inside only."""
        return f"R-{self.serial:04d}"

    @property
    def open(self) -> bool:
        return self.state == State.PROPOSED
