"""Tesseract, called in either way; and what happens where it is missing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from extract.errors import ToolMissing, UsageProblem
from extract.read import check_tools, read_file
from extract.read.engines.tsv import words_of
from extract.read.ocr import tidy
from tests.extract.read.made import STORY, at, image_file, joined, lines, pdf_of, scanned_pdf, typed

LINE = at(typed(STORY[:1], inches=(8.5, 2)), 200)


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract"])
def test_both_engines_read_the_same_words_and_set_pages_upright(tmp_path, engine):
    path = image_file(tmp_path / "upside-down.png", LINE[::-1, ::-1].copy())
    (page,) = read_file(path, engine=engine).pages
    assert (page.state, page.text, page.rotation) == ("ocr", STORY[0], 180)


def test_an_engine_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(UsageProblem, match="no OCR engine 'abbyy'; choose one of tesserocr, pytesseract"):
        read_file(image_file(tmp_path / "a.png", LINE), engine="abbyy")


@pytest.fixture
def no_tesseract(monkeypatch, tmp_path):
    """A machine on which neither the program nor its models are installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))


def test_without_tesseract_the_check_tells_how_to_install_it(no_tesseract):
    with pytest.raises(ToolMissing, match="apt-get install tesseract-ocr"):
        check_tools()


def test_without_tesseract_the_run_goes_on_and_scans_need_a_person(no_tesseract, tmp_path):
    path = tmp_path / "mixed.pdf"
    path.write_bytes(joined(pdf_of(lines("Imelda was here.")), scanned_pdf(LINE), scanned_pdf(LINE * 0 + 255)))
    born_digital, scan, blank = read_file(path).pages
    assert (born_digital.state, born_digital.text) == ("text", "Imelda was here.")
    assert scan.state == "needs_person"
    assert "apt-get install tesseract-ocr" in scan.reason
    assert blank.state == "blank"


def test_without_tesseract_a_picture_beside_printed_words_needs_a_person_and_is_not_called_empty(
    no_tesseract, tmp_path
):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=letter, invariant=1)
    canvas.drawString(72, 720, "Attached is what she wrote to me.")
    canvas.drawInlineImage(Image.fromarray(at(typed(STORY), 200)), 72, 72, 468, 600)
    canvas.save()
    (page,) = read_file(tmp_path / "a.pdf").pages
    assert page.state == "needs_person"
    assert "apt-get install tesseract-ocr" in page.reason
    assert page.text == "Attached is what she wrote to me."


def test_the_program_missing_from_the_path_is_told_for_that_engine(monkeypatch, tmp_path):
    path = image_file(tmp_path / "a.png", LINE)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Tesseract is not installed" in read_file(path, engine="pytesseract").pages[0].reason
    assert read_file(path, engine="tesserocr").pages[0].state == "ocr"


def in_a_process_of_its_own(code: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # whoever runs the tests in the background had SIGINT ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip


def leftovers() -> list[Path]:
    return [*Path("/dev/shm").glob("haven-ocr-*")]


def test_pages_handed_to_the_program_leave_no_file_behind(tmp_path):
    path = image_file(tmp_path / "a.png", LINE)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    code = f"from pathlib import Path; from extract.read import read_file; p = read_file(Path({str(path)!r}),"
    code += " engine='pytesseract').pages[0]; print(p.state)"
    run = in_a_process_of_its_own(code, TMPDIR=str(temporary))
    assert run.communicate(timeout=60)[0].strip() == "ocr"
    assert list(temporary.iterdir()) == []
    assert not [folder for folder in leftovers() if f"-{run.pid}-" in folder.name]


def test_what_a_killed_run_left_in_memory_is_removed_by_the_next(tmp_path):
    code = "from extract.read.engines.program import private_folder as f; p = f(); (p / 'tess_x').write_text('Imelda');"
    killed = in_a_process_of_its_own(code + "print(p, flush=True); import time; time.sleep(60)")
    folder = Path(killed.stdout.readline().strip())
    assert folder.stat().st_mode & 0o777 == 0o700
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert folder.exists()
    in_a_process_of_its_own(code).communicate(timeout=60)
    assert not folder.exists()


def test_ctrl_c_in_the_middle_of_a_long_scan_ends_soon(tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(scanned_pdf(*[at(typed(), 200)] * 40))
    code = "from pathlib import Path; from extract.read import read_file; print('go', flush=True);"
    code += f" read_file(Path({str(path)!r}))"
    run = in_a_process_of_its_own(code)
    assert run.stdout.readline().strip() == "go"
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(timeout=4)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors


def texts(*words: str) -> list[str]:
    rows = [f"5\t1\t1\t1\t1\t{number}\t0\t0\t9\t9\t95\t{word}" for number, word in enumerate(words)]
    return [found.text for found in tidy(words_of("\n".join(rows)))]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        (["and", "|", "went"], ["and", "I", "went"]),
        (["|", "was", "afraid"], ["I", "was", "afraid"]),
        (["When", "J", "arrived"], ["When", "I", "arrived"]),
        (["|n", "May"], ["In", "May"]),
        (["2018", "1", "lived"], ["2018", "I", "lived"]),
        (["1", "month"], ["1", "month"]),
        (["Iam", "Imelda"], ["I", "am", "Imelda"]),
        (["|'m", "here"], ["I'm", "here"]),
        (["Name", "|", "Date"], ["Name", "Date"]),
        (["Mary", "J", "Smith"], ["Mary", "J", "Smith"]),
        (["$5", "—", "then", "~", "___"], ["$5", "—", "then"]),
    ],
)
def test_a_stroke_is_the_word_i_only_where_it_can_be(read, meant):
    assert texts(*read) == meant


def test_the_table_of_words_is_read_with_or_without_its_heading():
    heading = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = "4\t1\t1\t1\t1\t0\t0\t0\t50\t10\t-1\t\n5\t1\t1\t1\t1\t1\t3\t4\t20\t10\t91.5\tImelda"
    for table in (rows, f"{heading}\n{rows}\n"):
        (found,) = words_of(table)
        assert (found.text, found.box, found.confidence, found.line) == ("Imelda", (3, 4, 23, 14), 91.5, 0)
