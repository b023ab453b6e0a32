"""What comes out of a packet: the record, its evidence, and its JSON Schema (``docs/record.schema.json``).

Offsets count Unicode code points of ``Record.text``, end exclusive. Boxes are ``(x0, top, x1, bottom)`` in
PDF points (1/72 inch) of the upright page, origin at its top left. Confidences lie in 0..1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA_VERSION = "1.1"

DocumentKind = Literal[
    "i-914", "i-914a", "i-914b", "i-918", "i-918a", "i-918b",
    "statement", "affidavit", "police_report", "complaint", "supplement_b", "press_release",
    "translation_certificate", "evaluation", "letter", "identity_document", "other",
]  # fmt: skip
NarrativeKind = Literal[
    "statement", "supplement_b", "police_report", "affidavit", "complaint", "press_release", "other"
]
Label = Literal[
    "PERSON", "KIN", "ORG", "PLACE", "ADDRESS", "DATE", "DURATION", "AGE", "NATIONALITY", "MONEY",
    "PHONE", "EMAIL", "HANDLE", "ID", "VEHICLE", "VISA", "DESCRIPTION",
]  # fmt: skip
Role = Literal["applicant", "trafficker", "associate", "victim", "family", "official", "other"]
RelationType = Literal[
    "recruited", "transported", "harbored", "exploited", "threatened", "harmed", "restrained", "indebted",
    "family_of", "affiliated_with",
]  # fmt: skip
AttributeName = Literal[
    "dob", "age", "nationality", "phone", "email", "handle", "address", "place", "id", "vehicle",
    "description", "occupation", "also_victim",
]  # fmt: skip
ElementName = Literal["act", "means", "purpose"]
ElementKind = Literal[
    "recruiting", "harboring", "transporting", "providing", "obtaining", "patronizing", "soliciting",
    "force", "fraud", "coercion", "under_18",
    "commercial_sex_act", "involuntary_servitude", "peonage", "debt_bondage", "slavery",
]  # fmt: skip
OutcomeStatus = Literal[
    "under_investigation", "administratively_arrested", "arrested", "indicted", "convicted", "not_charged", "cleared"
]
EntryMethod = Literal[
    "work", "fiance", "family_reunification", "visitor", "student", "no_inspection", "overstay", "other", "unknown"
]
CooperationAct = Literal["reported", "interviewed", "identified", "testified", "assisted", "certified"]
PageState = Literal["text", "ocr", "blank", "needs_person", "refused"]

Confidence = Annotated[float, Field(ge=0, le=1)]
Range = tuple[int, int]
Box = tuple[float, float, float, float]


class Part(BaseModel):
    """A piece of the record: unknown keys are an error, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid")


class File(Part):
    """One file of the packet as it came. ``name`` may hold a person's name: never log it."""

    sha256: str
    name: str
    size: int = Field(description="bytes")
    media_type: str
    refused: str | None = Field(None, description="one sentence why the whole file could not be read")


class Page(Part):
    """The account of one page. Every page of every file has exactly one; pages in = pages out."""

    file: str = Field(description="sha256 of its file")
    number: int = Field(ge=1, description="within its file")
    state: PageState
    reason: str = Field("", description="one sentence: why this state")
    confidence: Confidence = 1.0
    width: float = Field(0, description="points, upright")
    height: float = Field(0, description="points, upright")
    rotation: int = Field(0, description="degrees clockwise that made the stored page upright")
    skew: float = Field(0, description="degrees of deskew applied before reading")
    dpi: float | None = Field(None, description="of the stored image, where the page is one")
    range: Range | None = Field(None, description="its characters in Record.text, if it has any there")


class Document(Part):
    """A run of pages that is one document. ``pages`` are indices into ``Record.pages``."""

    id: str
    kind: DocumentKind
    edition: str | None = Field(None, description="printed edition, e.g. 02/27/17")
    title: str = ""
    language: str = "en"
    pages: list[int]
    range: Range
    confidence: Confidence = 1.0
    reasons: list[str] = Field(default_factory=list, description="the words that decided the kind")


