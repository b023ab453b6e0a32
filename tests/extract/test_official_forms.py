"""The official blank forms, where a folder of them is at hand (HAVEN_FORMS_DIR); they may not be committed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = os.environ.get("HAVEN_FORMS_DIR")
pytestmark = pytest.mark.skipif(not FOLDER, reason="HAVEN_FORMS_DIR names no folder of official forms")

EDITIONS = {
    "i-914": ("i-914", "02/27/17"),
    "i-914supa": ("i-914a", "02/27/17"),
    "i-914supb": ("i-914b", "02/27/17"),
    "i-918": ("i-918", "02/07/17"),
    "i-918supa": ("i-918a", "02/07/17"),
    "i-918supb": ("i-918b", "02/07/17"),
}


def test_the_command_names_all_six_forms_and_their_editions(tmp_path):
    output = tmp_path / "forms.jsonl"
    haven = Path(sys.executable).with_name("haven")
    subprocess.run([haven, "extract", FOLDER, "--output", output], check=True, capture_output=True)
    records = {r["id"]: r for r in map(json.loads, output.read_text("utf-8").splitlines())}
    named = {
        id_: {(d["kind"], d["edition"]) for d in r["documents"] if d["kind"].startswith("i-9")}
        for id_, r in records.items()
    }
    assert {id_: named[id_] for id_ in EDITIONS} == {id_: {form} for id_, form in EDITIONS.items()}
    assert all(not forms for id_, forms in named.items() if id_ not in EDITIONS)
    assert all(p["state"] == "text" for r in records.values() for p in r["pages"] if p["state"] != "blank")
