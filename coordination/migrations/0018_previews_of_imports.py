"""What the check of a file shows; files of the system's administrator belong to no agency."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coordination", "0017_notices_of_tasks")]

    operations = [
        migrations.AddField("importrun", "preview", models.JSONField(default=dict)),
        migrations.AddField("importrun", "rows_total", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "importrun",
            "agency",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="import_runs",
                to="coordination.agency",
            ),
        ),
    ]
