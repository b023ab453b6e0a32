"""``haven backup`` and ``haven restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from haven.store import open_store

backup_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
restore_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@backup_app.command()
def backup(file: Annotated[Path, typer.Argument(help="File to write; it must not exist yet.")]) -> None:
    """Copy all three databases, uploads and page images into one sealed file, while the system runs.

    Keys are never in it: keep a copy of them elsewhere. Packages in the outbox are not in it either. Exit codes: 0
    done, 2 the file exists, 5 it cannot be written, 6 keys or database are not usable.
    """
    open_store()
    from haven.audit.commands import operator
    from haven.backup import snapshot

    with _Bar("Copying") as shown:
        counts = snapshot.make(file, actor=operator(), advance=shown)
    print(
        f"{file}: {counts['default']:,} rows of cases, {counts['narrative']:,} of narratives, {counts['audit']:,} of "
        f"the log, {counts['blobs']:,} blobs. It opens only with the keys, which are not in it."
    )


@restore_app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `haven backup` wrote.")]) -> None:
    """Bring a backup into an empty store, all of it or nothing. The store may be SQLite or PostgreSQL.

    Its keys must be here first. Exit codes: 0 done, 2 no such file, other keys or a store that is not empty, 3 the
    file is damaged or no backup, 5 the disk takes no more, 6 keys or database are not usable.
    """
    import django

    django.setup()
    from haven.audit.commands import operator
    from haven.backup import restoring

    with _Bar("Restoring") as shown:
        done = restoring.restore(file, actor=operator(), advance=shown)
    open_store()
    print(f"{done.rows:,} rows and {done.blobs:,} blobs are in {settings.HAVEN_HOME}, and the log is whole.")


class _Bar(Progress):
    """A bar on a terminal; called with (done, total)."""

    def __init__(self, what: str) -> None:
        console = Console()
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        super().__init__(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self.add_task(what, total=None)

    def __call__(self, done: int, total: int) -> None:
        self.update(self._task, completed=done, total=total)
