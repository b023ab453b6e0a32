"""The ``haven`` command in a process of its own, on real files, with a HAVEN_HOME of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

TEXTS = [
    "My name is Maylin Ramos. In March 2014 a woman called Rosa Delgado came to San Pedro Sula and offered me work.",
    "My name is Ines Soto. Tito Paz took my passport in Houston. He said that I owed him $8,500.",
    "I am Liza Reyes. Boss Tony locked the door at night. His phone was (832) 555-0143.",
    "My name is Hana Bekele. Madam Chu kept my wages for two years in Flushing, Queens.",
    "My name is Ana Cruz. On May 2, 2015 Don Ernesto drove us to a farm and hit my cousin.",
]


class Haven:
    """Runs ``haven`` and looks at what it left."""

    def __init__(self, home: Path) -> None:
        self.home = home
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
        self.environment = {**clean, "HAVEN_HOME": str(home), "COLUMNS": "200"}
        self.started: list[subprocess.Popen] = []

    def start(self, *arguments: object, file_limit: int | None = None) -> subprocess.Popen:
        limit = (
            f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({file_limit}, {file_limit})); " if file_limit else ""
        )
        program = f"{limit}import sys; from haven.cli import app; app(sys.argv[1:])"
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def __call__(self, *arguments: object, **more: int) -> subprocess.CompletedProcess:
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def rows(self, query: str, database: str = "cases") -> list[tuple]:
        path = self.home / "data" / f"{database}.sqlite3"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []

    def count(self, query: str, database: str = "cases") -> int:
        return (self.rows(f"SELECT count(*) FROM {query}", database) or [(0,)])[0][0]

    def is_whole(self) -> bool:
        """Every page has its words, every packet its case and its blobs, and there is nothing beside them."""
        pages = {row[0] for row in self.rows("SELECT id FROM cases_pagerow")}
        texts = {row[0] for row in self.rows("SELECT id FROM cases_pagetext", "narrative")}
        packets = {row[0] for row in self.rows("SELECT id FROM cases_packet WHERE case_id IS NOT NULL")}
        folders = {path.name.replace("-", "") for path in (self.home / "blobs").iterdir()}
        blobs = sum(len(list(path.iterdir())) for path in (self.home / "blobs").iterdir())
        known = self.count("cases_storedfile WHERE blob IS NOT NULL") + self.count(
            "cases_pagerow WHERE image IS NOT NULL"
        )
        return pages == texts and packets == folders and blobs == known


@pytest.fixture
def haven(tmp_path: Path) -> Iterator[Haven]:
    """What a test that failed left running ends with it."""
    made = Haven(tmp_path / "home")
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def statements(tmp_path: Path) -> Callable[[int], Path]:
    """A folder of so many statements, a packet each."""

    def make(count: int) -> Path:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        for number in range(count):
            (folder / f"statement-{number}.txt").write_text(f"{TEXTS[number % len(TEXTS)]}\n\nPage {number}.\n")
        return folder

    return make
