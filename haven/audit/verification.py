"""Verifying the live log or an export, with every checkpoint that can be found."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError

from haven.audit import chain, checkpoints, keys, log
from haven.audit.chain import Verdict
from haven.audit.checkpoints import Checkpoint
from haven.audit.errors import AuditUnavailable, LogBroken
from haven.audit.export import Export


def verify_live(kept: list[Checkpoint]) -> Verdict:
    """Verifies the log in its database against its seals and the checkpoints kept of it."""
    try:
        return _walk(log.rows(), kept, keys.signing_key().public_key(), with_seals=True)
    except DatabaseError as problem:
        raise AuditUnavailable("The log cannot be read from its database.") from problem


def verify_export(path: Path, kept: list[Checkpoint], key: Ed25519PublicKey | None) -> Verdict:
    """Verifies an export with the public key alone; no database is opened.

    ``key`` None: this installation's own, whose seals are then checked too.
    """
    own = key is None
    key = key or keys.signing_key().public_key()
    export = Export(path)
    verdict = _walk(export.rows(), kept, key, with_seals=own)
    if verdict.problem:
        return verdict
    if export.end is None:
        verdict.problem = f"The export breaks off after row {verdict.rows}: its closing checkpoint is missing."
        return verdict
    known = checkpoints.verified([export.end], key)
    if known != {verdict.rows: verdict.head}:
        verdict.problem = (
            f"The export's closing checkpoint names row {export.end.sequence}, "
            + f"which is not the last row here ({verdict.rows})."
        )
    return verdict


def _walk(rows, kept: list[Checkpoint], key: Ed25519PublicKey, *, with_seals: bool) -> Verdict:
    try:
        known = checkpoints.verified(kept, key)
        return chain.verify(rows, seal=keys.seal if with_seals else None, known=known)
    except LogBroken as problem:
        return Verdict(problem=str(problem))
