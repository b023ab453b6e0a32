"""A statement far longer than a window or a chapter: nobody in it is lost, and memory stays bounded.

The text is written around the pipeline's own borders: names are planted so that the edges of windows fall before, into
and behind them, and in all sentences around the edges of chapters.
"""

import itertools
import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from extract.narrative import load
from extract.narrative.chapters import Entities, chapter_ranges
from extract.narrative.encoder import Encoder
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.narrative import component
from extract.narrative.windows import windows
from extract.narrative.words import WORD, Words

ROOT = Path(__file__).parents[3]
GIB = 1 << 30

#: Named all over the text, and one man everywhere.
OWNER = "Gerald Whitfield"
FILLER = (
    "The house was cold and we worked from early in the morning until late at night without any pay.",
    "They gave us rice and old bread, and we slept on the floor of one room with the door locked.",
    "Every week they wrote a number in a book and told us that this was what we still had to pay back.",
    f"When I asked to call my family, {OWNER} said that the phone was broken and that I should work.",
    "I was told that the police would send us all to prison if we ever spoke to them about the work.",
    "After some time I did not know any more which day it was, since all days were the same to us.",
)
#: Of three, four and five pieces: together they make any length.
SHORT = ("I cried.", "We were tired.", "I could not sleep.")
MEN = "Pedro Carlos Miguel Luis Jorge Ramon Victor Hector Daniel Samuel Peter George Thomas Robert Frank Oscar".split()
WOMEN = "Maria Rosa Elena Teresa Carmen Lucia Sofia Laura Martha Helen Susan Grace Alice Diana Nora Irene".split()
FAMILY = (
    "Delgado Ramirez Ortega Mendez Castillo Vargas Navarro Salazar Herrera Aguilar Morales Figueroa Peterson Johnson "
    "Henderson Wallace Thompson Campbell Anderson Sullivan Kowalski Novak Petrov Ivanov Nguyen Santos Reyes Okafor "
    "Mensah Abdullah Hassan Sharma Gupta Singh Tanaka Kimura Bautista Villanueva Cabrera Espinoza"
).split()
DEEDS = (
    "took my passport and beat me.", "came to the house and hit me with a belt.", "told me that I had to work for him.",
    "locked the door and took all my money.", "drove us to the farm in a van.", "said that he would kill my son.",
)  # fmt: skip


@dataclass
class Statement:
    """A text that is written from its beginning to its end, with the names that were planted in it."""

    encoder: Encoder
    entities: Entities
    parts: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """pieces of each word"""
    pieces: int = 0
    planted: list[tuple[int, int]] = field(default_factory=list)
    """words of each name: first, past the last"""
    chapter: int = 0
    """first word of the chapter that is being written"""

    def __post_init__(self) -> None:
        people = [f"A man named {n}" for n in MEN] + [f"A woman named {n}" for n in WOMEN]
        # one given name after the other, so that no two of one family or given name stand side by side
        self.people = itertools.cycle(
            f"{people[(k + k // len(FAMILY)) % len(people)]} {FAMILY[k % len(FAMILY)]}"
            for k in range(len(people) * len(FAMILY))
        )
        self.filler, self.deeds = itertools.cycle(FILLER), itertools.cycle(DEEDS)

    @property
    def text(self) -> str:
        return " ".join(self.parts)

    def size(self, sentence: str) -> int:
        return sum(len(self.encoder.pieces.of(w)) for w in WORD.findall(sentence))

    def write(self, sentence: str, name: str = "") -> None:
        words = WORD.findall(sentence)
        if name:
            k = len(WORD.findall(sentence[: sentence.index(name)]))
            self.planted.append((len(self.sizes) + k, len(self.sizes) + k + len(WORD.findall(name))))
        self.parts.append(sentence)
        self.sizes += [len(self.encoder.pieces.of(w)) for w in words]
        self.pieces = self.pieces + self.size(sentence)

    def fill(self, until: int) -> None:
        """Whole sentences up to, at most, a piece."""
        while (sentence := self.next_sentence()) and self.pieces + self.size(sentence[0]) <= until:
            self.write(*sentence)

    def next_sentence(self) -> tuple[str, str]:
        """Filler, and a name in every sentence near where a chapter ends or the next one begins."""
        n, end = len(self.sizes), self.chapter + self.entities.length
        if min(abs(n - end), abs(n - (end - self.entities.overlap))) < 60:
            _, _, _, *words = next(self.people).split()
            name = " ".join(words)
            return (f"{name} {next(self.deeds)}" if n % 2 else f"I was afraid of {name}."), name
        if n > end + 60:
            words = Words.of(self.text, Gazetteer({}))
            self.chapter = chapter_ranges(words, self.entities.length, self.entities.overlap)[-1][0]
        return next(self.filler), ""

    def plant(self, border: int, how: int) -> None:
        """A name that begins at a piece, ends there, has it between its words, or begins a piece later."""
        person = next(self.people)
        before, name = " ".join(person.split()[:3]), " ".join(person.split()[3:])
        start = border - (0, self.size(name), self.size(name.split()[0]), -1)[how]
        rest = start - self.size(before) - self.pieces
        lengths = {self.size(s): s for s in SHORT}
        while rest:
            k = next(k for k in sorted(lengths, reverse=True) if rest == k or rest - k >= min(lengths))
            self.write(lengths[k])
            rest -= k
        self.write(f"{before} {name} {next(self.deeds)}", name)


