"""One hand-written case after another, row by row, as a privacy officer would read them."""

from __future__ import annotations

from typing import Any

import pytest

from haven.gate.engine import decide

OFFICER: dict[str, Any] = {
    "recipient_id": "officer",
    "proposer_id": "officer",
    "component": "USCIS",
    "employee_type": "employee",
    "role": "referral_officer",
    "mfa": True,
    "purpose": "adjudicate",
    "categories": ["K1", "K2"],
    "case_id": "case",
    "form": "T",
    "protection": "pending",
    "facts": {"assigned": True},
}
LEAD: dict[str, Any] = {
    **OFFICER,
    "recipient_id": "agent",
    "component": "ICE_HSI",
    "employee_type": "sworn_officer",
    "role": "hsi_agent",
    "purpose": "trafficking_lead",
    "facts": dict.fromkeys(("confirmed_record", "marked", "notice_attached", "protocol_in_force"), True),
    "approvals": {"uscis_supervisor": "supervisor"},
}


def asked(base: dict[str, Any] = OFFICER, **changes: Any) -> dict[str, Any]:
    """The answer to ``base`` with some attributes changed; facts are added to those of ``base``."""
    facts = {**base["facts"], **changes.pop("facts", {})}
    return decide({**base, **changes, "facts": facts})


def gist(answer: dict[str, Any]) -> tuple:
    return answer["decision"], answer["rules"], answer["allowed"], answer["removed"]


def test_p3_subjects_side_gets_no_record_and_raises_an_alert():
    for answer in (asked(component="SUBJECT_SIDE"), asked(facts={"subject_side_match": True})):
        assert gist(answer) == ("no_record", ["P3"], [], [])
        assert answer["alerts"] == ["subject_side_request"]
        assert answer["labels"] == []


def test_p3_comes_before_every_other_refusal():
    assert decide({"component": "SUBJECT_SIDE"})["decision"] == "no_record"
    assert asked(LEAD, facts={"subject_side_match": True})["decision"] == "no_record"


def test_p8_names_all_that_is_missing():
    answer = decide({"component": "USCIS", "categories": ["K1"], "mfa": True})

    assert answer["rules"] == ["P8"]
    assert answer["missing"] == [
        "recipient_id", "proposer_id", "employee_type", "role", "purpose", "case_id", "form", "protection",
    ]  # fmt: skip


def test_p8_case_attributes_are_needed_for_case_data_only():
    statistics = {
        **OFFICER,
        "purpose": "statistics",
        "categories": ["K8"],
        "facts": {"complementary_safe": True, "cell_size": 11, "location_level": "state"},
    }
    for name in ("case_id", "form", "protection"):
        del statistics[name]

    assert decide(statistics)["decision"] == "permit"
    assert decide({**statistics, "categories": ["K8", "K2"]})["missing"] == ["case_id", "form", "protection"]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"mfa": False}, ["mfa"]),
        ({"mfa": "yes"}, ["mfa"]),
        ({"component": "FBI"}, ["component"]),
        ({"component": ["USCIS"]}, ["component"]),
        ({"role": {}}, ["role"]),
        ({"categories": []}, ["categories"]),
        ({"categories": "K1"}, ["categories"]),
        ({"categories": ["K1", "K99"]}, ["categories"]),
        ({"categories": ["K1", ["K2"]]}, ["categories"]),
        ({"recipient_id": ""}, ["recipient_id"]),
        ({"recipient_id": True}, ["recipient_id"]),
        ({"recipient_id": "x" * 10_000}, ["recipient_id"]),
        ({"approvals": ["uscis_supervisor"]}, ["approvals"]),
        ({"approvals": {"friend": "x"}}, ["unknown:friend"]),
        ({"facts": {"friendly": True}}, ["unknown:friendly"]),
        ({"scopes": {"everything": ["K1"]}}, ["unknown:everything"]),
        ({"authority": "mine"}, ["unknown:authority"]),
        ({"Her Name": "x"}, ["unknown:attribute"]),
        ({"assigned": False}, ["assigned"]),
    ],
)
def test_p8_refuses_what_is_not_in_the_form_of_the_table(changes, missing):
    answer = asked(**changes)

    assert gist(answer) == ("deny", ["P8"], [], [])
    assert answer["missing"] == missing


