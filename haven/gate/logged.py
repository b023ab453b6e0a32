"""Asking with a record: the row of the log is committed before the answer exists for the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haven.audit import log
from haven.audit.errors import AuditUnavailable
from haven.gate import engine
from haven.gate.engine import Answer
from haven.gate.vocabulary import Vocabulary

UNLOGGED = "the log could not be written, so nothing is given (design choice: fail closed)"


def ask(request: dict[str, Any], *, event: str) -> Answer:
    """Decides, logs who asked what and what was answered with which reason, then answers.

    ``event``: what the answer is for, ``case.view``. On any failure the answer is a denial and nothing was given.
    """
    answer = engine.decide(request)
    words = engine.installed().rules.words
    try:
        log.append(
            event,
            actor=_id(request, "proposer_id"),
            subject=_id(request, "case_id"),
            detail=detail(request, answer, words),
        )
    except AuditUnavailable:
        return {
            **answer,
            "decision": "deny",
            "rules": ["DEFAULT"],
            "ground": UNLOGGED,
            **{name: [] for name in ("allowed", "removed", "missing", "approvals_missing", "labels", "alerts")},
            "gives": None,
            "to": None,
            "lane": "none",
        }
    return answer


def detail(request: Any, answer: Answer, words: Vocabulary) -> dict[str, Any]:
    """Question and answer as the log keeps them: ids, words of the vocabulary, rule ids; nothing typed by a person."""
    given = request if isinstance(request, Mapping) else {}
    known = {
        name: value
        for name, allowed in words.values.items()
        if isinstance(value := given.get(name), str) and value in allowed
    }
    categories = given.get("categories")
    approvals = given.get("approvals")
    names = {
        *words.facts,
        *words.required,
        *words.required_for_case_data,
        *words.scopes,
        "facts",
        "scopes",
        "approvals",
    }
    kept: dict[str, Any] = {
        **known,
        "recipient": _id(given, "recipient_id"),
        "asked": [one for one in categories if isinstance(one, str) and one in words.categories]
        if isinstance(categories, list | tuple)
        else [],
        "facts": sorted(_true_facts(given, words)),
        "approvals": {
            name: str(person)
            for name, person in (approvals.items() if isinstance(approvals, Mapping) else ())
            if name in words.approvals and isinstance(person, str | int)
        },
        "decision": answer["decision"],
        "rules": answer["rules"],
        "allowed": answer["allowed"],
        "removed": answer["removed"],
        "missing": [name if name in names else "unknown" for name in answer["missing"]],
        "approvals_missing": answer["approvals_missing"],
        "labels": answer["labels"],
        "alerts": answer["alerts"],
        "to": answer["to"],
        "lane": answer["lane"],
        "policy": answer["policy"],
    }
    return {name: value for name, value in kept.items() if value not in (None, "", [], {})}


def _true_facts(given: Mapping, words: Vocabulary) -> set[str]:
    stated = given.get("facts")
    values = stated if isinstance(stated, Mapping) else dict.fromkeys(stated, True) if isinstance(stated, list) else {}
    return {name for name in words.facts if values.get(name) is True or given.get(name) is True}


def _id(given: Any, name: str) -> str:
    value = given.get(name) if isinstance(given, Mapping) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
