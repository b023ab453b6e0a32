"""Duties as records with history: what is said once is never changed, a later row says what came of it.

Each is called by a random name (``4KQT-9WZC``) that says nothing of a case, a year or an order.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from haven.cases.fields import EncryptedText
from haven.cases.models import (
    OFFICER,
    Case,
    DocumentRow,
    Immutable,
    MinorNotice,
    Packet,
    Person,
    SealedHistory,
    new_pseudonym,
)
from haven.duties.vocabulary import Channel, ConsentKind, IncidentKind, Office, Step


class Named(SealedHistory):
    name = models.CharField(max_length=9, unique=True, default=new_pseudonym, editable=False)
    by = models.ForeignKey(**OFFICER, null=True, related_name="+", help_text="empty = the system itself")
    at = models.DateTimeField(default=timezone.now)

    class Meta(SealedHistory.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name


class Incident(Named):
    """Something that must be told to an office in time (R5)."""

    kind = models.CharField(max_length=24, choices=IncidentKind)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="incidents")
    categories = models.JSONField(default=list, help_text="K1…K12 of what was touched")
    found = models.DateTimeField()
    due = models.DateTimeField(help_text="until when the office must be told")
    words = EncryptedText(blank=True)
    log_row = models.BigIntegerField(null=True, unique=True, help_text="the row of the log whose alert it is")

    class Meta:
        ordering = ["found"]

    @property
    def closed(self) -> bool:
        return any(step.kind == Step.CLOSED for step in self.steps.all())

    def told(self, office: str) -> IncidentStep | None:
        """The first time that the office was told."""
        rows = (s for s in self.steps.all() if s.kind == Step.TOLD and s.office == office)
        return min(rows, key=lambda step: step.happened, default=None)


class IncidentStep(SealedHistory):
    """What came of an incident: who was told when, what was found, that it is closed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=Step)
    office = models.CharField(max_length=24, choices=Office, blank=True)
    happened = models.DateTimeField(default=timezone.now)
    words = EncryptedText(blank=True)
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(kind=Step.CLOSED), name="an_incident_closes_once"),
            models.CheckConstraint(
                condition=~Q(kind=Step.TOLD) | ~Q(office=""), name="who_was_told_is_an_office_of_the_list"
            ),
        ]


class Consent(Named):
    """What a protected person allowed in writing: data, recipient, purpose, time (8 U.S.C. 1367(b)(4), (7))."""

    kind = models.CharField(max_length=8, choices=ConsentKind)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=30)
    categories = models.JSONField()
    component = models.CharField(max_length=20, help_text="of the recipient, in the gate's words")
    recipient = EncryptedText()
    recipient_mac = models.CharField(max_length=64, help_text="keyed hash of the recipient's name")
    signed = models.DateField()
    expires = models.DateField(help_text="last day on which it holds")
    paper = EncryptedText(help_text="where the signed paper is")
    adult = models.BooleanField(default=False, help_text="an officer verified that the person was of age")
    no_duress = models.BooleanField(default=False, help_text="an officer asked alone and safely, and found none")
    provider_expertise = models.BooleanField(
        default=False, help_text="the recipient is a nonprofit with expertise in immigrant victims"
    )

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires__gte=F("signed")), name="a_consent_ends_after_it_is_signed")
        ]


class Revocation(SealedHistory):
    """The person took it back, or it should never have counted. From this moment on it is none."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="revocation")
    reason = EncryptedText(blank=True)
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class LegalHold(Named):
    """Nothing of the case, or of the whole store, is disposed of while it stands."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="holds")
    reason = EncryptedText()

    class Meta:
        ordering = ["at"]


class HoldRelease(SealedHistory):
    hold = models.OneToOneField(LegalHold, on_delete=models.PROTECT, related_name="release")
    reason = EncryptedText()
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class HhsNotice(Named):
    """A notice of a minor as it was written for HHS; whether it went out says ``MinorNotice.sent`` (G22)."""

    notice = models.ForeignKey(MinorNotice, on_delete=models.PROTECT, related_name="written")
    version = models.PositiveIntegerField(help_text="of the template")
    text = EncryptedText()
    rules = models.JSONField(default=list, help_text="of the gate")
    policy = models.CharField(max_length=100)

    class Meta:
        ordering = ["at"]


class HhsSending(SealedHistory):
    """That a written notice went out: when, by whom, over which channel."""

    written = models.OneToOneField(HhsNotice, on_delete=models.PROTECT, related_name="sending")
    channel = models.CharField(max_length=16, choices=Channel)
    receipt = EncryptedText(blank=True, help_text="what the recipient answered")
    sent = models.DateTimeField()
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Disposal(Immutable):
    """What one person proposed to dispose of: kinds of record of cases that were due and not held on that day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=9, unique=True, default=new_pseudonym, editable=False)
    items = models.JSONField(help_text="[[id of the case, kind], …]")
    table = models.CharField(max_length=64, help_text="SHA-256 of the retention table")
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.name


class Disposed(Immutable):
    """One kind of record of one case whose data keys were destroyed, by another person than the one who proposed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="done")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disposed")
    kind = models.CharField(max_length=20)
    ground = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["disposal", "case", "kind"], name="disposed_of_once_by_each")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class ImportedNote(SealedHistory):
    """A case note of another system as it was imported. Its text stays here until it is placed in a case (C7)."""

    mac = models.CharField(max_length=64, unique=True, help_text="keyed id of receipt number and text")
    line = models.PositiveIntegerField(help_text="of the file")
    receipt = EncryptedText(blank=True)
    text = EncryptedText(blank=True, help_text="empty where it was placed at once: then it is a page of the case")
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "line"]


class NotePlacement(Immutable):
    """That a note is a page of a case now, and how many people it proposes as culpable."""

    note = models.OneToOneField(ImportedNote, on_delete=models.PROTECT, primary_key=True, related_name="placement")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placed_notes")
    packet = models.OneToOneField(Packet, on_delete=models.PROTECT, related_name="placed_note")
    records = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)


class Cooperation(Named):
    """That the victim helped an agency, from any document: found again by agency and case number (C8)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="cooperation")
    document = models.ForeignKey(DocumentRow, on_delete=models.PROTECT, null=True, related_name="+")
    document_kind = models.CharField(max_length=30)
    agency = EncryptedText()
    agency_mac = models.CharField(max_length=64, db_index=True)
    office = EncryptedText(blank=True)
    officer = EncryptedText(blank=True)
    number = EncryptedText(blank=True, help_text="the agency's case number")
    number_mac = models.CharField(max_length=64, blank=True, db_index=True)
    date = models.DateField(null=True)
    words = EncryptedText(blank=True)

    class Meta:
        ordering = ["at"]


class CooperationWithdrawn(SealedHistory):
    """An officer found that it is not so; the record stays, for the history."""

    cooperation = models.OneToOneField(Cooperation, on_delete=models.PROTECT, related_name="withdrawn")
    reason = EncryptedText()
    by = models.ForeignKey(**OFFICER, related_name="+")
    at = models.DateTimeField(default=timezone.now)
