"""How a text is cut into words and sentences, and what each word looks like."""

import numpy as np

from extract.narrative.gazetteer import FAMILY, GIVEN, Gazetteer, folded
from extract.narrative.words import Words

NAMES = Gazetteer({"rosa": GIVEN, "delgado": FAMILY})


def cut(text: str) -> Words:
    return Words.of(text, NAMES)


def sentences(text: str) -> list[str]:
    words = cut(text)
    return [words.surface(*np.flatnonzero(words.sentence == s)[[0, -1]]) for s in np.unique(words.sentence)]


def test_words_are_runs_of_word_characters_or_single_marks():
    assert cut("Ms. Rosa-Lynn paid $4,500.").forms == [
        "Ms",
        ".",
        "Rosa",
        "-",
        "Lynn",
        "paid",
        "$",
        "4",
        ",",
        "500",
        ".",
    ]


def test_offsets_lead_back_to_the_text():
    text = "Ela nasceu em São Paulo 🙂 – 1990.\n\nFim"
    words = cut(text)
    assert [text[a:b] for a, b in zip(words.start, words.end, strict=True)] == words.forms


def test_a_title_does_not_end_a_sentence():
    assert sentences("I saw Mr. Cruz. He ran.") == ["I saw Mr. Cruz.", "He ran."]


def test_a_wrapped_line_does_not_end_a_sentence():
    text = "He took my passport and my telephone and he told me that\nI would never see my children again."
    assert len(sentences(text)) == 1


def test_a_heading_stands_alone():
    assert sentences("STATEMENT OF FACTS\nMy name is Rosa") == ["STATEMENT OF FACTS", "My name is Rosa"]


def test_an_empty_line_begins_a_paragraph():
    assert cut("one\n\ntwo three").paragraph.tolist() == [0, 1, 1]


def test_names_are_looked_up_without_case_and_accents():
    assert cut("Rosa DELGADO sang").shape[:, 5].tolist() == [GIVEN, FAMILY, 0]
    assert folded("Ñandú") == "nandu"


def test_the_case_of_a_word_says_nothing_among_capitals():
    assert cut("ROSA DELGADO TOOK THE MONEY AND RAN AWAY").shape[:, 4].tolist() == [1] * 8
    assert cut("Rosa Delgado took the money").shape[:, 4].tolist() == [0] * 5


def test_a_part_keeps_its_offsets_and_counts_sentences_from_zero():
    words = cut("I came. You saw. My son won.")
    part = words.part(3, 11)
    assert part.surface(0, 1) == "You saw"
    assert part.sentence[0] == 0
    assert [part.forms[i] for i in part.narrator] == ["My"]


def test_the_gazetteer_survives_its_file(tmp_path):
    NAMES.write(tmp_path / "names.gz")
    first = (tmp_path / "names.gz").read_bytes()
    again = Gazetteer.read(tmp_path / "names.gz")
    again.write(tmp_path / "names.gz")
    assert (again["rosa"], again["delgado"], again["table"]) == (GIVEN, FAMILY, 0)
    assert (tmp_path / "names.gz").read_bytes() == first
