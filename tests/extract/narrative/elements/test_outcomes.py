"""What became of an accused (audit finding C16), and what speaks against the accusation."""

import pytest

from extract.narrative.elements.outcomes import STATUTE


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("[Victor|t1] is under investigation.", "under_investigation"),
        ("[Victor|t1] was arrested by ICE.", "administratively_arrested"),
        ("[Victor|t1] was arrested in May.", "arrested"),
        ("The police arrested [Victor|t1].", "arrested"),
        ("[Victor|t1] is a cook. He was arrested.", "arrested"),
        ("[Victor|t1], [45|AGE], of [Reno|PLACE], was indicted.", "indicted"),
        ("A grand jury indicted [Victor|t1].", "indicted"),
        ("[Victor|t1] was charged with forced labor.", "indicted"),
        ("[Victor|t1] pleaded guilty.", "convicted"),
        ("[Victor|t1] was sentenced to [ten years|DURATION].", "convicted"),
        ("A jury found [Victor|t1] guilty.", "convicted"),
        ("[Victor|t1] was never charged.", "not_charged"),
        ("[Victor|t1] has not been charged.", "not_charged"),
        ("[Victor|t1] was acquitted.", "cleared"),
        ("The charges against [Victor|t1] were dropped.", "cleared"),
    ],
)
def test_status(case, text, status):
    assert case(text).statuses("t1") == [status]


@pytest.mark.parametrize(
    "text",
    [
        "[Victor|t1] said that I would be arrested.",
        "[Victor|t1] had me arrested.",
        "[Victor|t1] watched. I was arrested by the police.",
        "I want [Victor|t1] to be arrested.",
        "[Victor|t1] left. [Luis Mora|x1] was arrested.",
        "[Victor|t1] beat me.",
        "She told [Rosa|t1] that she was arrested.",
        "[Luis Mora|x1] said to [Victor|t1] that he was arrested.",
    ],
    ids=["a threat", "had me", "the narrator", "a wish", "somebody else", "nothing said", "told", "said to"],
)
def test_nothing_became_of_them(case, text):
    assert case(text).statuses("t1") == []


def test_all_of_a_list(case):
    found = case("[Oleg|t1] and [Lana|t2] were indicted.")
    assert found.statuses("t1") == found.statuses("t2") == ["indicted"]


def test_in_the_order_of_the_text(case):
    found = case("[Victor|t1] was arrested in May. In June he was indicted. He pleaded guilty.")
    assert found.statuses("t1") == ["arrested", "indicted", "convicted"]


@pytest.mark.parametrize(
    ("text", "statute"),
    [
        ("[Victor|t1] was convicted of forced labor, 18 U.S.C. § 1589(a).", "18 U.S.C. § 1589(a)"),
        ("[Victor|t1] pleaded guilty under Penal Code section 236.1.", "Penal Code section 236.1"),
        ("[Victor|t1] was convicted of violating Title 18, United States Code, Section 1591.",
         "Title 18, United States Code, Section 1591"),
    ],
)  # fmt: skip
def test_a_conviction_names_its_statute(case, text, statute):
    (outcome,) = case(text).told.outcomes["t1"]
    assert (outcome.status, outcome.statute) == ("convicted", [statute])


@pytest.mark.parametrize(
    "text",
    [
        "[Victor|t1] denies it.",
        "[Victor|t1] had nothing to do with it.",
        "[Victor|t1] never hurt me.",
        "[Victor|t1] did not know about the house.",
        "I do not believe that [Victor|t1] took part.",
        "[Victor|t1] was never charged.",
        "I was wrong about [Victor|t1].",
    ],
)
def test_sentences_that_speak_against(case, text):
    found = case(text)
    assert found.against("t1") == [found.text]


@pytest.mark.parametrize(
    "what", ["me food", "us water", "me my wages", "my wages", "our pay", "me entry", "the workers food",
             "her a doctor", "[Ana|v1] medical attention", "any access"]
)  # fmt: skip
def test_what_is_withheld_is_not_contested(case, what):
    assert case(f"[Rosa|t1] denied {what}.").against("t1") == []


@pytest.mark.parametrize(
    "text",
    ["[Rosa|t1] did not deny it.", "[Rosa|t1] never denied that she hit me.", "I was denied food by [Rosa|t1].",
     "[Rosa|t1] hired me. She was denied a visa."],
)  # fmt: skip
def test_words_of_denial_that_deny_nothing(case, text):
    assert case(text).against("t1") == []


@pytest.mark.parametrize(
    "what", ["it", "my accusation", "her claims", "paying a smuggler", "that she kept my wages", "keeping my passport"]
)
def test_a_denial_of_what_is_said_speaks_against_it(case, what):
    found = case(f"[Rosa|t1] denied {what}.")
    assert found.against("t1") == [found.text]


def test_who_is_told_by_the_narrator_is_who_she_is(case):
    assert case("I told [Rosa|t1] that she was arrested.").statuses("t1") == ["arrested"]


def test_an_accusation_alone_has_nothing_against_it(case):
    assert case("[Victor|t1] beat me. I did not deny it.").against("t1") == []


def test_a_citation_is_looked_for_in_time_however_wide_the_blanks_after_it():
    assert not STATUTE.search("18 U.S.C." + " " * 100_000)
    assert STATUTE.search("convicted under 18 U.S.C. § 1591(a)").group() == "18 U.S.C. § 1591(a)"


def test_a_text_without_full_stops_is_read_around_what_was_found(case):
    told = case("[Victor|t1] was arrested " + "and I was alone " * 5_000)
    assert told.statuses("t1") == ["arrested"]
    assert len(told.said(told.told.outcomes["t1"][0].ranges)[0]) < 500
