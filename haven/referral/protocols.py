"""Recording the transfer protocol: what both components signed, as a row of the store and of the log."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from extract.errors import UsageProblem
from haven.audit import log
from haven.audit.commands import operator
from haven.referral.models import Protocol


def record(number: int, starts: dt.date, ends: dt.date, *, actor: str | None = None) -> Protocol:
    """Raises ``UsageProblem`` if the number is taken or the dates are in the wrong order."""
    if ends < starts:
        raise UsageProblem("A protocol ends after it starts.")
    try:
        with transaction.atomic():
            protocol = Protocol.objects.create(number=number, starts=starts, ends=ends)
            log.append("protocol.recorded", actor=actor or operator(), detail={"number": number})
    except IntegrityError:
        raise UsageProblem(f"Protocol {number} is recorded already.") from None
    return protocol
