"""What is due is told by the table, disposed of by two people, and gone from every byte; what is held stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, router, transaction
from django.utils import timezone

from extract.errors import ConfigurationProblem, UsageProblem
from haven.audit.models import AuditRow
from haven.cases import rotation, search, services
from haven.cases.blobs import blobs
from haven.cases.fields import SealedRecord
from haven.cases.models import (
    Allegation,
    Case,
    CaseNote,
    IndexEntry,
    KeyCheck,
    MinorNotice,
    Packet,
    PageText,
    RunRecord,
    Task,
    Value,
)
from haven.cases.storing import store_extraction
from haven.duties import holds, incidents, retention
from haven.duties.asking import Refused
from haven.duties.kinds import KINDS
from haven.duties.models import Disposal, Disposed, HoldRelease, LegalHold
from haven.duties.retention import dispose, due, propose, table, years_later
from haven.keys import WRAPPING, WrongKey
from haven.referral import outbox, protocols
from haven.referral import services as referrals
from haven.referral.models import Referral
from haven.review.received_views import released
from tests.haven.builders import STORY, Told
from tests.haven.duties.told import tell_duties

pytestmark = pytest.mark.django_db(databases="__all__")
TABLE = """
version: 1
accounting_years: 5
never: []
lines:
{lines}
"""
LINE = "  - {{kind: {kind}, counts: {counts}, years: {years}, since: 2020-01-01, ground: a schedule, basis: L}}"


@pytest.fixture
def schedule(home):
    """Writes the installation's own table: ``{kind: years}`` counted from ``counts``."""

    def write(counts: str = "final", **years: int | str) -> Path:
        lines = "\n".join(LINE.format(kind=kind, counts=counts, years=n) for kind, n in years.items())
        path = home / "retention.yaml"
        path.write_text(TABLE.format(lines=lines))
        return path

    return write


@pytest.fixture
def ended(case, officer) -> Case:
    """The protection of the case ended six years ago, and nothing of it is open."""
    services.rule_out_minor(case.minor_notices.get(), officer, "her birth certificate")
    case.protection, case.protection_verified = "naturalized", timezone.now().date() - dt.timedelta(days=6 * 366)
    case.save()
    return case


@pytest.fixture
def proposer(signed_in):
    return signed_in("privacy")


@pytest.fixture
def disposer(signed_in):
    return signed_in("supervisor")


EVERY = dict.fromkeys(KINDS, 5)
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger",
}


# the table -----------------------------------------------------------------------------------------------------------


def test_the_table_that_ships_names_every_kind_and_makes_nothing_of_a_filing_due(ended):
    rules = table()

    assert rules.path.name == "retention.yaml" and rules.path.parent.name == "duties"
    assert {line.kind for line in rules.lines} == set(KINDS)
    assert due(on=dt.date(2999, 1, 1)) == []


def test_every_sealed_table_of_the_store_is_of_one_kind(case, officer):
    """A table that is added later must say how long it is kept."""
    spoken_of = {rows.model for kind in KINDS.values() for rows in kind.rows(case)}
    kept = {KeyCheck, LegalHold, HoldRelease, Case}

    assert {model for model in apps.get_models() if issubclass(model, SealedRecord)} == spoken_of | kept


@pytest.mark.parametrize(
    "line",
    [
        "  - {kind: diaries, counts: final, years: 1, since: 2020-01-01, ground: x, basis: L}",
        "  - {kind: originals, counts: birthday, years: 1, since: 2020-01-01, ground: x, basis: L}",
        "  - {kind: originals, counts: final, years: -1, since: 2020-01-01, ground: x, basis: L}",
        "  - {kind: originals, counts: final, years: soon, since: 2020-01-01, ground: x, basis: L}",
        "  - {kind: originals, counts: final, years: 1, since: yesterday, ground: x, basis: L}",
        "  - {kind: originals, counts: final, years: 1, since: 2020-01-01, basis: L}",
        "  - {kind: originals, counts: final, years: 1, since: 2020-01-01, ground: '', basis: L}",
        "  - originals",
        "  - [",
    ],
)
def test_a_table_in_doubt_makes_nothing_due(home, ended, line):
    (home / "retention.yaml").write_text(TABLE.format(lines=line))

    with pytest.raises(ConfigurationProblem, match="retention"):
        due()


