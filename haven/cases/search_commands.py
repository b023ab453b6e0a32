"""``haven index``: looks after the blind indexes that names and numbers are found by."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from haven.store import open_store, writing

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def index() -> None:
    """Look after the indexes that names are found by."""


@app.command()
def rebuild() -> None:
    """Make the index of names by their sound anew from all names of the store, all or none.

    An upgrade does it by itself. Exit codes: 0 done, 5 the disk takes no more, 6 keys or database are not usable.
    """
    open_store()
    from django.db import transaction

    from haven.audit import log
    from haven.audit.commands import operator
    from haven.cases.search import rebuild_sounds

    console = Console(highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.completed:,} names"), TimeElapsedColumn())
    shown = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    with writing(), transaction.atomic(), shown as progress:
        task = progress.add_task("names", total=None)
        made = rebuild_sounds(lambda done: progress.update(task, completed=done))
        log.append("index.rebuilt", actor=operator(), detail={"rows": made})
    console.print(f"The index of names by sound was made anew: {made:,} entries.")
