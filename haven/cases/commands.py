"""``haven keys``: what keys there are, whether they are kept as they should be, and how to replace them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from haven.keys import PURPOSES, WRAPPING, keyring
from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Look after the encryption keys. Nothing here prints a key."""


@app.command()
def status() -> None:
    """Check that every key is there, kept from others, and the one that the data were sealed with."""
    open_store()
    table = Table(title="Keys", title_justify="left", title_style="bold", show_edge=False)
    for head in ("Purpose", "Opens", "Versions", "Newest made"):
        table.add_column(head)
    for purpose, opens in PURPOSES.items():
        versions = keyring().versions(purpose)
        newest = max(versions)
        table.add_row(purpose, opens, ", ".join(map(str, versions)), f"{versions[newest]:%Y-%m-%d %H:%M} UTC")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\nAll keys fit the data in {settings.HAVEN_HOME}. Keep a copy of them apart from the data.")


@app.command()
def rotate(
    purpose: Annotated[
        list[str] | None, typer.Option(help="Only this key: records, narrative, blobs or accounts; may be repeated.")
    ] = None,
) -> None:
    """Make a new version of the keys and put every data key under it, while the system runs.

    What was interrupted goes on where it was. Old versions stay until `haven keys retire`. Exit codes: 0 done, 2 no
    such key, 6 keys or database are not usable.
    """
    open_store()
    from haven.audit.commands import operator
    from haven.cases import rotation

    chosen, unfinished = rotation.begin(list(dict.fromkeys(purpose or WRAPPING)), actor=operator())
    console = Console(highlight=False, soft_wrap=True)
    for one in chosen:
        with _progress(console) as progress:
            done = rotation.rewrap(one, actor=operator(), advance=_shown(progress, one))
        console.print(f"{one}: everything is under version {done.version}; {done.rewrapped:,} data keys rewrapped.")
    if unfinished:
        console.print("That finished a rotation that was interrupted; run it again to make new versions.")
    console.print("Copy the keys again to where they are kept apart from the data; older backups need the old ones.")


@app.command()
def retire(
    version: Annotated[int, typer.Argument(min=1, help="The version to remove.")],
    purpose: Annotated[
        list[str] | None, typer.Option(help="Only this key: records, narrative, blobs or accounts; may be repeated.")
    ] = None,
) -> None:
    """Remove an old version for good, once it is proven that nothing is sealed under it.

    Exit codes: 0 done, 2 it is still needed or does not exist, 6 keys or database are not usable.
    """
    open_store()
    from haven.audit.commands import operator
    from haven.cases import rotation

    gone = rotation.retire(version, list(dict.fromkeys(purpose or WRAPPING)), actor=operator())
    print(f"Version {version} is gone from {', '.join(gone)}. Backups made under it open only with a copy of it.")


def _shown(progress: Progress, purpose: str) -> Callable[[str, int, int], None]:
    task = progress.add_task(purpose, total=None)

    def advance(holder: str, done: int, total: int) -> None:
        progress.update(task, description=f"{purpose}: {holder}", completed=done, total=total)

    return advance


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
