"""A step of training on two little documents: needs the extra ``train``; skipped where torch is not installed."""

import random
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("onnx")

from thinc.api import Config  # noqa: E402

from extract.narrative import load  # noqa: E402
from extract.narrative.gazetteer import Gazetteer  # noqa: E402
from extract.narrative.words import Words  # noqa: E402
from extract.weights import DEFAULT, WEIGHTS  # noqa: E402
from models import export, train  # noqa: E402
from models.corpus import example  # noqa: E402

ROOT = Path(__file__).parents[2]


def document(number: int) -> dict:
    text = (
        f"My name is Ana Flores, a cook. In May 201{number} my aunt Lorna took my passport in Cebu.\n\nLorna beat me."
    )
    place = {w: text.index(w) for w in ("Ana Flores", f"May 201{number}", "my aunt", "Lorna", "Cebu")}
    marks = [
        ("Ana Flores", "PERSON", "e0"), (f"May 201{number}", "DATE", None), ("my aunt", "KIN", "e1"),
        ("Lorna", "PERSON", "e1"), ("Cebu", "PLACE", None),
    ]  # fmt: skip
    spans = [
        {"start": place[w], "end": place[w] + len(w), "label": label, **({"entity": e} if e else {})}
        for w, label, e in marks
    ]
    last = text.rindex("Lorna")
    spans.append({"start": last, "end": last + 5, "label": "PERSON", "entity": "e1"})
    return {
        "id": f"t-{number}1", "document": "statement", "text": text, "spans": spans,
        "entities": {
            "e0": {"type": "person", "name": "Ana Flores", "aliases": [], "role": "applicant"},
            "e1": {"type": "person", "name": "Lorna", "aliases": [], "role": "trafficker"},
        },
        "attributes": [["e0", "occupation", "cook"], ["e0", "place", "Cebu"]],
        "relations": [["e1", "harmed", "e0", ""], ["e1", "family_of", "e0", ""]],
    }  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A data folder with the least that the name lists need."""
    folder = tmp_path_factory.mktemp("data")
    names, geo = folder / "data" / "names", folder / "data" / "geo"
    names.mkdir(parents=True)
    geo.mkdir()
    for sex, name in (("female", "ANA"), ("male", "PEDRO")):
        (names / f"census1990_first_{sex}.tsv").write_text(f"name\tshare\n{name}\t1.0\n")
    (names / "census2010_surnames.tsv").write_text("name\trank\nFLORES\t1\n")
    rows = [f"xx\t{kind}\t{'ABCDEFGHIJ'[k]}{k * 'a'}nix" for kind in ("first_f", "first_m", "last") for k in range(10)]
    (names / "faker_mit_latin.tsv").write_text("country\tkind\tname\n" + "\n".join(rows) + "\n")
    (names / "popular_by_country_cc0.tsv").write_text("country\tkind\tsex\tname\nyy\tfirst\tF\tRosa\n")
    (geo / "world-cities.csv").write_text("name,country,subcountry\nCebu,Philippines,Cebu\n")
    return folder


@pytest.fixture(scope="module", params=["Bert", "MPNet"])
def encoder(request, tmp_path_factory) -> Path:
    """A tiny encoder with random weights, in the form of any other transformers encoder."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    config = getattr(transformers, f"{request.param}Config")(
        vocab_size=30527, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    getattr(transformers, f"{request.param}Model")(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((WEIGHTS / DEFAULT / "encoder" / "tokenizer.json").read_bytes())
    return folder


@pytest.fixture(scope="module")
def config() -> Config:
    config = Config().from_disk(ROOT / "models" / "config" / "minilm.cfg")
    config["training"]["epochs"] = 1
    return config


DOCUMENTS = [document(1), document(2)]


def test_a_document_is_read_with_all_its_answers():
    x = example(DOCUMENTS[0], Gazetteer({}))
    assert x.entity_of == ["e0", "e1", "e1", "e1"]
    owned = {(x.words.surface(i, j), label): owner for (i, j, label), owner in zip(x.details, x.owners, strict=True)}
    assert owned["cook", "OCCUPATION"] == {"e0": True}
    assert owned["Cebu", "PLACE"] == {"e0": True}
    assert owned["May 2011", "DATE"] == {}


def test_one_step_changes_every_head_and_the_same_seed_gives_the_same_weights(data, encoder, config, tmp_path):
    torch.manual_seed(config["training"]["seed"])  # as the training does before it makes its model
    before = train.Joint(encoder).state_dict()
    first = train.train(config, data, encoder, tmp_path / "a", DOCUMENTS).state_dict()
    again = train.train(config, data, encoder, tmp_path / "b", DOCUMENTS).state_dict()
    assert all(torch.equal(first[k], again[k]) for k in first)
    for head in ("words", "mentions", "pairs", "entities", "relations", "attributes"):
        keys = [k for k in first if k.startswith(f"heads.{head}.")]
        assert any(not torch.equal(first[k], before[k]) for k in keys), head


def test_what_is_exported_is_a_pipeline_that_reads(data, encoder, config, tmp_path):
    train.train(config, data, encoder, tmp_path / "run", DOCUMENTS)
    export.main([
        "--checkpoint", str(tmp_path / "run" / "checkpoint.pt"), "--encoder", str(encoder),
        "--out", str(tmp_path / "tiny"),
    ])  # fmt: skip
    narrative = load(tmp_path / "tiny")
    result = narrative.read(DOCUMENTS[0]["text"])
    assert result.model and result.model.name == "tiny"
    assert result.entities["e0"].role == "applicant"


def test_channels_set_apart_change_no_answer(encoder):
    torch.manual_seed(1)
    model = train.Joint(encoder).eval()
    words = [Words.of(d["text"], Gazetteer({})) for d in DOCUMENTS]
    down = model.encoder.encoder.layer[0].output.dense
    with torch.no_grad():
        down.weight[:, 3] *= 50
        before = model.pooled(words, 32)
        export.set_apart(model, words)
        after = model.pooled(words, 32)
    assert type(model.encoder.encoder.layer[0].output.dense) is not type(down)
    for a, b in zip(before, after, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)


def test_a_pupil_comes_nearer_to_its_teacher(data, encoder, config, tmp_path):
    train.train(config, data, encoder, tmp_path / "teacher", DOCUMENTS)
    teacher = train.Teacher(tmp_path / "teacher" / "checkpoint.pt", encoder, 32)
    names, rng = Gazetteer({}), random.Random(1)
    plans = [train.Plan(example(d, names), rng, 400) for d in DOCUMENTS]
    lessons = teacher.answers(plans)

    def distance(model) -> float:
        with torch.no_grad():
            answers = [model.answers(p, model.pooled([p.example.words], 32)[0]) for p in plans]
        return sum(float((a["tags"] - b["tags"]).pow(2).mean()) for a, b in zip(answers, lessons, strict=True))

    config = config.copy()
    config["training"]["epochs"], config["teacher"]["share"] = 30, 1.0
    torch.manual_seed(config["training"]["seed"])
    before = distance(train.Joint(encoder).eval())
    assert distance(train.train(config, data, encoder, tmp_path / "pupil", DOCUMENTS, teacher=teacher)) < before
