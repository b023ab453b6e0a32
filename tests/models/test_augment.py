"""Documents told with other people's names: what is annotated must stay true."""

import random
from pathlib import Path

import pytest

from extract.narrative.gazetteer import Gazetteer
from models.augment import REGIONS, NamePools
from models.evaluate import renamed, to_rename

TEXT = "My name is Ana Flores. Pedro Ruiz took me to Ruiz Farms. ANA FLORES v. RUIZ. I wrote to pedro@ruiz.example."


def document(number: int = 1) -> dict:
    marks = [
        ("Ana Flores", "PERSON", "e0"), ("Pedro Ruiz", "PERSON", "e1"), ("Ruiz Farms", "ORG", "e2"),
        ("ANA FLORES", "PERSON", "e0"), ("RUIZ", "PERSON", "e1"), ("pedro@ruiz.example", "EMAIL", None),
    ]  # fmt: skip
    spans = [
        {"start": TEXT.index(w), "end": TEXT.index(w) + len(w), "label": label, **({"entity": e} if e else {})}
        for w, label, e in marks
    ]
    entities = {
        "e0": {"type": "person", "name": "Ana Flores", "aliases": [], "role": "applicant"},
        "e1": {"type": "person", "name": "Pedro Ruiz", "aliases": ["Ruiz"], "role": "trafficker"},
        "e2": {"type": "org", "name": "Ruiz Farms", "aliases": [], "role": "trafficker"},
    }
    return {"id": f"t-{number}0", "text": TEXT, "spans": spans, "entities": entities}


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> NamePools:
    """Name lists with one country for each region, and two for Africa, of which one tells only given names."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "data" / "names"
    folder.mkdir(parents=True)
    rows = []
    for codes in REGIONS.values():
        code = codes.split()[0]
        stem = "".join(c for c in code if c.isalpha()).capitalize()
        rows += [f"{code}\t{kind}\t{stem}{kind[-1]}{'abcdefghij'[k]}ix" for kind in KINDS for k in range(10)]
    (folder / "faker_mit_latin.tsv").write_text("locale\tkind\tname\n" + "\n".join(rows) + "\n")
    more = [f"MA\tfirst\t{sex}\tMAGH{'ABCDEFGHIJ'[k]}{sex}\t\t" for sex in "FM" for k in range(10)]
    (folder / "popular_by_country_cc0.tsv").write_text("country\tkind\tgender\tname\n" + "\n".join(more) + "\n")
    return NamePools(data, Gazetteer({}))


KINDS = ("first_f", "first_m", "last")


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_names_of_every_kind(pools, region):
    assert all(any(pools._names(c, kind) for c in pools.regions[region]) for kind in ("F", "M", "family"))


@pytest.mark.parametrize("region", REGIONS)
def test_spans_and_entities_bear_the_new_names(pools, region):
    out = pools.renamed(document(), random.Random(1), region)
    words = [out["text"][s["start"] : s["end"]] for s in out["spans"]]
    applicant, accused, firm = (out["entities"][e] for e in ("e0", "e1", "e2"))
    assert words == [
        applicant["name"], accused["name"], firm["name"], applicant["name"].upper(), accused["aliases"][0].upper(),
        "pedro@ruiz.example",
    ]  # fmt: skip
    assert not {"Ana", "Flores", "Pedro", "Ruiz"} & set(" ".join(words).split())
    assert firm["name"] == accused["aliases"][0] + " Farms"


def test_names_come_from_the_region_alone(pools):
    out = pools.renamed(document(), random.Random(1), "United States")
    assert all(w.startswith("Enus") for w in out["entities"]["e0"]["name"].split())


def test_what_a_country_does_not_tell_comes_from_its_region(pools):
    names = {pools.renamed(document(), random.Random(k), "Africa")["entities"]["e0"]["name"] for k in range(40)}
    assert any(n.startswith("Magh") for n in names), "given names of the country without family names are used"
    assert all(n.split()[-1].startswith("Enke") for n in names), "family names are those of the other country"


def test_the_same_seed_gives_the_same_names(pools):
    documents = [document(k) for k in range(1, 4)]
    once = renamed(documents, pools, "Africa", seed=1)
    assert once == renamed(documents, pools, "Africa", seed=1)
    assert once != renamed(documents, pools, "Africa", seed=2)
    assert len({d["entities"]["e0"]["name"] for d in once}) > 1, "each document has its own names"


def test_at_most_thirty_documents_with_two_traffickers_are_told_again():
    alone = {**document(), "entities": {"e0": document()["entities"]["e0"], "e1": document()["entities"]["e1"]}}
    picked = to_rename([document(k) for k in range(70)] + [alone] * 9)
    assert len(picked) == 30
    assert alone not in picked
    assert to_rename([document(1), alone]) == [document(1)]


def test_the_shipped_lists_of_the_regions_are_real_codes():
    assert all(Path(c).name == c and (len(c) == 2 or c[2] == "_") for codes in REGIONS.values() for c in codes.split())
