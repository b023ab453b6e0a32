"""Act, means and purpose of 22 U.S.C. 7102(11), as plain sentences state them."""

import pytest

from extract.record import Source

STATED = [
    # acts
    ("[Victor|t1] offered me a job in a hotel.", "recruiting"),
    ("[Victor|t1] promised my sister a good job in America.", "recruiting"),
    ("I was recruited by [Victor|t1] in [Manila|PLACE].", "recruiting"),
    ("[Victor|t1] lured the girls with presents.", "recruiting"),
    ("[Victor|t1] kept us in an apartment with ten others.", "harboring"),
    ("[Victor|t1] made me sleep on the floor.", "harboring"),
    ("[Victor|t1] drove us to [Houston|PLACE] at night.", "transporting"),
    ("[Victor|t1] smuggled her across the border.", "transporting"),
    ("[Victor|t1] sold me to another man.", "providing"),
    ("[Victor|t1] rented us out to his friends.", "providing"),
    ("[Victor|t1] bought me from the coyote.", "obtaining"),
    ("[Victor|t1] forced us to clean houses.", "obtaining"),
    ("[Victor|t1] paid to have sex with me.", "patronizing"),
    ("[Victor|t1] put my picture on [Backpage|HANDLE] and found clients.", "soliciting"),
    # means
    ("[Victor|t1] beat me with a belt.", "force"),
    ("I was beaten by [Victor|t1].", "force"),
    ("[Victor|t1] raped her.", "force"),
    ("[Victor|t1] locked us in the basement.", "force"),
    ("[Victor|t1] gave me pills every night.", "force"),
    ("[Victor|t1] lied to me about the work.", "fraud"),
    ("[Victor|t1] tricked [my mother|k1].", "fraud"),
    ("[Victor|t1] made me sign a contract that I could not read.", "fraud"),
    ("[Victor|t1] said that he would kill my son if I ran away.", "coercion"),
    ("[Victor|t1] threatened us.", "coercion"),
    ("[Victor|t1] told me the police would arrest me.", "coercion"),
    ("[Victor|t1] said he would call immigration.", "coercion"),
    ("[Victor|t1] took my passport.", "coercion"),
    ("Our passports were confiscated by [Victor|t1].", "coercion"),
    ("[Victor|t1] told me that I owed him [$9,000|MONEY].", "coercion"),
    ("[Victor|t1] did not let us leave the house.", "coercion"),
    ("[Victor|t1] forbade us to speak to anyone.", "coercion"),
    # purposes
    ("[Victor|t1] forced me into prostitution.", "commercial_sex_act"),
    ("[Victor|t1] made us have sex with customers.", "commercial_sex_act"),
    ("[Victor|t1] ran a brothel.", "commercial_sex_act"),
    ("[Victor|t1] forced me to work in his fields.", "involuntary_servitude"),
    ("We were forced to work for [Victor|t1].", "involuntary_servitude"),
    ("[Victor|t1] held workers in peonage.", "peonage"),
    ("[Victor|t1] said we had to work until the debt was paid.", "debt_bondage"),
    ("[Victor|t1] treated us like slaves.", "slavery"),
]


@pytest.mark.parametrize(("text", "kind"), STATED)
def test_a_sentence_states_its_element(case, text, kind):
    assert kind in case(text).kinds("t1")


@pytest.mark.parametrize(
    "text",
    [
        "[Victor|t1] never beat me.",
        "[Victor|t1] did not take my passport.",
        "[Victor|t1] didn't lock us in.",
        "You ask whether [Victor|t1] raped me.",
        "They did not find that [Victor|t1] took my passport.",
        "[Victor|t1] owned the shop, and [Dub Harlan|x1], a store owner in [Nixa|PLACE], who hired us, paid well.",
        "My name is Ana. [Victor|t1] lives in [Houston|PLACE].",
        "[Victor|t1] saw it. I beat him with a stick.",
        "[Victor|t1] came. Then [Detective Ruiz|o1] locked him in a cell.",
        "I ran from [Victor|t1]. [My brother|k1] drove me to [Dallas|PLACE].",
    ],
    ids=[
        "never",
        "did not",
        "didn't",
        "whether",
        "not found",
        "who",
        "nothing said",
        "the narrator",
        "an officer",
        "a brother",
    ],
)
def test_what_is_denied_or_done_by_others_is_no_element(case, text):
    assert case(text).kinds("t1") == set()


