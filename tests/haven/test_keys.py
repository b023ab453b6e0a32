"""The keys: made once, kept from others, and a reason to stop where they are missing or not the right ones."""

from __future__ import annotations

import base64
import json
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from extract.errors import ConfigurationProblem
from haven import keys
from haven.keys import PURPOSES, keyring


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Each test starts as a new process does."""
    monkeypatch.setattr(keys, "_open", {})


def restart():
    keys._open.clear()


def test_the_first_run_makes_a_key_for_each_purpose_that_only_the_owner_can_read(home):
    keyring()

    files = {path.stem: path for path in (home / "keys").iterdir()}
    assert files.keys() == PURPOSES.keys()
    assert {stat.S_IMODE(p.stat().st_mode) for p in files.values()} == {0o600}
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700


def test_the_next_run_has_the_same_keys(home):
    before = keyring().mac("index", b"x")
    restart()

    assert keyring().mac("index", b"x") == before


def test_no_two_purposes_share_a_key(home):
    assert len({keyring().mac(purpose, b"x") for purpose in PURPOSES}) == len(PURPOSES)


def test_two_first_runs_at_once_agree_on_the_keys(home):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys._from_files(home).mac("records", b"x"), range(8)))

    assert len(set(made)) == 1
    assert {path.suffix for path in (home / "keys").iterdir()} == {".json"}


def test_data_without_keys_is_a_reason_to_stop_and_no_key_is_made(home):
    (home / "data").mkdir(parents=True)
    with sqlite3.connect(home / "data" / "cases.sqlite3") as database:
        database.execute("CREATE TABLE cases_case (id)")

    with pytest.raises(ConfigurationProblem, match="holds data but the keys"):
        keyring()
    assert not (home / "keys").exists()


def test_a_blob_alone_is_data_too(home):
    (home / "blobs" / "a").mkdir(parents=True)
    (home / "blobs" / "a" / "b").touch()

    with pytest.raises(ConfigurationProblem, match="holds data"):
        keyring()


def test_one_missing_key_of_a_store_with_data_is_named(home):
    keyring()
    (home / "blobs" / "a").mkdir(parents=True)
    (home / "blobs" / "a" / "b").touch()
    (home / "keys" / "narrative.json").unlink()
    restart()

    with pytest.raises(ConfigurationProblem, match="'narrative'"):
        keyring()


def test_an_interrupted_first_run_is_finished_by_the_next(home):
    keyring()
    kept = (home / "keys" / "records.json").read_bytes()
    (home / "keys" / "index.json").unlink()
    restart()

    keyring()

    assert (home / "keys" / "records.json").read_bytes() == kept
    assert (home / "keys" / "index.json").exists()


def test_a_key_that_others_can_read_is_refused(home):
    keyring()
    (home / "keys" / "records.json").chmod(0o644)
    restart()

    with pytest.raises(ConfigurationProblem, match="can be read by others"):
        keyring()


@pytest.mark.parametrize(
    "content", ["", "{", "{}", '{"keys": {}}', '{"keys": {"1": {"key": "c2hvcnQ=", "made": "2026-01-01"}}}']
)
def test_a_damaged_key_is_one_sentence(home, content):
    keyring()
    (home / "keys" / "records.json").write_text(content)
    restart()

    with pytest.raises(ConfigurationProblem, match="is damaged"):
        keyring()


def test_keys_can_come_from_the_environment_instead(home, monkeypatch):
    given = {p: {"1": base64.b64encode(p.encode().ljust(32, b"0")).decode()} for p in PURPOSES}
    monkeypatch.setenv("HAVEN_KEYS", json.dumps(given))

    assert keyring().versions("records").keys() == {1}
    assert not (home / "keys").exists()


@pytest.mark.parametrize("given", ["no json", "{}", '{"records": {"1": "c2hvcnQ="}}', "[]", '{"records": {}}'])
def test_a_bad_environment_is_one_sentence_without_the_keys(home, monkeypatch, given):
    monkeypatch.setenv("HAVEN_KEYS", given)

    with pytest.raises(ConfigurationProblem, match="HAVEN_KEYS cannot be used") as told:
        keyring()
    assert "c2hvcnQ=" not in str(told.value)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, settings):
    (tmp_path / "file").touch()
    settings.HAVEN_HOME = tmp_path / "file" / "home"

    with pytest.raises(ConfigurationProblem, match="cannot be written"):
        keyring()


def test_nothing_prints_a_key(home):
    shown = repr(keyring())

    for path in (home / "keys").iterdir():
        assert json.loads(Path(path).read_text())["keys"]["1"]["key"] not in shown


def test_a_newer_key_wraps_and_the_older_still_opens(home):
    keyring()
    old = keyring().wrap("records", b"k" * 32, b"row")
    path = home / "keys" / "records.json"
    given = json.loads(path.read_text())
    given["keys"]["2"] = {"made": "2026-11-26T00:00:00+00:00", "key": base64.b64encode(b"2" * 32).decode()}
    path.write_text(json.dumps(given))
    restart()

    new = keyring().wrap("records", b"k" * 32, b"row")

    assert (old[0], new[0]) == (1, 2)
    assert keyring().unwrap("records", *old, b"row") == keyring().unwrap("records", *new, b"row") == b"k" * 32
