"""Stores of before get the entries by which names are found that sound alike."""

from django.db import migrations


def fill(apps, schema_editor):
    from haven.cases.search import rebuild_sounds

    if apps.get_model("cases", "Value").objects.exists():
        rebuild_sounds()


def empty(apps, schema_editor):
    apps.get_model("cases", "IndexEntry").objects.filter(kind="name_sound").delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_history_stays")]
    operations = [migrations.RunPython(fill, empty)]
