"""What comes into a case after a disposal of its kind can be disposed of too: once by each disposal, not once for all."""

from django.db import migrations, models

TRIGGER = "duties_disposed_stays"


def _on_default(step):
    def run(apps, schema_editor):
        if schema_editor.connection.alias == "default":
            step(schema_editor, schema_editor.connection.vendor == "postgresql")

    return run


@_on_default
def lift(schema_editor, postgres):
    schema_editor.execute(f"DROP TRIGGER {TRIGGER}{' ON duties_disposed' if postgres else ''}")


@_on_default
def refuse(schema_editor, postgres):
    """SQLite makes the table anew for another constraint, and the trigger of the old one goes with it."""
    when = f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON duties_disposed"
    schema_editor.execute(
        f"{when} FOR EACH ROW EXECUTE FUNCTION duties_history_stays()"
        if postgres
        else f"{when} BEGIN SELECT RAISE(ABORT, 'rows of history are never changed'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("duties", "0007_destroyed_keys_stay")]
    operations = [
        migrations.RunPython(lift, refuse, hints={"database": "default"}),
        migrations.RemoveConstraint("disposed", "disposed_of_once"),
        migrations.AddConstraint(
            "disposed",
            models.UniqueConstraint(fields=("disposal", "case", "kind"), name="disposed_of_once_by_each"),
        ),
        migrations.RunPython(refuse, lift, hints={"database": "default"}),
    ]
