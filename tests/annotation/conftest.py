"""A real doccano, started by the command that users start it with, and doccano-client as an annotator's hand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotation.server import environment

START = "import sys; from haven.cli import app; app(sys.argv[1:])"

# What an annotator does in the pages, done through doccano's own API. One JSON task on stdin.
HAND = """
import json, sys
from doccano_client import DoccanoClient
task = json.load(sys.stdin)
client = DoccanoClient(task["url"])
client.login(task["user"], task["password"])
project = next(p.id for p in client.list_projects() if p.name == task["project"])
types = {t.text: t.id for t in client.list_label_types(project, "span")}
kinds = {t.text: t.id for t in client.list_label_types(project, "relation")}
example = next(e.id for e in client.list_examples(project) if e.meta["document"] == task["document"])
spans = client.list_spans(project, example)
for start, end, label, change in task["spans"]:
    span = next(s for s in spans if (s.start_offset, s.end_offset, s.label) == (start, end, types[label]))
    if "label" in change:
        change["label"] = types[change["label"]]
    client.update_span(project, example, span.id, **change)
if task.get("confirm"):
    client.update_example_state(project, example)
"""


@dataclass(frozen=True)
class Served:
    url: str
    user: str
    password: str
    folder: Path
    process: subprocess.Popen

    def annotate(self, project: str, document: str, *spans: tuple[int, int, str, dict], confirm: bool = False) -> None:
        """Change spans: (start, end, label, what to set)."""
        task = {"url": self.url, "user": self.user, "password": self.password, "project": project}
        said = json.dumps({**task, "document": document, "spans": spans, "confirm": confirm})
        python = environment("doccano-client")
        done = subprocess.run([python, "-I", "-c", HAND], input=said, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def start(folder: Path) -> Served:
    # When the tests are killed, doccano must not live on.
    command = [
        "setpriv",
        "--pdeathsig",
        "TERM",
        sys.executable,
        "-c",
        START,
        "annotate",
        "serve",
        "--folder",
        str(folder),
        "--port",
        "0",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout and process.stderr
    address, account = process.stdout.readline(), process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", address)
    assert found, process.stderr.read()
    user, password = re.findall(r": (\S+)", account)
    return Served(found[0], user, password, folder, process)


def stop(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    served.process.communicate(timeout=60)


@pytest.fixture(scope="session")
def doccano(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = start(tmp_path_factory.mktemp("doccano"))
    yield served
    stop(served)
