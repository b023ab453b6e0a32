"""The sentence as it may leave: everybody but the subjects of the referral under another name, "I" too."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from extract.record import Entity
from haven.referral import services
from haven.referral.excerpts import first_person, month, sentence_around
from tests.haven.builders import Told
from tests.haven.referral.conftest import subject

pytestmark = pytest.mark.django_db(databases="__all__")

FRIMPONG = Told(
    text=(
        "My name is Akosua Frimpong. In February 2016 my uncle, Kwabena Frimpong, came to the house of Abena Frimpong. "
        "I believed him. He told my aunt Lorna that I would earn $900 a month, and “I will pay you,” he said. "
        "Mr. Kwabena Frimpong drove me to Madam Vivian on June 11, 2016, to 218 Larkspur Terrace. "
        "He raped me there. Mrs. Dunleavy helped me with my application for a T visa after Kwabena Frimpong had left."
    ),
    people={
        "e0": Entity(role="applicant", name="Akosua Frimpong"),
        "e1": Entity(role="trafficker", name="Kwabena Frimpong", allegation="alleged"),
        "e2": Entity(role="trafficker", name="Vivian", allegation="alleged"),
        "e3": Entity(role="family", name="Abena Frimpong"),
        "e4": Entity(role="family", name="Lorna"),
        "e5": Entity(role="other", name="Dunleavy"),
    },
    facts=[],
    deeds=[
        ("e1", "recruited", "e0", "2016-02", "He told my aunt Lorna that I would earn $900 a month"),
        ("e1", "transported", "e0", "2016-06-11", "drove me to Madam Vivian"),
        ("e1", "harmed", "e0", "", "He raped me there"),
        ("e1", "threatened", "e0", "", "after Kwabena Frimpong had left"),
    ],
    id="frimpong",
)


@pytest.fixture
def told() -> Told:
    return replace(FRIMPONG, people={k: e.model_copy(deep=True) for k, e in FRIMPONG.people.items()})


def outgoing(told_case, officer, told: Told) -> list[str]:
    case = told_case(told)
    return [one["text"] for one in services.propose(case, [subject(case)], officer).content["excerpts"]]


def test_everybody_but_the_subject_gets_another_name(told_case, officer, told):
    first, second = outgoing(told_case, officer, told)

    assert first == (
        "He told Person 1's aunt Person 3 that Person 1 would earn $900 a month, and “I will pay you,” he said."
    )
    assert second.startswith("Mr. Kwabena Frimpong drove Person 1 to Madam [another person]")


def test_two_mentions_side_by_side_are_one(told_case, officer, told):
    told.deeds = [("e1", "recruited", "e0", "", "came to the house of Abena Frimpong")]
    told.text = told.text.replace("my uncle, Kwabena", "my father's brother, Kwabena")
    told.people["e1"].aliases = ["my father's brother"]

    assert outgoing(told_case, officer, told) == [
        "In February 2016 [Kwabena Frimpong] came to the house of Person 2.",
    ]


def test_sensitive_and_filing_sentences_stay(told_case, officer, told):
    case = told_case(told)
    draft = services.preview(case, [subject(case)], officer)

    assert draft.stays["sentences kept back"] == 2
    assert not any(word in one["outgoing"] for one in draft.excerpts for word in ("raped", "visa", "Dunleavy"))


def test_family_name_shared_with_the_victim_passes_the_inspection(told_case, officer, told):
    case = told_case(told)
    referral = services.propose(case, [subject(case)], officer)

    assert services.inspect_draft(referral).passed
    assert "Akosua" not in str(referral.content) and "Kwabena Frimpong" in str(referral.content)


def test_i_of_somebody_elses_paper_is_not_the_applicant(told_case, officer, told):
    first = outgoing(told_case, officer, replace(told, kind="police_report"))[0]

    assert first.startswith("He told [the writer]'s aunt Person 3")


def test_original_is_kept_beside_for_the_review(told_case, officer, told):
    case = told_case(told)
    referral = services.propose(case, [subject(case)], officer)

    assert "my aunt Lorna" in referral.excerpts[0]["original"]
    assert referral.excerpts[0]["page"]


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        ("She took my passport from me.", "She took Person 1's passport from Person 1."),
        ("I was afraid and I am still.", "Person 1 was afraid and Person 1 is still."),
        ("I’ve paid; I don't owe. It is mine.", "Person 1 has paid; Person 1 does not owe. It is Person 1's."),
        ("He said, \"You owe me,\" to me.", "He said, \"You owe me,\" to Person 1."),
        ("We had no day off.", "We had no day off."),
        ("Building I. Mexico, mystery, men.", "Building I. Mexico, mystery, men."),
    ],
)  # fmt: skip
def test_first_person(said, leaves):
    assert first_person(said, "Person 1") == leaves


@pytest.mark.parametrize(
    ("value", "words", "leaves"),
    [
        ("2016-06-11", "June 11, 2016", "[June 2016]"),
        ("2016-06-11/2016-07-02", "from June 11 to July 2", "[June 2016 to July 2016]"),
        ("2016-06", "June 2016", "June 2016"),
        ("", "that summer", "that summer"),
        ("", "in the 1990s", "in the 1990s"),
        ("", "the 12th of March", "[removed]"),
        ("", "my 15th birthday", "[removed]"),
        ("2016-99-11", "99/11/2016", "[removed]"),
    ],
)
def test_days_leave_as_months(value, words, leaves):
    assert month(value, words) == leaves


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("One. Dr. A. Smith hit me. Three.", "hit", "Dr. A. Smith hit me."),
        ("7. She let it burn and struck me. Then", "struck", "She let it burn and struck me."),
        ("Head\n\nHe took it\nfrom me\n\nTail", "took", "He took it\nfrom me"),
        ("He said, “Go.” She went. End.", "went", "She went."),
        ("no end at all", "end", "no end at all"),
    ],
)
def test_sentence_around(text, words, sentence):
    start = text.index(words)
    low, high = sentence_around(text, start, start + len(words))

    assert text[low:high] == sentence


def test_endless_sentence_is_cut_between_words():
    text = "word " * 1000
    start = text.index("word", 2500)
    low, high = sentence_around(text, start, start + 4)

    assert high - low <= 600
    assert re.fullmatch(r"(word ?)+", text[low:high])
