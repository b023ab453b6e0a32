"""Where packages lie for the channel to the recipient: ``$HAVEN_HOME/outbox``, each in a folder with a random name.

A package is made and inspected in a hidden folder beside it and appears under its name in one step, or never.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from extract.errors import OutputFailed

LEFT_BEHIND = 60 * 60
"""Seconds after which a hidden folder belongs to a process that died: making a package takes a few."""


def folder() -> Path:
    return Path(settings.HAVEN_HOME) / "outbox"


@contextmanager
def staging() -> Iterator[Path]:
    """A new empty folder, gone at the end unless ``publish`` moved it. Raises ``OutputFailed``."""
    place = folder() / f".{uuid.uuid4().hex}"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep()
        place.mkdir(mode=0o700)
    except OSError as problem:
        raise OutputFailed(f"the outbox cannot be written: {problem.strerror}; nothing was sent.") from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sweep() -> None:
    """Throws away what a killed process left: nobody inspected it."""
    for left in folder().glob(".*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)


def publish(staged: Path, name: str) -> Path:
    """Makes a staged package appear. Raises ``OutputFailed``; then it did not."""
    target = folder() / name
    try:
        staged.rename(target)
        handle = os.open(folder(), os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as problem:
        raise OutputFailed(f"the outbox cannot be written: {problem.strerror}; nothing was sent.") from None
    return target


def withdraw(name: str) -> None:
    """Takes a package back that must not have appeared."""
    shutil.rmtree(folder() / name, ignore_errors=True)


def destroy(name: str) -> None:
    """Deletes a released package that is disposed of; gone already is gone. Raises ``OutputFailed``."""
    try:
        shutil.rmtree(folder() / name)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise OutputFailed(
            f"a package in the outbox cannot be deleted: {problem.strerror}; make it writable and run this again."
        ) from None
