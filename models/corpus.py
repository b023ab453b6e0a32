"""Annotated documents: read from their markup, and turned into what the network shall answer.

A data folder is laid out as ``annotation/statements/*.txt`` (inline markup), ``data/names``, ``data/geo`` and
``tools/markup.py`` (checks the markup and prints it as JSON, one document a line).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from extract.narrative.gazetteer import Gazetteer
from extract.narrative.mentions import Mention, mentions_of, narrator_mentions
from extract.narrative.scheme import ATTRIBUTE_OF_LABEL, LABELS, OCCUPATION, RELATIONS, ROLES, TAG_OF
from extract.narrative.words import WORD, Words, folded

#: Occupation tags: outside, first word, further word.
OUTSIDE, FIRST, FURTHER = range(3)


def read_documents(data: Path, more: Path | None = None) -> list[dict]:
    """Every annotated document of ``data``, and of the folder ``more``, as JSON (GUIDELINES 7), sorted by file name."""
    files = sorted((data / "annotation" / "statements").glob("*.txt"))
    files += sorted(more.glob("*.txt")) if more else []
    files = [f for f in files if not f.name.startswith("README")]
    if not files:
        raise SystemExit(f"No annotated documents lie in {data}/annotation/statements.")
    run = subprocess.run(
        [sys.executable, str(data / "tools" / "markup.py"), "json", *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    documents = [json.loads(line) for line in run.stdout.splitlines() if line.strip()]
    if not documents:
        raise SystemExit(f"markup.py gave no documents: {run.stderr.strip()[-300:]}")
    return documents


def is_dev(document_id: str) -> bool:
    """Held out from training: documents whose number ends in 0 or 5."""
    return document_id[-1] in "05"


@dataclass
class Example:
    """One document with its gold answers, in word positions."""

    document: dict
    words: Words
    tags: np.ndarray
    """[n] indices into TAGS"""
    occupations: np.ndarray
    """[n] OUTSIDE, FIRST, FURTHER"""
    mentions: list[Mention] = field(default_factory=list)
    """gold mentions, then the narrator's"""
    entity_of: list[str] = field(default_factory=list)
    """entity id of each gold mention (not of the narrator's)"""
    details: list[tuple[int, int, str]] = field(default_factory=list)
    """spans that may be an attribute: first word, last word, label"""
    owners: list[dict[str, bool]] = field(default_factory=list)
    """for each detail: entity id -> True owns it, False undecided (its words are said at several places)"""


def example(document: dict, names: Gazetteer) -> Example:
    words = Words.of(document["text"], names)
    first = {int(a): i for i, a in enumerate(words.start)}
    last = {int(b): i for i, b in enumerate(words.end)}
    spans = []
    for s in document["spans"]:
        i, j = first.get(s["start"]), last.get(s["end"])
        if i is not None and j is not None and i <= j:
            spans.append((i, j, s["label"], s.get("entity")))
    spans.sort(key=lambda s: s[:2])
    out = Example(document, words, _tags(len(words), spans), np.zeros(len(words), dtype=np.int64))
    entity = {(i, j): e for i, j, _, e in spans}
    for m in mentions_of(words, [s[:3] for s in spans]):
        e = entity[m[:2]]
        if e in document["entities"]:
            out.mentions.append(m)
            out.entity_of.append(e)
    _own(out, spans)
    out.mentions += narrator_mentions(words)
    return out


def _tags(n: int, spans: list[tuple[int, int, str, str | None]]) -> np.ndarray:
    tags = np.zeros(n, dtype=np.int64)
    for i, j, label, _ in spans:
        if label not in LABELS:
            continue
        if i == j:
            tags[i] = TAG_OF[f"S-{label}"]
        else:
            tags[i], tags[j] = TAG_OF[f"B-{label}"], TAG_OF[f"E-{label}"]
            tags[i + 1 : j] = TAG_OF[f"I-{label}"]
    return tags


def _own(out: Example, spans: list[tuple[int, int, str, str | None]]) -> None:
    """Find the words of every attribute in the text: the place nearest to a mention of its owner is the gold one."""
    words, document = out.words, out.document
    at: dict[str, list[int]] = {}
    for (i, _, _), e in zip(out.mentions, out.entity_of, strict=True):
        at.setdefault(e, []).append(i)
    at.setdefault("e0", []).extend(words.narrator.tolist())
    taken = np.zeros(len(words), dtype=bool)
    for i, j, _, _ in spans:
        taken[i : j + 1] = True
    found: dict[tuple[int, int, str], dict[str, bool]] = {
        (i, j, label): {} for i, j, label, _ in spans if label in ATTRIBUTE_OF_LABEL
    }
    for owner, name, value in document["attributes"]:
        wanted = [folded(w) for w in WORD.findall(value)]
        if not wanted or not at.get(owner):
            continue

        def distance(key: tuple[int, int, str], near: list[int] = at[owner]) -> int:
            return min(abs(key[0] - p) for p in near)

        if name == "occupation":
            n = len(wanted)
            places = [
                (i, i + n - 1, OCCUPATION)
                for i in range(len(words) - n + 1)
                if words.folded[i] == wanted[0] and words.folded[i : i + n] == wanted and not taken[i : i + n].any()
            ]
            if not places:
                continue
            place = min(places, key=distance)
            i, j, _ = place
            # two occupations never overlap: the tagger could not say so
            if place not in found and (out.occupations[i : j + 1] != OUTSIDE).any():
                continue
            out.occupations[i], out.occupations[i + 1 : j + 1] = FIRST, FURTHER
            found.setdefault(place, {})[owner] = True
        else:
            places = [
                (i, j, label) for i, j, label in found
                if ATTRIBUTE_OF_LABEL[label] == name and words.folded[i : j + 1] == wanted
            ]  # fmt: skip
            for rank, place in enumerate(sorted(places, key=distance)):
                found[place].setdefault(owner, rank == 0)
    out.details = sorted(found)
    out.owners = [found[d] for d in out.details]


def clusters_of(entity_of: list[str]) -> tuple[list[str], list[list[int]]]:
    """Gold entities that are mentioned, in the order of their first mention, with their mentions."""
    by: dict[str, list[int]] = {}
    for k, e in enumerate(entity_of):
        by.setdefault(e, []).append(k)
    return list(by), list(by.values())


def role_index(document: dict, entity: str) -> int:
    return ROLES.index(document["entities"][entity]["role"])


def relation_targets(
    document: dict, slot_entities: list[str], a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gold answers [pairs, relations] of slots a -> b, and which pairs count (not an entity with itself)."""
    kinds = {e: d.get("type", "person") for e, d in document["entities"].items()}
    gold: dict[tuple[str, str], set[int]] = {}
    for head, relation, tail, *_ in document["relations"]:
        gold.setdefault((head, tail), set()).add(RELATIONS.index(relation))
        mutual = relation == "family_of" or (
            relation == "affiliated_with" and kinds.get(head) == kinds.get(tail) == "person"
        )
        if mutual:
            gold.setdefault((tail, head), set()).add(RELATIONS.index(relation))
    y = np.zeros((len(a), len(RELATIONS)), dtype=np.float32)
    counts = np.ones(len(a), dtype=np.float32)
    for p, (x, z) in enumerate(zip(a, b, strict=True)):
        head, tail = slot_entities[x], slot_entities[z]
        if head == tail:
            counts[p] = 0
        for r in gold.get((head, tail), ()):
            y[p, r] = 1
    return y, counts
