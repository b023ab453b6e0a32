"""The report as a tagged PDF (PDF/UA-1): the same content as the message, for a person to read."""

from __future__ import annotations

import hashlib
from typing import Any

from django.template.loader import render_to_string

from haven.referral import texts

LABELS = {
    "name": "Name",
    "alias": "Also known as",
    "dob": "Date of birth",
    "age": "Age",
    "nationality": "Nationality",
    "phone": "Telephone",
    "email": "E-mail",
    "handle": "Account name",
    "address": "Address",
    "place": "Place",
    "id": "Number",
    "vehicle": "Vehicle",
    "description": "Description",
    "occupation": "Occupation",
}
MODES = {"alleged": "", "denied": "The record says that this is denied.", "hearsay": "Told at second hand."}


def report(content: dict[str, Any], labels: list[str], notice: int = texts.NOTICE) -> bytes:
    """The PDF. The same content gives the same bytes: no clock, no random identifier, pinned fonts."""
    import weasyprint

    html = render_to_string("referral/report.html", context(content, labels, notice))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_no_url)
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, pdf_tags=True)


def context(content: dict[str, Any], labels: list[str], notice: int) -> dict[str, Any]:
    titles = {one["key"]: _title(one) for one in content["subjects"]}
    return {
        "lead": content["lead"],
        "version": content["version"],
        "date": content["date"],
        "banner": texts.banner(labels),
        "controlled_by": texts.CONTROLLED_BY,
        "recipient": texts.RECIPIENT,
        "purpose": texts.PURPOSE,
        "decontrol": texts.DECONTROL,
        "notice": texts.NOTICES[notice],
        "alleged": texts.ALLEGED,
        "persons": texts.PERSONS,
        "subjects": [
            {
                **one,
                "title": titles[one["key"]],
                "mode_text": MODES.get(one["mode"], ""),
                "rows": [(LABELS[v["field"]], v["text"]) for v in one["values"]],
            }
            for one in content["subjects"]
        ],
        "allegations": [{**one, "title": titles[one["subject"]]} for one in content["allegations"]],
        "excerpts": content["excerpts"],
    }


def _title(subject: dict[str, Any]) -> str:
    names = [v["text"] for field in ("name", "alias") for v in subject["values"] if v["field"] == field]
    return names[0] if names else f"Alleged person {subject['key']}, name not known"


def _no_url(url: str, *_args: object, **_kwargs: object) -> dict[str, Any]:
    """Nothing is fetched: the report is text, and a fetch could tell somebody that it is being made."""
    raise ValueError("a report fetches nothing")
