"""The package: ``lead.json``, ``report.pdf`` and a manifest, made from frozen content, the same bytes each time.

Names of elements follow NIEM 6.0 where it has them (``j:Subject``, ``scr:Lead``, ``nc:Referral``, ``cui:``); what NIEM
has no word for is ``haven:``. NIEM-aligned, not NIEM-conformant.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from haven.referral import texts
from haven.referral.report import report

SCHEMA = Path(__file__).parent / "lead.schema.json"
LEAD, REPORT, MANIFEST = "lead.json", "report.pdf", "manifest.json"

NAMESPACES = {
    "nc": "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/",
    "j": "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/",
    "scr": "https://docs.oasis-open.org/niemopen/ns/model/domains/screening/6.0/",
    "cui": "https://docs.oasis-open.org/niemopen/ns/model/domains/cui/6.0/",
    "haven": "urn:haven-intake:lead:1",
}

PERSON_ELEMENT = {
    "dob": "nc:PersonBirthDate",
    "age": "nc:PersonAgeDescriptionText",
    "nationality": "nc:PersonNationality",
    "address": "nc:PersonResidenceAddress",
    "id": "nc:PersonOtherIdentification",
    "description": "nc:PersonDescriptionText",
    "occupation": "nc:PersonJobTitleText",
}
"""Fields of a subject with one NIEM element of their own; the others are ``haven:Value`` rows."""


def lead_json(content: dict[str, Any], labels: list[str], notice: int = texts.NOTICE) -> dict[str, Any]:
    """The message. Raises ``jsonschema.ValidationError`` if it does not fit ``lead.schema.json``."""
    message = {
        "@context": NAMESPACES,
        "cui:DocumentMarkingMetadata": {
            "haven:Banner": texts.banner(labels),
            "cui:BasicCategoryMarkingCode": sorted(set(labels)),
            "cui:DocumentMarkingLDC": ["FED ONLY"],
            "cui:DesignatingEntityText": texts.CONTROLLED_BY,
            "cui:DecontrolSchedule": {"cui:DecontrolEvent": texts.DECONTROL},
            "cui:RequiredIndicatorsText": texts.NOTICES[notice],
            "haven:NoticeVersion": notice,
        },
        "scr:Lead": {
            "scr:LeadIdentification": {"nc:IdentificationID": content["lead"]},
            "scr:LeadRecordedDate": content["date"],
            "scr:LeadStatus": {"scr:LeadStatusCategoryCode": "RVW"},
            "haven:LeadVersion": content["version"],
        },
        "nc:Referral": {
            "nc:ReferralIssuer": {"nc:OrganizationName": texts.CONTROLLED_BY},
            "nc:ReferralEntity": {"nc:OrganizationName": texts.RECIPIENT},
            "haven:PurposeText": texts.PURPOSE,
        },
        "haven:CaveatText": f"{texts.ALLEGED} {texts.PERSONS}",
        "j:Subject": [_subject(one) for one in content["subjects"]],
        "haven:Allegation": [_allegation(one) for one in content["allegations"]],
        "haven:Excerpt": [{"haven:SubjectKey": e["subject"], "haven:Text": e["text"]} for e in content["excerpts"]],
    }
    _validator().validate(message)
    return message


def _subject(subject: dict[str, Any]) -> dict[str, Any]:
    values = subject["values"]
    names = [v["text"] for v in values if v["field"] == "name"] or [v["text"] for v in values if v["field"] == "alias"]
    aliases = [v["text"] for v in values if v["field"] == "alias" and v["text"] not in names[:1]]
    element: dict[str, Any] = {
        "haven:SubjectKey": subject["key"],
        "haven:RoleText": subject["role"],
        "haven:AllegationModeCode": subject["mode"],
        "haven:StatusText": subject["status"],
    }
    if subject["statute"]:
        element["haven:ConvictionStatuteText"] = subject["statute"]
    if subject["type"] == "org":
        entity: dict[str, Any] = {"nc:OrganizationName": names[0] if names else "", "haven:AlternateName": aliases}
        element["nc:EntityOrganization"] = entity
    else:
        entity = {"nc:PersonName": [{"nc:PersonFullName": name} for name in names[:1]], "haven:AlternateName": aliases}
        element["nc:EntityPerson"] = entity
    others = [v for v in values if v["field"] not in ("name", "alias")]
    for value in others:
        if subject["type"] == "person" and (name := PERSON_ELEMENT.get(value["field"])):
            entity.setdefault(name, []).append(value["normal"] or value["text"])
        else:
            entity.setdefault("haven:Value", []).append(
                {"haven:FieldCode": value["field"], "haven:ValueText": value["text"]}
            )
    return element


def _allegation(allegation: dict[str, str]) -> dict[str, str]:
    names = {
        "subject": "haven:SubjectKey",
        "says": "haven:StatementText",
        "act": "haven:ActText",
        "means": "haven:MeansText",
        "purpose": "haven:ExploitationPurposeText",
        "person": "haven:AffectedPersonText",
        "when": "haven:MonthText",
        "mode": "haven:AllegationModeCode",
        "status": "haven:StatusText",
    }
    return {names[key]: value for key, value in allegation.items() if value}


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def write(folder: Path, content: dict[str, Any], labels: list[str], notice: int = texts.NOTICE) -> str:
    """Writes the package into an empty folder and returns its hash: SHA-256 of the manifest. Raises ``OSError``."""
    message = json.dumps(lead_json(content, labels, notice), indent=2, ensure_ascii=False).encode() + b"\n"
    files = {LEAD: message, REPORT: report(content, labels, notice)}
    manifest = {
        "haven:Banner": texts.banner(labels),
        "lead": content["lead"],
        "version": content["version"],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=2).encode() + b"\n"
    for name, data in files.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    return hashlib.sha256(files[MANIFEST]).hexdigest()
