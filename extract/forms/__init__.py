"""The six forms: definitions (data), one reader, and what their answers say together."""

from extract.forms.answers import (
    ImplicatedPerson,
    ProtectedIdentifier,
    applicant_name,
    applicant_names,
    applicant_other_names,
    form_type,
    implicated_family,
    narratives,
    needs_for,
    protected_identifiers,
)
from extract.forms.definitions import FORMS, FieldDefinition, FormDefinition, definition, definitions
from extract.forms.reader import FormReading, read_fields

__all__ = [
    "FORMS",
    "FieldDefinition",
    "FormDefinition",
    "FormReading",
    "ImplicatedPerson",
    "ProtectedIdentifier",
    "applicant_name",
    "applicant_names",
    "applicant_other_names",
    "definition",
    "definitions",
    "form_type",
    "implicated_family",
    "narratives",
    "needs_for",
    "protected_identifiers",
    "read_fields",
]
