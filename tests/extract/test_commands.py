"""``haven extract`` as a user calls it: in a process of its own, by its exit code and its one sentence."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

HAVEN = Path(sys.executable).with_name("haven")


def haven(*arguments):
    return subprocess.run([HAVEN, "extract", *map(str, arguments)], check=False, capture_output=True, text=True)


def haven_after(preparation: str, *arguments):
    """The same command in a process that first does ``preparation``."""
    code = f"import os, resource, signal, sys\n{preparation}\nfrom haven.cli import app\napp(sys.argv[1:])"
    command = [sys.executable, "-c", code, "extract", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def one_sentence(result) -> str:
    (line,) = result.stderr.strip().splitlines()
    assert "Traceback" not in result.stderr
    return line


@pytest.fixture
def statement(tmp_path):
    path = tmp_path / "in" / "statement.txt"
    path.parent.mkdir()
    path.write_text("A man called Viktor Sandor took my passport in March 2014.", "utf-8")
    return path


def test_one_line_a_packet_with_a_unique_id_and_the_batch_goes_on_past_bad_files(statement, tmp_path):
    (statement.parent / "statement.pdf").write_bytes(b"%PDF-1.7 not really")
    (statement.parent / "empty.docx").write_bytes(b"")
    output = tmp_path / "out.jsonl"
    result = haven(statement.parent, "--output", output)
    assert result.returncode == 0
    records = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert len({r["id"] for r in records}) == 3
    assert sum(p["state"] == "refused" for r in records for p in r["pages"]) == 2
    assert "3 packets, 3 pages: 2 refused, 1 text" in result.stderr


def test_a_path_that_is_not_there_is_wrong_use(tmp_path):
    result = haven(tmp_path / "nowhere")
    assert result.returncode == 2
    assert "nowhere" in one_sentence(result)


def test_nothing_readable_is_exit_code_3_and_still_a_record(tmp_path):
    path = tmp_path / "empty.pdf"
    path.write_bytes(b"")
    result = haven(path)
    assert result.returncode == 3
    assert json.loads(result.stdout)["pages"][0]["state"] == "refused"


def test_a_full_disk_is_one_sentence_and_the_lines_before_are_whole(statement, tmp_path):
    for i in range(6):
        (statement.parent / f"s{i}.txt").write_text(statement.read_text("utf-8"), "utf-8")
    output = tmp_path / "out.jsonl"
    limit = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))"
    result = haven_after(limit, statement.parent, "--output", output)
    assert result.returncode == 5
    assert "File too large" in one_sentence(result)
    *whole, _ = output.read_text("utf-8").split("\n")
    assert whole
    assert all(json.loads(line)["id"] for line in whole)


def test_no_write_permission_is_one_sentence(statement):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        readable = folder / "statement.txt"
        readable.write_bytes(statement.read_bytes())
        folder.chmod(0o555)
        # root may write anywhere; another user may not reach the interpreter, so everything is loaded first
        drop = "import extract.commands, extract.read\nif os.getuid() == 0: os.setuid(65534)"
        result = haven_after(drop, readable, "--output", folder / "out.jsonl")
    assert result.returncode == 5
    assert "Permission denied" in one_sentence(result)


LONG = "A man called Viktor Sandor took my passport in March 2014. I worked at his farm for two years.\n\n"


def workers_of(process) -> list[int]:
    """The reading processes that a command has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and "spawn_main" in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def started(*arguments):
    command = [HAVEN, "extract", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # whoever runs the tests in the background had SIGINT ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    until = time.monotonic() + 240
    while not (workers := workers_of(process)):
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    return process, workers


def gone(pids) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_lines_come_in_the_order_of_the_packets_however_many_read(tmp_path, jobs):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(7):
        (folder / f"s{number}.txt").write_text(LONG * (30 if number % 3 == 0 else 1))
    result = haven(folder, "--jobs", jobs)
    assert result.returncode == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [f"s{number}" for number in range(7)]


def test_a_reader_that_is_killed_costs_its_packet_only_and_every_page_is_accounted_for(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pages = canvas.Canvas(str(folder / "a.pdf"))
    for _ in range(3):
        pages.drawString(72, 700, LONG.strip())
        pages.showPage()
    pages.save()
    (folder / "b.txt").write_text(LONG)
    process, (worker,) = started(folder, "--jobs", 1)
    os.kill(worker, signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    broken, read = map(json.loads, out.splitlines())
    assert process.returncode == 1
    assert [page["state"] for page in broken["pages"]] == ["refused"] * 3
    (need,) = broken["needs"]
    assert need["code"] == "reading_failed" and "want of memory" in need["sentence"]
    assert [page["state"] for page in read["pages"]] == ["text"] and read["spans"]
    assert "the program broke on 1 of 2 packets" in err and "Traceback" not in err and "Viktor" not in err


def test_ctrl_c_ends_the_readers_too_and_says_what_is_written(tmp_path):
    for number in range(4):
        (tmp_path / f"s{number}.txt").write_text(LONG * 400)
    process, workers = started(tmp_path, "--jobs", 2)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert err.strip() == "Stopped: 0 of 4 packets are written, each a whole line."
    assert gone(workers)


def test_a_model_that_is_not_there_is_wrong_use_and_the_output_is_left_alone(statement, tmp_path):
    output = tmp_path / "out.jsonl"
    output.write_text("what stood here\n")
    result = haven(statement, "--model", "huge", "--output", output)
    assert result.returncode == 2
    assert "no narrative model 'huge'" in one_sentence(result)
    assert output.read_text() == "what stood here\n"


def test_the_schema_is_printed_on_request():
    assert json.loads(haven("--schema").stdout)["title"] == "Record"


def test_a_fault_in_the_program_is_one_sentence_that_quotes_nothing_and_leaves_no_core(tmp_path):
    (tmp_path / "faulty.py").write_text(
        "import resource\n"
        "def app(args, prog_name):\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE))\n"
        "    raise ValueError('Viktor Sandor took her passport')\n"
    )
    preparation = (
        f"sys.path.insert(0, {str(tmp_path)!r})\nfrom haven import cli\ncli.PARTS['extract'] = ('faulty:app', '')"
    )
    result = haven_after(preparation)
    assert result.returncode == 1
    assert "unexpected ValueError at faulty.py, line 4" in one_sentence(result)
    assert "Viktor" not in result.stderr
    assert result.stdout.strip() == "(0, 0)"
