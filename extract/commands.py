"""``haven extract``: packets in, one JSON record a line out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extract.batch import Readings, reader
from extract.errors import FileRefused, IntakeError, OutputFailed, ReadingFailed, UsageProblem
from extract.packet import Packet
from extract.record import Record, json_schema
from extract.weights import DEFAULT, VARIABLE, folder_of, manifest_of

STOPPED = 130
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def extract(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, or folders that hold packets: each file, each direct subfolder.", show_default=False
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to the terminal.")
    ] = None,
    packet: Annotated[bool, typer.Option("--packet", help="Take each folder as one packet.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Packets read side by side.", show_default="one for each core"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="The narrative model: a name in models/weights, or a folder.", envvar=VARIABLE, show_default=DEFAULT
        ),
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a record and stop.")] = False,
) -> None:
    """Read packets into records, one JSON line each in the packets' order (docs/record.schema.json).

    Every page of every file is accounted for in the record's ``pages``; what a person must look at stands in
    ``needs``. Exit codes: 0 all packets were read, 1 the program broke on some, whose records say so, 2 wrong use, 3 no
    page could be read, 4 a program or model is missing, 5 the output could not be written, 130 stopped.
    """
    if schema:
        print(json.dumps(json_schema(), indent=1))
        return
    if not paths:
        raise UsageProblem("name at least one file or folder to read; 'haven extract --help' says how.")
    manifest_of(folder_of(model))  # before the output is touched
    from extract.read import open_packets

    packets = list(open_packets(paths, whole_folder_as_packet=packet))
    states: Counter[str] = Counter()
    written = broken = 0
    try:
        with (
            _writing(output) as out,
            Readings(packets, partial(_reader, model), jobs=jobs) as readings,
            _progress(len(packets)) as progress,
        ):
            task = progress.add_task("Reading", total=len(packets))
            for number, one in enumerate(packets):
                try:
                    line, pages = readings.take(number)
                except ReadingFailed as problem:
                    from extract.pipeline import unread_record

                    line, pages = _line(unread_record(one, problem))
                    broken += 1
                _write(out, line, output)
                written += 1
                states += pages
                progress.advance(task)
    except KeyboardInterrupt:
        print(f"Stopped: {written} of {len(packets)} packets are written, each a whole line.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    account = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
    print(f"{len(packets)} packets, {states.total()} pages: {account or 'none'}.", file=sys.stderr)
    if broken:
        raise IntakeError(
            f"the program broke on {broken} of {len(packets)} packets; their records say how. A person must read them."
        )
    if states and states.keys() == {"refused"}:
        raise FileRefused('no page could be read; the reasons stand in the records\' "pages".')


def _reader(model: str | None) -> Callable[[Packet], tuple[str, Counter[str]]]:
    read = reader(model)
    return lambda packet: _line(read(packet).record)


def _line(record: Record) -> tuple[str, Counter[str]]:
    """A record as it is written, and how many of its pages are in each state."""
    return record.to_json(), Counter(page.state for page in record.pages)


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
