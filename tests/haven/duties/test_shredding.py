"""A store on the disk, its disposal, and every byte of it afterwards: the destroyed keys are nowhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.haven.operations import build, content, haven, program
from tests.haven.test_at_rest import STORE

READY = (
    STORE
    + """
import datetime as dt
from haven.duties import incidents
from haven.duties.models import Incident
from haven.audit.models import AuditRow
incidents.close(Incident.objects.get(), User.objects.get(username="s.lindqvist"), "found again")
case.protection, case.protection_verified = "naturalized", dt.date(2015, 1, 1)
case.save()
"""
)
KEYS = """
import base64
from django.apps import apps
from haven.store import open_store
open_store()
from haven.cases.blobs import blobs
from haven.duties.kinds import KINDS
from haven.cases.models import Case
case = Case.objects.get()
for kind in KINDS.values():
    for rows in kind.rows(case):
        for key in rows.values_list("data_key", flat=True):
            print(base64.b64encode(bytes(key)).decode())
for place in blobs().each():
    print(base64.b64encode(blobs().envelope(*place)).decode())
"""
DISPOSE = """
import sys
from haven.store import open_store
open_store()
from haven.accounts.models import User
from haven.duties import retention
disposal = retention.propose(User.objects.get(username="s.lindqvist"))
print(retention.dispose(disposal, User.objects.get(username="l.whitfield")).rows)
"""


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> tuple[Path, list[bytes], Path]:
    """A store of which everything was disposed of, the wrapped data keys that it had, a backup of before."""
    import base64

    from haven.duties.kinds import KINDS

    folder = tmp_path_factory.mktemp("shredding")
    home = build(folder, READY)
    told = program(home, KEYS)
    assert told.returncode == 0, told.stderr[-2000:]
    keys = [base64.b64decode(line) for line in told.stdout.split()]
    assert haven(home, "backup", str(folder / "before.haven")).returncode == 0
    lines = "\n".join(
        f"  - {{kind: {kind}, counts: final, years: 5, since: 2020-01-01, ground: a schedule, basis: L}}"
        for kind in KINDS
    )
    (home / "retention.yaml").write_text(f"version: 1\naccounting_years: 5\nnever: []\nlines:\n{lines}\n")
    done = program(home, DISPOSE)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= len(keys) - 2
    return home, keys, folder / "before.haven"


def files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_no_wrapped_data_key_is_left_in_any_file(stores):
    home, keys, _ = stores
    raw = [path.read_bytes() for path in files(home)]

    assert len(keys) > 40
    assert sum(key in content for key in keys for content in raw) == 0


def test_the_same_search_finds_them_where_they_are(stores, tmp_path):
    """In the store as the backup has it, restored beside."""
    home, keys, backup = stores
    shutil.copytree(home / "keys", tmp_path / "home" / "keys")
    assert haven(tmp_path / "home", "restore", str(backup)).returncode == 0

    raw = [path.read_bytes() for path in files(tmp_path / "home")]
    assert all(any(key in content for content in raw) for key in keys)


def test_what_is_left_is_a_whole_store_that_a_backup_keeps(stores, tmp_path):
    home, _, _ = stores
    before = content(home)
    assert before["log"] == ""
    assert before["blobs"] == []
    assert haven(home, "keys", "status").returncode == 0

    assert haven(home, "backup", str(tmp_path / "after.haven")).returncode == 0
    shutil.copytree(home / "keys", tmp_path / "home" / "keys")
    restored = haven(tmp_path / "home", "restore", str(tmp_path / "after.haven"))

    assert restored.returncode == 0, restored.stderr
    assert content(tmp_path / "home") == before


def test_after_new_keys_a_backup_of_before_opens_no_more(stores, tmp_path):
    """The way that the command names: rotate, then retire, and keep no copy of the old version."""
    from tests.haven.test_rotation import date_back

    home, _, backup = stores
    now = Path(shutil.copytree(home, tmp_path / "now"))
    assert haven(now, "keys", "rotate").returncode == 0
    for purpose in ("records", "narrative", "blobs", "accounts"):
        date_back(now, purpose, 2)
    retired = haven(now, "keys", "retire", "1")
    assert retired.returncode == 0, retired.stderr

    shutil.copytree(now / "keys", tmp_path / "home" / "keys")
    assert haven(tmp_path / "home", "restore", str(backup)).returncode != 0
