"""Each indicator gets a name for addresses of its own."""

import uuid

from django.db import migrations


def give(apps, _schema_editor):
    rows = list(apps.get_model("programs", "Indicator").objects.filter(uid=None))
    for row in rows:
        row.uid = uuid.uuid4()
    apps.get_model("programs", "Indicator").objects.bulk_update(rows, ["uid"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0011_indicator_rules_kept"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
