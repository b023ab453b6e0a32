"""The vocabulary of the annotation scheme, in the order in which the models number it."""

from __future__ import annotations

from typing import get_args

from extract.record import Label, RelationType, Role

LABELS: tuple[str, ...] = get_args(Label)
ROLES: tuple[str, ...] = get_args(Role)
RELATIONS: tuple[str, ...] = get_args(RelationType)

#: BIOES: one tag for "outside", then Begin, Inside, End and Single of every label.
TAGS: tuple[str, ...] = ("O", *(f"{prefix}-{label}" for label in LABELS for prefix in "BIES"))
TAG_OF = {tag: i for i, tag in enumerate(TAGS)}

#: What a span of this label may say about a person or organisation. Occupations have no label of
#: their own in the scheme: a second tagger finds their words.
OCCUPATION = "OCCUPATION"
ATTRIBUTE_OF_LABEL = {
    "DATE": "dob", "AGE": "age", "NATIONALITY": "nationality", "PHONE": "phone", "EMAIL": "email",
    "HANDLE": "handle", "ADDRESS": "address", "PLACE": "place", "ID": "id", "VEHICLE": "vehicle",
    "DESCRIPTION": "description", OCCUPATION: "occupation",
}  # fmt: skip
ATTRIBUTE_LABELS: tuple[str, ...] = tuple(ATTRIBUTE_OF_LABEL)

#: Kinds of mention. The narrator ("I", "me", "my") is read as a mention of the applicant.
MENTION_KINDS: tuple[str, ...] = ("PERSON", "KIN", "ORG", "NARRATOR")
KIND_OF = {kind: i for i, kind in enumerate(MENTION_KINDS)}

#: People whom 8 U.S.C. 1367 protects, and the two roles that accuse.
PROTECTED_ROLES = ("applicant", "victim", "family")
ACCUSED_ROLES = ("trafficker", "associate")

#: Relations in which the head does harm to the tail.
HARMING = (
    "recruited", "transported", "harbored", "exploited", "threatened", "harmed", "restrained", "indebted",
)  # fmt: skip
