"""One packet, one reader. A claim ends with its process, however that ends: a killed intake blocks nobody.

A byte of one lock file stands for each packet. A queue over several machines will put a table of leases here.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from extract.errors import OutputFailed


@contextmanager
def claimed(content_mac: str) -> Iterator[bool]:
    """Whether this process may read the packet: False while another one does. Raises ``OutputFailed``."""
    path = Path(settings.HAVEN_HOME) / "data" / "intake.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = path.open("ab")
    except OSError as problem:
        raise OutputFailed(f"{path.parent} cannot be written: {problem.strerror}.") from None
    with lock:
        byte = int(content_mac[:15], 16)
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except BlockingIOError:
            yield False
            return
        yield True
        fcntl.lockf(lock, fcntl.LOCK_UN, 1, byte)
