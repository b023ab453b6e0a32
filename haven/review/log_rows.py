"""Who may read the log: privacy officers (U6), auditors while a request of the Inspector General is in force (G16)."""

from __future__ import annotations

from haven.accounts import oversight
from haven.accounts.models import User
from haven.accounts.vocabulary import Role
from haven.cases import access
from haven.review.door import given, logged


def may_read(user: User, *, event: str) -> bool:
    """The gate's logged answer. Raises ``AuditUnavailable`` where the log takes no row."""
    if user.role == Role.AUDITOR:
        asked = access.request_for(user, purpose="audit", categories=["K11"], oig_request=oversight.in_force(user))
    else:
        asked = access.request_for(user, purpose="privacy_oversight", categories=["K11"])
    return given(logged(asked, event), ["K11"])
