"""Sealing: AES-256-GCM under a data key of the record's own, which is wrapped by a key-encryption key.

Format 1 of a sealed value:  ``01 | nonce (12) | ciphertext | tag (16)``
Format 1 of a wrapped key:   ``01 | key version (4, big-endian) | nonce (12) | wrapped key (32) | tag (16)``

The associated data name record, field and format, so a value copied to another row or column does not open
(NIST SP 800-38D; decision 6 of the design). Rotating keys rewraps data keys and touches no value.
"""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from haven.keys import KEY_BYTES, NONCE_BYTES, WrongKey, keyring

FORMAT = 1
_MARK = bytes([FORMAT])
_HEADER = struct.Struct(">BI")
_LENGTH = struct.Struct(">I")
VERSION_BYTES = _HEADER.size
SHREDDED = bytes(VERSION_BYTES)
"""What stands in place of a data key that was destroyed on purpose: no format, no version, never opened again."""


def place(*names: str) -> bytes:
    """Associated data for a place in the store. Lengths are part of it, so no two places read the same."""
    parts: list[bytes] = []
    for name in names:
        encoded = name.encode()
        parts += (_LENGTH.pack(len(encoded)), encoded)
    return b"".join(parts)


def new_data_key(purpose: str, aad: bytes) -> tuple[bytes, bytes]:
    """A fresh data key and its wrapped form: (32 bytes, to keep beside the record)."""
    return new_data_keys(purpose, [aad])[0]


def new_data_keys(purpose: str, aads: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """``new_data_key`` for many places: each has a key of its own, all are wrapped by the same version."""
    random = os.urandom(KEY_BYTES * len(aads))
    data_keys = [random[start : start + KEY_BYTES] for start in range(0, len(random), KEY_BYTES)]
    version, wrapped = keyring().wrap_all(purpose, list(zip(data_keys, aads, strict=True)))
    mark = version_mark(version)
    return [(data_key, mark + one) for data_key, one in zip(data_keys, wrapped, strict=True)]


def wrap_data_key(purpose: str, data_key: bytes, aad: bytes) -> bytes:
    version, wrapped = keyring().wrap(purpose, data_key, aad)
    return version_mark(version) + wrapped


def open_data_key(purpose: str, envelope: bytes, aad: bytes) -> bytes:
    """Raises ``WrongKey`` for another key, another place, changed bytes or an unknown format."""
    return keyring().unwrap(purpose, key_version(envelope), bytes(envelope[_HEADER.size :]), aad)


def version_mark(version: int) -> bytes:
    """How every data key begins that this version wraps (``VERSION_BYTES``)."""
    return _HEADER.pack(FORMAT, version)


def newest_version(purpose: str) -> int:
    return max(keyring().versions(purpose))


def rewrapped(purpose: str, envelope: bytes, aad: bytes) -> bytes:
    """The same data key under the newest key; the very same bytes where it is so already. Raises ``WrongKey``."""
    if key_version(envelope) == newest_version(purpose):
        return envelope
    return wrap_data_key(purpose, open_data_key(purpose, envelope, aad), aad)


def split_alone(sealed: bytes) -> tuple[bytes, bytes]:
    """(wrapped data key, sealed content) of what ``seal_alone`` made. Raises ``WrongKey``."""
    if len(sealed) < 2:
        raise WrongKey("this value is cut short")
    end = 2 + struct.unpack(">H", sealed[:2])[0]
    return sealed[2:end], sealed[end:]


def join_alone(envelope: bytes, content: bytes) -> bytes:
    """Undo ``split_alone``."""
    return struct.pack(">H", len(envelope)) + envelope + content


def key_version(envelope: bytes) -> int:
    """Which version of the key-encryption key wraps this data key."""
    if len(envelope) < _HEADER.size or envelope[0] != FORMAT:
        raise WrongKey("this data key is in a format that this version does not know")
    return _HEADER.unpack(envelope[: _HEADER.size])[1]


def seal(data_key: bytes, content: bytes, aad: bytes) -> bytes:
    return sealer(data_key)(content, aad)


def sealer(data_key: bytes) -> Callable[[bytes, bytes], bytes]:
    """``seal(content, aad)`` under this key, set up once for all values of a record."""
    encrypt = AESGCM(data_key).encrypt

    def sealed(content: bytes, aad: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return _MARK + nonce + encrypt(nonce, content, _MARK + aad)

    return sealed


def unseal(data_key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises ``WrongKey`` as ``open_data_key``."""
    if len(sealed) <= NONCE_BYTES or sealed[0] != FORMAT:
        raise WrongKey("this value is in a format that this version does not know")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(data_key).decrypt(nonce, body, _MARK + aad)
    except InvalidTag:
        raise WrongKey("this value was sealed for another record or field, or was changed") from None


def seal_alone(purpose: str, content: bytes, aad: bytes) -> bytes:
    """Seal something that has no record to keep its data key: the wrapped key travels in front of it."""
    data_key, wrapped = new_data_key(purpose, aad)
    return join_alone(wrapped, seal(data_key, content, aad))


def unseal_alone(purpose: str, sealed: bytes, aad: bytes) -> bytes:
    """Undo ``seal_alone``; raises ``WrongKey``."""
    envelope, content = split_alone(sealed)
    return unseal(open_data_key(purpose, envelope, aad), content, aad)


def seal_text(purpose: str, text: str, aad: bytes) -> str:
    return base64.b64encode(seal_alone(purpose, text.encode(), aad)).decode()


def unseal_text(purpose: str, sealed: str, aad: bytes) -> str:
    """Undo ``seal_text``; raises ``WrongKey``."""
    try:
        content = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise WrongKey("this value is damaged") from None
    return unseal_alone(purpose, content, aad).decode()
