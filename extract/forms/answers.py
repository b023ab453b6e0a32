"""What the answers of a packet's forms say together: who filed, whom a Supplement B implicates, what must not leak.

Works on the fields of a whole record; the definitions word them ``whom or what: what is asked``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from extract.forms.definitions import PRINTED
from extract.names import name_words
from extract.packet import ReadFile
from extract.record import DocumentKind, FormField, Need

NAME_PARTS = ("given name", "middle name", "family name", "full name")
NOTHING = re.compile(r"\W*(?:n/a|n\.\s?a\.?|none|unknown|not applicable)?\W*", re.IGNORECASE)
"""Answers that say there is none. ``NA`` alone is a name too, and says so only where a middle name is asked."""

PROTECTED_SUBJECTS = re.compile(
    r"(?:Applicant|Victim|Family member|Spouse|Child|Former spouse|Certifying agency|Filing|Attorney)\b"
)
IDENTIFIERS: dict[str, str] = {
    "A-number": "a_number",
    "Social Security number": "ssn",
    "USCIS online account number": "account",
    "I-94 number": "i94",
    "passport number": "passport",
    "travel document number": "travel_document",
    "receipt number": "receipt",
    "FBI or SID number": "fbi_sid",
    "date of birth": "dob",
    "email address": "email",
    "street number and name": "address",
    "foreign address for notification": "address",
}
"""What is asked -> kind of identifier. Phones go by the field's own kind."""


class FormDocument(Protocol):
    """What is needed of a found document: its kind and its pages as (file, page), both from 0."""

    @property
    def kind(self) -> DocumentKind: ...
    @property
    def pages(self) -> Sequence[tuple[int, int]]: ...


@dataclass(frozen=True)
class ImplicatedPerson:
    """A family member whom a law enforcement officer lists as involved (I-914B Part E, I-918B Part 5).

    ``fields`` are indices into the record's fields: the name's, then the involvement's, last the relationship's.
    """

    name: str
    relationship: str
    involvement: str
    fields: tuple[int, ...]


@dataclass(frozen=True)
class ProtectedIdentifier:
    """A value that identifies a protected person: no release may hold it. ``field`` is an index."""

    kind: str
    value: str
    field: int


def implicated_family(fields: Sequence[FormField]) -> list[ImplicatedPerson]:
    """The people of the implicated-family tables, in printed order. Rows without a name are left out of this list;
    their relationship and involvement stay fields."""
    people = []
    for about, row in _by_subject(fields):
        if not re.fullmatch(r"Implicated family member \d", about):
            continue
        name, used = _name(fields, row)
        if not name:
            continue
        told = {asks: fields[i].value.strip() for asks, i in row.items()}
        rest = [row[asks] for asks in ("involvement", "relationship") if asks in row]
        people.append(ImplicatedPerson(name, told.get("relationship", ""), told.get("involvement", ""), (*used, *rest)))
    return people


def applicant_names(fields: Sequence[FormField]) -> list[tuple[str, list[int]]]:
    """Each name of the applicant once, with the fields that say it: the name of the applicant's own form first, then
    other names, then names that a Supplement B gives."""
    found: dict[tuple[str, ...], tuple[str, list[int]]] = {}

    def add(name: str, used: Iterable[int]) -> None:
        words = name_words(name)
        if words:
            kept = found.setdefault(words, (name, []))[1]
            kept += [i for i in used if i not in kept]

    rows = list(_by_subject(fields))
    for wanted in ("Applicant", "Applicant's other names", "Victim", "Victim's other names"):
        for about, row in rows:
            if about != wanted:
                continue
            name, used = _name(fields, row)
            add(name, used)
            if "other names" in row:
                for other in _separate(fields[row["other names"]].value):
                    add(other, [row["other names"]])
    return list(found.values())


def applicant_name(fields: Sequence[FormField]) -> str | None:
    """The applicant's name as the forms print it, given name first."""
    names = applicant_names(fields)
    return names[0][0] if names else None


