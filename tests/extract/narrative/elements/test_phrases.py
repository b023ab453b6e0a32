"""The notation of the rules, and the table itself."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.narrative.elements import told_of
from extract.narrative.elements.phrases import Phrases, regular_forms
from extract.narrative.elements.reading import read
from extract.narrative.elements.rules import table
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.words import Words
from extract.record import Entity, Record, Span

FORMS = {"beat": "beats beaten beating", "be": "is was were been", "do": "does did done doing"}
CLASSES = {"ME": "me us the_girl"}


def found(phrase: str, text: str) -> list[str]:
    phrases = Phrases([phrase], CLASSES, FORMS)
    reading = read(Words.of(text, Gazetteer({})), [], phrases.base_of)
    return [" ".join(reading.tokens[f.start : f.end]) for f in phrases(reading)]


@pytest.mark.parametrize(
    ("phrase", "text", "is_found"),
    [
        ("beat ME", "He beats me.", True),
        ("beat ME", "He was beating the girls.", True),
        ("beat ME", "He beat him.", False),
        ("lock|shut ME", "She locked us.", True),
        ("lock ME (up)", "She locked us.", True),
        ("say .. kill", "He says that he may kill.", True),
        ("say .. kill", "He says that he and all of his may kill.", False),
        ("say ... kill", "He says that he and all of his may kill.", True),
        ("say ... kill", "He says so. They kill.", False),
        ("do not pay", "They didn’t pay.", True),
        ("passport", "my PASSP0RT", True),
    ],
)
def test_notation(phrase, text, is_found):
    assert bool(found(phrase, text)) is is_found


@pytest.mark.parametrize("phrase", ["beat THEE", ".. beat", "beat .."])
def test_a_phrase_that_cannot_be_read_is_refused(phrase):
    with pytest.raises(ValueError, match=r"^rules\.yaml: .*\.$"):
        Phrases([phrase], CLASSES, FORMS)


def test_one_form_has_one_base():
    with pytest.raises(ValueError, match="is a form of"):
        Phrases(["hop", "hope"], {}, {})


@pytest.mark.parametrize(
    ("word", "form"),
    [("force", "forcing"), ("carry", "carried"), ("slap", "slapped"), ("push", "pushes"), ("lock", "locked")],
)
def test_regular_forms(word, form):
    assert form in regular_forms(word)


TEXT = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["Victor ", "took my passport ", "was arrested ", "the police ", "I came on an H-2B ", ". ", "\n\n",
             "didn't ", "16 ", "sold me to ", "by ", ", ", "he ", "who ", "18 U.S.C. 1591 ", "\0", "🙂"]
        ),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=TEXT, seed=st.integers(0, 5))
def test_every_range_lies_in_the_text(text, seed):
    """The record's validator refuses evidence outside the text."""
    words = Words.of(text, Gazetteer({}))
    labels = ["PERSON", "ORG", "VISA", "AGE", "DATE", "KIN"]
    spans = [
        Span(
            start=int(a), end=int(b), label=labels[(k + seed) % 6], entity="e1" if (k + seed) % 6 in (0, 1, 5) else None
        )
        for k, (a, b) in enumerate(zip(words.start.tolist(), words.end.tolist(), strict=True))
        if k % 3 == seed % 3
    ]
    entities = {"e0": Entity(role="applicant"), "e1": Entity(role="trafficker", name="Victor")}
    told = told_of(words, spans, entities, [], [])
    for key, entity in entities.items():
        entity.elements, entity.outcomes = told.elements.get(key, []), told.outcomes.get(key, [])
        entity.against = told.against.get(key, [])
    record = Record(
        id="x", text=text, spans=spans, entities=entities, entry=told.entry, cooperation=told.cooperation,
        screen=told.screen,
    )  # fmt: skip
    assert not record.entities["e0"].elements


def test_the_step_takes_under_a_twentieth_of_the_time_of_a_word():
    """The pipeline shall read 10,000 words a second: 100 microseconds a word, of which this step has 5.

    The least of five runs, and twice the budget, for a machine that does other work beside the test.
    """
    text = "In May Victor drove us to a farm near Salinas and took my passport. We worked from six until nine. " * 300
    words = Words.of(text, Gazetteer({}))
    entities = {"e0": Entity(role="applicant"), "e1": Entity(role="trafficker")}
    starts = [i for i, form in enumerate(words.forms) if form == "Victor"]
    spans = [Span(start=int(words.start[i]), end=int(words.end[i]), label="PERSON", entity="e1") for i in starts]
    table()
    taken = []
    for _ in range(5):
        start = time.process_time()
        told_of(words, spans, entities, [], [])
        taken.append(time.process_time() - start)
    assert min(taken) / len(words) < 10e-6


def test_a_torn_not_is_still_not():
    reading = read(Words.of("He did n't pay. n't", Gazetteer({})), [], {"did": "do"})
    assert reading.tokens == ["he", "do", "not", "pay", ".", "not"]
