"""``haven serve``: the review pages on this machine's loopback address, under gunicorn."""

from __future__ import annotations

import os
import socket
import sys
from typing import Annotated

import typer

from extract.errors import UsageProblem
from haven.store import open_store

HOST = "127.0.0.1"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1, behind a proxy with TLS.")] = 8000,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the tables to this version first.")] = False,
) -> None:
    """Serve the review pages until Ctrl-C. Exit codes: 2 the port is taken, 6 keys or database are not usable."""
    check_port(port)
    open_store(migrate=migrate)
    run_server(port)


def check_port(port: int) -> None:
    """Raises ``UsageProblem`` before anything is read or written for a port that cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise UsageProblem(f"port {port} is taken or not allowed; choose one with --port.") from None


def run_server(port: int) -> None:
    """Becomes gunicorn: signals and exit code are its own. Beside it a process signs the log from time to time."""
    from haven.audit import signing

    signing.start_beside_server()
    print(f"The review pages are on http://{HOST}:{port}/ (Ctrl-C stops them).", flush=True)
    arguments = ["--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    program = [sys.executable, "-m", "gunicorn", *arguments, "--no-control-socket", "haven.wsgi:application"]
    os.execv(sys.executable, program)  # noqa: S606
