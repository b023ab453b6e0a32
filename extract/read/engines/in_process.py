"""Tesseract inside this process, through tesserocr: nothing is written to disk and the model stays loaded.

tesserocr gives up the interpreter lock while it reads, so that threads read pages side by side.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from extract.read.engines.tsv import OcrWord, words_of


class TooSlow(Exception):
    """Tesseract did not finish a page in the time it was given."""


class InProcessTesseract:
    """Reads pages with the models in ``models``; safe to use from several threads."""

    name = "tesserocr"

    def __init__(self, models: Path, languages: str) -> None:
        import tesserocr

        self._tesserocr = tesserocr
        self._models, self._languages = f"{models}/", languages
        self._idle: queue.LifoQueue = queue.LifoQueue()

    @contextmanager
    def _reader(self) -> Iterator:
        """A loaded reader for one thread at a time; readers are made as threads ask for them and kept."""
        try:
            reader = self._idle.get_nowait()
        except queue.Empty:
            reader = self._tesserocr.PyTessBaseAPI(
                path=self._models,
                lang=self._languages,
                oem=self._tesserocr.OEM.LSTM_ONLY,
                psm=self._tesserocr.PSM.AUTO,
            )
            reader.SetVariable("debug_file", "/dev/null")
        try:
            yield reader
        finally:
            # what one page taught the classifier must not change how the next is read
            reader.ClearAdaptiveClassifier()
            reader.Clear()
            self._idle.put(reader)

    def words(self, page: np.ndarray, dpi: int, seconds: float) -> list[OcrWord]:
        """Words of a grey page (uint8). Raises ``TooSlow`` after ``seconds``."""
        pixels = np.ascontiguousarray(page)
        height, width = pixels.shape
        with self._reader() as reader:
            reader.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            reader.SetSourceResolution(dpi)
            if not reader.Recognize(timeout=int(seconds * 1000)):
                raise TooSlow
            return words_of(reader.GetTSVText(0))

    def clockwise_turn(self, page: np.ndarray, dpi: int) -> int | None:
        """Degrees clockwise that would set the page upright, None where there is too little text to tell."""
        pixels = np.ascontiguousarray(page)
        height, width = pixels.shape
        with self._tesserocr.PyTessBaseAPI(path=self._models, lang="osd", psm=self._tesserocr.PSM.OSD_ONLY) as reader:
            reader.SetVariable("debug_file", "/dev/null")
            reader.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            reader.SetSourceResolution(dpi)
            found = reader.DetectOrientationScript()
        return (360 - int(found["orient_deg"])) % 360 if found else None
