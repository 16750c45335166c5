"""The triggers as a whole: all there, none untested, put back after a migration re-made their table."""

from datetime import date

import pytest
from django.db import connection

from coordination.models import DocumentVersion, Opinion, ReviewRound, ReviewSeat, ReviewText
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
from tests.coordination import test_agreement_triggers as of_agreements
from tests.programs import test_triggers as of_programs
from tests.reports import test_triggers as of_reports


def version(cast):
    return DocumentVersion.objects.create(
        document=factories.document(cast.board), number=1, manuscript={}, sha256="0" * 64, created_by=cast.leader
    )


def same_symbol(cast):
    """An agency of a commune beside one of the province: symbols are told apart within the whole province."""
    return lambda: factories.agency(cast.commune, "Ban của xã", "SDTTG")


def opinion(cast):
    document = factories.document(cast.board)
    asked = ReviewRound.objects.create(
        document=document,
        number=1,
        sha256="0" * 64,
        due_on=date(2026, 6, 19),
        opened_by=cast.officer,
        opened_for=cast.board,
    )
    seat = ReviewSeat.objects.create(round=asked, agency=cast.union)
    return Opinion.objects.create(seat=seat, choice="agrees", sha256="0" * 64, given_by=cast.partner)


def review_text(cast):
    return ReviewText.objects.create(document=factories.document(cast.board), sha256="0" * 64, manuscript={})


def closed(cast):
    return factories.agency(cast.province, "Sở Cũ", "SC", closed_on=date(2025, 2, 28))


def work_in_a_closed_agency(cast):
    agency = closed(cast)
    return lambda: factories.member(agency, valid_from=date(2025, 3, 1))


CASES = {
    "coordination_membership__membership_of_open_agency__insert": work_in_a_closed_agency,
    "coordination_membership__membership_of_open_agency__update": lambda cast: changed(
        factories.member(closed(cast)).memberships.get(), valid_from=date(2025, 3, 1)
    ),
    "coordination_agencyname__agency_symbol_once__insert": same_symbol,
    "coordination_agencyname__agency_symbol_once__update": lambda cast: changed(
        cast.union.names.get(), symbol="SDTTG"
    ),
    "coordination_documentversion__document_version_kept__update": lambda cast: changed(version(cast), reason="khác"),
    "coordination_documentversion__document_version_kept__delete": lambda cast: removal(version(cast)),
    "coordination_opinion__opinion_kept__update": lambda cast: changed(opinion(cast), text="khác"),
    "coordination_opinion__opinion_kept__delete": lambda cast: removal(opinion(cast)),
    "coordination_reviewtext__review_text_kept__update": lambda cast: changed(review_text(cast), sha256="1" * 64),
    "coordination_reviewtext__review_text_kept__delete": lambda cast: removal(review_text(cast)),
}


@pytest.mark.parametrize("trigger", sorted(CASES))
def test_database_refuses(cast, trigger):
    assert_refused(CASES[trigger](cast), trigger.split("__")[1])


def test_a_symbol_may_be_taken_over_and_stand_in_another_province(cast):
    factories.agency(cast.far_commune, "Ban của xã", "SDTTG")
    closed = factories.agency(cast.province, "Ban Dân tộc", "BDT", closed_on=date(2020, 12, 31))
    successor = factories.agency(cast.province, "Ban Dân tộc mới", "BDTM")
    name = successor.names.get()
    assert_refused(changed(name, symbol="BDT"), "agency_symbol_once")
    changed(name, symbol="BDT", valid_from=date(2021, 1, 1))()
    assert_refused(changed(closed.names.get(), valid_to=date(2021, 1, 1)), "agency_symbol_once")


def test_every_trigger_is_broken_by_a_test():
    names = {trigger.db_name for trigger in declared()}
    broken = [CASES, of_agreements.CASES, of_programs.CASES, of_reports.CASES]
    assert names == {name for cases in broken for name in cases}


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
