"""The official blanks and filled copies of them, where HAVEN_FORMS_DIR names a folder; they may not be committed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name, String

from extract.forms import definition, read_fields
from extract.forms.bindings import data_nodes
from extract.forms.define import definition_of
from extract.forms.definitions import EDITIONS, without_pages
from extract.forms.tooltips import Wording
from extract.forms.widgets import widgets_of
from extract.forms.xfa import datasets_of
from tests.extract.forms.drawn_form import as_read

FOLDER = os.environ.get("HAVEN_FORMS_DIR")
pytestmark = pytest.mark.skipif(not FOLDER, reason="HAVEN_FORMS_DIR names no folder of official forms")

BLANKS = {
    "i-914": ("i-914", "02/27/17"),
    "i-914supa": ("i-914a", "02/27/17"),
    "i-914supb": ("i-914b", "02/27/17"),
    "i-918": ("i-918", "02/07/17"),
    "i-918supa": ("i-918a", "02/07/17"),
    "i-918supb": ("i-918b", "02/07/17"),
}


def blank(stem: str) -> Path:
    return Path(FOLDER or "") / f"{stem}.pdf"


def filled(stem: str, path: Path) -> dict[str, str]:
    """A copy in which every field is filled; gives what must come back."""
    form, edition = BLANKS[stem]
    known = definition(form, edition)
    wanted = {}
    with pikepdf.open(blank(stem)) as pdf:
        for page in pdf.pages:
            for widget in page.obj.get("/Annots", []):
                name = full_name(widget)
                field = known.by_name.get(name)
                if field is None:
                    continue
                if field.option is not None:
                    on = next(key for key in widget.AP.N.keys() if key != "/Off")  # noqa: SIM118
                    widget.V = widget.AS = Name(on)
                    wanted[name] = field.option
                else:
                    wanted[name] = (
                        f"Ñandú {len(wanted)}\n“second line”" if field.multiline else f"O’Hara-Łuç {len(wanted)}"
                    )
                    widget.V = String(wanted[name])
        pdf.save(path, encryption=False)
    return wanted


def full_name(widget) -> str:
    names = []
    while widget is not None:
        if "/T" in widget:
            names.append(str(widget.T))
        widget = widget.get("/Parent")
    return ".".join(reversed(names))


@pytest.mark.parametrize("stem", BLANKS)
def test_a_filled_copy_gives_back_every_value(stem, tmp_path):
    path = tmp_path / "filled.pdf"
    wanted = filled(stem, path)
    reading = read_fields(as_read(path), *BLANKS[stem])
    assert {f.acroform: f.value for f in reading.fields} == wanted
    assert all(f.item or f.name.startswith(("Attorney", "USCIS")) for f in reading.fields)
    assert all(f.box and f.box[2] > f.box[0] for f in reading.fields)


@pytest.mark.parametrize("stem", BLANKS)
def test_the_definition_knows_every_field_of_the_blank(stem):
    known = definition(*BLANKS[stem])
    with pikepdf.open(blank(stem)) as pdf:
        names = {w.name for w in widgets_of(pdf).widgets}
    assert names == set(known.by_name)


@pytest.mark.parametrize("stem", BLANKS)
def test_the_committed_definition_is_what_the_blank_gives(stem, tmp_path):
    from extract.forms.define import write

    name, content = definition_of(blank(stem), Wording())
    write(content, tmp_path / name)
    assert (tmp_path / name).read_text("utf-8") == (EDITIONS / name).read_text("utf-8")


@pytest.mark.parametrize("stem", BLANKS)
def test_every_bound_field_has_its_node_in_the_blank_datasets(stem):
    known = definition(*BLANKS[stem])
    with pikepdf.open(blank(stem)) as pdf:
        data, bound = datasets_of(pdf), data_nodes(pdf)
    assert all(data.has(f.data) for f in known.fields if f.data)
    assert {without_pages(f.acroform) for f in known.fields if f.data} <= set(bound)


@pytest.mark.parametrize("stem", BLANKS)
def test_a_blank_has_no_answers(stem):
    reading = read_fields(as_read(blank(stem)), *BLANKS[stem])
    assert reading.fields == []
    assert [n.code for n in reading.needs] == ["form_empty"]


def test_the_command_names_all_six_forms_and_their_editions(tmp_path):
    output = tmp_path / "forms.jsonl"
    haven = Path(sys.executable).with_name("haven")
    subprocess.run([haven, "extract", FOLDER, "--output", output], check=True, capture_output=True)
    records = {r["id"]: r for r in map(json.loads, output.read_text("utf-8").splitlines())}
    named = {
        id_: {(d["kind"], d["edition"]) for d in r["documents"] if d["kind"].startswith("i-9")}
        for id_, r in records.items()
    }
    assert {id_: named[id_] for id_ in BLANKS} == {id_: {form} for id_, form in BLANKS.items()}
    assert all(not forms for id_, forms in named.items() if id_ not in BLANKS)
    assert all(p["state"] == "text" for r in records.values() for p in r["pages"] if p["state"] != "blank")
