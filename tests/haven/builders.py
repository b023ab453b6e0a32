"""Extractions for the store's tests: a told story with known people, as the pipeline would hand it over."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from extract.packet import ReadFile, ReadPage, Word
from extract.pipeline import Extraction
from extract.record import Document, Entity, File, FormField, Model, Need, Page, Record, Source, Span

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)
LINE = 15
"""Words a line of the page that the builder lays out."""

STORY = (
    "My name is Maylin Ramos, A 204 338 917. In March 2014 a woman called Rosa Delgado, everyone said La Patrona, "
    "came to San Pedro Sula and offered me work.\n\n"
    "Chuy drove nine of us over the river. In Houston she took my passport. Her phone was (832) 555-0143. "
    "She hit Daysi, who was 15 years old, in front of us. My aunt Lorna believed her."
)
PEOPLE = {
    "e0": Entity(role="applicant", name="Maylin Ramos"),
    "e1": Entity(role="trafficker", name="Rosa Delgado", aliases=["La Patrona"], allegation="alleged", confidence=0.97),
    "e2": Entity(role="associate", name="Chuy", confidence=0.7),
    "e3": Entity(role="victim", name="Daysi", confidence=0.9),
    "e4": Entity(role="family", name="Lorna", doubt=["trafficker"], confidence=0.6),
}
FACTS = [
    ("e0", "id", "A 204 338 917"),
    ("e1", "phone", "(832) 555-0143"),
    ("e3", "age", "15 years old"),
]
DEEDS = [
    (
        "e1",
        "recruited",
        "e0",
        "2014-03",
        "a woman called Rosa Delgado, everyone said La Patrona, came to San Pedro Sula",
    ),
    ("e2", "transported", "e0", "", "Chuy drove nine of us over the river"),
    ("e1", "harmed", "e3", "", "She hit Daysi"),
    ("e4", "family_of", "e0", "", "My aunt Lorna"),
]


@dataclass
class Told:
    """What a packet says. Names, values and deeds are found in ``text``, so their places are right."""

    text: str = STORY
    people: dict[str, Entity] = field(default_factory=lambda: {k: e.model_copy(deep=True) for k, e in PEOPLE.items()})
    facts: list[tuple[str, str, str]] = field(default_factory=lambda: list(FACTS))
    deeds: list[tuple[str, str, str, str, str]] = field(default_factory=lambda: list(DEEDS))
    kind: str = "statement"
    form: str | None = "i-914"
    fields: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    """item, question, value, kind, category."""
    needs: list[Need] = field(default_factory=list)
    id: str = "ramos-maylin"


def extraction_of(told: Told, folder: Path, **changes: object) -> Extraction:
    """The extraction of one text file with one page, and one more page for the form if there is one."""
    for name, value in changes.items():
        setattr(told, name, value)
    path = folder / f"{told.id}.txt"
    path.write_text(told.text + "".join(f"\n{f}" for f in told.fields), encoding="utf-8")
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    pages = [_page(sha, 1, told.text)]
    documents = [Document(id="d0", kind=told.kind, pages=[0], range=(0, len(told.text)))]
    if told.form:
        pages.append(ReadPage(sha, 2, "blank", "Nothing is on it but the print of the form.", width=612, height=792))
        documents.append(Document(id="d1", kind=told.form, pages=[1], range=(len(told.text), len(told.text))))
    record = Record(
        id=told.id,
        text=told.text,
        spans=[*_spans(told)],
        entities=told.people,
        attributes=told.facts,
        attribute_sources=[Source(range=_place(told.text, text), confidence=0.95) for _, _, text in told.facts],
        relations=[(h, t, tail, when) for h, t, tail, when, _ in told.deeds],
        relation_sources=[Source(range=_place(told.text, words), confidence=0.9) for *_, words in told.deeds],
        files=[File(sha256=sha, name=path.name, size=path.stat().st_size, media_type="text/plain")],
        documents=documents,
        fields=[
            FormField(
                document="d1",
                item=i,
                name=q,
                value=v,
                kind=k,
                page=1,
                category=c,
                box=(72, 72 + 20 * n, 300, 84 + 20 * n),
            )
            for n, (i, q, v, k, c) in enumerate(told.fields)
        ],
        pages=[
            Page(
                file=sha, number=p.number, state=p.state, reason=p.reason, width=p.width, height=p.height,
                range=(0, len(told.text)) if p.text else None,
            )
            for p in pages
        ],
        needs=told.needs,
        model=Model(name="told", version="1", hash="0" * 64),
    )  # fmt: skip
    file = ReadFile(path, sha, path.name, path.stat().st_size, "text/plain", tuple(pages))
    return Extraction(record, (file,))


def _place(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def _spans(told: Told) -> list[Span]:
    spans = []
    for key, entity in told.people.items():
        for name in filter(None, [entity.name, *entity.aliases]):
            label = "ORG" if entity.type == "org" else "PERSON"
            spans += [
                Span(start=m.start(), end=m.end(), label=label, entity=key, page=0)
                for m in re.finditer(re.escape(name), told.text)
            ]
    return spans


def _page(sha: str, number: int, text: str) -> ReadPage:
    words, offsets = [], []
    for n, match in enumerate(re.finditer(r"\S+", text)):
        x, y = 72 + 30 * (n % LINE), 72 + 14 * (n // LINE)
        words.append(Word(match.group(), (x, y, x + 28, y + 12)))
        offsets.append(match.span())
    return ReadPage(
        sha, number, "text", "Its own words were taken.", width=612, height=792,
        words=tuple(words), text=text, offsets=tuple(offsets), image=lambda: PNG,
    )  # fmt: skip
