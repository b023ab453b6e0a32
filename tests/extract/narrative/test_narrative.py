"""The pipeline as a whole: what it must never do, whatever it is given, and what it must find."""

import json
import re
import shutil

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.errors import ToolMissing, UsageProblem
from extract.narrative import Narrative, NarrativeResult, load
from extract.record import Record
from extract.weights import DEFAULT, VARIABLE, WEIGHTS, shipped

STATEMENT = (
    "My name is Maylin Ramos. I was born on March 4, 1991 in San Pedro Sula, Honduras. In January 2014 a woman "
    "named Rosa Delgado told my mother that she had work for me in Houston. Rosa Delgado paid a coyote and drove me "
    "to Texas in a white Ford van.\n\nIn Houston, Delgado took my passport. She locked me in the house at 4410 "
    "Bissonnet St., Houston, TX 77005 and made me work in her cantina every night. She said that I owed her $9,000 "
    "and that if I ran away she would kill my son. Her brother Hector beat me with a belt.\n\nMy aunt Lorna Ramos "
    "helped me to escape on July 9, 2015. Detective Alan Briggs of the Houston Police Department took my report."
)


def in_record(text: str, result: NarrativeResult) -> Record:
    """The result as a record: its validators check that everything hangs together."""
    return Record(
        id="x", text=text, spans=result.spans, entities=result.entities, attributes=result.attributes,
        attribute_sources=result.attribute_sources, relations=result.relations,
        relation_sources=result.relation_sources, entry=result.entry, cooperation=result.cooperation,
        screen=result.screen, model=result.model,
    )  # fmt: skip


def check(text: str, result: NarrativeResult) -> None:
    in_record(text, result)
    n = len(text)
    at = 0
    for s in result.spans:
        assert at <= s.start < s.end <= n
        assert text[s.start : s.end].strip() == text[s.start : s.end]
        at = s.end
    for source in (*result.attribute_sources, *result.relation_sources):
        assert source.range and 0 <= source.range[0] < source.range[1] <= n
    for e in result.entities.values():
        assert all(0 <= a < b <= n for a, b in e.reasons)
    assert result.entities["e0"].role == "applicant"


def named(result: NarrativeResult, name: str):
    """The entity that is called so, by name or alias."""
    found = [e for e in result.entities.values() if name in (e.name, *e.aliases)]
    assert found, f"nobody is called {name}"
    return found[0]


def test_a_statement_becomes_a_record(narrative):
    result = narrative.read(STATEMENT)
    check(STATEMENT, result)
    rosa = named(result, "Rosa Delgado")
    assert "trafficker" in (rosa.role, *rosa.doubt)
    assert named(result, "Maylin Ramos").role == "applicant"
    assert ("DATE", "2015-07-09") in {(s.label, s.value) for s in result.spans}
    assert {"PERSON", "PLACE", "DATE", "ADDRESS", "MONEY", "ORG"} <= {s.label for s in result.spans}


def test_the_accused_is_one_entity_under_both_her_names(narrative):
    result = narrative.read(STATEMENT)
    assert sum("Delgado" in (e.name + " ".join(e.aliases)) for e in result.entities.values()) == 1


def test_what_the_sentences_state_stands_beside_the_accused(narrative):
    result = narrative.read(STATEMENT)
    rosa = named(result, "Rosa Delgado")
    said = {e.how: [STATEMENT[a:b] for a, b in e.ranges] for e in rosa.elements}
    assert said["papers taken"] == ["In Houston, Delgado took my passport."]
    assert result.screen and result.screen.verdict == "evident"
    (contact,) = result.cooperation
    assert (contact.officer, contact.agency) == ("Alan Briggs", "Houston Police Department")


def test_reasons_are_sentences_that_name_the_accused_or_tell_the_act(narrative):
    result = narrative.read(STATEMENT)
    rosa = named(result, "Rosa Delgado")
    assert rosa.reasons
    assert any("Delgado" in STATEMENT[a:b] for a, b in rosa.reasons)


