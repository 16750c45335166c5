"""Rounds there already: the text as it was put to the agencies, until the next edit says otherwise."""

from django.db import migrations
from django.db.models import F


def as_put(apps, _schema_editor):
    apps.get_model("coordination", "ReviewRound").objects.update(text_sha256=F("sha256"))


class Migration(migrations.Migration):
    dependencies = [("coordination", "0010_text_of_a_round_now")]

    operations = [migrations.RunPython(as_put, migrations.RunPython.noop)]
