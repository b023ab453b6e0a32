"""Makes the sample packets and their known answers: ``python samples/build.py [FOLDER]``.

Reads the texts in ``samples/texts`` and the form answers in ``samples/forms``; writes ``packets/``,
``answers.jsonl`` and ``people.json``. The same texts give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import docx  # noqa: E402
import yaml  # noqa: E402
from docx.shared import Pt  # noqa: E402

from samples import facsimile, markup, scan  # noqa: E402
from samples.markup import AnnotatedText  # noqa: E402
from samples.typeset import Sheet, typeset  # noqa: E402

Files = dict[str, bytes]
"""Path under ``packets/`` -> content."""

LETTER = Sheet()
TYPED = Sheet(font="serif", size=12, leading=21, after=10, foot="{page}")
PROTECTED_ROLES = ("applicant", "victim", "family")


# --- one function for each packet -----------------------------------------------------------------------------


def forms_and_statement(text: AnnotatedText) -> Files:
    """What a lawyer files: the filled forms and the client's typed statement."""
    files = {form["file"]: facsimile.filled(_edition(form), _answers(form)) for form in forms(text.id)}
    files["statement.pdf"] = typeset(text.paragraphs, LETTER)
    return {f"{text.id}/{name}": content for name, content in files.items()}


def clean_scan_300(text: AnnotatedText) -> Files:
    """An office scanner on its best setting: 300 dpi, grey, a lid not quite closed."""
    images = scan.pages(typeset(text.paragraphs, TYPED), 300)
    images = [scan.soften(scan.paper(scan.skew(p, 0.3), seed=400 + i, grain=3)) for i, p in enumerate(images)]
    return {f"{text.id}.pdf": scan.scanned_pdf(images, 300, quality=50)}


def docx_statement(text: AnnotatedText) -> Files:
    document = docx.Document()
    properties = document.core_properties
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime.datetime(2022, 9, 1)
    document.styles["Normal"].font.name = "Liberation Serif"
    document.styles["Normal"].font.size = Pt(12)
    document.sections[0].header.paragraphs[0].text = "Declaration in support of Form I-914"
    first, *rest = text.paragraphs
    document.add_heading(first, level=1)
    for paragraph in rest:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return {f"{text.id}.docx": _with_fixed_times(out.getvalue())}


