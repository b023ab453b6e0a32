"""An officer marks the words of an act as K9 on the case's page, and takes the mark back."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import RequestFactory

from haven.cases import services
from haven.cases.models import SensitiveMark
from haven.review import case_views

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def case(home, extraction):
    return services.store_extraction(extraction(), office="VSC")


def pressed(view, user, case, value) -> str:
    user.session_mfa = True
    request = RequestFactory().post("/")
    request.user = user
    return view(request, case.pk, value.pk).content.decode()


def test_the_page_offers_the_mark_shows_it_and_takes_it_back(case, person):
    officer = person("officer")
    services.assign(case, officer)
    act = case.values_all.filter(allegation__isnull=False).first()

    kept = pressed(case_views.keep_back, officer, case, act)
    assert kept.count('data-act="let_go"') == 1 and "kept back (K9)" in kept
    assert "kept words of an act back" in kept

    gone = pressed(case_views.let_go, officer, case, act)
    assert gone.count('data-act="let_go"') == 0
    assert gone.count('data-act="keep_back"') == kept.count('data-act="keep_back"') + 1


def test_who_is_not_assigned_marks_nothing(case, person):
    act = case.values_all.filter(allegation__isnull=False).first()
    colleague = person("colleague")
    services.break_glass(case, colleague, "the officer is ill")

    with pytest.raises(Http404):
        pressed(case_views.keep_back, colleague, case, act)
    assert not SensitiveMark.objects.exists()
