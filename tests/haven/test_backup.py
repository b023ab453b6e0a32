"""The whole store as one file and back: nothing lost, nothing in clear, nothing half done."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
from pathlib import Path

import pytest

from extract.errors import ConfigurationProblem, IntakeError, OutputFailed, UsageProblem
from haven.backup import archive
from haven.backup.archive import BackupDamaged
from tests.haven.operations import KILLING, build, content, everything, haven, one_sentence, program
from tests.haven.test_at_rest import TOLD, forms

ACCOUNT = ["r.ortega", "R. Ortega", "referral_officer"]
"""What lies in clear in the database, for the pages' sake, and must not in a file that is carried about."""
KILL = """
kill = {"step": lambda place: killed_at(int(place), work), "time": lambda place: killed_after(float(place), work)}
print(sum(kill[sys.argv[1]](place) for place in sys.argv[3:]))
"""
KILLED_BACKUP = (
    KILLING
    + """
from pathlib import Path
from haven.backup import snapshot
def work(advance):
    open_store()
    snapshot.make(Path(sys.argv[2]), actor="test", advance=advance)
"""
    + KILL
)
KILLED_RESTORE = (
    KILLING
    + """
from pathlib import Path
from django.db import transaction
from haven.backup import restoring
def work(advance):
    load = restoring._check_log
    def at_each_commit():
        load()
        for alias in ("audit", "narrative", "default"):
            transaction.on_commit(advance, using=alias)
    restoring._check_log = at_each_commit
    restoring.restore(Path(sys.argv[2]), actor="test", advance=advance)
"""
    + KILL
)
ANOTHER_CASE = """
import sys
from pathlib import Path
from haven.store import open_store
open_store()
from haven.cases import services
from tests.haven.builders import Told, extraction_of
told = Told(id="another", text="Another packet. " + Told().text)
case = services.store_extraction(extraction_of(told, Path(sys.argv[1])), office="VSC")
print(case.number)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A store with a backup beside it."""
    folder = tmp_path_factory.mktemp("backup")
    home = build(folder)
    run = haven(home, "backup", str(folder / "store.haven"))
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def before(made):
    return content(made / "home")


@pytest.fixture
def backup(made) -> Path:
    return made / "store.haven"


@pytest.fixture
def empty(made, tmp_path) -> Path:
    """A HAVEN_HOME with the keys of the backup and nothing else."""
    home = tmp_path / "restored"
    shutil.copytree(made / "home" / "keys", home / "keys")
    return home


@pytest.fixture
def keys(made, settings) -> None:
    """This process has the keys of the backup."""
    settings.HAVEN_HOME = made / "home"


# there and back ------------------------------------------------------------------------------------------------------


def test_everything_comes_back(backup, empty, before):
    run = haven(empty, "restore", str(backup))

    assert run.returncode == 0, run.stderr
    assert content(empty) == before
    assert "the log is whole" in run.stdout
    assert not (empty / "data" / "cases.sqlite3").stat().st_mode & 0o077 or (empty / "data").stat().st_mode & 0o077 == 0


def test_the_file_holds_nothing_in_clear_and_no_key(made, backup):
    raw = backup.read_bytes()
    for text in [*TOLD, *ACCOUNT]:
        assert not any(form in raw for form in forms(text)), f"{text!r} stands in the backup"
    for path in (made / "home" / "keys").iterdir():
        key = json.loads(path.read_text())["keys"]["1"]["key"]
        assert key.encode() not in raw
    assert backup.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("keys")
def test_inside_its_seal_no_part_holds_a_key_or_a_word_of_the_packets(made, backup):
    """Who opens the file with the key of the case store alone still reads no narrative and no field."""
    names = []
    for name, part in archive.parts(backup):
        names.append(name)
        for text in TOLD:
            assert not any(form in part for form in forms(text)), f"{text!r} stands in {name}"

    assert sum(name.startswith("blobs/") for name in names) == 2
    assert not any("key" in name.split("/")[-1] for name in names)
    assert {name.split("/")[0] for name in names} == {"about.json", "default", "narrative", "audit", "blobs"}