def test_p8_outside_the_departments_no_second_factor_is_asked():
    own = {**OFFICER, "component": "VICTIM", "employee_type": "not_applicable", "role": "other", "mfa": False}
    facts = {"identity_verified": True, "safe_channel": True}

    assert asked({**own, "purpose": "own_information"}, categories=["K3", "K6"], facts=facts)["rules"] == ["G30"]


@pytest.mark.parametrize("request_", [None, [], "K1", 7, {}])
def test_p8_whatever_comes_is_answered(request_):
    assert decide(request_)["rules"] == ["P8"]


def test_p4_arrest_or_removal_is_denied_even_to_the_assigned_officer():
    assert gist(asked(purpose="arrest_or_removal")) == ("deny", ["P4"], [], [])


@pytest.mark.parametrize("employee_type", ["contractor", "task_force", "detailee_unknown", "not_applicable"])
def test_p9_who_is_no_officer_or_employee_goes_to_counsel(employee_type):
    answer = asked(LEAD, employee_type=employee_type)

    assert gist(answer) == ("escalate", ["P9"], [], [])
    assert answer["to"] == "counsel"


def test_u1_intake_sees_the_packet_of_its_own_office_but_not_the_allegation():
    base = {**OFFICER, "role": "intake_clerk", "purpose": "intake", "facts": {"same_office": True}}

    assert gist(asked(base, categories=["K3", "K4", "K5", "K7"])) == ("permit", ["U1"], ["K3", "K4", "K5", "K7"], [])
    assert gist(asked(base, categories=["K1", "K3"])) == ("redact", ["U1"], ["K3"], ["K1"])
    assert asked(base, facts={"same_office": False})["missing"] == ["same_office"]


def test_u2_work_list_holds_no_names():
    answer = asked(purpose="worklist", categories=["K5", "K3"], facts={"same_office": True})

    assert gist(answer) == ("redact", ["U2"], ["K5"], ["K3"])
    assert "no names" in answer["gives"]


def test_u4_referral_is_proposed_by_the_assigned_officer():
    base = {**OFFICER, "purpose": "propose_referral", "categories": ["K1", "K4", "K6"]}

    assert gist(asked(base)) == ("permit", ["U4"], ["K1", "K4", "K6"], [])
    assert asked(base, facts={"assigned": False})["missing"] == ["assigned"]
    assert asked(base, role="supervisor")["rules"] == ["DEFAULT"]


def test_u5_supervisor_reviews_what_was_proposed_in_the_own_office():
    base = {**OFFICER, "role": "supervisor", "purpose": "release_review", "facts": {}, "categories": ["K12", "K3"]}

    assert gist(asked(base, facts={"proposed": True, "same_office": True}))[0] == "permit"
    assert asked(base)["missing"] == ["proposed", "same_office"]
    assert asked(base, role="referral_officer")["rules"] == ["DEFAULT"]


def test_g1_assigned_officer_sees_the_case_and_break_glass_opens_it_too():
    assert gist(asked(categories=["K1", "K9", "K10"])) == ("redact", ["G1"], ["K1", "K9"], ["K10"])
    assert asked(facts={"assigned": False, "break_glass": True})["rules"] == ["G1"]


def test_g2_colleague_who_is_not_assigned_gets_nothing():
    answer = asked(facts={"assigned": False})

    assert gist(answer) == ("deny", ["G2"], [], [])
    assert answer["missing"] == ["assigned", "break_glass"]


def test_g6_lead_goes_out_with_everything_in_place():
    answer = asked(LEAD, categories=["K1", "K2", "K12"])

    assert gist(answer) == ("permit", ["G6"], ["K1", "K2", "K12"], [])
    assert answer["lane"] == "a2_internal"
    assert answer["labels"] == ["BATT", "IVIC", "INV"]
    assert "1367(a)(2)" in answer["ground"]


def test_g6_victim_and_narrative_are_taken_out():
    assert gist(asked(LEAD, categories=["K1", "K3", "K4", "K5"])) == ("redact", ["G6"], ["K1"], ["K3", "K4", "K5"])


