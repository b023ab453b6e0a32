"""Items read in other processes: their order, how far ahead, and what breaks there."""

import multiprocessing
import operator
import os
import signal
import threading
from functools import partial
from pathlib import Path

import pytest

from extract.batch import AHEAD, Readings
from extract.errors import ReadingFailed, ToolMissing, UsageProblem
from extract.read.engines import engine_named

upper = partial(operator.methodcaller, "upper")
path_text = partial(operator.methodcaller, "read_text")


def test_results_are_taken_in_order_whoever_reads_first():
    words = [f"word {number}" for number in range(9)]
    with Readings(words, upper, jobs=3) as readings:
        assert [readings.take(number) for number in range(9)] == [word.upper() for word in words]


def test_no_more_processes_are_started_than_there_are_items():
    assert Readings(["a", "b"], upper, jobs=8).jobs == 2
    assert Readings([], upper).jobs == 1


def test_what_breaks_on_one_item_is_told_by_kind_and_place_and_quotes_nothing():
    with Readings(["Viktor", 7, "Sandor"], upper, jobs=1) as readings:
        assert readings.take(0) == "VIKTOR"
        with pytest.raises(ReadingFailed, match=r"AttributeError at batch\.py, line \d+") as told:
            readings.take(1)
        assert readings.take(2) == "SANDOR"
    assert told.value.code == "AttributeError"
    assert "upper" not in str(told.value)


def test_a_process_that_dies_takes_its_own_item_only(tmp_path):
    blocked = tmp_path / "pipe"
    os.mkfifo(blocked)
    (tmp_path / "text").write_text("read")
    with Readings([blocked, *[tmp_path / "text"] * 5], path_text, jobs=2) as readings:
        assert readings.take(1) == "read"  # the other process waits for the pipe to be written
    with Readings([tmp_path / "text", blocked, tmp_path / "text"], path_text, jobs=1) as readings:
        assert readings.take(0) == "read"
        (worker,) = multiprocessing.active_children()
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(ReadingFailed) as told:
            readings.take(1)
        assert told.value.code == "killed"
        assert readings.take(2) == "read"


def long_answer_then_killed(seconds: float) -> bytes:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(50_000_000)


def test_a_process_that_dies_in_the_middle_of_its_answer_takes_its_own_item_only():
    with Readings([60, 0.3, 60], partial(partial, long_answer_then_killed), jobs=1) as readings:
        assert len(readings.take(0)) == 50_000_000
        (worker,) = multiprocessing.active_children()
        worker.join()  # of the next answer only what fits the pipe was sent
        with pytest.raises(ReadingFailed):
            readings.take(1)
        assert len(readings.take(2)) == 50_000_000


def test_a_known_problem_reaches_the_caller_as_it_is():
    with Readings(["no such engine"], partial(partial, engine_named)) as readings, pytest.raises(UsageProblem):
        readings.take(0)


def test_what_need_not_be_read_is_read_only_if_it_is_asked_for(tmp_path):
    items = [tmp_path / name for name in "abcd"]
    for item in items:
        item.write_text(item.name)
    asked = []

    def wanted(item: Path) -> bool:
        asked.append(item.name)
        return item.name in "bd"

    with Readings(items, path_text, jobs=1, wanted=wanted) as readings:
        assert readings.take(1) == "b"
        assert readings.take(2) == "c"
        assert readings.take(3) == "d"
    assert asked == ["a", "b", "c", "d"]


def test_no_more_is_read_ahead_than_the_processes_need(tmp_path):
    items = [tmp_path / str(number) for number in range(40)]
    for item in items:
        item.write_text("x")
    begun = []

    def wanted(item: Path) -> bool:
        begun.append(item)
        return True

    with Readings(items, path_text, jobs=2, wanted=wanted) as readings:
        readings.take(0)
        assert len(begun) <= 1 + AHEAD * 2


def test_a_process_has_its_share_of_the_cores_and_so_have_its_libraries():
    with Readings(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], partial(partial, os.getenv), jobs=2) as readings:
        share = max(1, len(os.sched_getaffinity(0)) // 2)
        assert [readings.take(0), readings.take(1)] == [str(share)] * 2


def test_a_reader_that_cannot_be_prepared_says_why(tmp_path):
    from extract.batch import reader

    with Readings(["any"], partial(reader, str(tmp_path))) as readings, pytest.raises(ToolMissing):
        readings.take(0)
