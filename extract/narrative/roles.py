"""Component ``haven_roles``: the entities of the record, with the part that each plays.

Two tiers. *Sure*: the judge is as certain as a threshold asks that was set so that no protected person of the
held-out documents stood accused. *Doubt*: less certain; the entity keeps its harmless role, and a person is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.narrative.allegation import reasons, status
from extract.narrative.coreference import word_range
from extract.narrative.gazetteer import folded
from extract.narrative.judge import MAYBE_PROTECTED, Judge, careful, copies, evidence, relation_table, role_table
from extract.narrative.mentions import KIN, ORG
from extract.narrative.naming import is_garbled
from extract.narrative.scheme import ACCUSED_ROLES, PROTECTED_ROLES, ROLES
from extract.narrative.spans import KEY
from extract.narrative.words import WORD
from extract.record import Entity, Role

Doc.set_extension("entities", default=None, force=True)
Doc.set_extension("entity_of_cluster", default=None, force=True)
Doc.set_extension("relation_table", default=None, force=True)

_PROTECTED = [ROLES.index(r) for r in PROTECTED_ROLES]
_APPLICANT = ROLES.index("applicant")
#: A cluster at least this likely to be the applicant is the applicant.
_IS_APPLICANT = 0.5


@Language.factory(
    "haven_roles",
    assigns=["doc._.entities", "doc._.entity_of_cluster", "span._.entity"],
    requires=["doc._.chapters", "doc._.clusters", "doc._.mention_roles"],
)
def make_roles(nlp: Language, name: str) -> Roles:
    return Roles()


class Roles:
    """Sets ``doc._.entities`` (id -> :class:`extract.record.Entity`), ``doc._.entity_of_cluster`` (by cluster) and
    ``span._.entity``."""

    def __init__(self, judge: Judge | None = None):
        self.judge = judge or Judge()

    def __call__(self, doc: Doc) -> Doc:
        roles = role_table(doc)
        doc._.relation_table = table = relation_table(doc)
        rows = evidence(doc, roles, table)
        return self.record(doc, roles, self.judge(rows), careful(roles, rows, self.judge.maybe_protected))

    def record(self, doc: Doc, roles: np.ndarray, verdicts: np.ndarray, with_care: np.ndarray) -> Doc:
        """Write the entities for given probabilities of roles and verdicts [clusters, …], and who is accused on
        stronger evidence only [clusters]."""
        entities = {"e0": Entity(role="applicant")}
        decided = [self.decide(doc, c, roles[c], verdicts[c], bool(with_care[c])) for c in range(len(roles))]
        accused = [c for c, (role, _, _) in enumerate(decided) if role in ACCUSED_ROLES]
        copy_of = copies(doc, accused, self.judge.same)
        ids: list[str] = []
        for c, (role, doubt, confidence) in enumerate(decided):
            if role == "applicant":
                ids.append("e0")
                continue
            if c in copy_of:
                e = ids[copy_of[c]]
                ids.append(e)
                one = entities[e]
                one.reasons = sorted({*one.reasons, *reasons(doc, c)})
                if role == "trafficker":
                    one.role, one.doubt = role, []
                    one.confidence = max(one.confidence, round(float(np.clip(confidence, 0, 1)), 4))
                continue
            e = f"e{len(entities)}"
            ids.append(e)
            kinds = [doc._.mentions[k][2] for k in doc._.clusters[c]]
            entities[e] = Entity(
                type="org" if kinds.count(ORG) * 2 > len(kinds) else "person",
                role=role, doubt=doubt, confidence=round(float(np.clip(confidence, 0, 1)), 4),
            )  # fmt: skip
            if role in ACCUSED_ROLES or doubt:
                entities[e].allegation = status(doc, c)
            if role != "other" or doubt:
                entities[e].reasons = reasons(doc, c)
        doc._.entities, doc._.entity_of_cluster = entities, ids
        self._link(doc)
        return doc

    def decide(
        self, doc: Doc, cluster: int, roles: np.ndarray, verdict: np.ndarray, with_care: bool
    ) -> tuple[Role, list[Role], float]:
        """(role, doubt, confidence) of one cluster."""
        kinds = {doc._.mentions[k][2] for k in doc._.clusters[cluster]}
        p = roles.copy()
        if kinds == {ORG}:
            p[_PROTECTED] = 0  # an organisation is nobody's mother
        if p.argmax() == _APPLICANT and p[_APPLICANT] >= _IS_APPLICANT:
            return "applicant", [], float(p[_APPLICANT])
        _, trafficker, associate = verdict.tolist()
        sure = self.judge.sure_careful if with_care else self.judge.sure
        if trafficker >= sure and trafficker > associate:
            return "trafficker", [], trafficker
        if associate >= self.judge.associate and KIN not in kinds and p[_PROTECTED].sum() < MAYBE_PROTECTED:
            return "associate", ["trafficker"] if trafficker >= self.judge.doubt else [], associate
        p[[ROLES.index(r) for r in (*ACCUSED_ROLES, "applicant")]] = 0
        best = int(p.argmax())
        confidence = float(p[best] / max(p.sum(), 1e-9)) * (1 - trafficker - associate)
        doubt: list[Role] = ["trafficker"] if trafficker >= self.judge.doubt else []
        return ROLES[best], doubt, confidence  # type: ignore[return-value]

    def _link(self, doc: Doc) -> None:
        """Give spans their entity, and entities their name and aliases.

        A mention that itself looks like a protected person's is not linked to an accused one: a cluster that has
        swallowed a victim's name must not accuse the victim.
        """
        words = doc._.words
        spans: dict[tuple[int, int], Span] = {word_range(words, s.start_char, s.end_char): s for s in doc.spans[KEY]}
        names: dict[str, list[str]] = {}
        for c, ks in enumerate(doc._.clusters):
            e = doc._.entity_of_cluster[c]
            entity: Entity = doc._.entities[e]
            for k in ks:
                i, j, kind = doc._.mentions[k]
                if entity.role in ACCUSED_ROLES and doc._.mention_roles[k, _PROTECTED].sum() > self.judge.protect:
                    continue
                spans[(i, j)]._.entity = e
                if kind != KIN:
                    names.setdefault(e, []).append(" ".join(words.surface(i, j).split()))
        for e, found in names.items():
            doc._.entities[e].name, doc._.entities[e].aliases = name_and_aliases(found)

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "judge.json").write_text(json.dumps(self.judge.to_json(), indent=1) + "\n")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Roles:
        self.judge = Judge.from_json(json.loads((Path(path) / "judge.json").read_text()))
        return self


def name_and_aliases(found: list[str]) -> tuple[str, list[str]]:
    """The fullest name that was used, and the others that differ by more than case.

    A name that a scanner garbled is nobody's, if there is another; of two equally full ones the more frequent is it,
    best not in capitals.
    """

    def plain(name: str) -> tuple[str, ...]:
        return tuple(folded(w) for w in WORD.findall(name))

    often = Counter(plain(n) for n in found)

    def fitness(name: str) -> tuple:
        length = sum(w[0].isalnum() for w in WORD.findall(name))
        return not is_garbled(name), length, often[plain(name)], not name.isupper(), len(name)

    distinct = list(dict.fromkeys(found))
    name = max(distinct, key=fitness)
    seen = {plain(name)}
    aliases = []
    for n in distinct:
        if plain(n) not in seen:
            seen.add(plain(n))
            aliases.append(n)
    return name, aliases
