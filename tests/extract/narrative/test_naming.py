"""Which of the names found of one entity stands on the record."""

import pytest

from extract.narrative.roles import name_and_aliases


@pytest.mark.parametrize(
    "found, name",
    [
        (["Rosa", "ROSA DELGADO", "Rosa Delgado"], "Rosa Delgado"),
        (["Ernesto Villaf1or", "Ernesto Villaflor"], "Ernesto Villaflor"),
        (["Clarisse", "Clarisse loekecl Grace"], "Clarisse"),
        (["Jovelvn Cruz", "Jovelyn Cruz", "Jovelyn Cruz"], "Jovelyn Cruz"),
        (["Wex1ey"], "Wex1ey"),
        (["rosa", "rosa delgado"], "rosa delgado"),
        (["Suparman", "Suparman bin Wagiyo"], "Suparman bin Wagiyo"),
        (["Lee", "Lee Mi-kyung"], "Lee Mi-kyung"),
    ],
)
def test_the_fullest_name_that_is_well_read_stands_on_the_record(found, name):
    assert name_and_aliases(found)[0] == name


def test_other_names_are_aliases_but_for_their_case():
    assert name_and_aliases(["La Patrona", "Rosa Delgado", "ROSA DELGADO", "Rosa"]) == (
        "Rosa Delgado",
        ["La Patrona", "Rosa"],
    )
