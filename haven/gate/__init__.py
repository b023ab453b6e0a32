"""The confidentiality gate: may this person see these categories of this case, for this purpose, and why."""

from __future__ import annotations

from typing import Any


def ask(request: dict[str, Any], *, event: str) -> dict[str, Any]:
    """Decides, writes question and answer to the log, then answers (``haven.gate.logged``)."""
    from haven.gate.logged import ask as ask_and_log

    return ask_and_log(request, event=event)
