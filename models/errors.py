"""python -m models.errors --data DIR [--pipeline FOLDER] [--show]

Reads the held-out documents of DIR with the shipped pipeline, end to end, and counts what became of every annotated
span, alleged trafficker, attribute and relation, and of what was found beyond them: as Markdown tables by label, name
or type, then all errors by kind and by length of document. Names stand in the output only with ``--show``, which adds
every single error.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extract.narrative import load
from extract.narrative.scheme import ATTRIBUTE_OF_LABEL
from models.corpus import is_dev, read_documents
from models.evaluate import LENGTHS, markdown, read_all
from models.measure import named, scorer

RIGHT = "right"
_LABEL_OF_ATTRIBUTE = {name: label for label, name in ATTRIBUTE_OF_LABEL.items()}
_MUTUAL = "family_of"
#: The tables in their order, with their columns: what can become of an annotated one, then what was found beyond.
#: ``other label``: the words were found under another label. ``no owner``: the words were found, and given to nobody
#: with a name. ``owner unknown``: they were given to an entity that is nobody of the annotation. ``other type``: the
#: two are bound by other relations only.
TABLES = {
    "spans": (RIGHT, "border", "other label", "missed", "extra"),
    "traffickers": (RIGHT, "doubt only", "called associate", "called otherwise", "no entity"),
    "accused falsely": ("second copy", "an associate", "someone protected", "someone else", "nobody annotated"),
    "attributes": (RIGHT, "no span", "no owner", "wrong owner", "owner unknown", "extra"),
    "relations": (RIGHT, "ends missing", "wrong direction", "other type", "undetected", "extra"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one annotated thing, or of one that was found beyond the annotated ones.

    ``table`` is a key of :data:`TABLES`, ``kind`` one of its columns, ``name`` the label, role, attribute or relation.
    ``words`` may hold names of people.
    """

    document: str
    table: str
    name: str
    kind: str
    words: str


def outcomes(gold: dict, found: dict, to_gold: dict[str, str], plain: Callable[[str], str]) -> Iterator[Outcome]:
    """Every outcome of one document.

    ``to_gold``: the gold entity of each found one that is paired with one. ``plain``: what two values of an attribute
    that are the same have in common.
    """
    yield from _spans(gold, found)
    yield from _traffickers(gold, found, to_gold)
    yield from _accused(gold, found, to_gold)
    yield from _attributes(gold, found, to_gold, plain)
    yield from _relations(gold, found, to_gold)


def _spans(gold: dict, found: dict) -> Iterator[Outcome]:
    """A found span explains one gold span at most: first the same label at other borders, then another label."""
    want = {(s["start"], s["end"], s["label"]) for s in gold["spans"]}
    got = {(s["start"], s["end"], s["label"]) for s in found["spans"]}
    left = sorted(got - want)

    def outcome(span: tuple[int, int, str], kind: str) -> Outcome:
        return Outcome(gold["id"], "spans", span[2], kind, gold["text"][span[0] : span[1]])

    def explained(spans: list, fits: Callable[[str, str], bool], kind: str) -> Iterator[Outcome]:
        for g in spans.copy():
            for f in left:
                if f[0] < g[1] and g[0] < f[1] and fits(f[2], g[2]):
                    left.remove(f)
                    spans.remove(g)
                    yield outcome(g, kind)
                    break

    yield from (outcome(s, RIGHT) for s in sorted(want & got))
    open_ = sorted(want - got)
    yield from explained(open_, lambda f, g: f == g, "border")
    yield from explained(open_, lambda f, g: f != g, "other label")
    yield from (outcome(s, "missed") for s in open_)
    yield from (outcome(s, "extra") for s in left)


def _traffickers(gold: dict, found: dict, to_gold: dict[str, str]) -> Iterator[Outcome]:
    back = {g: f for f, g in to_gold.items()}
    for e, d in named(gold).items():
        if d["role"] != "trafficker":
            continue
        as_found = found["entities"].get(back.get(e))
        if as_found is None:
            kind = "no entity"
        elif as_found["role"] == "trafficker":
            kind = RIGHT
        elif "trafficker" in as_found["doubt"]:
            kind = "doubt only"
        else:
            kind = "called associate" if as_found["role"] == "associate" else "called otherwise"
        yield Outcome(gold["id"], "traffickers", d.get("type", "person"), kind, f"{d['name']}{_called(as_found)}")


def _called(entity: dict | None) -> str:
    return f" -> {entity['role']}" if entity else ""


def _accused(gold: dict, found: dict, to_gold: dict[str, str]) -> Iterator[Outcome]:
    """Who is recorded as trafficker and is not annotated as one."""
    for e, d in named(found).items():
        if d["role"] != "trafficker":
            continue
        owner = to_gold.get(e)
        role = gold["entities"][owner]["role"] if owner else None
        if role == "trafficker":
            continue
        if role is None:
            kind = "second copy" if _annotated_at(gold, found, e) else "nobody annotated"
        elif role in ("applicant", "victim", "family"):
            kind = "someone protected"
        else:
            kind = "an associate" if role == "associate" else "someone else"
        yield Outcome(gold["id"], "accused falsely", d["type"], kind, d["name"])


def _annotated_at(gold: dict, found: dict, entity: str) -> str | None:
    """The gold entity whose mentions most of a found entity's mentions overlap, if any do."""
    places = [(s["start"], s["end"]) for s in found["spans"] if s.get("entity") == entity]
    owners = Counter(
        s["entity"] for s in gold["spans"] for a, b in places if s.get("entity") and a < s["end"] and s["start"] < b
    )
    return owners.most_common(1)[0][0] if owners else None


