"""``haven keys``: what keys there are and whether they are kept as they should be."""

from __future__ import annotations

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from haven.store import open_store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Look after the encryption keys. Nothing here prints a key."""


@app.command()
def status() -> None:
    """Check that every key is there, kept from others, and the one that the data were sealed with."""
    from haven.keys import PURPOSES, keyring

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
