"""Nobody is called a trafficker: a conviction with its statute is not something that a packet can hold (C16)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from haven.review import words

REVIEW = Path(words.__file__).parent
TEMPLATES = sorted(REVIEW.rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(REVIEW)))
def test_a_template_says_trafficker_only_after_alleged(template: Path) -> None:
    bare = re.findall(r"(?<!alleged )\btraffickers?\b", template.read_text().lower())

    assert not bare


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(REVIEW)))
def test_a_template_needs_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)


def test_every_word_shown_for_a_role_keeps_to_allegation() -> None:
    shown = [*words.ROLES.values(), *(text for group in words.GROUPS.values() for text in group)]

    assert not [text for text in shown if re.search(r"(?<!alleged )trafficker", text.lower())]


def test_a_doubt_names_the_readings_to_choose_from() -> None:
    assert words.doubt("other", ["trafficker"]) == "2 readings: other person or alleged trafficker"
