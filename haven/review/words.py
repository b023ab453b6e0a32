"""The words of the pages, in one place: what a role, a value, a page state or a decision is called.

Nobody is a trafficker here: until a conviction with its statute is recorded, pages, exports and logs say
"alleged trafficker" (OIG-16-17; C16). ``tests/haven/review/test_words.py`` reads every template for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

ROLES = {
    "trafficker": "alleged trafficker",
    "associate": "alleged associate",
    "applicant": "applicant",
    "victim": "other victim",
    "family": "family",
    "official": "official or helper",
    "other": "other person",
}

GROUPS = {
    "alleged": ("Alleged", "nothing is a record until you confirm it", "Nobody is alleged in this packet."),
    "took_part": ("Took part", "no allegation of their own", ""),
    "protected": ("Protected", "never leave without the gate", ""),
    "others": ("Officials and others", "stay in the case", ""),
}
"""Heading, one line, and what an empty group says, in the order of the page. The groups are never mixed."""

ATTRIBUTES = {
    "name": "Name",
    "alias": "Also called",
    "dob": "Born",
    "age": "Age",
    "nationality": "Nationality",
    "phone": "Phone",
    "email": "E-mail",
    "handle": "Account",
    "address": "Address",
    "place": "Place",
    "id": "Number",
    "vehicle": "Vehicle",
    "description": "Description",
    "occupation": "Work",
    "also_victim": "Also a victim",
    "role": "Role",
}

ACTS = {
    "recruited": "recruited",
    "transported": "transported",
    "harbored": "harbored",
    "exploited": "exploited",
    "threatened": "threatened",
    "harmed": "harmed",
    "restrained": "held or took the papers of",
    "indebted": "put into debt",
    "family_of": "family of",
    "affiliated_with": "works with or for",
}

ALLEGATIONS = {
    "alleged": "alleged by the writer, first hand",
    "hearsay": "alleged on hearsay: the writer was told",
    "denied": "the writer denies that this person did it",
}

PAGE_STATES = {
    "text": "had its own text",
    "ocr": "read by OCR",
    "blank": "blank",
    "needs_person": "needs a person",
    "refused": "refused",
}

PAGE_ACCOUNT = {
    "text": "had text",
    "ocr": "read by OCR",
    "blank": "blank",
    "needs_person": "need a person",
    "refused": "refused",
}
"""The same states, as the account of many pages says them."""

DOCUMENTS = {
    "i-914": "I-914",
    "i-914a": "I-914A",
    "i-914b": "I-914B",
    "i-918": "I-918",
    "i-918a": "I-918A",
    "i-918b": "I-918B",
    "statement": "statement",
    "affidavit": "affidavit",
    "police_report": "police report",
    "complaint": "complaint",
    "supplement_b": "Supplement B",
    "press_release": "press release",
    "translation_certificate": "translation certificate",
    "evaluation": "evaluation",
    "letter": "letter",
    "identity_document": "identity document",
    "other": "other document",
}

PROTECTION = {
    "pending": "pending",
    "approved": "approved",
    "unknown": "status unknown",
    "withdrawn": "withdrawn, still protected",
    "revoked": "revoked, still protected",
    "adjusted": "adjusted, still protected",
    "pre_filing": "not yet filed, still protected",
    "deceased": "deceased, still protected",
    "denied_final": "finally denied",
    "naturalized": "naturalized",
}


def counted(n: int, one: str, many: str = "") -> str:
    """``1 page``, ``2 pages``."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def joined(parts: list[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def age(then: datetime, now: datetime) -> str:
    """How long ago, as a work list says it: ``5 min``, ``2 h``, ``3 d``."""
    gone = now - then
    if gone < timedelta(hours=1):
        return f"{max(1, int(gone.total_seconds() // 60))} min"
    if gone < timedelta(days=1):
        return f"{int(gone.total_seconds() // 3600)} h"
    return f"{gone.days} d"


def doubt(role: str, rivals: list[str]) -> str:
    """What a doubt about a role is, as a sentence: which readings a person must choose between."""
    readings = [ROLES.get(r, r) for r in [role, *rivals]]
    return f"{len(readings)} readings: {' or '.join(readings)}"