class Span(Part):
    """A labelled stretch of ``Record.text``."""

    start: int
    end: int
    label: Label
    entity: str | None = None
    value: str | None = Field(None, description="normalised DATE or DURATION (GUIDELINES 5)")
    confidence: Confidence = 1.0
    page: int | None = Field(None, description="index into Record.pages")
    boxes: list[Box] = Field(default_factory=list)


class Source(Part):
    """Where a value that is not itself a span was read: characters of the text, or a form field."""

    range: Range | None = None
    field: int | None = Field(None, description="index into Record.fields")
    confidence: Confidence = 1.0


class Element(Part):
    """One element of 22 U.S.C. 7102(11), (12) that the text states of somebody: stated, never proved.

    ``under_18`` stands with the means: sex trafficking of a child needs none.
    """

    element: ElementName
    kind: ElementKind
    how: str = Field(description="in plain words, e.g. 'papers taken'")
    ranges: list[Range] = Field(min_length=1, description="the sentences that say so")


class Outcome(Part):
    """What became of an accused, as the text tells it (audit finding C16)."""

    status: OutcomeStatus
    statute: list[str] = Field(default_factory=list, description="as written beside it")
    ranges: list[Range] = Field(min_length=1)


class Entity(Part):
    """A person or organisation of the packet; ``e0`` is the applicant.

    ``doubt`` names roles that a person must rule out. A doubtful accusation keeps the harmless role and says
    ``doubt: [trafficker]``, never the reverse.
    """

    type: Literal["person", "org"] = "person"
    name: str = ""
    aliases: list[str] = Field(default_factory=list)
    role: Role
    confidence: Confidence = 1.0
    allegation: Literal["alleged", "denied", "hearsay"] | None = None
    doubt: list[Role] = Field(default_factory=list)
    reasons: list[Range] = Field(default_factory=list, description="sentences that speak for the role")
    against: list[Range] = Field(default_factory=list, description="sentences that speak against an accusation")
    elements: list[Element] = Field(default_factory=list, description="of an accused: act, means, purpose")
    outcomes: list[Outcome] = Field(default_factory=list, description="of an accused, in the order of the text")
    fields: list[int] = Field(default_factory=list, description="indices into Record.fields that name it")


class Statement(Part):
    """Something that the packet says, in plain words, and where."""

    says: str
    source: Source


class Entry(Part):
    """How the applicant came into the United States (audit finding C13)."""

    method: EntryMethod = "unknown"
    visa: str = Field("", description="the visa as written")
    ranges: list[Range] = Field(default_factory=list, description="the sentences that say so")
    also: list[EntryMethod] = Field(default_factory=list, description="other ways that the text tells of")


class Cooperation(Part):
    """One agency or officer whom the applicant helped, as told in any document (audit finding C8)."""

    agency: str = ""
    office: str = ""
    officer: str = ""
    case_number: str = ""
    date: str = Field("", description="normalised, of the first contact that is dated")
    acts: list[CooperationAct] = Field(default_factory=list)
    documents: list[str] = Field(default_factory=list, description="ids of the documents that tell it")
    kinds: list[DocumentKind] = Field(default_factory=list, description="what these documents are")
    entities: list[str] = Field(default_factory=list, description="agency and officer, where they are entities")
    fields: list[int] = Field(default_factory=list, description="indices into Record.fields that say so")
    ranges: list[Range] = Field(default_factory=list, description="the sentences that say so")


class Screen(Part):
    """Whether a packet speaks of trafficking, whatever boxes are ticked (audit finding C10)."""

    verdict: Literal["evident", "indicated", "not_indicated"] = "not_indicated"
    reasons: list[Statement] = Field(default_factory=list)
    ticked: bool | None = Field(
        None, description="whether a Supplement B ticks trafficking or its like; none where no box of one was read"
    )