def test_what_is_read_twice_is_the_same(narrative):
    assert narrative.read(STATEMENT) == narrative.read(STATEMENT)


def test_the_model_names_itself(narrative):
    model = narrative.read("").model
    assert model and re.fullmatch("[0-9a-f]{64}", model.hash)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n\n", "\t", "🙂🙂", "\0\0\0", "I", ".", "\ud800 Rosa \udfff", "Ｒｏｓａ ﬁ ß İ", "́́", "a" * 1_000_000],
    ids=[
        "empty",
        "blank",
        "lines",
        "tab",
        "emoji",
        "nul",
        "one word",
        "mark",
        "surrogates",
        "wide",
        "marks alone",
        "1 MB",
    ],
)
def test_no_text_is_too_odd(narrative, text):
    check(text, narrative.read(text))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                [
                    "I met Rosa Delgado. ",
                    "my husband ",
                    "in March 2014\n",
                    "\n\n",
                    "🙂",
                    "\0",
                    "Mr. ",
                    "A 204 338 917 ",
                    "$40 ",
                ]
            ),
        ),
        max_size=12,
    ).map("".join)
)
def test_offsets_lie_in_the_text_and_relations_have_ends(narrative, text):
    check(text, narrative.read(text))


def test_only_the_asked_ranges_are_read(narrative):
    before, after = "Read nothing of John Smith here. ", " Nor of Mary Jones. "
    text = before + STATEMENT + after
    result = narrative.read(text, ranges=[(len(before), len(before) + len(STATEMENT))])
    check(text, result)
    assert all(len(before) <= s.start and s.end <= len(before) + len(STATEMENT) for s in result.spans)
    alone = narrative.read(STATEMENT)
    assert [text[a:b] for e in result.entities.values() for x in e.elements for a, b in x.ranges] == [
        STATEMENT[a:b] for e in alone.entities.values() for x in e.elements for a, b in x.ranges
    ]
    assert [text[a:b] for c in result.cooperation for a, b in c.ranges] == [
        STATEMENT[a:b] for c in alone.cooperation for a, b in c.ranges
    ]
    assert [text[s.start : s.end] for s in result.spans] == [STATEMENT[s.start : s.end] for s in alone.spans]


def test_a_person_is_one_in_all_ranges(narrative):
    cut = STATEMENT.index("In Houston")
    gap = "\n[page 2 of 3]\n"
    text = STATEMENT[:cut] + gap + STATEMENT[cut:]
    result = narrative.read(text, ranges=[(0, cut), (cut + len(gap), len(text))])
    check(text, result)
    named(result, "Rosa Delgado")
    ids = {s.entity for s in result.spans if "Delgado" in text[s.start : s.end]}
    assert len(ids) == 1
    assert not any(cut <= s.start < cut + len(gap) for s in result.spans)


def test_ranges_that_overlap_or_leave_the_text_are_read_once(narrative):
    result = narrative.read(STATEMENT, ranges=[(-5, 300), (200, 10**9), (40, 40)])
    assert [(s.start, s.end) for s in result.spans] == [(s.start, s.end) for s in narrative.read(STATEMENT).spans]


def letters(number: int) -> str:
    """A name that no list has, different for every number."""
    out = ""
    for _ in range(3):
        number, k = divmod(number, 20)
        out += "bcdfghjklmnprstvwxyz"[k] + "aeiou"[k % 5]
    return out.capitalize()


def test_no_name_is_lost_at_the_border_of_a_window(narrative):
    filler = "The house was cold and we worked from early in the morning until late at night without any pay at all. "
    planted = [f"Pedro {letters(17 * k + 3)}son" for k in range(40)]
    text = "I came here to work. "
    for k, name in enumerate(planted):
        text += filler * (1 + k % 3) + f"Then a man named {name} took my passport and beat me. "
    result = narrative.read(text)
    check(text, result)
    found = {text[s.start : s.end] for s in result.spans if s.label == "PERSON"}
    assert set(planted) <= found


