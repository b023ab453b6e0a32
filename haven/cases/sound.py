"""How a name sounds, whatever its spelling, script and order: Mohamed and Muhammad, Nguyen and Nguyễn, González.

A name is written in Latin letters (anyascii), brought to one spelling for each sound of the languages that the files
come in (``SPELLINGS``), and coded with Metaphone (jellyfish), which leaves vowels out. Lenient on purpose: it finds who
might be meant, an officer says who is. Two names with the same code "sound alike", they are never "the same".
"""

from __future__ import annotations

import re
from itertools import product

import jellyfish
from anyascii import anyascii

from extract.names import name_words

PARTICLES = frozenset("de del la las los el y e da das do dos di al ul bin bint ibn ben van von der den".split())
"""Left out of a code: "de la Cruz" is filed under Cruz as often as not."""

SPELLINGS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1+", r"\1"),
        (r"^abd[aeu]l$", "abd"),  # Abdul, Abdel, Abd al-
        (r"^ng", "n"),  # Nguyen
        (r"^g(?=[ei])|^x(?=im)|^[yi](?=[aeou])", "j"),  # Giménez, Ximénez, Yesica, Iosif
        (r"^x", "s"),  # Xiomara
        (r"gu(?=[ei])", "g"),
        (r"qu?", "k"),
        (r"sch|sz", "sh"),
        (r"t?sch|tch|zh", "ch"),
        (r"kh", "h"),  # Khadija, Хаджа
        (r"th", "t"),
        (r"dh", "d"),
        (r"gh", "g"),
        (r"ph", "f"),
        (r"(?<=.)y", "i"),
        (r"t[sz]|z|c(?=[ei])", "s"),  # seseo
        (r"x", "ks"),
        (r"ck|c(?!h)", "k"),
        (r"[vw]", "b"),  # b and v are one sound in Spanish, v and w one letter in Cyrillic
        (r"(?<![cs])h", "a"),  # silent, or a breath that spellings leave out
        (r"^[aeiou]+", "a"),
    )
]
"""Spelling → sound, in this order, on lower-case Latin letters."""

SHORTEST = 2
"""A code of fewer letters says too little: half of all nicknames would sound alike."""
MOST = 8
"""Codes of one name; more readings than these are not kept."""


def codes(name: str) -> list[str]:
    """The codes of a name, its words in alphabetical order; empty for what has too little to sound. At most ``MOST``.

    A word with ``ll`` has two readings (Villa, Miller), so a name can have several codes; names sound alike that have
    one in common.
    """
    words = [word for word in name_words(name) if word not in PARTICLES] or list(name_words(name))
    # anyascii writes a character that is a syllable with a capital: WangWei is two words
    latin = [part.lower() for word in words for part in re.findall(r"[A-Z]?[a-z]+", anyascii(word))]
    readings = [_readings(word) for word in latin]
    whole = {" ".join(sorted(filter(None, reading))) for reading in product(*readings[:6])}
    return sorted(code for code in whole if len(code) >= SHORTEST)[:MOST]


def _readings(word: str) -> list[str]:
    return sorted({_code(spelt) for spelt in {word.replace("ll", "l"), word.replace("ll", "y")}})


def _code(word: str) -> str:
    for pattern, sound in SPELLINGS:
        word = pattern.sub(sound, word)
    return jellyfish.metaphone(word)
