"""Annotated documents in files: JSON Lines (one document a line), inline markup, or plain text without any.

A document has the keys ``id document language text spans entities attributes relations``; offsets count Unicode
code points of ``text``, end exclusive. A record of ``haven extract`` is one too, with more keys.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from annotation.scheme import scheme
from extract.errors import FileRefused, OutputFailed, UsageProblem

Document = dict[str, Any]
KEYS = ("id", "document", "language", "text", "spans", "entities", "attributes", "relations")

# Inline markup: a YAML head between lines of three hyphens, then text with [[words|LABEL]] or [[words|LABEL|e1]].
_HEAD = re.compile(r"^---[ \t]*\n(.*?)^---[ \t]*\n", re.S | re.M)
_MARK = re.compile(r"\[\[([^\[\]|]+)\|([A-Z]+)(?:\|([^\[\]|]*))?\]\]")


class NotADocument(FileRefused):
    """A file, or a line of it, that holds no annotated document."""

    code = "not_a_document"


@dataclass(frozen=True)
class Located:
    """A document and where it stands: what a message about it can name."""

    document: Document
    path: Path
    line: int

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def read_files(paths: Iterable[Path]) -> Iterator[Located]:
    """Every document of the files, in order. Raises NotADocument or UsageProblem with file and line."""
    for path in paths:
        yield from _read_file(path)


def _read_file(path: Path) -> Iterator[Located]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise UsageProblem(f"{path} does not exist.") from None
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise NotADocument(f"{path}:{line}: this is not UTF-8 text.") from None
    if path.suffix in (".jsonl", ".json"):
        yield from _read_lines(path, text)
    elif text.startswith("---"):
        yield from _read_markup(path, text)
    else:
        yield Located(_plain(path, text), path, 1)


def _plain(path: Path, text: str) -> Document:
    entities = {"e0": {"type": "person", "name": "", "aliases": [], "role": "applicant"}}
    return {
        "id": path.stem,
        "document": "statement",
        "language": "en",
        "text": text,
        "spans": [],
        "entities": entities,
        "attributes": [],
        "relations": [],
    }


def _read_lines(path: Path, text: str) -> Iterator[Located]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
            raise NotADocument(f"{path}:{number}: this line is not JSON ({reason}).") from None
        if not isinstance(data, dict) or not isinstance(data.get("text"), str) or not data.get("id"):
            raise NotADocument(f"{path}:{number}: this line is no document: it needs at least an id and a text.")
        defaults = _plain(path, data["text"])
        yield Located({key: data.get(key, defaults[key]) for key in KEYS} | {"id": str(data["id"])}, path, number)


def _read_markup(path: Path, source: str) -> Iterator[Located]:
    heads = list(_HEAD.finditer(source))
    if not heads:
        raise NotADocument(f"{path}:1: the head between '---' lines does not end.")
    for n, head in enumerate(heads):
        end = heads[n + 1].start() if n + 1 < len(heads) else len(source)
        line = source.count("\n", 0, head.start()) + 1
        try:
            data = yaml.safe_load(head[1])
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            at = line + 1 + (mark.line if mark else 0)
            raise NotADocument(f"{path}:{at}: the head cannot be read as YAML.") from None
        if not isinstance(data, dict) or not data.get("id"):
            raise NotADocument(f"{path}:{line}: the head names no id.")
        yield Located(_marked_up(data, source[head.end() : end], path, line), path, line)


def _marked_up(head: dict, body: str, path: Path, line: int) -> Document:
    # A blank line parts paragraphs; a line break inside one is a space.
    paragraphs = (re.sub(r"\s*\n\s*", " ", p).strip() for p in re.split(r"\n\s*\n", body.strip("\n")))
    marked = "\n\n".join(p for p in paragraphs if p)
    known = scheme()
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        words, label, third = mark[1], mark[2], (mark[3] or "").strip()
        span: dict[str, Any] = {"start": len(text), "end": len(text) + len(words), "label": label}
        if label in known.names_entity and third:
            span["entity"] = third
        elif label in known.valued:
            span["value"] = third
        spans.append(span)
        text += words
        at = mark.end()
    text += marked[at:]
    if "[[" in text or "]]" in text:
        raise NotADocument(f"{path}:{line}: document {head['id']} has a mark [[…]] that cannot be read.")
    entities = {
        str(key): {
            "type": said.get("type", "person"),
            "name": said.get("name") or "",
            "aliases": [str(alias) for alias in said.get("aliases") or []],
            "role": said.get("role"),
        }
        for key, said in (head.get("entities") or {}).items()
    }
    relations = [[str(part or "") for part in ([*relation, ""])[:4]] for relation in head.get("relations") or []]
    return {
        "id": str(head["id"]),
        "document": head.get("document", "statement"),
        "language": head.get("language", "en"),
        "text": text,
        "spans": spans,
        "entities": entities,
        "attributes": [[str(part) for part in attribute] for attribute in head.get("attributes") or []],
        "relations": relations,
    }


def write_lines(documents: Iterable[Document], path: Path) -> int:
    """Write one document a line, all or nothing, for the owner only; the number written. Raises OutputFailed."""
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            for document in documents:
                out.write(json.dumps(document, ensure_ascii=False) + "\n")
                count += 1
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputFailed(f"{path} cannot be written: {error.strerror}.") from None
    return count
