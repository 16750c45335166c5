from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coordination", "0009_one_rule_for_changes")]

    operations = [
        migrations.AddField("reviewround", "text_sha256", models.CharField(default="", max_length=64), False),
    ]
