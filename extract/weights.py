"""Which narrative pipeline is read with: the folders of ``models/weights``, their names, and whether one is whole."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from extract.errors import ToolMissing, UsageProblem

WEIGHTS = Path(__file__).resolve().parents[1] / "models" / "weights"
#: The pipeline that is read with unless another is asked for.
DEFAULT = "accurate"
MANIFEST = "manifest.json"
#: The environment variable that asks for one, by name or by folder.
VARIABLE = "HAVEN_MODEL"


def shipped() -> list[str]:
    """The names of the pipelines that lie in ``models/weights``."""
    return sorted(manifest.parent.name for manifest in WEIGHTS.glob(f"*/{MANIFEST}"))


def folder_of(model: str | Path | None = None) -> Path:
    """The folder of ``model``: a name in ``models/weights``, or a folder; None is ``$HAVEN_MODEL``, else ``DEFAULT``.

    Raises ``UsageProblem`` for what is neither.
    """
    model = model or os.environ.get(VARIABLE) or None
    if model is None:
        return WEIGHTS / DEFAULT
    if str(model) in shipped():
        return WEIGHTS / model
    if Path(model).is_dir():
        return Path(model)
    names = ", ".join(shipped()) or "none"
    raise UsageProblem(
        f"There is no narrative model '{model}': those of {WEIGHTS} are {names}; name one of them, or a folder."
    )


def file_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file of a pipeline's folder but the manifest, by relative path."""
    return {
        f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*"))
        if f.is_file() and f.name != MANIFEST
    }


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a pipeline whose files are those that were evaluated.

    Raises ``ToolMissing`` where they are absent or others.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        hashes = file_hashes(folder)
    except (OSError, ValueError):
        raise ToolMissing(
            f"The narrative model is missing: {folder} holds no readable {MANIFEST}; install the model's files there."
        ) from None
    if not isinstance(manifest, dict) or hashes != manifest.get("files"):
        raise ToolMissing(
            f"The narrative model in {folder} is damaged: its files are not those of its {MANIFEST}; install it again."
        )
    return manifest
