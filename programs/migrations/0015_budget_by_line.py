from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0021_grants_of_reports"),
        ("programs", "0014_withdrawn_tasks"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="budgetentry",
            index=models.Index(fields=["unit", "component", "year", "counted_on"], name="budget_by_line"),
        ),
    ]
