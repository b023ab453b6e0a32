"""The words of the case store. Where the gate table has a list (protection, form), it is that list."""

from __future__ import annotations

from django.db.models import TextChoices


class Form(TextChoices):
    T = "T", "T (I-914)"
    U = "U", "U (I-918)"
    VAWA = "VAWA", "VAWA"


class Protection(TextChoices):
    """8 U.S.C. 1367(a)(2): protection ends only with a verified, dated denial or naturalization (P1, P2)."""

    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    UNKNOWN = "unknown", "Unknown"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REVOKED = "revoked", "Revoked"
    ADJUSTED = "adjusted", "Adjusted to permanent resident"
    PRE_FILING = "pre_filing", "Before filing"
    DECEASED = "deceased", "Applicant deceased"
    DENIED_FINAL = "denied_final", "Denied, appeals exhausted"
    NATURALIZED = "naturalized", "Naturalized"


class CaseState(TextChoices):
    DRAFT = "draft", "Draft: nothing confirmed"
    IN_REVIEW = "in_review", "In review"
    REVIEWED = "reviewed", "Reviewed"
    CLOSED = "closed", "Closed"


class PacketState(TextChoices):
    RECEIVED = "received", "Received"
    READING = "reading", "Being read"
    DONE = "done", "Read"
    FAILED = "failed", "Could not be read"


class ValueState(TextChoices):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    REJECTED = "rejected"


DECIDED = (ValueState.CONFIRMED, ValueState.CORRECTED, ValueState.REJECTED)
STANDING = (ValueState.CONFIRMED, ValueState.CORRECTED)
"""States in which an officer stands behind the value."""


class Source(TextChoices):
    EXTRACTED = "extracted", "Read from the text"
    FORM = "form", "Read from a form field"
    OFFICER = "officer", "Entered by an officer"


class Mode(TextChoices):
    ALLEGED = "alleged", "Alleged"
    DENIED = "denied", "Denied"
    HEARSAY = "hearsay", "Hearsay"


class AllegationStatus(TextChoices):
    """What became of it (C16). Nobody is called more than alleged before a conviction with its statute."""

    ALLEGED = "alleged", "Alleged"
    UNDER_INVESTIGATION = "under_investigation", "Subject of investigation"
    ADMINISTRATIVELY_ARRESTED = "administratively_arrested", "Administratively arrested"
    ARRESTED = "arrested", "Arrested"
    INDICTED = "indicted", "Indicted"
    CONVICTED = "convicted", "Convicted"
    NOT_CHARGED = "not_charged", "Not charged"
    CLEARED = "cleared", "Cleared"


class SubjectRole(TextChoices):
    TRAFFICKER = "trafficker", "Alleged trafficker"
    ASSOCIATE = "associate", "Alleged to have taken part"


class ProtectedRole(TextChoices):
    APPLICANT = "applicant", "Applicant"
    VICTIM = "victim", "Possible victim"
    FAMILY = "family", "Family"


class BystanderRole(TextChoices):
    OFFICIAL = "official", "Official or helper"
    OTHER = "other", "Other"


class Group(TextChoices):
    """Three groups that are never mixed, and the rest (SCREENS 3)."""

    ALLEGED = "alleged", "Alleged traffickers"
    TOOK_PART = "took_part", "Alleged to have taken part"
    PROTECTED = "protected", "Protected people"
    OTHERS = "others", "Others"


GROUP_OF_ROLE: dict[str, str] = {
    "trafficker": "alleged",
    "associate": "took_part",
    "applicant": "protected",
    "victim": "protected",
    "family": "protected",
    "official": "others",
    "other": "others",
}
CATEGORY_OF_ROLE = {
    "trafficker": "K1",
    "associate": "K1",
    "applicant": "K3",
    "victim": "K6",
    "family": "K7",
    "official": "K2",
    "other": "K4",
}
"""Gate category of what identifies a person. An official belongs to the facts; anybody else only to the narrative."""


class TaskKind(TextChoices):
    SAME_CASE = "same_case", "Same case?"
    MINOR = "minor", "A person under 18 is named"
    PAGES = "pages", "Pages need a person"
    FORM = "form", "Which form was filed?"
    READ = "read", "Something needs a person"
