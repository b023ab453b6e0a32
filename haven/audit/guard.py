"""What may stand in a row: ids, rule ids, categories, counts and keyed hashes. No names, numbers or words of people.

NIST SP 800-53 AU-3(3). An allow-list of keys, each with the one shape its values may have; anything else is refused
and the row is not written, so the mistake is found in the first test that makes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from haven.audit.errors import PersonalDataRefused

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,79}")
HASH = re.compile(r"[0-9a-f]{16,128}")
PATTERN = re.compile(r"/[a-z0-9_<>:/-]*")
POLICY = re.compile(r"[0-9A-Za-z.-]{1,20} sha256:[0-9a-f]{64}")

# numbers by which a person can be known: A-number, receipt, SSN, phone (FACTS 4.2); a UUID or a hash is neither
PERSONAL = re.compile(
    r"A[-#]?\d{7,9}|(?:EAC|VSC|WAC|CSC|LIN|NSC|SRC|TSC|MSC|NBC|YSC|PSC|IOE)-?\d{10}|\d{3}-\d{2}-\d{4}|\+?\d{3}[-.]\d{3}[-.]\d{4}|\+\d{7,15}",
    re.IGNORECASE,
)


def _one(pattern: re.Pattern) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)) and not PERSONAL.fullmatch(value)


def _many(pattern: re.Pattern) -> Callable[[object], bool]:
    one = _one(pattern)
    return lambda value: isinstance(value, list | tuple) and len(value) <= 200 and all(map(one, value))


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12


def _flag(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _counts(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= 100 and all(_one(WORD)(k) and _number(v) for k, v in value.items())


def _ids_by_word(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= 20 and all(_one(WORD)(k) and _one(ID)(v) for k, v in value.items())


_WORDS = """
    action channel code component decision device edition employee_type format form from kind lane marking method mode
    model outcome prior_state protection purpose reason role state status stage to version
""".split()
_WORD_LISTS = """
    alerts allowed approvals_missing asked categories changed facts fields given kinds labels missing removed
    rules scopes
""".split()
_IDS = """
    allegation approver case checkpoint consent disposal document evidence field hold incident job lead notice office
    origin package packet page person pseudonym proposer recipient referral releaser request run session subject
    supersedes user value
""".split()
_ID_LISTS = "cases documents packets pages subjects users values referrals".split()
_HASHES = "content content_hmac hash hmac key_id package_hash question sha256 template_hmac".split()
_NUMBERS = "attempt count files first hours key_version last number pages_count rows seconds sequence size".split()
_FLAGS = "accounting_visible break_glass confirmed dual_role granted known minor mfa novelty_checked sent".split()

ALLOWED: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(_WORDS, _one(WORD)),
    **dict.fromkeys(_WORD_LISTS, _many(WORD)),
    **dict.fromkeys(_IDS, _one(ID)),
    **dict.fromkeys(_ID_LISTS, _many(ID)),
    **dict.fromkeys(_HASHES, _one(HASH)),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_FLAGS, _flag),
    "approvals": _ids_by_word,
    "counts": _counts,
    "policy": _one(POLICY),
    "route": _one(PATTERN),
}
"""Key of ``detail`` → whether a value may stand there. ``route`` is a URL pattern, never the URL that was asked."""


def check(event: str, actor: str, subject: str, detail: dict) -> None:
    """Raises ``PersonalDataRefused``, naming the key and never the value."""
    if not (isinstance(event, str) and len(event) <= 80 and EVENT.fullmatch(event)):
        raise PersonalDataRefused("The name of the event is not a dotted lower-case word; nothing was logged.")
    for name, value in (("actor", actor), ("subject", subject)):
        if value != "" and not _one(ID)(value):
            raise PersonalDataRefused(f"The {name} of event {event} is not an id; nothing was logged.")
    if not isinstance(detail, dict):
        raise PersonalDataRefused(f"The detail of event {event} is not a mapping; nothing was logged.")
    for key, value in detail.items():
        fits = ALLOWED.get(key)
        if fits is None:
            shown = key if isinstance(key, str) and EVENT.fullmatch(key) else "with a wrong name"
            raise PersonalDataRefused(f"The log takes no detail {shown} (event {event}); nothing was logged.")
        if not fits(value):
            raise PersonalDataRefused(f"The detail {key} of event {event} has the wrong shape; nothing was logged.")
