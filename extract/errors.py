"""What can go wrong, each with its exit code and the one sentence that a user reads.

``str(error)`` is shown to the user who brought the file and may name it; logs and stored reasons use
``code`` only.
"""

from __future__ import annotations


class IntakeError(Exception):
    """A problem to tell the user about. ``code`` is stable and free of personal data."""

    exit_code = 1
    code = "error"


class UsageProblem(IntakeError):
    """A path, option or setting that cannot be used."""

    exit_code = 2
    code = "usage"


class FileRefused(IntakeError):
    """A file that cannot be read at all: it becomes a refused row of the page account, the batch goes on."""

    exit_code = 3
    code = "refused"


class ToolMissing(IntakeError):
    """A program or model that the product needs is not installed."""

    exit_code = 4
    code = "tool_missing"


class OutputFailed(IntakeError):
    """The result could not be written: no permission, disk full."""

    exit_code = 5
    code = "output_failed"


class ConfigurationProblem(IntakeError):
    """The service refuses to start: keys, policy or database are not usable."""

    exit_code = 6
    code = "configuration"


class ReadingFailed(IntakeError):
    """The program broke on a packet, or was killed while it read it. ``code`` is the kind of the problem."""

    code = "reading_failed"

    def __init__(self, sentence: str, code: str = code) -> None:
        super().__init__(sentence, code)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[0])
