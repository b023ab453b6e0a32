"""A referral as a supervisor sees it: what leaves, what stays, both readings of each sentence, and why it may leave."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from haven.cases.models import Person
from haven.referral import services, texts
from haven.referral.models import LeadPerson, Protocol, Referral, State
from haven.review import words
from haven.review.case_page import CasePage

CATEGORIES = {
    "K1": "identity of an alleged person",
    "K2": "what is alleged, without anybody protected",
    "K12": "an excerpt made for release",
}
DECISIONS = {
    "permit": "permit, with you as the second person",
    "approve": "not yet: an approval is missing",
    "deny": "no",
    "no_record": "no",
    "escalate": "a person of another office must decide",
    "redact": "only in part",
}
ALWAYS_STAYS = (
    "that and when anything was filed, and on which form",
    "addresses, numbers and dates of birth of everybody protected",
)


@dataclass(frozen=True)
class Line:
    """One line of what leaves."""

    label: str
    text: str
    category: str

    @property
    def category_words(self) -> str:
        return CATEGORIES[self.category]


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool


@dataclass(frozen=True)
class Pair:
    """One sentence: as the packet has it, and as it would leave. ``page`` counts from 0 through the case."""

    original: tuple[Piece, ...]
    outgoing: tuple[Piece, ...]
    page: int | None

    @property
    def where(self) -> str:
        return "" if self.page is None else f"p. {self.page + 1}"


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class ReferralPage:
    """What one proposal says, read from what was frozen when it was proposed."""

    referral: Referral

    @cached_property
    def shown_case(self) -> CasePage:
        return CasePage(self.referral.case)

    @cached_property
    def leaves(self) -> tuple[Line, ...]:
        content = self.referral.content
        lines = []
        for subject in content["subjects"]:
            values: dict[str, list[str]] = defaultdict(list)
            for value in subject["values"]:
                values[value["field"]].append(value["text"])
            names = [*values.pop("name", []), *(f"also {alias}" for alias in values.pop("alias", []))]
            others = [f"{words.ATTRIBUTES[name].lower()} {', '.join(found)}" for name, found in values.items()]
            named = "; ".join([", ".join(names) or "name unknown", *others])
            lines.append(Line(f"Subject {subject['key'][1:]}", named, "K1"))
            standing = subject["role"].lower() + (
                "" if subject["status"] == "Alleged" else f", {subject['status'].lower()}"
            )
            lines.append(Line("Called", standing, "K2"))
            acts = [self._act(one) for one in content["allegations"] if one["subject"] == subject["key"]]
            if acts:
                lines.append(Line("Said to have", "; ".join(acts), "K2"))
        if content["excerpts"]:
            lines.append(Line("Excerpts", words.counted(len(content["excerpts"]), "sentence"), "K12"))
        return tuple(lines)

    @staticmethod
    def _act(allegation: dict[str, str]) -> str:
        when = f" ({allegation['when']})" if allegation["when"] else ""
        return f"{allegation['says']} {allegation['person'] or 'somebody'}{when}"

    @cached_property
    def stays(self) -> tuple[str, ...]:
        """Everybody protected by role and the name they leave under, then what never leaves."""
        called = {p.person_id: str(p) for p in LeadPerson.objects.filter(lead=self.referral.lead)}
        by_role: dict[str, list[str]] = defaultdict(list)
        for person in self.referral.case.people():
            if person.group == "protected" and not person.dismissed:
                by_role[person.role].append(called.get(person.pk, ""))
        lines = [self._kept(role, names) for role, names in by_role.items()]
        pages = words.counted(len(self.shown_case.pages), "page")
        return (*lines, *ALWAYS_STAYS, f"the packet itself, {pages}")

    @staticmethod
    def _kept(role: str, names: list[str]) -> str:
        nouns = {"applicant": ("the applicant", "applicants"), "victim": ("other victim", "other victims")}
        one, many = nouns.get(role, ("relative", "relatives"))
        count = one if role == "applicant" and len(names) == 1 else words.counted(len(names), one, many)
        named = [name for name in names if name]
        return f"{count}, called {words.joined(named)}" if named else count

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        index = {str(pk): number for pk, number in self.shown_case.index_of.items()}
        return tuple(
            Pair(*side_by_side(one["original"], one["outgoing"]), index.get(one["page"]))
            for one in self.referral.excerpts
        )

    @property
    def recipient(self) -> str:
        return texts.RECIPIENT

    def gate(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The gate's answer to a release by the user who looks, in words."""
        on = self.referral.proposed.date()
        protocol = Protocol.in_force("ICE_HSI", on)
        facts = [
            Fact("Rule", f"{', '.join(answer['rules'])} · policy {answer['policy'].split()[0]}"),
            Fact("Ground", answer["ground"]),
            Fact("Purpose", "trafficking lead"),
            Fact(
                "Recipient",
                f"sworn officer, {protocol} in force to {protocol.ends:%-d %B %Y}"
                if protocol
                else "no protocol in force",
            ),
            Fact("Marking", texts.banner(answer["labels"] or ["BATT", "IVIC"])),
        ]
        wanting = [name.replace("_", " ") for name in (*answer["missing"], *answer["approvals_missing"])]
        if wanting:
            facts.insert(1, Fact("Missing", ", ".join(wanting)))
        return {"words": DECISIONS.get(answer["decision"], answer["decision"]), "facts": facts}


def side_by_side(original: str, outgoing: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both sentences cut where they differ, word by word."""
    before, after = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (original, outgoing))
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left.append(Piece("".join(before[a:b]), kind != "equal"))
        right.append(Piece("".join(after[c:d]), kind != "equal"))
    return _joined(left), _joined(right)


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Changed words next to each other are one change: a blank between them does not end it, nor is it one alone."""
    joined: list[Piece] = []
    for place, piece in enumerate(pieces):
        blank = not piece.text.strip()
        within = blank and 0 < place < len(pieces) - 1 and pieces[place - 1].changed and pieces[place + 1].changed
        changed = within if blank else piece.changed
        if joined and joined[-1].changed == changed:
            joined[-1] = Piece(joined[-1].text + piece.text, changed)
        elif piece.text:
            joined.append(Piece(piece.text, changed))
    return tuple(joined)


def referable(shown: CasePage) -> list[dict[str, Any]]:
    """Whom a referral from this case could name: alleged people whose role an officer confirmed."""
    return [
        {"id": person.pk, "title": shown.record.title_of[person.pk], "note": words.ROLES[person.role]}
        for person in shown.people
        if _can_be_named(person)
    ]


def _can_be_named(person: Person) -> bool:
    named = any(value.field in ("name", "alias") and value.standing for value in person.current_values())
    return person.group in ("alleged", "took_part") and person.confirmed and not person.doubt and named


def proposal_of(shown: CasePage) -> dict[str, Any]:
    """What the dialog of a proposal offers."""
    waiting = Referral.objects.filter(case=shown.case, state=State.PROPOSED).first()
    return {"subjects": referable(shown), "waiting": waiting}


def inspected(referral: Referral) -> list[dict[str, Any]]:
    """What the inspection of a trial package says, line by line."""
    found = services.inspect_draft(referral)
    lines = [{"good": False, "words": finding.sentence} for finding in found.findings]
    if not found.findings:
        searched = words.counted(found.searched, "protected identifier")
        lines.append({"good": True, "words": f"0 of {searched} found"})
        lines.append({"good": True, "words": "no words that name a filing"})
    opened = words.joined(sorted(found.files)) or "nothing"
    lines.append({"good": bool(found.files), "words": f"opened and searched: {opened}"})
    return lines