@pytest.mark.parametrize(
    "subject",
    ["My neighbor", "The officer", "A customer", "Another man", "The police", "Customers", "Other men", "Their driver",
     "One of the customers", "My next door neighbor", "A man from the bar", "Somebody", "My neighbor brutally",
     "The guards were"],
)  # fmt: skip
def test_what_somebody_without_a_name_does_is_stated_of_no_accused(case, subject):
    verb = "beating" if subject.endswith("were") else "beat"
    assert "force" not in case(f"[Rosa|t1] hired me. {subject} {verb} me.").kinds("t1")
    assert "force" not in case(f"[Rosa|t1] hired me, and {subject.lower()} {verb} me.").kinds("t1")


@pytest.mark.parametrize(
    "text",
    [
        "[Rosa|t1] hired me. She beat me.",
        "[Rosa|t1] hired me. The owner beat me.",
        "[Rosa|t1] hired me. The owner of the shop beat me.",
        "[Rosa|t1] hired me. Every night she came to the room and beat me.",
        "[Rosa|t1] and her friend beat me.",
        "[Rosa|t1] hired me. She and her friend beat me.",
        "[Rosa|t1] had her driver beat me.",
        "[Rosa|t1] used a belt to beat me.",
        "[Rosa|t1] is the boss who beat me.",
        "[Rosa|t1] would every night beat me.",
    ],
)
def test_what_the_accused_does_is_stated_however_they_are_called(case, text):
    assert "force" in case(text).kinds("t1")


def test_a_threat_to_beat_is_coercion_and_not_force(case):
    assert case("[Victor|t1] threatened to beat me.").kinds("t1") == {"coercion"}


def test_each_accused_has_what_is_said_of_them(case):
    found = case("[Rosa|t1] offered me a job. [Hector|t2] beat me with a pipe.")
    assert (found.kinds("t1"), found.kinds("t2")) == ({"recruiting"}, {"force"})


def test_who_is_whoever_stands_before_it(case):
    found = case("In May, [Hector|t1], who had a van, and [Rosa|t2], who beat us, came.")
    assert (found.kinds("t1"), found.kinds("t2")) == (set(), {"force"})


def test_two_who_act_together_both_have_it(case):
    found = case("[Rosa|t1] and [Hector|t2] beat us.")
    assert found.kinds("t1") == found.kinds("t2") == {"force"}


def test_he_is_who_was_named_last(case):
    found = case("[Rosa|t1] hired me. Then came [Hector|t2]. He took my passport.")
    assert "coercion" in found.kinds("t2") - found.kinds("t1")


def test_he_is_not_the_accused_where_somebody_else_was_named_last(case):
    found = case("[Hector|t1] owned the shop. Later I married [Luis Mora|x1]. He beat me too.")
    assert "force" not in found.kinds("t1")


def test_who_suffers_is_not_who_does(case):
    found = case("[Rosa|t1] watched. [Ana|v1] was beaten by [Hector|t2].")
    assert ("force" in found.kinds("t1"), "force" in found.kinds("t2")) == (False, True)


def test_evidence_is_the_sentence(case):
    found = case("I came in May. [Victor|t1] took my passport. It was cold.")
    (element,) = found.told.elements["t1"]
    assert found.said(element.ranges) == ["[Victor|t1] took my passport.".replace("[Victor|t1]", "Victor")]