def statement(narrative, words: int) -> Statement:
    out = Statement(component(narrative.nlp, Encoder), component(narrative.nlp, Entities))
    window, overlap = out.encoder.window, out.encoder.overlap
    low = 0
    for turn in itertools.count():
        for border in (low + window - overlap, low + window):
            out.fill(border - 16)
            out.plant(border, turn % 4)
        at = np.concatenate([[0], np.cumsum(out.sizes)])
        high = np.searchsorted(at, low + window, "right") - 1
        low = int(at[np.searchsorted(at, at[high] - overlap, "left")])
        if len(out.sizes) >= words:
            return out
    raise AssertionError


def check_borders(out: Statement, chapters: int) -> None:
    """The names stand where they were meant to: at every edge of a window, around every edge of a chapter."""
    cut, _ = windows(np.array(out.sizes), out.encoder.window, out.encoder.overlap)
    edges = {e for low, high in cut for e in (low, high)} - {0, len(out.sizes)}
    near = {e for e in edges if any(first - 1 <= e <= last for first, last in out.planted)}
    assert len(near) > 0.95 * len(edges)
    assert any(first < e < last for e in edges for first, last in out.planted), "some edge lies within a name"
    ranges = chapter_ranges(Words.of(out.text, Gazetteer({})), out.entities.length, out.entities.overlap)
    assert len(ranges) == chapters
    borders = {e for low, high in ranges for e in (low, high)} - {0, len(out.sizes)}
    for e in borders:
        assert any(-30 < last - e <= 0 for _, last in out.planted), "no name close before the border of a chapter"
        assert any(0 <= first - e < 30 for first, _ in out.planted), "no name close behind the border of a chapter"


def check_names(out: Statement, spans: list[dict], entities: list[str]) -> None:
    """Every planted name is a PERSON, and somebody's."""
    places = [m.span() for m in WORD.finditer(out.text)]
    wanted = {(places[first][0], places[last - 1][1]) for first, last in out.planted}
    found = {(s["start"], s["end"]): s.get("entity") for s in spans if s["label"] == "PERSON"}
    lost = [(out.text[a:b], a) for a, b in sorted(wanted - found.keys())]
    assert not lost
    assert [out.text[a:b] for a, b in sorted(wanted) if found[a, b] not in entities] == []
    said = {m.span() for m in re.finditer(OWNER, out.text)}
    assert len({found.get(place) for place in said}) == 1, "who is named in every chapter is one person"


def test_in_two_chapters_nobody_is_lost_at_a_border(narrative):
    out = statement(narrative, 6_000)
    check_borders(out, chapters=2)
    result = narrative.read(out.text)
    check_names(out, [s.model_dump() for s in result.spans], list(result.entities))


@pytest.mark.slow
def test_in_fifty_thousand_words_nobody_is_lost_and_memory_is_bounded(narrative, tmp_path):
    out = statement(narrative, 50_000)
    check_borders(out, chapters=14)
    (tmp_path / "statement.txt").write_text(out.text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, __file__, str(tmp_path / "statement.txt")],
        capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    read = json.loads(run.stdout)
    check_names(out, read["spans"], read["entities"])
    assert read["peak"] < 2 * GIB


if __name__ == "__main__":  # the child that reads a text alone, so that the peak of memory is its own
    result = load().read(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps({
        "spans": [s.model_dump(include={"start", "end", "label", "entity"}) for s in result.spans],
        "entities": list(result.entities),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))  # fmt: skip
