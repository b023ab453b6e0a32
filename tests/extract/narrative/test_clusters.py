"""Which mentions are one person: what spelling and grammar settle."""

import numpy as np
import pytest

from extract.narrative.clusters import clustered, rejoined, settled
from extract.narrative.gazetteer import GIVEN, Gazetteer
from extract.narrative.mentions import KIN, ORG, PERSON, candidate_pairs, name_of, pair_features
from extract.narrative.words import Words

KINDS = {"P": PERSON, "K": KIN, "O": ORG}


def told(marked: str, listed: str = ""):
    """Words and mentions of a text with mentions written as ``{P:Rosa Delgado}``; ``listed`` are names in the lists."""
    text, places = "", []
    for k, part in enumerate(marked.replace("}", "{").split("{")):
        if k % 2:
            places.append((len(text), len(text) + len(part) - 2, KINDS[part[0]]))
            text += part[2:]
        else:
            text += part
    words = Words.of(text, Gazetteer(dict.fromkeys(listed.split(), GIVEN)))
    start, end = words.start.tolist(), words.end.tolist()
    return words, [(start.index(a), end.index(b), kind) for a, b, kind in places]


def people(marked: str, belief: float = 0.3, listed: str = "") -> list[set[str]]:
    """The groups of mentions by what spelling says, where the network believes ``belief`` of every pair."""
    words, mentions = told(marked, listed)
    a, b, _ = pair_features(words, mentions)
    p = settled(words, mentions, a, b, np.full(len(a), belief))
    groups = rejoined(words, mentions, clustered(len(mentions), a, b, p, 0.6), (a, b, p))
    return [{words.surface(*mentions[k][:2]) for k in g} for g in groups]


def test_a_last_name_joins_the_only_full_name_that_has_it():
    assert people("{P:Rosa Delgado} came. Then {P:Delgado} left.") == [{"Rosa Delgado", "Delgado"}]


def test_a_first_name_of_two_people_joins_neither():
    assert people("{P:Maria Lopez} and {P:Maria Reyes} came. {P:Maria} left.") == [
        {"Maria Lopez"},
        {"Maria Reyes"},
        {"Maria"},
    ]


def test_people_of_one_family_name_stay_two():
    assert len(people("{P:Rosa Delgado} and {P:Pedro Delgado}", belief=0.95)) == 2


def test_an_organisation_by_its_first_words_is_no_person():
    told_of = "{O:Golden Crane Logistics Corp.} hired us. {P:Golden Crane} lied."
    assert len(people(told_of, belief=0.1)) == 1
    assert len(people("{O:Walter Hodge Services} hired us. {P:Walter Hodge} lied.", 0.1, "walter hodge")) == 2


def test_swapped_order_is_one_name():
    assert people("{P:DELGADO, ROSA} was held. {P:Rosa Delgado} said so.") == [{"DELGADO, ROSA", "Rosa Delgado"}]


def test_a_middle_name_is_no_other_person():
    assert len(people("{P:Juan Carlos Ruiz} drove. {P:Juan Ruiz} paid.")) == 1


def test_a_misspelt_full_name_is_one_person():
    assert len(people("{P:Ernesto Villanueva} called. {P:Ernesto Villanuava} came.")) == 1


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Nilda Benitez de Carver} paid. {P:Doña Nilda} laughed.",
        "{P:Leland Burch} called. Then {P:L. Burch} came.",
        "{P:Auntie Stella} met us. {P:Stella Okpere} took the money.",
        "{O:Meridian Hospitality Labor Inc.} paid us. {O:Meridian} lied.",
        "{O:Ozark Hospitality Manpower, Inc.} paid us. {O:OHM} lied.",
    ],
)
def test_second_copies_of_a_name_join_the_first(marked):
    assert len(people(marked, belief=0.1)) == 1


def test_an_initial_that_two_may_have_joins_neither():
    assert len(people("{P:Leland Burch} and {P:Lyle Burch} drove. {P:L. Burch} paid.", belief=0.1)) == 3


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Kinu Wexley} came. {P:Wexley} paid. {P:Kinu} lied. {P:Kiuu Wex1ey} left.",
        "{P:Rosa Delgado} came. {P:Delgado} paid. {P:Delgodo} left.",
        "{P:Ernesto Villaflor} came. {P:Villaflor} paid. {P:Emesto Villaf1or} left.",
        "{P:Rosa Delgado} came. {P:Delgado} paid. {P:Rosa Del gado} left.",
        "{P:Rosa Delgado} came. {P:Rosa} paid. {P:R'osa Delgado} left.",
        "{P:Lee Mi-kyung} came. {P:Lee Mikyung} left.",
    ],
)
def test_a_misread_name_is_that_of_the_one_it_resembles(marked):
    assert len(people(marked, belief=0.0)) == 1


