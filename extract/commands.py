"""``haven extract``: packets in, one JSON record a line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extract.errors import FileRefused, OutputFailed, UsageProblem
from extract.record import json_schema

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def extract(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, or folders that hold packets: each file, each direct subfolder.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to the terminal.")
    ] = None,
    packet: Annotated[bool, typer.Option("--packet", help="Take each folder as one packet.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a record and stop.")] = False,
) -> None:
    """Read packets into records, one JSON line each (docs/record.schema.json).

    Every page of every file is accounted for in the record's ``pages``; what a person must look at stands in
    ``needs``. Exit codes: 0 all packets have a record, 2 wrong use, 3 no page could be read, 4 a program or model
    is missing, 5 the output could not be written.
    """
    if schema:
        print(json.dumps(json_schema(), indent=1))
        return
    if not paths:
        raise UsageProblem("name at least one file or folder to read; 'haven extract --help' says how.")
    from extract.narrative import load as load_narrative
    from extract.pipeline import extract_packet
    from extract.read import open_packets

    packets = list(open_packets(paths, whole_folder_as_packet=packet))
    narrative = load_narrative()
    states: dict[str, int] = {}
    with _writing(output) as out, _progress(len(packets)) as progress:
        task = progress.add_task("Reading", total=len(packets))
        for one in packets:
            record = extract_packet(one, narrative).record
            for page in record.pages:
                states[page.state] = states.get(page.state, 0) + 1
            _write(out, record.to_json(), output)
            progress.advance(task)
    total = sum(states.values())
    account = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
    print(f"{len(packets)} packets, {total} pages: {account or 'none'}.", file=sys.stderr)
    if total and states.get("refused", 0) == total:
        raise FileRefused('no page could be read; the reasons stand in the records\' "pages".')


@contextmanager
def _writing(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    with _said(output):
        out = output.open("w", encoding="utf-8", newline="\n")
    try:
        yield out
    finally:
        with _said(output):
            out.close()


def _write(out: TextIO, line: str, output: Path | None) -> None:
    try:
        with _said(output):
            out.write(line + "\n")
            out.flush()
    except BrokenPipeError:
        sys.exit(0)


@contextmanager
def _said(output: Path | None) -> Iterator[None]:
    """What goes wrong with the output is one sentence."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise OutputFailed(
            f"cannot write {output or 'the output'}: {problem.strerror}; lines already written are whole, "
            "free space or choose another --output and run again."
        ) from None


def _progress(total: int) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=total < 2 or not console.is_terminal,
        transient=True,
    )
