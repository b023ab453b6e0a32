"""The gate knows of consents and waivers by their records alone, and one that ended is as good as none."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases import access, services
from haven.duties import asking, consents
from haven.duties.asking import Recipient, Refused
from haven.duties.models import Consent
from haven.gate import engine

pytestmark = pytest.mark.django_db(databases="__all__")
SHELTER = "Harbour House Shelter"
PROVIDER = Recipient("NGO_PROVIDER", SHELTER)


@pytest.fixture
def today() -> dt.date:
    return timezone.now().date()


@pytest.fixture
def record(case, officer, today):
    def make(kind="consent", entity="e0", **changes):
        given = {
            "purpose": "victim_services" if kind == "consent" else "waiver",
            "categories": ["K3"],
            "component": "NGO_PROVIDER",
            "recipient": SHELTER,
            "signed": today,
            "expires": today + dt.timedelta(days=30),
            "paper": "A-file, page 9",
            "provider_expertise": True,
        }
        return consents.record(kind, case.persons.get(entity=entity), officer, **given | changes)

    return make


@pytest.fixture
def decide(case, officer):
    """The gate's answer to a disclosure to a shelter, or whom else."""

    def ask(purpose="victim_services", categories=("K3",), to=PROVIDER, **more):
        question = asking.question(
            case, to, officer, purpose=purpose, categories=categories, **{**asking.SEEN_TO, **more}
        )
        return engine.decide(question)

    return ask


# consent -------------------------------------------------------------------------------------------------------------


def test_a_written_consent_lets_the_named_shelter_have_the_contact(record, decide):
    assert decide()["decision"] == "deny"
    record()

    answer = decide()

    assert (answer["decision"], answer["rules"][0], answer["allowed"]) == ("redact", "G24", ["K3"])


@pytest.mark.parametrize(
    "to",
    [
        Recipient("NGO_PROVIDER", "Another Shelter"),
        Recipient("BENEFIT_AGENCY", SHELTER),
        Recipient("PRESS", SHELTER),
    ],
    ids=lambda to: f"{to.component} {to.name}",
)
def test_it_serves_nobody_else(record, decide, to):
    record()

    assert decide(to=to)["decision"] == "deny"


def test_it_gives_no_other_data_than_it_names(record, decide):
    record(categories=["K5"])

    assert "consent_written" in decide()["missing"]


def test_it_serves_no_other_purpose(record, decide):
    record(purpose="victim_assistance")

    assert decide()["decision"] == "deny"


def test_revoked_it_denies(record, decide, officer):
    consent = record()
    consents.revoke(consent, officer)

    answer = decide()

    assert answer["decision"] == "deny"
    assert {"consent_written", "consent_current"} <= set(answer["missing"])
    assert consents.state_of(Consent.objects.get()) == "revoked"


def test_expired_it_denies(record, decide, today):
    consent = record(signed=today - dt.timedelta(days=9), expires=today - dt.timedelta(days=1))

    assert decide()["decision"] == "deny"
    assert consents.state_of(consent) == "expired"


def test_on_its_last_day_it_holds(record, decide, today):
    record(signed=today - dt.timedelta(days=9), expires=today)

    assert decide()["decision"] == "redact"


def test_nobody_else_can_state_what_the_records_say(decide, case, signed_in):
    """A part of the server that says so, with no paper behind it, is not believed."""
    stated = {"consent_written": True, "consent_current": True, "provider_expertise": True}

    assert decide(**stated)["decision"] == "deny"
    helper = signed_in("helper")
    question = access.request_for(helper, purpose="victim_assistance", categories=["K3"], case=case, **stated)
    assert not set(stated) & {name for name, value in question["facts"].items() if value}
    page = access.request_for(helper, purpose="adjudicate", categories=["K3"], case=case, **stated)
    assert not set(stated) & set(page["facts"])


def test_a_specialist_of_hsi_whom_the_paper_names_may_ask_for_the_safe_address(record, case, signed_in):
    record(purpose="victim_assistance", component="ICE_HSI", recipient="V. Sandoval")
    question = access.request_for(
        signed_in("helper"), purpose="victim_assistance", categories=["K3"], case=case, safe_address_only=True
    )

    answer = engine.decide(question)

    assert (answer["rules"][0], answer["missing"], answer["approvals_missing"]) == ("G9", [], ["uscis_supervisor"])


def test_a_shelter_with_the_name_of_somebody_alleged_learns_nothing(record, decide):
    record(recipient="Rosa Delgado")

    assert decide(to=Recipient("NGO_PROVIDER", "DELGADO, Rosa"))["decision"] == "no_record"


# waiver --------------------------------------------------------------------------------------------------------------


