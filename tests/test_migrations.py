"""The migrations lead to the tables the tests work on, which are made straight from the models."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import load_backend

from coordination.triggers import missing_triggers
from tests.digest import APPS


@contextmanager
def empty_database(folder):
    """Settings and address of a database of its own, beside that of the tests."""
    stored = connection.settings_dict
    if connection.vendor == "sqlite":
        name = str(folder / "migrated.sqlite3")
        yield {**stored, "NAME": name}, f"sqlite:///{name}"
        return
    name = f"{stored['NAME']}_migrated"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    address = f"postgres://{stored['USER']}:{stored['PASSWORD']}@{stored['HOST']}:{stored['PORT']}/{name}"
    try:
        yield {**stored, "NAME": name}, address
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def connected(options):
    other = load_backend(options["ENGINE"]).DatabaseWrapper(options, alias="migrated")
    connections["migrated"] = other
    try:
        yield other
    finally:
        other.close()
        del connections["migrated"]


def shape(database):
    """Of our tables: table -> columns with their types, and names of constraints and indexes with their columns."""
    found = {}
    with database.cursor() as cursor:
        for table in database.introspection.get_table_list(cursor):
            if not table.name.startswith(tuple(f"{app}_" for app in APPS)):
                continue
            columns = database.introspection.get_table_description(cursor, table.name)
            rules = database.introspection.get_constraints(cursor, table.name)
            found[table.name] = (
                {column.name: (column.type_code, column.null_ok) for column in columns},
                {(tuple(rule["columns"] or ()), rule["unique"], rule["check"], bool(rule["foreign_key"]))
                 for rule in rules.values()},
                {name for name, rule in rules.items() if rule["check"] and not name.startswith("__")},
            )  # fmt: skip
    return found


@pytest.mark.django_db(transaction=True)
def test_migrations_make_what_the_models_say(tmp_path):
    with empty_database(tmp_path) as (options, address), connected(options) as migrated:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environment = {**os.environ, "DATABASE_URL": address}
        done = subprocess.run(
            command, cwd=Path(settings.BASE_DIR), env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        made, expected = shape(migrated), shape(connection)
        assert made.keys() == expected.keys()
        assert {name: made[name] for name in made if made[name] != expected[name]} == {}
        assert missing_triggers(migrated) == []
