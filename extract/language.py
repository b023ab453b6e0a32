"""The language of a text, as an ISO 639-1 code. Plain English and scripts of one language need no model.

lingua's trigrams decide a text of a few lines (20 MB, loaded in 0.4 s at the first text that needs them); a single
sentence needs its full models (210 MB, several seconds).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

ENGLISH = frozenset(
    "the and to of in was that it my for with they his her at we had not were you this be have from by who but him "
    "them when there would are said did one if out told which their our what about could after before because".split()
)
"""Common words that the other languages likely here do not have (``me``, ``a``, ``no`` are Spanish too)."""
SAMPLE = 4_000
"""Characters looked at: a language does not change its mind later."""

SHORT = 150
"""Letters below which trigrams alone mistake one language for another."""

# Scripts that name their language among those likely here.
SCRIPTS = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "THAI": "th",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "TAMIL": "ta",
    "ETHIOPIC": "am",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "HEBREW": "he",
    "GREEK": "el",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
}


def language_of(text: str) -> str:
    """Code of the text's main language; ``en`` where there is too little to tell."""
    sample = text[:SAMPLE]
    letters = [c for c in sample if c.isalpha()]
    if len(letters) < 20:
        return "en"
    if own := _by_script(letters, sample):
        return own
    words = re.findall(r"[^\W\d_]+", sample.casefold())
    if sum(w in ENGLISH for w in words) >= 0.2 * len(words):
        return "en"
    found = _detector(precise=len(letters) < SHORT).detect_language_of(sample)
    return found.iso_code_639_1.name.lower() if found else "en"


def _by_script(letters: list[str], text: str) -> str | None:
    foreign = [c for c in letters if ord(c) > 0x370 and not 0x1E00 <= ord(c) < 0x1F00]
    if len(foreign) < 0.4 * len(letters):
        return None
    scripts = Counter(unicodedata.name(c, "").split()[0] for c in foreign)
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.05 * len(foreign):
        return "ja"
    script = scripts.most_common(1)[0][0]
    if script == "ARABIC" and re.search("[پچژگک]", text):
        return "fa"
    if script == "CYRILLIC" and re.search("[іїєґ]", text.casefold()):
        return "uk"
    return SCRIPTS.get(script)


@lru_cache(maxsize=2)
def _detector(precise: bool) -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_languages(
        Language.ENGLISH,
        Language.SPANISH,
        Language.PORTUGUESE,
        Language.FRENCH,
        Language.VIETNAMESE,
        Language.TAGALOG,
        Language.INDONESIAN,
        Language.ROMANIAN,
        Language.TURKISH,
    )
    return builder.build() if precise else builder.with_low_accuracy_mode().build()
