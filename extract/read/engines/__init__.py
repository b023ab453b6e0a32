"""Which Tesseract reads the pages: in this process where tesserocr imports, else as a program through pytesseract."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from extract.errors import ToolMissing, UsageProblem
from extract.read.engines.in_process import InProcessTesseract, TooSlow
from extract.read.engines.program import TesseractProgram
from extract.read.engines.tsv import OcrWord

__all__ = ["ENGINES", "Engine", "OcrWord", "TooSlow", "engine_named"]

ENGINES: dict[str, type[InProcessTesseract] | type[TesseractProgram]] = {
    "tesserocr": InProcessTesseract,
    "pytesseract": TesseractProgram,
}
"""Every engine by name, best first. ``HAVEN_OCR_ENGINE`` picks one for a whole run."""

INSTALL = "install it with: apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-spa"
LANGUAGES = ("eng", "spa")


class Engine(Protocol):
    """Reads one upright grey page (uint8, dark on light)."""

    name: str

    def words(self, page: np.ndarray, dpi: int, seconds: float) -> list[OcrWord]: ...

    def clockwise_turn(self, page: np.ndarray, dpi: int) -> int | None: ...


def engine_named(name: str | None = None) -> Engine:
    """The engine of that name, or the best one that works here.

    Raises ``ToolMissing`` where neither works and ``UsageProblem`` for a name that is none.
    """
    name = name or os.environ.get("HAVEN_OCR_ENGINE") or None
    if name is not None and name not in ENGINES:
        raise UsageProblem(f"There is no OCR engine '{name}'; choose one of {', '.join(ENGINES)}.")
    models = _models_folder()
    if models is None:
        raise ToolMissing(f"Tesseract's English model is not installed: {INSTALL}.")
    for candidate in [name] if name else ENGINES:
        if candidate == "pytesseract" and shutil.which("tesseract") is None:
            continue
        try:
            return _started(candidate, models)
        except ImportError:
            continue
    raise ToolMissing(f"Tesseract is not installed: {INSTALL}.")


@cache
def _started(name: str, models: Path) -> Engine:
    languages = "+".join(code for code in LANGUAGES if (models / f"{code}.traineddata").exists())
    return ENGINES[name](models, languages)


def _models_folder() -> Path | None:
    """Where Debian, or ``TESSDATA_PREFIX``, keeps Tesseract's models; None where there is no English one."""
    given = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(given)] if given else sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"))[::-1]
    return next((folder for folder in folders if (folder / "eng.traineddata").is_file()), None)
