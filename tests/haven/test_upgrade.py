"""Stores that earlier versions left open in this one, with every value, decision and row of the log (decision 11)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

STORES = sorted((Path(__file__).parent / "fixtures").glob("store-*.tar.gz"))
READ = """
import json
from haven.store import open_store
open_store(migrate=True)
from haven.accounts.totp import current_code
from haven.audit import verification
from haven.cases import search
from haven.cases.models import Case, PageRow
case = Case.objects.get()
rosa = case.persons.get(entity="e1")
print(json.dumps({
    "people": {p.entity: [p.name, p.role] for p in case.people()},
    "name": [[v.state, v.text, v.reason] for v in rosa.value("name").history()],
    "alike": [[one.person.entity, one.exact] for one in search.by_name("Rossa Delgado")],
    "confirmed": rosa.confirmed,
    "phone": rosa.value("phone"),
    "note": case.notes.get().text,
    "text": PageRow.objects.first().narrative().text[:24],
    "picture": len(PageRow.objects.first().picture()),
    "record": case.packets.get().runs.get().record()["id"],
    "code": len(current_code("r.ortega")[0]),
    "log": verification.verify_live([]).problem,
}))
"""


@pytest.mark.parametrize("archive", STORES, ids=lambda path: path.name)
def test_a_store_of_an_earlier_version_opens_whole(archive, tmp_path):
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    for path in (tmp_path / "home" / "keys").iterdir():
        path.chmod(0o600)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    environment = {**clean, "HAVEN_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "haven.settings"}
    run = subprocess.run(
        [sys.executable, "-c", READ], env=environment, capture_output=True, text=True, timeout=300, check=False
    )

    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout) == {
        "people": {
            "e0": ["Maylin Ramos", "applicant"],
            "e1": ["Rosa Delgado Paz", "trafficker"],
            "e2": ["Chuy", "associate"],
            "e3": ["Daysi", "victim"],
            "e4": ["Lorna", "family"],
        },
        "name": [["proposed", "Rosa Delgado", ""], ["corrected", "Rosa Delgado Paz", "so on page 2"]],
        "alike": [["e1", False]],
        "confirmed": True,
        "phone": None,
        "note": "Called the preparer.",
        "text": "My name is Maylin Ramos,",
        "picture": 67,
        "record": "ramos-maylin",
        "code": 6,
        "log": "",
    }


def test_there_is_a_store_of_every_issue_that_changed_the_tables():
    assert [path.name for path in STORES] == ["store-13.tar.gz"]
