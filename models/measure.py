"""Measures of records against annotated documents, with bootstrap intervals over documents.

The measures themselves are those of ``tools/score.py`` in the data folder, imported from there.
"""

from __future__ import annotations

import importlib.util
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from extract.narrative.result import NarrativeResult

_DRAWS = 1000


def scorer(data: Path) -> ModuleType:
    """``tools/score.py`` of a data folder as a module."""
    spec = importlib.util.spec_from_file_location("score", data / "tools" / "score.py")
    if spec is None or spec.loader is None:
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
            s.model_dump(exclude_none=True, include={"start", "end", "label", "entity", "value"}) for s in result.spans
        ],
        "entities": {k: e.model_dump() for k, e in result.entities.items()},
        "attributes": [list(a) for a in result.attributes],
        "relations": [list(r) for r in result.relations],
    }


@dataclass(frozen=True)
class Row:
    """A measure with the interval that holds 95% of 1,000 bootstrap draws of the documents."""

    name: str
    value: float
    low: float
    high: float
    detail: str = ""


def _counts(result: dict) -> dict[str, tuple[float, float, float]]:
    """(right, found, gold) of every measure of one document."""
    out = {}
    tables = {f"span {k}": v for k, v in result["spans"].items()}
    tables |= {k: v for k, v in result.items() if isinstance(v, dict) and "f1" in v}
    for name, row in tables.items():
        right = round(row["r"] * row["gold"]) if row["gold"] else 0
        out[name] = (right, row["found"], row["gold"])
    roles, exposed, doubt, dates = (result[k] for k in ("roles", "exposed", "doubt", "dates"))
    out["roles"] = (round(roles["accuracy"] * roles["matched"]), roles["matched"], roles["matched"])
    out["exposed"] = (exposed["count"], exposed["protected"], exposed["protected"])
    out["doubt"] = (round(doubt["share"] * doubt["entities"]), doubt["entities"], doubt["entities"])
    out["dates"] = (round(dates["accuracy"] * dates["gold"]), dates["gold"], dates["gold"])
    return out


def table(score: ModuleType, gold: dict[str, dict], found: dict[str, dict], seed: int = 1) -> list[Row]:
    """Every measure with its interval; F1 where there are precision and recall, a share otherwise."""
    each = [_counts(score.score({k: g}, {k: found[k]} if k in found else {})) for k, g in gold.items()]
    names = sorted({n for e in each for n in e})
    rng = random.Random(seed)
    draws = [[rng.randrange(len(each)) for _ in each] for _ in range(_DRAWS)]
    rows = []
    for name in names:
        values = [e.get(name, (0, 0, 0)) for e in each]
        right, found_, gold_ = (sum(v[k] for v in values) for k in range(3))
        sample = sorted(_f1(*(sum(values[i][k] for i in draw) for k in range(3))) for draw in draws)
        if name in ("roles", "exposed", "doubt", "dates"):
            detail = f"{right} of {gold_}"
        else:
            p, r = (right / x if x else 0.0 for x in (found_, gold_))
            detail = f"P {p:.3f} R {r:.3f}, {gold_} gold"
        rows.append(
            Row(name, _f1(right, found_, gold_), sample[int(0.025 * _DRAWS)], sample[int(0.975 * _DRAWS)], detail)
        )
    return rows


def _f1(right: float, found: float, gold: float) -> float:
    return 2 * right / (found + gold) if found + gold else 0.0


def by_type(score: ModuleType, gold: dict[str, dict], found: dict[str, dict]) -> dict[str, dict[str, list[int]]]:
    """(right, found, gold) of each attribute name and relation type: what the thresholds are chosen by."""
    out: dict[str, dict[str, list[int]]] = {k: defaultdict(lambda: [0, 0, 0]) for k in ("attributes", "relations")}
    for key, g in gold.items():
        f = found[key]
        ge = {e: d for e, d in g["entities"].items() if d.get("name") or d.get("aliases") or d["role"] == "applicant"}
        fe = {e: d for e, d in f["entities"].items() if d.get("name") or d.get("aliases") or d["role"] == "applicant"}
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
