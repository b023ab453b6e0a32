from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AuditConfig(AppConfig):
    name = "haven.audit"
    label = "audit"
    verbose_name = "Audit log"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(flush_every_commit, dispatch_uid="haven.audit")


def flush_every_commit(connection, **_kwargs) -> None:
    """A row that was answered on must survive a power cut, which SQLite's NORMAL mode does not promise."""
    if connection.alias == "audit" and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = FULL")
