"""The database refuses another data key where one was destroyed: a program that still holds the row as it was before
its disposal cannot bring it back by saving it."""

from django.db import migrations

NARRATIVE = ("pagetext", "runrecord")
DESTROYED = bytes(5).hex()
SAYS = "what was disposed of does not come back"


def _tables(apps, database):
    """Every table with wrapped data keys in this database."""
    for model in apps.get_models():
        columns = [field.column for field in model._meta.concrete_fields]
        where = "narrative" if model._meta.model_name in NARRATIVE else "default"
        if "data_key" in columns and where == database:
            yield model._meta.db_table


def _refuse(database):
    def forward(apps, schema_editor):
        if schema_editor.connection.alias != database:
            return
        postgres = schema_editor.connection.vendor == "postgresql"
        if postgres:
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION destroyed_keys_stay() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for table in _tables(apps, database):
            head = f"CREATE TRIGGER {table}_destroyed BEFORE UPDATE OF data_key ON {table} FOR EACH ROW WHEN "
            schema_editor.execute(
                f"{head} (OLD.data_key = '\\x{DESTROYED}'::bytea AND NEW.data_key IS DISTINCT FROM OLD.data_key) "
                "EXECUTE FUNCTION destroyed_keys_stay()"
                if postgres
                else f"{head} OLD.data_key = X'{DESTROYED}' AND NEW.data_key IS NOT OLD.data_key BEGIN "
                f"SELECT RAISE(ABORT, '{SAYS}'); END"
            )

    def backward(apps, schema_editor):
        if schema_editor.connection.alias != database:
            return
        for table in _tables(apps, database):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER {table}_destroyed{on}")

    return migrations.RunPython(forward, backward, hints={"database": database})


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0006_notes_stay"),
        ("cases", "0004_sensitive_marks"),
        ("referral", "0001_initial"),
    ]
    operations = [_refuse("default"), _refuse("narrative")]
