"""Why the log could not be written. Whoever meets one of these shows and sends nothing (fail closed)."""

from __future__ import annotations

from extract.errors import ConfigurationProblem, IntakeError


class AuditUnavailable(ConfigurationProblem):
    """The row was not written; the question that it stands for must be answered with no."""

    code = "audit_unavailable"


class PersonalDataRefused(AuditUnavailable):
    """The row would have held something other than ids, rule ids, categories, counts or keyed hashes."""

    code = "audit_personal_data"


class LogBroken(IntakeError):
    """``haven audit verify`` found a row, or a gap, that cannot be what was written."""

    code = "audit_broken"
