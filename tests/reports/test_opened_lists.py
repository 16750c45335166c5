"""Lists behind a number and lists of late facts read one page, however long they are."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.models import Activity
from reports.opened import late_facts, open_number
from reports.workflow import move
from tests import factories
from tests.reports.test_freeze import IN_PERIOD, TODAY


@pytest.fixture
def report(cast):
    return factories.report(cast.board, cast.province, scope="province")


def longest(queries):
    return max(len(query["sql"]) for query in queries)


def test_no_list_of_keys_is_sent_to_the_database(cast, report):
    def size():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opened = open_number(report, "activities.sessions", cast.officer)
            page = opened.page(1, 2)
            sums = opened.sums(), opened.hidden_sums()
        return longest(queries), opened.count, opened.hidden, len(page.object_list), sums

    factories.activity(cast.board, cast.commune)
    factories.activity(cast.union, cast.commune)
    few = size()
    for _number in range(40):
        factories.activity(cast.board, cast.commune)
    many = size()
    assert few[1:] == (2, 1, 1, (["2"], ["1"]))
    assert many[1:] == (42, 1, 2, (["42"], ["1"]))
    assert many[0] <= few[0] + 40


def test_late_facts_of_all_tables_come_page_by_page(cast, report, django_assert_num_queries):
    move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    for number in range(5):
        factories.activity(cast.board, cast.commune, IN_PERIOD + timedelta(days=number), title=f"Muộn {number}")
    factories.budget_entry(cast.board, cast.commune, date(2026, 3, 31))
    factories.measurement(cast.board, cast.commune, date(2026, 3, 30))
    factories.activity(cast.union, cast.commune, IN_PERIOD)
    first, hidden = late_facts(cast.officer, 1, 3)
    last, _hidden = late_facts(cast.officer, 3, 3)
    assert (hidden, first.paginator.count, [row.day.day for row in first]) == (1, 7, [31, 30, 12])
    assert [row.title for row in last] == ["Muộn 0"]
    assert Activity.objects.filter(title="Muộn 4").exists()


def test_without_a_frozen_report_nothing_is_late(cast):
    factories.activity(cast.board, cast.commune)
    page, hidden = late_facts(cast.officer, None, 3)
    assert (list(page), hidden) == ([], 0)
