"""What the packet's words state of each accused, in a line each: act, means, purpose, outcome, and what speaks against.

Read from the record of the last reading; "stated", never "proved", and no value that an officer confirms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LABELS = {"act": "Act stated", "means": "Means stated", "purpose": "Purpose stated"}
OUTCOME, AGAINST = "Said to have become of them", "Speaks against it"


@dataclass(frozen=True)
class Stated:
    """``pages`` count from 0 through all packets of the case."""

    label: str
    text: str
    pages: tuple[int, ...]

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Each page with what a link to it says."""
        return tuple((page, f"p. {page + 1}") for page in self.pages)


def stated_of(entity: dict, page_at: Callable[[int], int | None]) -> tuple[Stated, ...]:
    """The lines of one entity of a record. ``page_at``: the page where a character stands, none if it is held back.

    What stands only on pages that are held back is left out. Records of before schema 1.1 state nothing.
    """
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    pages: dict[tuple[str, str], set[int]] = defaultdict(set)

    def add(label: str, text: str, how: str, ranges: Iterable[tuple[int, int]]) -> None:
        found = {page for start, _ in ranges if (page := page_at(start)) is not None}
        if found:
            pages[label, text] |= found
            said[label, text] += [how] if how else []

    for element in entity.get("elements", ()):
        kind = "the victim was under 18" if element["kind"] == "under_18" else element["kind"].replace("_", " ")
        how = "" if element["kind"] == "under_18" else element["how"]
        add(LABELS[element["element"]], kind, how, element["ranges"])
    for outcome in entity.get("outcomes", ()):
        add(OUTCOME, outcome["status"].replace("_", " "), ", ".join(outcome["statute"]), outcome["ranges"])
    add(AGAINST, "a sentence that denies or doubts it", "", entity.get("against", ()))
    return tuple(
        Stated(label, text + (f" ({', '.join(said[label, text])})" if said[label, text] else ""), tuple(sorted(found)))
        for (label, text), found in pages.items()
    )
