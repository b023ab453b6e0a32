"""The log for operators: what happened and where in the code, and no personal data (AU-3(3)).

A message of our own loggers is written by us and holds ids only. A message of a library may quote what it was given,
so only its template is written; and of an exception only its type and the places in the code, never its words.
"""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from pathlib import Path
from types import TracebackType

from django.conf import settings

OURS = ("haven", "extract", "annotation")


class PrivateFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        safe = logging.makeLogRecord(record.__dict__)
        if record.name.partition(".")[0] not in OURS:
            safe.msg = str(record.msg) if record.args else f"message withheld ({record.levelname.lower()})"
            safe.args = ()
            safe.msg += self._request(record)
        safe.exc_text = None
        safe.stack_info = None
        return super().format(safe)

    def _request(self, record: logging.LogRecord) -> str:
        """Status and route pattern of a request: the pattern says ``<uuid:case>`` where the path says which."""
        status = getattr(record, "status_code", None)
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        return f" [{status} {match.route if match else 'no route'}]" if status else ""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
            lines.append(f"  {type(error).__name__} at {where or 'unknown'}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


class LogFile(logging.handlers.WatchedFileHandler):
    """``$HAVEN_HOME/logs/haven.log``, readable by its owner only; made at the first line."""

    def __init__(self) -> None:
        super().__init__(self._path(), delay=True)

    @staticmethod
    def _path() -> Path:
        return Path(settings.HAVEN_HOME) / "logs" / "haven.log"

    def _open(self):
        path = self._path()
        self.baseFilename = str(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        return super()._open()
