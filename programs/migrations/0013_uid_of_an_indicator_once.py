import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0012_uids_of_indicators"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indicator",
            name="uid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
