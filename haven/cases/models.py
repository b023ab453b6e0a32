"""The case store: what was brought in, what was read, what an officer stands behind, and who decided it.

Personal data are sealed (``haven.cases.fields``). Whole texts and records lie in the narrative store, with keys of its
own (O28). Nobody's role is a column of one table of people: a subject row and a protected row are different tables, so
that no query for alleged people can return a victim (C3).
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from haven.cases.blobs import blobs
from haven.cases.fields import EncryptedJSON, EncryptedText, SealedRecord
from haven.cases.vocabulary import (
    CATEGORY_OF_ROLE,
    DECIDED,
    GROUP_OF_ROLE,
    STANDING,
    AllegationStatus,
    BystanderRole,
    CaseState,
    Form,
    Mode,
    PacketState,
    ProtectedRole,
    Protection,
    Source,
    SubjectRole,
    TaskKind,
    ValueState,
)

OFFICER = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT}
HHS_HOURS = 24
"""22 U.S.C. 7105(b)(1)(H): notice to HHS within 24 hours of discovering a minor who may be a victim."""
BREAK_GLASS_HOURS = 8
"""G1 of the gate table."""


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


# Case ----------------------------------------------------------------------------------------------------------
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


# What was brought in -------------------------------------------------------------------------------------------
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
        """The record as ``haven extract`` would print it, from the narrative store."""
        return RunRecord.objects.get(pk=self.pk).record


# The narrative store -------------------------------------------------------------------------------------------
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


# People --------------------------------------------------------------------------------------------------------
class Person(models.Model):
    """That somebody, a person or an organisation, is spoken of in this case. Says nothing about who or as what.

    Exactly one of ``subject``, ``protected``, ``bystander`` exists beside it; ``services.set_role`` moves it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="persons")
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, null=True, related_name="persons")
    entity = models.CharField(
        max_length=12, blank=True, help_text="its id in the record; empty = entered by an officer"
    )
    type = models.CharField(max_length=6, choices=[("person", "Person"), ("org", "Organisation")], default="person")
    order = models.PositiveIntegerField(default=0)
    confidence = models.FloatField(default=1.0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["case", "order"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def part(self) -> PersonPart:
        """The row that says which of the groups this is."""
        for name in ("subject", "protected", "bystander"):
            row = getattr(self, name, None)
            if row is not None:
                return row
        raise LookupError("this person has no role yet")

    @property
    def role(self) -> str:
        return self.part.role

    @property
    def group(self) -> str:
        return GROUP_OF_ROLE[self.role]

    @property
    def category(self) -> str:
        """Gate category of what identifies this person."""
        return CATEGORY_OF_ROLE[self.role]

    @property
    def doubt(self) -> list[str]:
        """Roles that a person must rule out; empty = sure."""
        return self.part.doubt

    def current_values(self) -> list[Value]:
        """The newest row of each value; those that ``Case.people`` fetched, if it did."""
        fetched = self.__dict__.get("current")
        return list(self.values_all.current().order_by("order")) if fetched is None else fetched

    def value(self, field: str) -> Value | None:
        """The current value of ``field`` (``name``, ``role``, ``dob``…), rejected ones left out."""
        rows = (v for v in self.current_values() if v.field == field and v.state != ValueState.REJECTED)
        return next(rows, None)

    @property
    def name(self) -> str:
        row = self.value("name")
        return row.text if row else ""

    @property
    def dismissed(self) -> bool:
        """An officer rejected that this is anybody the case is about; the row stays, for the history."""
        return any(v.field == "role" and v.state == ValueState.REJECTED for v in self.current_values())

    @property
    def confirmed(self) -> bool:
        """An officer stands behind who this is and as what: what a referral needs (C14)."""
        role = self.value("role")
        return role is not None and role.state in STANDING


class PersonPart(models.Model):
    """What a person is in this case, and which other roles must be ruled out."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="%(class)s")
    doubt = models.JSONField(default=list)
    since = models.DateTimeField(default=timezone.now)

    role: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class Subject(PersonPart):
    """Somebody alleged: family or not, person or organisation (C1, C2, C11)."""

    role = models.CharField(max_length=12, choices=SubjectRole)
    allegation = models.CharField(max_length=8, choices=Mode, default=Mode.ALLEGED)
    status = models.CharField(max_length=26, choices=AllegationStatus, default=AllegationStatus.ALLEGED)
    statute = models.CharField(max_length=60, blank=True, help_text="of the conviction, e.g. 18 U.S.C. 1591")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=AllegationStatus.CONVICTED) | ~Q(statute=""),
                name="a_conviction_names_its_statute",
            )
        ]


class ProtectedPerson(PersonPart):
    """The applicant, another possible victim, or family: never in the table of subjects (C3)."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="protected")
    role = models.CharField(max_length=12, choices=ProtectedRole)
    minor = models.BooleanField(default=False, help_text="read as under 18, or marked by an officer")


class Bystander(PersonPart):
    """An official, a helper, or anybody else who is spoken of."""

    role = models.CharField(max_length=12, choices=BystanderRole)


class MinorNotice(models.Model):
    """The 24-hour clock of HHS for a possible victim under 18, and whether the notice went out (G22)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="minor_notices")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="minor_notice")
    discovered = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")
    ruled_out = models.DateTimeField(null=True, blank=True, help_text="an officer found the person to be of age")
    ruled_out_by = models.ForeignKey(**OFFICER, null=True, blank=True, related_name="+")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.due = self.due or self.discovered + dt.timedelta(hours=HHS_HOURS)
        super().save(*args, **kwargs)


# Allegations ---------------------------------------------------------------------------------------------------
class Allegation(SealedRecord):
    """That a subject did something to somebody: element stated, never element proved (FACTS 3.1).

    Which relation of the record means which act, means and purpose: ``relations.yaml``.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="allegations")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="allegations")
    victim = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="suffered")
    relation = models.CharField(max_length=20, help_text="of the record")
    act = models.CharField(max_length=20, blank=True)
    means = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    when = EncryptedText(blank=True, help_text="normalised date or interval")
    where = EncryptedText(blank=True)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.ALLEGED)
    status = models.CharField(max_length=26, choices=AllegationStatus, default=AllegationStatus.ALLEGED)
    created = models.DateTimeField(default=timezone.now)


# Values and their evidence -------------------------------------------------------------------------------------
class Evidence(SealedHistory):
    """Where a value was read (contract 3). ``start``/``end`` count characters of Record.text."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="evidence")
    page = models.ForeignKey(PageRow, on_delete=models.PROTECT, null=True, related_name="evidence")
    boxes = models.JSONField(default=list, help_text="[[x0, top, x1, bottom], …] in points of the upright page")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    sha256 = EncryptedText(help_text="of the file: the evidence stands even where the row of the file does not")


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


SURE = 0.85
"""Confidence from which a reading is shown as sure; the model card says how often such a reading is wrong."""


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
