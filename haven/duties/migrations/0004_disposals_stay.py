"""The database refuses to change what was proposed for disposal and what was disposed of."""

from django.db import migrations

HISTORY = ("disposal", "disposed")


def forward(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in HISTORY:
        on = f"BEFORE UPDATE ON duties_{name}"
        schema_editor.execute(
            f"CREATE TRIGGER duties_{name}_stays {on} FOR EACH ROW EXECUTE FUNCTION duties_history_stays()"
            if postgres
            else f"CREATE TRIGGER duties_{name}_stays {on} BEGIN "
            "SELECT RAISE(ABORT, 'rows of history are never changed'); END"
        )


def backward(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    for name in HISTORY:
        on = f" ON duties_{name}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER duties_{name}_stays{on}")


class Migration(migrations.Migration):
    dependencies = [("duties", "0003_retention")]
    operations = [migrations.RunPython(forward, backward, hints={"database": "default"})]
