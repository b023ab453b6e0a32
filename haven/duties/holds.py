"""Legal holds: while one stands nothing of its case, or of the whole store, is disposed of."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from extract.errors import UsageProblem
from haven.accounts.models import User
from haven.audit import log
from haven.cases.models import Case
from haven.duties import asking
from haven.duties.models import HoldRelease, LegalHold


def place(by: User, reason: str, case: Case | None = None) -> LegalHold:
    """Hold one case, or everything where ``case`` is None."""
    asking.check_role(by, "hold")
    if not reason.strip():
        raise UsageProblem("A hold needs a reason: which matter asks for it.")
    with transaction.atomic():
        hold = LegalHold.objects.create(case=case, by=by, reason=reason.strip())
        _log("hold.placed", hold, by)
    return hold


def release(hold: LegalHold, by: User, reason: str) -> HoldRelease:
    """Lift a hold; who placed it cannot, so that no one person opens the way to disposal (AC-5)."""
    asking.check_role(by, "hold")
    if hold.by_id == by.pk:
        raise asking.Refused("Who placed a hold cannot lift it; that takes another person.")
    if not reason.strip():
        raise UsageProblem("To lift a hold, say why.")
    try:
        with transaction.atomic():
            row = HoldRelease.objects.create(hold=hold, by=by, reason=reason.strip())
            _log("hold.released", hold, by)
    except IntegrityError:
        raise UsageProblem("This hold was lifted already.") from None
    return row


def case_of(text: str, by: User) -> Case:
    """The case of that id: who looks after holds knows it from the log, and no numbers of cases. Raises ``Refused``."""
    asking.check_role(by, "hold")
    try:
        return Case.objects.get(pk=uuid.UUID(text))
    except (ValueError, Case.DoesNotExist):
        raise asking.Refused(asking.NO_CASE) from None


def standing(case: Case | None = None) -> QuerySet[LegalHold]:
    """Holds that stand; with ``case``, those that keep it."""
    holds = LegalHold.objects.filter(release__isnull=True)
    return holds if case is None else holds.filter(Q(case=case) | Q(case__isnull=True))


def _log(event: str, hold: LegalHold, by: User) -> None:
    log.append(event, actor=str(by.pk), subject=str(hold.case_id or ""), detail={"hold": str(hold.pk)})
