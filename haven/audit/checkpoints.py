"""Signed heads of the log, kept elsewhere: they show a cut-off tail and an older copy put back.

A checkpoint says "at this time row N had this hash" and is signed with Ed25519. One file may hold many, one JSON
object a line; a folder may hold many files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from extract.errors import UsageProblem
from haven.audit import keys
from haven.audit.errors import LogBroken


@dataclass(frozen=True)
class Checkpoint:
    """``at``: UTC as in a row. ``key``: fingerprint of the key that signed. ``signature``: hex."""

    sequence: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def signed_text(self) -> bytes:
        return f"haven audit checkpoint 1\n{self.sequence}\n{self.hash}\n{self.at}\n".encode()


def sign(sequence: int, row_hash: str, at: str) -> Checkpoint:
    key = keys.signing_key()
    draft = Checkpoint(sequence, row_hash, at, keys.fingerprint(key.public_key()), "")
    return Checkpoint(**{**asdict(draft), "signature": key.sign(draft.signed_text).hex()})


def verified(checkpoints: Iterable[Checkpoint], key: Ed25519PublicKey) -> dict[int, str]:
    """Hash by sequence. Raises ``LogBroken`` for one that the key did not sign, or two that disagree."""
    known: dict[int, str] = {}
    for checkpoint in checkpoints:
        try:
            key.verify(bytes.fromhex(checkpoint.signature), checkpoint.signed_text)
        except (InvalidSignature, ValueError):
            raise LogBroken(
                f"The checkpoint of row {checkpoint.sequence} carries no valid signature of this log's key."
            ) from None
        if known.setdefault(checkpoint.sequence, checkpoint.hash) != checkpoint.hash:
            raise LogBroken(f"Two signed checkpoints disagree about row {checkpoint.sequence}: the log was rewritten.")
    return known


def as_line(checkpoint: Checkpoint) -> str:
    return json.dumps(asdict(checkpoint))


def from_json(given: object) -> Checkpoint:
    """Raises ``ValueError`` for anything that does not have a checkpoint's form."""
    if not isinstance(given, dict) or set(given) != {"sequence", "hash", "at", "key", "signature"}:
        raise ValueError("not a checkpoint")
    if type(given["sequence"]) is not int or not all(
        isinstance(given[name], str) for name in ("hash", "at", "key", "signature")
    ):
        raise ValueError("not a checkpoint")
    return Checkpoint(**given)


def read(path: Path) -> list[Checkpoint]:
    """All checkpoints of a file, or of the ``*.json`` and ``*.jsonl`` files of a folder."""
    files = sorted([*path.glob("*.json"), *path.glob("*.jsonl")]) if path.is_dir() else [path]
    found = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            found += [from_json(json.loads(line)) for line in lines if line.strip()]
        except (OSError, ValueError, RecursionError):
            raise UsageProblem(f"{file} cannot be read as checkpoints, one JSON object a line.") from None
    return found
