"""New keys while officers work: everything stays readable, nothing is left under the old key, any kill is survived."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from extract.errors import ConfigurationProblem, UsageProblem
from haven import crypto, keys
from haven.audit.models import AuditRow
from haven.cases import rotation
from haven.cases.models import Case, KeyCheck
from haven.cases.storing import store_extraction
from haven.keys import PURPOSES, WRAPPING, keyring
from tests.haven.operations import KILLING, build, content, environment, everything, haven, program
from tests.haven.test_at_rest import TOLD, forms

KILLED = (
    KILLING
    + """
from haven.cases import envelopes, rotation
from haven.keys import WRAPPING
envelopes.BATCH = 3

def work(advance):
    open_store()
    for purpose in rotation.begin([*WRAPPING], actor="test")[0]:
        rotation.rewrap(purpose, actor="test", advance=advance)

kill = {"step": lambda place: killed_at(int(place), work), "time": lambda place: killed_after(float(place), work)}
print(sum(kill[sys.argv[1]](place) for place in sys.argv[2:]))
"""
)
WRITER = """
import sys, time
from pathlib import Path
from haven.store import open_store
open_store()
from haven.accounts.models import User
from haven.accounts.sessions import SessionStore
from haven.cases import services
from haven.cases.models import Case
from tests.haven.builders import STORY, Told, extraction_of
folder, user, made = Path(sys.argv[1]), User.objects.get(username="r.ortega"), 0
print("ready", flush=True)
held = Case.objects.get()
while not (folder / "stop").exists():
    told = Told(id=f"case-{made}", text=f"{STORY} {made}")
    case = services.store_extraction(extraction_of(told, folder), office="VSC")
    rosa = case.persons.get(entity="e1")
    services.correct(rosa.value("name"), user, f"Rosa {made}", "told so")
    held.receipt = f"EAC19{made:08d}"
    held.save()
    SessionStore().save()
    made += 1
    assert rosa.value("name").text == f"Rosa {made - 1}"
print(made, flush=True)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("rotation"))


