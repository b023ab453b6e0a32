"""``python -m benchmarks.store``: the case store on SQLite, each figure beside what the design asks for.

Everything happens in a folder of its own, with keys and tables of its own, sealed and logged as in service. What waits
for the disk stands beside the time that the disk of this machine takes for one small write (``fsync``). On a machine
that does other work too, the time of the processor says more than the clock: it is given where work is measured.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from extract.pipeline import Extraction

DECISIONS = 2000
ROWS = 300
SUBJECTS = 100_000
TOGETHER = 50
"""Packets in one commit of an import."""
SOUNDS = [
    "Ro Ma Lu Ca Di Fe Gui Jo Ne Pa".split(),
    "sa ria cia milo nar lix llo rge stor tri".split(),
    "Del Gon Her Ra Va Cas Mon Sal Qui Or".split(),
    "gado zales nandez mirez rgas tillo toya dívar roga tega".split(),
    "Paz Cruz López Nguyễn Díaz Ruiz Mohamed Vega Ríos Soto".split(),
]
REQUESTS: dict[str, dict[str, Any]] = {
    "adjudication, K1-K6": {
        "purpose": "adjudicate", "role": "adjudicator", "categories": ["K1", "K2", "K3", "K4", "K5", "K6"],
        "facts": {"assigned": True},
    },
    "proposal of a referral": {
        "purpose": "propose_referral", "role": "referral_officer", "categories": ["K1", "K2", "K3", "K4"],
        "facts": {"assigned": True, "confirmed_record": True},
    },
    "removal, always denied": {
        "purpose": "arrest_or_removal", "component": "ICE_ERO", "employee_type": "sworn_officer", "role": "other",
        "categories": ["K5"], "facts": {},
    },
}  # fmt: skip
WHO = {
    "recipient_id": "r", "proposer_id": "p", "component": "USCIS", "employee_type": "employee", "mfa": True,
    "case_id": "c", "form": "T", "protection": "pending",
}  # fmt: skip
WRITER = """
import sys, time
import django
django.setup()
from haven import gate
request = {request!r}
gate.ask(request, event="case.view")
print("ready", flush=True)
sys.stdin.readline()
for _ in range({rows}):
    start = time.perf_counter()
    gate.ask(request, event="case.view")
    print(time.perf_counter() - start)
