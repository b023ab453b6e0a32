"""Tesseract as a program of its own, through pytesseract: works wherever ``tesseract`` is on the PATH.

pytesseract hands pages over in files. They lie in a folder that only this user can enter, in memory where the system
has a memory disk, and are gone after each page; what a killed run left is removed by the next one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache, partial
from pathlib import Path

import numpy as np

from extract.read.engines.in_process import TooSlow
from extract.read.engines.tsv import OcrWord, words_of

# Tesseract starts a thread per core and they wait for each other: 9 CPU seconds a page instead of 1.6 without this
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

PREFIX = "haven-ocr-"


class TesseractProgram:
    """Reads pages with the installed ``tesseract``; safe to use from several threads."""

    name = "pytesseract"

    def __init__(self, models: Path, languages: str) -> None:
        import pytesseract

        self._pytesseract = pytesseract
        self._languages = languages
        self._options = f'--oem 1 --psm 3 --tessdata-dir "{models}"'
        private_folder()

    def words(self, page: np.ndarray, dpi: int, seconds: float) -> list[OcrWord]:
        """Words of a grey page (uint8). Raises ``TooSlow`` after ``seconds``."""
        try:
            table = self._pytesseract.image_to_data(
                page, lang=self._languages, config=f"{self._options} --dpi {dpi}", timeout=seconds
            )
        except RuntimeError as problem:
            if "timeout" in str(problem):
                raise TooSlow from problem
            raise
        return words_of(table)

    def clockwise_turn(self, page: np.ndarray, dpi: int) -> int | None:
        """Degrees clockwise that would set the page upright, None where there is too little text to tell."""
        options = self._options.replace("--psm 3", "--psm 0").replace("--oem 1 ", "")
        try:
            found = self._pytesseract.image_to_osd(
                page, config=f"{options} --dpi {dpi}", output_type=self._pytesseract.Output.DICT
            )
        except self._pytesseract.TesseractError:
            return None
        return int(found["rotate"]) % 360


@cache
def private_folder() -> Path:
    """The folder for pytesseract's files, made once for this process (mode 0700) and removed at its end."""
    import pytesseract.pytesseract

    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    _remove_leftovers(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # pytesseract has no setting for where its files lie; tempfile.tempdir would move those of the whole process
    pytesseract.pytesseract.NamedTemporaryFile = partial(tempfile.NamedTemporaryFile, dir=folder)
    return folder


def _remove_leftovers(base: Path) -> None:
    for folder in base.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists() and folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
