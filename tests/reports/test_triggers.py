"""Every trigger of the tables in which a report remembers its facts, broken once."""

import pytest

from coordination.enums import DocumentState
from reports.triggers import FROZEN_FACTS
from tests.constraints import assert_refused, changed, removal, twin
from tests.reports.test_constraints import Rows

NAMES = dict(zip(FROZEN_FACTS, ("activity", "model_event", "measurement", "budget_entry"), strict=True))


def remembered(table, cast):
    return getattr(Rows(cast), NAMES[table])


def frozen(row):
    changed(row.report.document, state=DocumentState.APPROVED)()
    return row


def written(event, row):
    if event == "insert":
        return twin(row, report=frozen(row).report)
    return removal(frozen(row)) if event == "delete" else changed(frozen(row), fact_version=2)


CASES = {
    f"{table._meta.db_table}__report_facts_kept__{event}": (event, table)
    for table in FROZEN_FACTS
    for event in ("insert", "update", "delete")
}


@pytest.mark.parametrize("trigger", sorted(CASES))
def test_database_refuses(cast, trigger):
    event, table = CASES[trigger]
    assert_refused(written(event, remembered(table, cast)), trigger.split("__")[1])


@pytest.mark.parametrize("table", FROZEN_FACTS)
def test_a_draft_may_forget_what_it_remembered(cast, table):
    row = remembered(table, cast)
    removal(row)()
    assert not table.objects.exists()
