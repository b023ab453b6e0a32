"""A second reading of the table, in plain Python: what the gate must answer. Knows nothing of Cedar or the policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

TABLE = yaml.safe_load((Path(__file__).parent / "gate_table.yaml").read_text())
ROWS = {row["id"]: row for row in TABLE["rows"]}
LISTED = ("component", "employee_type", "role", "purpose", "form", "protection")


def listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]


class Oracle:
    """One request; ``answer`` has the keys that the table pins down exactly."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.facts: dict[str, Any] = request.get("facts", {})
        self.asked: list[str] = request.get("categories") or []
        self.component = request.get("component")
        self.purpose = request.get("purpose")
        people = request.get("approvals", {})
        parties = (request.get("recipient_id"), request.get("proposer_id"))
        self.approved = {
            name
            for name, person in people.items()
            if person not in parties and list(people.values()).count(person) == 1
        }

    def true(self, fact: str) -> bool:
        return self.facts.get(fact) is True

    def restricts(self, fact: str) -> bool:
        """A fact that only takes away counts unless it is plainly not so."""
        return self.facts.get(fact) not in (None, False)

    @staticmethod
    def says(decision: str, *rules: str, **more: Any) -> dict[str, Any]:
        empty: dict[str, Any] = {name: [] for name in ("allowed", "removed", "missing", "approvals_missing")}
        quiet = {"to": None, "lane": "none", "child": False, "alert": False}
        return {"decision": decision, "rules": list(rules), **empty, **quiet, **more}

    def answer(self) -> dict[str, Any]:
        inside = self.component in TABLE["three_departments"]
        if self.component == "SUBJECT_SIDE" or self.restricts("subject_side_match"):
            return self.says("no_record", "P3", alert=True)
        if missing := self.unusable(inside):
            return self.says("deny", "P8", missing=missing)
        if self.purpose == "arrest_or_removal":
            return self.says("deny", "P4")
        if inside and self.request["employee_type"] not in ("sworn_officer", "employee"):
            return self.says("escalate", "P9", to="counsel")
        for name in TABLE["group"]:
            row = ROWS[name]
            if self.fits(row) and not (name == "G33" and self.saved_from_g33()):
                office = row.get("escalate_for", {}).get(self.purpose) or row.get("to")
                return self.says("escalate" if office else "deny", name, to=office)
        protection = self.request.get("protection")
        ended, dated = protection in TABLE["ended"], self.true("dated_verification")
        if ended and dated and not inside and self.purpose != "minor_notice":
            return self.says("escalate", "P2", to="privacy_officer")
        acted = ["P1"] if protection in TABLE["as_pending"] or (ended and not dated) else []
        for row in TABLE["rows"]:
            if row["id"] not in TABLE["group"] and self.fits(row):
                answer = self.by_row(row, acted)
                hours = self.facts.get("hours_since_discovery")
                answer["alert"] = row["id"] == "G22" and isinstance(hours, int | float) and hours > 24
                if answer["lane"] != "none" and ended and dated:
                    answer["lane"] = "privacy_act"
                return answer
        return self.says("deny", "DEFAULT", *acted)

    def unusable(self, inside: bool) -> list[str]:
        needed = [*TABLE["required"]]
        if set(self.asked) & set(TABLE["case_data"]):
            needed += TABLE["required_for_case_data"]
        bad = []
        for name in needed:
            value = self.request.get(name)
            if (
                value in (None, "", [])
                or (name in LISTED and value not in TABLE[name])
                or (name == "categories" and not set(value) <= set(TABLE["categories"]))
            ):
                bad.append(name)
        if inside and self.request.get("mfa") is not True and "mfa" not in bad:
            bad.append("mfa")
        return bad

    def fits(self, row: dict) -> bool:
        if "*" not in listed(row["purpose"]) and self.purpose not in listed(row["purpose"]):
            return False
        if "*" not in listed(row["component"]) and self.component not in listed(row["component"]):
            return False
        if self.component in row.get("component_but", []):
            return False
        if "role" in row and self.request["role"] not in row["role"]:
            return False
        known_to_case = self.true("assigned") or self.true("break_glass")
        if row["id"] in ("G1", "G2"):
            return known_to_case == (row["id"] == "G1")
        if row["id"] in ("G7", "G8"):
            return (set(self.asked) == {"K9"}) == (row["id"] == "G8")
        return True

    def saved_from_g33(self) -> bool:
        return any(name not in ("G29",) and self.fits(ROWS[name]) for name in TABLE["saved_from_G33"])

    def by_row(self, row: dict, acted: list[str]) -> dict[str, Any]:
        name = row["id"]
        if row["decision"] == "deny":
            return self.says("deny", name, *acted, missing=["assigned", "break_glass"])
        scope = row["data"] if isinstance(row["data"], str) else None
        data = self.request.get("scopes", {}).get(scope, []) if scope else row["data"]
        removed = {one for one in self.asked if one not in data}
        minor = self.restricts("minor_in_package")
        if minor and name not in TABLE["minors_row"]:
            removed |= {"K6", "K7"} & set(self.asked)

        lacking = [fact for fact in row.get("needs", []) if not self.true(fact)]
        for one_of in row.get("any_of", []):
            if not any(map(self.true, one_of)):
                lacking += one_of
        lacking += [fact for fact in row.get("if_form", {}).get(self.request.get("form"), []) if not self.true(fact)]
        lacking += [fact for fact, least in row.get("min", {}).items() if self.facts.get(fact, 0) < least]
        lacking += [fact for fact, words in row.get("one_of", {}).items() if self.facts.get(fact) not in words]
        if lacking:
            missing = [*lacking, *([scope] if scope and not data else []), *self.extras(row, removed)[0]]
            return self.says("deny", name, *acted, missing=missing)

        extra_facts, extra_approvals, without = self.extras(row, removed)
        missing = [*([scope] if scope and not data else []), *extra_facts]
        removed |= without
        allowed = [one for one in self.asked if one not in removed]
        gone = [one for one in self.asked if one in removed]
        if not allowed:
            by = [*acted, *(["P7"] if minor and name not in TABLE["minors_row"] and {"K6", "K7"} & set(gone) else [])]
            if "if_nothing_left" in row:
                return self.says("escalate", name, *by, removed=gone, missing=missing, to=row["if_nothing_left"])
            return self.says("deny", name, *by, removed=gone, missing=missing, approvals_missing=extra_approvals)

        approvals = [one for one in row.get("approvals", []) if one not in self.approved]
        if (
            self.restricts("dual_role")
            and set(self.asked) & set(TABLE["case_data"])
            and self.component != "USCIS"
            and name != "G22"
        ):
            acted = [*acted, "P6"]
            approvals += [one for one in TABLE["double_approvals"] if one not in self.approved]
        if minor:
            acted = [*acted, "P7"]
        waiting = list(dict.fromkeys([*approvals, *extra_approvals]))
        lane = TABLE["lanes"][name]
        if name == "G14" and {"K3", "K4"} & set(allowed):
            lane = "prosecutor"
        if lane == "none" and self.request.get("protection") in TABLE["ended"] and self.true("dated_verification"):
            lane = "privacy_act"
        common = {"removed": gone, "missing": missing, "approvals_missing": waiting, "lane": lane, "child": minor}
        if approvals:
            return self.says("approve", name, *acted, **common)
        decision = "redact" if gone or row["decision"] == "redact" else "permit"
        return self.says(decision, name, *acted, allowed=allowed, **common)

    def extras(self, row: dict, removed: set[str]) -> tuple[list[str], list[str], set[str]]:
        """(facts, approvals) that categories of the row lack beyond it, and the categories that fall for it."""
        facts: list[str] = []
        approvals: list[str] = []
        without: set[str] = set()
        for category, wants in row.get("extra", {}).items():
            if category not in self.asked or category in removed:
                continue
            lacking = [fact for fact in wants.get("needs", []) if not self.true(fact)]
            # INA 237(a)(2) convictions do not count for a U petition (8 CFR 214.14(e)(3))
            u = self.request.get("form") == "U"
            counting = [fact for fact in wants.get("any_of", []) if not (u and fact == "convicted_237a2")]
            if counting and not any(map(self.true, counting)):
                lacking += counting
            unapproved = [one for one in wants.get("approvals", []) if one not in self.approved]
            if lacking or unapproved:
                without.add(category)
                facts += lacking
                approvals += unapproved
        return list(dict.fromkeys(facts)), list(dict.fromkeys(approvals)), without


def expected(request: dict[str, Any]) -> dict[str, Any]:
    return Oracle(request).answer()