def _attributes(gold: dict, found: dict, to_gold: dict[str, str], plain: Callable[[str], str]) -> Iterator[Outcome]:
    ge, fe = named(gold), named(found)
    want = {(e, a, plain(v)): v for e, a, v in gold["attributes"] if e in ge}
    got = {(to_gold.get(e, f"?{e}"), a, plain(v)): v for e, a, v in found["attributes"] if e in fe}
    marked = {(s["label"], plain(found["text"][s["start"] : s["end"]])) for s in found["spans"]}
    owners: dict[tuple[str, str], set[str]] = {}
    for e, a, v in got:
        owners.setdefault((a, v), set()).add(e)
    misplaced = set()
    for (e, a, v), words in sorted(want.items()):
        others = owners.get((a, v), set()) - {g for g, b, w in want if (b, w) == (a, v)}
        if (e, a, v) in got:
            kind = RIGHT
        elif others:
            kind = "owner unknown" if all(o.startswith("?") for o in others) else "wrong owner"
            misplaced |= {(o, a, v) for o in others}
        else:
            kind = "no owner" if (_LABEL_OF_ATTRIBUTE.get(a), v) in marked else "no span"
        yield Outcome(gold["id"], "attributes", a, kind, f"{ge[e]['name']}: {words}")
    for key in sorted(got.keys() - want.keys() - misplaced):
        yield Outcome(gold["id"], "attributes", key[1], "extra", got[key])


def _relations(gold: dict, found: dict, to_gold: dict[str, str]) -> Iterator[Outcome]:
    ge, fe = named(gold), named(found)
    want = _edges(gold["relations"], set(ge), {})
    got = _edges(found["relations"], set(fe), {e: to_gold.get(e, f"?{e}") for e in fe})
    there = set(to_gold.values())
    pairs = {frozenset((h, o)) for h, _, o in got}

    def outcome(edge: tuple[str, str, str], kind: str) -> Outcome:
        h, t, o = edge
        words = f"{ge[h]['name'] if h in ge else h} {t} {ge[o]['name'] if o in ge else o}"
        return Outcome(gold["id"], "relations", t, kind, words)

    turned = set()
    for h, t, o in sorted(want):
        if (h, t, o) in got:
            kind = RIGHT
        elif h not in there or o not in there:
            kind = "ends missing"
        elif (o, t, h) in got - want:
            kind = "wrong direction"
            turned.add((o, t, h))
        else:
            kind = "other type" if frozenset((h, o)) in pairs else "undetected"
        yield outcome((h, t, o), kind)
    yield from (outcome(edge, "extra") for edge in sorted(got - want - turned))


def _edges(relations: list, known: set[str], rename: dict[str, str]) -> set[tuple[str, str, str]]:
    """(head, type, tail) between known entities; kinship once."""
    out = set()
    for h, t, o, *_ in relations:
        if h in known and o in known:
            head, tail = rename.get(h, h), rename.get(o, o)
            out.add((min(head, tail), t, max(head, tail)) if t == _MUTUAL else (head, t, tail))
    return out


def by_name(all_: list[Outcome], table: str) -> str:
    """One row for each label, attribute or type, and one of their sums."""
    counts = Counter((x.name, x.kind) for x in all_ if x.table == table)
    names = sorted({n for n, _ in counts}, key=lambda n: -sum(counts[n, k] for k in TABLES[table] if k != RIGHT))
    lines = [[n, *(str(counts[n, k]) for k in TABLES[table])] for n in names]
    lines.append(["all", *(str(sum(counts[n, k] for n in names)) for k in TABLES[table])])
    return markdown(["", *TABLES[table]], lines)


def by_group(all_: list[Outcome], groups: dict[str, list[dict]]) -> str:
    """All errors of groups of documents."""
    lines = []
    for title, documents in groups.items():
        ids = {d["id"] for d in documents}
        counts = Counter(x.table for x in all_ if x.document in ids and x.kind != RIGHT)
        words = sum(len(d["text"].split()) for d in documents)
        lines.append([title, str(len(documents)), str(words), *(str(counts[t]) for t in TABLES)])
    return markdown(["errors in", "documents", "words", *TABLES], lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.errors", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pipeline", type=Path, help="folder of a pipeline; by default the one that ships")
    parser.add_argument("--show", action="store_true", help="every error with its words, which may be names of people")
    a = parser.parse_args(argv)
    documents = [d for d in read_documents(a.data) if is_dev(d["id"])]
    found, _ = read_all(documents, load(a.pipeline))
    score = scorer(a.data)
    all_ = [
        x
        for d, f in zip(documents, found.values(), strict=True)
        for x in outcomes(d, f, score.pair(named(d), named(f)), lambda v: " ".join(score.words(v)))
    ]
    for table in TABLES:
        print(f"{table.capitalize()}\n\n{by_name(all_, table)}\n")
    kinds = {k: [d for d in documents if d["document"] == k] for k in sorted({d["document"] for d in documents})}
    print(f"{by_group(all_, kinds)}\n")
    sizes = {title: [d for d in documents if low <= len(d["text"].split()) < high] for title, low, high in LENGTHS}
    print(by_group(all_, sizes))
    if a.show:
        print()
        for x in all_:
            if x.kind != RIGHT:
                print(x.document, x.table, x.name, x.kind, " ".join(x.words.split()), sep="\t")


if __name__ == "__main__":
    main()