def test_evidence_of_a_text_without_full_stops_is_the_words_around(case):
    found = case(("i was cold and " * 60) + "[Victor|t1] took my passport " + ("and i was cold " * 60))
    (element,) = found.told.elements["t1"]
    (words,) = found.said(element.ranges)
    assert "Victor took my passport" in words
    assert len(words.split()) < 80


def test_a_relation_says_whose_the_words_of_its_sentences_are(case):
    text = "[Rosa|t1] came with [Hector|t2], and [Rosa|t1] sat down. My passport was taken."
    start = text.replace("[Rosa|t1]", "Rosa").replace("[Hector|t2]", "Hector").index("My passport")
    relation, source = ("t2", "restrained", "e0", ""), Source(range=(start, start + 23))
    assert "coercion" in case(text, [relation], [source]).kinds("t2")


def test_a_relation_without_such_words_adds_nothing(case):
    found = case("[Victor|t1] met me.", [("t1", "exploited", "e0", "")], [Source(range=(0, 14))])
    assert found.kinds("t1") == set()


def test_nobody_protected_has_elements(case):
    found = case("[Ana|v1] beat me because [Victor|t1] forced her to. [My mother|k1] took my passport.")
    assert set(found.told.elements) == {"t1"}


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("I was [16|AGE] when [Victor|t1] made me have sex with customers.", True),
        ("I was [sixteen years old|AGE] when [Victor|t1] sold me to men.", True),
        ("[Victor|t1] sold underage girls to customers.", True),
        ("I was [19|AGE] when [Victor|t1] made me have sex with customers.", False),
        ("I was [9|AGE] when my father died. [Victor|t1] made me have sex with customers.", False),
        ("[My daughter|k1] is [9|AGE].", False),
    ],
)
def test_a_victim_under_18(case, text, minor):
    assert ("under_18" in case(text).kinds("t1")) is minor


@pytest.mark.parametrize(
    "text",
    [
        "VICTOR TOOK MY PASSPORT AND LOCKED US IN".replace("VICTOR", "[VICTOR|t1]"),
        "[victor|t1] took my passport and locked us in",
        "[Victor|t1] took my passp0rt and\nlocked us in",
        "On the first day, before we had eaten, [Victor|t1] “took” my\npassport, and then he locked us in.",
    ],
    ids=["capitals", "no capitals, no marks", "misread", "wrapped, quoted"],
)
def test_how_it_is_typed_does_not_matter(case, text):
    assert case(text).kinds("t1") == {"coercion", "force"}


SEX = "[Victor|t1] offered me a job. He beat me. He made me have sex with customers."
LABOR = "[Victor|t1] brought me to [Texas|PLACE]. He took my passport. He forced me to work without pay."


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (SEX, "evident"),
        (LABOR, "evident"),
        ("I was [15|AGE] when [Victor|t1] drove me to [Reno|PLACE] and made me have sex with customers.", "evident"),
        ("The victim was forced to work. Charge: human trafficking, [18 U.S.C. 1590|ID].", "evident"),
        ("[Victor|t1] forced me to work.", "indicated"),
        ("The detective said that it is human trafficking.", "indicated"),
        ("He kept our passports and never paid us.", "indicated"),
        ("Charged under 18 U.S.C. § 1591(a).", "indicated"),
        ("Charged under 18 U.S.C. § 1344.", "not_indicated"),
        ("[Victor|t1] beat me and said that he would kill me.", "not_indicated"),
        ("Two men pushed me, showed me a knife and took my wallet.", "not_indicated"),
        ("This is not human trafficking.", "not_indicated"),
        ("I was born in [Lima|PLACE].", "not_indicated"),
    ],
)
def test_the_screen_of_a_narrative(case, text, verdict):
    assert case(text).told.screen.verdict == verdict


def test_a_verdict_has_its_reasons(case):
    found = case(LABOR)
    says = {r.says: found.text[slice(*r.source.range)] for r in found.told.screen.reasons}
    assert says["means: papers taken"] == "He took my passport."
    assert says["purpose: made to work"] == "He forced me to work without pay."
