"""``haven extract``: packets in, one JSON record a line out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extract.errors import FileRefused, OutputFailed

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def extract(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, or folders that hold packets: each file, each direct subfolder."),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to the terminal.")
    ] = None,
    packet: Annotated[bool, typer.Option("--packet", help="Take each folder as one packet.")] = False,
) -> None:
    """Read packets into records, one JSON line each (docs/record.schema.json).

    Every page of every file is accounted for in the record's ``pages``; what a person must look at stands in
    ``needs``. Exit codes: 0 all packets have a record, 2 wrong use, 3 no page could be read, 4 a program or model
    is missing, 5 the output could not be written.
    """
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
    try:
        with output.open("w", encoding="utf-8", newline="\n") as out:
            yield out
    except OSError as problem:
        raise OutputFailed(f"cannot write {output}: {problem.strerror}; choose another --output.") from problem


def _write(out: TextIO, line: str, output: Path | None) -> None:
    try:
        out.write(line + "\n")
        out.flush()
    except BrokenPipeError:
        sys.exit(0)
    except OSError as problem:
        where = output or "the terminal"
        raise OutputFailed(
            f"cannot write {where}: {problem.strerror}; the lines before are whole; free space and run again."
        ) from problem


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
