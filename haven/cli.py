"""The ``haven`` command: every part of the product behind one word, with the same exit codes.

0 done · 1 failed · 2 wrong use · 3 nothing could be read · 4 a program or model is missing ·
5 could not write · 6 the service refuses to start (``extract.errors``).
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
import traceback
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import IntakeError

PARTS = {
    "extract": ("extract.commands:app", "Read packets into records, one JSON line each."),
    "intake": ("haven.intake.commands:app", "Read packets into cases of the store."),
    "demo": ("haven.demo:app", "Read the samples, make demonstration accounts, serve the pages."),
    "serve": ("haven.serve:app", "Serve the review pages."),
    "gate": ("haven.gate.commands:app", "Ask the confidentiality gate and see why it answers."),
    "audit": ("haven.review.audit_commands:app", "Verify and export the log."),
    "refer": ("haven.referral.commands:app", "List and inspect referrals."),
    "incident": ("haven.duties.commands.incident:app", "Record what went wrong and who was told when."),
    "consent": ("haven.duties.commands.consent:app", "Record consents and waivers; ask what they allow."),
    "hold": ("haven.duties.commands.hold:app", "Place and lift legal holds."),
    "notes": ("haven.duties.commands.notes:app", "Import case notes of another system."),
    "cooperation": ("haven.duties.commands.cooperation:app", "Record and find how victims helped agencies."),
    "retention": ("haven.duties.commands.retention:app", "See what is due for disposal and dispose of it."),
    "hhs-notice": ("haven.duties.commands.hhs_notice:app", "Write and record notices of minors to HHS."),
    "keys": ("haven.cases.commands:app", "Make and look after the encryption keys."),
    "index": ("haven.cases.search_commands:app", "Look after the indexes that names are found by."),
    "backup": ("haven.backup.commands:backup_app", "Copy the whole store, without its keys, into one sealed file."),
    "restore": ("haven.backup.commands:restore_app", "Bring a backup into an empty store, SQLite or PostgreSQL."),
    "annotate": ("annotation.commands:app", "Send statements to doccano and fetch them back."),
}
"""Imported only when called: ``haven extract`` never loads Django, ``haven gate`` never loads a model."""


def overview() -> None:
    console = Console()
    console.print("Finds who T and U visa files accuse, and brings it to investigators while victims stay protected.")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, (_, text) in PARTS.items():
        table.add_row(f"  haven {name}", text)
    console.print(table)
    console.print("Each one explains itself with --help.")


def app(argv: list[str] | None = None) -> None:
    """Entry point: a known problem is one sentence and an exit code, never a traceback.

    Of a problem that nobody foresaw only its kind and place in the code are told: its own words may quote a packet.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no picture of the memory on the disk
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in ("--help", "-h", "help"):
        overview()
        return
    part, *rest = argv
    if part not in PARTS:
        print(f"haven: there is no command '{part}'; 'haven --help' lists them.", file=sys.stderr)
        sys.exit(2)
    module, _, attribute = PARTS[part][0].partition(":")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haven.settings")
    try:
        commands: typer.Typer = getattr(importlib.import_module(module), attribute)
        commands(args=rest, prog_name=f"haven {part}")
    except IntakeError as problem:
        print(f"haven: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)
    except Exception as problem:
        place = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        print(f"haven: unexpected {type(problem).__name__} at {where}; please report this line.", file=sys.stderr)
        sys.exit(1)
