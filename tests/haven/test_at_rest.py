"""The raw bytes of everything that the store wrote, searched for everything that it was told."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.haven.builders import STORY
from tests.haven.duties.told import WORDS

STORE = """
import sys
from pathlib import Path
from haven.store import open_store
open_store(migrate=True)
from haven.accounts.models import User
from haven.cases import services
from tests.haven.builders import Told, extraction_of
from tests.haven.duties.told import tell_duties
folder = Path(sys.argv[1])
user = User.objects.create_user(username="r.ortega", display_name="R. Ortega", component="USCIS",
                                employee_type="employee", role="referral_officer", office="VSC")
told = Told(fields=[("Part 1", "Receipt Number", "EAC1912345678", "id", "K5")], id="ramos-maylin")
case = services.store_extraction(extraction_of(told, folder), office="VSC")
rosa = case.persons.get(entity="e1")
services.correct(rosa.value("name"), user, "Rosa Delgado Paz", "spelled out in paragraph nine")
services.add_value(rosa, "email", "rosa.delgado@example.org", user, "seen on the flyer")
services.break_glass(case, user, "covering for a sick colleague")
services.add_note(case, user, "Called about Maylin and the restaurant")
services.assign(case, user)
tell_duties(case, user)
"""
TOLD = [
    "Maylin", "Ramos", "Rosa", "Delgado", "Patrona", "Chuy", "Daysi", "Lorna", "San Pedro Sula", "passport",
    "204 338 917", "204338917", "555-0143", "8325550143", "15 years old", "EAC1912345678", "rosa.delgado@example.org",
    "paragraph nine", "flyer", "sick colleague", "the restaurant", "ramos-maylin",
    *WORDS,
]  # fmt: skip


def forms(text: str) -> set[bytes]:
    """The writings in which a text would stand in a file."""
    plain = {text, text.lower(), text.upper()}
    coded = {b for t in plain for b in (t.encode(), t.encode("utf-16-le"), t.encode().hex().encode())}
    return coded | {base64.b64encode(text.encode())[: len(text) * 4 // 3 - 1]}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("at-rest")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    environment = {
        **clean,
        "HAVEN_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "haven.settings",
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": ".",
    }
    (folder / "tmp").mkdir()
    (folder / "in").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", STORE, str(folder / "in")],
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert not done.stdout
    return folder


def test_everything_was_written(written):
    names = {path.name for path in (written / "home" / "data").iterdir()}

    assert {"cases.sqlite3", "narrative.sqlite3", "audit.sqlite3"} <= names
    assert len([p for p in (written / "home" / "blobs").rglob("*") if p.is_file()]) == 2


@pytest.mark.parametrize("text", [*TOLD, *STORY.split("\n\n")])
def test_nothing_of_it_stands_in_clear_in_any_file(written, text):
    files = [p for top in ("home", "tmp") for p in (written / top).rglob("*") if p.is_file()]
    assert len(files) > 10

    for path in files:
        content = path.read_bytes()
        found = [form for form in forms(text) if form in content or form.lower() in content.lower()]
        assert not found, f"{path.name} holds a text of the packet in clear"


def test_the_search_would_find_it(written):
    """The same search finds what is no secret: the table names."""
    content = (written / "home" / "data" / "cases.sqlite3").read_bytes()

    assert any(form in content for form in forms("cases_value"))
