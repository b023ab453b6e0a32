"""Who vouches for the policy set: an optional Ed25519 signature over its version and hash.

An installation that sets ``HAVEN_POLICY_KEY`` (PEM file with the public key of whoever may change the policies) only
starts with a policy set that this key signed, in ``HAVEN_POLICY_SIGNATURE`` (file, hex). Without it the manifest's
hash still shows any change that was not meant.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from extract.errors import UsageProblem
from haven.audit.keys import read_public_key
from haven.gate.errors import PolicyInvalid
from haven.gate.ruleset import RuleSet

KEY = "HAVEN_POLICY_KEY"
SIGNATURE = "HAVEN_POLICY_SIGNATURE"


def signed_text(rules: RuleSet) -> bytes:
    return f"haven gate policy 1\n{rules.identity}\n".encode()


def sign(rules: RuleSet, key_file: Path) -> str:
    """Signature in hex. Raises ``UsageProblem`` if the file holds no unencrypted Ed25519 private key."""
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageProblem(f"{key_file} holds no Ed25519 private key in PEM form.")
    return key.sign(signed_text(rules)).hex()


def check(rules: RuleSet) -> bool:
    """Whether a signature was asked for and holds; raises ``PolicyInvalid`` if it was asked for and does not."""
    if not os.environ.get(KEY):
        return False
    key = read_public_key(Path(os.environ[KEY]))
    if key is None:
        raise PolicyInvalid(f"{KEY} names no file with an Ed25519 public key.")
    try:
        key.verify(bytes.fromhex(Path(os.environ.get(SIGNATURE, "")).read_text().strip()), signed_text(rules))
    except (OSError, ValueError, InvalidSignature):
        raise PolicyInvalid(f"The policy set carries no valid signature in {SIGNATURE}.") from None
    return True
