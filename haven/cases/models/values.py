"""Every value with its evidence and all its states, and the blind index to find it by."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from haven.cases.fields import EncryptedJSON, EncryptedText, SealedRecord
from haven.cases.models.case import Case
from haven.cases.models.history import OFFICER, SealedHistory
from haven.cases.models.packet import DocumentRow, ExtractionRun, Packet, PageRow, StoredFile
from haven.cases.models.people import Allegation, Person
from haven.cases.vocabulary import DECIDED, STANDING, Source, ValueState

SURE = 0.85
"""Confidence from which a reading is shown as sure; the model card says how often such a reading is wrong."""


class Evidence(SealedHistory):
    """Where a value was read (contract 3). ``start``/``end`` count characters of Record.text."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="evidence")
    page = models.ForeignKey(PageRow, on_delete=models.PROTECT, null=True, related_name="evidence")
    boxes = models.JSONField(default=list, help_text="[[x0, top, x1, bottom], …] in points of the upright page")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    sha256 = EncryptedText(help_text="of the file: the evidence stands even where the row of the file does not")


class SensitiveMark(models.Model):
    """An officer says that the words at a place tell of medical, psychological or sexual matters (K9).

    It stands over the classifier: sentences that touch the place stay, whatever ``haven.referral.k9`` says of them.
    There is no mark the other way.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sensitive_marks")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="sensitive_marks")
    by = models.ForeignKey(**OFFICER, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    taken_back = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(taken_back__isnull=True), name="marked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(taken_back__isnull=True) | Q(taken_back_by__isnull=False),
                name="a_mark_taken_back_names_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ValueQuerySet(models.QuerySet["Value"]):
    def current(self) -> ValueQuerySet:
        """The newest row of each value."""
        return self.filter(superseded_by__isnull=True)

    def undecided(self) -> ValueQuerySet:
        return self.current().filter(state=ValueState.PROPOSED)


class Value(SealedHistory):
    """One state of one thing read or entered. Never changed: a decision is a new row that supersedes the last.

    ``field``: for a person ``name alias role`` and the attributes of the record; ``allegation``, ``family_of``,
    ``affiliated_with`` with the other person in ``related``; ``form`` for a form answer, with ``item`` and
    ``question`` (the words of a narrative answer lie in the narrative store, at the evidence).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="values_all")
    chain = models.UUIDField(default=uuid.uuid4, editable=False, help_text="the same for all states of one value")
    version = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="values_all")
    allegation = models.ForeignKey(
        Allegation, on_delete=models.PROTECT, null=True, blank=True, related_name="values_all"
    )
    document = models.ForeignKey(
        DocumentRow, on_delete=models.PROTECT, null=True, blank=True, related_name="values_all"
    )
    related = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="whom it is about too"
    )
    field = models.CharField(max_length=20)
    item = models.CharField(max_length=80, blank=True, help_text="printed part and item of a form")
    question = models.CharField(max_length=300, blank=True, help_text="what the item asks")
    kind = models.CharField(max_length=10, default="text")
    order = models.PositiveIntegerField(default=0)
    text = EncryptedText(blank=True)
    normal = EncryptedText(blank=True, help_text="normalised: ISO date, E.164…")
    alternatives = EncryptedJSON(default=list, help_text="other readings; of a role: the roles to be ruled out")
    category = models.CharField(max_length=3, blank=True, help_text="gate category of a form answer")
    source = models.CharField(max_length=10, choices=Source)
    confidence = models.FloatField(default=1.0)
    state = models.CharField(max_length=10, choices=ValueState, default=ValueState.PROPOSED)
    run = models.ForeignKey(ExtractionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="values_all")
    by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")
    reason = EncryptedText(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    undo = models.BooleanField(default=False, help_text="this row takes back the one it supersedes")
    created = models.DateTimeField(default=timezone.now)
    evidence: models.ManyToManyField = models.ManyToManyField(Evidence, related_name="values_all")

    objects = ValueQuerySet.as_manager()

    class Meta:
        ordering = ["case", "order", "version"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "version"], name="one_row_for_each_state"),
            models.CheckConstraint(
                condition=~Q(source=Source.OFFICER) | Q(by__isnull=False), name="an_officer_value_names_the_officer"
            ),
            models.CheckConstraint(
                condition=Q(state=ValueState.PROPOSED) | Q(by__isnull=False), name="a_decision_names_who_decided"
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
                name="a_later_row_supersedes_one",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")), name="no_row_supersedes_itself"
            ),
        ]
        indexes = [models.Index(fields=["case", "field"]), models.Index(fields=["person", "field"])]

    @property
    def decided(self) -> bool:
        return self.state in DECIDED

    @property
    def standing(self) -> bool:
        """Confirmed or corrected: an officer stands behind it."""
        return self.state in STANDING

    @property
    def gate_category(self) -> str:
        """K1 to K7 as things stand: it follows the role that the person has now."""
        if self.category:
            return self.category
        if self.person is not None:
            return self.person.category
        return "K2"

    @property
    def sure(self) -> bool:
        """Nothing for an officer to weigh: one reading, high confidence."""
        return not self.alternatives and self.confidence >= SURE

    def history(self) -> models.QuerySet[Value]:
        """All states of this value, the first one first."""
        return Value.objects.filter(chain=self.chain).select_related("by").order_by("version")


class IndexEntry(models.Model):
    """Blind index: a keyed hash of a normalised identifier, for exact search without opening anything."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    mac = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="index_entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="index_entries")

    class Meta:
        indexes = [models.Index(fields=["kind", "mac"])]
        constraints = [models.UniqueConstraint(fields=["kind", "mac", "case", "person"], name="indexed_once")]


class KeyCheck(SealedRecord):
    """A known word sealed when the store was made: other keys than the store's are noticed before anything is read."""

    word = EncryptedText()
