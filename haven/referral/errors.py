"""Why a referral does not go on, in sentences for the officer."""

from __future__ import annotations

from extract.errors import IntakeError


class ReferralRefused(IntakeError):
    """A step that cannot be taken: the gate said no, somebody was faster, something is not confirmed."""

    code = "referral_refused"


class InspectionBlocked(ReferralRefused):
    """The package held something of a protected person. ``findings`` says what and where, for the officer only."""

    code = "inspection_blocked"

    def __init__(self, message: str, findings: list) -> None:
        super().__init__(message)
        self.findings = findings
