"""Speaks doccano-client for us, as a process: one JSON request a line on stdin, one JSON answer a line on stdout.

doccano-client 1.2.8 needs pydantic 1 and urllib3 1, the product needs newer ones, so this runs in an environment of its
own (``.venv-doccano-client``, from ``client.lock``) and imports nothing of the product. It keeps no file: the one that
doccano-client wants for an upload lies in a private temporary folder and is gone before the answer.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from doccano_client import DoccanoClient
from doccano_client.exceptions import DoccanoAPIError
from doccano_client.models.data_upload import Task
from requests.exceptions import RequestException


class Bridge:
    """One method for each request; what it returns is the answer."""

    def __init__(self) -> None:
        self.client: DoccanoClient | None = None
        self.names: dict[int, tuple[dict[int, str], ...]] = {}  # of each project's span and relation types

    @property
    def doccano(self) -> DoccanoClient:
        if self.client is None:
            raise RuntimeError("not connected")
        return self.client

    def connect(self, url: str, user: str, password: str) -> None:
        client = DoccanoClient(url)
        client.login(user, password)
        self.client = client

    def projects(self) -> list[dict[str, Any]]:
        return [{"id": p.id, "name": p.name, "type": str(p.project_type)} for p in self.doccano.list_projects()]

    def create_project(self, name: str, description: str, guideline: str) -> int:
        project = self.doccano.create_project(
            name,
            "SequenceLabeling",
            description,
            guideline=guideline,
            collaborative_annotation=True,
            allow_overlapping=True,  # a role stands on a mention; without it doccano drops such spans silently
            use_relation=True,
        )
        return project.id

    def set_types(self, project: int, kind: str, types: list[dict[str, Any]]) -> int:
        """Make the label types of the project those given; the number changed."""
        there = {t.text: t for t in self.doccano.list_label_types(project, kind)}
        changed = 0
        for wanted in types:
            name, colour = wanted["name"], wanted["colour"]
            prefix, suffix = wanted["prefix"], wanted["suffix"]
            found = there.get(name)
            if found is None:
                self.doccano.create_label_type(project, kind, name, prefix, suffix, colour)
            elif (found.background_color, found.prefix_key, found.suffix_key) != (colour, prefix, suffix):
                self.doccano.update_label_type(project, found.id, kind, name, prefix, suffix, colour)
            else:
                continue
            changed += 1
        return changed

    def examples(self, project: int) -> list[dict[str, Any]]:
        """Every document of the project: id, text, metadata, and whether an annotator has confirmed it."""
        return [
            {"id": e.id, "text": e.text, "meta": e.meta, "confirmed": e.is_confirmed}
            for e in self.doccano.list_examples(project)
        ]

    def annotations(self, project: int, example: int) -> dict[str, Any]:
        if project not in self.names:
            self.names[project] = tuple(
                {t.id: t.text for t in self.doccano.list_label_types(project, kind)} for kind in ("span", "relation")
            )
        names, kinds = self.names[project]
        spans = self.doccano.list_spans(project, example)
        relations = self.doccano.list_relations(project, example)
        return {
            "spans": [[s.id, s.start_offset, s.end_offset, names[s.label]] for s in spans],
            "relations": [[r.from_id, kinds[r.type], r.to_id] for r in relations],
        }

    def delete(self, project: int, examples: list[int]) -> None:
        self.doccano.bulk_delete_examples(project, examples)

    def upload(self, project: int, lines: list[dict[str, Any]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "documents.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            status = self.doccano.upload(project, [str(path)], Task.RELATION_EXTRACTION, "JSONL", "text", "label")
        if status.error:
            raise ValueError(json.dumps(status.error, default=str)[:500])


REQUESTS = ("connect", "projects", "create_project", "set_types", "examples", "annotations", "delete", "upload")


def main() -> None:
    bridge = Bridge()
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("do")
        try:
            if name not in REQUESTS:
                raise ValueError(f"no such request: {name}")
            answer = {"answer": getattr(bridge, name)(**request)}
        except DoccanoAPIError as error:
            status = error.response.status_code if error.response is not None else 0
            answer = {"status": status, "error": str(error)[:500]}
        except RequestException as error:
            answer = {"unreachable": True, "error": type(error).__name__}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