def truncated_pdf(text: AnnotatedText) -> Files:
    """The upload broke off: the first part of a PDF, without its page tree and cross-reference table."""
    whole = typeset(text.paragraphs, LETTER)
    return {f"{text.id}.pdf": whole[: len(whole) * 2 // 5]}


def typed_letter(text: AnnotatedText) -> Files:
    return {f"{text.id}.pdf": typeset(text.paragraphs, LETTER)}


def plain_text(text: AnnotatedText) -> Files:
    return {f"{text.id}.txt": text.text.encode() + b"\n"}


MAKERS: dict[str, Callable[[AnnotatedText], Files]] = {
    "01-domestic-worker": forms_and_statement,
    "02-partner-violence": forms_and_statement,
    "04-nail-salon": clean_scan_300,
    "10-massage-parlor": docx_statement,
    "12-truncated": truncated_pdf,
    "14-nobody-named": typed_letter,
    "18-messages": plain_text,
}


def _with_fixed_times(archive: bytes) -> bytes:
    """The same zip with the time of every member set to its earliest, 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- the known answers ----------------------------------------------------------------------------------------


def forms(packet: str) -> list[dict[str, Any]]:
    """The forms of a packet and what is answered on each (``samples/forms/ID.yaml``); none for most packets."""
    path = HERE / "forms" / f"{packet}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []


def _edition(form: dict[str, Any]) -> facsimile.Edition:
    return facsimile.load(form["form"], form["edition"])


def _answers(form: dict[str, Any]) -> dict[str, str | bool]:
    return {f"form1[0].{name}": value for name, value in form["answers"].items()}


def form_values(form: dict[str, Any]) -> list[dict[str, str]]:
    """What a reader must find on a filled form: for a ticked box the words beside it."""
    edition = _edition(form)
    return [
        {
            "file": form["file"],
            "form": form["form"],
            "acroform": name,
            "value": (edition.item(name).option or "") if value is True else str(value),
        }
        for name, value in _answers(form).items()
    ]


def _typed_answers(packet: str) -> list[tuple[facsimile.Item, str]]:
    return [
        (_edition(form).item(name), str(value))
        for form in forms(packet)
        for name, value in _answers(form).items()
        if value is not True
    ]


def answer(text: AnnotatedText, packet: dict[str, Any]) -> dict[str, Any]:
    """The known answer of one packet: its narrative's, then what its pages, documents and forms must give.

    ``pages`` lists the states that are right for each page, by file; ``alleged`` and ``protected`` the people by
    the names that stand in the packet.
    """
    readable = packet.get("readable", True)
    named = [e for e in text.entities.values() if readable and e["type"] == "person" and e["name"]]
    return {
        **(text.answer() if readable else {**text.answer(), **_NOTHING_READ}),
        "packet": packet["path"],
        "documents": packet["documents"],
        "pages": packet["pages"],
        "fields": [field for form in forms(text.id) for field in form_values(form)],
        "alleged": [e["name"] for e in named if e["role"] == "trafficker"],
        "protected": [e["name"] for e in named if e["role"] in PROTECTED_ROLES],
    }


_NOTHING_READ: dict[str, Any] = {"text": "", "spans": [], "entities": {}, "attributes": [], "relations": []}


def people(text: AnnotatedText) -> dict[str, Any]:
    """Everything in a packet that says who somebody is, for tests that search logs, files and exports for it.

    ``needles`` are the strings that cannot be there by chance; all others belong to one role or another.
    """
    by_role: dict[str, list[str]] = {"alleged": [], "protected": [], "others": []}
    for entity in text.entities.values():
        group = "alleged" if entity["role"] in ("trafficker", "associate") else "others"
        group = "protected" if entity["role"] in PROTECTED_ROLES else group
        by_role[group] += [n for n in (entity["name"], *entity["aliases"]) if n]
    identifiers: dict[str, list[str]] = {"alleged": [], "protected": [], "others": []}
    for owner, kind, value in text.attributes:
        if kind in ("dob", "phone", "email", "handle", "address", "id", "vehicle"):
            role = text.entities[owner]["role"]
            group = "alleged" if role in ("trafficker", "associate") else "others"
            identifiers["protected" if role in PROTECTED_ROLES else group].append(value)
    sentences = [s for p in text.paragraphs[1:] for s in re.split(r"(?<=[.?!]) ", p.replace("\n", " ")) if len(s) > 40]
    for item, value in _typed_answers(text.id):
        if item.category == "K4":
            sentences.append(value)
        elif item.category == "K3" and item.kind in ("name", "date", "phone", "id", "text") and len(value) > 4:
            identifiers["protected"].append(value)
    names = [n for group in by_role.values() for n in group]
    values = [v for group in identifiers.values() for v in group]
    return {
        "names": by_role,
        "identifiers": identifiers,
        "sentences": sentences,
        "needles": sorted({n for n in names if " " in n} | {v for v in values if re.search(r"\d", v) and len(v) > 6}),
    }


# --- the command ----------------------------------------------------------------------------------------------


def packets() -> dict[str, dict[str, Any]]:
    """``packets.yaml``: what must come out of each packet, by id."""
    return yaml.safe_load((HERE / "packets.yaml").read_text(encoding="utf-8"))


def texts() -> dict[str, AnnotatedText]:
    return {t.id: t for t in map(markup.read, sorted((HERE / "texts").glob("*.txt")))}


def build(folder: Path) -> list[Path]:
    """Write packets and answers under ``folder``, in place of older ones; returns the packets' files."""
    annotated, written = texts(), []
    shutil.rmtree(folder / "packets", ignore_errors=True)
    for name, text in annotated.items():
        for path, content in MAKERS[name](text).items():
            target = folder / "packets" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    expected = packets()
    lines = [json.dumps(answer(text, expected[name]), ensure_ascii=False) for name, text in annotated.items()]
    (folder / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    everyone = {name: people(text) for name, text in annotated.items()}
    (folder / "people.json").write_text(json.dumps(everyone, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return written


def main(arguments: Sequence[str]) -> None:
    folder = Path(arguments[0]) if arguments else HERE
    files = build(folder)
    size = sum(f.stat().st_size for f in files) / 1e6
    print(f"{len(files)} files of {len(texts())} packets, {size:.1f} MB, under {folder / 'packets'}")


if __name__ == "__main__":
    main(sys.argv[1:])
