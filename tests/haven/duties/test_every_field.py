"""Nothing sealed is left out of the tests of the disk, the keys and the backups."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

from haven.cases.fields import EncryptedJSON, EncryptedText, SealedRecord
from tests.haven.duties.told import tell_duties

pytestmark = pytest.mark.django_db(databases="__all__")
MODELS = [m for m in apps.get_app_config("duties").get_models() if issubclass(m, SealedRecord)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_sealed_field_is_told_something(model: type[Model], case, officer):
    tell_duties(case, officer)
    row = model._base_manager.first()

    sealed = [f.attname for f in model._meta.concrete_fields if isinstance(f, EncryptedText | EncryptedJSON)]
    assert row is not None
    assert sealed
    assert all(getattr(row, name) for name in sealed)
