"""Which mentions are one person: what spelling and grammar settle."""

import numpy as np
import pytest

from extract.narrative.clusters import clustered, rejoined, settled
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.mentions import KIN, ORG, PERSON, candidate_pairs, name_of, pair_features
from extract.narrative.words import Words

KINDS = {"P": PERSON, "K": KIN, "O": ORG}


def told(marked: str):
    """Words and mentions of a text with mentions written as ``{P:Rosa Delgado}``."""
    text, places = "", []
    for k, part in enumerate(marked.replace("}", "{").split("{")):
        if k % 2:
            places.append((len(text), len(text) + len(part) - 2, KINDS[part[0]]))
            text += part[2:]
        else:
            text += part
    words = Words.of(text, Gazetteer({}))
    start, end = words.start.tolist(), words.end.tolist()
    return words, [(start.index(a), end.index(b), kind) for a, b, kind in places]


def people(marked: str, belief: float = 0.3) -> list[set[str]]:
    """The groups of mentions by what spelling says, where the network believes ``belief`` of every pair."""
    words, mentions = told(marked)
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
    assert len(people("{P:Rosa Delgado} and {P:Pedro Delgado}", belief=0.7)) == 2


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
