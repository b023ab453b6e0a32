"""A packet becomes a case: what was read, where it stands on the page, and who is protected."""

from __future__ import annotations

import gc

import pytest

from extract.errors import OutputFailed
from extract.record import Entity, Need
from haven.audit import verification
from haven.audit.models import AuditRow
from haven.cases.models import (
    Allegation,
    Case,
    ExtractionRun,
    MinorNotice,
    Packet,
    PageText,
    Person,
    ProtectedPerson,
    RunRecord,
    StoredFile,
    Subject,
    Task,
    Value,
)
from haven.cases.storing import discard_leftovers, store_extraction, store_extractions
from tests.haven.builders import PNG, STORY, Told

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction) -> Case:
    return store_extraction(extraction(), office="VSC")


def by_entity(case: Case) -> dict[str, Person]:
    return {p.entity: p for p in case.people()}


def test_everybody_of_the_record_is_in_the_table_of_their_role(case):
    people = by_entity(case)

    assert {key: (p.name, p.role, p.group) for key, p in people.items()} == {
        "e0": ("Maylin Ramos", "applicant", "protected"),
        "e1": ("Rosa Delgado", "trafficker", "alleged"),
        "e2": ("Chuy", "associate", "took_part"),
        "e3": ("Daysi", "victim", "protected"),
        "e4": ("Lorna", "family", "protected"),
    }
    assert set(Subject.objects.values_list("person", flat=True)) == {people["e1"].pk, people["e2"].pk}
    assert set(ProtectedPerson.objects.values_list("person", flat=True)) == {people[k].pk for k in ("e0", "e3", "e4")}


def test_a_doubt_stays_with_the_harmless_role(case):
    lorna = by_entity(case)["e4"]

    assert lorna.role == "family"
    assert lorna.doubt == ["trafficker"]
    assert not lorna.value("role").sure


def test_every_value_read_from_the_text_has_its_place_on_a_page(case):
    values = [v for v in case.current_values() if v.field != "form"]

    assert len(values) > 10
    for value in values:
        places = list(value.evidence.all())
        assert places, f"{value.field} has no evidence"
        assert all(e.page_id and e.sha256 == e.file.sha256 for e in places)


def test_evidence_leads_to_the_words_and_their_boxes(case):
    phone = by_entity(case)["e1"].value("phone")
    place = phone.evidence.get()
    page = place.page.narrative()

    assert page.text[place.start - place.page.start : place.end - place.page.start] == "(832) 555-0143"
    boxed = [w for w, box, _, _ in page.words if any(_inside(box, line) for line in place.boxes)]
    assert " ".join(boxed) == "(832) 555-0143."


def _inside(box, line) -> bool:
    return line[0] <= box[0] and box[2] <= line[2] and line[1] <= box[1] and box[3] <= line[3]


def test_words_of_one_line_light_up_as_one_box(case):
    recruited = case.values_all.get(field="allegation", related=by_entity(case)["e0"], person__entity="e1")
    boxes = recruited.evidence.get().boxes

    assert 1 < len(boxes) <= 3


def test_relations_become_allegations_by_the_table(case):
    people = by_entity(case)
    recruited = Allegation.objects.get(actor=people["e1"], victim=people["e0"])
    harmed = Allegation.objects.get(actor=people["e1"], victim=people["e3"])

    assert (recruited.act, recruited.means, recruited.when, recruited.mode) == ("recruiting", "", "2014-03", "alleged")
    assert (harmed.act, harmed.means) == ("", "force")
    assert not Allegation.objects.filter(relation="family_of").exists()
    assert people["e4"].value("family_of").related == people["e0"]


def test_everything_read_is_proposed_and_nobodys_decision(case):
    assert set(case.values_all.values_list("state", "by")) == {("proposed", None)}
    assert case.state == "draft"


def test_the_account_of_the_pages_is_kept(case):
    pages = list(case.packets.get().pages.all())

    assert [(p.index, p.state) for p in pages] == [(0, "text"), (1, "blank")]
    assert pages[0].picture() == PNG
    assert pages[1].picture() is None


def test_texts_and_records_lie_in_the_narrative_database_only(case):
    packet = case.packets.get()
    run = ExtractionRun.objects.get()

    assert PageText.objects.using("narrative").get(pk=packet.pages.first().pk).text == STORY
    assert run.record()["text"] == STORY
    assert PageText.objects.db == RunRecord.objects.db == "narrative"


def test_the_bytes_as_they_came_are_kept(case, tmp_path):
    file = StoredFile.objects.get()

    assert file.content() == (tmp_path / "ramos-maylin.txt").read_bytes()


