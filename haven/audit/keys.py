"""The log's keys, all drawn from the installation's ``audit`` key (``haven.keys``), which lies apart from the data.

Who can rewrite the database file still cannot seal a row or sign a checkpoint.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haven.keys import keyring


def seal(row_hash: str) -> str:
    """HMAC-SHA256 over a row's hash, hex."""
    return keyring().mac("audit", b"row:" + row_hash.encode()).hex()


def keyed(value: str | bytes) -> str:
    """HMAC-SHA256, hex: lets a row name content without holding it and without letting it be guessed."""
    return keyring().mac("audit", b"content:" + (value.encode() if isinstance(value, str) else value)).hex()


def signing_key() -> Ed25519PrivateKey:
    """Signs checkpoints. Derived, so it exists wherever the audit key does and has no file of its own to lose."""
    return Ed25519PrivateKey.from_private_bytes(keyring().mac("audit", b"checkpoint signing key"))


def public_pem() -> bytes:
    """What a verifier elsewhere needs, kept where nobody who runs this system can change it."""
    return (
        signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def read_public_key(path: Path) -> Ed25519PublicKey | None:
    """The key in a PEM file, or None where the file holds none."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def fingerprint(key: Ed25519PublicKey) -> str:
    """First 16 hex digits of the SHA-256 of the raw key: short enough to compare by eye."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]
