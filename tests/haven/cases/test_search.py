"""Search by name over the whole store: exact and by sound, corrected names too, and stores of before."""

from __future__ import annotations

import json

import pytest

from haven.audit.models import AuditRow
from haven.cases import index, search, services
from haven.cases.models import IndexEntry
from tests.haven.builders import PEOPLE, Told
from tests.haven.operations import build, haven, program

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction):
    return services.store_extraction(extraction(), office="VSC")


def found(name: str) -> list[tuple[str, bool]]:
    return [(one.person.entity, one.exact) for one in search.by_name(name)]


def test_the_same_name_is_exact_and_another_spelling_is_not(case):
    assert found("DELGADO, Rosa") == [("e1", True)]
    assert found("Rossa Delgado") == [("e1", False)]
    assert found("Maylín Ramoz") == [("e0", False)]
    assert found("La Patrona") == [("e1", True)]
    assert found("Rosa Ramos") == found("") == found("A 204 338 917") == []


def test_exact_ones_come_first(case, extraction):
    other = {**PEOPLE, "e1": PEOPLE["e1"].model_copy(update={"name": "Rossa Delgado"})}
    told = Told(id="other", people=other, text=Told().text.replace("Rosa Delgado", "Rossa Delgado"), deeds=[])
    services.store_extraction(extraction(told), office="VSC")

    assert [exact for _, exact in found("Rossa Delgado")] == [True, False]
    assert search.by_name("Rossa Delgado", most=1)[1].person.case_id == case.pk


def test_a_corrected_name_is_found_by_both(case, person):
    rosa = case.persons.get(entity="e1")
    services.correct(rosa.value("name"), person("officer"), "Roza Salgado", "so on page 2")

    assert found("Rosa Delgado") == found("Roza Salgado") == [("e1", True)]
    assert found("Rosa Salgado") == [("e1", False)]


def test_a_store_of_before_gets_its_entries(case):
    before = set(IndexEntry.objects.values_list("kind", "mac", "case", "person"))
    IndexEntry.objects.filter(kind=index.SOUND).delete()
    IndexEntry.objects.create(kind=index.SOUND, mac="0" * 64, case=case, person=None)

    made = search.rebuild_sounds()

    assert set(IndexEntry.objects.values_list("kind", "mac", "case", "person")) == before
    assert made == sum(kind == index.SOUND for kind, *_ in before) > 4


def test_the_log_says_nothing_of_the_names(case):
    rows = [json.loads(detail) for detail in AuditRow.objects.values_list("detail", flat=True)]

    assert "delgado" not in str(rows).lower()


def test_the_command_makes_the_index_anew(tmp_path):
    home = build(tmp_path)
    spoiled = "from haven.store import open_store; open_store()\nfrom haven.cases.models import IndexEntry\n"
    assert program(home, spoiled + "IndexEntry.objects.filter(kind='name_sound').delete()").returncode == 0

    run = haven(home, "index", "rebuild")

    assert run.returncode == 0, run.stderr
    asked = "from haven.cases import search; print([one.exact for one in search.by_name('Rossa Delgado')])"
    assert program(home, spoiled + asked).stdout == "[False]\n"
    assert "index.rebuilt" in haven(home, "audit", "show").stdout
