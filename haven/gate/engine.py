"""The decision: which rule answers, what it gives, and everything that is missing.

Python orders and words the answer; every yes and no in it comes from evaluating the Cedar policies. Anything that
goes wrong in an evaluation is a denial.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import cedarpy

from haven.gate import ruleset, signature
from haven.gate.question import Question, question
from haven.gate.ruleset import NOTES, Condition, Rule, RuleSet

Answer = dict[str, Any]

RECIPIENT = {"type": "Recipient", "id": "recipient"}
CASE_DATA = {"type": "CaseData", "id": "asked"}
PARTS, WHOLE, BOTH = "parts", "whole", "both"
"""The policy sets of a purpose: every rule taken apart, every rule as written, and the two together, where one
evaluation says both what is met and, by Cedar's own decision, that the rules as written permit it."""
REMEMBERED = 8192
NOTHING_PERMITS = "no rule permits it, and what is not permitted is denied (8 U.S.C. 1367(a)(2))"
NOT_EVALUATED = "the policies could not be evaluated, so the answer is no (design choice: fail closed)"


class EvaluationFailed(Exception):
    """Cedar reported an error. A forbid that errors is skipped by Cedar, so any error at all denies."""


@dataclass(frozen=True)
class Found:
    """The row that fits a question, with the other rules that act on it and the notes beside it.

    ``met``: names of what the question meets, as ``Gate._evaluate`` says them. ``acting``: P6 and P7 with their
    numbers. ``also``: ids to name beside the row's.
    """

    number: int
    row: Rule
    met: frozenset[str]
    acting: list[tuple[int, Rule]]
    notes: list[Rule]
    also: list[str]


@dataclass
class Lacks:
    """What a row's conditions want. The ``category_`` ones cost their category only, the others the whole answer."""

    removed: set[str]
    facts: list[str] = field(default_factory=list)
    category_facts: list[str] = field(default_factory=list)
    approvals: list[str] = field(default_factory=list)
    category_approvals: list[str] = field(default_factory=list)
    facts_failed: bool = False
    approvals_failed: bool = False


