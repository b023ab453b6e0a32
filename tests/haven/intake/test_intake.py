"""``haven intake`` as a clerk uses it: once, again, with bad files among the good, interrupted, on a full disk."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
import typer
from PIL import Image, ImageDraw
from rich.console import Console

from extract.errors import FileRefused, IntakeError, UsageProblem
from haven.cases.models import Case, Packet, Task
from haven.intake import commands

SAMPLES = Path(__file__).parents[3] / "samples" / "packets"
in_process = pytest.mark.django_db(databases="__all__")


def run(*paths: Path, **options: object) -> str:
    out = io.StringIO()
    commands.run(list(paths), office="VSC", console=Console(file=out, width=200), **options)
    return out.getvalue()


def adds_up(said: str) -> bool:
    """``N pages: a text + b OCR + c blank + d need a person + e refused = N``"""
    total, parts, total_again = re.search(r"(\d+) pages?: (.*) = (\d+)\.", said).groups()
    return total == total_again == str(sum(map(int, re.findall(r"\d+", parts))))


@in_process
def test_packets_become_cases_and_the_account_adds_up(home, statements):
    said = run(statements(3))

    assert Case.objects.count() == 3
    assert adds_up(said) and "3 packets, 3 pages" in said and "Nothing lost" in said
    assert all(number in said for number in Case.objects.values_list("number", flat=True))


@in_process
def test_the_same_again_is_the_same_case_and_says_so(home, statements):
    first = run(statements(2))
    second = run(statements(3))

    assert Case.objects.count() == Packet.objects.count() == 3
    assert "already stored" not in first and second.count("already stored") == 3  # two lines and the sum
    assert "3 packets (2 already stored), 3 pages" in second


@in_process
def test_a_bad_file_among_good_ones_is_a_row_of_the_account(home, statements):
    folder = statements(2)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <<")
    (folder / "empty.docx").touch()
    (folder / "out.txt").symlink_to("/etc/hostname")

    said = run(folder)

    assert adds_up(said) and "2 text" in said and "3 refused" in said
    assert Case.objects.count() == 5


@in_process
def test_without_tesseract_it_says_so_once_and_goes_on(home, statements, monkeypatch):
    folder = statements(1)
    for name in ("scan-1", "scan-2"):
        page = Image.new("L", (850, 1100), 255)
        ImageDraw.Draw(page).text((100, 200), f"A letter, {name}", fill=0, font_size=40)
        page.save(folder / f"{name}.png", dpi=(100, 100))
    monkeypatch.setenv("TESSDATA_PREFIX", str(home))

    said = run(folder)

    assert said.count("Warning: Tesseract's English model is not installed") == 1
    assert adds_up(said) and "1 text + 0 OCR + 0 blank + 2 need a person" in said
    assert Case.objects.count() == 3


@in_process
def test_later_packets_with_the_number_on_the_applicant_s_form_ask_whether_they_are_one_case(home, tmp_path):
    form = (SAMPLES / "01-domestic-worker" / "i-914.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(form)
    (tmp_path / "b.pdf").write_bytes(form + b"% sent again\n")

    said = run(tmp_path / "a.pdf", tmp_path / "b.pdf")

    first, second = Case.objects.order_by("number")
    task = Task.objects.get(kind="same_case")
    assert (task.case, task.other_case) == (second, first)
    assert f"The same number as case {first.number}: are they one?" in said


@in_process
def test_where_nothing_can_be_read_the_exit_code_says_so(home, tmp_path):
    (tmp_path / "empty.pdf").touch()

    with pytest.raises(FileRefused, match="no page could be read") as told:
        run(tmp_path / "empty.pdf")
    assert told.value.exit_code == 3
    assert Packet.objects.get().state == "done"


@in_process
def test_a_folder_can_be_one_packet(home, statements):
    said = run(statements(3), whole_folder_as_packet=True)

    assert "1 packet, 3 pages" in said
    assert Packet.objects.get().files.count() == 3


@in_process
@pytest.mark.parametrize("name", ["not-there", "no\nsuch\nfile"])
def test_a_path_that_is_not_there_is_one_sentence_and_nothing_is_stored(home, tmp_path, name):
    with pytest.raises(UsageProblem, match="There is no file or folder"):
        run(tmp_path / name)
    assert not Packet.objects.exists()


def _readers_of(process: subprocess.Popen) -> list[int]:
    """The processes that read for a running intake."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and "spawn_main" in (folder / "cmdline").read_text():
                found.append(int(folder.name))
    return found


