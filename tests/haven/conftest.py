"""Every run gets a HAVEN_HOME of its own: no test sees the keys or data of the person who runs it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings

from haven.accounts.models import User
from tests.haven.builders import Told, extraction_of

OFFICERS = {
    "clerk": ("P. Novak", "USCIS", "employee", "intake_clerk", "VSC"),
    "officer": ("R. Ortega", "USCIS", "employee", "referral_officer", "VSC"),
    "colleague": ("M. Chen", "USCIS", "employee", "referral_officer", "VSC"),
    "supervisor": ("L. Whitfield", "USCIS", "employee", "supervisor", "VSC"),
    "ero": ("B. Carver", "ICE_ERO", "sworn_officer", "other", "ERO"),
}


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = django_settings.HAVEN_HOME
    django_settings.HAVEN_HOME = tmp_path_factory.mktemp("haven-home")
    yield django_settings.HAVEN_HOME
    django_settings.HAVEN_HOME = before


@pytest.fixture(scope="session")
def django_db_modify_db_settings(own_home: Path) -> None:
    """Keys are there before the tables of the test databases are made."""


@pytest.fixture
def home(tmp_path: Path, settings) -> Path:
    """A HAVEN_HOME for this test alone: keys, blobs, outbox of its own."""
    settings.HAVEN_HOME = tmp_path / "home"
    return settings.HAVEN_HOME


@pytest.fixture
def postgres() -> Iterator[str]:
    """Three empty databases."""
    server = os.environ["HAVEN_TEST_POSTGRES_URL"]
    name = f"haven_{uuid.uuid4().hex[:10]}"
    names = [name, f"{name}_narrative", f"{name}_audit"]
    with psycopg.connect(server, autocommit=True) as connection:
        for one in names:
            connection.execute(f'CREATE DATABASE "{one}"')
        yield server.rpartition("/")[0] + f"/{name}"
        for one in names:
            connection.execute(f'DROP DATABASE "{one}" WITH (FORCE)')


@pytest.fixture
def person(db) -> Callable[[str], User]:
    """Makes the officer of that name from ``OFFICERS``."""

    def make(name: str) -> User:
        display, component, employee_type, role, office = OFFICERS[name]
        return User.objects.create_user(
            username=name,
            display_name=display,
            component=component,
            employee_type=employee_type,
            role=role,
            office=office,
        )

    return make


@pytest.fixture
def extraction(tmp_path: Path) -> Callable[..., object]:
    """Makes an extraction of a told story, its file lying in ``tmp_path``."""

    def make(told: Told | None = None, **changes: object) -> object:
        return extraction_of(told or Told(), tmp_path, **changes)

    return make
