"""python -m models.calibrate --data DIR --pipeline models/weights/NAME

Fits the judge of roles and sets every threshold of a pipeline on the held-out documents, by rules stated here, and
saves them with it. No weight of the network and no text of a held-out document enters training.

* Coreference: the threshold with the highest B-cubed F1 of mentions.
* Sure: the judge is fitted on seven eighths of the held-out documents at a time and asked about the rest. Of the
  thresholds at which then **no protected person stands accused**, the lowest of these left out as a margin (other
  names or a poor scan move somebody over it), the one with the highest F1 of traffickers.
* Sure of those to be careful with (kin, namesakes, those who may be protected): likewise, after that. Associate:
  likewise, after that.
* Same: of the thresholds at which two accused are taken for one, that with the highest F1 of traffickers.
* Doubt: the lowest threshold at which at most a fifth of the entities ask a person.
* Attributes and relations: for each type the threshold with its highest F1.
* Confidence of spans: for each label (with enough spans) the line through the log odds of how often they are right.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative import load
from extract.narrative.attributes import Attributes
from extract.narrative.coreference import Coreference, word_range
from extract.narrative.judge import EVIDENCE, VERDICTS, Judge, careful, evidence, relation_table, role_table
from extract.narrative.narrative import component
from extract.narrative.relations import Relations
from extract.narrative.result import result_of
from extract.narrative.roles import Roles
from extract.narrative.scheme import PROTECTED_ROLES
from extract.narrative.spans import KEY, Spans, log_odds
from extract.weights import MANIFEST
from models.corpus import is_dev, read_documents
from models.export import write
from models.measure import by_type, prediction, scorer, table

_FOLDS = 8
#: Strength of the judge's weights is held down by this much (inverse), found by cross-validation on training folds.
_C = 0.1
#: To accuse one protected person is held to be as bad as to miss so many traffickers.
_PROTECTED_WEIGHT = 6.0
_MOST_DOUBT = 0.195
_SURE = "subjects: traffickers"
#: From which probability on somebody may be protected, so that it takes more to accuse them: the best of these.
_MAYBE_PROTECTED = (0.05, 0.02, 0.01)
_COREFERENCE = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65)
_GRID = tuple(np.round(np.arange(0.25, 0.86, 0.05), 2))
#: A type with fewer gold cases keeps the common threshold: its own would be chance.
_FEW = 25
_ENOUGH_SPANS = 150


def gold_of_clusters(doc: Doc, document: dict) -> list[list[str]]:
    """For each cluster the gold entities that its mentions overlap, once per mention."""
    gold = [(*word_range(doc._.words, s["start"], s["end"]), s["entity"]) for s in document["spans"] if s.get("entity")]
    gold = [g for g in gold if g[2] in document["entities"]]
    at = doc._.mentions
    return [[e for k in ks for i, j, e in gold if i <= at[k][1] and at[k][0] <= j] for ks in doc._.clusters]


def b_cubed(doc: Doc, document: dict, clusters: list[list[int]]) -> tuple[float, float, int]:
    """Sums of precision and recall over the mentions that are gold mentions too, and their number."""
    gold = {word_range(doc._.words, s["start"], s["end"]): s["entity"] for s in document["spans"] if s.get("entity")}
    of = {k: gold.get(m[:2]) for k, m in enumerate(doc._.mentions)}
    size = Counter(e for e in of.values() if e)
    precision = recall = 0.0
    n = 0
    for ks in clusters:
        inside = Counter(of[k] for k in ks if of[k])
        for e, count in inside.items():
            n += count
            precision += count * count / sum(inside.values())
            recall += count * count / size[e]
    return precision, recall, n


def choose_coreference(nlp: Language, docs: list[Doc], documents: list[dict]) -> tuple[float, float]:
    pipe = component(nlp, Coreference)
    best = (0.0, 0.6)
    for threshold in _COREFERENCE:
        pipe.threshold = threshold
        p = r = n = 0.0
        for doc, document in zip(docs, documents, strict=True):
            named = [m for m in doc._.mentions if m[2] < 3]
            x = b_cubed(doc, document, pipe.group(doc._.words, named, *doc._.pairs) if named else [])
            p, r, n = p + x[0], r + x[1], n + x[2]
        best = max(best, (2 * p * r / (p + r) / n, threshold))
    pipe.threshold = best[1]
    return best


def fit(x: np.ndarray, y: np.ndarray, protected: np.ndarray) -> Judge:
    """The judge of evidence x [rows, evidence] with verdicts y; rows of protected people weigh more."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(0), x.std(0) + 1e-6
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=_C, max_iter=3000).fit(
            (x - mean) / scale, y, sample_weight=np.where(protected, _PROTECTED_WEIGHT, 1.0)
        )
    weights = np.zeros((len(VERDICTS), len(EVIDENCE)))
    bias = np.full(len(VERDICTS), -30.0)
    weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return Judge(mean.tolist(), scale.tolist(), weights.tolist(), bias.tolist())


