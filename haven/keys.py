"""Where the keys live: ``$HAVEN_HOME/keys``, one file for each purpose, outside the data and the repository.

Nothing else in the product touches a key-encryption key. A key management service takes the place of the files by
filling ``KeyProvider``: it wraps, unwraps and computes MACs, and never has to hand a key out.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from extract.errors import ConfigurationProblem

PURPOSES = {
    "records": "fields of the case store",
    "narrative": "texts, words and records of the narrative store",
    "blobs": "uploads and page images",
    "accounts": "sessions and one-time-code secrets",
    "index": "blind indexes for exact search, content ids",
    "audit": "seals, keyed hashes and checkpoints of the log",
    "django": "signatures of cookies and forms",
}
"""Each purpose has keys of its own, so that one store can be opened or moved without the others (O28)."""

WRAPPING = ("records", "narrative", "blobs", "accounts")
"""Purposes whose keys wrap data keys, and so can be replaced by rewrapping. The others compute keyed hashes that must
stay the same: entries of the index, seals of the log."""

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyProvider(Protocol):
    """What the product asks of whoever holds the keys."""

    def wrap(self, purpose: str, data_key: bytes, aad: bytes) -> tuple[int, bytes]:
        """Encrypt a data key under the newest key of ``purpose``: (key version, wrapped key)."""

    def wrap_all(self, purpose: str, data_keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        """``wrap`` for many (data key, associated data), all under the same version."""

    def unwrap(self, purpose: str, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Undo ``wrap``; raises ``WrongKey`` where the key or the associated data is another."""

    def mac(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA256 under the oldest key of ``purpose``: stable over rotations of the others."""

    def versions(self, purpose: str) -> dict[int, dt.datetime]:
        """The key versions that exist and when each was made."""


@runtime_checkable
class RotatingKeys(Protocol):
    """A provider that can make and forget versions itself; with another one that is done where the keys are kept."""

    def add_version(self, purpose: str) -> int:
        """Make a new version, the newest from here on in every process, and return its number."""

    def forget_version(self, purpose: str, version: int) -> None:
        """Remove a version for good."""


class WrongKey(Exception):
    """What was sealed does not open: another key, another place, or changed bytes. Says nothing of the content."""


class LocalKeys:
    """Keys held in memory of this process: ``{purpose: {version: (key, made)}}``."""

    def __init__(self, keys: dict[str, dict[int, tuple[bytes, dt.datetime]]]) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(sorted(self._keys))})"

    def wrap(self, purpose: str, data_key: bytes, aad: bytes) -> tuple[int, bytes]:
        version, (wrapped,) = self.wrap_all(purpose, [(data_key, aad)])
        return version, wrapped

    def wrap_all(self, purpose: str, data_keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        version = max(self._keys[purpose])
        key = AESGCM(self._keys[purpose][version][0])
        wrapped = []
        for data_key, aad in data_keys:
            nonce = os.urandom(NONCE_BYTES)
            wrapped.append(nonce + key.encrypt(nonce, data_key, _bound(purpose, version, aad)))
        return version, wrapped

    def unwrap(self, purpose: str, version: int, wrapped: bytes, aad: bytes) -> bytes:
        if version not in self._keys[purpose]:
            raise WrongKey(f"there is no version {version} of the key for {PURPOSES[purpose]}")
        key = AESGCM(self._keys[purpose][version][0])
        try:
            return key.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(purpose, version, aad))
        except (InvalidTag, ValueError):
            raise WrongKey(f"the key for {PURPOSES[purpose]} does not open this record") from None

    def mac(self, purpose: str, message: bytes) -> bytes:
        first = min(self._keys[purpose])
        return hmac.new(self._keys[purpose][first][0], message, hashlib.sha256).digest()

    def versions(self, purpose: str) -> dict[int, dt.datetime]:
        return {version: made for version, (_, made) in sorted(self._keys[purpose].items())}


class FileKeys(LocalKeys):
    """The files of a folder. What another process changed in them (a rotation) is seen at the next wrap."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = {purpose: folder / f"{purpose}.json" for purpose in PURPOSES}
        self._seen: dict[str, tuple[int, int, int]] = {}
        super().__init__({})
        for purpose in PURPOSES:
            self._refresh(purpose)

    def wrap_all(self, purpose: str, data_keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        self._refresh(purpose)
        return super().wrap_all(purpose, data_keys)

    def unwrap(self, purpose: str, version: int, wrapped: bytes, aad: bytes) -> bytes:
        if version not in self._keys[purpose]:
            self._refresh(purpose)
        return super().unwrap(purpose, version, wrapped, aad)

    def versions(self, purpose: str) -> dict[int, dt.datetime]:
        self._refresh(purpose)
        return super().versions(purpose)

    def add_version(self, purpose: str) -> int:
        with self._changing(purpose) as keys:
            version = max(int(number) for number in keys) + 1
            keys[str(version)] = _new_key()
        return version

    def forget_version(self, purpose: str, version: int) -> None:
        with self._changing(purpose) as keys:
            del keys[str(version)]

    def _refresh(self, purpose: str) -> None:
        """A look at the file's date costs microseconds; it is read again only where it was replaced."""
        path = self._paths[purpose]
        try:
            now = os.stat(path)  # noqa: PTH116  asked for every data key: half the time of Path.stat
        except OSError as problem:
            raise ConfigurationProblem(f"the key file {path} cannot be read: {problem.strerror}.") from None
        stamp = (now.st_ino, now.st_mtime_ns, now.st_size)
        if self._seen.get(purpose) != stamp:
            self._keys[purpose] = _read(path)
            self._seen[purpose] = stamp

    @contextlib.contextmanager
    def _changing(self, purpose: str) -> Iterator[dict[str, dict[str, str]]]:
        """The versions of a file, to change: written whole and on the disk before anything is sealed with them."""
        path = self._paths[purpose]
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with _locked(self._folder):
                content = json.loads(path.read_bytes())
                yield content["keys"]
                try:
                    _write_draft(draft, json.dumps(content, indent=1).encode())
                    draft.replace(path)
                    _sync(self._folder)
                finally:
                    draft.unlink(missing_ok=True)
        except OSError as problem:
            raise ConfigurationProblem(f"the keys cannot be written to {self._folder}: {problem.strerror}.") from None
        self._refresh(purpose)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time changes the key files. The lock is the folder itself and ends with its process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _bound(purpose: str, version: int, aad: bytes) -> bytes:
    return f"{purpose}/{version}/".encode() + aad


def keyring() -> KeyProvider:
    """The keys of this installation: ``HAVEN_KEYS`` if set, else the files of ``$HAVEN_HOME/keys``.

    The first run makes the files. Raises ``ConfigurationProblem`` where data exist but their keys do not, or where a
    key file can be read by others.
    """
    home, source = settings.HAVEN_HOME, os.environ.get("HAVEN_KEYS", "")
    if (home, source) not in _open:
        _open[home, source] = _from_environment(source) if source else _from_files(Path(home))
    return _open[home, source]


_open: dict[tuple[Path | str, str], KeyProvider] = {}


def _from_environment(source: str) -> LocalKeys:
    """``HAVEN_KEYS``: ``{"records": {"1": "<base64 of 32 bytes>"}, …}``, as a secret manager hands it over."""
    try:
        given = json.loads(source)
        now = dt.datetime.now(dt.UTC)
        keys = {p: {int(v): (_decoded(k), now) for v, k in given[p].items()} for p in PURPOSES}
        if not all(keys.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationProblem(
            "HAVEN_KEYS cannot be used: it must be JSON with at least one base64 key of 32 bytes for each of "
            + ", ".join(PURPOSES)
            + "."
        ) from None
    return LocalKeys(keys)


def keys_are_here() -> bool:
    """Whether this installation has all its keys already. Looking makes none."""
    folder = Path(settings.HAVEN_HOME) / "keys"
    return bool(os.environ.get("HAVEN_KEYS")) or all((folder / f"{purpose}.json").exists() for purpose in PURPOSES)


def _from_files(home: Path) -> FileKeys:
    folder = home / "keys"
    missing = [purpose for purpose in PURPOSES if not (folder / f"{purpose}.json").exists()]
    if missing:
        if _holds_data(home):
            raise ConfigurationProblem(
                f"{home} holds data but the keys '{', '.join(missing)}' are not in {folder}; "
                "bring the keys back from where they are kept, nothing was changed."
            )
        _make(folder, missing)
    return FileKeys(folder)


def _holds_data(home: Path) -> bool:
    if any((home / "blobs").glob("*/*")):
        return True
    if any(path.stat().st_size for path in (home / "data").glob("*.sqlite3-wal")):
        return True
    for path in (home / "data").glob("*.sqlite3"):
        try:  # immutable: looking leaves no lock or log file beside the data
            with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as database:
                if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    return True
        except sqlite3.Error:
            return True
    return False


def _make(folder: Path, purposes: list[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for purpose in purposes:
            content = json.dumps({"purpose": purpose, "keys": {"1": _new_key()}}, indent=1)
            _write_once(folder / f"{purpose}.json", content.encode())
    except OSError as problem:
        raise ConfigurationProblem(f"the keys cannot be written to {folder}: {problem.strerror}.") from None


def _new_key() -> dict[str, str]:
    """One version as a key file holds it."""
    made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"made": made, "key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}


def _write_draft(draft: Path, content: bytes) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A rename survives a power cut only once the folder itself is written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_once(path: Path, content: bytes) -> None:
    """A whole file or none, and never over an existing one: two first runs at once agree on the same keys."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write_draft(draft, content)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> dict[int, tuple[bytes, dt.datetime]]:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationProblem(f"{path} can be read by others; run: chmod 600 {path}")
        given = json.loads(path.read_bytes())["keys"]
        keys = {int(v): (_decoded(k["key"]), dt.datetime.fromisoformat(k["made"])) for v, k in given.items()}
        if not keys:
            raise ValueError
    except OSError as problem:
        raise ConfigurationProblem(f"the key file {path} cannot be read: {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationProblem(f"the key file {path} is damaged; bring it back from its copy.") from None
    return keys


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(key) != KEY_BYTES:
        raise ValueError
    return key