class Gate:
    """One policy set, ready to answer. Holds no state of any question; safe to share between threads."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        # the same question has the same answer; questions hold no ids, so what is remembered names nobody
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._evaluated)
        self._entities = cedarpy.Entities.from_json_str("[]")
        self._by_number = dict(enumerate(rules.rules))
        self._fits = {f"fit {number}": number for number in self._by_number}
        self._forbids = {f"deny {number}": rule for number, rule in self._by_number.items() if not rule.permits}
        self._row_order = {id(rule): number for number, rule in enumerate(rules.rows())}
        # only rules whose head names the purpose, or none, can ever apply to it: each purpose gets those alone
        purposes = [*sorted(rules.words.values["purpose"]), "unknown"]
        self._sets = {
            (purpose, name): _policy_set(policies)
            for purpose in purposes
            for name, policies in self._sets_for(purpose).items()
        }
        self._data = {number: self._row_data(number) for number, rule in self._by_number.items() if rule.conditions}

    def decide(self, request: Any) -> Answer:
        """Answers one request of the table's form (``haven/gate/table.yaml``); never raises for what it holds."""
        asked = question(request, self.rules.words)
        try:
            return self._decide(asked)
        except EvaluationFailed:
            return self._answer("deny", ["DEFAULT"], ground=NOT_EVALUATED)

    def data_of(self, number: int) -> list[str]:
        """The categories of the row with that number, for the printed table."""
        fixed = self._data[number]
        if fixed is None:
            return _scopes_of(self._by_number[number])
        return [category for category in self.rules.words.categories if category in fixed]

    def _decide(self, asked: Question) -> Answer:
        # most questions need this one evaluation; a forbid that is met hides from Cedar's answer whatever permits
        met = self._evaluate(asked.purpose, asked.context, BOTH)
        forbids = [self._forbids[name] for name in sorted(met & self._forbids.keys(), key=_number)]
        for name in self.rules.words.order:
            first = [rule for rule in forbids if rule.id == name]
            if first:
                return self._refuse(first, asked)
        if forbids:
            met = self._evaluate(asked.purpose, asked.context, PARTS)

        fits = sorted(self._fits[name] for name in met & self._fits.keys())
        notes = [self._by_number[number] for number in fits if self._by_number[number].block == NOTES]
        rules = [(number, self._by_number[number]) for number in fits if self._by_number[number].block != NOTES]
        also = list(dict.fromkeys(note.id for note in notes if note.annotations["note"] == "rule"))
        found = [(self._row_order[id(rule)], number, rule) for number, rule in rules if rule.is_row]
        if not found:
            return self._answer("deny", ["DEFAULT", *also], ground=NOTHING_PERMITS)
        _, number, row = min(found, key=lambda one: one[0])
        if not row.permits:
            return self._refuse([row], asked, also)
        acting = [(other, rule) for other, rule in rules if not rule.is_row]
        return self._by_row(Found(number, row, met, acting, notes, also), asked)

    def _refuse(self, rules: list[Rule], asked: Question, also: Iterable[str] = ()) -> Answer:
        """A forbid decides. Two of the same id (P8) are one rule: what either misses is named."""
        rule = rules[0]
        missing = list(asked.problems) if rule.id == "P8" else []
        missing += [name for one in rules for name in one.words("missing") if name not in missing]
        return self._answer(
            rule.annotations["decision"],
            [rule.id, *also],
            missing=missing,
            gives=rule.annotations.get("gives"),
            alerts=rule.words("alert"),
            to=rule.annotations.get("to"),
            ground=rule.annotations["ground"],
        )

    def _by_row(self, found: Found, asked: Question) -> Answer:
        """A row that fits: take away what it does not give, then ask for its facts, then for its approvals."""
        row, also = found.row, found.also
        lacks = self._lacks(found, asked)
        allowed = [category for category in asked.categories if category not in lacks.removed]
        gone = [category for category in asked.categories if category in lacks.removed]
        common: dict[str, Any] = {
            "missing": list(dict.fromkeys([*lacks.facts, *lacks.category_facts])),
            "alerts": [word for note in found.notes for word in note.words("alert")],
            "ground": row.annotations["ground"],
        }
        if lacks.facts_failed:
            return self._answer("deny", [row.id, *also], **common)
        if not allowed:
            by = [row.id, *also, *(rule.id for _, rule in found.acting if rule.annotations["decision"] == "remove")]
            if office := row.annotations.get("if_nothing_left"):
                return self._answer("escalate", by, removed=gone, to=office, **common)
            return self._answer("deny", by, removed=gone, approvals_missing=_once(lacks.category_approvals), **common)

        double = [(other, rule) for other, rule in found.acting if rule.annotations["decision"] == "approve"]
        held = [rule for other, rule in double if f"held {other}" in found.met]
        awaited = [*lacks.approvals, *(name for rule in held for name in _compared(rule, "approvals"))]
        labelled = [note.id for note in found.notes if note.annotations["note"] == "label"]
        rules = _once([row.id, *also, *(rule.id for _, rule in double), *labelled])
        common |= {
            "removed": gone,
            "approvals_missing": _once([*awaited, *lacks.category_approvals]),
            "gives": row.annotations.get("gives"),
            "labels": self._labels(row, allowed, found.notes),
            "lane": _lane(row, allowed, found.notes),
        }
        if lacks.approvals_failed or held:
            return self._answer("approve", rules, **common)

        # the last word has the policy set whole and as written, asked about exactly what is about to be given
        last = self._evaluate(asked.purpose, {**asked.context, "given": allowed}, WHOLE) if gone else found.met
        if {name for name in last if name.startswith(("allow ", "deny "))} != {f"allow {found.number}"}:
            raise EvaluationFailed
        narrowed = bool(gone) or row.annotations["decision"] == "redact"
        return self._answer("redact" if narrowed else "permit", rules, allowed=allowed, **common)

    def _lacks(self, found: Found, asked: Question) -> Lacks:
        """Which conditions of the row fail, and so which categories, facts and approvals are wanting."""
        number, row = found.number, found.row
        data = self._given_by(number, row, asked)
        removed = set(asked.categories) - data
        for _, rule in found.acting:
            if rule.annotations["decision"] == "remove":
                removed |= set(_compared(rule, "given")) & set(asked.categories)
        by_row = frozenset(removed)
        lacks = Lacks(removed, category_facts=[scope for scope in _scopes_of(row) if not asked.context[scope]])
        approved = asked.context["approvals"]
        for place, condition in enumerate(row.conditions):
            if condition.kind == "data" or f"condition {number} {place}" in found.met:
                continue
            unapproved = [name for name in condition.approvals if name not in approved]
            match condition.kind:
                case "category" if wanted := set(condition.categories) & set(asked.categories) - by_row:
                    lacks.category_facts += self._facts_lacking(number, place, condition, asked)
                    lacks.category_approvals += unapproved
                    removed |= wanted
                case "approvals":
                    lacks.approvals_failed = True
                    lacks.approvals += unapproved
                case "facts":
                    lacks.facts_failed = True
                    lacks.facts += self._facts_lacking(number, place, condition, asked)
        return lacks

    # what stands in the policies, evaluated ---------------------------------------------------------------------

    def _evaluate(self, purpose: str, context: dict[str, Any], policies: str) -> frozenset[str]:
        """Names of the policies that decided: parts by their names, a whole one as ``allow 17`` or ``deny 3``."""
        return self._remembered(purpose, json.dumps(context), policies)

    def _evaluated(self, purpose: str, context: str, policies: str) -> frozenset[str]:
        result = cedarpy.is_authorized(
            {
                "principal": RECIPIENT,
                "action": {"type": "Action", "id": purpose},
                "resource": CASE_DATA,
                "context": context,
            },
            self._sets[purpose, policies],
            self._entities,
            # the schema costs a third of an evaluation; without the whole set's yes, which has it, nothing is given
            None if policies == PARTS else self.rules.schema,
        )
        reasons = frozenset(result.diagnostics.reasons)
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            raise EvaluationFailed
        if not result.allowed and any(name not in self._forbids for name in reasons):
            raise EvaluationFailed
        return reasons

    def _facts_lacking(self, number: int, place: int, condition: Condition, asked: Question) -> list[str]:
        """Facts of a failed condition. Where one of several would do, those that would: Cedar is asked about each."""
        names = condition.facts
        if len(names) < 2:
            return list(names)
        facts = asked.context["facts"]
        part = f"condition {number} {place}"
        return [
            name
            for name in names
            if name not in facts
            and part in self._evaluate(asked.purpose, {**asked.context, "facts": [*facts, name]}, PARTS)
        ]

    def _given_by(self, number: int, row: Rule, asked: Question) -> set[str]:
        """Categories that the row's data condition lets through, one by one."""
        fixed = self._data[number]
        if fixed is not None:
            return fixed
        return {
            one
            for one in asked.categories
            if self._passes(number, row, asked.purpose, {**asked.context, "given": [one]})
        }

    def _passes(self, number: int, row: Rule, purpose: str, context: dict[str, Any]) -> bool:
        place = next(place for place, condition in enumerate(row.conditions) if condition.kind == "data")
        return f"condition {number} {place}" in self._evaluate(purpose, context, PARTS)

    def _row_data(self, number: int) -> set[str] | None:
        """The categories of a row, evaluated once at the start; None where they depend on the question (G25, G32)."""
        row = self._by_number[number]
        if _scopes_of(row):
            return None
        empty = question({}, self.rules.words).context
        purpose = min(row.purposes or ())
        return {
            one
            for one in self.rules.words.categories
            if self._passes(number, row, purpose, {**empty, "asked": [one], "given": [one]})
        }

    def _parts_for(self, purpose: str) -> dict[str, dict[str, Any]]:
        parts: dict[str, dict[str, Any]] = {}
        for number, rule in self._by_number.items():
            if not rule.fits_purpose(purpose):
                continue
            parts[f"fit {number}"] = rule.fit
            for place, condition in enumerate(rule.conditions):
                body = [{"kind": "when", "body": condition.body}]
                parts[f"condition {number} {place}"] = {**rule.json, "effect": "permit", "conditions": body}
            if rule.annotations.get("decision") == "approve":
                parts[f"held {number}"] = {**rule.json, "effect": "permit"}
        return parts

    def _sets_for(self, purpose: str) -> dict[str, dict[str, dict[str, Any]]]:
        parts = self._parts_for(purpose)
        whole = {
            f"{'allow' if rule.permits else 'deny'} {number}": rule.json
            for number, rule in self._by_number.items()
            if rule.block != NOTES and rule.fits_purpose(purpose)
        }
        # a forbid that is met as written says so itself: its part would tell nothing more
        twice = {
            f"fit {number}"
            for number, rule in self._by_number.items()
            if not rule.permits and rule.fit["conditions"] == rule.json["conditions"]
        }
        both = {name: part for name, part in parts.items() if name not in twice} | whole
        return {PARTS: parts, WHOLE: whole, BOTH: both}

    # words of the answer ----------------------------------------------------------------------------------------

    def _labels(self, row: Rule, allowed: list[str], notes: list[Rule]) -> list[str]:
        """The same markings for every form, so that a marking does not tell which one was filed."""
        own = row.words("labels") if not self.rules.words.case_data.isdisjoint(allowed) else []
        return [*own, *(word for note in notes for word in note.words("label"))]

    def _answer(self, decision: str, rules: list[str], *, ground: str, **parts: Any) -> Answer:
        return {
            "decision": decision,
            "rules": rules,
            "allowed": [],
            "removed": [],
            "missing": [],
            "approvals_missing": [],
            "gives": None,
            "labels": [],
            "alerts": [],
            "to": None,
            "lane": "none",
            **parts,
            "ground": ground,
            "policy": self.rules.identity,
        }