@pytest.mark.usefixtures("keys")
def test_officers_work_on_while_it_is_made(made, tmp_path):
    """A case that is stored while rows are copied is in the backup whole or not at all, and nobody waits."""
    home = Path(shutil.copytree(made / "home", tmp_path / "home"))
    (tmp_path / "in").mkdir()
    code = f"""
import os, subprocess, sys
from pathlib import Path
from haven.store import open_store
open_store()
from haven.backup import snapshot
stored = []
def advance(done, total):
    if done == 3:
        command = [sys.executable, "-c", {ANOTHER_CASE!r}, sys.argv[2]]
        stored.append(subprocess.run(command, capture_output=True, text=True))
snapshot.make(Path(sys.argv[1]), actor="test", advance=advance)
print(stored[0].stdout, stored[0].stderr)
"""
    run = program(home, code, str(tmp_path / "b"), str(tmp_path / "in"))
    assert "T-0002" in run.stdout, run.stdout + run.stderr

    parts = dict(archive.parts(tmp_path / "b"))
    assert len(json.loads(parts["default/cases.case/000001.json"])["rows"]) == 1
    assert len(json.loads(parts["narrative/cases.runrecord/000001.json"])["rows"]) == 1
    assert sum(name.startswith("blobs/") for name in parts) == 2


# refused -------------------------------------------------------------------------------------------------------------


def test_a_store_that_holds_something_is_left_alone(made, backup):
    before = {path.name: path.read_bytes() for path in (made / "home").glob("*/*.sqlite3")}

    assert "is not empty" in one_sentence(haven(made / "home", "restore", str(backup)), 2)
    assert {path.name: path.read_bytes() for path in (made / "home").glob("*/*.sqlite3")} == before


def test_without_keys_nothing_is_made(backup, tmp_path):
    said = one_sentence(haven(tmp_path / "home", "restore", str(backup)), 6)

    assert "keys of the backup must be here first" in said
    assert not (tmp_path / "home" / "keys").exists()


def damage_cut(raw: bytes) -> bytes:
    return raw[:-1]


def damage_half(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def damage_head_only(raw: bytes) -> bytes:
    return raw[:20]


def damage_head_and_no_block(raw: bytes) -> bytes:
    return raw[: 12 + int.from_bytes(raw[8:12], "big")]


def damage_one_bit(raw: bytes) -> bytes:
    return raw[:-5000] + bytes([raw[-5000] ^ 1]) + raw[-4999:]


def damage_block_twice(raw: bytes) -> bytes:
    return raw + raw[12 + int.from_bytes(raw[8:12], "big") :]


def damage_more_behind(raw: bytes) -> bytes:
    return raw + b"\x00"


def damage_other_file(raw: bytes) -> bytes:
    return b"PK\x03\x04" + raw


def damage_long_head(raw: bytes) -> bytes:
    return raw[:8] + b"\xff\xff\xff\xff" + raw[12:]


def damage_empty(raw: bytes) -> bytes:
    return b""


DAMAGES = [
    damage_cut, damage_half, damage_head_only, damage_head_and_no_block, damage_one_bit, damage_block_twice,
    damage_more_behind, damage_other_file, damage_long_head, damage_empty,
]  # fmt: skip


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_changed_file_is_one_sentence(backup, tmp_path, damage):
    changed = tmp_path / "changed.haven"
    changed.write_bytes(damage(backup.read_bytes()))

    with pytest.raises(BackupDamaged, match=r"^the (backup|file) [^\n]*\.$"):
        list(archive.parts(changed))


def test_a_changed_file_restores_nothing(backup, empty, tmp_path):
    changed = tmp_path / "changed.haven"
    changed.write_bytes(damage_one_bit(backup.read_bytes()))

    assert "damaged or not complete" in one_sentence(haven(empty, "restore", str(changed)), 3)
    assert not (empty / "data").exists()


@pytest.mark.usefixtures("keys")
def test_blocks_of_two_backups_do_not_mix(made, backup, tmp_path):
    other = tmp_path / "other.haven"
    with archive.writing(other) as writer:
        writer.add("about.json", b"{}")
    head = 12 + int.from_bytes(backup.read_bytes()[8:12], "big")
    mixed = tmp_path / "mixed.haven"
    mixed.write_bytes(
        backup.read_bytes()[:head] + other.read_bytes()[12 + int.from_bytes(other.read_bytes()[8:12], "big") :]
    )

    with pytest.raises(BackupDamaged):
        list(archive.parts(mixed))


@pytest.mark.usefixtures("home")
def test_the_keys_of_another_store_are_one_sentence(backup):
    with pytest.raises(UsageProblem, match="keys here are not those"):
        list(archive.parts(backup))


@pytest.mark.parametrize("purpose", ["narrative", "blobs", "index", "audit"])
def test_one_key_that_is_another_is_one_sentence(backup, empty, tmp_path, settings, purpose):
    from haven.backup import restoring
    from haven.keys import keyring

    settings.HAVEN_HOME = tmp_path / "other"
    keyring()
    shutil.copy(tmp_path / "other" / "keys" / f"{purpose}.json", empty / "keys")
    settings.HAVEN_HOME = empty

    with pytest.raises(ConfigurationProblem, match="nothing was restored"):
        restoring.check(backup)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("size", [0, 1, archive.BLOCK - 600, archive.BLOCK, 3 * archive.BLOCK + 5])
def test_parts_of_any_size_come_back(tmp_path, size):
    part = os.urandom(size)
    with archive.writing(tmp_path / "b") as writer:
        writer.add("one", part)
        writer.add("two", b"2")

    assert list(archive.parts(tmp_path / "b")) == [("one", part), ("two", b"2")]


@pytest.mark.usefixtures("keys")
def test_a_file_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "b").write_text("mine")

    with pytest.raises(UsageProblem, match="exists"), archive.writing(tmp_path / "b"):
        pass
    assert (tmp_path / "b").read_text() == "mine"


