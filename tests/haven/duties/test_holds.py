"""Holds: placed by one, lifted by another."""

from __future__ import annotations

import pytest

from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases.storing import store_extraction
from haven.duties import holds
from haven.duties.asking import Refused
from tests.haven.builders import STORY, Told

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_hold_keeps_its_case_and_a_hold_on_everything_keeps_all(case, signed_in, extraction):
    other = store_extraction(extraction(Told(id="another", text=f"Another. {STORY}")), office="VSC")
    holds.place(signed_in("supervisor"), "Acosta v. Doe", case)
    assert holds.standing(case).exists()
    assert not holds.standing(other).exists()

    holds.place(signed_in("privacy"), "a request of NARA")
    assert holds.standing(other).exists()


def test_another_person_lifts_it(case, signed_in):
    hold = holds.place(signed_in("supervisor"), "Acosta v. Doe", case)
    with pytest.raises(Refused, match="another person"):
        holds.release(hold, signed_in("supervisor"), "settled")

    holds.release(hold, signed_in("privacy"), "settled")

    assert not holds.standing(case).exists()
    with pytest.raises(UsageProblem, match="already"):
        holds.release(hold, signed_in("privacy"), "again")
    events = AuditRow.objects.using("audit").filter(event__startswith="hold.").values_list("event", "subject")
    assert list(events) == [("hold.placed", str(case.pk)), ("hold.released", str(case.pk))]


@pytest.mark.parametrize("name", ["officer", "clerk", "ero", "agent"])
def test_who_may_not_place_one(case, signed_in, name):
    with pytest.raises(Refused):
        holds.place(signed_in(name), "because", case)


def test_a_hold_says_why(case, signed_in):
    with pytest.raises(UsageProblem, match="reason"):
        holds.place(signed_in("supervisor"), "  ", case)
