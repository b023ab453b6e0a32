"""What was brought in and what was read from it; whole texts and records lie in the narrative store."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from haven.cases.blobs import blobs
from haven.cases.fields import EncryptedJSON, EncryptedText, SealedRecord
from haven.cases.models.case import Case
from haven.cases.models.history import OFFICER, Immutable, SealedHistory
from haven.cases.vocabulary import PacketState


class Packet(SealedRecord):
    """What arrived together. The same bytes again are the same packet: ``content_mac`` is its keyed content id."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="packets")
    content_mac = models.CharField(max_length=64, unique=True, editable=False)
    name = EncryptedText(blank=True)
    office = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=PacketState, default=PacketState.RECEIVED)
    error = models.CharField(max_length=40, blank=True, help_text="code, free of personal data")
    attempts = models.PositiveSmallIntegerField(default=0)
    received = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")
    read = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received"]


class StoredFile(SealedRecord):
    """One file of a packet; its bytes are a sealed blob."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="files")
    order = models.PositiveIntegerField()
    content_mac = models.CharField(max_length=64, db_index=True)
    sha256 = EncryptedText(help_text="of the bytes as they came: what evidence cites")
    name = EncryptedText(blank=True)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(help_text="bytes")
    refused = EncryptedText(null=True, blank=True)
    blob = models.UUIDField(null=True)

    class Meta:
        ordering = ["packet", "order"]

    def content(self) -> bytes | None:
        """The bytes as they came; None for what was no file (a link out of the folder, a socket)."""
        return blobs().get(self.packet_id, self.blob) if self.blob else None


class PageRow(SealedRecord):
    """The account of one page (contract 2), the words of which lie in the narrative store under the same id."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="pages")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="pages")
    index = models.PositiveIntegerField(help_text="in Record.pages")
    number = models.PositiveIntegerField(help_text="within its file, from 1")
    state = models.CharField(max_length=12)
    reason = EncryptedText(blank=True)
    confidence = models.FloatField(default=1.0)
    width = models.FloatField(default=0, help_text="points, upright")
    height = models.FloatField(default=0, help_text="points, upright")
    rotation = models.IntegerField(default=0)
    skew = models.FloatField(default=0)
    dpi = models.FloatField(null=True)
    start = models.PositiveIntegerField(null=True, help_text="first character in Record.text")
    end = models.PositiveIntegerField(null=True)
    image = models.UUIDField(null=True, help_text="blob of the upright page, PNG")
    checked_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["packet", "index"]
        constraints = [models.UniqueConstraint(fields=["packet", "index"], name="one_account_for_each_page")]

    def picture(self) -> bytes | None:
        """The upright page as PNG; None where there is nothing to draw."""
        return blobs().get(self.packet_id, self.image) if self.image else None

    def narrative(self) -> PageText | None:
        """Text and words of the page, from the narrative store."""
        return PageText.objects.filter(pk=self.pk).first()


class DocumentRow(SealedRecord):
    """A run of pages that is one document."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="documents")
    ref = models.CharField(max_length=40, help_text="its id in the record")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    edition = models.CharField(max_length=20, blank=True)
    title = EncryptedText(blank=True)
    language = models.CharField(max_length=12, default="en")
    confidence = models.FloatField(default=1.0)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    pages: models.ManyToManyField = models.ManyToManyField(PageRow, related_name="documents")
    from_perpetrator = models.BooleanField(
        default=False, help_text="K10: furnished by a perpetrator or their household, 8 U.S.C. 1367(a)(1)"
    )

    class Meta:
        ordering = ["packet", "order"]


class ExtractionRun(Immutable):
    """One reading of a packet by one model. A later run proposes differences; this one stays as it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="runs")
    schema_version = models.CharField(max_length=10)
    model_name = models.CharField(max_length=80, blank=True)
    model_version = models.CharField(max_length=40, blank=True)
    model_hash = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created"]

    def record(self) -> dict[str, Any]:
        """The record as ``haven extract`` would print it, from the narrative store; empty once it was disposed of."""
        return RunRecord.objects.get(pk=self.pk).record or {}


class PageText(SealedRecord):
    """Text and words of the page with the same id.

    ``words``: ``[[text, [x0, top, x1, bottom] | null, confidence, [start, end] | null], …]``; boxes in points of the
    upright page, offsets into ``text``. ``Record.text`` offset = ``PageRow.start`` + offset.
    """

    sealing = "narrative"
    packet = models.UUIDField(db_index=True)
    text = EncryptedText(blank=True)
    words = EncryptedJSON()


class RunRecord(SealedHistory):
    """The record of the extraction run with the same id."""

    sealing = "narrative"
    packet = models.UUIDField(db_index=True)
    record = EncryptedJSON()