def _scopes_of(row: Rule) -> list[str]:
    """Attributes other than ``given`` that the row's data condition reads: its data is what a person put in scope."""
    return [
        name for condition in row.conditions if condition.kind == "data" for name in condition.reads if name != "given"
    ]


def _lane(row: Rule, allowed: list[str], notes: list[Rule]) -> str:
    for note in notes:
        if note.annotations["note"] == "lane":
            return note.annotations["lane"]
    narrower, _, lane = row.annotations.get("lane_for", "").partition(": ")
    return lane if set(narrower.split()) & set(allowed) else row.annotations["lane"]


def _compared(rule: Rule, attribute: str) -> list[str]:
    """Words that a rule compares an attribute with: what P7 takes away, whom P6 waits for."""
    return [word for part in rule.json["conditions"] for word in ruleset.readings(part["body"]).get(attribute, ())]


def _number(name: str) -> int:
    return int(name.rpartition(" ")[2])


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _policy_set(policies: dict[str, dict[str, Any]]) -> cedarpy.PolicySet:
    return cedarpy.PolicySet.from_json_str(
        json.dumps({"templates": {}, "staticPolicies": policies, "templateLinks": []})
    )


@cache
def installed() -> Gate:
    """The gate of this installation. Raises ``PolicyInvalid`` if its policies are not valid or not the signed ones."""
    rules = ruleset.load()
    signature.check(rules)
    return Gate(rules)


def decide(request: Any) -> Answer:
    """Answers one request. Pure: reads no database, writes nothing."""
    return installed().decide(request)
