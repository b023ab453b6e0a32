"""Stores that earlier versions left open in this one, with every value, decision and row of the log (decision 11)."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.haven.duties.told import WORDS
from tests.haven.operations import program

HERE = Path(__file__).parent / "fixtures"
STORES = sorted(HERE.glob("store-*.tar.gz"))
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
READ_DUTIES = """
import json
from haven.store import open_store
open_store(migrate=True)
from haven.cases.models import Case, SensitiveMark
from haven.duties.models import ImportedNote
case = Case.objects.get()
consent, incident, helped = case.consents.get(), case.incidents.get(), case.cooperation.get()
written = case.minor_notices.get().written.get()
print(json.dumps([
    incident.words, incident.steps.get().words, consent.recipient, consent.paper, consent.revocation.reason,
    case.holds.get().reason, case.holds.get().release.reason, written.sending.receipt, bool(written.text),
    helped.agency, helped.office, helped.officer, helped.number, helped.words, helped.withdrawn.reason,
    ImportedNote.objects.get().receipt, ImportedNote.objects.get().text, SensitiveMark.objects.get().case == case,
]))
"""


@pytest.mark.parametrize("archive", STORES, ids=lambda path: path.name)
def test_a_store_of_an_earlier_version_opens_whole(archive, tmp_path):
    run = read(archive, READ, tmp_path)

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


def test_duties_of_an_earlier_version_are_read(tmp_path):
    run = read(HERE / "store-15.tar.gz", READ_DUTIES, tmp_path)

    assert run.returncode == 0, run.stderr[-2000:]
    *words, note_number, note, marked = json.loads(run.stdout)
    assert [*words[:8], *words[9:], note_number, note] == WORDS
    assert words[8] and marked


def test_there_is_a_store_of_every_issue_that_changed_the_tables():
    assert [path.name for path in STORES] == ["store-13.tar.gz", "store-15.tar.gz"]


def read(archive: Path, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs ``code`` on the store of an archive."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    for path in (folder / "home" / "keys").iterdir():
        path.chmod(0o600)
    return program(folder / "home", code)
