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
from PIL import Image  # noqa: E402

from extract.forms.definitions import FieldDefinition, FormDefinition, definition  # noqa: E402
from samples import facsimile, markup, scan  # noqa: E402
from samples.handwriting import handwritten  # noqa: E402
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


def long_declaration(text: AnnotatedText) -> Files:
    """A law office's declaration: running head, page numbers, justified and hyphenated lines."""
    sheet = Sheet(
        size=12,
        leading=24,
        justify=True,
        hyphenate=True,
        head="Declaration of Teófilo Huamán Quispe  -  A 215 880 346",
        foot="Page {page}",
        signature="Teófilo Huamán Quispe, March 12, 2018",
    )
    return {f"{text.id}.pdf": typeset(text.paragraphs, sheet)}


def office_scan_200(text: AnnotatedText) -> Files:
    """A copier at 200 dpi: punch holes, dust, each sheet a little askew."""
    images = scan.pages(typeset(text.paragraphs, TYPED), 200)
    angles = (-0.7, 0.9, -0.4)
    images = [
        scan.specks(scan.holes(scan.paper(scan.skew(p, angles[i % 3]), seed=500 + i), 200), seed=510 + i, count=90)
        for i, p in enumerate(images)
    ]
    return {f"{text.id}.pdf": scan.scanned_pdf(images, 200)}


def skewed_fax(text: AnnotatedText) -> Files:
    sheet = Sheet(font="sans", size=13.5, leading=21, head="MAR-09-2021 14:02   PALMETTO FAMILY   P. {page}")
    images = scan.pages(typeset(text.paragraphs, sheet), 204)
    return {f"{text.id}.tif": scan.tiff([scan.fax(p, seed=600 + i) for i, p in enumerate(images)], (204, 98))}


def sideways_page(text: AnnotatedText) -> Files:
    """A sheet that went through the feeder on its side."""
    images = scan.pages(typeset(text.paragraphs, LETTER), 200)
    images = [scan.paper(p, seed=700 + i).transpose(Image.Transpose.ROTATE_90) for i, p in enumerate(images)]
    return {f"{text.id}.pdf": scan.scanned_pdf(images, 200)}


def telephone_photo(text: AnnotatedText) -> Files:
    sheet = Sheet(size=14, leading=21)
    (image,) = scan.pages(typeset(text.paragraphs, sheet), 180)
    return {f"{text.id}.jpg": scan.jpeg(scan.photo(image, seed=800), 72, quality=72)}


def translation(text: AnnotatedText) -> Files:
    """The Spanish original, the English translation and the translator's certificate, as one PDF."""
    parts = [_plain("09-original-es"), text.paragraphs, _plain("09-certificate")]
    return {f"{text.id}.pdf": scan.joined([typeset(p, LETTER) for p in parts])}


def handwritten_letter(text: AnnotatedText) -> Files:
    page = handwritten(text.paragraphs, 200, seed=1100)
    return {f"{text.id}.pdf": scan.scanned_pdf([scan.paper(page, seed=1101, tone=238)], 200)}


def empty_file(text: AnnotatedText) -> Files:
    """The upload arrived with nothing in it."""
    return {f"{text.id}.pdf": b""}


def police_report(text: AnnotatedText) -> Files:
    sheet = Sheet(font="mono", size=11, leading=15, head="ALDERBROOK PD   19-008841", foot="PAGE {page}")
    return {f"{text.id}.pdf": typeset(text.paragraphs, sheet)}


def scan_with_blank_page(text: AnnotatedText) -> Files:
    """Black and white at 300 dpi, scanned on both sides: the empty back of the first sheet is a page too."""
    first, second = scan.pages(typeset(text.paragraphs, Sheet(size=13, leading=28, after=16)), 300)
    back = scan.specks(Image.new("L", first.size, scan.WHITE), seed=1600, count=40)
    images = [scan.bitonal(scan.soften(scan.skew(p, 0.5))) for p in (first, back, second)]
    return {f"{text.id}.pdf": scan.scanned_pdf(images, 300)}


def locked_pdf(text: AnnotatedText) -> Files:
    """A PDF that asks for a password before it opens."""
    return {f"{text.id}.pdf": scan.locked(typeset(text.paragraphs, LETTER), opens_with="sample")}


MAKERS: dict[str, Callable[[AnnotatedText], Files]] = {
    "01-domestic-worker": forms_and_statement,
    "02-partner-violence": forms_and_statement,
    "03-long-declaration": long_declaration,
    "04-nail-salon": clean_scan_300,
    "05-truck-yard": office_scan_200,
    "06-fax-affidavit": skewed_fax,
    "07-sideways": sideways_page,
    "08-photo": telephone_photo,
    "09-translated": translation,
    "10-massage-parlor": docx_statement,
    "11-handwritten": handwritten_letter,
    "12-truncated": truncated_pdf,
    "13-empty": empty_file,
    "14-nobody-named": typed_letter,
    "15-police-report": police_report,
    "16-care-home": scan_with_blank_page,
    "17-locked": locked_pdf,
    "18-messages": plain_text,
    "19-minor": typed_letter,
    "20-good-faith-aunt": typed_letter,
}


def _plain(name: str) -> list[str]:
    text = (HERE / "texts" / "plain" / f"{name}.txt").read_text(encoding="utf-8")
    return [p.strip() for p in text.split("\n\n")]


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


def _edition(form: dict[str, Any]) -> FormDefinition:
    edition = definition(form["form"], form["edition"])
    if edition is None:
        raise KeyError(f"no definition of {form['form']} {form['edition']}")
    return edition


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
            "value": (edition.by_name[name].option or "") if value is True else str(value),
        }
        for name, value in _answers(form).items()
    ]


def _typed_answers(packet: str) -> list[tuple[FieldDefinition, str]]:
    return [
        (_edition(form).by_name[name], str(value))
        for form in forms(packet)
        for name, value in _answers(form).items()
        if value is not True
    ]


def answer(text: AnnotatedText, packet: dict[str, Any]) -> dict[str, Any]:
    """The known answer of one packet: its narrative's, then what its pages, documents and forms must give.

    ``pages`` gives the state that is right for each page, by file; ``alleged``, ``protected`` and
    ``harmless`` (officials and bystanders) the people by the names that stand in the packet.
    """
    readable = packet.get("readable", True)
    named = [e for e in text.entities.values() if readable and e["type"] == "person" and e["name"]]
    return {
        **(text.answer() if readable else {**text.answer(), **_NOTHING_READ}),
        "packet": packet["path"],
        "documents": packet["documents"],
        "pages": packet["pages"],
        "needs": packet.get("needs", []),
        "fields": [field for form in forms(text.id) for field in form_values(form)],
        "alleged": [e["name"] for e in named if e["role"] == "trafficker"],
        "protected": [e["name"] for e in named if e["role"] in PROTECTED_ROLES],
        "harmless": [e["name"] for e in named if e["role"] in ("official", "other")],
    }


_NOTHING_READ: dict[str, Any] = {
    "document": "other",
    "text": "",
    "spans": [],
    "entities": {},
    "attributes": [],
    "relations": [],
}


def _identifies(item: FieldDefinition, value: str) -> bool:
    """Does this answer point to one person? A city, a country or a status does not."""
    if item.kind == "date":
        return "birth" in item.name
    return item.kind in ("name", "phone", "id") or "@" in value or bool(re.match(r"\d+ ", value))


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
        elif item.category == "K3" and _identifies(item, value):
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
