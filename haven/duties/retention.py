"""Disposal of what is due: the data keys of its rows are destroyed, so that no copy of a row opens again.

The table says what is due when (``retention.yaml``). One person proposes, another disposes; a hold, an open duty or the
accounting of a recent release stops it. What was interrupted is run again and goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connections, models, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from extract.errors import ConfigurationProblem, UsageProblem
from haven import crypto
from haven.accounts.models import User
from haven.audit import log
from haven.cases.blobs import blobs
from haven.cases.models import Case, PageRow, StoredFile
from haven.duties import asking, holds
from haven.duties.kinds import KINDS
from haven.duties.models import Disposal, Disposed
from haven.referral import outbox
from haven.referral.models import Referral, State

OWN_TABLE = "retention.yaml"
COUNTS = ("received", "final", "changed", "released")
DEADLINES = ("due", "until")
"""Dates of what is to come, not of a change."""


@dataclass(frozen=True)
class Line:
    """One line of the table. ``years`` None: no schedule is known, nothing of the kind is due."""

    kind: str
    counts: str
    years: int | None
    since: dt.date
    ground: str
    basis: str
    until: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Table:
    """The retention table in force. ``path``: the operator's own or the one that ships."""

    path: Path
    lines: tuple[Line, ...]
    never: tuple[dict[str, str], ...]
    accounting_years: int
    sha256: str

    def line(self, kind: str, on: dt.date) -> Line | None:
        return next((line for line in self.lines if line.kind == kind and line.holds_on(on)), None)


@dataclass(frozen=True)
class Due:
    """One kind of record of one case whose time has come, and what stops its disposal (nothing: ``""``)."""

    case: Case
    kind: str
    since: dt.date
    line: Line
    stopped_by: str

    @property
    def item(self) -> list[str]:
        return [str(self.case.pk), self.kind]


@dataclass(frozen=True)
class Outcome:
    """What a disposal did: rows and items that are gone, items that were kept after all and why."""

    rows: int
    items: int
    kept: list[tuple[str, str]]


def table() -> Table:
    """Raises ``ConfigurationProblem`` naming the line that cannot be used: nothing is due by a table in doubt."""
    own = Path(settings.HAVEN_HOME) / OWN_TABLE
    path = own if own.exists() else Path(__file__).with_name("retention.yaml")
    try:
        content = path.read_bytes()
        given = yaml.safe_load(content)
        lines = tuple(_line(path, number, row) for number, row in enumerate(given["lines"], start=1))
        found = Table(
            path, lines, tuple(given["never"]), given["accounting_years"], hashlib.sha256(content).hexdigest()
        )
    except OSError as problem:
        raise ConfigurationProblem(f"{path} cannot be read: {problem.strerror}.") from None
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        raise ConfigurationProblem(f"{path} is no retention table; compare it with the one that ships.") from None
    _check(found)
    return found


def due(on: dt.date | None = None) -> list[Due]:
    """What is due on that day (today), held or not, the longest due first.

    What was disposed of is not, unless more of its kind has come into the case since.
    """
    day = on or timezone.now().date()
    rules = table()
    gone = set(Disposed.objects.values_list("case_id", "kind"))
    found = []
    for case in Case.objects.order_by("created").iterator():
        times = _Times(case)
        found += [
            one for kind in KINDS if (one := _due(times, kind, rules, day, disposed_before=(case.pk, kind) in gone))
        ]
    return sorted(found, key=lambda one: one.since)


def propose(by: User) -> Disposal:
    """Everything that is due and that nothing stops, frozen for another person to dispose of."""
    asking.check_role(by, "dispose")
    items = [one.item for one in due() if not one.stopped_by]
    if not items:
        raise UsageProblem("Nothing is due that could be disposed of; haven retention list says what stops the rest.")
    with transaction.atomic():
        disposal = Disposal.objects.create(items=items, table=table().sha256, by=by)
        detail = {"disposal": str(disposal.pk), "count": len(items), "sha256": disposal.table}
        log.append("retention.proposed", actor=str(by.pk), detail=detail)
    return disposal