def test_a_packet_that_breaks_the_reader_is_kept_and_the_batch_goes_on(haven, statements):
    folder = statements(3)
    process = haven.start("intake", folder, "--jobs", 1)
    wait_for(lambda: _readers_of(process))
    os.kill(_readers_of(process)[0], signal.SIGKILL)
    said, sentence = process.communicate(timeout=300)

    assert process.returncode == 1 and "not every packet could be stored" in sentence
    assert haven.rows("SELECT error, attempts FROM cases_packet WHERE state = 'failed'") == [("killed", 1)]
    assert haven.count("cases_case") == 2 and "Traceback" not in said + sentence

    again = haven("intake", folder)
    assert "3 packets (2 already stored)" in again.stdout and haven.count("cases_case") == 3
    assert haven.is_whole()


@in_process
def test_ctrl_c_ends_with_the_account_of_what_is_stored(home, statements, monkeypatch):
    from haven.intake import packets

    real, seen = packets.take_in, []

    def interrupted(packet, *args, **options):
        seen.append(packet)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(packet, *args, **options)

    monkeypatch.setattr(packets, "take_in", interrupted)
    with pytest.raises(typer.Exit) as stopped:
        run(statements(3))

    assert stopped.value.exit_code == 130
    assert Case.objects.count() == 1


@in_process
def test_a_packet_that_another_process_reads_is_left_to_it(home, statements):
    from haven.cases import index
    from haven.intake.packets import digest

    (home / "data").mkdir(parents=True)
    folder = statements(2)
    mac = index.content_mac(digest(folder / "statement-0.txt"))
    with (
        _held_by_another_process(home / "data" / "intake.lock", int(mac[:15], 16)),
        pytest.raises(IntakeError, match="not every packet"),
    ):
        run(folder)

    assert Case.objects.count() == 1


@contextmanager
def _held_by_another_process(path: Path, byte: int) -> Iterator[None]:
    program = (
        "import fcntl, sys; f = open(sys.argv[1], 'ab'); fcntl.lockf(f, fcntl.LOCK_EX, 1, int(sys.argv[2]));"
        "print('held', flush=True); sys.stdin.read()"
    )
    arguments = [sys.executable, "-c", program, str(path), str(byte)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()


@pytest.mark.parametrize("office", ["vsc", "V", "", "V S", "VSC\n", "LONGER THAN TEN"])
def test_an_office_that_is_none_is_wrong_use(home, tmp_path, office):
    with pytest.raises(UsageProblem, match="--office"):
        commands.intake([tmp_path], office=office, packet=False)


def wait_for(condition, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def _stored(haven, count: int) -> bool:
    return haven.count("cases_packet WHERE state = 'done'") >= count


def test_killed_in_the_middle_it_goes_on_where_it_was_and_nothing_is_half_stored(haven, statements):
    folder = statements(5)
    for done in (1, 3):
        process = haven.start("intake", folder)
        wait_for(partial(_stored, haven, done))
        process.send_signal(signal.SIGKILL)
        process.communicate()

    finished = haven("intake", folder)

    assert finished.returncode == 0, finished.stderr
    assert "already stored" in finished.stdout
    assert haven.count("cases_case") == haven.count("cases_packet WHERE state = 'done'") == 5
    assert haven.is_whole()


def test_killed_while_one_packet_is_written_its_leftovers_go(haven, statements):
    folder = statements(2)
    process = haven.start("intake", folder)
    wait_for(lambda: haven.count("cases_pagetext", "narrative") >= 1)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert haven("intake", folder).returncode == 0
    assert haven.count("cases_case") == 2
    assert haven.is_whole()


def test_a_full_disk_is_one_sentence_and_the_rest_is_done_later(haven, statements):
    assert haven("intake", statements(1)).returncode == 0

    full = haven("intake", statements(3), file_limit=64 * 1024)

    assert full.returncode in (5, 6)
    assert re.search(r"disk is full|log could not be written|File too large", full.stderr)
    assert "Traceback" not in full.stderr and len(full.stderr.strip().splitlines()) == 1
    assert haven("intake", statements(3)).returncode == 0
    assert haven.count("cases_case") == 3
    assert haven.is_whole()


def test_the_terminal_and_the_log_name_nobody_of_the_story(haven, statements):
    folder = statements(2)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    told = haven("intake", folder)
    logs = "".join(path.read_text() for path in (haven.home / "logs").iterdir())

    for name in ("Maylin", "Ramos", "Rosa", "Delgado", "Ines", "Soto", "Tito"):
        assert name not in told.stdout + told.stderr + logs