@pytest.fixture
def store(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def case(home, db, extraction) -> Case:
    return store_extraction(extraction(), office="VSC")


@pytest.fixture(scope="module")
def before(made):
    return content(made)


in_process = pytest.mark.django_db(databases="__all__")


def rotated(*purposes: str) -> None:
    for purpose in rotation.begin(list(purposes), actor="test")[0]:
        rotation.rewrap(purpose, actor="test")


def date_back(home: Path, purpose: str, hours: int) -> None:
    """As if every version of a key had been made some hours earlier."""
    path = home / "keys" / f"{purpose}.json"
    given = json.loads(path.read_text())
    for key in given["keys"].values():
        key["made"] = (dt.datetime.fromisoformat(key["made"]) - dt.timedelta(hours=hours)).isoformat()
    path.write_text(json.dumps(given))


# what the command does -----------------------------------------------------------------------------------------------


def test_everything_is_under_the_new_keys_and_reads_as_before(store, before):
    run = haven(store, "keys", "rotate")
    after = everything(store)

    assert run.returncode == 0, run.stderr
    versions = after.pop("versions")
    assert after == before
    assert {purpose: set(used) for purpose, used in versions.items()} == {purpose: {"2"} for purpose in WRAPPING}
    assert not_in_clear(store)


def test_killed_anywhere_it_goes_on_and_loses_nothing(store, before):
    killed = killed_and_resumed(store, before, "step", [1, 2, 9, 25, 40])

    assert killed >= 4


def test_officers_work_on_while_keys_change(store, tmp_path):
    with writer(store, tmp_path) as process:
        assert haven(store, "keys", "rotate").returncode == 0
        (tmp_path / "stop").touch()
        cases, problem = process.communicate(timeout=120)

    assert process.returncode == 0, problem[-3000:]
    now = everything(store)
    assert int(cases) > 0
    assert len(now["rows"]["cases.Case"]) == int(cases) + 1
    assert now["log"] == ""
    newest = {purpose: str(max(map(int, used))) for purpose, used in now["versions"].items()}
    assert now["versions"]["records"].keys() == {newest["records"]}
    assert now["versions"]["narrative"].keys() == {newest["narrative"]}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_any_moment_twenty_times(store, before):
    """Wherever the clock says (a fast machine is done before some of them), and twenty times more at a commit."""
    chance = random.Random(20)
    killed_and_resumed(store, before, "time", [round(chance.uniform(0.01, 0.5), 3) for _ in range(20)])
    killed = killed_and_resumed(store, before, "step", [chance.randrange(1, 25) for _ in range(20)])

    assert killed >= 15


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_killed_at_any_moment_on_postgresql(postgres, tmp_path):
    url = {"HAVEN_DATABASE_URL": postgres}
    store = build(tmp_path, **url)
    before = content(store, **url)
    chance = random.Random(21)
    killed_and_resumed(store, before, "time", [round(chance.uniform(0.02, 0.6), 3) for _ in range(10)], **url)
    killed = killed_and_resumed(store, before, "step", [chance.randrange(1, 25) for _ in range(10)], **url)

    assert killed >= 7


@in_process
def test_keys_that_are_not_rotated_are_named(home):
    with pytest.raises(UsageProblem, match="cannot be rotated"):
        rotation.begin(["records", "index"], actor="test")
    assert keyring().versions("records").keys() == {1}


# what each row does --------------------------------------------------------------------------------------------------


@in_process
def test_a_row_read_before_and_saved_after_a_rotation_does_not_bring_the_old_key_back(case):
    held = Case.objects.get()
    rotated("records")

    held.receipt = "EAC1912345678"
    held.save()

    assert set(rotation.usage("records")) == {2}
    assert Case.objects.get().receipt == "EAC1912345678"


@in_process
def test_values_and_blobs_are_not_sealed_anew(case, home):
    before = dict(Case.objects.values_list("pk", "receipt"))
    sealed = {path.name: path.read_bytes()[70:] for path in (home / "blobs").glob("*/*")}
    raw = bytes(next(iter(before.values())).content)
    rotated(*WRAPPING)

    assert bytes(Case.objects.values_list("receipt", flat=True).get().content) == raw
    assert {path.name: path.read_bytes()[70:] for path in (home / "blobs").glob("*/*")} == sealed


@in_process
def test_the_log_has_every_new_version_and_no_more(case):
    rotated("records")

    rows = AuditRow.objects.using("audit").filter(event__startswith="keys.").values_list("event", "detail")
    assert [(event, json.loads(detail)["key_version"]) for event, detail in rows] == [
        ("keys.version", 2),
        ("keys.rotated", 2),
    ]


@in_process
def test_without_a_log_no_version_is_made(case, monkeypatch):
    from haven.audit import log

    def unwritable(*args, **kwargs):
        raise log.AuditUnavailable("The log could not be written.")

    monkeypatch.setattr(log, "append", unwritable)
    with pytest.raises(log.AuditUnavailable):
        rotated("records")

    assert keyring().versions("records").keys() == {1}


@in_process
def test_what_does_not_open_is_counted_and_left_as_it_is(case):
    KeyCheck.objects.create(word="x")
    broken = KeyCheck.objects.values_list("data_key", flat=True).get()
    KeyCheck.objects.update(data_key=bytes(broken)[:-1] + b"\x00")

    with pytest.raises(ConfigurationProblem, match="1 data keys"):
        rotated("records")

    assert rotation.usage("records")[1] == 1


@in_process
def test_the_next_rotation_finishes_the_interrupted_one_first(case):
    keyring().add_version("narrative")

    assert rotation.begin([*WRAPPING], actor="test") == (["narrative"], True)
    rotation.rewrap("narrative", actor="test")
    assert rotation.begin([*WRAPPING], actor="test") == ([*WRAPPING], False)


# retiring ------------------------------------------------------------------------------------------------------------


@in_process
def test_an_old_version_goes_once_nothing_needs_it(case, home):
    rotated("records")
    date_back(home, "records", hours=2)

    assert rotation.retire(1, [*WRAPPING[:1]], actor="test") == ["records"]
    assert keyring().versions("records").keys() == {2}
    assert Case.objects.get().receipt is not None


@in_process
def test_an_old_version_stays_while_something_is_under_it(case, home):
    keyring().add_version("records")
    date_back(home, "records", hours=2)

    with pytest.raises(UsageProblem, match="still under version 1"):
        rotation.retire(1, ["records"], actor="test")
    assert keyring().versions("records").keys() == {1, 2}


@in_process
def test_an_old_version_stays_while_a_transaction_could_still_use_it(case):
    rotated("records")

    with pytest.raises(UsageProblem, match="stays until"):
        rotation.retire(1, ["records"], actor="test")


@in_process
@pytest.mark.parametrize(
    ("version", "said"), [(1, "is the newest key"), (7, "there is no version 7"), (0, "there is no version 0")]
)
def test_the_newest_and_an_unknown_version_are_refused(home, version, said):
    with pytest.raises(UsageProblem, match=said):
        rotation.retire(version, ["records"], actor="test")


@in_process
def test_one_purpose_that_still_needs_it_keeps_it_for_all(case, home):
    rotated("records")
    keyring().add_version("narrative")
    for purpose in ("records", "narrative"):
        date_back(home, purpose, hours=2)

    with pytest.raises(UsageProblem, match="narrative"):
        rotation.retire(1, ["records", "narrative"], actor="test")
    assert keyring().versions("records").keys() == {1, 2}


# the key files -------------------------------------------------------------------------------------------------------


def test_another_process_sees_the_new_version_at_its_next_sealing(home):
    keyring()
    other = keys._from_files(home)
    keyring().add_version("records")

    version, wrapped = other.wrap("records", b"k" * 32, b"row")

    assert version == 2
    assert keyring().unwrap("records", version, wrapped, b"row") == b"k" * 32


def test_a_process_that_has_not_sealed_since_opens_what_the_new_version_wraps(home):
    keyring()
    other = keys._from_files(home)
    keyring().add_version("records")
    envelope = crypto.new_data_key("records", b"row")[1]

    assert other.unwrap("records", 2, envelope[5:], b"row")


def test_the_changed_key_file_is_the_owners_only_and_leaves_no_draft(home):
    keyring().add_version("records")

    assert {path.name for path in (home / "keys").iterdir()} == {f"{purpose}.json" for purpose in PURPOSES}
    assert (home / "keys" / "records.json").stat().st_mode & 0o077 == 0


def test_keyed_hashes_stay_the_same(home):
    before = {purpose: keyring().mac(purpose, b"x") for purpose in ("index", "audit", "django")}
    for purpose in WRAPPING:
        keyring().add_version(purpose)

    assert {purpose: keyring().mac(purpose, b"x") for purpose in before} == before


@in_process
def test_keys_from_elsewhere_are_rotated_elsewhere(case, home, monkeypatch):
    given = {p: json.loads((home / "keys" / f"{p}.json").read_text())["keys"] for p in PURPOSES}
    one = {p: {v: k["key"] for v, k in versions.items()} for p, versions in given.items()}
    two = {**one, "blobs": {**one["blobs"], "2": base64.b64encode(b"2" * 32).decode()}}

    monkeypatch.setenv("HAVEN_KEYS", json.dumps(one))
    with pytest.raises(ConfigurationProblem, match="make or remove the version there"):
        rotated("blobs")
    monkeypatch.setenv("HAVEN_KEYS", json.dumps(two))
    rotated("blobs")

    assert set(rotation.usage("blobs")) == {2}


# steps ---------------------------------------------------------------------------------------------------------------


def killed_and_resumed(store: Path, before: dict, how: str, places: list[float], **more: str) -> int:
    """Returns how many of the kills came before the end."""
    run = program(store, KILLED, how, *map(str, places), **more)
    assert run.returncode == 0, run.stderr[-3000:]
    assert haven(store, "keys", "rotate", **more).returncode == 0
    now = everything(store, **more)
    assert all(len(used) == 1 for used in now.pop("versions").values())
    assert now == before
    assert not_in_clear(store)
    return int(run.stdout)


def writer(store: Path, folder: Path) -> subprocess.Popen[str]:
    """Officers at work until ``folder/stop`` is there."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        env=environment(store),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1][-3000:]
    return process


def not_in_clear(home: Path) -> bool:
    for path in (p for p in home.rglob("*") if p.is_file()):
        found = path.read_bytes().lower()
        for text in TOLD:
            assert not any(form.lower() in found for form in forms(text)), f"{path.name} holds a text in clear"
    return True
