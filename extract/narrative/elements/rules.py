"""The table of ``rules.yaml``, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from extract.narrative.elements.phrases import Phrases
from extract.record import EntryMethod

TABLE = Path(__file__).with_name("rules.yaml")

#: Whose the sentence is: the accused does it, the victim suffers it, it is done to or said of the accused.
Voice = Literal["does", "suffers", "done_to", "says", "of", "but", "any"]


@dataclass(frozen=True)
class Rule:
    """What a phrase states. ``section``: part of the table; ``code``: element, status, method …; ``how``: in words."""

    section: str
    code: str
    how: str
    voice: Voice
    kind: str = ""
    weak: bool = False
    negative: bool = False


@dataclass(frozen=True)
class Table:
    """``rules`` [n] run beside the phrases of ``phrases``. ``relations``: relation type -> {(element, kind)}."""

    rules: Sequence[Rule]
    phrases: Phrases
    relations: dict[str, set[tuple[str, str]]]
    visas: dict[str, EntryMethod]


#: Section of the table -> the key that holds a group's code.
_CODES = {
    "elements": "element", "outcomes": "status", "against": "how", "entry": "method", "cooperation": "act",
    "screen": "how",
}  # fmt: skip
_VOICES: tuple[Voice, ...] = ("does", "suffers", "done_to", "says", "of", "but", "any")
#: A phrase that begins so says its own "not".
_NEGATIVE = (
    "not",
    "never",
    "no",
    "without",
    "nothing",
    "nobody",
    "refuse",
    "decline",
    "forbid",
    "insufficient",
)


@cache
def table() -> Table:
    """Raises ValueError, with the phrase, where the table contradicts itself."""
    read = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    rules: list[Rule] = []
    phrases: list[str] = []
    for section, code in _CODES.items():
        for group in read[section]:
            for voice in _VOICES:
                for phrase in group.get(voice, ()):
                    phrases.append(phrase)
                    rules.append(
                        Rule(
                            section,
                            group[code],
                            group.get("how", ""),
                            voice,
                            group.get("kind", ""),
                            group.get("weak", False),
                            any(w in phrase.replace("|", " ").split() for w in _NEGATIVE),
                        )
                    )
    return Table(
        rules,
        Phrases(phrases, read["classes"], read["forms"]),
        {name: {(r["element"], r["kind"]) for r in rows} for name, rows in read["relations"].items()},
        read["visas"],
    )
