"""The words of duties, and who may do what. Where the gate table has a list (categories, purposes), it is that list."""

from __future__ import annotations

from django.db.models import TextChoices


class IncidentKind(TextChoices):
    """What went wrong; what each asks for stands in ``incidents.yaml``."""

    UNAUTHORIZED_RELEASE = "unauthorized_release", "Protected information was released without a right to it"
    UNAUTHORIZED_ACCESS = "unauthorized_access", "Somebody saw what they had no right to see"
    LOST = "lost", "Data, a device or paper was lost"
    SUBJECT_SIDE_REQUEST = "subject_side_request", "Somebody on the side of the alleged asked"
    LATE_HHS_NOTICE = "late_hhs_notice", "The notice of a minor to HHS was late"


class Step(TextChoices):
    TOLD = "told", "An office was told"
    NOTE = "note", "Something was found or done"
    CLOSED = "closed", "Closed"


class Office(TextChoices):
    """Who can be told of an incident."""

    CHIEF_PRIVACY_OFFICER = "chief_privacy_officer", "Chief Privacy Officer"
    CRCL = "crcl", "Office for Civil Rights and Civil Liberties"
    COUNSEL = "counsel", "Counsel"
    SUPERVISOR = "supervisor", "Supervisor"
    VICTIM = "victim", "The person concerned, at the safe address"
    HHS = "hhs", "Department of Health and Human Services"
    OTHER = "other", "Another office"


class ConsentKind(TextChoices):
    CONSENT = "consent", "Consent"
    WAIVER = "waiver", "Waiver"


CONSENT_PURPOSES = ("victim_services", "victim_assistance")
WAIVER_PURPOSE = "waiver"
"""Purposes of the gate for which a paper of the protected person counts: G24, G9; G25."""

CATEGORIES = ("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K9", "K12")
"""What somebody can consent to: data of a case. K10 and K11 are nobody's to give."""


class Channel(TextChoices):
    """How a notice went out. E-mail in clear is none of them."""

    PORTAL = "portal", "The recipient's portal"
    ENCRYPTED_MAIL = "encrypted_mail", "Encrypted mail"
    FAX = "fax", "Fax"
    TELEPHONE = "telephone", "Telephone"


MAY = {
    "consent": ("adjudicator", "case_officer", "referral_officer", "supervisor"),
    "hold": ("supervisor", "privacy_officer", "attorney"),
    "close_incident": ("privacy_officer",),
    "dispose": ("supervisor", "privacy_officer"),
    "notes": ("intake_clerk", "case_officer", "supervisor"),
    "tell": ("supervisor", "privacy_officer"),
}
"""Roles that may decide on each duty. Design choice (AC-5, AC-6): the law names the duty and not the desk."""
