"""``haven refer``: what an operator sees of referrals is numbers and states; a package can be inspected again."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from haven.audit import log
from haven.referral import outbox, services
from haven.referral.commands import app

pytestmark = pytest.mark.django_db(databases="__all__")
BOTH = {"compared_excerpts": True, "no_inference": True}


def haven_refer(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_list_and_show_name_nobody(proposed, supervisor, protocol):
    released = services.release(proposed, supervisor, **BOTH)

    listed, shown = haven_refer("list"), haven_refer("show", released.number)

    assert released.number in listed.output
    assert json.loads(shown.output)["rules"][0] == "G6"
    for name in ("Rosa", "Delgado", "Maylin", "Whitfield", "T-0"):
        assert name not in listed.output + shown.output


@pytest.mark.parametrize("number", ["R-9999", "x", "R-²"])
def test_unknown_number_is_one_sentence(number):
    assert str(haven_refer("show", number).exception) == "There is no referral with that number."


def test_released_package_can_be_inspected_again(proposed, supervisor, protocol):
    released = services.release(proposed, supervisor, **BOTH)
    folder = outbox.folder() / released.package

    clean = haven_refer("inspect", str(folder))
    (folder / "lead.json").write_text((folder / "lead.json").read_text().replace("Person 1", "Maylin"))
    planted = haven_refer("inspect", str(folder))

    assert clean.exit_code == 0 and "3 files opened, 0 of" in clean.output
    assert "a name" in planted.output and "maylin" not in planted.output.lower()
    assert "must not be sent" in str(planted.exception)
    assert [row.event for row in log.rows()][-2:] == ["referral.inspected"] * 2


def test_what_a_killed_release_left_in_the_outbox_is_thrown_away(home):
    left, fresh = outbox.folder() / ".left", outbox.folder() / ".fresh"
    for one in (left, fresh):
        one.mkdir(parents=True)
        (one / "lead.json").write_text("{}")
    os.utime(left, (0, 0))

    with outbox.staging():
        assert not left.exists()
        assert fresh.exists()


def test_folder_that_is_no_package_is_refused(tmp_path):
    assert "holds no package" in str(haven_refer("inspect", str(tmp_path)).exception)


def test_protocol_is_recorded_once(db):
    arguments = ("protocol", "4", "--starts", "2026-01-01", "--ends", "2026-12-31")

    assert haven_refer(*arguments).exit_code == 0
    assert "recorded already" in str(haven_refer(*arguments).exception)
    assert "YYYY-MM-DD" in str(haven_refer("protocol", "5", "--starts", "soon", "--ends", "later").exception)
    backwards = haven_refer("protocol", "5", "--starts", "2026-02-01", "--ends", "2026-01-01")
    assert "ends after it starts" in str(backwards.exception)
