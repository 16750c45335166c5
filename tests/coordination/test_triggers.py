"""The triggers as a whole: all there, none untested, put back after a migration re-made their table."""

import pytest
from django.db import connection

from coordination.models import DocumentVersion
from coordination.triggers import (
    POSTGRESQL_NAME_LIMIT,
    declared,
    install,
    installed,
    missing_triggers,
    uninstall,
    without_triggers,
)
from tests import factories
from tests.constraints import assert_refused, changed, removal
from tests.programs import test_triggers as of_programs
from tests.reports import test_triggers as of_reports


def version(cast):
    return DocumentVersion.objects.create(
        document=factories.document(cast.board), number=1, manuscript={}, sha256="0" * 64, created_by=cast.leader
    )


CASES = {
    "coordination_documentversion__document_version_kept__update": lambda cast: changed(version(cast), reason="khác"),
    "coordination_documentversion__document_version_kept__delete": lambda cast: removal(version(cast)),
}


@pytest.mark.parametrize("trigger", sorted(CASES))
def test_database_refuses(cast, trigger):
    assert_refused(CASES[trigger](cast), trigger.split("__")[1])


def test_every_trigger_is_broken_by_a_test():
    names = {trigger.db_name for trigger in declared()}
    assert names == CASES.keys() | of_programs.CASES.keys() | of_reports.CASES.keys()


def test_names_are_unique_and_short_enough_for_postgresql():
    names = [trigger.db_name for trigger in declared()]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= POSTGRESQL_NAME_LIMIT


def test_nothing_is_missing_after_migrate(db):
    assert missing_triggers(connection) == []
    assert len(installed(connection)) == len(list(declared()))


def test_a_dropped_trigger_is_missed_and_put_back(db):
    uninstall(connection)
    assert missing_triggers(connection) == sorted(trigger.db_name for trigger in declared())
    install(connection)
    assert missing_triggers(connection) == []


def test_an_altered_trigger_is_missed_and_mended(db):
    """One that has the name but lets everything pass is as bad as none."""
    name, (table, _text) = sorted(installed(connection).items())[0]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} BEGIN SELECT 1; END")
        else:
            body = "BEGIN RETURN NEW; END"
            cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
    assert missing_triggers(connection) == [name]
    install(connection)
    assert missing_triggers(connection) == []


def test_a_trigger_switched_off_is_missed(db):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL can switch a trigger off")
    name, (table, _text) = sorted(installed(connection).items())[0]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    assert missing_triggers(connection) == [name]


def test_a_great_load_may_leave_the_triggers_out(cast):
    row = version(cast)
    with without_triggers():
        changed(row, reason="nạp lại")()
    assert missing_triggers(connection) == []
    assert_refused(changed(row, reason="khác"), "document_version_kept")
