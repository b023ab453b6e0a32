"""The database itself refuses to change a row of history. Only the wrapped data key may be written anew (rotation)."""

from django.db import migrations

HISTORY = {"default": ("value", "evidence", "extractionrun", "casenote"), "narrative": ("runrecord",)}


def _columns(apps, name):
    fields = apps.get_model("cases", name)._meta.concrete_fields
    return ", ".join(f'"{field.column}"' for field in fields if field.column != "data_key")


def _refuse(database):
    def forward(apps, schema_editor):
        if schema_editor.connection.alias != database:
            return
        postgres = schema_editor.connection.vendor == "postgresql"
        if postgres:
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION cases_history_stays() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'rows of history are never changed'; END $$"
            )
        for name in HISTORY[database]:
            when = f"BEFORE UPDATE OF {_columns(apps, name)} ON cases_{name}"
            schema_editor.execute(
                f"CREATE TRIGGER cases_{name}_stays {when} FOR EACH ROW EXECUTE FUNCTION cases_history_stays()"
                if postgres
                else f"CREATE TRIGGER cases_{name}_stays {when} BEGIN "
                "SELECT RAISE(ABORT, 'rows of history are never changed'); END"
            )

    def backward(apps, schema_editor):
        if schema_editor.connection.alias != database:
            return
        for name in HISTORY[database]:
            on = f" ON cases_{name}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER cases_{name}_stays{on}")

    return migrations.RunPython(forward, backward, hints={"database": database})


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [_refuse("default"), _refuse("narrative")]
