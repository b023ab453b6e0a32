"""Search without opening anything: keyed hashes of normalised identifiers (``IndexEntry``).

The same person written ``RAMOS, Maylin`` and ``Maylin Ramos``, or ``A 204 338 917`` and ``A204338917``, has the same
entry. Names that only sound alike share one of kind ``name_sound`` (``haven.cases.sound``), never one of kind ``name``.
Rules of the numbers: FACTS 4.2. None of them has a check digit, so a shape is all that can be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers

from extract.names import name_words
from haven.cases import sound
from haven.keys import keyring

RECEIPT = re.compile(r"(?:EAC|VSC|WAC|CSC|LIN|NSC|SRC|TSC|MSC|NBC|YSC|PSC|IOE)\d{10}")
A_NUMBER = re.compile(r"A?(\d{7,9})")
SOUND = "name_sound"
"""Kind of the entries of names by their sound: lenient, and so kept apart from the exact ones."""
SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")


def _compact(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _receipt(text: str) -> str | None:
    found = RECEIPT.fullmatch(_compact(text))
    return found.group() if found else None


def _a_number(text: str) -> str | None:
    found = A_NUMBER.fullmatch(_compact(text))
    return found.group(1).zfill(9) if found else None


def _ssn(text: str) -> str | None:
    found = SSN.fullmatch(_compact(text))
    return found.group() if found else None


def _phone(text: str) -> str | None:
    """E.164; a number without a country is taken as one of the United States."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str | None:
    address = text.strip().casefold()
    return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else None


def _name(text: str) -> str | None:
    return " ".join(sorted(name_words(text))) or None


NORMALISE: dict[str, Callable[[str], str | None]] = {
    "a_number": _a_number,
    "receipt": _receipt,
    "ssn": _ssn,
    "phone": _phone,
    "email": _email,
    "name": _name,
    "id": lambda text: _compact(text) or None,
}
OF_FIELD = {
    "name": ("name",),
    "alias": ("name",),
    "phone": ("phone",),
    "email": ("email",),
    "id": ("receipt", "a_number", "ssn", "id"),
}
"""Under which kinds a value of a person is found. An ``id`` says not which, so it is found under each it could be."""


def mac(kind: str, text: str) -> str | None:
    """Keyed hash (hex, 64) of the normalised text; None where the text cannot be one of this kind."""
    normal = NORMALISE[kind](text)
    return keyring().mac("index", f"{kind}\0{normal}".encode()).hex() if normal else None


def sound_macs(name: str) -> list[str]:
    """Keyed hashes of the codes of a name (``haven.cases.sound``)."""
    return [keyring().mac("index", f"{SOUND}\0{code}".encode()).hex() for code in sound.codes(name)]


def entries(field: str, text: str) -> Iterator[tuple[str, str]]:
    """``(kind, mac)`` for a value of a person."""
    for kind in OF_FIELD.get(field, ()):
        found = mac(kind, text)
        if found:
            yield kind, found
        if kind == "name":
            yield from ((SOUND, found) for found in sound_macs(text))


def content_mac(*sha256: str) -> str:
    """Keyed id of a content: of a file, or of all files of a packet in any order (decision 5)."""
    return keyring().mac("index", ("content\0" + "\0".join(sorted(sha256))).encode()).hex()
