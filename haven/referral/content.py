"""What a referral says, drawn from what officers confirmed and from nothing else: plain data, then frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from extract.errors import UsageProblem
from haven.cases.models import Case, PageRow, Person, RunRecord, SensitiveMark, Value
from haven.cases.vocabulary import STANDING
from haven.referral import identifiers
from haven.referral.excerpts import Cast, Excerpt, Source, excerpts
from haven.referral.identifiers import Identifiers
from haven.referral.models import Lead, LeadPerson

FIELDS = (
    "name", "alias", "dob", "age", "nationality", "phone", "email", "handle", "address", "place", "id", "vehicle",
    "description", "occupation",
)  # fmt: skip
"""Values of a subject that identify it (K1), in the order in which a reader wants them."""


@dataclass(frozen=True)
class Draft:
    """``content``: what leaves. ``excerpts``: beside their originals. ``stays``: counts of what does not leave."""

    content: dict[str, Any]
    excerpts: list[dict[str, str]]
    stays: dict[str, int]
    kept_out: Identifiers


def draft(case: Case, subjects: Iterable[Person], lead: Lead, *, version: int, on: dt.date) -> Draft:
    """The content of a referral about ``subjects``. Raises ``UsageProblem`` naming what is not confirmed."""
    chosen = list(subjects)
    check_confirmed(case, chosen)
    kept_out = identifiers.of_case(case, chosen)
    protected = [person for person in case.people() if person.group == "protected" and not person.dismissed]
    names = {str(person.pk): f"Person {_number(lead, person)}" for person in protected}
    keys = {person.pk: f"S{place}" for place, person in enumerate(chosen, 1)}
    titles = {str(person.pk): _title(person) for person in chosen}
    applicant = next((names[str(p.pk)] for p in protected if p.role == "applicant"), "[the writer]")
    cast = Cast({**names, **titles}, frozenset(titles), applicant)

    confirmed = [v for person in chosen for v in person.current_values() if v.state in STANDING]
    allegations = [v for v in confirmed if v.field == "allegation" and v.allegation is not None]
    told, back = excerpts(allegations, _sources(allegations), cast, kept_out)
    content = {
        "lead": lead.pseudonym,
        "version": version,
        "date": on.isoformat(),
        "subjects": [_subject(person, keys[person.pk]) for person in chosen],
        "allegations": [_allegation(value, keys, names) for value in allegations],
        "excerpts": [{"subject": keys_of(keys, one), "text": one.outgoing} for one in told],
    }
    stays = {
        "protected people": len(protected),
        "sentences kept back": back,
        "values not confirmed": sum(v.state not in STANDING for p in chosen for v in p.current_values()),
        "pages": PageRow.objects.filter(packet__case=case).count(),
    }
    return Draft(content, [asdict(one) for one in told], stays, kept_out)


def check_confirmed(case: Case, subjects: list[Person]) -> None:
    """C14: nothing leaves that no officer stands behind."""
    if not subjects:
        raise UsageProblem("A referral names at least one alleged person or organization.")
    for person in subjects:
        if person.case_id != case.pk:
            raise UsageProblem("A referral is about people of one case.")
        if person.group not in ("alleged", "took_part") or person.dismissed:
            raise UsageProblem("A referral can only be about somebody who is alleged; look at the roles again.")
        if not person.confirmed or person.doubt:
            raise UsageProblem("The role of everybody in a referral must be confirmed first.")
        if not any(v.field in FIELDS and v.state in STANDING for v in person.current_values()):
            raise UsageProblem("Everybody in a referral needs at least one confirmed value that says who they are.")


def _number(lead: Lead, person: Person) -> int:
    """The number of a protected person in this lead: the applicant first, then in the order in which they came up."""
    named = LeadPerson.objects.filter(person=person).first()
    if named is None:
        last = lead.persons.order_by("-number").first()
        named = LeadPerson.objects.create(lead=lead, person=person, number=last.number + 1 if last else 1)
    return named.number


def _standing(person: Person, field: str) -> list[Value]:
    return [v for v in person.current_values() if v.field == field and v.state in STANDING]


def _title(person: Person) -> str:
    names = [*_standing(person, "name"), *_standing(person, "alias")]
    return names[0].text if names else "the alleged person"


def _subject(person: Person, key: str) -> dict[str, Any]:
    part = person.subject
    convicted = part.status == "convicted" and bool(part.statute)
    return {
        "key": key,
        "type": person.type,
        "role": part.get_role_display(),
        "mode": part.allegation,
        "status": part.get_status_display(),
        "statute": part.statute if convicted else "",
        "values": [
            {"field": value.field, "text": value.text, "normal": value.normal}
            for field in FIELDS
            for value in _standing(person, field)
        ],
    }


def _allegation(value: Value, keys: dict[Any, str], names: dict[str, str]) -> dict[str, str]:
    allegation = value.allegation
    assert allegation is not None
    victim = str(allegation.victim_id) if allegation.victim_id else ""
    return {
        "subject": keys[value.person_id],
        "says": value.text,
        "act": allegation.act,
        "means": allegation.means,
        "purpose": allegation.purpose,
        "person": names.get(victim) or keys.get(allegation.victim_id) or ("another person" if victim else ""),
        "when": allegation.when[:7],  # the month; an exact day helps a subject to guess who spoke
        "mode": allegation.mode,
        "status": allegation.get_status_display(),
    }


def keys_of(keys: dict[Any, str], excerpt: Excerpt) -> str:
    return next(key for pk, key in keys.items() if str(pk) == excerpt.subject)


def _sources(values: Iterable[Value]) -> dict[str, Source]:
    """The record, people and pages of every reading that the values come from and that was not disposed of."""
    sources = {}
    for run in {value.run for value in values if value.run is not None}:
        read = RunRecord.objects.get(pk=run.pk)
        if read.shredded:
            continue
        people = Person.objects.filter(packet=run.packet_id).select_related("subject", "protected", "bystander")
        pages = PageRow.objects.filter(packet=run.packet_id, start__isnull=False)
        marks = SensitiveMark.objects.filter(evidence__packet=run.packet_id, taken_back__isnull=True)
        sources[str(run.pk)] = Source(
            read.record,
            {person.entity: person for person in people},
            [(page.start or 0, page.end or 0, str(page.pk)) for page in pages],
            list(marks.values_list("evidence__start", "evidence__end")),
        )
    return sources
