"""Who takes notice that a case was opened without assignment."""

from __future__ import annotations

import pytest

from haven.cases import services
from haven.review.case_views import notices_for

pytestmark = pytest.mark.django_db(databases="__all__")


def test_nobody_but_a_supervisor_takes_notice(person, extraction, home) -> None:
    case = services.store_extraction(extraction(), office="VSC")
    supervisor, colleague = person("supervisor"), person("colleague")
    services.break_glass(case, colleague, "the officer is ill")
    services.break_glass(case, supervisor, "the officer is ill")

    assert notices_for(colleague, {case.pk}) == []
    (notice,) = notices_for(supervisor, {case.pk})
    assert notice.officer == colleague
    own = case.break_glass.get(officer=supervisor)
    with pytest.raises(services.UsageProblem, match="yourself"):
        services.see_break_glass(own, supervisor)
