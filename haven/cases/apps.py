from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class CasesConfig(AppConfig):
    name = "haven.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        pre_migrate.connect(_keys_before_tables, sender=self, dispatch_uid="keys before tables")


def _keys_before_tables(**_: object) -> None:
    """The first run makes the keys; from the first table on, missing keys are a reason to stop."""
    from haven.keys import keyring

    keyring()
