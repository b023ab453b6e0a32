"""Words of a filing: a sentence with one is kept back from excerpts, a package with one is stopped."""

from __future__ import annotations

import re

from extract.names import fold

FILING = re.compile(
    r"""
      \b[tu][\s-]*(?:visa|non-?immigrant|status|petition\w*|application\w*|adjustment)\b
    | \b[tu]-?[1-6]\b(?=\W*(?:visa|status|nonimmigrant|derivative))
    | \bvisas?\s+(?:t|u)\b
    | \bi[\s-]*(?:914|918|360|192|601|765|485)\s?[ab]?\b
    | \bsupplement\s+[ab]\b | \bsuplemento\s+[ab]\b
    | \bvawa\b | \bviolence\s+against\s+women\s+act\b | \bself[\s-]?petition\w* | \bcontinued\s+presence\b
    | \bnon-?immigrant\b | \bbona\s+fide\s+determination\b | \blaw\s+enforcement\s+(?:certification|declaration)\b
    | \b(?:my|her|his|their|the)\s+(?:visa|immigration)\s+(?:application|petition|case)\b
    | \bapplication\s+for\s+(?:relief|status)\b | \b(?:receipt|alien)\s+(?:number|no\b)
    | \bu\.?\s?s\.?\s?c\.?\s*(?:section\s*|§\s*)?(?:1367|1101\(a\)\(15\)) | \b101\(a\)\(15\) | \bsection\s+1367\b
    | \b214\.(?:1[14]|2[01]\d)\b
    | \b[tu]-\d{4}\b
    | \b(?:eac|vsc|wac|csc|lin|nsc|src|tsc|msc|nbc|ysc|psc|ioe)[\s-]*\d{2}[\s-]*\d{3}[\s-]*\d{5}\b
    """,
    re.VERBOSE,
)
"""Case numbers of this system and receipt numbers tell a filing too: their letters say which."""


def filing_words(text: str) -> list[str]:
    """The words in ``text`` that name a filing, each once."""
    return list(dict.fromkeys(match[0].strip() for match in FILING.finditer(" ".join(fold(text).split()))))
