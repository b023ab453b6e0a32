"""The decision table, drawn from the policies themselves, to be compared with the law by a reader."""

from __future__ import annotations

import json
import re
from typing import Any

import cedarpy

from haven.gate.engine import Gate
from haven.gate.ruleset import NOTES, Rule, RuleSet


def overview(rules: RuleSet) -> list[dict[str, Any]]:
    """One row for each policy that decides, in the order in which the gate reads them."""
    gate = Gate(rules)
    place = {name: number for number, name in enumerate(rules.words.order)}
    deciding = [(number, rule) for number, rule in enumerate(rules.rules) if rule.block != NOTES]
    first = [(number, rule) for number, rule in deciding if not rule.is_row]
    first.sort(key=lambda one: place.get(one[1].id, len(place)))
    order = {id(rule): number for number, rule in enumerate(rules.rows())}
    rows = sorted(((n, r) for n, r in deciding if r.is_row), key=lambda one: order[id(one[1])])
    return [_row(gate, number, rule) for number, rule in [*first, *rows]]


def _row(gate: Gate, number: int, rule: Rule) -> dict[str, Any]:
    decision = rule.annotations["decision"]
    if office := rule.annotations.get("to"):
        decision = f"{decision} to {office}"
    if office := rule.annotations.get("if_nothing_left"):
        decision = f"{decision}; nothing left: escalate to {office}"
    whom = rule.fit["conditions"] if rule.permits else rule.json["conditions"]
    return {
        "rule": rule.id,
        "decision": decision,
        "gives": rule.annotations.get("gives"),
        "purpose": sorted(rule.purposes) if rule.purposes else ["any"],
        "for_whom": [_text(part) for part in whom],
        "data": gate.data_of(number) if rule.permits else [],
        "must_be_true": [
            _text({"kind": "when", "body": condition.body})
            for condition in rule.conditions
            if condition.kind == "facts" or (condition.kind == "category" and condition.facts)
        ],
        "approvals": [
            _text({"kind": "when", "body": condition.body})
            for condition in rule.conditions
            if condition.kind == "approvals" or (condition.kind == "category" and condition.approvals)
        ],
        "basis": rule.annotations["basis"],
        "ground": rule.annotations["ground"],
    }


def _text(part: dict[str, Any]) -> str:
    """A condition as Cedar writes it, without what every one of them shares."""
    policy = {
        "effect": "permit",
        "principal": {"op": "All"},
        "action": {"op": "All"},
        "resource": {"op": "All"},
        "conditions": [part],
    }
    whole = cedarpy.policies_from_json_str(
        json.dumps({"templates": {}, "staticPolicies": {"one": policy}, "templateLinks": []})
    )
    body = " ".join(whole[whole.index("{") + 1 : whole.rindex("}")].split())
    text = body.replace("context.", "").replace("Action::", "")
    text = re.sub(r"(?<![A-Za-z])\((\w+)\)", r"\1", text)
    text = re.sub(r'\(?\b(?:facts|approvals)\.contains\("(\w+)"\)\)?', r"\1", text)
    return text if part["kind"] == "when" else f"unless {text}"
