"""The file of a backup: a tar in sealed blocks, so that it is made and read as a stream of any length.

    HAVENBK1 | length of the head (4) | head (JSON: id, wrapped data key, format)
    then blocks: length (4) | AES-256-GCM of at most 1 MiB of the tar

A block's nonce is its number, under a data key that no other file has; the last one is marked in its associated data,
so a cut-off, exchanged or repeated block does not open (the STREAM construction). The data key is wrapped by the key
of the case store. What lies inside stays sealed by its own keys as well.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import json
import os
import struct
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from extract.errors import FileRefused, OutputFailed, UsageProblem
from haven import crypto
from haven.keys import WrongKey

MAGIC = b"HAVENBK1"
BLOCK = 1 << 20
SEALED_BLOCK = BLOCK + 16
LONGEST_HEAD = 4096
MANIFEST = "manifest.json"
_LENGTH = struct.Struct(">I")


class BackupDamaged(FileRefused):
    """The file is no backup, was cut short or was changed."""

    code = "backup_damaged"


class _Sealing(io.RawIOBase):
    """Takes the tar, writes sealed blocks."""

    def __init__(self, file: BinaryIO, data_key: bytes, bound: bytes) -> None:
        self._file, self._cipher, self._bound = file, AESGCM(data_key), bound
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        given = bytes(content)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > BLOCK:  # one block is always kept back: it could be the last
            self._write(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]
        return len(given)

    def finish(self) -> None:
        self._write(bytes(self._waiting), last=True)

    def _write(self, content: bytes, *, last: bool) -> None:
        block = self._cipher.encrypt(_nonce(self._number), content, self._bound + bytes([last]))
        self._file.write(_LENGTH.pack(len(block)) + block)
        self._number += 1


class _Opening(io.RawIOBase):
    """Reads sealed blocks, gives the tar. Raises ``BackupDamaged``."""

    def __init__(self, file: BinaryIO, data_key: bytes, bound: bytes) -> None:
        self._blocks = self._open(file, AESGCM(data_key), bound)
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        if not self._waiting:
            self._waiting = memoryview(next(self._blocks, b""))
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    @staticmethod
    def _open(file: BinaryIO, cipher: AESGCM, bound: bytes) -> Iterator[bytes]:
        number, head = 0, file.read(_LENGTH.size)
        while head:
            length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else SEALED_BLOCK + 1
            block = file.read(length) if length <= SEALED_BLOCK else b""
            head = file.read(_LENGTH.size)
            try:
                yield cipher.decrypt(_nonce(number), block, bound + bytes([not head]))
            except (InvalidTag, ValueError):
                raise BackupDamaged("the backup is damaged or not complete; nothing was restored.") from None
            number += 1
        if not number:
            raise BackupDamaged("the backup is damaged or not complete; nothing was restored.")


class Writer:
    """The parts of a backup, each hashed; ``close`` ends it with the manifest of all hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        self._put(name, content)

    def close(self) -> None:
        self._put(MANIFEST, json.dumps(self._hashes).encode())

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A backup that appears under its name once it is whole and on the disk, or never.

    Raises ``UsageProblem`` for a name that is taken, ``OutputFailed`` for a disk that takes no more.
    """
    if path.exists():
        raise UsageProblem(f"{path} exists; a backup is never written over another file.")
    draft = path.with_name(f".{path.name}.part")  # of an interrupted backup: written over by the next
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
    except BlockingIOError:
        os.close(handle)
        raise UsageProblem(f"another backup to {path} is under way.") from None
    except OSError as problem:
        raise OutputFailed(f"{path} cannot be written: {problem.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            sealing = _Sealing(file, *_write_head(file))
            with tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar)
                yield writer
                writer.close()
            sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename this never replaces what came to lie there meanwhile
    except FileExistsError:
        raise UsageProblem(f"{path} exists; a backup is never written over another file.") from None
    except OSError as problem:
        raise OutputFailed(f"{path} cannot be written: {problem.strerror}; no backup was made.") from None
    finally:
        draft.unlink(missing_ok=True)


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every part in the order of writing, each authenticated; the manifest is checked at the end.

    Raises ``BackupDamaged``, ``UsageProblem`` where the file or the key to it is not there.
    """
    try:
        with path.open("rb") as file:
            yield from _members(file)
    except tarfile.TarError:
        raise BackupDamaged("the backup is damaged or not complete; nothing was restored.") from None
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}.") from None


def _members(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    hashes: dict[str, str] = {}
    manifest: dict[str, str] | None = None
    opening = io.BufferedReader(_Opening(file, *_read_head(file)), BLOCK)
    with tarfile.open(fileobj=opening, mode="r|") as tar:
        for member in tar:
            opened = tar.extractfile(member)
            content = opened.read() if opened else b""
            if member.name == MANIFEST:
                manifest = json.loads(content)
                break
            hashes[member.name] = hashlib.sha256(content).hexdigest()
            yield member.name, content
        while opening.read(BLOCK):  # to the mark of the last block
            pass
    if manifest != hashes:
        raise BackupDamaged("the backup does not hold what its manifest names; nothing was restored.")


def _write_head(file: BinaryIO) -> tuple[bytes, bytes]:
    """(data key, what every block is bound to)."""
    name = str(uuid.uuid4())
    data_key, envelope = crypto.new_data_key("records", crypto.place("backup", name))
    head = json.dumps({"id": name, "key": base64.b64encode(envelope).decode(), "format": 1}).encode()
    file.write(MAGIC + _LENGTH.pack(len(head)) + head)
    return data_key, head


def _read_head(file: BinaryIO) -> tuple[bytes, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupDamaged("the file is no backup of haven-intake.")
    length = _LENGTH.unpack(file.read(_LENGTH.size).ljust(_LENGTH.size, b"\xff"))[0]
    head = file.read(length) if length <= LONGEST_HEAD else b""
    try:
        given = json.loads(head)
        place, envelope = crypto.place("backup", given["id"]), base64.b64decode(given["key"], validate=True)
        crypto.key_version(envelope)
    except (ValueError, KeyError, TypeError, AttributeError, WrongKey):
        raise BackupDamaged("the backup is damaged or not complete; nothing was restored.") from None
    try:
        return crypto.open_data_key("records", envelope, place), head
    except WrongKey:
        raise UsageProblem(
            "the keys here are not those that the backup was sealed with, or its head was changed; "
            "bring the keys of its time back first, nothing was restored."
        ) from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
