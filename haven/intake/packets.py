"""One packet into the store, whatever happens around it."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.db.models import F
from django.db.utils import OperationalError

from extract.errors import ConfigurationProblem, IntakeError, OutputFailed, ToolMissing
from haven.accounts.models import User
from haven.audit import log
from haven.cases import index, models
from haven.cases.storing import SYSTEM, receive, store_extraction
from haven.cases.vocabulary import PacketState
from haven.intake.claim import claimed
from haven.store import writing

if TYPE_CHECKING:
    from extract.packet import Packet
    from extract.pipeline import Extraction

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a packet. ``name`` is shown to who brought it and goes nowhere else."""

    name: str
    state: Literal["stored", "known", "failed", "busy"]
    row: models.Packet


def take_in(packet: Packet, read: Callable[[], Extraction], *, office: str, user: User | None = None) -> Outcome:
    """Store what ``read()`` gives of a packet as a case, once: the same bytes again are known, and not read.

    A packet that breaks the reader is kept as failed and the batch goes on. Raises ``OutputFailed`` for a disk that
    takes no more, ``ToolMissing`` and ``ConfigurationProblem``: nothing after it would do better.
    """
    mac = index.content_mac(*map(digest, packet.paths))
    with writing(), claimed(mac) as mine:
        row = receive(mac, name=packet.id, office=office, user=user)
        if row.state == PacketState.DONE:
            return Outcome(packet.id, "known", row)
        if not mine:
            return Outcome(packet.id, "busy", row)
        models.Packet.objects.filter(pk=row.pk).update(state=PacketState.READING, attempts=F("attempts") + 1)
        row.refresh_from_db()
        try:
            store_extraction(read(), packet=row, user=user)
        except (OutputFailed, ToolMissing, ConfigurationProblem, OperationalError):
            raise
        except Exception as problem:
            return _failed(row, packet.id, problem)
        return Outcome(packet.id, "stored", row)


def is_new(packet: Packet) -> bool:
    """Whether the packet must be read: its bytes are not those of a case."""
    mac = index.content_mac(*map(digest, packet.paths))
    return not models.Packet.objects.filter(content_mac=mac, state=PacketState.DONE).exists()


def _failed(row: models.Packet, name: str, problem: Exception) -> Outcome:
    code = problem.code if isinstance(problem, IntakeError) else type(problem).__name__
    logger.error("packet %s failed: %s", row.pk, code, exc_info=problem)
    models.Packet.objects.filter(pk=row.pk).update(state=PacketState.FAILED, error=code[:40])
    row.refresh_from_db()
    log.append("packet.failed", actor=SYSTEM, subject=str(row.pk), detail={"reason": code[:40]})
    return Outcome(name, "failed", row)


def digest(path: Path) -> str:
    """sha256 of a file's bytes. What is no readable file (a link out, a socket) is known by its path instead."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass  # the reader says why, as a refused row of the page account
    return "unread-" + hashlib.sha256(os.fsencode(path.absolute())).hexdigest()
