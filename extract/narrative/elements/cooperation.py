"""Whom the applicant helped: agency, office, officer, case number, date, from any document (audit finding C8)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extract.narrative.elements.findings import Findings
from extract.narrative.elements.phrases import Found
from extract.narrative.elements.reading import Reading
from extract.record import Cooperation, CooperationAct, Entity, Range, RelationType

MOST = 8
#: An agency that enforces laws, by its name.
AGENCY = re.compile(
    r"\b(?:police|sheriff|constab|marshal|troopers?|(?:highway|state|border) patrol|public safety|fbi|hsi|ice|dhs|cbp|"
    r"[a-z]*pd|homeland security|federal bureau|immigration and customs|secret service|task force|"
    r"(?:district|u\.?\s?s\.?|united states|state'?s?|county|commonwealth'?s?|prosecuting) attorney|attorney general|"
    r"prosecutor|d\.?a\.?'?s? office|department of (?:labor|justice|state)|wage and hour|diplomatic security|"
    r"labor commissioner|investigations?|precinct|eeoc|dol|doj|special victims|vice|usao|nypd|lapd)\b",
    re.IGNORECASE,
)
#: A part of an agency: ``HSI Houston``, ``Vice Unit``, ``42nd Precinct``.
OFFICE = re.compile(
    r"\b(?:office|unit|division|bureau|squad|precinct|district|station|section|task force|branch)\b", re.I
)
_TITLE = frozenset(
    "officer detective det agent sgt sergeant deputy trooper investigator lieutenant lt sheriff constable ofc sa "
    "captain prosecutor ausa inspector marshal corporal cpl chief".split()
)
_NUMBER = frozenset(
    "case report file incident complaint number no # docket ref reference event cad ir dr investigation".split()
)
_BIRTH = frozenset("dob born birth b d".split())
#: How near, in tokens, the words for a number stand to it.
_NEAR = 6
_OFFICIAL = frozenset(
    "police detective officer agent sheriff deputy trooper investigator prosecutor fbi hsi 911".split()
)
_NARRATOR = frozenset("i we me us my our".split())
_APPLICANT = frozenset("applicant victim petitioner client complainant plaintiff affiant declarant".split())


@dataclass
class _Contact:
    agency: str | None = None
    officer: str | None = None
    office: str = ""
    number: str = ""
    date: str = ""
    acts: list[CooperationAct] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)


def cooperation_of(findings: Findings, relations: Sequence[tuple[str, RelationType, str, str]]) -> list[Cooperation]:
    """Contacts of the applicant with those who investigate, one for each agency or, where none is named, officer.

    A sentence counts where it tells of help, names a case number beside such an agency or officer, or is an officer's
    own account of the applicant.
    """
    reading, entities = findings.reading, findings.entities
    employer = {h: t for h, kind, t, _ in relations if kind == "affiliated_with" and _is_agency(entities.get(t))}
    contacts: list[_Contact] = []
    last: _Contact | None = None
    for first, acts in _sentences(findings):
        low, high = reading.bounds(first)
        contact = _read(reading, low, high, entities, employer)
        if not acts and not (contact.number and (contact.agency or contact.officer)):
            continue
        contact.acts, contact.ranges = acts, [reading.place(first, first + 1)]
        named = contact.agency or contact.officer or contact.number
        same = next((c for c in contacts if _same(c, contact)), None) if named else last
        if same is not None:
            _join(same, contact)
            last = same
        elif named or _OFFICIAL & set(reading.tokens[low:high]):
            contacts.append(contact)
            last = contact
    _name(contacts, reading, entities, employer)
    return [_written(c, entities) for c in contacts]


def _name(
    contacts: list[_Contact], reading: Reading, entities: Mapping[str, Entity], employer: Mapping[str, str]
) -> None:
    """Who only "the police" are: the agency and officer of a report, where it names one."""
    nameless = [c for c in contacts if not c.agency and not c.officer]
    if not nameless:
        return
    whole = _read(reading, 0, len(reading.tokens), entities, employer)  # once, however many they are
    for contact in nameless:
        contact.agency, contact.officer = whole.agency, whole.officer


def _sentences(findings: Findings) -> list[tuple[int, list[CooperationAct]]]:
    """First token of each sentence that may tell of a contact, with what the applicant did."""
    acts: dict[int, list[CooperationAct]] = defaultdict(list)
    first_of: dict[int, int] = {}
    reading = findings.reading
    for rule, f in findings.section("cooperation"):
        if findings.whom.unreal(f.start) or not _of_applicant(findings, f) or not _with_officials(findings, f):
            continue
        number = reading.sentence[f.start]
        first_of.setdefault(number, f.start)
        if rule.code not in acts[number]:
            acts[number].append(rule.code)  # type: ignore[arg-type]
    for k, word in enumerate(reading.tokens):
        if word == "ID" and _NUMBER & set(reading.tokens[max(0, k - _NEAR) : k]):
            first_of.setdefault(reading.sentence[k], k)
    return [(k, acts.get(number, [])) for number, k in sorted(first_of.items())]


def _of_applicant(findings: Findings, f: Found) -> bool:
    reading = findings.reading
    low, high = reading.bounds(f.start)
    tokens, entity = reading.tokens[low:high], reading.entity[low:high]
    before = range(f.start - 1, max(low, f.start - 3) - 1, -1)
    subject = next((reading.entity[k] or reading.tokens[k] for k in before if _names(reading, k)), None)
    helps = subject in {None, "e0"} or (subject in findings.entities and findings.entities[subject].role == "official")
    if subject in findings.accused or (not helps and reading.in_first_person):
        return False
    return "e0" in entity or bool((_NARRATOR | _APPLICANT) & set(tokens)) or subject is None


def _names(reading: Reading, k: int) -> bool:
    return reading.entity[k] is not None or reading.tokens[k] in {"he", "she", "they", "someone", "somebody"}


def _with_officials(findings: Findings, f: Found) -> bool:
    """Whether those whom the phrase names, if it names any, are officials or the applicant."""
    entities = findings.entities
    named = {e for e in findings.reading.entity[f.start : f.end] if e is not None and e != "e0"}
    return not named or any(entities[e].role in ("official", "victim") for e in named if e in entities)


def _read(
    reading: Reading, low: int, high: int, entities: Mapping[str, Entity], employer: Mapping[str, str]
) -> _Contact:
    """Who and what a sentence names."""
    c = _Contact()
    for k in range(low, high):
        span, e = reading.span[k], reading.entity[k]
        if span is None:
            continue
        said = " ".join(reading.words.text[span.start : span.end].split())
        if span.label == "ORG" and AGENCY.search(said):
            if OFFICE.search(said) and c.agency is not None:
                c.office = c.office or said
            elif c.agency is None:
                c.agency = e or said
        elif span.label == "PERSON" and c.officer is None and _is_officer(reading, k, low, entities.get(e or "")):
            c.officer = e or said
        elif span.label == "ID" and not c.number and _NUMBER & set(reading.tokens[max(low, k - _NEAR) : k]):
            c.number = said
        elif (
            span.label == "DATE" and not c.date and span.value and not _BIRTH & set(reading.tokens[max(low, k - 4) : k])
        ):
            c.date = span.value
    if c.officer is not None and c.agency is None:
        c.agency = employer.get(c.officer)
    return c


def _is_officer(reading: Reading, k: int, low: int, entity: Entity | None) -> bool:
    """A person of public office with such a title before the name."""
    if entity is not None and entity.role != "official":
        return False
    before = [t for t in reading.tokens[max(low, k - 3) : k] if t != "."]
    return bool(_TITLE & set(before))


def _is_agency(entity: Entity | None) -> bool:
    return entity is not None and entity.type == "org" and any(AGENCY.search(n) for n in (entity.name, *entity.aliases))


def _same(a: _Contact, b: _Contact) -> bool:
    if a.officer and b.officer and a.officer != b.officer:
        return False
    if a.agency and b.agency:
        return a.agency == b.agency
    if a.officer and a.officer == b.officer:
        return True
    if a.number and a.number == b.number:
        return True
    return not (a.agency or a.officer) or (not (b.agency or b.officer) and not (a.number and b.number))


def _join(c: _Contact, more: _Contact) -> None:
    c.agency, c.officer = c.agency or more.agency, c.officer or more.officer
    c.office, c.number, c.date = c.office or more.office, c.number or more.number, c.date or more.date
    c.acts = [*c.acts, *(a for a in more.acts if a not in c.acts)]
    c.ranges = [*c.ranges, *(r for r in more.ranges if r not in c.ranges)]


def _written(c: _Contact, entities: Mapping[str, Entity]) -> Cooperation:
    def name(key: str | None) -> str:
        if key is None:
            return ""
        return (entities[key].name or key) if key in entities else key

    return Cooperation(
        agency=name(c.agency), office=c.office, officer=name(c.officer), case_number=c.number, date=c.date, acts=c.acts,
        entities=[k for k in (c.agency, c.officer) if k is not None and k in entities], ranges=sorted(c.ranges)[:MOST],
    )  # fmt: skip
