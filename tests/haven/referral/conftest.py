"""A case with a confirmed alleged trafficker, who may propose, who may release, and a protocol in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from haven.accounts.models import User
from haven.cases import services as cases
from haven.cases.models import Case, Person
from haven.referral import outbox, protocols, services
from haven.referral.models import Protocol, Referral
from tests.haven.builders import Told


@pytest.fixture(autouse=True)
def databases(transactional_db_or_not):
    """Every test here reads and writes all three databases."""


@pytest.fixture
def transactional_db_or_not(request):
    request.getfixturevalue("db")


@pytest.fixture
def signed_in(person) -> Callable[[str], User]:
    """The officer of that name, as after a log-in with a second factor."""

    def make(name: str) -> User:
        user = User.objects.filter(username=name).first() or person(name)
        user.session_mfa = True
        return user

    return make


@pytest.fixture
def officer(signed_in) -> User:
    return signed_in("officer")


@pytest.fixture
def supervisor(signed_in) -> User:
    return signed_in("supervisor")


@pytest.fixture
def protocol() -> Protocol:
    return protocols.record(3, dt.date(2020, 1, 1), dt.date(2090, 1, 1), actor="system:test")


@pytest.fixture
def told_case(extraction, officer) -> Callable[..., Case]:
    """A case of a told story, assigned to the officer; everything about the named entities confirmed."""

    def make(told: Told | None = None, confirmed: tuple[str, ...] = ("e1",)) -> Case:
        case = cases.store_extraction(extraction(told), office="VSC")
        cases.assign(case, officer)
        for entity in confirmed:
            for value in subject(case, entity).current_values():
                cases.confirm(value, officer)
        return case

    return make


def subject(case: Case, entity: str = "e1") -> Person:
    """The person as the store has it now, nothing remembered."""
    return next(person for person in case.people() if person.entity == entity)


@pytest.fixture
def case(told_case) -> Case:
    return told_case()


@pytest.fixture
def proposed(case, officer) -> Referral:
    return services.propose(case, [subject(case)], officer, "named in the statement")


@pytest.fixture
def sent() -> Callable[[], list[Path]]:
    """What lies in the outbox, hidden folders too."""
    return lambda: sorted(outbox.folder().iterdir()) if outbox.folder().exists() else []


@pytest.fixture(autouse=True)
def empty_outbox(own_home):
    import shutil

    shutil.rmtree(outbox.folder(), ignore_errors=True)