class FormField(Part):
    """One answer of a form. ``box`` lies on ``page`` (index into Record.pages)."""

    document: str
    item: str = Field(description="printed part and item, e.g. 'Part 5, 2.a'")
    name: str = Field(description="what the item asks, in plain words")
    value: str
    kind: Literal["text", "narrative", "date", "choice", "phone", "id", "name"] = "text"
    page: int
    box: Box | None = None
    source: Literal["acroform", "xfa", "print", "ocr"] = "acroform"
    confidence: Confidence = 1.0
    category: Literal["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K9", "K10"] = Field(
        "K3", description="confidentiality category of the gate table"
    )
    acroform: str | None = Field(None, description="full AcroForm name, where the edition has one")
    range: Range | None = Field(None, description="its characters in Record.text, for narratives")


class Need(Part):
    """Something that a person must look at, in one sentence that holds no personal data."""

    code: str
    sentence: str
    page: int | None = None


class Model(Part):
    name: str
    version: str
    hash: str = Field(description="sha256 over the shipped files")


class Record(Part):
    """Everything read from one packet."""

    schema_version: str = SCHEMA_VERSION
    id: str
    document: NarrativeKind = "statement"
    language: str = "en"
    text: str = ""
    spans: list[Span] = Field(default_factory=list)
    entities: dict[str, Entity] = Field(default_factory=lambda: {"e0": Entity(role="applicant")})
    attributes: list[tuple[str, AttributeName, str]] = Field(default_factory=list)
    relations: list[tuple[str, RelationType, str, str]] = Field(default_factory=list)
    attribute_sources: list[Source] = Field(default_factory=list, description="one for each attribute")
    relation_sources: list[Source] = Field(default_factory=list, description="one for each relation")
    entry: Entry = Field(default_factory=Entry)
    cooperation: list[Cooperation] = Field(default_factory=list)
    screen: Screen | None = Field(None, description="none where no narrative was read")
    files: list[File] = Field(default_factory=list)
    documents: list[Document] = Field(default_factory=list)
    fields: list[FormField] = Field(default_factory=list)
    pages: list[Page] = Field(default_factory=list)
    needs: list[Need] = Field(default_factory=list)
    model: Model | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Record:
        n = len(self.text)
        for s in self.spans:
            if not 0 <= s.start < s.end <= n:
                raise ValueError(f"span {s.start}-{s.end} lies outside a text of {n} characters")
            if s.entity is not None and s.entity not in self.entities:
                raise ValueError(f"span {s.start}-{s.end} names no entity of the record")
        for head, _, tail, _ in self.relations:
            if head not in self.entities or tail not in self.entities:
                raise ValueError("a relation names no entity of the record")
        for owner, _, _ in self.attributes:
            if owner not in self.entities:
                raise ValueError("an attribute names no entity of the record")
        if len(self.attribute_sources) != len(self.attributes) or len(self.relation_sources) != len(self.relations):
            raise ValueError("an attribute or relation has no source")
        if any(key not in self.entities for c in self.cooperation for key in c.entities):
            raise ValueError("a cooperation names no entity of the record")
        for start, end in self._told():
            if not 0 <= start < end <= n:
                raise ValueError(f"evidence {start}-{end} lies outside a text of {n} characters")
        return self

    def _told(self) -> Iterator[Range]:
        """Every range that stands as evidence of an entity, the entry, the cooperation or the screen."""
        for e in self.entities.values():
            yield from (*e.reasons, *e.against)
            for element in e.elements:
                yield from element.ranges
            for outcome in e.outcomes:
                yield from outcome.ranges
        yield from self.entry.ranges
        for c in self.cooperation:
            yield from c.ranges
        for r in self.screen.reasons if self.screen else []:
            if r.source.range:
                yield r.source.range

    def to_json(self) -> str:
        """One line of UTF-8 JSON; keys that say nothing are left out of spans."""
        data = self.model_dump(mode="json")
        for span in data["spans"]:
            for key in ("entity", "value"):
                if span[key] is None:
                    del span[key]
        return json.dumps(data, ensure_ascii=False)


def json_schema() -> dict:
    """JSON Schema (draft 2020-12) of one line of ``haven extract``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Record.model_json_schema()}