def test_g6_names_all_facts_that_are_missing():
    answer = asked(LEAD, facts=dict.fromkeys(LEAD["facts"], False), approvals={})

    assert gist(answer) == ("deny", ["G6"], [], [])
    assert answer["missing"] == ["confirmed_record", "marked", "notice_attached", "protocol_in_force"]


@pytest.mark.parametrize(
    "approvals",
    [
        {},
        {"uscis_supervisor": "agent"},
        {"uscis_supervisor": "officer"},
        {"uscis_supervisor": " OFFICER "},
        {"uscis_supervisor": ""},
        {"uscis_supervisor": None},
        {"uscis_supervisor": ["supervisor"]},
        {"uscis_supervisor": "supervisor", "counsel": "supervisor"},
        {"hsi_supervisor": "supervisor"},
    ],
)
def test_g6_approval_must_be_another_persons_own(approvals):
    answer = asked(LEAD, approvals=approvals)

    assert gist(answer)[:3] == ("approve", ["G6"], [])
    assert answer["approvals_missing"] == ["uscis_supervisor"]


def test_g12_enforcement_and_removal_gets_nothing_whatever_it_holds():
    for purpose in ("adjudicate", "trafficking_lead", "status_check", "audit", "foia", "waiver", "litigation"):
        answer = asked(LEAD, component="ICE_ERO", purpose=purpose, facts={"assigned": True, "break_glass": True})
        assert gist(answer) == ("deny", ["G12"], [], [])

    custody = asked(LEAD, component="ICE_ERO", purpose="custody_safety")
    assert (custody["decision"], custody["to"]) == ("escalate", "counsel")


def test_g33_press_public_and_litigants_get_nothing_but_what_names_them():
    for component in ("PRESS", "PUBLIC", "LITIGANT"):
        assert gist(asked(component=component, purpose="other")) == ("deny", ["G33"], [], [])
    assert asked(component="PRESS", purpose="waiver")["rules"] == ["G33"]
    assert asked(component="PUBLIC", purpose="waiver")["rules"] == ["G25"]
    assert asked(component="LITIGANT", purpose="statistics")["rules"] == ["G33"]
    assert asked(component="PUBLIC", purpose="statistics", categories=["K8"])["rules"] == ["G28"]


def test_p1_silent_ends_of_protection_count_as_pending():
    assert asked(protection="withdrawn")["rules"] == ["G1", "P1"]
    assert asked(protection="naturalized")["rules"] == ["G1", "P1"]


def test_p2_verified_end_of_protection_leaves_the_privacy_act():
    ended = {"protection": "denied_final", "facts": {"dated_verification": True}}

    assert (asked(**ended)["rules"], asked(**ended)["lane"]) == (["G1"], "privacy_act")
    outside = asked(component="RESEARCHER", purpose="statistics", **ended)
    assert (outside["decision"], outside["rules"], outside["to"]) == ("escalate", ["P2"], "privacy_officer")


def test_p6_alleged_and_protected_person_needs_two_more():
    answer = asked(LEAD, facts={"dual_role": True})

    assert (answer["decision"], answer["rules"]) == ("approve", ["G6", "P6"])
    assert answer["approvals_missing"] == ["second_approver", "counsel"]
    both = {"uscis_supervisor": "supervisor", "second_approver": "second", "counsel": "counsel"}
    assert asked(LEAD, facts={"dual_role": True}, approvals=both)["decision"] == "permit"


def test_p7_minor_in_the_package_is_labelled_and_kept_out():
    answer = asked(LEAD, facts={"minor_in_package": True})
    sweep = asked(
        {**LEAD, "purpose": "petitioner_sweep"},
        categories=["K1", "K7"],
        facts={"legitimate_purpose": True, "minor_in_package": True},
    )

    assert (answer["decision"], answer["rules"], answer["labels"][-1]) == ("permit", ["G6", "P7"], "CVIC")
    assert gist(sweep) == ("redact", ["G11", "P7"], ["K1"], ["K7"])


