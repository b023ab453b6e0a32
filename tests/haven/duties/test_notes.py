"""Case notes become pages of their cases and proposed records of culpable family; not one is lost (C7)."""

from __future__ import annotations

import pytest

from extract.narrative import load
from haven.audit.models import AuditRow
from haven.cases import services
from haven.cases.models import Case, PageText, Person, Subject, Value
from haven.cases.storing import store_extraction
from haven.duties import notes
from haven.duties.asking import Refused
from haven.duties.models import ImportedNote
from haven.duties.note_file import Note
from tests.haven.builders import STORY, Told

pytestmark = pytest.mark.django_db(databases="__all__")
RECEIPT = "EAC1912345678"
HUSBAND = (
    "Applicant's husband, Juan PEREZ Lopez, DOB 03/04/1975, brought her to Houston and took her passport. He forced "
    "her to work without pay. The I-914A for him must be denied."
)


@pytest.fixture(scope="module")
def read():
    return load().read


@pytest.fixture
def case(home, db, extraction, signed_in) -> Case:
    told = Told(fields=[("Part 1", "Receipt Number", RECEIPT, "id", "K5")])
    case = store_extraction(extraction(told), office="VSC")
    services.assign(case, signed_in("officer"))
    return case


@pytest.fixture
def clerk(signed_in):
    return signed_in("clerk")


def added(case: Case) -> list[Person]:
    return list(case.persons.filter(packet__placed_note__isnull=False))


def test_a_culpable_husband_is_proposed_with_the_words_that_say_so(case, clerk, read):
    report = notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read)

    assert (report.notes, report.placed, report.records, report.family) == (1, 1, 1, 1)
    assert report.not_understood == []
    (husband,) = added(case)
    assert husband.name == "Juan PEREZ Lopez"
    assert husband.value("dob").text == "03/04/1975"
    assert husband.group in ("alleged", "took_part") or "trafficker" in husband.doubt
    for value in husband.current_values():
        assert value.state == "proposed" and value.by is None
        assert value.evidence.exists()
        assert all(HUSBAND[e.start : e.end].strip() for e in value.evidence.all())
    assert husband.values_all.filter(field="allegation", related__entity="e0").exists()


def test_an_officer_decides_it_as_any_other_reading(case, clerk, read, signed_in):
    notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read)
    (husband,) = added(case)

    services.set_role(husband, "trafficker", signed_in("officer"), "the note and the statement say so")

    assert Subject.objects.filter(person=husband).exists()
    assert Person.objects.get(pk=husband.pk).confirmed


def test_the_note_is_a_page_of_the_case(case, clerk, read):
    notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read)

    packet = case.packets.get(placed_note__isnull=False)
    page = packet.pages.get()
    assert page.narrative().text == HUSBAND
    assert page.state == "text"
    assert packet.files.get().content().decode() == HUSBAND
    assert packet.runs.get().record()["text"] == HUSBAND
    assert services.work_list(clerk)[0].pages["text"] == 2


def test_somebody_known_as_harmless_is_asked_about_and_not_moved(case, clerk, read):
    """Lorna is the aunt of the story; a note may not make her one of the alleged."""
    lorna = case.persons.get(entity="e4")
    services.set_role(lorna, "family", clerk)
    note = "Applicant's aunt, Lorna, trafficked the applicant. Lorna forced her to work and beat her."

    report = notes.take_in([Note(1, RECEIPT, note)], clerk, read)

    assert (report.records, report.asked) == (0, 1)
    assert added(case) == []
    assert Person.objects.get(pk=lorna.pk).role == "family"
    assert "Lorna" in case.tasks.get(code="note_accuses").sentence


def test_somebody_alleged_already_is_no_second_record(case, clerk, read):
    note = "Rosa Delgado trafficked the applicant and took her passport."

    report = notes.take_in([Note(1, RECEIPT, note)], clerk, read)

    assert (report.placed, report.records, report.asked) == (1, 0, 0)
    assert not any(person.name == "Rosa Delgado" for person in added(case))


def test_no_note_is_lost(case, clerk, read, extraction):
    given = [
        Note(2, RECEIPT, HUSBAND),
        Note(3, "EAC1900000001", "Mother is the trafficker."),
        Note(4, "", "Stepfather sold her."),
        Note(5, RECEIPT, ""),
        Note(6, RECEIPT, "RFE sent, response received."),
        Note(7, RECEIPT, "Derivative to be denied: culpable, see memo."),
        Note(8, RECEIPT, HUSBAND),
    ]

    report = notes.take_in(given, clerk, read)

    assert report.not_understood == [
        (3, "unknown_case"),
        (4, "no_receipt"),
        (5, "empty"),
        (7, "nobody_found"),
    ]
    assert (report.notes, report.placed, report.known) == (7, 3, 1)
    assert [(note.line, note.text) for note in notes.waiting()] == [
        (3, "Mother is the trafficker."),
        (4, "Stepfather sold her."),
        (5, ""),
    ]
    assert ImportedNote.objects.count() == 6
    assert case.tasks.get(code="note_not_understood").page.narrative().text == given[5].text


def test_a_note_is_placed_once_its_case_has_come(home, db, clerk, read, extraction):
    note = Note(1, RECEIPT, HUSBAND)
    assert notes.take_in([note], clerk, read).not_understood == [(1, "unknown_case")]
    told = Told(fields=[("Part 1", "Receipt Number", RECEIPT, "id", "K5")])
    case = store_extraction(extraction(told), office="VSC")

    assert notes.take_in([note], clerk, read).placed == 1

    assert [person.name for person in added(case)] == ["Juan PEREZ Lopez"]
    assert notes.waiting() == []
    kept = ImportedNote.objects.get()
    assert kept.shredded and kept.text == ""


def test_again_nothing_is_added(case, clerk, read):
    notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read)
    before = Value.objects.count(), Person.objects.count(), PageText.objects.count()

    report = notes.take_in([Note(9, RECEIPT, HUSBAND)], clerk, read)

    assert (report.known, report.placed) == (1, 0)
    assert (Value.objects.count(), Person.objects.count(), PageText.objects.count()) == before


def test_a_case_of_another_office_is_as_good_as_none(case, clerk, read):
    Case.objects.update(office="NSC")

    assert notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read).not_understood == [(1, "unknown_case")]
    assert added(case) == []


def test_two_cases_of_one_number_are_for_a_person(case, clerk, read, extraction):
    told = Told(id="again", text=f"Again. {STORY}", fields=[("Part 1", "Receipt Number", RECEIPT, "id", "K5")])
    store_extraction(extraction(told), office="VSC")

    assert notes.take_in([Note(1, RECEIPT, HUSBAND)], clerk, read).not_understood == [(1, "several_cases")]


@pytest.mark.parametrize("name", ["officer", "agent", "ero", "privacy"])
def test_who_may_not_import(case, signed_in, read, name):
    with pytest.raises(Refused):
        notes.take_in([Note(1, RECEIPT, HUSBAND)], signed_in(name), read)


def test_the_log_counts_and_names_nobody(case, clerk, read):
    notes.take_in([Note(1, RECEIPT, HUSBAND), Note(2, "", "x")], clerk, read)

    rows = {row.event: row for row in AuditRow.objects.using("audit").filter(event__startswith="note")}
    assert set(rows) == {"notes.place", "note.placed", "note.kept", "notes.imported"}
    assert '"placed":1' in rows["notes.imported"].detail and '"no_receipt":1' in rows["notes.imported"].detail
    assert not any(word in row.detail for row in rows.values() for word in ("PEREZ", "Juan", RECEIPT))
