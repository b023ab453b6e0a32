"""What an intruder could do to the log, and the sentence that each gets from ``haven audit verify``."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace

import pytest
from django.db import connections

from haven.audit import chain, checkpoints, export, keys, log, verification
from haven.audit.checkpoints import Checkpoint


@pytest.fixture
def ten_rows(log_file):
    for number in range(10):
        log.append("case.view", actor=f"u{number}", detail={"rules": ["G1"]})
    return log_file


def head() -> Checkpoint:
    *_, last = log.rows()
    return checkpoints.sign(last.sequence, last.hash, last.at)


def test_untouched_log_is_whole(ten_rows):
    verdict = verification.verify_live([head()])

    assert (verdict.problem, verdict.rows, verdict.checkpoints) == ("", 10, 1)


def test_empty_log_is_whole(log_file):
    assert verification.verify_live([]).problem == ""


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE audit_row SET actor = 'u9' WHERE sequence = 4", "Row 4 was changed"),
        ("UPDATE audit_row SET at = '2020-01-01T00:00:00.000000Z' WHERE sequence = 4", "Row 4 was changed"),
        ("UPDATE audit_row SET detail = '{}' WHERE sequence = 4", "Row 4 was changed"),
        ("UPDATE audit_row SET seal = printf('%064d', 0) WHERE sequence = 4", "Row 4 was not written by this system"),
        ("DELETE FROM audit_row WHERE sequence = 4", "Row 4 is missing"),
        ("DELETE FROM audit_row WHERE sequence = 1", "Row 1 is missing"),
        ("UPDATE audit_row SET sequence = sequence + 1000 WHERE sequence = 4", "Row 4 is missing"),
        (
            "UPDATE audit_row SET sequence = CASE sequence WHEN 4 THEN -5 ELSE -4 END WHERE sequence IN (4, 5)",
            "Row 1 is missing or out of order",
        ),
        (
            "INSERT INTO audit_row SELECT 11, at, event, actor, subject, detail, hash, printf('%064d', 1), seal "
            "FROM audit_row WHERE sequence = 10",
            "Row 11 was changed",
        ),
    ],
)
def test_first_bad_row_is_named(ten_rows, tamper, sql, sentence):
    tamper(sql)

    assert sentence in verification.verify_live([]).problem


def test_exchanged_rows_are_found(ten_rows, tamper):
    tamper("UPDATE audit_row SET sequence = -sequence WHERE sequence IN (4, 5)")
    tamper("UPDATE audit_row SET sequence = 9 + sequence WHERE sequence < 0")

    assert "Row 4 does not follow" in verification.verify_live([]).problem


def test_intruder_who_recomputes_the_whole_chain_lacks_the_seal(ten_rows, tamper):
    rows = list(log.rows())
    rows[3] = replace(rows[3], actor="u9")
    previous = chain.FIRST
    with sqlite3.connect(ten_rows) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("DELETE FROM audit_row")
        for row in rows:
            draft = replace(row, previous=previous)
            previous = chain.row_hash(draft)
            values = tuple(vars(replace(draft, hash=previous)).values())
            database.execute("INSERT INTO audit_row VALUES (?,?,?,?,?,?,?,?,?)", values)

    assert "Row 4 was not written by this system" in verification.verify_live([]).problem


def test_cut_off_tail_is_found_by_a_checkpoint_and_only_by_it(ten_rows, tamper):
    kept = head()
    tamper("DELETE FROM audit_row WHERE sequence > 7")

    assert verification.verify_live([]).problem == ""
    assert "Row 8 is missing" in verification.verify_live([kept]).problem


def test_older_copy_put_back_and_written_on_is_found(ten_rows):
    connections["audit"].close()
    old = ten_rows.read_bytes()
    for _ in range(3):
        log.append("case.view", actor="u1")
    kept = head()
    connections["audit"].close()
    for path in ten_rows.parent.glob("audit.sqlite3-*"):
        path.unlink()
    ten_rows.write_bytes(old)
    for _ in range(5):
        log.append("case.view", actor="u2")

    assert "Row 13 differs from its signed checkpoint" in verification.verify_live([kept]).problem


def test_unlinked_log_is_found_by_a_checkpoint(ten_rows):
    kept = head()
    connections["audit"].close()
    for path in ten_rows.parent.glob("audit.sqlite3*"):
        path.unlink()
    from django.core.management import call_command

    call_command("migrate", "audit", database="audit", verbosity=0)

    assert "Row 1 is missing" in verification.verify_live([kept]).problem


def test_forged_checkpoint_is_refused(ten_rows):
    forged = replace(head(), hash="0" * 64)

    assert "no valid signature" in verification.verify_live([forged]).problem


def test_export_is_verified_elsewhere_with_the_public_key_alone(ten_rows, tmp_path, settings):
    path, pem = tmp_path / "log.jsonl", tmp_path / "log.pub"
    export.write(path)
    pem.write_bytes(keys.public_pem())
    settings.HAVEN_HOME = tmp_path / "auditor"
    connections["audit"].close()
    shutil.rmtree(ten_rows.parent)

    verdict = verification.verify_export(path, [], keys.read_public_key(pem))

    assert (verdict.problem, verdict.rows) == ("", 10)
    assert "seals were not checked" in verdict.notes[0]


def edited(lines: list[str], number: int, **changes) -> list[str]:
    lines[number] = json.dumps({**json.loads(lines[number]), **changes})
    return lines


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: edited(lines, 3, actor="u9"), "Row 4 was changed"),
        (lambda lines: lines[:3] + lines[4:], "Row 4 is missing"),
        (lambda lines: [*lines[:8], lines[-1]], "closing checkpoint names row 10"),
        (lambda lines: lines[:8], "breaks off after row 8"),
        (lambda lines: [*lines[:3], "{", *lines[3:]], "Line 4 of the export is not a row"),
        (lambda lines: [*lines[:3], "[" * 90_000, *lines[3:]], "Line 4 of the export is not a row"),
        (lambda lines: edited(lines, 3, extra="x"), "Line 4 of the export is not a row"),
        (lambda lines: edited(lines, 3, sequence=True), "Line 4 of the export is not a row"),
        (lambda lines: [*lines, lines[0]], "Line 12 of the export stands after its closing checkpoint"),
        (lambda lines: [""], "Line 1 of the export is not a row"),
    ],
)
def test_first_bad_line_of_an_export_is_named(ten_rows, tmp_path, change, sentence):
    path = tmp_path / "log.jsonl"
    export.write(path)
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")

    assert sentence in verification.verify_export(path, [], None).problem


def test_empty_export_is_refused(ten_rows, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("")

    assert "breaks off after row 0" in verification.verify_export(path, [], None).problem


def test_export_that_is_not_text_is_refused(ten_rows, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\xff\xfe\x00" * 100)

    assert "not text" in verification.verify_export(path, [], None).problem