def test_the_same_bytes_again_are_the_same_case(case, extraction):
    again = store_extraction(extraction(), office="VSC")

    assert again == case
    assert Packet.objects.count() == Case.objects.count() == 1


def test_the_same_bytes_under_another_name_are_the_same_case(case, extraction):
    assert store_extraction(extraction(id="another-name"), office="VSC") == case


def test_numbers_follow_each_other_for_each_form(home, extraction):
    numbers = [
        store_extraction(extraction(id=str(n), text=f"{STORY} {n}", form=form), office="VSC").number
        for n, form in enumerate(["i-914", "i-918", "i-914b", "i-918b"])
    ]

    assert numbers == ["T-0001", "U-0001", "T-0002", "U-0002"]


def test_without_a_form_nobody_guesses_in_silence(home, extraction):
    case = store_extraction(extraction(form=None), office="VSC")

    assert (case.form_known, case.protection) == (False, "unknown")
    assert Task.objects.get(case=case, kind="form").sentence


def test_a_later_packet_with_the_same_number_asks_whether_it_is_the_same_case(case, extraction):
    later = store_extraction(extraction(id="later", text=STORY.replace("March", "April")), office="VSC")

    task = Task.objects.get(kind="same_case")
    assert (task.case, task.other_case) == (later, case)
    assert later != case


def test_a_relatives_number_does_not_ask(case, extraction):
    told = Told(
        id="other", text="I am Ines Soto. My sister has A 204 338 917.", facts=[("e1", "id", "A 204 338 917")], deeds=[]
    )
    told.people = {"e0": Entity(role="applicant", name="Ines Soto"), "e1": Entity(role="family", name="My sister")}
    store_extraction(extraction(told), office="VSC")

    assert not Task.objects.filter(kind="same_case").exists()


def test_the_receipt_number_of_a_form_is_the_cases(home, extraction):
    field = ("Part 1", "Receipt Number", "EAC1912345678", "id", "K5")
    case = store_extraction(extraction(fields=[field]), office="VSC")

    assert case.receipt == "EAC1912345678"


def test_form_answers_are_values_of_their_document(home, extraction):
    fields = [
        ("Part 4, 1", "Family Name", "Ramos", "name", "K3"),
        ("Part 5", "Describe", "long story", "narrative", "K4"),
    ]
    case = store_extraction(extraction(fields=fields), office="VSC")
    answers = list(case.values_all.filter(field="form").order_by("order"))

    assert [(a.item, a.text, a.gate_category, a.document.kind) for a in answers] == [
        ("Part 4, 1", "Ramos", "K3", "i-914"),
        ("Part 5", "", "K4", "i-914"),  # its words are kept in the narrative store alone
    ]
    assert answers[0].evidence.get().boxes == [[72, 72, 300, 84]]


def test_a_victim_read_as_fifteen_starts_the_clock_of_hhs(case):
    notice = MinorNotice.objects.get()

    assert notice.person.name == "Daysi"
    assert (notice.due - notice.discovered).total_seconds() == 24 * 3600
    assert notice.person.protected.minor


def test_needs_become_tasks_with_their_page(home, extraction):
    needs = [Need(code="page_needs_person", sentence="The page looks handwritten.", page=0)]
    case = store_extraction(extraction(needs=needs), office="VSC")

    task = case.tasks.get(kind="pages")
    assert (task.code, task.sentence, task.page.index) == ("page_needs_person", "The page looks handwritten.", 0)


def test_the_officer_with_the_fewest_open_cases_gets_the_next(home, extraction, person):
    first, second = person("officer"), person("colleague")
    cases = [store_extraction(extraction(id=str(n), text=f"{STORY} {n}"), office="VSC") for n in range(4)]

    assert [c.assignments.get().officer for c in cases].count(first) == 2
    assert [c.assignments.get().officer for c in cases].count(second) == 2


def test_the_log_has_the_case_and_no_name(case):
    row = AuditRow.objects.get(event="case.created")

    assert row.subject == str(case.pk)
    assert "Ramos" not in row.detail and "Delgado" not in row.detail


def test_packets_stored_together_are_the_cases_that_they_are_one_by_one(home, extraction, person):
    first, second = person("officer"), person("colleague")
    made = [extraction(id=str(n), text=f"{STORY} {n}") for n in range(4)]
    cases = store_extractions(made, office="VSC")

    assert [case.number for case in cases] == ["T-0001", "T-0002", "T-0003", "T-0004"]
    assert {p.name for p in cases[3].people()} == {"Maylin Ramos", "Rosa Delgado", "Chuy", "Daysi", "Lorna"}
    assert [c.assignments.get().officer for c in cases].count(first) == 2
    assert [c.assignments.get().officer for c in cases].count(second) == 2
    assert all(page.picture() in (PNG, None) for case in cases for page in case.packets.get().pages.all())
    assert [file.content() for file in StoredFile.objects.order_by("packet__case__number")] == [
        extraction.files[0].path.read_bytes() for extraction in made
    ]
    assert MinorNotice.objects.count() == 4