@pytest.mark.usefixtures("keys")
def test_a_full_disk_leaves_no_file(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, limits[1]))
    try:
        with pytest.raises(OutputFailed, match="no backup was made"), archive.writing(tmp_path / "b") as writer:
            writer.add("one", os.urandom(4_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["nowhere/at/all", "."])
@pytest.mark.usefixtures("keys")
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, place):
    with pytest.raises(IntakeError, match="cannot be read"):
        list(archive.parts(tmp_path / place))


# killed --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("keys")
def test_a_killed_backup_leaves_no_file_under_its_name_and_the_next_one_is_whole(made, backup, tmp_path):
    target = killed_backups(made / "home", tmp_path, "step", [1, 20, 34])

    assert [name for name, _ in archive.parts(target)] == [name for name, _ in archive.parts(backup)]


@pytest.mark.usefixtures("keys")
def test_a_killed_restore_is_no_store_until_it_is_run_again(backup, empty, before):
    """In the middle of the rows, after the first commit and after the second."""
    parts = sum(1 for _ in archive.parts(backup))
    run = program(empty, KILLED_RESTORE, "step", str(backup), "1", "8", str(parts + 1))
    assert run.stdout == "3\n", run.stderr

    assert "a restore was interrupted" in one_sentence(haven(empty, "keys", "status"), 6)
    assert haven(empty, "restore", str(backup)).returncode == 0
    assert content(empty) == before


@pytest.mark.slow
@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("commit", [1, 2, 3])
def test_a_restore_killed_after_any_commit_is_finished_by_the_next(backup, empty, before, commit):
    parts = sum(1 for _ in archive.parts(backup))
    run = program(empty, KILLED_RESTORE, "step", str(backup), str(parts + commit))
    assert run.stdout == "1\n", run.stderr

    again = haven(empty, "restore", str(backup))
    assert (again.returncode == 0) == (commit < 3)
    assert content(empty) == before


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("keys")
def test_backups_and_restores_killed_at_any_moment_twenty_times(made, backup, empty, before):
    chance = random.Random(15)
    target = killed_backups(
        made / "home", empty.parent, "time", [round(chance.uniform(0.02, 0.4), 3) for _ in range(20)]
    )
    assert len(list(archive.parts(target))) == len(list(archive.parts(backup)))
    killed_restores(backup, empty, before, "time", [round(chance.uniform(0.05, 1.2), 3) for _ in range(20)])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_migrations_killed_at_any_moment_twenty_times(tmp_path):
    """Tables that were being made are finished by the next start."""
    code = KILLING + "print(sum(killed_after(float(t), lambda _: open_store(migrate=True)) for t in sys.argv[1:]))"
    chance = random.Random(13)
    run = program(tmp_path / "home", code, *(f"{chance.uniform(0.02, 0.4):.3f}" for _ in range(20)))
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(run.stdout) >= 5

    home = build(tmp_path)
    assert everything(home)["log"] == ""


