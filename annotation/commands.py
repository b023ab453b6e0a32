"""``haven annotate``: statements to doccano and back, checks, agreement, what to mark next."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from annotation import server
from annotation.agreement import agreement
from annotation.check import faults, unusable
from annotation.doccano import Doccano, DoccanoProblem, connected
from annotation.doccano import pull as pull_project
from annotation.doccano import push as push_project
from annotation.documents import Document, NotADocument, read_files, write_lines
from extract.errors import ToolMissing, UsageProblem

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PASSWORD = "HAVEN_DOCCANO_PASSWORD"  # noqa: S105 (the name of a variable)

Files = Annotated[list[Path], typer.Argument(help="JSON Lines, texts with inline marks, or plain texts.")]
Url = Annotated[str | None, typer.Option(help="Of a doccano that runs; by default the one of 'haven annotate serve'.")]
User = Annotated[str | None, typer.Option(help=f"Its account; the password comes from {PASSWORD} or is asked for.")]
Remote = Annotated[bool, typer.Option("--allow-remote", help="Allow an address off this machine (https only).")]
Folder = Annotated[Path | None, typer.Option(help="Where doccano keeps its data; by default $HAVEN_HOME/doccano.")]


@app.command()
def serve(folder: Folder = None, port: Annotated[int, typer.Option(help="0: a free one.")] = 8010) -> None:
    """Start doccano on this machine only, until Ctrl-C."""
    signal.signal(signal.SIGTERM, _stop)
    with ExitStack() as stack:
        with _waiting("Starting doccano (15 to 60 seconds)"):
            up = stack.enter_context(server.serving(folder or server.default_folder(), port))
        print(f"doccano answers at {up.url}, to this machine only.")
        print(f"Account: {up.account.user}  Password: {up.account.password}")
        print(f"Its data lie unencrypted in {up.folder}, readable by you only. Ctrl-C stops it.", flush=True)
        try:
            up.process.wait()
        except KeyboardInterrupt:
            print("Stopping.")
            return
        raise DoccanoProblem(f"doccano has stopped by itself; {up.folder / 'web.log'} says why.")


@app.command()
def push(
    files: Files,
    *,
    project: Annotated[str, typer.Option(help="Made if it is not there.")] = "statements",
    suggest: Annotated[bool, typer.Option(help="Put the model's marks on plain texts.")] = True,
    replace: Annotated[
        bool, typer.Option("--replace", help="Send documents that are there again; marks are lost.")
    ] = False,
    url: Url = None,
    user: User = None,
    allow_remote: Remote = False,
    folder: Folder = None,
) -> None:
    """Send documents to a project. What is there already stays as its annotators left it."""
    documents = list(_usable(files))
    with _doccano(url, user, allow_remote, folder) as doccano:
        print(
            f"The files are sent as they are, with every name in them, to {doccano.url}. "
            "Only texts with pseudonyms may go to annotators outside the unit.",
            file=sys.stderr,
        )
        if suggest:
            documents = _suggested(documents)
        with _waiting(f"Sending {len(documents)} documents"):
            done = push_project(doccano, project, documents, replace=replace)
        print(
            f"Project '{project}' at {doccano.url}: {len(done.sent)} documents sent, "
            f"{len(done.replaced)} replaced, {len(done.left)} left as they were."
        )


@app.command()
def pull(
    project: Annotated[str, typer.Argument(help="Its name.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="One JSON document a line.")],
    confirmed: Annotated[bool, typer.Option("--confirmed", help="Only documents that an annotator confirmed.")] = False,
    url: Url = None,
    user: User = None,
    allow_remote: Remote = False,
    folder: Folder = None,
) -> None:
    """Fetch the documents of a project as they stand now."""
    with _doccano(url, user, allow_remote, folder) as doccano:
        with _waiting("Fetching"):
            pulled = [one for one in pull_project(doccano, project) if one.confirmed or not confirmed]
        count = write_lines((one.document for one in pulled), output)
    for one in pulled:
        for note in one.notes:
            print(f"{one.document['id']}: {note}.", file=sys.stderr)
    print(f"{count} documents in {output}, {sum(one.changed for one in pulled)} changed since they were sent.")


@app.command()
def check(files: Files) -> None:
    """Say what in annotated files breaks the scheme; exit code 1 if anything does."""
    documents = wrong = 0
    for located in read_files(files):
        documents += 1
        found = list(faults(located.document))
        wrong += bool(found)
        for fault in found:
            print(f"{located.place}: {located.document['id']}: {fault}")
    print(f"{documents} documents, {wrong} with faults.")
    if wrong:
        raise typer.Exit(1)


@app.command()
def agree(first: Path, second: Path) -> None:
    """How far two annotators agree on the same documents: spans, exact offsets and label."""
    one, two = ([located.document for located in read_files([path])] for path in (first, second))
    rows, pairs = agreement(one, two)
    if not pairs:
        raise UsageProblem(f"{first} and {second} have no document in common: none has the same id and text.")
    table = Table("label", "F1", "both", first.name, second.name, title=f"{pairs} documents", box=None)
    for row in rows:
        table.add_row(row.label or "all", f"{row.f1:.3f}", str(row.both), str(row.first), str(row.second))
    Console().print(table)


@app.command(name="next")
def what_next(
    files: Files, number: Annotated[int, typer.Option("--number", "-n", help="How many to name.")] = 10
) -> None:
    """Which unmarked texts to mark next: those of which the model is least sure."""
    from annotation.suggest import suggest
    from extract.narrative import load

    narrative = load()
    plain = [located for located in read_files(files) if not located.document["spans"]]
    doubts = [(suggest(located.document, narrative).doubt, located.place) for located in plain]
    if not doubts:
        print("Every document is marked already.")
    for doubt, place in sorted(doubts, reverse=True)[:number]:
        print(f"{doubt:6.2f} doubtful marks for each 100 words  {place}")


def _usable(files: list[Path]) -> Iterator[Document]:
    """The documents of the files. Raises NotADocument with file, line and reason for one that doccano cannot hold."""
    seen: dict[str, str] = {}
    for located in read_files(files):
        document = located.document
        for fault in unusable(document):
            raise NotADocument(f"{located.place}: document {document['id']}: {fault}")
        if document["id"] in seen:
            raise NotADocument(f"{located.place}: document {document['id']} stands at {seen[document['id']]} already.")
        seen[document["id"]] = located.place
        yield document


def _suggested(documents: list[Document]) -> list[Document]:
    """Plain texts with the model's marks; without a model as they are."""
    if all(document["spans"] for document in documents):
        return documents
    try:
        from annotation.suggest import suggest
        from extract.narrative import load

        narrative = load()
    except ToolMissing as problem:
        print(f"No suggestions: {problem}", file=sys.stderr)
        return documents
    with _waiting("Asking the model"):
        return [document if document["spans"] else suggest(document, narrative).document for document in documents]