TRICKY = {
    "a victim who recruited under force": (
        "My name is Ana Flores. Big Tony kept me and my friend Lucia Mendez in the house. Lucia Mendez was beaten by "
        "him every week and he forced her to watch us at night. Big Tony took all our money. Lucia Mendez cried.",
        ("Ana Flores", "Lucia Mendez"),
    ),
    "a mother who believed the recruiter": (
        "I am Joy Okafor. My mother, Grace Okafor, signed the paper because Madam Blessing promised her that I would "
        "go to school. Madam Blessing sold me. My mother Grace Okafor did not know and looked for me for years.",
        ("Joy Okafor", "Grace Okafor"),
    ),
    "a sister with the trafficker's family name": (
        "My name is Thuy Tran. My sister Linh Tran was sold with me. Mr. Hung Tran, who is no relation, locked us both "
        "in the nail salon and hit my sister Linh Tran when she asked for her wages.",
        ("Thuy Tran", "Linh Tran"),
    ),
    "an applicant who is told of in the third person": (
        "The victim, Pablo Quispe, was found in the barn. Quispe stated that Earl Dawson threatened to shoot him and "
        "kept his passport. Quispe struck back once and was beaten by Dawson.",
        ("Pablo Quispe",),
    ),
    "a husband who was hurt too": (
        "My husband Samuel Addo and I worked on the farm of Mr. Keller. Keller beat my husband with a pipe and told "
        "us that he would call immigration. Samuel Addo lost an eye.",
        ("Samuel Addo",),
    ),
}


@pytest.mark.parametrize("story", TRICKY)
def test_nobody_protected_is_accused(narrative, story):
    text, protected = TRICKY[story]
    result = narrative.read(text)
    accused = {k for k, e in result.entities.items() if e.role in ("trafficker", "associate")}
    blamed = {text[s.start : s.end] for s in result.spans if s.entity in accused}
    assert not blamed & set(protected)


def test_a_pipeline_survives_its_folder(narrative, tmp_path):
    narrative.nlp.to_disk(tmp_path / "copy")
    copy = Narrative(spacy.load(tmp_path / "copy"), narrative.model)
    assert copy.read(STATEMENT) == narrative.read(STATEMENT)


def test_the_components_are_spacy_components(narrative):
    analysis = narrative.nlp.analyze_pipes()
    assert not [p for problems in analysis["problems"].values() for p in problems]
    doc = narrative.nlp(STATEMENT)
    assert doc.text == STATEMENT
    assert [s.label_ for s in doc.spans["narrative"]]


def test_missing_weights_are_said_in_one_sentence(tmp_path):
    with pytest.raises(ToolMissing, match=r"^The narrative model is missing: .*\.$"):
        load(tmp_path)


def test_a_changed_file_of_the_model_is_refused(tmp_path):
    folder = shutil.copytree(WEIGHTS / DEFAULT, tmp_path / "model")
    judge = json.loads((folder / "roles" / "judge.json").read_text())
    (folder / "roles" / "judge.json").write_text(json.dumps({**judge, "sure": 0.01}))
    with pytest.raises(ToolMissing, match="damaged"):
        load(folder)


def test_a_model_is_asked_for_by_name_by_folder_or_by_the_environment(narrative, tmp_path, monkeypatch):
    folder = shutil.copytree(WEIGHTS / DEFAULT, tmp_path / "own")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    assert load(DEFAULT).model == load(str(folder)).model == narrative.model
    with pytest.raises(UsageProblem, match="nowhere"):
        load()
    monkeypatch.setenv(VARIABLE, str(folder))
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(ToolMissing, match="own is damaged"):
        load()


def test_a_model_that_is_not_there_is_one_sentence_with_those_that_are():
    with pytest.raises(UsageProblem, match=rf"^There is no narrative model 'huge': .* {', '.join(shipped())}; .*\.$"):
        load("huge")
    assert DEFAULT in shipped()


def test_no_file_of_the_model_is_too_large_for_its_home():
    assert all(f.stat().st_size < 95_000_000 for f in WEIGHTS.rglob("*") if f.is_file())
