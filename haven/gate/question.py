"""From a request as it comes, of any shape, to the question that the policies are asked.

Nothing here decides: a request that is not in the table's form becomes a question with ``complete`` false, and the
policies (P8) answer it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haven.gate.vocabulary import Vocabulary

LONGEST_ID = 200
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Question:
    """``context``: what the policies read. ``problems``: names of attributes that are missing or not in their list."""

    purpose: str
    categories: tuple[str, ...]
    context: dict[str, Any]
    problems: tuple[str, ...]


def question(request: Any, words: Vocabulary) -> Question:
    """Facts and scopes may stand in ``facts`` and ``scopes`` or beside the other attributes; never in two values."""
    given = request if isinstance(request, Mapping) else {}
    problems: list[str] = []
    for key in given:
        if key not in words.attributes:
            shown = key if isinstance(key, str) and NAME.fullmatch(key) else "attribute"
            problems.append(f"unknown:{shown}")

    ids = {name: _person(given.get(name)) for name in ("recipient_id", "proposer_id", "case_id")}
    known = {
        name: value if isinstance(value := given.get(name), str) and value in allowed else ""
        for name, allowed in words.values.items()
    }
    mfa = given.get("mfa")
    categories = _categories(given.get("categories"), words)
    present: dict[str, bool] = {
        **{name: bool(value) for name, value in {**ids, **known}.items()},
        "mfa": isinstance(mfa, bool),
        "categories": bool(categories),
    }
    required = words.required
    if _names_case_data(given.get("categories"), words):
        required = (*required, *words.required_for_case_data)
    problems = [name for name in required if not present[name]] + problems

    facts, measures, level = _facts(given, words, problems)
    scopes = _scopes(given, words, problems)
    approvals = _approvals(given.get("approvals"), {ids["recipient_id"], ids["proposer_id"]}, words, problems)
    context = {
        "complete": not problems,
        "component": known["component"],
        "employee_type": known["employee_type"],
        "role": known["role"],
        "mfa": mfa is True,
        "form": known["form"],
        "protection": known["protection"],
        "asked": categories,
        "given": categories,
        "facts": facts,
        "approvals": approvals,
        **scopes,
        **measures,
        "location_level": level,
    }
    return Question(known["purpose"] or "unknown", tuple(categories), context, tuple(dict.fromkeys(problems)))


def _person(value: Any) -> str:
    """An id for comparing: case and blanks at the ends make no other person. Empty if it is no id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    return value.strip().casefold() if isinstance(value, str) and len(value) <= LONGEST_ID else ""


def _categories(value: Any, words: Vocabulary) -> list[str]:
    """The categories asked, each once, in the order asked; empty unless every one is known."""
    if not isinstance(value, list | tuple) or len(value) > 10 * len(words.categories):
        return []
    if not all(isinstance(one, str) and one in words.categories for one in value):
        return []
    return list(dict.fromkeys(value))


def _names_case_data(value: Any, words: Vocabulary) -> bool:
    """Whether a list that may hold unknown words too asks for data of a case."""
    return isinstance(value, list | tuple) and any(isinstance(one, str) and one in words.case_data for one in value)


def _facts(given: Mapping, words: Vocabulary, problems: list[str]) -> tuple[list[str], dict[str, int], str]:
    """(facts that are true, numbers, level of place). A value of another kind than its fact's is as good as none."""
    stated = given.get("facts")
    if isinstance(stated, list | tuple) and all(isinstance(name, str) for name in stated):
        stated = dict.fromkeys(stated, True)
    if stated is None:
        stated = {}
    if not isinstance(stated, Mapping):
        problems.append("facts")
        stated = {}
    for name in stated:
        if name not in words.facts:
            shown = name if isinstance(name, str) and NAME.fullmatch(name) else "fact"
            problems.append(f"unknown:{shown}")
    beside = {name: value for name, value in given.items() if name in words.facts}
    problems += [name for name, value in beside.items() if name in stated and stated[name] != value]
    values = {**stated, **beside}

    true = [
        name
        for name, value in values.items()
        if (value is True or _restricts(name, value, words) or _is_lane(name, value, words)) and name in words.facts
    ]
    measures = {name: _whole(values.get(name), up=name == "hours_since_discovery") for name in words.measures}
    level = values.get("location_level")
    return true, measures, level if isinstance(level, str) and level in words.location_level else ""


def _restricts(name: str, value: Any, words: Vocabulary) -> bool:
    """Facts that only take away are taken as true whenever they are not plainly false."""
    return name in words.restricting and value is not None and value is not False


def _is_lane(name: str, value: Any, words: Vocabulary) -> bool:
    return name == "lane_of_next_recipient" and isinstance(value, str) and value in words.lanes - {"none"}


def _whole(value: Any, *, up: bool) -> int:
    """Parts of an hour count as begun, parts of a person in a cell do not; 0 for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    whole = math.ceil(value) if up else math.floor(value)
    return max(-(10**9), min(10**9, whole))


def _scopes(given: Mapping, words: Vocabulary, problems: list[str]) -> dict[str, list[str]]:
    stated = given.get("scopes")
    if stated is None:
        stated = {}
    if not isinstance(stated, Mapping):
        problems.append("scopes")
        stated = {}
    problems += [
        f"unknown:{name if isinstance(name, str) and NAME.fullmatch(name) else 'scope'}"
        for name in stated
        if name not in words.scopes
    ]
    problems += [name for name in words.scopes if name in stated and name in given and stated[name] != given[name]]
    return {name: _categories(given.get(name, stated.get(name)), words) for name in words.scopes}


def _approvals(value: Any, parties: set[str], words: Vocabulary, problems: list[str]) -> list[str]:
    """Names of the approvals that count: each by a person of their own, neither the recipient nor the proposer."""
    if value is None:
        return []
    if not isinstance(value, Mapping):
        problems.append("approvals")
        return []
    problems += [
        f"unknown:{name if isinstance(name, str) and NAME.fullmatch(name) else 'approval'}"
        for name in value
        if name not in words.approvals
    ]
    people = {name: person for name in words.approvals if (person := _person(value.get(name)))}
    each = list(people.values())
    return [name for name, person in people.items() if person not in parties and each.count(person) == 1]
