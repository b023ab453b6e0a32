"""Measures of records against annotated documents, with bootstrap intervals over documents.

The measures themselves are those of ``tools/score.py`` in the data folder, imported from there.
"""

from __future__ import annotations

import importlib.util
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from extract.narrative.result import NarrativeResult

_DRAWS = 1000
_BINS = 10
#: Measures that are a share of what there is; all others are F1.
SHARES = ("roles", "exposed", "doubt", "dates")


def scorer(data: Path) -> ModuleType:
    """``tools/score.py`` of a data folder as a module."""
    spec = importlib.util.spec_from_file_location("score", data / "tools" / "score.py")
    if spec is None or spec.loader is None or not (data / "tools" / "score.py").is_file():
        raise SystemExit(f"{data}/tools/score.py cannot be read.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prediction(document: dict, result: NarrativeResult) -> dict:
    """The record of one document in the JSON that the measures read."""
    return {
        "id": document["id"],
        "document": document.get("document", "statement"),
        "language": "en",
        "text": document["text"],
        "spans": [
            s.model_dump(exclude_none=True, include={"start", "end", "label", "entity", "value", "confidence"})
            for s in result.spans
        ],
        "entities": {k: e.model_dump() for k, e in result.entities.items()},
        "attributes": [list(a) for a in result.attributes],
        "relations": [list(r) for r in result.relations],
    }


@dataclass(frozen=True)
class Row:
    """A measure with the interval that holds 95% of 1,000 bootstrap draws of the documents.

    ``recall``: of what there is, the share that was found right.
    """

    name: str
    value: float
    low: float
    high: float
    detail: str = ""
    recall: float = 0.0


def _counts(result: dict) -> dict[str, tuple[float, float, float]]:
    """(right, found, gold) of every measure of one document."""
    out = {}
    tables = {f"span {k}": v for k, v in result["spans"].items()}
    tables |= {k: v for k, v in result.items() if isinstance(v, dict) and "f1" in v}
    for name, row in tables.items():
        right = round(row["r"] * row["gold"]) if row["gold"] else 0
        out[name] = (right, row["found"], row["gold"])
    roles, exposed, doubt, dates = (result[k] for k in SHARES)
    out["roles"] = (round(roles["accuracy"] * roles["matched"]), roles["matched"], roles["matched"])
    out["exposed"] = (exposed["count"], exposed["protected"], exposed["protected"])
    out["doubt"] = (round(doubt["share"] * doubt["entities"]), doubt["entities"], doubt["entities"])
    out["dates"] = (round(dates["accuracy"] * dates["gold"]), dates["gold"], dates["gold"])
    return out


def counted(score: ModuleType, gold: dict[str, dict], found: dict[str, dict]) -> list[dict]:
    """For each document, by measure: how many were right, found, and there to be found."""
    return [_counts(score.score({k: g}, {k: found[k]} if k in found else {})) for k, g in gold.items()]


def table(score: ModuleType, gold: dict[str, dict], found: dict[str, dict], seed: int = 1) -> list[Row]:
    """Every measure with its interval; F1 where there are precision and recall, a share otherwise."""
    return rows(counted(score, gold, found), seed)


def rows(each: list[dict], seed: int = 1) -> list[Row]:
    """The measures of documents counted by :func:`counted`."""
    names, counts = _stacked(each)
    draws = _draws(len(each), seed)
    out = []
    for k, name in enumerate(names):
        right, found, gold = counts[:, k].sum(0).tolist()
        p, r = (right / x if x else 0.0 for x in (found, gold))
        detail = f"{right:.0f} of {gold:.0f}" if name in SHARES else f"P {p:.3f} R {r:.3f}, {gold:.0f} gold"
        low, high = _interval(_f1(draws @ counts[:, k]))
        out.append(Row(name, float(_f1(counts[:, k].sum(0))), low, high, detail, r))
    return out


def differences(one: list[dict], other: list[dict], seed: int = 1) -> list[Row]:
    """How far the first of two readings of the same documents lies above the second, measure by measure.

    Both are measured on each draw of the documents: the interval is of their difference, and narrower than those of
    the two values let it seem.
    """
    names, both = _stacked([*one, *other])
    draws = _draws(len(one), seed)
    out = []
    for k, name in enumerate(names):
        a, b = both[: len(one), k], both[len(one) :, k]
        first, second = float(_f1(a.sum(0))), float(_f1(b.sum(0)))
        low, high = _interval(_f1(draws @ a) - _f1(draws @ b))
        out.append(Row(name, first - second, low, high, f"{first:.3f} against {second:.3f}"))
    return out


def _stacked(each: list[dict]) -> tuple[list[str], np.ndarray]:
    """Names of the measures, and their counts [documents, measures, 3]."""
    names = sorted({n for e in each for n in e})
    return names, np.array([[e.get(n, (0, 0, 0)) for n in names] for e in each], dtype=float)


def _draws(documents: int, seed: int) -> np.ndarray:
    """How often each draw holds each document, [draws, documents]."""
    rng = random.Random(seed)
    return np.array(
        [np.bincount([rng.randrange(documents) for _ in range(documents)], minlength=documents) for _ in range(_DRAWS)],
        dtype=float,
    )


def _interval(values: np.ndarray) -> tuple[float, float]:
    values = np.sort(values)
    return float(values[int(0.025 * _DRAWS)]), float(values[int(0.975 * _DRAWS)])


def _f1(counts: np.ndarray) -> np.ndarray:
    """F1 of (right, found, gold) in the last axis; of a share, where found and gold are one number, the share."""
    right, found, gold = np.moveaxis(counts, -1, 0)
    return 2 * right / np.maximum(found + gold, 1)


def calibration_error(pairs: Iterable[tuple[float, bool]]) -> float:
    """Expected calibration error of (confidence, was right): how far confidence and share of right ones lie apart in
    each of ten bins of equal width, weighted by what falls into them (Naeini et al. 2015)."""
    bins: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    n = 0
    for confidence, right in pairs:
        n += 1
        bins[min(int(confidence * _BINS), _BINS - 1)][0] += confidence
        bins[min(int(confidence * _BINS), _BINS - 1)][1] += right
    return sum(abs(c - r) for c, r in bins.values()) / n if n else 0.0


def confidences(
    pair: Callable[[dict, dict], dict[str, str]], gold: dict[str, dict], found: dict[str, dict]
) -> dict[str, list[tuple[float, bool]]]:
    """(confidence, was right) of spans and of people and organisations with a name.

    A span is right where its borders and label are. Of an entity that is recorded as trafficker or in doubt the
    confidence is of the role that is recorded: in doubt that is the harmless one. ``pair`` maps found entities to gold.
    """
    out: dict[str, list[tuple[float, bool]]] = {k: [] for k in ("spans", "sure", "in doubt", "other entities")}
    for key, g in gold.items():
        f = found[key]
        right = {(s["start"], s["end"], s["label"]) for s in g["spans"]}
        out["spans"] += [(s["confidence"], (s["start"], s["end"], s["label"]) in right) for s in f["spans"]]
        to_gold = pair(named(g), named(f))
        for e, d in named(f).items():
            if d["role"] != "applicant":
                kind = "in doubt" if d["doubt"] else "sure" if d["role"] == "trafficker" else "other entities"
                role = g["entities"][to_gold[e]]["role"] if e in to_gold else None
                out[kind].append((d["confidence"], role == d["role"]))
    return out


def named(document: dict) -> dict[str, dict]:
    """The entities that measures count: those with a name, and the applicant."""
    return {
        e: d for e, d in document["entities"].items() if d.get("name") or d.get("aliases") or d["role"] == "applicant"
    }


def by_type(score: ModuleType, gold: dict[str, dict], found: dict[str, dict]) -> dict[str, dict[str, list[int]]]:
    """(right, found, gold) of each attribute name and relation type: what the thresholds are chosen by."""
    out: dict[str, dict[str, list[int]]] = {k: defaultdict(lambda: [0, 0, 0]) for k in ("attributes", "relations")}
    for key, g in gold.items():
        f = found[key]
        ge, fe = named(g), named(f)
        to = score.pair(ge, fe)
        plain = lambda t: " ".join(score.words(t))  # noqa: E731
        as_gold = lambda e, to=to: to.get(e, "?" + e)  # noqa: E731

        def edges(rows: list, known: dict, rename=lambda e: e) -> set:
            kept = {(rename(h), t, rename(o)) for h, t, o, *_ in rows if h in known and o in known}
            return {(*sorted((h, o)), t) if t == "family_of" else (h, o, t) for h, t, o in kept}

        sets = {
            "attributes": (
                {(e, plain(v), a) for e, a, v in g["attributes"] if e in ge},
                {(as_gold(e), plain(v), a) for e, a, v in f["attributes"] if e in fe},
            ),
            "relations": (edges(g["relations"], ge), edges(f["relations"], fe, as_gold)),
        }
        for kind, (want, got) in sets.items():
            for k, rows in enumerate((want & got, got, want)):
                for row in rows:
                    out[kind][row[2]][k] += 1
    return out
