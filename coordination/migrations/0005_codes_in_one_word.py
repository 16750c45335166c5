from django.db import migrations

from coordination.search import search_text
from coordination.symbols import searchable

ROWS_AT_ONCE = 1000


def refill(apps, derive):
    Document = apps.get_model("coordination", "Document")
    changed = []
    for document in Document.objects.iterator(chunk_size=ROWS_AT_ONCE):
        document.search_text = derive(document.number, document.symbol, document.subject)
        changed.append(document)
    Document.objects.bulk_update(changed, ["search_text"], batch_size=ROWS_AT_ONCE)


def with_codes(apps, schema_editor):
    refill(apps, searchable)


def without_codes(apps, schema_editor):
    refill(apps, search_text)


class Migration(migrations.Migration):
    """Documents entered before are found by "123khph" too."""

    dependencies = [("coordination", "0004_pages_of_files")]

    operations = [migrations.RunPython(with_codes, without_codes)]
