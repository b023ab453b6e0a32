"""``haven demo``: the sample packets as cases, demonstration accounts, and the pages on localhost."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from extract.errors import ConfigurationProblem, UsageProblem
from haven.serve import check_port, run_server
from haven.store import open_store

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "packets"
OFFICE = "VSC"
LEAST_SECONDS = 6
ACCOUNTS = (
    # username, display name, component, employee type, role, office
    ("p.novak", "P. Novak", "USCIS", "employee", "intake_clerk", OFFICE),
    ("r.ortega", "R. Ortega", "USCIS", "employee", "referral_officer", OFFICE),
    ("l.whitfield", "L. Whitfield", "USCIS", "employee", "supervisor", OFFICE),
    ("d.okafor", "D. Okafor", "USCIS", "employee", "adjudicator", OFFICE),
    ("s.lindqvist", "S. Lindqvist", "USCIS", "employee", "privacy_officer", OFFICE),
    ("k.brandt", "K. Brandt", "DHS_OIG", "employee", "auditor", "OIG"),
    ("m.tanaka", "M. Tanaka", "ICE_HSI", "sworn_officer", "hsi_agent", "HSI"),
    ("b.carver", "B. Carver", "ICE_ERO", "sworn_officer", "other", "ERO"),
)
COMES_FOR = {
    "intake_clerk": "packets and the page account",
    "referral_officer": "review, confirm, propose",
    "supervisor": "release what another proposed",
    "adjudicator": "the cases assigned to them",
    "privacy_officer": "the log",
    "auditor": "the log, as OIG asked",
    "hsi_agent": "what was released to HSI",
    "other": "gets nothing, and the log has the question",
}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True)


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Prepare everything, serve nothing.")] = False,
) -> None:
    """Read the samples, make demonstration accounts, serve the pages on localhost."""
    if context.invoked_subcommand:
        return
    if settings.PUBLIC_HOSTS:
        raise UsageProblem("demonstration accounts do not belong on a public server: HAVEN_HOSTS is set.")
    if not no_serve:
        check_port(port)
    console = Console()
    open_store(migrate=True)
    passwords = make_accounts()
    record_protocol()
    record_oig_request()
    take_in_samples(console)
    share_out()
    print_accounts(console, passwords)
    if not no_serve:
        run_server(port)


@app.command()
def code(user: Annotated[str, typer.Argument(help="A demonstration account, e.g. r.ortega.")]) -> None:
    """Print the one-time code of a demonstration account. Each code is good for one sign-in."""
    open_store()
    from haven.accounts.totp import current_code

    number, seconds = current_code(user)
    if seconds < LEAST_SECONDS:  # too short to type it
        time.sleep(seconds + 0.1)
        number, seconds = current_code(user)
    print(number)
    Console(stderr=True).print(f"good for {seconds} s", style="dim")


def make_accounts() -> dict[str, str]:
    """The demonstration accounts with second factors; ``{username: password}``, the same at every run."""
    from haven.accounts.models import User
    from haven.accounts.totp import enrol

    kept = Path(settings.HAVEN_HOME) / "demo-accounts.json"
    passwords = _kept(kept)
    for username, name, component, employee_type, role, office in ACCOUNTS:
        passwords.setdefault(username, "-".join(secrets.token_hex(3) for _ in range(3)))
        user = User.objects.filter(username=username).first() or User(username=username)
        if not user._state.adding and not user.demonstration:
            raise ConfigurationProblem(f"a real account is called {username}; set HAVEN_HOME to a store of its own.")
        user.display_name, user.component, user.employee_type = name, component, employee_type
        user.role, user.office, user.demonstration, user.is_active = role, office, True, True
        if not user.check_password(passwords[username]):
            user.set_password(passwords[username])
        user.save()
        enrol(user)
    _keep(kept, passwords)
    return passwords


def record_protocol() -> None:
    """The demonstration's transfer protocol with ICE HSI: without one in force nothing is released (X1)."""
    from haven.referral.models import Protocol
    from haven.referral.protocols import record

    today = timezone.now().date()
    if Protocol.in_force("ICE_HSI", today) is None:
        number = Protocol.objects.count() + 1
        record(number, today, today + dt.timedelta(days=365), actor="system:demo")


def record_oig_request() -> None:
    """The demonstration's request of the Inspector General: without one in force the auditor sees nothing (G16)."""
    from haven.accounts import oversight
    from haven.accounts.models import User

    auditor, by = (User.objects.get(username=name) for name in ("k.brandt", "s.lindqvist"))
    if not oversight.in_force(auditor):
        by.session_mfa = True
        today = timezone.now().date()
        oversight.record(auditor, "OIG-DEMO-1", today, today + dt.timedelta(days=365), by)


def _kept(path: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        return {str(name): str(word) for name, word in json.loads(path.read_text(encoding="utf-8")).items()}
    return {}


def _keep(path: Path, passwords: dict[str, str]) -> None:
    draft = path.with_suffix(".part")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(passwords, indent=1), encoding="utf-8")
        draft.rename(path)
    except OSError as problem:
        raise ConfigurationProblem(f"{path} cannot be written: {problem.strerror}.") from None


def take_in_samples(console: Console) -> None:
    """The samples hold a damaged and an empty packet on purpose: that is part of the show and no error."""
    from haven.intake.commands import run

    if not SAMPLES.is_dir():
        raise UsageProblem(f"the samples are not in {SAMPLES}; run this from a checkout of the repository.")
    run([SAMPLES], office=OFFICE, console=console)


def share_out() -> None:
    """Cases that came before the accounts get an officer; the adjudicator gets every second T case."""
    from haven.accounts.models import User
    from haven.cases.models import Case
    from haven.cases.services import assign

    officer, adjudicator = (User.objects.get(username=name) for name in ("r.ortega", "d.okafor"))
    for case in Case.objects.filter(office=OFFICE):
        if not case.assignments.exists():
            assign(case, officer)
    for case in Case.objects.filter(office=OFFICE, form="T").order_by("number")[::2]:
        assign(case, adjudicator)


def print_accounts(console: Console, passwords: dict[str, str]) -> None:
    table = Table(title="\nDemonstration accounts", title_justify="left", title_style="bold", show_edge=False)
    for head in ("Name to sign in", "Password", "Who", "Comes for"):
        table.add_column(head, no_wrap=head != "Comes for")
    for username, _, component, _, role, _ in ACCOUNTS:
        who = f"{component.replace('_', ' ')} {role.replace('_', ' ') if role != 'other' else 'officer'}"
        table.add_row(username, passwords[username], who, COMES_FOR[role])
    console.print(table)
    home = os.environ.get("HAVEN_HOME")
    command = f"{f'HAVEN_HOME={home} ' if home else ''}{Path(sys.argv[0]).parent / 'haven'} demo code r.ortega"
    console.print(
        f"\nAfter the password a one-time code is asked for. In another terminal:\n  {command}", highlight=False
    )
    console.print(f"Data and keys are in {settings.HAVEN_HOME}\n", highlight=False)
