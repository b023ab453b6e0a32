"""Many packets at once: processes that read one each at a time, and what they read in the order of the packets.

A process that dies takes only the packet in its hands with it, and which one that was is known, for each has a pipe of
its own. (``concurrent.futures`` fails every packet of a pool that loses a process, and cannot stop one that is busy.)
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from extract import cores
from extract.errors import IntakeError, ReadingFailed

if TYPE_CHECKING:
    from extract.packet import Packet
    from extract.pipeline import Extraction

AHEAD = 2
"""Items for each process that may be read beyond the one that is waited for: more would only fill the memory."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What libraries look up, when they are loaded, for how many threads they may start."""

Item = TypeVar("Item")
Result = TypeVar("Result")
_spawned = multiprocessing.get_context("spawn")


class Readings(Generic[Item, Result]):
    """What ``prepare()`` makes of each item, in processes of their own: ``take(0)``, ``take(1)``, … wait for it.

    ``prepare`` is called once in each process, before its first item, and gives the function that reads. It, the items
    and the results are pickled. ``jobs``: processes at most, by default one for each usable core; the cores are shared
    out among them. ``wanted`` says, when an item's turn comes, whether to read it before it is asked for.
    """

    def __init__(
        self,
        items: Sequence[Item],
        prepare: Callable[[], Callable[[Item], Result]],
        *,
        jobs: int | None = None,
        wanted: Callable[[Item], bool] = lambda item: True,
    ) -> None:
        self._items, self._prepare, self._wanted = items, prepare, wanted
        self.jobs = max(1, min(jobs or cores.usable(), len(items)))
        self._workers: list[_Worker] = []
        self._next = 0
        self._passed: set[int] = set()
        self._done: dict[int, Result | IntakeError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        for worker in self._workers:
            worker.end()

    def take(self, number: int) -> Result:
        """What was read of one item. They are taken in order, each at most once; those left out are forgotten.

        Raises ``ReadingFailed`` where the reading broke, or its process was killed: the others are not touched by it.
        Raises what ``prepare`` or the reader raise as ``IntakeError``.
        """
        self._done = {at: result for at, result in self._done.items() if at >= number}
        self._hand_out(number)
        while number not in self._done:
            busy = {worker.pipe: worker for worker in self._workers if worker.number is not None}
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]
                at, result = worker.result()
                self._done[at] = result
            self._hand_out(number)
        result = self._done.pop(number)
        self._hand_out(number + 1)  # the processes stay busy while the caller writes
        if isinstance(result, IntakeError):
            raise result
        return result

    def _hand_out(self, number: int) -> None:
        self._workers = [worker for worker in self._workers if worker.number is not None or worker.is_alive()]
        for place in range(self.jobs):
            if place < len(self._workers) and self._workers[place].number is not None:
                continue
            following = self._following(number)
            if following is None:
                return
            if place == len(self._workers):
                self._workers.append(_Worker(self._prepare, max(1, cores.usable() // self.jobs)))
            self._workers[place].give(following, self._items[following])

    def _following(self, number: int) -> int | None:
        """The next item to read while ``number`` is waited for."""
        if number in self._passed:
            self._passed.discard(number)
            return number
        while self._next < min(len(self._items), number + AHEAD * self.jobs):
            self._next += 1
            if self._wanted(self._items[self._next - 1]):
                return self._next - 1
            self._passed.add(self._next - 1)
            if number == self._next - 1:
                return self._following(number)
        return None


def reader(model: str | None = None) -> Callable[[Packet], Extraction]:
    """``extract_packet`` with a narrative pipeline loaded once; ``model`` as in ``extract.narrative.load``."""
    from extract.narrative import load
    from extract.pipeline import extract_packet

    narrative = load(model)
    return lambda packet: extract_packet(packet, narrative)


class _Worker:
    """A process that reads, and the item in its hands: ``number``, None while it is idle."""

    def __init__(self, prepare: Callable[[], Callable[[Any], Any]], share: int) -> None:
        self.pipe, far_end = _spawned.Pipe()
        self.number: int | None = None
        self._process = _spawned.Process(target=_work, args=(far_end, share), daemon=True)
        with _held(signal.SIGINT):
            self._process.start()
        far_end.close()
        self._send(prepare)

    def give(self, number: int, item: object) -> None:
        self.number = number
        self._send(item)

    def _send(self, message: object) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it is dead: ``result`` says so
            self.pipe.send(message)

    def result(self) -> tuple[int, Any]:
        """The number of the item, and what was read of it or the ``IntakeError`` that came instead."""
        assert self.number is not None
        number, self.number = self.number, None
        try:
            return number, self.pipe.recv()
        except (EOFError, OSError):  # OSError too where it died in the middle of its answer
            self._process.join()
            return number, ReadingFailed(
                "The program was ended while it read this packet, most likely for want of memory: read it again with "
                "--jobs 1; if that fails too, a person must read it.",
                code="killed",
            )

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def end(self) -> None:
        """Also in the middle of an item."""
        self._process.terminate()
        self._process.join()
        self.pipe.close()


def _work(pipe: Connection, share: int) -> None:
    """A worker's life: the function that prepares comes first, then one item after the other."""
    cores.given = share
    for name in THREADS:
        os.environ[name] = str(share)
    try:
        prepare = pipe.recv()
        read = None
        while True:
            item = pipe.recv()
            try:
                read = read or _prepared(prepare, share)
                answer = pickle.dumps(read(item))
            except IntakeError as problem:
                answer = pickle.dumps(problem)
            except Exception as problem:
                answer = pickle.dumps(_told(problem))
            pipe.send_bytes(answer)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # who asked is gone
        return


def _prepared(prepare: Callable[[], Callable[[Any], Any]], share: int) -> Callable[[Any], Any]:
    import cv2

    cv2.setNumThreads(share)
    return prepare()


def _told(problem: Exception) -> ReadingFailed:
    """Its kind and its place in the code: its own words may quote the packet."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    where = f"{type(problem).__name__} at {Path(place.filename).name}, line {place.lineno}"
    return ReadingFailed(
        f"The program failed on this packet ({where}): a person must read it; please report this line.",
        code=type(problem).__name__,
    )


@contextlib.contextmanager
def _held(number: int) -> Iterator[None]:
    """A process started meanwhile never gets this signal: Ctrl-C reaches only the one that ends the others."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