def waive(record, entity, **changes):
    return record("waiver", entity, **{"adult": True, "no_duress": True, **changes})


@pytest.fixture
def of_age(case, officer):
    """An officer found that the girl of the story is a grown woman."""
    services.rule_out_minor(case.minor_notices.get(), officer, "her birth certificate")


@pytest.mark.usefixtures("of_age")
def test_all_must_waive(record, decide):
    waive(record, "e0")
    assert {"all_adults", "all_waived", "consent_written", "no_duress"} < set(decide("waiver")["missing"])

    waive(record, "e3")

    answer = decide("waiver")
    assert (answer["decision"], answer["approvals_missing"]) == ("approve", ["privacy_officer"])


@pytest.mark.usefixtures("of_age")
def test_a_privacy_officer_approves(record, decide, case, officer, signed_in):
    waive(record, "e0")
    waive(record, "e3")
    question = asking.question(
        case, PROVIDER, officer, purpose="waiver", categories=["K3"],
        approvals={"privacy_officer": signed_in("privacy")},
    )  # fmt: skip

    answer = engine.decide(question)

    assert (answer["decision"], answer["rules"][0], answer["lane"]) == ("permit", "G25", "b4")


def test_a_minor_defeats_it(record, decide):
    waive(record, "e0")
    waive(record, "e3", adult=False)

    assert decide("waiver")["missing"] == ["all_adults"]


@pytest.mark.usefixtures("of_age")
def test_one_under_duress_defeats_it(record, decide):
    waive(record, "e0")
    waive(record, "e3", no_duress=False)

    assert decide("waiver")["missing"] == ["no_duress"]


@pytest.mark.usefixtures("of_age")
def test_one_revocation_defeats_it(record, decide, officer):
    waive(record, "e0")
    consents.revoke(waive(record, "e3"), officer)

    assert decide("waiver")["decision"] == "deny"


@pytest.mark.usefixtures("of_age")
def test_it_reaches_as_far_as_all_of_them_allow(record, decide, case, officer, signed_in):
    waive(record, "e0", categories=["K3", "K4"])
    waive(record, "e3", categories=["K3"])

    assert decide("waiver", ["K3", "K4"])["decision"] == "deny"
    assert decide("waiver", ["K3"])["decision"] == "approve"


@pytest.mark.usefixtures("of_age")
def test_somebody_who_may_be_a_victim_counts(record, decide, case, officer):
    """A cousin whom the record cannot place must be placed before anybody can rely on "all"."""
    waive(record, "e0")
    waive(record, "e3")
    lorna = case.persons.get(entity="e4")
    lorna.protected.doubt = ["victim"]
    lorna.protected.save()

    assert "all_waived" in decide("waiver")["missing"]
    services.set_role(lorna, "family", officer)
    assert decide("waiver")["decision"] == "approve"


# recording -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"recipient": " "}, "for everybody is none"),
        ({"categories": []}, "categories it covers"),
        ({"categories": ["K11"]}, "categories it covers"),
        ({"purpose": "arrest_or_removal"}, "purpose of a consent"),
        ({"paper": ""}, "signed paper"),
        ({"signed": dt.date(2999, 1, 1), "expires": dt.date(2999, 2, 1)}, "from the day it is signed"),
        ({"expires": dt.date(1999, 1, 1)}, "ends after it is signed"),
        ({"entity": "e1"}, "Only a protected person"),
        ({"entity": "e3", "adult": True}, "under 18"),
    ],
    ids=str,
)
def test_a_paper_that_could_never_count_is_refused(record, changes, says):
    with pytest.raises(UsageProblem, match=says):
        record(**changes)
    assert not Consent.objects.exists()


def test_only_who_works_on_cases_records_it(record, case, signed_in, today):
    with pytest.raises(Refused, match="This is for"):
        consents.record(
            "consent", case.persons.get(entity="e0"), signed_in("clerk"), purpose="victim_services", categories=["K3"],
            component="NGO_PROVIDER", recipient=SHELTER, signed=today, expires=today, paper="drawer",
        )  # fmt: skip


def test_each_step_is_a_row_of_the_log_without_a_word_of_it(record, officer, case):
    consents.revoke(record(), officer, "moved to a safer place")

    rows = list(AuditRow.objects.using("audit").filter(event__startswith="consent."))
    assert [row.event for row in rows] == ["consent.recorded", "consent.revoked"]
    assert all(row.subject == str(case.pk) and row.actor == str(officer.pk) for row in rows)
    assert not any(word in row.detail for row in rows for word in ("Harbour", "A-file", "safer"))


def test_what_was_signed_cannot_be_changed(record):
    consent = record()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE duties_consent SET expires = '2999-01-01'")
    assert Consent.objects.get().expires == consent.expires