"""


def seconds(run: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def shown(taken: list[float], unit: float | None = None) -> str:
    """Median and p95; ``unit``: seconds of a yardstick that the median is a multiple of."""
    times = f", {statistics.median(taken) / unit:.1f} × fsync" if unit else ""
    return f"{statistics.median(taken) * 1e3:.3f} ms, p95 {p95(taken) * 1e3:.3f} ms{times}"


def fsync(folder: Path) -> list[float]:
    """Seconds until 4 KB at the end of a file are on the disk: what no commit can be faster than."""
    with (folder / "yardstick").open("wb", buffering=0) as file:

        def once() -> None:
            file.write(os.urandom(4096))
            os.fsync(file.fileno())

        return seconds(once, ROWS)


def decisions(table: Table) -> None:
    """Of the gate alone, remembering forgotten before each question, and with it."""
    from haven.gate import engine

    gate = engine.installed()
    for name, asked in REQUESTS.items():
        request = {**WHO, **asked}
        fresh = []
        start = time.process_time()
        for _ in range(DECISIONS):
            gate._remembered.cache_clear()
            fresh += seconds(lambda request=request: gate.decide(request), 1)  # type: ignore[misc]
        work = (time.process_time() - start) / DECISIONS
        again = seconds(lambda request=request: gate.decide(request), DECISIONS)  # type: ignore[misc]
        decision = gate.decide(request)["decision"]
        table.add_row(f"decision: {name} ({decision}), new", f"{shown(fresh)}, CPU {work * 1e3:.3f} ms", "0.2 ms")
        table.add_row(f"decision: {name}, asked before", shown(again), "0.2 ms")


def log_rows(table: Table, unit: float) -> None:
    """Question, answer and the commit of their row, from processes that write at the same time.

    ``unit``: seconds of an fsync.
    """
    request = {**WHO, **REQUESTS["adjudication, K1-K6"]}
    for writers in (1, 2, 4):
        program = WRITER.format(request=request, rows=ROWS)
        processes = [
            subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(writers)
        ]
        for process in processes:
            assert process.stdout and process.stdout.readline() == "ready\n"
        start = time.perf_counter()
        for process in processes:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        taken = [float(line) for process in processes for line in process.communicate()[0].split()]
        rate = len(taken) / (time.perf_counter() - start)
        said = f"{shown(taken, unit)}, {rate:,.0f} rows/s"
        table.add_row(f"answer with its log row, {writers} writer{'s' * (writers > 1)}", said, "")


def extractions(numbers: Iterable[int], folder: Path) -> list[Extraction]:
    """Packets as the reader hands them over, each with a file, a page picture, five people and their allegations.

    Each applicant has a number of their own: the same one in all would ask of every pair whether it is one case.
    """
    from tests.haven.builders import FACTS, STORY, Told, extraction_of

    (key, field, same), *others = FACTS
    made = []
    for n in numbers:
        own = f"A {200_000_000 + n}"
        text = f"{STORY.replace(same, own)} Packet {n}."
        made.append(extraction_of(Told(id=f"packet-{n}", text=text, facts=[(key, field, own), *others]), folder))
    return made


def imports(table: Table, number: int, folder: Path) -> None:
    """Only the storing is timed: reading packets is another matter (``benchmarks.reading``)."""
    from haven.cases.models import Case
    from haven.cases.storing import store_extractions

    wall = work = 0.0
    firsts = range(0, number, TOGETHER)
    for first in track(firsts, "Importing", console=Console(stderr=True), transient=True):
        made = extractions(range(first, min(first + TOGETHER, number)), folder)
        start, used = time.perf_counter(), time.process_time()
        store_extractions(made, office="VSC")
        wall, work = wall + time.perf_counter() - start, work + time.process_time() - used
    assert Case.objects.count() == number
    said = f"{number / wall:,.0f} cases/s; {number / work:,.0f} per second of CPU"
    table.add_row(f"import of {number:,} cases, {TOGETHER} in a commit", said, "200 cases/s")


def search(table: Table) -> None:
    """By name, by sound and by A-number, among subjects who are entered in the blind index only."""
    from haven.cases import index
    from haven.cases.models import Case, IndexEntry, Person
    from haven.cases.search import by_name

    case = Case.objects.create(number="T-99999", form="T", office="VSC")
    people = [Person(case=case, entity=f"e{n}", order=n) for n in range(SUBJECTS)]
    Person.objects.bulk_create(people, batch_size=5000)
    rows = [
        IndexEntry(kind=kind, mac=mac, case=case, person=person)
        for n, person in enumerate(people)
        for kind, mac in (
            *index.entries("name", _name(n)),
            ("a_number", index.mac("a_number", f"A{200_000_000 + n}")),
        )
    ]
    IndexEntry.objects.bulk_create(rows, batch_size=5000)

    def found(kind: str, text: str) -> list[Any]:
        return list(Person.objects.filter(index_entries__kind=kind, index_entries__mac=index.mac(kind, text)))

    def timed(what: str, run: Callable[[], list[Any]]) -> None:
        taken = seconds(run, 200)
        table.add_row(f"{what} over {SUBJECTS:,} subjects ({len(run())} found)", shown(taken), "50 ms")

    someone = " ".join(reversed(_name(77_777).upper().split()))
    assert len(found("name", someone)) == len(found("a_number", "A 200 077 777")) == 1
    timed("exact search by name", lambda: found("name", someone))
    timed("exact search by A-number", lambda: found("a_number", "A 200 077 777"))
    timed("search by name, exact and by sound", lambda: by_name(someone))


def _name(number: int) -> str:
    """One of ``SUBJECTS`` invented names of three words, all different; some sound like another."""
    parts = []
    for sounds in SOUNDS:
        number, which = divmod(number, len(sounds))
        parts.append(sounds[which])
    return f"{parts[0]}{parts[1]} {parts[2]}{parts[3]} {parts[4]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many to import (default 10,000)")
    number = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "in").mkdir()
        os.environ.pop("HAVEN_DATABASE_URL", None)
        os.environ.update(HAVEN_HOME=f"{name}/home", DJANGO_SETTINGS_MODULE="haven.settings")
        from haven.store import open_store

        open_store(migrate=True)
        table = Table(title="The case store on SQLite")
        for column in ("", "measured", "asked for"):
            table.add_column(column, justify="right" if column else "left")
        disk = fsync(Path(name))
        table.add_row("fsync of 4 KB on this machine", shown(disk), "")
        decisions(table)
        log_rows(table, statistics.median(disk))
        imports(table, number, Path(name) / "in")
        search(table)
    Console(width=120).print(table)
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; one run, no rounds.")


if __name__ == "__main__":
    main()