def applicant_other_names(fields: Sequence[FormField]) -> list[str]:
    """Every other name of the applicant."""
    return [name for name, _ in applicant_names(fields)[1:]]


def protected_identifiers(fields: Sequence[FormField]) -> list[ProtectedIdentifier]:
    """Names, numbers, birth dates, addresses, phones and email of the applicant and the family, and the filing's own
    numbers: what the inspection of a release searches for."""
    found = []
    for about, row in _by_subject(fields):
        if not PROTECTED_SUBJECTS.match(about):
            continue
        agency = about.startswith(("Certifying", "Attorney"))
        name, used = ("", []) if agency else _name(fields, row)
        if name:
            found.append(ProtectedIdentifier("name", name, used[0]))
        for asks, i in row.items():
            kind = IDENTIFIERS.get(asks) or ("phone" if fields[i].kind == "phone" else None)
            if agency and kind not in ("fbi_sid", "account"):
                continue
            if asks == "other names":
                found += [ProtectedIdentifier("name", n, i) for n in _separate(fields[i].value)]
            elif kind and not NOTHING.fullmatch(fields[i].value):
                found.append(ProtectedIdentifier(kind, fields[i].value.strip(), i))
    return found


def narratives(fields: Sequence[FormField]) -> list[int]:
    """Indices of the fields whose value is a story, for the narrative pipeline."""
    return [i for i, f in enumerate(fields) if f.kind == "narrative" and f.value.strip()]


def form_type(documents: Iterable[FormDocument]) -> Literal["T", "U"] | None:
    """What was filed, by the forms of the packet; None without a form or with forms of both kinds."""
    kinds = {d.kind for d in documents}
    for own in (("i-914", "i-918"), ("i-914a", "i-918a"), ("i-914b", "i-918b")):
        t, u = own[0] in kinds, own[1] in kinds
        if t != u:
            return "T" if t else "U"
        if t and u:
            return None
    return None


def needs_for(documents: Iterable[FormDocument], files: Sequence[ReadFile]) -> list[Need]:
    """One Need for each form that has no fields to read (scanned, printed or flattened). ``Need.page`` counts the
    pages of all files in order, as the record does."""
    first = [0]
    for file in files:
        first.append(first[-1] + len(file.pages))
    needs = []
    for document in documents:
        if document.kind not in PRINTED or any(files[f].acroform for f, _ in document.pages):
            continue
        needs.append(
            Need(
                code="form_read_as_text",
                sentence=f"{PRINTED[document.kind]} came without fields (scanned or printed): its answers were read "
                "only as text, compare them with the page.",
                page=first[document.pages[0][0]] + document.pages[0][1] if document.pages else None,
            )
        )
    return needs


def _by_subject(fields: Sequence[FormField]) -> Iterator[tuple[str, dict[str, int]]]:
    """For each document and subject: what is asked -> index of its first answer."""
    rows: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for i, f in enumerate(fields):
        about, colon, asks = f.name.partition(": ")
        if colon and f.value.strip():
            rows[f.document, about].setdefault(asks, i)
    for (_, about), row in rows.items():
        yield about, row


def _name(fields: Sequence[FormField], row: dict[str, int]) -> tuple[str, list[int]]:
    """A name of its parts, given name first, and the fields it stands in."""
    used = [
        row[part]
        for part in NAME_PARTS
        if part in row
        and not NOTHING.fullmatch(fields[row[part]].value)
        and not (part == "middle name" and fields[row[part]].value.strip().upper() == "NA")
    ]
    return " ".join(" ".join(fields[i].value.split()) for i in used), used


def _separate(names: str) -> list[str]:
    """Several names written into one box. A comma does not part them: it may stand within one (``Cruz, Ana``)."""
    return [n.strip() for n in re.split(r"[;\n]|\s/\s|\baka\b", names) if not NOTHING.fullmatch(n)]