def test_two_periods_at_once_are_refused_and_one_after_the_other_are_not(home, ended):
    old = "  - {{kind: originals, counts: final, years: 50, since: 2000-01-01, {end}ground: old, basis: L}}"
    new = "  - {kind: originals, counts: final, years: 5, since: 2020-01-01, ground: new, basis: L}"
    (home / "retention.yaml").write_text(TABLE.format(lines=f"{old.format(end='')}\n{new}"))
    with pytest.raises(ConfigurationProblem, match="at once"):
        due()

    (home / "retention.yaml").write_text(TABLE.format(lines=f"{old.format(end='until: 2019-12-31, ')}\n{new}"))
    assert [one.line.ground for one in due()] == ["new"]
    assert due(on=dt.date(2019, 6, 1)) == []


def test_the_accounting_of_disclosures_cannot_be_shortened(home, case):
    (home / "retention.yaml").write_text(
        TABLE.format(lines="").replace("years: 5", "years: 1").replace("lines:", "lines: []")
    )

    with pytest.raises(ConfigurationProblem, match="552a"):
        table()


def test_a_leap_day_comes_of_age_on_the_first_of_march():
    assert years_later(dt.date(2024, 2, 29), 1) == dt.date(2025, 3, 1)
    assert years_later(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


# what is due ---------------------------------------------------------------------------------------------------------


def test_due_on_the_day_and_not_before(schedule, ended):
    schedule(narratives=5)
    day = years_later(ended.protection_verified, 5)

    assert due(on=day - dt.timedelta(days=1)) == []
    assert [(one.case, one.kind, one.since) for one in due(on=day)] == [(ended, "narratives", day)]


@pytest.mark.parametrize("protection", ["pending", "approved", "unknown", "withdrawn", "deceased"])
def test_while_protection_lasts_nothing_that_counts_from_its_end_is_due(schedule, ended, protection):
    schedule(**EVERY)
    Case.objects.update(protection=protection)

    assert due() == []


def test_a_final_status_without_a_date_is_none(schedule, ended):
    schedule(**EVERY)
    Case.objects.update(protection_verified=None)

    assert due() == []


def test_counted_from_the_last_packet(schedule, ended):
    schedule("received", originals=1)
    assert due() == []

    ended.packets.update(received=timezone.now() - dt.timedelta(days=400))

    assert [one.kind for one in due()] == ["originals"]


@pytest.mark.parametrize("what", ["note", "decision", "packet", "task"])
def test_counted_from_the_last_change_of_anything_in_the_case(schedule, ended, officer, what):
    schedule("changed", narratives=5)
    later = timezone.now() + dt.timedelta(days=30)
    day = years_later(later.date(), 5)
    assert [one.kind for one in due(on=day - dt.timedelta(days=1))] == ["narratives"]

    match what:
        case "note":
            CaseNote.objects.create(case=ended, author=officer, text="called the preparer", created=later)
        case "decision":
            Value.objects.create(case=ended, field="form", source="officer", by=officer, created=later)
        case "packet":
            ended.packets.update(received=later)
        case "task":
            Task.objects.create(case=ended, kind="read", done=later, due=later + dt.timedelta(days=900))

    assert due(on=day - dt.timedelta(days=1)) == []
    assert [one.since for one in due(on=day)] == [day]


def test_what_comes_after_a_disposal_of_its_kind_comes_due_again(schedule, ended, officer, proposer, disposer):
    schedule(officers_words=5)
    dispose(propose(proposer), disposer)
    assert due() == []
    note = services.add_note(ended, officer, "called the preparer")

    assert [(one.case, one.kind) for one in due()] == [(ended, "officers_words")]
    assert dispose(propose(proposer), disposer).rows >= 1
    assert CaseNote.objects.get(pk=note.pk).shredded
    assert due() == [] and Disposed.objects.count() == 2


def test_what_stops_it(schedule, ended, officer, signed_in):
    schedule(narratives=5)

    def stopped() -> str:
        return due()[0].stopped_by

    assert stopped() == ""
    MinorNotice.objects.update(ruled_out=None)
    assert "HHS" in stopped()
    MinorNotice.objects.update(ruled_out=timezone.now())
    incident = incidents.record("lost", officer, "a folder", case=ended)
    assert "incident" in stopped()
    incidents.tell(incident, officer, "chief_privacy_officer")
    incidents.close(incident, signed_in("privacy"), "found")
    assert stopped() == ""
    hold = holds.place(signed_in("supervisor"), "Acosta v. Doe")
    assert stopped() == "held"
    holds.release(hold, signed_in("privacy"), "settled")
    assert stopped() == ""


# disposal ------------------------------------------------------------------------------------------------------------


def test_two_people_dispose(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    disposal = propose(proposer)
    with pytest.raises(Refused, match="another person"):
        dispose(disposal, proposer)
    assert any(page.text for page in PageText.objects.all())

    outcome = dispose(disposal, disposer)

    assert outcome.items == 1 and outcome.rows >= 4 and outcome.kept == []
    assert {page.text for page in PageText.objects.all()} == {""}
    assert RunRecord.objects.get().record == []
    assert due() == []


@pytest.mark.parametrize("name", ["officer", "clerk", "ero", "agent"])
def test_who_may_not(schedule, ended, proposer, signed_in, name):
    schedule(narratives=5)
    with pytest.raises(Refused):
        propose(signed_in(name))
    with pytest.raises(Refused):
        dispose(propose(proposer), signed_in(name))


def test_each_kind_goes_alone(schedule, ended, officer, proposer, disposer):
    """What is known of the alleged may be kept longer than what victims said of themselves."""
    services.add_note(ended, officer, "called the preparer")
    schedule(protected_people=5)

    dispose(propose(proposer), disposer)

    people = {person.entity: person.name for person in Case.objects.get().people()}
    assert people == {"e0": "", "e1": "Rosa Delgado", "e2": "Chuy", "e3": "", "e4": ""}
    assert CaseNote.objects.last().text
    assert Case.objects.get().receipt == ""
    assert not IndexEntry.objects.filter(person__protected__isnull=False).exists()
    assert IndexEntry.objects.filter(person__subject__isnull=False).exists()


def test_everything_of_a_case_goes_and_its_neighbour_stays(schedule, ended, officer, extraction, proposer, disposer):
    other = store_extraction(extraction(Told(id="another", text=f"Another. {STORY}")), office="VSC")
    before = [row.text for row in Value.objects.filter(case=other)]
    schedule(**EVERY)

    dispose(propose(proposer), disposer)

    assert not any(str(value.text) for value in Value.objects.filter(case=ended))
    assert [row.text for row in Value.objects.filter(case=other)] == before
    assert {str(packet) for packet, _ in blobs().each()} == {str(other.packets.get().pk)}
    assert not IndexEntry.objects.filter(case=ended).exists()
    case = Case.objects.get(pk=ended.pk)
    assert [person.name for person in case.people()] == [""] * 5
    assert case.packets.get().files.get().content() is None
    assert case.packets.get().pages.first().narrative().words == []


def test_a_row_whose_key_is_gone_never_opens_or_takes_new_words(schedule, ended, proposer, disposer):
    note = CaseNote.objects.first()
    schedule(officers_words=5)
    dispose(propose(proposer), disposer)

    gone = CaseNote.objects.get(pk=note.pk)
    assert gone.text == "" and gone.shredded
    with pytest.raises(WrongKey):
        gone.open_data_key()


def test_a_program_that_read_a_row_before_its_disposal_cannot_save_it_back(schedule, ended, proposer, disposer):
    held = [Case.objects.get(), Packet.objects.get(), Allegation.objects.first(), PageText.objects.first()]
    assert all(row.data_key for row in held)
    schedule(**EVERY)
    dispose(propose(proposer), disposer)

    for row in held:
        with pytest.raises(IntegrityError, match="does not come back"), transaction.atomic(using=row._state.db):
            row.save()
        assert type(row).objects.get(pk=row.pk).shredded


def test_no_row_of_any_kind_takes_its_old_key_again(schedule, case, officer, proposer, disposer):
    tell_duties(case, officer)
    incidents.close(case.incidents.get(), proposer, "found again")
    case.protection, case.protection_verified = "denied_final", dt.date(2015, 1, 1)
    case.save()
    rows = [rows for kind in KINDS.values() for rows in kind.rows(case)]
    keys = [(found.model, *one) for found in rows for one in found.values_list("pk", "data_key")]
    schedule(**EVERY)
    dispose(propose(proposer), disposer)

    for model, row, key in keys:
        with pytest.raises(IntegrityError), transaction.atomic(using=router.db_for_write(model)):
            model.objects.filter(pk=row).update(data_key=key)
    assert len({model for model, *_ in keys}) > 15


def test_every_table_with_data_keys_refuses_another_for_a_destroyed_one():
    sealed = [model for model in apps.get_models() if issubclass(model, SealedRecord)]
    for alias in ("default", "narrative"):
        with connections[alias].cursor() as cursor:
            cursor.execute(TRIGGERS[connection.vendor])
            found = {name for (name,) in cursor.fetchall()}
        tables = {model._meta.db_table for model in sealed if router.db_for_write(model) == alias}
        assert tables <= {name.removesuffix("_destroyed") for name in found if name.endswith("_destroyed")}


def test_a_hold_between_proposal_and_disposal_stops_it(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    disposal = propose(proposer)
    holds.place(disposer, "Acosta v. Doe", ended)

    outcome = dispose(disposal, disposer)

    assert (outcome.items, outcome.kept) == (0, [(f"{ended.pk} narratives", "held")])
    assert any(page.text for page in PageText.objects.all())


def test_a_hold_placed_while_a_disposal_runs_stops_the_rest(schedule, ended, proposer, disposer):
    schedule(narratives=5, protected_people=5)
    disposal = propose(proposer)

    def hold(done: int, total: int) -> None:
        if done == 1:
            holds.place(disposer, "Acosta v. Doe", ended)

    outcome = dispose(disposal, disposer, advance=hold)

    assert (outcome.items, outcome.kept) == (1, [(f"{ended.pk} protected_people", "held")])
    assert any(value.text for value in Value.objects.filter(case=ended, person__protected__isnull=False))


@pytest.mark.parametrize("same", [True, False])
def test_two_disposals_side_by_side_destroy_each_kind_once(schedule, ended, proposer, disposer, same):
    schedule(narratives=5, protected_people=5)
    disposal = propose(proposer)
    other = disposal if same else propose(proposer)
    beside = []

    def both(done: int, total: int) -> None:
        beside.append(dispose(other, disposer))

    outcome = dispose(disposal, disposer, advance=lambda done, total: beside or both(done, total))

    assert (outcome.items, beside[0].items) == (1, 1)
    assert outcome.kept == ([] if same else [(f"{ended.pk} protected_people", "is not due any more")])
    assert sorted(Disposed.objects.values_list("kind", flat=True)) == ["narratives", "protected_people"]


def test_a_released_package_goes_from_the_outbox_and_from_the_queue_of_its_recipient(
    schedule, ended, officer, proposer, disposer
):
    protocols.record(3, dt.date(2020, 1, 1), dt.date(2090, 1, 1), actor="system:test")
    alleged = next(person for person in ended.people() if person.entity == "e1")
    for value in alleged.current_values():
        services.confirm(value, officer)
    alleged = next(person for person in ended.people() if person.entity == "e1")
    proposed = referrals.propose(ended, [alleged], officer)
    sent = referrals.release(proposed, disposer, compared_excerpts=True, no_inference=True)
    package = outbox.folder() / sent.package
    Referral.objects.update(decided=timezone.now() - dt.timedelta(days=6 * 366))
    schedule("released", referrals=5)
    disposal = propose(proposer)
    assert package.exists() and list(released())

    dispose(disposal, disposer)

    assert not package.exists() and not list(released())
    row = AuditRow.objects.using("audit").get(event="retention.package_destroyed")
    assert sent.package in row.detail and row.actor == str(disposer.pk)


def test_a_longer_period_between_proposal_and_disposal_stops_it(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    disposal = propose(proposer)
    schedule(narratives=50)

    assert dispose(disposal, disposer).kept == [(f"{ended.pk} narratives", "is not due any more")]


def test_what_came_due_later_is_not_swept_along(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    disposal = propose(proposer)
    schedule(narratives=5, protected_people=5)

    dispose(disposal, disposer)

    assert [one.kind for one in due()] == ["protected_people"]


def test_interrupted_it_goes_on_where_it_was(schedule, ended, proposer, disposer):
    schedule(narratives=5, protected_people=5, originals=5)
    disposal = propose(proposer)

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        dispose(disposal, disposer, advance=stop)
    assert Disposed.objects.count() == 1

    assert dispose(disposal, disposer).items == 2
    assert Disposed.objects.count() == 3
    assert dispose(disposal, disposer).items == 0


def test_nothing_due_is_one_sentence(proposer, ended):
    with pytest.raises(UsageProblem, match="Nothing is due"):
        propose(proposer)


def test_the_log_says_what_was_destroyed_by_whom_under_which_table(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    dispose(propose(proposer), disposer)

    rows = {row.event: row for row in AuditRow.objects.using("audit").filter(event__startswith="retention.")}
    assert set(rows) == {"retention.proposed", "retention.disposing", "retention.disposed"}
    assert rows["retention.proposed"].actor == str(proposer.pk)
    assert rows["retention.disposed"].actor == str(disposer.pk)
    assert rows["retention.disposed"].subject == str(ended.pk)
    assert table().sha256 in rows["retention.disposed"].detail
    assert (Disposed.objects.get().ground, Disposed.objects.get().by) == ("a schedule", disposer)


def test_without_a_log_nothing_is_destroyed(schedule, ended, proposer, disposer, monkeypatch):
    from haven.audit import guard
    from haven.audit.errors import AuditUnavailable

    schedule(narratives=5)
    disposal = propose(proposer)
    monkeypatch.delitem(guard.ALLOWED, "disposal")

    with pytest.raises(AuditUnavailable):
        dispose(disposal, disposer)
    assert any(page.text for page in PageText.objects.all())
    assert not Disposed.objects.exists()


def test_keys_rotate_over_what_is_gone(schedule, ended, proposer, disposer):
    schedule(**EVERY)
    dispose(propose(proposer), disposer)

    for purpose in rotation.begin([*WRAPPING], actor="test")[0]:
        rotation.rewrap(purpose, actor="test")

    assert all(set(rotation.usage(purpose)) <= {2} for purpose in WRAPPING)
    assert {page.text for page in PageText.objects.all()} == {""}


def test_what_was_disposed_of_cannot_be_made_undone(schedule, ended, proposer, disposer):
    schedule(narratives=5)
    dispose(propose(proposer), disposer)

    for name in ("disposal", "disposed"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE duties_{name} SET at = at")
    assert Disposal.objects.get().done.count() == 1


def test_duties_of_the_case_go_with_it(schedule, case, officer, proposer, disposer):
    tell_duties(case, officer)
    incident = case.incidents.get()
    incidents.close(incident, proposer, "found again")
    case.protection, case.protection_verified = "denied_final", dt.date(2015, 1, 1)
    case.save()
    schedule(consents=5, hhs_notices=5, incidents=5)

    dispose(propose(proposer), disposer)

    assert case.consents.get().recipient == case.consents.get().revocation.reason == ""
    assert case.minor_notices.get().written.get().text == ""
    assert incident.steps.first().words == ""
    assert case.minor_notices.get().sent is not None


def test_the_work_list_and_the_search_go_on(schedule, ended, officer, proposer, disposer):
    schedule(**EVERY)
    dispose(propose(proposer), disposer)

    assert [item.case for item in services.work_list(officer)] == [ended]
    search.rebuild_sounds()
    assert not IndexEntry.objects.filter(case=ended).exists()


def test_of_nothing_disposed_the_own_table_is_read_each_time(schedule, ended):
    schedule(narratives=50)
    assert due() == []
    schedule(narratives=5)

    assert [one.kind for one in due()] == ["narratives"]
    assert retention.table().path == schedule(narratives=5)
