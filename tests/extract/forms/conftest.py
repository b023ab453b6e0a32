from __future__ import annotations

from collections.abc import Callable

import pytest

from extract.forms import definition
from tests.extract.forms.drawn_form import DrawnForm


@pytest.fixture
def drawn(tmp_path) -> Callable[..., DrawnForm]:
    def draw(form: str, edition: str) -> DrawnForm:
        known = definition(form, edition)
        assert known is not None
        return DrawnForm(known, tmp_path / f"{form}.pdf")

    return draw


@pytest.fixture
def i914b(drawn) -> DrawnForm:
    return drawn("i-914b", "02/27/17")


@pytest.fixture
def i918b(drawn) -> DrawnForm:
    return drawn("i-918b", "02/07/17")
