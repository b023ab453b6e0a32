"""Uploads and page images: sealed files with random names, written whole or not at all.

Everything of one packet lies in one folder named by the packet's id, so what an interrupted intake left is one folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from django.conf import settings

from extract.errors import OutputFailed
from haven import crypto

DRAFT, REWRAPPED = ".part", ".rewrap"
"""What is being written: a draft of an interrupted run is overwritten by the next one, or goes with its packet."""
HEAD = 512
"""Bytes that surely hold the wrapped data key at the start of a blob."""
SYNCS = 16
"""Files that wait for the disk at the same time: it takes them in one go, and hardly longer than for one."""


class BlobStore(Protocol):
    """Where blobs lie. An object store fills the same three verbs."""

    def put(self, packet: uuid.UUID, content: bytes) -> uuid.UUID:
        """Seal and keep ``content``; returns its random id. Raises ``OutputFailed``."""

    def put_all(self, contents: Iterable[tuple[uuid.UUID, bytes]]) -> list[uuid.UUID]:
        """``put`` for many (packet, content), asked for one after the other: on the disk when this returns."""

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
        return self.put_all([(packet, content)])[0]

    def put_all(self, contents: Iterable[tuple[uuid.UUID, bytes]]) -> list[uuid.UUID]:
        return self._write_all(self._sealed_each(contents))

    def _sealed_each(self, contents: Iterable[tuple[uuid.UUID, bytes]]) -> Iterator[tuple[uuid.UUID, uuid.UUID, bytes]]:
        for packet, content in contents:
            blob = uuid.uuid4()
            yield packet, blob, crypto.seal_alone("blobs", content, self._where(packet, blob))

    def put_sealed(self, packet: uuid.UUID, blob: uuid.UUID, sealed: bytes) -> None:
        self._write_all([(packet, blob, sealed)])

    def _write_all(self, sealed_each: Iterable[tuple[uuid.UUID, uuid.UUID, bytes]]) -> list[uuid.UUID]:
        targets: list[Path] = []
        try:
            for packet, blob, sealed in sealed_each:
                targets.append(self._path(packet, blob))
                _draft(targets[-1], sealed)
            _settle(targets)
        except OSError as problem:
            for target in targets:
                with contextlib.suppress(OSError):
                    target.with_suffix(DRAFT).unlink(missing_ok=True)
            raise OutputFailed(f"{self.folder} cannot be written: {problem.strerror}; nothing was lost.") from None
        return [uuid.UUID(target.name) for target in targets]

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


def _draft(target: Path, content: bytes) -> None:
    with contextlib.suppress(FileExistsError):
        target.parent.mkdir(parents=True, mode=0o700)
    with os.fdopen(os.open(target.with_suffix(DRAFT), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _settle(targets: list[Path]) -> None:
    """Gives drafts their names once they are on the disk, and returns once the names are too."""
    _sync_all([target.with_suffix(DRAFT) for target in targets])
    for target in targets:
        target.with_suffix(DRAFT).rename(target)
    _sync_all(list(dict.fromkeys(target.parent for target in targets)))


def _sync_all(paths: list[Path]) -> None:
    if len(paths) < 2:
        for path in paths:
            _sync(path)
        return
    with ThreadPoolExecutor(min(SYNCS, len(paths))) as together:
        list(together.map(_sync, paths))


def _write_whole(draft: Path, target: Path, content: bytes) -> None:
    """``target`` has all of ``content`` or stays as it was, over a power cut too."""
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        _sync(target.parent)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    """Waits until a file is on the disk; a rename survives a power cut only once its folder is too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blobs() -> BlobStore:
    return FolderBlobs(Path(settings.HAVEN_HOME) / "blobs")
