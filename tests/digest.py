"""What stands in the tables of the portal, as one short word a table, so that two moments can be compared."""

import hashlib

from django.apps import apps

APPS = ("coordination", "programs", "reports")


def tables():
    """Of our apps, with histories and the tables between two others; sessions and counts of attempts are Django's."""
    return [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def digest():
    """Table → number of rows and a hash over every value of every row."""
    return {model._meta.db_table: _of(model) for model in tables()}


def _of(model):
    rows = [*model._base_manager.order_by("pk").values_list()]
    return f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"


def changed_tables(before, after):
    return [table for table in after if before[table] != after[table]]
