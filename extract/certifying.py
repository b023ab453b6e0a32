"""What a Supplement B adds to what the narratives tell: the certifying agency's case, citations and ticked boxes.

A box decides nothing: petitions that are plainly about trafficking were filed under other crimes (audit finding C10).
It is kept beside the screen's verdict, so that the two can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from extract.narrative.elements.trafficking import STATUTE
from extract.record import Cooperation, Document, FormField, Record, Screen, Source, Statement

#: Boxes of I-918B Part 3 that are trafficking or its like : the statute's own names of it.
TRAFFICKING_BOXES = frozenset(
    {"trafficking", "involuntary servitude", "peonage", "slave trade", "fraud in foreign labor contracting"}
)
BOXES = {"Acts: criminal activity", "Acts: kind of trafficking"}
CITATIONS = "Acts: statutory citations"


def in_documents(contacts: list[Cooperation], documents: Sequence[Document]) -> list[Cooperation]:
    """The contacts, each with the documents that tell of it and their kinds."""
    for contact in contacts:
        telling = [d for d in documents if any(d.range[0] <= a < d.range[1] for a, _ in contact.ranges)]
        contact.documents, contact.kinds = [d.id for d in telling], list(dict.fromkeys(d.kind for d in telling))
    return contacts


def join_certification(record: Record) -> None:
    """Add to ``record`` what the fields of its Supplements B say."""
    kinds = {d.id: d.kind for d in record.documents}
    supplements: dict[str, list[int]] = defaultdict(list)
    for i, f in enumerate(record.fields):
        if kinds[f.document] in ("i-914b", "i-918b") and f.value.strip():
            supplements[f.document].append(i)
    for document, fields in supplements.items():
        contact = _certified(record.fields, fields)
        if contact is not None:
            contact.documents, contact.kinds = [document], [kinds[document]]
            record.cooperation.append(contact)
        _screen(record, fields)


def _certified(fields: Sequence[FormField], of: Sequence[int]) -> Cooperation | None:
    """The agency that certifies, with its officer and case number; nobody where no agency is written in."""
    said = {fields[i].name: i for i in reversed(of)}

    def value(*names: str) -> str:
        return " ".join(fields[said[n]].value.strip() for n in names if n in said)

    agency = value("Certifying agency: name")
    if not agency:
        return None
    official = [f"Certifying official: {part} name" for part in ("full", "given", "middle", "family")]
    asked = (
        "Certifying agency: name", *official, "Certifying official: title and division or office",
        "Certifying agency: case number",
    )  # fmt: skip
    return Cooperation(
        agency=agency,
        office=value("Certifying official: title and division or office"),
        officer=value(*official),
        case_number=value("Certifying agency: case number"),
        acts=["certified"],
        fields=[said[n] for n in asked if n in said],
    )


def _screen(record: Record, of: Sequence[int]) -> None:
    boxes = [record.fields[i] for i in of if record.fields[i].name in BOXES]
    citations = [i for i in of if record.fields[i].name == CITATIONS and STATUTE.search(record.fields[i].value)]
    if not boxes and not citations:
        return
    screen = record.screen = record.screen or Screen()
    if boxes:
        ticked = any(f.value.lower() in TRAFFICKING_BOXES or "trafficking" in f.value.lower() for f in boxes)
        screen.ticked = bool(screen.ticked) or ticked
    if citations and screen.verdict == "not_indicated":
        screen.verdict = "indicated"
    screen.reasons += [Statement(says="statute of trafficking", source=Source(field=i)) for i in citations]