class Held:
    """The held-out documents, read by the pipeline up to the judge."""

    def __init__(self, nlp: Language, documents: list[dict], score: ModuleType):
        self.nlp, self.documents, self.score = nlp, documents, score
        self.gold = {d["id"]: d for d in documents}
        self.docs: list[Doc] = []
        self.evidence: list[tuple[np.ndarray, np.ndarray]] = []
        self.careful: list[np.ndarray] = []
        self.spans: list[list[tuple[int, int, str, float]]] = []
        self.attributes, self.relations = component(nlp, Attributes), component(nlp, Relations)
        self.roles = component(nlp, Roles)

    def read(self) -> None:
        component(self.nlp, Spans).calibration = {"": (1.0, 0.0)}
        before = ("encoder", "spans", "identifiers", "dates", "coreference")
        for d in self.documents:
            doc = self.nlp.make_doc(d["text"])
            for name in before:
                doc = self.nlp.get_pipe(name)(doc)
                if name == "spans":
                    self.spans.append([(s.start_char, s.end_char, s.label_, s._.confidence) for s in doc.spans[KEY]])
            self.docs.append(doc)
        self.calibrate_spans()
        f1, threshold = choose_coreference(self.nlp, self.docs, self.documents)
        print(f"coreference: threshold {threshold}, B-cubed F1 {f1:.4f}", flush=True)
        pipe = component(self.nlp, Coreference)
        for doc in self.docs:
            named = [m for m in doc._.mentions if m[2] < 3]
            doc._.clusters = pipe.group(doc._.words, named, *doc._.pairs) if named else []
            for name in ("entities", "relations", "attributes"):
                self.nlp.get_pipe(name)(doc)

    def calibrate_spans(self) -> None:
        """What the network's probability of a span says about its being right, label by label."""
        from sklearn.linear_model import LogisticRegression

        spans = component(self.nlp, Spans)
        rows = []
        for found, document in zip(self.spans, self.documents, strict=True):
            gold = {(s["start"], s["end"], s["label"]) for s in document["spans"]}
            rows += [(label, p, (start, end, label) in gold) for start, end, label, p in found]
        for label in ("", *sorted({r[0] for r in rows})):
            mine = [r for r in rows if label in ("", r[0])]
            right = np.array([r[2] for r in mine])
            if len(mine) < _ENOUGH_SPANS or right.all():
                continue
            x = log_odds(np.array([r[1] for r in mine]))[:, None]
            fitted = LogisticRegression(C=1.0).fit(x, right)
            spans.calibration[label] = (round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4))

    def judge_rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Evidence, verdict, document and whether a protected person is in it, of every cluster."""
        x, y, g, protected = [], [], [], []
        for n, (doc, document) in enumerate(zip(self.docs, self.documents, strict=True)):
            doc._.relation_table = relation_table(doc)
            roles = role_table(doc)
            x.append(evidence(doc, roles, doc._.relation_table))
            self.evidence.append((roles, x[-1]))
            for entities in gold_of_clusters(doc, document):
                gold = [document["entities"][e]["role"] for e in entities]
                role = max(sorted(set(gold)), key=gold.count) if gold else "other"
                y.append(VERDICTS.index(role) if role in VERDICTS else 0)
                g.append(n)
                protected.append(any(r in PROTECTED_ROLES for r in gold))
        return np.concatenate(x), np.array(y), np.array(g), np.array(protected)

    def records(self, verdicts: list[np.ndarray], what: str = "all") -> dict[str, dict]:
        out = {}
        for doc, document, v, with_care in zip(self.docs, self.documents, verdicts, self.careful, strict=True):
            for s in doc.spans["narrative"]:
                s._.entity = None
            self.roles.record(doc, role_table(doc), v, with_care)
            out[document["id"]] = prediction(
                document, result_of(doc, self.attributes.thresholds, self.relations.thresholds)
            )
        return out

    def take_care(self, maybe_protected: float) -> None:
        self.roles.judge.maybe_protected = maybe_protected
        self.careful = [careful(roles, rows, maybe_protected) for roles, rows in self.evidence]

    def measured(self, verdicts: list[np.ndarray]) -> dict:
        return self.score.score(self.gold, self.records(verdicts))


def calibrate(held: Held) -> tuple[Judge, dict[str, dict]]:
    """Set the judge and all thresholds of the pipeline; returns the judge and the cross-validated records."""
    from sklearn.model_selection import GroupKFold

    x, y, groups, protected = held.judge_rows()
    p = np.zeros((len(y), len(VERDICTS)))
    for train, test in GroupKFold(_FOLDS).split(x, y, groups):
        p[test] = fit(x[train], y[train], protected[train])(x[test])
    verdicts = [p[groups == n] for n in range(len(held.docs))]
    judge = fit(x, y, protected)
    held.roles.judge = judge
    # relations and attributes say nothing about who is accused: leave them out of these searches
    loose = held.attributes.thresholds, held.relations.thresholds
    held.attributes.thresholds = dict.fromkeys(loose[0], 2.0)
    held.relations.thresholds = dict.fromkeys(loose[1], 2.0)
    judge.doubt, judge.associate, judge.sure_careful, judge.same = 2.0, 2.0, 2.0, 2.0
    _set_sure(held, verdicts)
    judge.associate = _safest(
        held, verdicts, "associate", np.arange(0.95, 0.39, -0.05), "subjects: traffickers and associates"
    )
    judge.same = _safest(held, verdicts, "same", np.arange(0.62, 0.29, -0.04), _SURE)
    low, high = 0, 600  # the share of doubts falls as the threshold rises: halve the thousandths between
    while low < high:
        judge.doubt = (low + high) // 2 / 1000
        if held.measured(verdicts)["doubt"]["share"] <= _MOST_DOUBT:
            high = (low + high) // 2
        else:
            low = (low + high) // 2 + 1
    judge.doubt = high / 1000
    print(
        f"sure {judge.sure}, careful {judge.sure_careful}, associate {judge.associate}, doubt {judge.doubt}", flush=True
    )
    for pipe, kind in ((held.attributes, "attributes"), (held.relations, "relations")):
        pipe.thresholds = _per_type(held, verdicts, pipe, kind)
        print(kind, pipe.thresholds, flush=True)
    return judge, held.records(verdicts)


def _set_sure(held: Held, verdicts: list[np.ndarray]) -> None:
    judge = held.roles.judge
    tried = []
    for maybe_protected in _MAYBE_PROTECTED:
        held.take_care(maybe_protected)
        judge.sure, judge.sure_careful = 2.0, 2.0
        judge.sure = _safest(held, verdicts, "sure", np.arange(0.97, 0.29, -0.03), _SURE)
        judge.sure_careful = _safest(held, verdicts, "sure_careful", np.arange(0.99, 0.49, -0.03), _SURE)
        tried.append((held.measured(verdicts)[_SURE]["f1"], maybe_protected, judge.sure, judge.sure_careful))
    _, maybe_protected, judge.sure, judge.sure_careful = max(tried)
    held.take_care(maybe_protected)


def _safest(held: Held, verdicts: list[np.ndarray], name: str, falling: np.ndarray, measure: str) -> float:
    """The value with the highest F1 among those above the first at which someone protected is accused, but for the
    last of them, which is the margin."""
    safe: list[tuple[float, float]] = [(-1.0, 2.0)]
    for t in np.round(falling, 3).tolist():
        setattr(held.roles.judge, name, t)
        r = held.measured(verdicts)
        print(f"  {name} {t}: {measure} {r[measure]}, exposed {r['exposed']['count']}", flush=True)
        if r["exposed"]["count"]:
            safe = safe[:-1] or safe
            break
        safe.append((r[measure]["f1"], t))
    return max(safe)[1]


def _per_type(held: Held, verdicts: list[np.ndarray], pipe: Attributes | Relations, kind: str) -> dict[str, float]:
    tried = {}
    for t in _GRID:
        pipe.thresholds = dict.fromkeys(pipe.thresholds, float(t))
        tried[float(t)] = by_type(held.score, held.gold, held.records(verdicts))[kind]

    def f1(counts: list[list[int]]) -> float:
        right, found, gold = (sum(c[k] for c in counts) for k in range(3))
        return 2 * right / max(found + gold, 1)

    common = max(tried, key=lambda t: f1(list(tried[t].values())))
    out = {}
    for name in pipe.thresholds:
        gold = tried[common][name][2]
        out[name] = max(tried, key=lambda t: (f1([tried[t][name]]), -abs(t - common))) if gold >= _FEW else common
    return out


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pipeline", type=Path, required=True, help="folder written by models.export")
    a = parser.parse_args(argv)
    narrative = load(a.pipeline)
    score = scorer(a.data)
    held = Held(narrative.nlp, [d for d in read_documents(a.data) if is_dev(d["id"])], score)
    held.read()
    _, records = calibrate(held)
    rows = table(score, held.gold, records)
    for r in rows:
        print(f"{r.name:40s} {r.value:.3f} [{r.low:.3f}, {r.high:.3f}]  {r.detail}")
    manifest = json.loads((a.pipeline / MANIFEST).read_text())
    more = {k: v for k, v in manifest.items() if k not in ("name", "version", "files")}
    more["cross_validated"] = {r.name: [round(x, 4) for x in (r.value, r.low, r.high)] for r in rows}
    write(narrative.nlp, a.pipeline, manifest["name"], more)


if __name__ == "__main__":
    main()
