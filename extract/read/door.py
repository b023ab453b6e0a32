"""The door: which files make up which packet.

A file is a packet. A folder holds packets: each file and each direct subfolder in it is one; the files of a subfolder,
however deep, are that packet's files. Nothing is left out: what cannot be taken (a link out of the folder, a socket)
stays among the packet's paths, and ``read_file`` answers it with a refused row.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from extract.errors import UsageProblem
from extract.packet import Packet

DIGITS = re.compile(r"(\d+)")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def open_packets(paths: Sequence[Path], *, whole_folder_as_packet: bool = False) -> Iterator[Packet]:
    """The packets in ``paths``, in the order given and inside a folder by name (2 before 10).

    Every path is checked before the first packet comes: raises ``UsageProblem`` for one that does not exist or a
    folder that cannot be opened or holds nothing. ``Packet.id`` is the file's stem or the folder's name, with ``-2``,
    ``-3`` ... where that is taken.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageProblem(f"There is no file or folder '{printable(str(path))}'.")
        if path.is_dir():
            try:
                filled = any(path.iterdir())
            except OSError as problem:
                raise UsageProblem(
                    f"The folder '{printable(str(path))}' cannot be opened: {problem.strerror}."
                ) from problem
            if not filled:
                raise UsageProblem(f"The folder '{printable(str(path))}' is empty.")
    return _packets(paths, whole_folder_as_packet)


def _packets(paths: Sequence[Path], whole_folder_as_packet: bool) -> Iterator[Packet]:
    taken: set[str] = set()
    for given in paths:
        # a link named by the user is meant: what it leads to is read; links met inside a folder are another matter
        path = given.resolve() if given.is_symlink() and given.exists() else given
        name = (Path.cwd() / given).name or "packet"
        if not path.is_dir():
            yield Packet(_own_id(Path(name).stem, taken), (path,))
        elif whole_folder_as_packet:
            yield Packet(_own_id(name, taken), tuple(_files_below(path, path)) or (path,))
        else:
            for child in _sorted(path):
                if child.is_dir() and not child.is_symlink():
                    # an empty folder stands for itself, so that the page account has a row for it
                    yield Packet(_own_id(child.name, taken), tuple(_files_below(child, path)) or (child,))
                else:
                    yield Packet(_own_id(child.stem, taken), (_link_inside(child, path),))


def _files_below(folder: Path, root: Path) -> Iterator[Path]:
    """Every file below ``folder``; a folder that cannot be opened stands for itself. Deep trees are no trouble."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if path.is_symlink() or not path.is_dir():
            yield _link_inside(path, root)
            continue
        try:
            waiting.extend(reversed(_sorted(path)))
        except OSError:
            yield path


def _link_inside(path: Path, root: Path) -> Path:
    """What a link leads to if that is a file of the same folder; every other path as it is."""
    if not path.is_symlink():
        return path
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return path
    return target if target.is_file() and target.is_relative_to(root.resolve()) else path


def _sorted(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: natural(path.name))


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key by which ``page 2`` comes before ``page 10``."""
    return [
        (0, int(part), part) if part.isdecimal() else (1, 0, part.casefold()) for part in DIGITS.split(name) if part
    ]


def printable(name: str) -> str:
    """A file name that can be printed on one line and written as UTF-8."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", os.fsencode(name).decode("utf-8", "replace"))


def _own_id(name: str, taken: set[str]) -> str:
    wanted = CONTROLS.sub("_", printable(name)).replace("\N{REPLACEMENT CHARACTER}", "_") or "packet"
    own, number = wanted, 1
    while own in taken:
        number += 1
        own = f"{wanted}-{number}"
    taken.add(own)
    return own