def dispose(disposal: Disposal, by: User, *, advance: Callable[[int, int], None] | None = None) -> Outcome:
    """Destroy the data keys of all that was proposed, is still due, and that nothing stops now.

    Raises ``Refused`` for the person who proposed it, ``AuditUnavailable`` where the log takes no row: what was not
    logged was not destroyed.
    """
    asking.check_role(by, "dispose")
    if disposal.by_id == by.pk:
        raise asking.Refused("Who proposed a disposal cannot carry it out; that takes another person (AC-5).")
    rows = items = 0
    kept = []
    for number, (case_id, kind) in enumerate(disposal.items, start=1):
        with transaction.atomic():
            # asked anew under the lock: a hold, or another disposal, may have come since this one began
            case = Case.objects.select_for_update().get(pk=case_id)
            if disposal.done.filter(case=case, kind=kind).exists():
                continue
            one = _due_now(case, kind)
            if one is None or one.stopped_by:
                kept.append((f"{case_id} {kind}", one.stopped_by if one else "is not due any more"))
            else:
                rows += _dispose(disposal, one, by)
                items += 1
        if advance:
            advance(number, len(disposal.items))
    _forget_remains()
    return Outcome(rows, items, kept)


def years_later(day: dt.date, years: int) -> dt.date:
    """The 29th of February comes of age on the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def _due_now(case: Case, kind: str) -> Due | None:
    before = Disposed.objects.filter(case=case, kind=kind).exists()
    return _due(_Times(case), kind, table(), timezone.now().date(), disposed_before=before)


def _due(times: _Times, kind: str, rules: Table, day: dt.date, *, disposed_before: bool) -> Due | None:
    line = rules.line(kind, day)
    if line is None or line.years is None or (disposed_before and not _left(times.case, kind)):
        return None
    counted = times.of(line.counts)
    since = years_later(counted, line.years) if counted else None
    if since is None or since > day:
        return None
    return Due(times.case, kind, since, line, times.stop(day, rules.accounting_years))


def _left(case: Case, kind: str) -> bool:
    """Something of the kind still opens, or is still found by the index."""
    rows = (found.exclude(data_key=crypto.SHREDDED) for found in KINDS[kind].rows(case))
    return any(found.exists() for found in rows) or KINDS[kind].index(case).exists()


class _Times:
    """From when the periods of one case count, and what stops its disposal."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def of(self, counts: str) -> dt.date | None:
        match counts:
            case "received":
                last = self.case.packets.order_by("-received").values_list("received", flat=True).first()
                return last.date() if last else None
            case "final":
                final = self.case.protection in ("denied_final", "naturalized")
                return self.case.protection_verified if final else None
            case "changed":
                return self._changed
            case "released":
                return self._released
        raise AssertionError(counts)

    @cached_property
    def _changed(self) -> dt.date:
        """The newest date of anything in the case: ``Case.changed`` tells only of the case's own row."""
        case = self.case
        tables = [rows for kind in KINDS.values() for rows in kind.rows(case)]
        tables += [case.persons.all(), case.assignments.all(), case.minor_notices.all(), case.sensitive_marks.all()]
        return max(case.changed, *(date for rows in tables for date in _dates(rows))).date()

    @cached_property
    def _released(self) -> dt.date | None:
        released = Referral.objects.filter(case=self.case, state=State.RELEASED).order_by("-decided")
        last = released.values_list("decided", flat=True).first()
        return last.date() if last else None

    def stop(self, day: dt.date, accounting_years: int) -> str:
        if holds.standing(self.case).exists():
            return "held"
        if self.case.minor_notices.filter(sent__isnull=True, ruled_out__isnull=True).exists():
            return "a notice to HHS is open"
        if self.case.referrals.filter(state=State.PROPOSED).exists():
            return "a referral is open"
        if self.case.incidents.exclude(steps__kind="closed").exists():
            return "an incident is open"
        if self._released and years_later(self._released, accounting_years) > day:
            return "accounting of a release runs"
        return ""


