"""What stands in the tables of the portal, as one short word a table, so that two moments can be compared."""

import hashlib
import re
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

APPS = ("coordination", "programs", "reports")
# Statements after which our tables are as they were; the session of whoever asks is prolonged at each request.
CHANGES_NO_ROW = re.compile(
    r'\s*(SELECT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|SET CONSTRAINTS|PRAGMA|UPDATE "django_session")(?!\w)',
    re.I,
)


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


@contextmanager
def changes_since(before):
    """A function that names the tables changed by then; they are read only if a statement could have changed any."""
    others = []

    def note(execute, sql, params, many, context):
        if not CHANGES_NO_ROW.match(sql):
            others.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield lambda: changed_tables(before, digest()) if others else []
