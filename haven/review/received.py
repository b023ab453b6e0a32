"""What was released to ICE HSI, as its agents see it: the package as it lies in the outbox and nothing beside it.

A package whose bytes are not those that were released is not shown at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from haven.accounts.models import User
from haven.cases import access
from haven.referral import outbox, services, texts
from haven.referral.models import Referral
from haven.referral.package import LEAD, MANIFEST, REPORT
from haven.review import words

MARKING, SUBJECT = "cui:DocumentMarkingMetadata", "j:Subject"
SUBJECT_FIELDS = {
    "nc:PersonBirthDate": words.ATTRIBUTES["dob"],
    "nc:PersonAgeDescriptionText": words.ATTRIBUTES["age"],
    "nc:PersonNationality": words.ATTRIBUTES["nationality"],
    "nc:PersonResidenceAddress": words.ATTRIBUTES["address"],
    "nc:PersonOtherIdentification": words.ATTRIBUTES["id"],
    "nc:PersonDescriptionText": words.ATTRIBUTES["description"],
    "nc:PersonJobTitleText": words.ATTRIBUTES["occupation"],
}


@dataclass(frozen=True)
class Subject:
    key: str
    title: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]
    excerpts: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """A released package, its bytes read once and found to be those that were released."""

    message: dict[str, Any]
    report: bytes

    @property
    def marking(self) -> str:
        return str(self.message[MARKING]["haven:Banner"])

    @property
    def notice(self) -> str:
        return str(self.message[MARKING]["cui:RequiredIndicatorsText"])

    @property
    def caveat(self) -> str:
        return str(self.message["haven:CaveatText"])

    @property
    def alleged(self) -> int:
        """How many alleged traffickers it names; who is alleged to have taken part is not counted."""
        return sum("trafficker" in one["haven:RoleText"].lower() for one in self.message[SUBJECT])

    @property
    def text(self) -> str:
        return json.dumps(self.message, indent=2, ensure_ascii=False)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(self._subject(one) for one in self.message[SUBJECT])

    def _subject(self, one: dict[str, Any]) -> Subject:
        key = one["haven:SubjectKey"]
        entity = one.get("nc:EntityPerson") or one.get("nc:EntityOrganization") or {}
        names = [name["nc:PersonFullName"] for name in entity.get("nc:PersonName", [])]
        names += [entity["nc:OrganizationName"]] if entity.get("nc:OrganizationName") else []
        facts = [("Also called", name) for name in entity.get("haven:AlternateName", [])]
        facts += [(label, value) for name, label in SUBJECT_FIELDS.items() for value in entity.get(name, [])]
        facts += [
            (words.ATTRIBUTES.get(v["haven:FieldCode"], v["haven:FieldCode"]), v["haven:ValueText"])
            for v in entity.get("haven:Value", [])
        ]
        standing = [one["haven:RoleText"], one.get("haven:ConvictionStatuteText", "")]
        return Subject(
            key=key,
            title=", ".join(names) or "name unknown",
            standing=", ".join(filter(None, standing)),
            facts=tuple(facts),
            acts=tuple(_act(a) for a in self.message["haven:Allegation"] if a["haven:SubjectKey"] == key),
            excerpts=tuple(e["haven:Text"] for e in self.message["haven:Excerpt"] if e["haven:SubjectKey"] == key),
        )


def _act(act: dict[str, str]) -> str:
    said = f"{act.get('haven:StatementText', '')} {act.get('haven:AffectedPersonText', 'somebody')}".strip()
    return said + (f" ({act['haven:MonthText']})" if act.get("haven:MonthText") else "")


def opened(referral: Referral) -> Package | None:
    """The package on disk; None where it is gone or any byte of it differs from what was released."""
    folder = outbox.folder() / referral.package
    try:
        files = {path.name: path.read_bytes() for path in folder.iterdir()} if referral.package else {}
        return _checked(files, referral.package_hash)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _checked(files: dict[str, bytes], expected: str) -> Package | None:
    """Raises ``ValueError``, ``KeyError``… for files that are no package."""
    if set(files) != {LEAD, REPORT, MANIFEST}:
        return None
    if not hmac.compare_digest(hashlib.sha256(files[MANIFEST]).hexdigest(), expected):
        return None
    listed = json.loads(files[MANIFEST])["files"]
    if any(hashlib.sha256(files[name]).hexdigest() != listed[name] for name in (LEAD, REPORT)):
        return None
    return Package(json.loads(files[LEAD]), files[REPORT])


def is_recipient(user: User) -> bool:
    """Those whose queue this is (G6); everybody else gets the answer of a page that does not exist."""
    return user.component == "ICE_HSI" and user.role in ("hsi_agent", "supervisor")


def request_for(referral: Referral, user: User, package: Package | None) -> dict[str, Any]:
    """The question of G6 with the one who looks as the recipient, and the releaser as the approving supervisor.

    The facts are those of the server's records today, as at the release: a protocol that ended, or a confirmation
    that was taken back, closes the package. Marking and notice are read from the package itself.
    """
    assert referral.decided_by is not None  # the database holds it: released_by_another_person
    asked = services.release_request(referral, referral.decided_by)
    facts = asked["facts"] | {
        "subject_side_match": access.facts_of(referral.case, user)["subject_side_match"],
    }
    if package is not None:
        facts |= {"marked": bool(package.marking), "notice_attached": package.notice in texts.NOTICES.values()}
    return asked | {
        "recipient_id": str(user.pk),
        "component": user.component,
        "employee_type": user.employee_type,
        "role": user.role,
        "mfa": user.session_mfa,
        "facts": facts,
    }
