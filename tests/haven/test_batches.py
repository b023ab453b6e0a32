"""Packets stored together, killed anywhere: each batch is all of its cases or none, and the next run makes them."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from tests.haven.operations import KILLING, program

BATCH = 3
KILLED = (
    KILLING
    + f"""
import json
from contextlib import ExitStack
from pathlib import Path
from django.db import connections
from haven.audit import verification
from haven.audit.models import AuditRow
from haven.cases.blobs import blobs
from haven.cases.models import Case, ExtractionRun, Packet, PageRow, PageText, Person, RunRecord, Value
from haven.cases.storing import store_extractions
from tests.haven.builders import STORY, Told, extraction_of

def batch(number):
    ids = [f"{{number}}-{{n}}" for n in range({BATCH})]
    return [extraction_of(Told(id=one, text=f"{{STORY}} {{one}}"), Path(sys.argv[1])) for one in ids]

def storing(made):
    def work(advance):
        open_store()
        def step(execute, *statement):
            advance()
            return execute(*statement)
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(step))
            store_extractions(made, office="VSC")
    return work

def tell():
    open_store()
    cases = {{str(pk) for pk in Case.objects.values_list("pk", flat=True)}}
    logged = set(AuditRow.objects.filter(event="case.created").values_list("subject", flat=True))
    print(json.dumps({{
        "cases": len(cases),
        "done": Packet.objects.filter(state="done", case__isnull=False).count(),
        "people": Person.objects.count(),
        "values": Value.objects.filter(field="name").count(),
        "not_logged": len(cases - logged),
        "log": verification.verify_live([]).problem,
        "loose": [PageText.objects.count() - PageRow.objects.count(), RunRecord.objects.count() -
                  ExtractionRun.objects.count(), len(set(place[0] for place in blobs().each())) - len(cases)],
    }}), flush=True)

_ended(forked(lambda: open_store(migrate=True)))
for number, place in enumerate(sys.argv[3:]):
    work = storing(batch(number))
    print(killed_at(int(place), work) if sys.argv[2] == "step" else killed_after(float(place), work), flush=True)
    _ended(forked(tell))
    _ended(forked(lambda: work(lambda: None)))
    _ended(forked(tell))
"""
)
"""A step is one statement that is about to be sent to one of the databases."""


def test_killed_before_any_statement_a_batch_is_whole_cases_or_none(tmp_path):
    killed = killed_and_resumed(tmp_path, "step", [2, 5, 9, 14, 18, 22, 26, 30])

    assert killed >= 6


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_batches_killed_at_any_moment_forty_times(tmp_path):
    chance = random.Random(6)
    killed = killed_and_resumed(tmp_path / "steps", "step", [chance.randrange(1, 40) for _ in range(20)])
    killed += killed_and_resumed(tmp_path / "times", "time", [round(chance.uniform(0.05, 0.6), 3) for _ in range(20)])

    assert killed >= 20


@pytest.mark.postgres
@pytest.mark.skipif("HAVEN_TEST_POSTGRES_URL" not in os.environ, reason="run by scripts/with-services.sh")
def test_batches_killed_on_postgresql_are_whole_cases_or_none(postgres, tmp_path):
    killed = killed_and_resumed(tmp_path, "step", [2, 9, 18, 26], HAVEN_DATABASE_URL=postgres)

    assert killed >= 3


def killed_and_resumed(folder: Path, how: str, places: list[float], **more: str) -> int:
    """One batch for each kill, stored again after it. Returns how many of the kills came before the end."""
    (folder / "in").mkdir(parents=True)
    run = program(folder / "home", KILLED, str(folder / "in"), how, *map(str, places), **more)
    assert run.returncode == 0, run.stderr[-3000:]
    lines = run.stdout.splitlines()
    assert len(lines) == 3 * len(places)
    for number in range(len(places)):
        left, made = json.loads(lines[3 * number + 1]), json.loads(lines[3 * number + 2])
        assert left["cases"] in (BATCH * number, BATCH * (number + 1))
        assert made["cases"] == BATCH * (number + 1)
        assert made["loose"] == [0, 0, 0]
        for now in (left, made):
            assert now["done"] == now["cases"] and now["people"] == now["values"] == 5 * now["cases"]
            assert now["not_logged"] == 0 and now["log"] == ""
    return lines[::3].count("True")