def test_a_stored_case_can_be_changed_and_saved(case):
    case.office = "NSC"
    case.save()

    assert Case.objects.get().office == "NSC"


def test_packets_stored_together_have_a_log_row_each(home, extraction):
    cases = store_extractions([extraction(id=str(n), text=f"{STORY} {n}") for n in range(3)], office="VSC")

    for event in ("case.created", "minor.discovered"):
        assert list(AuditRow.objects.filter(event=event).values_list("subject", flat=True)) == [
            str(case.pk) for case in cases
        ]
    assert AuditRow.objects.filter(event="packet.received").count() == 3
    assert verification.verify_live([]).problem == ""


def test_the_same_number_among_packets_stored_together_asks_whether_they_are_one_case(case, extraction):
    first, second = store_extractions([extraction(id=str(n), text=f"{STORY} {n}") for n in range(2)], office="VSC")

    asked = Task.objects.filter(kind="same_case").values_list("case", "other_case")
    assert set(asked) == {(first.pk, case.pk), (second.pk, case.pk), (second.pk, first.pk)}


def test_the_same_bytes_twice_among_packets_stored_together_are_one_case(case, extraction):
    made = [extraction(), extraction(id="new", text=f"{STORY} New."), extraction(id="again", text=f"{STORY} New.")]
    known, new, again = store_extractions(made, office="VSC")

    assert known == case and new == again != case
    assert Packet.objects.count() == Case.objects.count() == 2


def test_where_one_of_the_packets_stored_together_fails_none_of_them_is_a_case(home, extraction, tmp_path):
    made = [extraction(id="whole"), extraction(id="changed", text=f"{STORY} Changed.")]
    (tmp_path / "changed.txt").write_text("something else")
    with pytest.raises(OutputFailed, match="changed while it was read"):
        store_extractions(made, office="VSC")

    assert not Case.objects.exists() and not Value.objects.exists()
    assert store_extraction(made[0], office="VSC").people()


def test_without_a_log_no_case_comes_into_being(home, extraction, monkeypatch):
    from haven.audit import log

    def unwritable(*args, **kwargs):
        raise log.AuditUnavailable("The log could not be written.")

    made = extraction()
    monkeypatch.setattr(log, "append_all", unwritable)
    with pytest.raises(log.AuditUnavailable):
        store_extraction(made, office="VSC")

    assert not Case.objects.exists()
    assert not Value.objects.exists()


def test_what_an_interrupted_run_left_is_thrown_away(home, extraction, monkeypatch):
    from haven.cases import storing

    made = extraction()
    monkeypatch.setattr(storing, "_number", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store_extraction(made, office="VSC")
    assert PageText.objects.exists() and any((home / "blobs").glob("*/*"))

    discard_leftovers(Packet.objects.get())

    assert not PageText.objects.exists() and not RunRecord.objects.exists()
    assert not any((home / "blobs").glob("*/*"))


def test_a_file_that_changed_while_it_was_read_is_not_stored(home, extraction, tmp_path):
    made = extraction()
    (tmp_path / "ramos-maylin.txt").write_text("something else")

    with pytest.raises(OutputFailed, match="changed while it was read"):
        store_extraction(made, office="VSC")
    assert not Case.objects.exists()


def test_of_a_packet_that_cannot_be_read_the_page_is_the_one_thing_to_do(home, extraction):
    needs = [
        Need(code="page_refused", sentence="The file is empty (0 bytes).", page=0),
        Need(code="nobody_named", sentence="Nobody is named."),
    ]
    told = Told(text="", people={"e0": Entity(role="applicant")}, facts=[], deeds=[], form=None, needs=needs)
    case = store_extraction(extraction(told), office="VSC")

    assert [task.code for task in case.tasks.all()] == ["page_refused"]


def test_a_case_that_was_just_stored_can_be_changed(home, extraction):
    case = store_extraction(extraction(), office="VSC")

    case.protection = "approved"
    case.save()

    assert Case.objects.get().protection == "approved"


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_of_garbage_is_as_it_was_after_a_batch_that_failed(home, extraction, was_on):
    made = extraction()
    made.files[0].path.write_text("changed meanwhile")
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(OutputFailed):
            store_extractions([made], office="VSC")
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()
