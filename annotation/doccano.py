"""The product's side of the bridge: a doccano server as an object, and projects of the scheme on it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from annotation.documents import Document
from annotation.projection import META, Placed, Sheet, from_doccano, relation_types, span_types, to_doccano
from annotation.server import environment
from extract.errors import IntakeError, UsageProblem

BATCH = 50
"""Documents in one upload: doccano reads a file whole and answers when all of it is stored."""


class DoccanoProblem(IntakeError):
    """doccano is not there, or refuses what it was asked."""

    code = "doccano"


class Doccano:
    """A server, reached through ``bridge.py``."""

    def __init__(self, url: str, process: subprocess.Popen[str]):
        self.url, self._process = url, process

    def ask(self, do: str, **request: Any) -> Any:
        """The answer to one request. Raises DoccanoProblem."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"do": do, **request}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise DoccanoProblem(f"The connection to doccano at {self.url} broke off.")
        answer = json.loads(line)
        if "error" not in answer:
            return answer["answer"]
        if answer.get("unreachable"):
            raise DoccanoProblem(f"No doccano answers at {self.url}; 'haven annotate serve' starts one.")
        if do == "connect" and answer.get("status") in (400, 401, 403):
            raise DoccanoProblem(f"doccano at {self.url} does not accept this user and password.")
        raise DoccanoProblem(f"doccano at {self.url} refused to {do.replace('_', ' ')}: {answer['error']}.")


@contextmanager
def connected(url: str, user: str, password: str) -> Iterator[Doccano]:
    """A logged-in doccano. Raises ToolMissing without doccano-client, DoccanoProblem without a server."""
    python = environment("doccano-client")
    script = Path(__file__).with_name("bridge.py")
    process = subprocess.Popen([python, "-I", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        doccano = Doccano(url, process)
        doccano.ask("connect", url=url, user=user, password=password)
        yield doccano
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(30)


def project_id(doccano: Doccano, name: str) -> int:
    """The project of that name. Raises UsageProblem."""
    projects = {project["name"]: project["id"] for project in doccano.ask("projects")}
    if name not in projects:
        there = ", ".join(sorted(projects)) or "none"
        raise UsageProblem(f"doccano at {doccano.url} has no project '{name}' (there: {there}).")
    return projects[name]


@dataclass
class Pushed:
    """What a push did: ids of documents that were sent, replaced, and left as they were."""

    project: int
    sent: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def push(doccano: Doccano, name: str, documents: Iterable[Document], *, replace: bool = False) -> Pushed:
    """Send documents to the project, made with the scheme's labels if it is not there.

    A document that the project has already is left as it is, with what annotators did to it, unless ``replace``.
    """
    projects = {project["name"]: project["id"] for project in doccano.ask("projects")}
    project = projects.get(name) or doccano.ask(
        "create_project",
        name=name,
        description="Statements marked with the haven scheme.",
        guideline=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    )
    doccano.ask("set_types", project=project, kind="span", types=[asdict(mark) for mark in span_types()])
    doccano.ask("set_types", project=project, kind="relation", types=[asdict(mark) for mark in relation_types()])
    there = {example["meta"].get("document"): example["id"] for example in doccano.ask("examples", project=project)}
    pushed = Pushed(project)
    lines: list[dict[str, Any]] = []
    first_id = 1
    for document in documents:
        if document["id"] in there and not replace:
            pushed.left.append(document["id"])
            continue
        if document["id"] in there:
            doccano.ask("delete", project=project, examples=[there[document["id"]]])
            pushed.replaced.append(document["id"])
        else:
            pushed.sent.append(document["id"])
        there[document["id"]] = 0
        line, first_id = to_doccano(document, first_id)
        lines.append(line)
        if len(lines) == BATCH:
            doccano.ask("upload", project=project, lines=lines)
            lines, first_id = [], 1
    if lines:
        doccano.ask("upload", project=project, lines=lines)
    return pushed


@dataclass(frozen=True)
class Pulled:
    document: Document
    confirmed: bool
    notes: list[str]
    changed: bool
    """Whether annotators changed anything since it was sent."""


def pull(doccano: Doccano, name: str) -> Iterator[Pulled]:
    """Every document of the project as it stands now."""
    project = project_id(doccano, name)
    for example in doccano.ask("examples", project=project):
        said = doccano.ask("annotations", project=project, example=example["id"])
        sheet = Sheet([Placed(*span) for span in said["spans"]], [tuple(r) for r in said["relations"]])
        document, notes = from_doccano(example["text"], example["meta"], sheet)
        sent = json.loads(example["meta"].get(META) or "{}")
        changed = any(document[key] != value for key, value in sent.items())
        yield Pulled(document, example["confirmed"], notes, changed)
