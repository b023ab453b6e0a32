"""K9: the classifier on a table of invented sentences, and the officer's mark that stands over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.errors import UsageProblem
from haven.audit.models import AuditRow
from haven.cases import services as cases
from haven.cases.models import SensitiveMark
from haven.referral import services
from haven.referral.errors import ReferralRefused
from haven.referral.k9 import Tell, is_sensitive, tells
from tests.haven.referral.conftest import subject

TABLE = Path(__file__).with_name("k9_sentences.tsv")
"""``K9`` or ``no``, tab, the sentence; invented for this test. ``\\n`` stands for the end of a line."""
ROWS = [line.replace("\\n", "\n").split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]


def test_the_table_has_both_classes():
    kinds = [kind for kind, _ in ROWS]

    assert set(kinds) == {"K9", "no"}
    assert kinds.count("K9") >= 100 and kinds.count("no") >= 70
    assert len({text for _, text in ROWS}) == len(ROWS)


@pytest.mark.parametrize("text", [text for kind, text in ROWS if kind == "K9"])
def test_nothing_sensitive_is_missed(text):
    assert is_sensitive(text)


def test_what_is_only_alleged_stays_sendable():
    kept_back = [text for kind, text in ROWS if kind == "no" and is_sensitive(text)]

    assert kept_back == []


@pytest.mark.parametrize(
    "frame",
    [
        "It is not true that {}",
        "Nobody says: {}",
        "I deny that. {}",
        "{} That is what she claims, and it is a lie.",
        "If anybody asks, {}",
    ],
)
def test_what_stands_around_it_lowers_nothing(frame):
    assert [text for kind, text in ROWS if kind == "K9" and not is_sensitive(frame.format(text))] == []


def test_capitals_change_nothing():
    assert [text for kind, text in ROWS if kind == "K9" and not is_sensitive(text.upper())] == []


def test_it_says_what_gave_a_sentence_away():
    assert tells("He broke my arm and I was ashamed.") == [
        Tell("medical", "broke my arm"),
        Tell("psychological", "ashamed"),
    ]
    assert tells("She took my passport.") == []


def test_a_long_text_of_any_kind_is_read_to_its_end():
    assert is_sensitive("She took my passport. " * 5000 + "I was raped.")
    assert not is_sensitive("a " * 100_000)


# the officer's mark --------------------------------------------------------------------------------------------------

store = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(told_case):
    return told_case()


def acts(case):
    return list(subject(case).values_all.current().filter(allegation__isnull=False).order_by("order"))


def left(case, officer) -> list[str]:
    return [one["original"] for one in services.preview(case, [subject(case)], officer).excerpts]


@store
def test_a_marked_sentence_stays_whatever_the_classifier_says(case, officer):
    before = left(case, officer)
    act = next(a for a in acts(case) if any("passport" in b or "offered me work" in b for b in before))

    cases.keep_back(act, officer)
    after = left(case, officer)

    assert len(after) == len(before) - 1
    assert all(not is_sensitive(sentence) for sentence in set(before) - set(after))


@store
def test_a_mark_is_taken_back_by_a_second_step_and_both_stay_in_the_log(case, officer):
    before, act = left(case, officer), acts(case)[0]
    cases.keep_back(act, officer)
    cases.keep_back(act, officer)
    cases.let_go(act, officer)
    cases.let_go(act, officer)

    assert left(case, officer) == before
    assert SensitiveMark.objects.get().taken_back_by == officer
    events = AuditRow.objects.filter(event__startswith="words.").order_by("sequence").values_list("event", flat=True)
    assert list(events) == ["words.kept_back", "words.let_go"]


@store
def test_the_mark_stays_on_the_words_when_the_value_is_decided_anew(case, officer):
    act = acts(case)[0]
    cases.keep_back(act, officer)
    before = left(case, officer)

    cases.undo(act, officer)
    cases.confirm(acts(case)[0], officer)

    assert left(case, officer) == before
    cases.let_go(acts(case)[0], officer)
    assert len(left(case, officer)) == len(before) + 1


@store
def test_taking_a_mark_back_does_not_let_go_what_the_classifier_keeps(case, officer, told_case):
    from tests.haven.referral.test_excerpts import FRIMPONG

    other = told_case(FRIMPONG)
    raped = next(a for a in acts(other) if a.allegation.relation == "harmed")
    before = left(other, officer)
    cases.keep_back(raped, officer)
    cases.let_go(raped, officer)

    assert left(other, officer) == before
    assert not any("raped" in sentence for sentence in before)


@store
def test_a_proposal_from_before_the_mark_is_not_released(case, officer, supervisor):
    referral = services.propose(case, [subject(case)], officer)
    cases.keep_back(acts(case)[0], officer)

    with pytest.raises(ReferralRefused, match="has changed since this was proposed"):
        services.release(referral, supervisor, compared_excerpts=True, no_inference=True)


@store
def test_what_has_no_words_cannot_be_kept_back(case, officer):
    typed = cases.add_value(subject(case), "phone", "(713) 555-0100", officer, "from the officer")

    with pytest.raises(UsageProblem, match="nothing to keep back"):
        cases.keep_back(typed, officer)
