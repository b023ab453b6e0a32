"""A stored case and officers who are signed in with both factors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from haven.accounts.models import User
from haven.cases import services
from haven.cases.models import Case
from haven.cases.storing import store_extraction

OTHERS = {
    "privacy": ("S. Lindqvist", "USCIS", "employee", "privacy_officer", "VSC"),
    "second_privacy": ("T. Abara", "USCIS", "employee", "privacy_officer", "VSC"),
    "agent": ("M. Tanaka", "ICE_HSI", "sworn_officer", "hsi_agent", "HSI"),
    "helper": ("V. Sandoval", "ICE_HSI", "sworn_officer", "victim_assistance_specialist", "HSI"),
}


@pytest.fixture
def signed_in(person) -> Callable[[str], User]:
    made: dict[str, User] = {}

    def one(name: str) -> User:
        if name not in made:
            if name in OTHERS:
                display, component, employee_type, role, office = OTHERS[name]
                made[name] = User.objects.create_user(
                    username=name, display_name=display, component=component, employee_type=employee_type, role=role,
                    office=office,
                )  # fmt: skip
            else:
                made[name] = person(name)
            made[name].session_mfa = True
        return made[name]

    return one


@pytest.fixture
def officer(signed_in) -> User:
    return signed_in("officer")


@pytest.fixture
def case(home, db, extraction, officer) -> Case:
    case = store_extraction(extraction(), office="VSC")
    services.assign(case, officer)
    return case