@contextmanager
def _doccano(url: str | None, user: str | None, allow_remote: bool, folder: Path | None) -> Iterator[Doccano]:
    """The doccano that is meant, logged in. Raises UsageProblem for an address that may not be used."""
    here = server.running_here(folder or server.default_folder())
    if url is None:
        if here is None:
            raise DoccanoProblem("No doccano runs here; start one with 'haven annotate serve'.")
        url = here[0]
    _refuse_remote(url, allow_remote)
    if here and url.rstrip("/") == here[0] and user in (None, here[1].user):
        user, password = here[1].user, here[1].password
    else:
        user = user or typer.prompt("User", err=True)
        password = os.environ.get(PASSWORD) or typer.prompt("Password", hide_input=True, err=True)
    with connected(url, user, password) as doccano:
        yield doccano


def _refuse_remote(url: str, allow_remote: bool) -> None:
    """Statements are confidential (8 U.S.C. 1367): they leave this machine only when told so, and then encrypted."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise UsageProblem(f"'{url}' is no address of a doccano; one looks like http://127.0.0.1:8010.")
    if host in LOOPBACK:
        return
    if not allow_remote:
        raise UsageProblem(f"{host} is not this machine; statements may be sent there only with --allow-remote.")
    if parts.scheme != "https":
        raise UsageProblem(f"Statements may be sent to {host} only over https.")


@contextmanager
def _waiting(what: str) -> Iterator[None]:
    with Progress(SpinnerColumn(), TextColumn(what), console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what)
        yield


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
