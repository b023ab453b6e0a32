"""``haven intake``: packets into cases of the store."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extract.batch import Readings, reader
from extract.errors import FileRefused, IntakeError, UsageProblem
from extract.weights import DEFAULT, VARIABLE, folder_of, manifest_of
from haven.store import open_store

STOPPED = 130
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def intake(
    paths: Annotated[
        list[Path], typer.Argument(help="Files, or folders that hold packets: each file, each direct subfolder.")
    ],
    office: Annotated[str, typer.Option(help="The office whose cases these are.")] = "VSC",
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
) -> None:
    """Read packets into draft cases. The same bytes again are the same case; what was interrupted goes on.

    Exit codes: 0 every packet is stored, 1 one or more failed and are kept for another try, 2 wrong use, 3 no page
    could be read, 4 a program or model is missing, 5 the disk takes no more, 6 keys or database are not usable,
    130 stopped; what was stored stays.
    """
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", office):
        raise UsageProblem("--office is a short code in capitals, like VSC.")
    open_store(migrate=True)
    run(paths, office=office, whole_folder_as_packet=packet, jobs=jobs, model=model, console=Console())


def run(
    paths: list[Path],
    *,
    office: str,
    whole_folder_as_packet: bool = False,
    jobs: int | None = None,
    model: str | None = None,
    console: Console,
) -> None:
    """Take in all packets of ``paths`` and print the account. The store is open.

    ``jobs`` processes read; this one writes. ``model`` as in ``extract.narrative.load``.
    """
    from extract.errors import ToolMissing
    from extract.read import check_tools, open_packets
    from haven.intake.account import line_of, table_of
    from haven.intake.packets import Outcome, is_new, take_in

    packets = list(open_packets(paths, whole_folder_as_packet=whole_folder_as_packet))
    try:
        check_tools()
    except ToolMissing as problem:
        console.print(f"Warning: {problem} Scanned pages are kept, and a person must read them.", highlight=False)
    manifest_of(folder_of(model))
    outcomes: list[Outcome] = []
    stopped = False
    try:
        with (
            _stoppable(),
            Readings(packets, partial(reader, model), jobs=jobs, wanted=is_new) as readings,
            _progress(console, len(packets)) as progress,
        ):
            task = progress.add_task("Reading", total=len(packets))
            for number, one in enumerate(packets):
                outcomes.append(take_in(one, partial(readings.take, number), office=office))
                progress.advance(task)
    except KeyboardInterrupt:
        stopped = True
    except IntakeError as problem:
        console.print(table_of([line_of(outcome) for outcome in outcomes], console.width))
        problem.args = (f"{problem} {len(outcomes)} of {len(packets)} packets are stored; run the same command again.",)
        raise
    lines = [line_of(outcome) for outcome in outcomes]
    console.print(table_of(lines, console.width))
    if stopped:
        console.print(f"Stopped: {len(outcomes)} of {len(packets)} packets are stored; run it again to go on.")
        raise typer.Exit(STOPPED)
    if any(line.state in ("failed", "busy") for line in lines):
        raise IntakeError("not every packet could be stored; the table says which, and they are kept for another try.")
    if lines and all(line.pages.keys() <= {"refused"} for line in lines):
        raise FileRefused("no page could be read; the table says why.")


def _progress(console: Console, total: int) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("packets"),
        TimeElapsedColumn(),
        console=console,
        disable=total == 0 or not console.is_terminal,
        transient=True,
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """``kill`` ends an intake as Ctrl-C does: with its account."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
