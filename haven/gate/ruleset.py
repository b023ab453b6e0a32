"""The Cedar policies as rules: read, validated, and taken apart into the conditions that an answer names.

The policies are the only place where a decision stands. Each row's policy is evaluated whole, as written, before
anything is given; beside that its parts are evaluated one by one, so that an answer can say which conditions failed:

* the head and the first ``when`` of a permit: whom the row is for (*fit*);
* each further ``when``: one *condition*. What it reads makes its kind: ``given`` alone is the row's data;
  ``given`` with facts or approvals is what one category needs beyond the row; approvals; facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import cedarpy
import yaml

from haven.gate import vocabulary
from haven.gate.errors import PolicyInvalid
from haven.gate.vocabulary import Vocabulary

FOLDER = Path(__file__).parent
SCHEMA = "gate.cedarschema"
MANIFEST = "manifest.json"
BLOCKS = ("pre_rules", "own_users", "departments", "outside", "notes")
NOTES = "notes"
DECISIONS = {"permit": {"permit", "redact"}, "forbid": {"deny", "no_record", "escalate", "approve", "remove"}}

Kind = Literal["data", "category", "approvals", "facts"]


@dataclass(frozen=True)
class Condition:
    """One ``when`` of a row. ``reads``: attribute of the question → the words it is compared with."""

    body: dict[str, Any]
    reads: dict[str, tuple[str, ...]]

    @property
    def kind(self) -> Kind:
        if "given" in self.reads:
            return "category" if self.reads.keys() & {"facts", "approvals"} else "data"
        return "approvals" if "approvals" in self.reads else "facts"

    @property
    def categories(self) -> tuple[str, ...]:
        return self.reads.get("given", ())

    @property
    def approvals(self) -> tuple[str, ...]:
        return self.reads.get("approvals", ())

    @property
    def facts(self) -> tuple[str, ...]:
        """What an answer calls missing when the condition fails."""
        measured = [name for name in ("cell_size", "location_level") if name in self.reads]
        return (*self.reads.get("facts", ()), *measured)


@dataclass(frozen=True)
class Rule:
    """One policy. ``json``: Cedar's own JSON form. ``purposes``: None = every purpose."""

    id: str
    block: str
    permits: bool
    purposes: frozenset[str] | None
    annotations: dict[str, str]
    json: dict[str, Any] = field(repr=False)

    def fits_purpose(self, purpose: str) -> bool:
        return self.purposes is None or purpose in self.purposes

    @property
    def is_row(self) -> bool:
        return self.block not in ("pre_rules", NOTES)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Of a row that permits; the first ``when`` is not one of them, it says whom the row is for."""
        if not (self.permits and self.is_row):
            return ()
        return tuple(Condition(part["body"], readings(part["body"])) for part in self.json["conditions"][1:])

    @property
    def fit(self) -> dict[str, Any]:
        """The policy without what it asks of a question that fits: conditions, or for P6 the approvals."""
        parts = self.json["conditions"]
        if self.permits and self.is_row:
            parts = parts[:1]
        elif self.annotations["decision" if not self.permits else "note"] == "approve":
            parts = [part for part in parts if "approvals" not in readings(part["body"])]
        return {**self.json, "effect": "permit", "conditions": parts}

    def words(self, name: str) -> list[str]:
        return self.annotations.get(name, "").split()


@dataclass(frozen=True)
class RuleSet:
    """A validated policy set. ``hash``: SHA-256 over its files; ``identity``: as an answer says it."""

    words: Vocabulary
    rules: tuple[Rule, ...]
    schema_text: str = field(repr=False)
    hash: str = ""

    @property
    def identity(self) -> str:
        return f"{self.words.version} sha256:{self.hash}"

    @cached_property
    def schema(self) -> cedarpy.Schema:
        return cedarpy.Schema.from_str(self.schema_text)

    def rows(self) -> list[Rule]:
        return [rule for block in self.words.rows for rule in self.rules if rule.block == block]


def load(folder: Path = FOLDER, *, check_manifest: bool = True) -> RuleSet:
    """Reads ``table.yaml`` and ``policies/`` of ``folder``. Raises ``PolicyInvalid``, naming file and rule."""
    try:
        texts = {name: (folder / "policies" / f"{name}.cedar").read_text(encoding="utf-8") for name in BLOCKS}
        schema = (folder / "policies" / SCHEMA).read_text(encoding="utf-8")
        table = (folder / "table.yaml").read_text(encoding="utf-8")
        words = vocabulary.load(table)
    except OSError as problem:
        raise PolicyInvalid(f"The policy set cannot be read: {problem.filename}: {problem.strerror}.") from None
    except (UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as problem:
        raise PolicyInvalid(f"The gate's table.yaml is not in its form ({type(problem).__name__}).") from None
    strange = {path.stem for path in (folder / "policies").glob("*.cedar")} - set(BLOCKS)
    if strange:
        raise PolicyInvalid(f"The gate does not know the policy file {min(strange)}.cedar; it would not be read.")
    digest = _hash({**texts, SCHEMA: schema, "table.yaml": table})
    if check_manifest:
        _check_manifest(folder, words.version, digest)
    rules = tuple(rule for name in BLOCKS for rule in _rules(name, texts[name], schema))
    _check(rules, words)
    return RuleSet(words, rules, schema, digest)


def manifest(rules: RuleSet) -> str:
    return json.dumps({"version": rules.words.version, "sha256": rules.hash}, indent=2) + "\n"


def _hash(texts: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name}\n{len(text.encode())}\n".encode() + text.encode())
    return digest.hexdigest()


def _check_manifest(folder: Path, version: str, digest: str) -> None:
    try:
        stated = json.loads((folder / "policies" / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PolicyInvalid("The policy set has no readable manifest; 'haven gate manifest' writes one.") from None
    if stated != {"version": version, "sha256": digest}:
        raise PolicyInvalid(
            "The policies are not those of their manifest: put the right ones back, "
            "or after a reviewed change write a new manifest with 'haven gate manifest'."
        )


def _rules(block: str, text: str, schema: str) -> Iterator[Rule]:
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as problem:
        raise PolicyInvalid(f"{block}.cedar is not Cedar: {_first_line(problem)}") from None
    checked = cedarpy.validate_policies(text, schema)
    if not checked.validation_passed:
        raise PolicyInvalid(f"{block}.cedar does not fit its schema: {_first_line(checked.errors[0])}")
    if parsed["templates"]:
        raise PolicyInvalid(f"{block}.cedar holds a template; rules must be whole.")
    for name in sorted(parsed["staticPolicies"], key=lambda name: int(name.removeprefix("policy"))):
        policy = parsed["staticPolicies"][name]
        annotations = {key: value or "" for key, value in policy.get("annotations", {}).items()}
        if not annotations.get("id"):
            raise PolicyInvalid(f"{block}.cedar: a rule has no @id.")
        yield Rule(
            annotations["id"], block, policy["effect"] == "permit", _purposes(policy["action"]), annotations, policy
        )


def _first_line(problem: object) -> str:
    return str(problem).splitlines()[0][:300]


def _purposes(action: dict[str, Any]) -> frozenset[str] | None:
    if action["op"] == "All":
        return None
    return frozenset(entity["id"] for entity in action.get("entities", [action.get("entity")]))


def _check(rules: tuple[Rule, ...], words: Vocabulary) -> None:
    """What Cedar's validator cannot know: words out of their lists, annotations, conditions without a meaning."""
    lists: dict[str, frozenset[str]] = {
        **words.values,
        "asked": frozenset(words.categories),
        "given": frozenset(words.categories),
        "facts": words.facts,
        "approvals": frozenset(words.approvals),
        "location_level": words.location_level,
    }
    for rule in rules:
        where = f"{rule.block}.cedar, {rule.id}"
        for part in rule.json["conditions"]:
            for attribute, compared in readings(part["body"]).items():
                for word in compared:
                    if attribute in lists and word not in lists[attribute]:
                        raise PolicyInvalid(f"{where}: '{word}' is no {attribute} of table.yaml.")
        if not rule.annotations.get("ground") or rule.annotations.get("basis") not in ("L", "D", "L/D"):
            raise PolicyInvalid(f"{where}: needs a @ground and a @basis of L, D or L/D.")
        if rule.block == NOTES:
            if not rule.permits or rule.annotations.get("note") not in ("rule", "lane", "label", "alert"):
                raise PolicyInvalid(f"{where}: a note is a permit with @note rule, lane, label or alert.")
            continue
        if rule.annotations.get("decision") not in DECISIONS[rule.json["effect"]]:
            raise PolicyInvalid(f"{where}: its @decision does not go with {rule.json['effect']}.")
        if rule.annotations["decision"] == "escalate" and rule.annotations.get("to") not in words.offices:
            raise PolicyInvalid(f"{where}: escalates to no office that table.yaml names.")
        if rule.permits:
            if not rule.is_row:
                raise PolicyInvalid(f"{where}: permits belong in the files of the rows.")
            if rule.purposes is None:
                raise PolicyInvalid(f"{where}: a row names its purposes.")
            if [condition.kind for condition in rule.conditions].count("data") != 1:
                raise PolicyInvalid(f"{where}: a row has one `when` that says what data it gives.")
            for condition in rule.conditions:
                if condition.kind != "data" and not condition.facts and not condition.approvals:
                    raise PolicyInvalid(f"{where}: a condition that no answer could name.")
            if rule.annotations.get("lane") not in words.lanes:
                raise PolicyInvalid(f"{where}: has no @lane of table.yaml.")
        elif (
            not rule.is_row and rule.annotations["decision"] not in ("approve", "remove") and rule.id not in words.order
        ):
            raise PolicyInvalid(f"{where}: table.yaml does not say when it is read.")


def readings(node: Any) -> dict[str, tuple[str, ...]]:
    """Which attributes of the question an expression reads, and the words that it compares each of them with."""
    found: dict[str, list[str]] = {}
    _collect(node, found)
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def _collect(node: Any, found: dict[str, list[str]]) -> None:
    if isinstance(node, list):
        for part in node:
            _collect(part, found)
    if not isinstance(node, dict):
        return
    for inner in node.values():
        if isinstance(inner, dict) and "left" in inner and "right" in inner:
            sides = inner["left"], inner["right"]
            for side, other in (sides, sides[::-1]):
                if (name := _attribute(side)) is not None:
                    found.setdefault(name, []).extend(_literals(other))
        _collect(inner, found)
    if (name := _attribute(node)) is not None:
        found.setdefault(name, [])


def _attribute(node: Any) -> str | None:
    access = node.get(".") if isinstance(node, dict) else None
    return access["attr"] if access and access["left"] == {"Var": "context"} else None


def _literals(node: Any) -> list[str]:
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("Value"), str):
        return [node["Value"]]
    return [word for part in node.get("Set", []) for word in _literals(part)]
