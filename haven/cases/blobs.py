"""Uploads and page images: sealed files with random names, written whole or not at all.

Everything of one packet lies in one folder named by the packet's id, so what an interrupted intake left is one folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.conf import settings

from extract.errors import OutputFailed
from haven import crypto

DRAFT, REWRAPPED = ".part", ".rewrap"
"""What is being written: a draft of an interrupted run is overwritten by the next one, or goes with its packet."""
HEAD = 512
"""Bytes that surely hold the wrapped data key at the start of a blob."""


class BlobStore(Protocol):
    """Where blobs lie. An object store fills the same three verbs."""

    def put(self, packet: uuid.UUID, content: bytes) -> uuid.UUID:
        """Seal and keep ``content``; returns its random id. Raises ``OutputFailed``."""

    def get(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        """Raises ``FileNotFoundError``, or ``haven.keys.WrongKey`` where the blob was changed or moved."""

    def discard(self, packet: uuid.UUID) -> None:
        """Forget everything of a packet."""

    def shred(self, packet: uuid.UUID) -> None:
        """Destroy the data key of every blob of a packet, then forget them. Raises ``OutputFailed``."""

    def each(self) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
        """(packet, blob) of all that is kept, in any order."""

    def envelope(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        """The wrapped data key of a blob, for rotation. Raises ``FileNotFoundError``."""

    def rewrap(self, packet: uuid.UUID, blob: uuid.UUID) -> None:
        """Put the data key under the newest key; the content stays as sealed as it is. Raises as ``get``."""

    def sealed(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        """A blob as it lies there, for a backup. Raises ``FileNotFoundError``."""

    def put_sealed(self, packet: uuid.UUID, blob: uuid.UUID, sealed: bytes) -> None:
        """Undo ``sealed``. Raises ``OutputFailed``."""


class FolderBlobs:
    """``folder/<packet id>/<blob id>``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, packet: uuid.UUID, content: bytes) -> uuid.UUID:
        blob = uuid.uuid4()
        self.put_sealed(packet, blob, crypto.seal_alone("blobs", content, self._where(packet, blob)))
        return blob

    def put_sealed(self, packet: uuid.UUID, blob: uuid.UUID, sealed: bytes) -> None:
        target = self._path(packet, blob)
        draft = target.with_suffix(DRAFT)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_whole(draft, target, sealed)
        except OSError as problem:
            raise OutputFailed(f"{self.folder} cannot be written: {problem.strerror}; nothing was lost.") from None

    def get(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        return crypto.unseal_alone("blobs", self.sealed(packet, blob), self._where(packet, blob))

    def sealed(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        return self._path(packet, blob).read_bytes()

    def each(self) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(ValueError):  # a draft is no blob yet
                yield uuid.UUID(path.parent.name), uuid.UUID(path.name)

    def envelope(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        with self._path(packet, blob).open("rb") as file:
            return crypto.split_alone(file.read(HEAD))[0]

    def rewrap(self, packet: uuid.UUID, blob: uuid.UUID) -> None:
        target = self._path(packet, blob)
        envelope, content = crypto.split_alone(target.read_bytes())
        fresh = crypto.rewrapped("blobs", envelope, self._where(packet, blob))
        try:
            _write_whole(target.with_suffix(REWRAPPED), target, crypto.join_alone(fresh, content))
        except FileNotFoundError:
            raise  # the packet was discarded meanwhile
        except OSError as problem:
            raise OutputFailed(f"{self.folder} cannot be written: {problem.strerror}; nothing was lost.") from None

    def discard(self, packet: uuid.UUID) -> None:
        shutil.rmtree(self.folder / str(packet), ignore_errors=True)

    def shred(self, packet: uuid.UUID) -> None:
        try:
            for path in sorted((self.folder / str(packet)).glob("*")):
                with path.open("r+b") as file:  # in place: a file that is only removed leaves its first block behind
                    file.write(bytes(min(HEAD, path.stat().st_size)))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
        except OSError as problem:
            raise OutputFailed(f"{self.folder} cannot be written: {problem.strerror}; run it again.") from None
        self.discard(packet)

    def _path(self, packet: uuid.UUID, blob: uuid.UUID) -> Path:
        return self.folder / str(packet) / str(blob)

    @staticmethod
    def _where(packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        return crypto.place("blob", str(packet), str(blob))


def _write_whole(draft: Path, target: Path, content: bytes) -> None:
    """``target`` has all of ``content`` or stays as it was, over a power cut too."""
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        _sync_folder(target.parent)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """A rename survives a power cut only once the folder itself is written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blobs() -> BlobStore:
    return FolderBlobs(Path(settings.HAVEN_HOME) / "blobs")
