"""``haven gate``: ask the gate, see its table, check and sign its policies."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.table import Table

from extract.errors import IntakeError, OutputFailed, UsageProblem

LONGEST = 1_000_000  # characters of one request; the largest that the table allows has some 3,000

app = typer.Typer(
    help="Ask the confidentiality gate and see why it answers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


class LinesRefused(IntakeError):
    """Some lines held no request; each was answered with a denial."""

    code = "lines_refused"


@app.command()
def explain(
    request: Annotated[Path | None, typer.Argument(help="File with one request as JSON; - for standard input.")] = None,
    lines: Annotated[Path | None, typer.Option(help="File with one request a line; - for standard input.")] = None,
) -> None:
    """Decide one request, or many, and print each answer with its rule, its ground and all that is missing.

    Here the facts come from the file, so nothing is given and nothing is logged. Exit code 1 if a line was no request.
    """
    from haven.gate.engine import installed

    if (request is None) == (lines is None):
        raise UsageProblem("Name one file with a request, or --lines with a file of many.")
    gate = installed()
    if request is not None:
        with _opened(request) as file:
            text = _read(file, request)
        try:
            answer = gate.decide(_parsed(text))
        except ValueError as problem:
            raise UsageProblem(f"{request} holds no request: {problem}.") from None
        typer.echo(json.dumps(answer, indent=2 if sys.stdout.isatty() else None))
        return

    refused = total = 0
    assert lines is not None
    with _opened(lines) as file:
        for number, line in _lines(file):
            total += 1
            try:
                asked = _parsed(line)
                answer = {"id": asked.get("id"), **gate.decide(asked)}
            except ValueError as problem:
                refused += 1
                answer = {"id": None, "line": number, "error": str(problem), **gate.decide(None)}
            typer.echo(json.dumps(answer))
    if refused:
        raise LinesRefused(f"{refused} of {total} lines held no request; they were answered with deny.")


@app.command()
def table(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each rule.")] = False,
) -> None:
    """Print every rule as the policies have it: for whom, what data, what must be true, who approves, the ground."""
    from haven.gate.engine import installed
    from haven.gate.overview import overview

    rules = installed().rules
    rows = overview(rules)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    printed = Table(title=f"Confidentiality gate {rules.identity[:40]}…", show_lines=True, expand=True)
    columns = ("rule", "decision", "purpose", "for whom", "data", "must be true", "approvals", "ground")
    for name in columns:
        printed.add_column(name, overflow="fold", no_wrap=name == "rule")
    for row in rows:
        row["data"] = " ".join(row["data"])
        cells = [row[name.replace(" ", "_")] for name in columns]
        printed.add_row(*(cell if isinstance(cell, str) else "\n".join(cell) for cell in cells))
    Console(width=None if sys.stdout.isatty() else 220, highlight=False, markup=False).print(printed)


@app.command()
def check() -> None:
    """Validate the policies against schema, vocabulary, manifest and signature; refuse in one sentence."""
    from haven.gate import ruleset, signature
    from haven.gate.engine import Gate

    rules = ruleset.load()
    signed = signature.check(rules)
    Gate(rules)
    how = "signed" if signed else f"not signed; set {signature.KEY} to require a signature"
    typer.echo(f"The policy set is valid: {len(rules.rules)} rules, {rules.identity} ({how}).")


@app.command()
def manifest() -> None:
    """Write the manifest of the policies as they stand, after a reviewed change."""
    from haven.gate import ruleset
    from haven.gate.engine import Gate

    rules = ruleset.load(check_manifest=False)
    Gate(rules)
    path = ruleset.FOLDER / "policies" / ruleset.MANIFEST
    _write(path, ruleset.manifest(rules))
    typer.echo(f"Wrote {path}: {rules.identity}.")


@app.command()
def sign(
    key: Annotated[Path, typer.Argument(help="Ed25519 private key (PEM) of whoever may change the policies.")],
    output: Annotated[Path, typer.Option(help="File for the signature.")],
) -> None:
    """Sign the policy set; an installation that sets HAVEN_POLICY_KEY only starts with a signed one."""
    from haven.gate import ruleset, signature

    rules = ruleset.load()
    _write(output, signature.sign(rules, key) + "\n")
    typer.echo(f"Signed {rules.identity} into {output}.")


def _opened(path: Path) -> Any:
    if str(path) == "-":
        return nullcontext(sys.stdin)
    try:
        return path.open(encoding="utf-8", errors="surrogateescape")
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}.") from None


def _read(file: TextIO, path: Path) -> str:
    try:
        text = file.read(LONGEST + 1)
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}.") from None
    return text


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    """Lines that hold something, with their numbers; of one that is too long the rest is passed over."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        end = line
        while len(end) > LONGEST and not end.endswith("\n"):
            end = file.readline(LONGEST + 1)
        if line.strip():
            yield number, line


def _parsed(text: str) -> dict[str, Any]:
    """One request. Raises ``ValueError`` with a reason that repeats nothing of the text."""
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST:,} characters")
    try:
        request = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refused)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"not JSON at character {problem.pos}") from None
    if not isinstance(request, dict):
        raise ValueError("not a JSON object")
    return request


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """``{"mfa": false, "mfa": true}`` could be read both ways, so it is not read at all."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an attribute stands twice")
    return found


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no value")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise OutputFailed(f"{path} could not be written: {problem.strerror}.") from None
