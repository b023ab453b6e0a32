"""The notice of a minor: through the gate, with the least that serves, its clock stopped by who sent it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases import services
from haven.cases.models import MinorNotice
from haven.duties import hhs, incidents
from haven.duties.asking import Refused
from haven.duties.models import Incident

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def notice(case) -> MinorNotice:
    return case.minor_notices.get()


def late(notice: MinorNotice, hours: int) -> MinorNotice:
    found = timezone.now() - dt.timedelta(hours=hours)
    MinorNotice.objects.filter(pk=notice.pk).update(discovered=found, due=found + dt.timedelta(hours=24))
    notice.refresh_from_db()
    return notice


def test_it_says_who_how_old_where_and_nothing_else(notice, case, officer):
    services.add_value(notice.person, "address", "12 Elm St, Houston", officer, "told by the aunt")

    text = hhs.write(notice, officer).text

    for said in ("Name: Daysi", "Age: 15 years old", "Contact: not known", "Location: 12 Elm St, Houston"):
        assert said in text
    for kept in ("Maylin", "Ramos", "Rosa", "Delgado", case.number, "I-914", "T visa", "T nonimmigrant"):
        assert kept not in text


def test_it_is_marked_and_names_the_law_and_the_day_it_was_found(notice, officer):
    text = hhs.write(notice, officer).text

    first, *_, last = text.strip().splitlines()
    assert first == last == "CUI//BATT/CVIC/IVIC//FED ONLY"
    assert "22 U.S.C. 7105(b)(1)(H)" in text
    assert f"{notice.discovered:%Y-%m-%d %H:%M} UTC" in text
    assert not re.search(r"[{}]", text)


def test_sent_stops_the_clock_and_says_by_whom(notice, officer):
    written = hhs.write(notice, officer)
    assert hhs.state_of(notice) == "24 h left"

    hhs.sent(written, officer, "portal")

    notice.refresh_from_db()
    assert notice.sent_by == officer
    assert hhs.state_of(notice) == "sent"
    assert not any(item.why.kind == "minor" for item in services.work_list(officer))
    with pytest.raises(UsageProblem, match="already"):
        hhs.sent(written, officer, "portal")


def test_too_late_is_still_written_and_is_an_incident(notice, officer, case):
    late(notice, 25)
    assert hhs.state_of(notice) == "overdue"

    hhs.sent(hhs.write(notice, officer), officer, "telephone")

    incident = Incident.objects.get()
    assert (incident.kind, incident.case) == ("late_hhs_notice", case)
    notice.refresh_from_db()
    assert hhs.state_of(notice) == "sent late"
    incidents.take_over_alerts()
    assert Incident.objects.count() == 1


def test_in_time_is_no_incident(notice, officer):
    hhs.write(late(notice, 23), officer)

    assert incidents.take_over_alerts() == 0


def test_who_may_not_see_the_case_writes_no_notice(notice, signed_in):
    for name in ("colleague", "agent", "privacy", "ero"):
        with pytest.raises(Refused, match="no such case"):
            hhs.write(notice, signed_in(name))
    assert not notice.written.exists()


def test_of_age_there_is_nothing_to_notify(notice, officer):
    services.rule_out_minor(notice, officer, "her birth certificate")
    notice.refresh_from_db()

    with pytest.raises(Refused, match="of age"):
        hhs.write(notice, officer)


def test_it_cannot_be_sent_before_it_was_written(notice, officer):
    written = hhs.write(notice, officer)

    for wrong in (written.at - dt.timedelta(minutes=1), timezone.now() + dt.timedelta(hours=1)):
        with pytest.raises(UsageProblem, match="after it was written"):
            hhs.sent(written, officer, "fax", at=wrong)


def test_the_log_says_what_went_to_whom_on_which_ground(notice, officer, case):
    hhs.sent(hhs.write(notice, officer), officer, "portal")

    rows = {row.event: row for row in AuditRow.objects.using("audit").filter(event__startswith="hhs_notice.")}
    assert {"hhs_notice.open", "hhs_notice.write", "hhs_notice.written", "hhs_notice.sent"} == set(rows)
    assert '"G22"' in rows["hhs_notice.write"].detail
    assert all(row.subject == str(case.pk) for row in rows.values())
    assert not any("Daysi" in row.detail for row in rows.values())
