"""The table of the log and the triggers that refuse to change or remove a row."""

from django.db import migrations, models

TABLE = """
CREATE TABLE audit_row (
    sequence bigint NOT NULL PRIMARY KEY,
    at varchar(27) NOT NULL,
    event varchar(80) NOT NULL,
    actor varchar(80) NOT NULL,
    subject varchar(80) NOT NULL,
    detail text NOT NULL,
    previous varchar(64) NOT NULL,
    hash varchar(64) NOT NULL UNIQUE,
    seal varchar(64) NOT NULL
)
"""

SQLITE = [
    """CREATE TRIGGER audit_row_no_update BEFORE UPDATE ON audit_row
       BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON audit_row
       BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    # INSERT OR REPLACE deletes without firing the trigger above (recursive_triggers is off by default)
    """CREATE TRIGGER audit_row_no_replace BEFORE INSERT ON audit_row
       WHEN EXISTS (SELECT 1 FROM audit_row WHERE sequence = NEW.sequence OR hash = NEW.hash)
       BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
]

POSTGRESQL = [
    """CREATE FUNCTION audit_row_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$""",
    """CREATE TRIGGER audit_row_no_change BEFORE UPDATE OR DELETE ON audit_row
       FOR EACH ROW EXECUTE FUNCTION audit_row_refuse()""",
    """CREATE TRIGGER audit_row_no_truncate BEFORE TRUNCATE ON audit_row
       FOR EACH STATEMENT EXECUTE FUNCTION audit_row_refuse()""",
]


def create(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in [TABLE, *(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=27)),
                ("event", models.CharField(max_length=80)),
                ("actor", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=80)),
                ("detail", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_row",
                "ordering": ("sequence",),
                "default_permissions": (),
                "managed": False,
            },
        ),
        # without a way back: undoing this migration would empty the log
        migrations.RunPython(create, elidable=False),
    ]
