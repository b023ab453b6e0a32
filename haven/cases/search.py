"""Who in the store bears a name: exactly, in any order and writing, or by its sound. Nothing is opened to search.

What of a hit may be shown is the gate's to say, case by case (``haven.review.search_views``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from haven.cases import index
from haven.cases.models import IndexEntry, Person, Value

BATCH = 2000


@dataclass(frozen=True)
class Found:
    """``exact``: the same name; otherwise one that sounds alike, which an officer must compare."""

    person: Person
    exact: bool


def by_name(name: str, *, most: int = 50, among: Q | None = None) -> list[Found]:
    """People whose name or alias it is, exact ones first; at most ``most`` of each sort.

    ``among``: which people are looked at all; those of any case, if not given.
    """
    among = among or Q()
    exact = _people("name", [mac] if (mac := index.mac("name", name)) else [], most, among)
    alike = _people(index.SOUND, index.sound_macs(name), most + len(exact), among)
    known = {person.pk for person in exact}
    return [
        *(Found(person, exact=True) for person in exact),
        *[Found(person, exact=False) for person in alike if person.pk not in known][:most],
    ]


def _people(kind: str, macs: list[str], most: int, among: Q) -> list[Person]:
    found = IndexEntry.objects.filter(kind=kind, mac__in=macs).values("person_id")
    people = Person.objects.filter(among, pk__in=found).select_related("case", "subject", "protected", "bystander")
    return list(people.order_by("case_id", "order")[:most])


def rebuild_sounds(advance: Callable[[int], None] = lambda _: None) -> int:
    """Makes the entries by sound anew from every name in the store, all or none; how many there are now.

    For a store of before there were any, and whenever the rules of ``haven.cases.sound`` change.
    """
    with transaction.atomic():
        IndexEntry.objects.filter(kind=index.SOUND).delete()
        names = Value.objects.filter(person__isnull=False, field__in=("name", "alias")).order_by()
        rows: set[tuple[str, object, object]] = set()
        for done, value in enumerate(names.only("case_id", "person_id", "text", "data_key").iterator(BATCH), 1):
            rows |= {(mac, value.case_id, value.person_id) for mac in index.sound_macs(value.text)}
            advance(done)
        IndexEntry.objects.bulk_create(
            [IndexEntry(kind=index.SOUND, mac=mac, case_id=case, person_id=person) for mac, case, person in rows],
            batch_size=500,
            ignore_conflicts=True,  # an intake may have made the entries of a new case meanwhile
        )
    return len(rows)