def _dates(rows: QuerySet[Any]) -> list[dt.datetime]:
    """The newest of each date that the rows have of something done."""
    fields = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
    newest = rows.aggregate(**{f"newest_{name}": Max(name) for name in fields if name not in DEADLINES})
    return [date for date in newest.values() if date]


def _line(path: Path, number: int, row: dict[str, Any]) -> Line:
    try:
        line = Line(**row)
        years_fit = line.years is None or (type(line.years) is int and line.years >= 0)
        days_fit = isinstance(line.since, dt.date) and isinstance(line.until, dt.date | None)
        if line.kind in KINDS and line.counts in COUNTS and years_fit and days_fit and line.ground:
            return line
    except TypeError:
        pass
    raise ConfigurationProblem(
        f"{path}: line {number} of the table cannot be used; compare it with the one that ships."
    )


def _check(found: Table) -> None:
    for kind in KINDS:
        lines = sorted((line for line in found.lines if line.kind == kind), key=lambda line: line.since)
        for earlier, later in pairwise(lines):
            if earlier.until is None or earlier.until >= later.since:
                raise ConfigurationProblem(f"{found.path}: two lines for {kind} hold at once; end the older one.")
    if type(found.accounting_years) is not int or found.accounting_years < 5:
        raise ConfigurationProblem(f"{found.path}: accounting_years is less than the 5 of 5 U.S.C. 552a(c)(2).")


def _dispose(disposal: Disposal, one: Due, by: User) -> int:
    """One kind of one case, which is locked. The row ``Disposed`` comes last: until then the same is done again."""
    kind = KINDS[one.kind]
    detail = {"disposal": str(disposal.pk), "kind": one.kind, "sha256": table().sha256}
    log.append("retention.disposing", actor=str(by.pk), subject=str(one.case.pk), detail=detail)
    rows = sum(_shred(found) for found in kind.rows(one.case))
    kind.index(one.case).delete()
    if one.kind == "originals":
        _shred_blobs(one.case)
    if one.kind == "referrals":
        _destroy_packages(one.case, by, detail)
    if one.kind == "protected_people":
        _shred(Case.objects.filter(pk=one.case.pk))  # its receipt number; the case stays, to be told of
    Disposed.objects.create(
        disposal=disposal, case=one.case, kind=one.kind, ground=one.line.ground[:200], rows=rows, by=by
    )
    log.append("retention.disposed", actor=str(by.pk), subject=str(one.case.pk), detail={**detail, "rows": rows})
    return rows


def _shred(rows: QuerySet[Any]) -> int:
    return rows.update(data_key=crypto.SHREDDED)


def _shred_blobs(case: Case) -> None:
    for packet in case.packets.values_list("pk", flat=True):
        blobs().shred(packet)
    StoredFile.objects.filter(packet__case=case).update(blob=None)
    PageRow.objects.filter(packet__case=case).update(image=None)


def _destroy_packages(case: Case, by: User, detail: dict[str, str]) -> None:
    """What was released lies in the outbox in the clear: without this its recipient could go on reading it there."""
    for package in case.referrals.exclude(package="").values_list("package", flat=True):
        log.append(
            "retention.package_destroyed", actor=str(by.pk), subject=str(case.pk), detail={**detail, "package": package}
        )
        outbox.destroy(package)


def _forget_remains(aliases: Iterable[str] = ("default", "narrative")) -> None:
    """Old versions of the rows that a database keeps for itself: the write-ahead log, dead rows."""
    for alias in aliases:
        connection = connections[alias]
        if connection.in_atomic_block:
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                cursor.execute("VACUUM")
