"""From a blank form's tooltip to part, item, plain words, kind and category, by the rules of ``wording.yaml``.

Used only when definitions are written (``define.py``); reading a form needs none of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from extract.forms.definitions import leaf
from extract.forms.widgets import Widget

RULES = Path(__file__).with_name("wording.yaml")
PART = re.compile(r"(?:^|\. |claim\. |itioners\. )(?:PART|Part) ([A-H]|\d{1,2})\. (?!-)")
FROM_PAGE_1 = re.compile(r"auto populates from Page 1", re.IGNORECASE)
SENSITIVE = re.compile(r"Communicable|disorder|Drug abuser|sexual contact|Prostitution or its procurement")
"""Questions whose answer is medical or sexual detail (category K9)."""


@dataclass(frozen=True)
class Described:
    """What the definition says of one field, beside its name and place."""

    part: str
    item: str
    name: str
    kind: str
    category: str
    option: str | None = None
    many: bool = False
    copy_of: str | None = None
    """Last part of the name of the field that this one repeats."""


class Wording:
    """The rules of ``wording.yaml``."""

    def __init__(self, path: Path = RULES) -> None:
        self.rules: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    def describe(self, form: str, widget: Widget) -> Described:
        """Raises ValueError for a field that no rule words."""
        correction = self._correction(form, widget.name)
        text = plain(widget.tooltip) + correction.get("add", "")
        part = correction.get("part", part_of(text))
        item = correction.get("item", item_of(form, leaf(widget.name), text) if part else "")
        about, category = self._subject(form, part, text)
        question = self.rules["questions"].get(form, {}).get(part, {}).get(item)
        if widget.kind == "box":
            option = correction.get("option") or self._option(text)
            name, many = self._choice(form, about, text, option, question)
            if name.startswith("Claim:"):
                category = "K5"
            return Described(part, item, name, "choice", "K9" if SENSITIVE.search(name) else category, option, many)
        copy_of = self.rules["copies"].get(form, {}).get(leaf(widget.name))
        if FROM_PAGE_1.search(text):
            copy_of = re.sub(r"\[1\]$", "[0]", leaf(widget.name))
        if question and _is_the_question(form, part, item):
            kind = "date" if " date " in question else "narrative" if question.startswith("Narrative") else "text"
            return Described(part, item, question, kind, "K4" if kind == "narrative" else category, copy_of=copy_of)
        asked = self._asked(form, text)
        return Described(
            part,
            item,
            f"{about}: {asked['asks']}",
            asked.get("kind", "text"),
            asked.get("category", category),
            copy_of=copy_of,
        )

    def _correction(self, form: str, name: str) -> Mapping[str, str]:
        corrections = self.rules["corrections"].get(form, {})
        return next((c for ending, c in corrections.items() if name.endswith("." + ending)), {})

    def _subject(self, form: str, part: str, text: str) -> tuple[str, str]:
        for rule in self.rules["subjects"]:
            fits = re.fullmatch(rule["form"], form) and re.fullmatch(rule["part"], part)
            if fits and re.search(rule.get("says", ""), text):
                return rule["about"], rule.get("category", "K3")
        raise ValueError(f"{form}, {part}: nothing says whom this is about: {text[-120:]}")

    def _asked(self, form: str, text: str) -> Mapping[str, str]:
        for place in (last_phrase(text), text):
            for rule in self.rules["asks"]:
                if re.search(rule["says"], place):
                    return rule
        raise ValueError(f"{form}: no wording for: {text[-120:]}")

    def _option(self, text: str) -> str:
        phrase = last_phrase(text)
        if answer := re.match(r"Select (Yes|No)\b(?! [a-z])", phrase):
            return answer[1]
        short = next((r["option"] for r in self.rules["options"] if re.search(r["says"], phrase)), None)
        return short or re.sub(r"^Select (?:a |an |The )?|\.$", "", phrase).strip()

    def _choice(self, form: str, about: str, text: str, option: str, question: str | None) -> tuple[str, bool]:
        rule = next((r for r in self.rules["choices"] if re.search(r["says"], text[-420:])), None)
        many = bool(rule and rule.get("many"))
        if question and (option in ("Yes", "No") or form in ("i-914b", "i-918b")):
            return question, many
        if rule is None:
            raise ValueError(f"{form}: no wording for the box: {text[-120:]}")
        return f"{about}: {rule['asks']}", many


def plain(tooltip: str) -> str:
    """The tooltip without the sentences that every field repeats, abbreviations closed up."""
    text = re.sub(r"\bI-(\d) (\d\d)\b", r"I-\1\2", re.sub(r"\s+", " ", tooltip).strip())
    text = re.sub(r"\(?Enter (?:as|this|date|2).{0,30}[dD]igit.{0,60}?[yY]ear\.?\)?", "", text)
    text = re.sub(
        r"NOTE:? (?:TO ALL PETITIONERS|If you are an attorney).*$|NOTE[.:]? If you answered.*?Information\.", "", text
    )
    text = re.sub(r"(\d{1,2})\. ?([A-I])\. ", r"\1. \2. ", text)
    return text.strip()


def part_of(text: str) -> str:
    """``Part C`` or ``Part 3``; empty for boxes outside the parts (attorney, office use)."""
    found = re.match(r"(?:PART|Part) ([A-H]|\d{1,2})\.", text) or PART.search(text)
    return f"Part {found[1]}" if found else ""


def item_of(form: str, last_name: str, text: str) -> str:
    """Printed item, ``2.a`` or ``4.b.3``. The answers of I-914 and I-914A are numbered by their names, of which those
    of I-914 Part D run one ahead of the print from item 2."""
    if named := re.match(r"Q(\d+)()()_|pELine(\d+)([a-i]?)(\d?)YesNo|Dq(\d+)([a-i]?)(\d?)_", last_name):
        number, letter, sub = next(named.groups()[i : i + 3] for i in (0, 3, 6) if named.groups()[i])
        ahead = last_name.startswith("Dq") and int(number) > 1
        return ".".join(x for x in (str(int(number) - ahead), letter, sub) if x)
    rest = re.sub(r"^.*?(?:PART|Part) (?:[A-H]|\d{1,2})\. ", "", text, count=1)
    rest = re.sub(r"(?:in|to|through|See|Numbers?|listed in) (?:Part )?\d{1,2}\. ?(?:[A-Za-z]\.)?", "", rest)
    found = re.findall(r"(?:^|[ .])(\d{1,2})\. ?(?:([A-I])\. ?)?(?=[A-Z\"“])", rest)
    if not found:
        return ""
    number, letter = found[-1] if form.startswith("i-918") else found[0]
    if not letter and form in ("i-914", "i-914a"):
        below = re.search(rf"{number}\. ([A-C])\. ", rest)
        letter = below[1] if below else ""
    return f"{number}.{letter.lower()}" if letter else number


def last_phrase(text: str) -> str:
    """What the tooltip finally asks: from the last "Enter" or "Select", else what follows its last number."""
    places = [m.start() for m in re.finditer(r"\b(?:Enter|Select)\b", text)]
    return text[places[-1] :] if places else re.split(r"(?<= )\d{1,2}\. (?:[A-I]\. )?", text)[-1]


def _is_the_question(form: str, part: str, item: str) -> bool:
    """Text fields of the certifications that answer the question of their item itself, not a detail below it."""
    return (form, part) in (("i-914b", "Part C"), ("i-918b", "Part 3")) or (form, part, item) == (
        "i-918b",
        "Part 4",
        "4",
    )