@pytest.mark.parametrize("seen, groups", [("my husbancl", [[0, 1, 2]]), ("her husband", [[0, 1], [2]])])
def test_misread_kin_are_the_only_ones_so_called(seen, groups):
    words, mentions = told("{K:my husband} paid. {K:my husband} left. {K:" + seen + "} came back.")
    pairs = np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.9, 0.1, 0.1])
    assert rejoined(words, mentions, [[0, 1], [2]], pairs) == groups


@pytest.mark.parametrize(
    "marked, listed",
    [
        ("{P:Maria} came. {P:Maria} paid. {P:Marta} left.", "maria marta"),
        ("{P:Martin Etchart} came. {P:Martina Etchart} left.", "martin martina"),
        ("{P:Yusupov} came. {P:Yusupov} paid. {P:Yusupova} left.", ""),
        ("{P:Aparecido} came. {P:Aparecido} paid. {P:Aparecida} left.", ""),
        ("{P:Vanna} and {P:Vannak} came. {P:Vanna} paid.", ""),
        ("{P:Maung} came. {P:Maung} paid. Mr. {P:Maurg} and Mrs. {P:Maung} left.", ""),
    ],
)
def test_two_names_that_look_alike_stay_two(marked, listed):
    assert len(people(marked, belief=0.1, listed=listed)) > 1


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Jane Doe 1} came. {P:Jane Doe 2} left.",
        "{P:Victim A} came. {P:Victim B} left.",
        "{P:MV-1} came. {P:MV-2} left.",
        "{P:MV1} came. {P:MV2} left.",
    ],
)
def test_placeholders_of_different_numbers_never_join(marked):
    assert len(people(marked, belief=1.0)) == 2


def test_the_same_placeholder_is_one_person():
    assert len(people("{P:Jane Doe 1} came. {P:Jane Doe 1} left.", belief=0.1)) == 1


def test_a_son_named_after_his_father_is_another_person():
    assert len(people("{P:Osvaldo Rijo} drove. His son is {P:Osvaldo Rijo Jr.}", belief=0.8)) == 2


def test_who_is_called_junior_at_first_may_be_called_by_his_name_later():
    assert len(people("{P:Roland Fomukong Jr.} drove. {P:Roland Fomukong} paid.", belief=0.1)) == 1


def test_the_mother_of_a_man_is_not_called_by_his_name():
    assert len(people("{P:Umm Rashid} cooked. {P:Rashid} slept.", belief=0.1)) == 2


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Kayla Marie Tutt} came. {P:Kayla M. Tutt} left.",
        "{P:Elizabeth Warren} came. {P:Liz Warren} left.",
        "{P:José Ruiz} came. {P:Pepe Ruiz} left.",
        "{P:Juan de la Cruz} came. {P:CRUZ, JUAN} left.",
        "{P:Rudi Hartanto} came. {P:Pak Rudi} left.",
        "{P:Al-Rumaihan} came. {P:Jasim Al-Rumaihan} left.",
        "{O:Houston Police Department Vice Division} came. {O:HPD} left.",
        "{O:U.S. Attorney} came. {O:United States Attorney} left.",
    ],
)
def test_the_ways_to_write_a_name_are_one(marked):
    assert len(people(marked, belief=0.1)) == 1


def test_a_short_form_that_two_may_have_joins_neither():
    marked = "{P:Richard Warren} and {P:Frederick Warren} came. {P:Rick Warren} left."
    assert {"Richard Warren", "Rick Warren"} in people(marked, belief=0.1)
    assert len(people("{P:Roberta Warren} and {P:Rob Warren} came.", belief=0.1)) == 2


@pytest.mark.parametrize(
    "between",
    [
        ", a/k/a “{}”", ", alias {}", " ({})", " (“{}”)", ", whose real name is {}", ", known to us as {}",
        ", whom everyone called {}", ". I later learned that her name was {}", ", who goes by the name of {}",
        "; we all just called her “{}”", ", “{}”",
    ],
)  # fmt: skip
def test_a_name_that_the_text_explains_is_the_same_person_everywhere(between):
    marked = "She is {P:Rosa Delgado}" + between.replace("{}", "{P:Madrina}") + ". " + "{P:Madrina} hit me. " * 4
    marked += "{P:Delgado} laughed. " * 4
    assert len(people(marked, belief=0.0)) == 1


