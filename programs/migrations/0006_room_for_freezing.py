"""Pages of the fact tables are filled by half, so that PostgreSQL freezes a row in the page where it lies.

Freezing 20,000 activities writes each row once more. Where the page has no room, the new row goes to another page and
every index of the table takes an entry for it: five times the work. Rows that exist already stay where they are.
"""

from django.db import migrations

TABLES = ("programs_activity", "programs_modelevent", "programs_measurement", "programs_budgetentry")


def fill_by_half(apps, schema_editor):
    set_fill(schema_editor, "SET (fillfactor = 50)")


def fill_whole(apps, schema_editor):
    set_fill(schema_editor, "RESET (fillfactor)")


def set_fill(schema_editor, change):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} {change}")


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_no_index_twice")]

    operations = [migrations.RunPython(fill_by_half, fill_whole)]