def test_p5_conviction_does_not_count_for_a_u_petition():
    base = {**OFFICER, "role": "adjudicator", "purpose": "admissibility_decision", "categories": ["K2", "K10"]}
    convicted = {"convicted_237a2": True}

    assert asked(base, facts=convicted)["allowed"] == ["K2", "K10"]
    assert asked(base, facts=convicted, form="U")["allowed"] == ["K2"]
    assert asked(base, facts=convicted, form="U")["missing"] == ["corroborated"]
    assert asked(base)["missing"] == ["corroborated", "convicted_237a2"]


def test_g7_and_g8_sensitive_detail_alone_and_beside_other_data():
    base = {**LEAD, "purpose": "open_investigation", "approvals": {"hsi_supervisor": "h", "uscis_supervisor": "u"}}
    facts = dict.fromkeys(("written_case_number", "need_stated", "victim_safety_checked", "necessary_to_offence"), True)

    assert gist(asked(base, categories=["K9"], facts=facts)) == ("redact", ["G8"], ["K9"], [])
    assert gist(asked(base, categories=["K9", "K3"], facts=facts)) == ("redact", ["G7"], ["K3"], ["K9"])


def test_g22_late_notice_of_a_minor_is_given_and_is_an_incident():
    base = {**LEAD, "component": "HHS", "purpose": "minor_notice", "categories": ["K3", "K6"], "approvals": {}}
    in_time = asked(base, facts={"minor_in_package": True, "hours_since_discovery": 24})
    late = asked(base, facts={"minor_in_package": True, "hours_since_discovery": 24.5, "dual_role": True})

    assert (in_time["decision"], in_time["alerts"], in_time["lane"]) == ("redact", [], "hhs_minor")
    assert (late["decision"], late["alerts"]) == ("redact", ["minor_notice_after_24_hours"])


def test_g14_witness_statements_need_a_pending_federal_case_and_counsel():
    base = {**LEAD, "component": "DOJ", "role": "attorney", "purpose": "discovery_obligation", "approvals": {}}
    facts = {"legitimate_purpose": True, "pending_federal_case": True}

    assert gist(asked(base, categories=["K1", "K3"], facts=facts)) == ("redact", ["G14"], ["K1"], ["K3"])
    granted = asked(base, categories=["K1", "K3"], facts=facts, approvals={"counsel": "c"})
    assert (granted["decision"], granted["lane"]) == ("permit", "prosecutor")


@pytest.mark.parametrize(("size", "level", "missing"), [
    (10, "state", ["cell_size"]), (11, "county", ["location_level"]), ("11", "state", ["cell_size"]),
    (True, None, ["cell_size", "location_level"]), (11, "none", []),
])  # fmt: skip
def test_g28_small_cells_and_fine_places_are_kept_back(size, level, missing):
    facts = {"complementary_safe": True, "cell_size": size, "location_level": level}
    answer = asked(component="RESEARCHER", purpose="statistics", categories=["K8"], facts=facts)

    assert answer["missing"] == missing
    assert answer["decision"] == ("deny" if missing else "permit")


def test_g27_anything_but_counts_goes_to_counsel():
    base = {**OFFICER, "component": "GAO", "purpose": "congressional_oversight"}

    assert gist(asked(base, categories=["K8", "K2"])) == ("redact", ["G27"], ["K8"], ["K2"])
    assert asked(base, categories=["K2"])["to"] == "counsel"


def test_g25_waiver_gives_what_was_waived():
    base = {
        **OFFICER,
        "component": "NGO_PROVIDER",
        "purpose": "waiver",
        "facts": dict.fromkeys(("all_adults", "all_waived", "consent_written", "no_duress"), True),
        "approvals": {"privacy_officer": "p"},
    }

    assert gist(asked(base, categories=["K1", "K3"], scopes={"waiver_categories": ["K3"]}))[2:] == (["K3"], ["K1"])
    assert asked(base, categories=["K1"])["missing"] == ["waiver_categories"]


def test_facts_may_stand_beside_the_other_attributes():
    flat = {name: value for name, value in OFFICER.items() if name != "facts"}

    assert decide({**flat, "assigned": True})["rules"] == ["G1"]
    assert decide({**flat, "facts": ["assigned"]})["rules"] == ["G1"]


def test_answer_names_the_policy_set_that_gave_it():
    version, _, digest = asked()["policy"].partition(" sha256:")

    assert (version, len(digest)) == ("2026-11b", 64)