def test_the_next_of_a_list_is_nobodys_second_name():
    marked = "{P:Kevork Balian}, aka “{P:Kay},” {P:Marisa Tomlin}, aka “{P:Mari Gold},” and {P:James Hatcher} came."
    assert people(marked, belief=0.0) == [{"Kevork Balian", "Kay"}, {"Marisa Tomlin", "Mari Gold"}, {"James Hatcher"}]


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Rosa} called {P:Pedro}.",
        "I ran from {P:Hector}. I called {P:Ana} and told her.",
        "I was afraid of {P:Hector}. I knew {P:Ana} from church.",
        "I told {P:Hector} that I knew {P:Ana}.",
        "{P:Hector} also called {P:Ana} and threatened her.",
        "I went to {P:Hector} and also called {P:Ana}.",
        "I told {P:Hector}, “{P:Ana} is sick.”",
        "{P:Hector} ({P:Ana}'s boyfriend) hit me.",
        "{P:Hector} ({P:Ana} was with him) hit me.",
        "There was a girl with {P:Hector}. Her name was {P:Ana}.",
    ],
)
def test_two_people_of_one_sentence_are_not_one_by_the_words_between_them(marked):
    assert len(people(marked, belief=0.1)) == 2


@pytest.mark.parametrize(
    "marked",
    [
        "{P:Hector} is {K:my sister}'s husband.",
        "{K:My sister} is {P:Hector}'s wife.",
        "{P:Hector}, {K:my sister} and I left.",
        "{K:My sister}, {P:Hector}, and I left.",
        "{P:Hector}, {K:whose sister} left, stayed.",
    ],
)
def test_kin_beside_somebodys_name_may_be_another_person(marked):
    assert len(people(marked, belief=0.1)) == 2


@pytest.mark.parametrize(
    "between", ["; we called her {}", ", also called {}", ", who I only knew as {}", " (also called “{}”)"]
)
def test_a_name_by_which_somebody_is_called_is_theirs(between):
    assert len(people("She is {P:Rosa Delgado}" + between.replace("{}", "{P:Madrina}") + ".", belief=0.1)) == 1


def test_a_name_that_a_line_break_or_wide_blanks_part_from_its_explanation_is_the_same():
    assert len(people("{P:Rosa Delgado},  also\nknown as  {P:Madrina}.", belief=0.1)) == 1
    assert len(people("She is {P:Rosa Delgado}\n\n({P:Ana}) hit me.", belief=0.1)) == 2


@pytest.mark.parametrize(
    "marked",
    [
        "{K:my aunt}'s name is {P:Lorna}. {K:My aunt} lied. {P:Lorna} left.",
        "{P:Lorna} is {K:my aunt}. {K:My aunt} lied.",
        "{P:Lorna}, who is {K:my aunt}, lied.",
    ],
)
def test_kin_that_the_text_names_is_that_person(marked):
    assert {"my aunt", "Lorna"} <= max(people(marked, belief=0.5), key=len)


def test_a_kinship_word_belongs_to_the_name_after_it():
    assert people("{P:Minh}, {K:her father} {P:Sau} and I left.", belief=0.1) == [{"Minh"}, {"her father", "Sau"}]


def test_a_name_called_an_organisation_once_is_the_person_that_it_is_elsewhere():
    assert people("{P:Ngoc} came. {P:Ngoc} paid. {O:Ngoc} left.", belief=0.1) == [{"Ngoc"}]


def test_a_man_and_a_woman_of_one_name_stay_two():
    assert len(people("Mr. {P:Patel} paid. Mrs. {P:Patel} hit me.", belief=0.9)) == 2


def test_a_title_is_no_part_of_a_name():
    words, (mention, *_) = told("{P:Mr. Cruz}")
    assert name_of(words, mention) == ("cruz",)


def test_kin_beside_a_name_is_that_person():
    assert people("{K:my aunt} {P:Lorna} sold us.") == [{"my aunt", "Lorna"}]


def test_an_alias_is_the_same_person():
    assert people("{P:Rosa Delgado}, also known as {P:La Patrona}, came.") == [{"Rosa Delgado", "La Patrona"}]


def test_a_person_is_no_organisation():
    assert len(people("{P:Golden} runs {O:Golden}", belief=0.9)) == 2


def test_pairs_of_a_long_text_grow_with_its_length_only():
    names = [(f"name{k % 50}", f"family{k}") for k in range(4000)]
    a, _ = candidate_pairs(names)
    assert len(a) < 100 * len(names)


def test_a_far_mention_of_the_same_name_is_still_a_pair():
    names = [("rosa", "delgado"), *((f"n{k}",) for k in range(500)), ("delgado",)]
    a, b = candidate_pairs(names)
    assert (0, 501) in set(zip(a.tolist(), b.tolist(), strict=True))


def test_groups_join_nearest_first():
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    assert clustered(3, a, b, np.array([0.9, 0.1, 0.8]), 0.6) == [[0, 1], [2]]
