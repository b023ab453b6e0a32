"""Reads narratives: who is named, who they are to the applicant, what was done to whom, when and where.

    narrative = load()
    result = narrative.read(text)

The work is done by a spaCy pipeline (``pipeline.cfg``); its weights ship in ``models/weights``.
"""

from __future__ import annotations

from extract.narrative.narrative import Narrative, load
from extract.narrative.result import NarrativeResult

__all__ = ["Narrative", "NarrativeResult", "load"]
