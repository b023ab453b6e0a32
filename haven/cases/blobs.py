"""Uploads and page images: sealed files with random names, written whole or not at all.

Everything of one packet lies in one folder named by the packet's id, so what an interrupted intake left is one folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from typing import Protocol

from django.conf import settings

from extract.errors import OutputFailed
from haven import crypto


class BlobStore(Protocol):
    """Where blobs lie. An object store fills the same three verbs."""

    def put(self, packet: uuid.UUID, content: bytes) -> uuid.UUID:
        """Seal and keep ``content``; returns its random id. Raises ``OutputFailed``."""

    def get(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        """Raises ``FileNotFoundError``, or ``haven.keys.WrongKey`` where the blob was changed or moved."""

    def discard(self, packet: uuid.UUID) -> None:
        """Forget everything of a packet."""


class FolderBlobs:
    """``folder/<packet id>/<blob id>``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, packet: uuid.UUID, content: bytes) -> uuid.UUID:
        blob = uuid.uuid4()
        sealed = crypto.seal_alone("blobs", content, self._where(packet, blob))
        target = self.folder / str(packet) / str(blob)
        draft = target.with_suffix(".part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.touch(mode=0o600, exist_ok=False)
            with draft.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(target)
            _sync_folder(target.parent)
        except OSError as problem:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise OutputFailed(f"{self.folder} cannot be written: {problem.strerror}; nothing was lost.") from None
        return blob

    def get(self, packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        sealed = (self.folder / str(packet) / str(blob)).read_bytes()
        return crypto.unseal_alone("blobs", sealed, self._where(packet, blob))

    def discard(self, packet: uuid.UUID) -> None:
        shutil.rmtree(self.folder / str(packet), ignore_errors=True)

    @staticmethod
    def _where(packet: uuid.UUID, blob: uuid.UUID) -> bytes:
        return crypto.place("blob", str(packet), str(blob))


def _sync_folder(folder: Path) -> None:
    """A rename survives a power cut only once the folder itself is written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blobs() -> BlobStore:
    return FolderBlobs(Path(settings.HAVEN_HOME) / "blobs")
