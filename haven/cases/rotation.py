"""A new key-encryption key, and every data key under it, while the system runs.

Nothing is decrypted but data keys, and no value is written. A rotation that was stopped anywhere goes on where it was:
what is left to do is seen from the data keys themselves, so there is no state of its own that could be wrong.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from extract.errors import ConfigurationProblem, UsageProblem
from haven import crypto
from haven.audit import log
from haven.cases.envelopes import holders
from haven.keys import PURPOSES, WRAPPING, RotatingKeys, keyring

WAIT = dt.timedelta(hours=1)
"""How long a superseded version stays at least: longer than any transaction that could still commit under it."""
MOST_PASSES = 20

Advance = Callable[[str, int, int], None]
"""Called at each commit with (holder, done, to do)."""


@dataclass
class Rotation:
    """What was rewrapped of one purpose, and what did not open."""

    purpose: str
    version: int
    rewrapped: int = 0
    unopened: set[Any] = field(default_factory=set)


def usage(purpose: str) -> Counter[int]:
    """How many data keys each version of the key wraps."""
    return sum((holder.versions() for holder in holders(purpose)), Counter())


def begin(purposes: list[str], *, actor: str) -> tuple[list[str], bool]:
    """(what is to be rewrapped now, whether an earlier rotation is finished with it).

    New versions are made of every purpose, unless some still have data keys under an older one: those come first.
    Raises ``ConfigurationProblem`` where keys cannot be made here, ``AuditUnavailable`` where the log cannot be
    written: then no version was made.
    """
    for purpose in purposes:
        check_purpose(purpose)
    if unfinished := [purpose for purpose in purposes if _is_unfinished(purpose)]:
        return unfinished, True
    for purpose in purposes:
        _new_version(purpose, actor)
    return purposes, False


def rewrap(purpose: str, *, actor: str, advance: Advance | None = None) -> Rotation:
    """Put every data key of ``purpose`` under its newest version.

    Raises ``ConfigurationProblem`` where some do not open; all others are done then.
    """
    rotation = Rotation(purpose, crypto.newest_version(purpose))
    for _ in range(MOST_PASSES):
        if not _one_pass(rotation, advance):
            break
    if rotation.unopened:
        raise ConfigurationProblem(
            f"{len(rotation.unopened)} data keys for {PURPOSES[purpose]} do not open with the keys here; they were "
            f"left as they are, {rotation.rewrapped} others are under version {rotation.version} now."
        )
    log.append(
        "keys.rotated",
        actor=actor,
        detail={"purpose": purpose, "key_version": rotation.version, "count": rotation.rewrapped},
    )
    return rotation


def retire(version: int, purposes: list[str], *, actor: str) -> list[str]:
    """Remove a version for good, of every purpose or of none, once nothing is sealed under it. Returns the purposes.

    Raises ``UsageProblem`` with the reason why it stays.
    """
    for purpose in purposes:
        check_purpose(purpose)
    having = [purpose for purpose in purposes if version in keyring().versions(purpose)]
    if not having:
        raise UsageProblem(f"there is no version {version} of the keys for {', '.join(purposes)}.")
    for purpose in having:
        _check_unused(version, purpose)
    keys = _rotating()
    for purpose in having:
        log.append("keys.retired", actor=actor, detail={"purpose": purpose, "key_version": version})
        keys.forget_version(purpose, version)
    return having


def check_purpose(purpose: str) -> None:
    """Raises ``UsageProblem`` for a key that wraps nothing."""
    if purpose not in WRAPPING:
        raise UsageProblem(f"the key '{purpose}' cannot be rotated; these can: {', '.join(WRAPPING)}.")


def _check_unused(version: int, purpose: str) -> None:
    versions = keyring().versions(purpose)
    newer = [number for number in versions if number > version]
    if not newer:
        raise UsageProblem(
            f"version {version} is the newest key for {PURPOSES[purpose]}; make another first: haven keys rotate"
        )
    until = versions[min(newer)] + WAIT
    if until > dt.datetime.now(dt.UTC):
        raise UsageProblem(
            f"version {version} of the key for {PURPOSES[purpose]} stays until {until:%Y-%m-%d %H:%M} UTC: what was "
            "begun before the rotation may still be saved under it."
        )
    if used := usage(purpose)[version]:
        raise UsageProblem(
            f"{used} data keys for {PURPOSES[purpose]} are still under version {version}; run: haven keys rotate "
            f"--purpose {purpose}"
        )


def _is_unfinished(purpose: str) -> bool:
    newest = crypto.newest_version(purpose)
    return any(version != newest for version in usage(purpose))


def _new_version(purpose: str, actor: str) -> None:
    keys = _rotating()
    detail = {"purpose": purpose, "key_version": crypto.newest_version(purpose) + 1}
    log.append("keys.version", actor=actor, detail=detail)
    keys.add_version(purpose)


def _rotating() -> RotatingKeys:
    keys = keyring()
    if not isinstance(keys, RotatingKeys):
        raise ConfigurationProblem(
            "the keys are kept outside of this installation (HAVEN_KEYS): make or remove the version there, "
            "start every process anew, and run this again."
        )
    return keys


def _one_pass(rotation: Rotation, advance: Advance | None) -> int:
    """Returns how many data keys were found outdated; officers who save meanwhile are the reason for another pass."""
    found = 0
    for holder in holders(rotation.purpose):
        versions = holder.versions()
        todo, done = versions.total() - versions[rotation.version], 0
        if advance:
            advance(holder.name, 0, todo)
        for count in holder.rewrap(rotation.version, rotation.unopened):
            done += count
            if advance:
                advance(holder.name, done, todo)
        rotation.rewrapped += done
        found += todo
    return found - len(rotation.unopened)
