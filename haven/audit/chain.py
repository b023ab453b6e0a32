"""The form of a row and how rows hang together; no database, no Django: an export is verified with this alone.

``hash`` = SHA-256 over the row's own fields and the hash of the row before it, so an edit, an insertion, a removal
or a change of order breaks every later row. ``seal`` = HMAC over ``hash`` with a key kept elsewhere, so whoever
recomputes the whole chain after an edit is still found. What a chain cannot show, a cut-off tail or an older copy
put back, is found by checkpoints (``haven.audit.checkpoints``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

FIRST = "0" * 64
"""What row 1 names as the hash before it."""


@dataclass(frozen=True)
class Row:
    """One row as it is stored and exported.

    ``at`` is UTC, ``YYYY-MM-DDTHH:MM:SS.ffffffZ``; ``detail`` is canonical JSON; hashes and seal are 64 hex digits.
    """

    sequence: int
    at: str
    event: str
    actor: str
    subject: str
    detail: str
    previous: str
    hash: str
    seal: str


@dataclass
class Verdict:
    """What a verification saw. ``problem`` is one sentence that names the first bad row, empty if there is none."""

    rows: int = 0
    head: str = FIRST
    last_at: str = ""
    problem: str = ""
    checkpoints: int = 0
    notes: list[str] = field(default_factory=list)


def canonical(detail: dict) -> str:
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def row_hash(row: Row) -> str:
    """Over everything but ``hash`` and ``seal``; a JSON list keeps the borders between fields."""
    content = [row.sequence, row.at, row.event, row.actor, row.subject, row.detail, row.previous]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def verify(
    rows: Iterable[Row],
    *,
    seal: Callable[[str], str] | None = None,
    known: dict[int, str] | None = None,
) -> Verdict:
    """Walks the rows in order and stops at the first that cannot be what was written.

    ``seal``: recomputes a row's seal; None where the key is not at hand (offline), then seals go unchecked and the
    verdict says so. ``known``: hash by sequence, out of verified checkpoints.
    """
    verdict = Verdict()
    known = known or {}
    if seal is None:
        verdict.notes.append("The key of the log is not here: seals were not checked, hashes and checkpoints were.")
    for row in rows:
        expected = verdict.rows + 1
        if row.sequence != expected:
            verdict.problem = f"Row {expected} is missing or out of order: row {row.sequence} stands in its place."
        elif row.previous != verdict.head:
            verdict.problem = f"Row {row.sequence} does not follow the row before it: one of the two was replaced."
        elif row.hash != row_hash(row):
            verdict.problem = f"Row {row.sequence} was changed: its content does not match its hash."
        elif seal and seal(row.hash) != row.seal:
            verdict.problem = f"Row {row.sequence} was not written by this system: its seal is wrong."
        elif row.sequence in known and known[row.sequence] != row.hash:
            verdict.problem = (
                f"Row {row.sequence} differs from its signed checkpoint: "
                + "the log was rewritten or an older copy put back."
            )
        if verdict.problem:
            return verdict
        verdict.rows, verdict.head, verdict.last_at = row.sequence, row.hash, row.at
        verdict.checkpoints += row.sequence in known
    latest = max(known, default=0)
    if latest > verdict.rows:
        verdict.problem = (
            f"Row {verdict.rows + 1} is missing: a signed checkpoint says that the log had {latest} rows, "
            + f"it has {verdict.rows}."
        )
    return verdict
