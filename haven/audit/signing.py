"""Checkpoints while the service runs: ``python -m haven.audit.signing SECONDS``, started by ``haven serve``.

It is a process of its own beside the server, holds no port, and ends with the server: its standard input is a pipe
whose other end the server and all its workers hold. When the last of them is gone, however it ended, it signs what they
left.
"""

from __future__ import annotations

import fcntl
import logging
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connections

from extract.errors import IntakeError, OutputFailed
from haven.audit import checkpoints
from haven.audit.checkpoints import Checkpoint

ACTOR = "system:checkpoint"
logger = logging.getLogger("haven.audit")


def usual_file() -> Path:
    """Where checkpoints go if nobody says otherwise: ``HAVEN_CHECKPOINTS``, or a file below ``HAVEN_HOME``."""
    return settings.CHECKPOINTS or Path(settings.HAVEN_HOME) / "checkpoints" / "checkpoints.jsonl"


def kept_here() -> list[Checkpoint]:
    """The checkpoints of the usual file and of others beside it below ``HAVEN_HOME``; none where there is none."""
    place = settings.CHECKPOINTS or usual_file().parent
    return checkpoints.read(place) if place.exists() else []


def sign_newest(path: Path, *, actor: str) -> Checkpoint:
    """Adds a row that says so, signs it, and adds the checkpoint to ``path``, whole or not at all.

    Raises ``AuditUnavailable``, and ``OutputFailed`` for the file.
    """
    from haven.audit import log

    row = log.append("audit.checkpoint", actor=actor)
    signed = checkpoints.sign(row.sequence, row.hash, row.at)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            line = checkpoints.as_line(signed).encode() + b"\n"
            try:
                if file.write(line) != len(line):
                    raise OSError(None, "the disk is full")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # half a line would spoil the whole file
                raise
    except OSError as problem:
        raise OutputFailed(f"The checkpoint could not be written to {path}: {problem.strerror}.") from None
    return signed


def start_beside_server() -> None:
    """To be called by the process that becomes the server: it must be the only one that holds the pipe."""
    if not settings.CHECKPOINT_MINUTES:
        return
    other_end, own_end = os.pipe()
    os.set_inheritable(own_end, True)
    seconds = str(settings.CHECKPOINT_MINUTES * 60)
    command = [sys.executable, "-m", "haven.audit.signing", seconds]
    subprocess.Popen(command, stdin=other_end, start_new_session=True)  # Ctrl-C is for the server
    os.close(other_end)


def sign_until_closed(server: int, seconds: float) -> None:
    """Signs every so many ``seconds`` where the log has grown, and once more when nobody holds ``server`` any more."""
    closed: list[int] = []
    unsigned = False  # the row of a checkpoint that could not be kept is the newest, and says nothing of growth
    while not closed:
        closed = select.select([server], [], [], seconds)[0]
        try:
            if unsigned or _has_grown():
                unsigned = True
                sign_newest(usual_file(), actor=ACTOR)
                unsigned = False
        except IntakeError as problem:  # the next may succeed; pages say themselves when the log cannot be written
            logger.error("No checkpoint was made: %s", type(problem).__name__)
            print(f"haven: {problem}", file=sys.stderr, flush=True)
        finally:
            connections.close_all()


def _has_grown() -> bool:
    """Whether the newest row is anything but the last checkpoint's own."""
    from django.db import DatabaseError

    from haven.audit.errors import AuditUnavailable
    from haven.audit.models import AuditRow

    try:
        newest = AuditRow.objects.using("audit").order_by("-sequence").first()
    except DatabaseError:
        raise AuditUnavailable("The log cannot be read from its database.") from None
    return newest is not None and newest.event != "audit.checkpoint"


if __name__ == "__main__":
    # whoever stops all processes at once stops the server too, and its end is what counts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    django.setup()
    sign_until_closed(sys.stdin.fileno(), float(sys.argv[1]))
