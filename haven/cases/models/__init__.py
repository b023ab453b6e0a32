"""The case store: what was brought in, what was read, what an officer stands behind, and who decided it.

Personal data are sealed (``haven.cases.fields``). Whole texts and records lie in the narrative store, with keys of its
own (O28).
"""

from haven.cases.models.case import (
    BREAK_GLASS_HOURS,
    Assignment,
    BreakGlass,
    Case,
    CaseLink,
    CaseNote,
    CaseNumber,
    Task,
)
from haven.cases.models.history import OFFICER, Immutable, RowsAreHistory, SealedHistory, new_pseudonym
from haven.cases.models.packet import DocumentRow, ExtractionRun, Packet, PageRow, PageText, RunRecord, StoredFile
from haven.cases.models.people import (
    HHS_HOURS,
    Allegation,
    Bystander,
    MinorNotice,
    Person,
    PersonPart,
    ProtectedPerson,
    Subject,
)
from haven.cases.models.values import SURE, Evidence, IndexEntry, KeyCheck, SensitiveMark, Value, ValueQuerySet

__all__ = [
    "BREAK_GLASS_HOURS",
    "HHS_HOURS",
    "OFFICER",
    "SURE",
    "Allegation",
    "Assignment",
    "BreakGlass",
    "Bystander",
    "Case",
    "CaseLink",
    "CaseNote",
    "CaseNumber",
    "DocumentRow",
    "Evidence",
    "ExtractionRun",
    "Immutable",
    "IndexEntry",
    "KeyCheck",
    "MinorNotice",
    "Packet",
    "PageRow",
    "PageText",
    "Person",
    "PersonPart",
    "ProtectedPerson",
    "RowsAreHistory",
    "RunRecord",
    "SealedHistory",
    "SensitiveMark",
    "StoredFile",
    "Subject",
    "Task",
    "Value",
    "ValueQuerySet",
    "new_pseudonym",
]
