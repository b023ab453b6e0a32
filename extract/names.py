"""How two writings of a name are compared everywhere: folded words without titles."""

from __future__ import annotations

import re
import unicodedata

TITLES = frozenset(
    "mr mrs ms miss dr officer detective agent sergeant sgt judge attorney the señor señora sr sra".split()
)


def fold(text: str) -> str:
    """Lower case without accents; scripts that have no Latin base stay as they are."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.casefold()


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, in their order, titles and marks left out: ``("juan", "de", "la", "cruz")``."""
    words = re.findall(r"\w+", fold(name).replace("'", "").replace("’", ""))
    return tuple(w for w in words if w not in TITLES) or tuple(words)
