"""Who is spoken of, as what, and what they are alleged to have done.

Nobody's role is a column of one table of people: a subject row and a protected row are different tables, so that no
query for alleged people can return a victim (C3).
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from haven.cases.fields import EncryptedText, SealedRecord
from haven.cases.models.case import Case
from haven.cases.models.history import OFFICER
from haven.cases.models.packet import Packet
from haven.cases.vocabulary import (
    CATEGORY_OF_ROLE,
    GROUP_OF_ROLE,
    STANDING,
    AllegationStatus,
    BystanderRole,
    Mode,
    ProtectedRole,
    SubjectRole,
    ValueState,
)

if TYPE_CHECKING:
    from haven.cases.models.values import Value

HHS_HOURS = 24
"""22 U.S.C. 7105(b)(1)(H): notice to HHS within 24 hours of discovering a minor who may be a victim."""


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
