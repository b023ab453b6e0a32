"""The database refuses to change imported notes and records of cooperation; only a data key may be written anew."""

from django.db import migrations

HISTORY = ("importednote", "noteplacement", "cooperation", "cooperationwithdrawn")


def forward(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in HISTORY:
        fields = apps.get_model("duties", name)._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields if field.column != "data_key")
        when = f"BEFORE UPDATE OF {columns} ON duties_{name}"
        schema_editor.execute(
            f"CREATE TRIGGER duties_{name}_stays {when} FOR EACH ROW EXECUTE FUNCTION duties_history_stays()"
            if postgres
            else f"CREATE TRIGGER duties_{name}_stays {when} BEGIN "
            "SELECT RAISE(ABORT, 'rows of history are never changed'); END"
        )


def backward(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    for name in HISTORY:
        on = f" ON duties_{name}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER duties_{name}_stays{on}")


class Migration(migrations.Migration):
    dependencies = [("duties", "0005_notes_and_cooperation")]
    operations = [migrations.RunPython(forward, backward, hints={"database": "default"})]