# PostgreSQL ----------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_a_sqlite_store_moves_to_postgresql_and_back(backup, empty, before, postgres, tmp_path):
    url = {"HAVEN_DATABASE_URL": postgres}
    moved = haven(empty, "restore", str(backup), **url)
    assert moved.returncode == 0, moved.stderr
    assert content(empty, **url) == before

    (tmp_path / "in").mkdir()
    assert program(empty, ANOTHER_CASE, str(tmp_path / "in"), **url).stdout == "T-0002\n"
    assert haven(empty, "backup", str(tmp_path / "back.haven"), **url).returncode == 0
    there = everything(empty, **url)

    home = tmp_path / "home"
    shutil.copytree(empty / "keys", home / "keys")
    assert haven(home, "restore", str(tmp_path / "back.haven")).returncode == 0
    back = everything(home)
    assert back == there
    assert len(back["rows"]["cases.Case"]) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("keys")
@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_a_restore_into_postgresql_that_was_killed_is_run_again(backup, empty, before, postgres):
    url = {"HAVEN_DATABASE_URL": postgres}
    parts = sum(1 for _ in archive.parts(backup))
    run = program(empty, KILLED_RESTORE, "step", str(backup), "5", str(parts + 1), **url)
    assert run.stdout == "2\n", run.stderr

    assert "a restore was interrupted" in one_sentence(haven(empty, "keys", "status", **url), 6)
    assert haven(empty, "restore", str(backup), **url).returncode == 0
    assert content(empty, **url) == before


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_migrations_killed_on_postgresql_are_finished_by_the_next_start(postgres, tmp_path):
    url = {"HAVEN_DATABASE_URL": postgres}
    code = KILLING + "print(sum(killed_after(float(t), lambda _: open_store(migrate=True)) for t in sys.argv[1:]))"
    chance = random.Random(13)
    run = program(tmp_path / "home", code, *(f"{chance.uniform(0.02, 0.6):.3f}" for _ in range(20)), **url)
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(run.stdout) >= 3

    home = build(tmp_path, **url)
    assert everything(home, **url)["log"] == ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_backups_of_postgresql_killed_at_any_moment(postgres, tmp_path):
    """Some at a part of the file, some by the clock; the store goes on, and the next backup opens whole."""
    url = {"HAVEN_DATABASE_URL": postgres}
    home = build(tmp_path, **url)
    before = content(home, **url)
    killed_backups(home, tmp_path, "step", [1, 7, 20, 34], **url).unlink()
    chance = random.Random(15)
    target = killed_backups(home, tmp_path, "time", [round(chance.uniform(0.02, 0.6), 3) for _ in range(16)], **url)

    restored = tmp_path / "restored"
    shutil.copytree(home / "keys", restored / "keys")
    assert haven(restored, "restore", str(target)).returncode == 0
    assert content(restored) == before
    assert content(home, **url) == before


# steps ---------------------------------------------------------------------------------------------------------------


def killed_backups(home: Path, folder: Path, how: str, places: list[float], **more: str) -> Path:
    """The next backup under the same name, nothing else beside it."""
    target = folder / "killed.haven"
    run = program(home, KILLED_BACKUP, how, str(target), *map(str, places), **more)
    assert run.returncode == 0 or "exists" in run.stderr, run.stderr[-3000:]
    if how == "step":
        assert not target.exists()
    if not target.exists():  # by the clock, one may have come to its end
        assert haven(home, "backup", str(target), **more).returncode == 0
    assert {path.name for path in folder.iterdir() if "killed" in path.name} == {"killed.haven"}
    return target


def killed_restores(backup: Path, empty: Path, before: dict, how: str, places: list[float]) -> None:
    run = program(empty, KILLED_RESTORE, how, str(backup), *map(str, places))
    if run.returncode:  # by the clock, one may have come to its end, and the next found a full store
        assert "is not empty" in run.stderr, run.stderr[-3000:]
    else:
        assert haven(empty, "restore", str(backup)).returncode == 0
    assert content(empty) == before
