"""Requests around every row and every condition of the table: a good one, then one to three things changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.haven.gate.oracle import ROWS, TABLE, listed

STRANGE: tuple[Any, ...] = (None, "", "nobody", "K1", 7, True, [], {}, ["K1"])
PEOPLE = ("recipient", "proposer", "one", "two", "three", "four")


def components(row: dict) -> list[str]:
    named = TABLE["component"] if "*" in listed(row["component"]) else listed(row["component"])
    return [one for one in named if one not in row.get("component_but", [])]


def good(row: dict, draw: random.Random) -> dict[str, Any]:
    """A request that the row permits or redacts, with all of its data asked or some."""
    purposes = TABLE["purpose"] if "*" in listed(row["purpose"]) else listed(row["purpose"])
    scope = row["data"] if isinstance(row["data"], str) else None
    data = draw.sample(TABLE["categories"], draw.randint(1, 5)) if scope else row["data"] or ["K1", "K3"]
    facts: dict[str, Any] = dict.fromkeys(row.get("needs", []), True)
    for one_of in row.get("any_of", []):
        facts[draw.choice(one_of)] = True
    for fact, least in row.get("min", {}).items():
        facts[fact] = least + draw.randint(0, 30)
    for fact, words in row.get("one_of", {}).items():
        facts[fact] = draw.choice(words)
    for needs in row.get("if_form", {}).values():
        facts |= dict.fromkeys(needs, True)
    approvals = list(row.get("approvals", []))
    for wants in row.get("extra", {}).values():
        facts |= dict.fromkeys(wants.get("needs", []), True)
        if "any_of" in wants:
            facts[draw.choice(wants["any_of"])] = True
        approvals += [one for one in wants.get("approvals", []) if one not in approvals]
    return {
        "recipient_id": "recipient",
        "proposer_id": draw.choice(("proposer", "recipient")),
        "component": draw.choice(components(row)),
        "employee_type": draw.choice(("sworn_officer", "employee")),
        "role": draw.choice(row.get("role", TABLE["role"])),
        "mfa": True,
        "purpose": draw.choice(purposes),
        "categories": list(data) if draw.random() < 0.5 else draw.sample(data, draw.randint(1, len(data))),
        "case_id": "case",
        "form": draw.choice(TABLE["form"]),
        "protection": draw.choice(("pending", "approved")),
        "facts": facts,
        "approvals": {name: f"approver-{number}" for number, name in enumerate(approvals)},
        "scopes": {scope: list(data)} if scope else {},
    }


def changed(request: dict[str, Any], draw: random.Random) -> None:
    """One thing about the request is made different, in place."""
    facts, approvals = request["facts"], request["approvals"]
    match draw.randrange(16):
        case 0 if facts:
            facts.pop(draw.choice(sorted(facts)))
        case 1 if facts:
            fact = draw.choice(sorted(facts))
            facts[fact] = draw.choice((False, None, "true", 1, 10, 11, 12, "county", "state"))
            if fact in ("cell_size", "hours_since_discovery") and not isinstance(facts[fact], int):
                facts[fact] = 10
            if fact in ("minor_in_package", "lane_of_next_recipient"):
                facts[fact] = False
        case 2:
            facts[draw.choice(("dual_role", "minor_in_package", "dated_verification", "subject_side_match"))] = True
        case 3:
            plain = [fact for fact in TABLE["facts"] if fact not in ("cell_size", "hours_since_discovery")]
            facts[draw.choice(plain)] = True
        case 4 if approvals:
            approvals.pop(draw.choice(sorted(approvals)))
        case 5 if approvals:
            approvals[draw.choice(sorted(approvals))] = draw.choice(PEOPLE)
        case 6:
            approvals[draw.choice(TABLE["approvals"])] = draw.choice(PEOPLE)
        case 7:
            request["categories"] = draw.sample(TABLE["categories"], draw.randint(1, 12))
        case 8:
            request["categories"] = [*request["categories"], *draw.sample(TABLE["categories"], 2)]
            request["categories"] = list(dict.fromkeys(request["categories"]))
        case 9:
            request["protection"] = draw.choice(TABLE["protection"])
        case 10:
            request["component"] = draw.choice(TABLE["component"])
        case 11:
            name = draw.choice(("role", "purpose", "employee_type", "form"))
            request[name] = draw.choice(TABLE[name])
        case 12:
            request["mfa"] = draw.choice((False, None))
        case 13:
            attributes = [*TABLE["required"], *TABLE["required_for_case_data"]]
            name = draw.choice(attributes)
            request[name] = draw.choice((None, "")) if name != "categories" else draw.choice((None, [], ["K1", "K13"]))
            if draw.random() < 0.3 and name in TABLE:
                request[name] = "elsewhere"
        case 14:
            request.pop(draw.choice([*TABLE["required"], *TABLE["required_for_case_data"]]), None)
        case 15:
            request["scopes"] = {name: draw.sample(TABLE["categories"], draw.randint(0, 6)) for name in TABLE["scopes"]}


def neighbours(row: dict) -> Iterator[dict[str, Any]]:
    """Every request that is one step away from a good one of the row, and the steps that pre-rules watch beside it."""
    draw = random.Random(row["id"])
    base = good(row, draw)
    if isinstance(row["data"], str):
        base["categories"], base["scopes"] = list(TABLE["categories"]), {row["data"]: list(TABLE["categories"])}
    else:
        base["categories"] = list(row["data"] or ["K1", "K3"])
    base["proposer_id"] = "proposer"

    def step(**changes: Any) -> dict[str, Any]:
        facts = {name: value for name, value in {**base["facts"], **changes.pop("facts", {})}.items() if value != ()}
        return {**base, **changes, "facts": facts}

    yield base
    for name in ("role", "employee_type", "form", "protection", "purpose", "component"):
        yield from (step(**{name: value}) for value in TABLE[name])
    for category in TABLE["categories"]:
        yield step(categories=[category])
        yield step(categories=[category], facts={"dual_role": True})
        yield step(categories=[category], approvals={})
        yield step(categories=[category], facts={"minor_in_package": True})
    yield step(categories=list(TABLE["categories"]))
    for fact in base["facts"]:
        yield step(facts={fact: ()})
        yield from (step(categories=[category], facts={fact: ()}) for category in base["categories"])
    for fact in ("assigned", "break_glass", "corroborated", "convicted_237a2", "consent_written", "imminent_danger"):
        for form in TABLE["form"]:
            yield step(form=form, facts={**dict.fromkeys(("corroborated", "convicted_237a2"), ()), fact: True})
    for form in TABLE["form"]:
        yield step(form=form, facts={"u_in_1641c": ()})
    for hours in (23, 24, 24.5, 25):
        yield step(facts={"hours_since_discovery": hours})
    if "cell_size" in base["facts"]:
        yield from (step(facts={"cell_size": size}) for size in (10, 11, 12))
        yield from (step(facts={"location_level": level}) for level in ("none", "state", "county"))
    for name in base["approvals"]:
        yield step(approvals={other: person for other, person in base["approvals"].items() if other != name})
    double = {"second_approver": "second", "counsel": "lawyer"}
    for component in TABLE["component"]:
        yield step(component=component, mfa=False)
        yield from (step(component=component, employee_type=kind) for kind in ("contractor", "not_applicable"))
        yield step(component=component, facts={"minor_in_package": True})
        yield step(component=component, facts={"dual_role": True})
        yield step(component=component, purpose="minor_notice", facts={"dual_role": True, "minor_in_package": True})
        for ended in TABLE["ended"]:
            yield step(component=component, protection=ended)
            yield step(component=component, protection=ended, facts={"dated_verification": True})
    for named in ({}, {"second_approver": "second"}, {"counsel": "lawyer"}, double):
        yield step(facts={"dual_role": True}, approvals={**base["approvals"], **named})
    yield step(facts={"subject_side_match": True})
    yield from (step(**{name: None}) for name in [*TABLE["required"], *TABLE["required_for_case_data"]])


def dual_approved(request: dict[str, Any], draw: random.Random) -> None:
    if draw.random() < 0.5:
        request["facts"]["dual_role"] = True
        request["approvals"] |= {"second_approver": "second", "counsel": "lawyer"}


def requests(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """``count`` requests, each row in turn; the same seed gives the same ones."""
    draw = random.Random(seed)
    rows = list(ROWS.values())
    for number in range(count):
        request = good(rows[number % len(rows)], draw)
        if draw.random() < 0.15:
            dual_approved(request, draw)
        for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3))):
            changed(request, draw)
            if not isinstance(request.get("categories"), list):
                break
        yield request
