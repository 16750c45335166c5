"""The main numbers beside a report are those of its text: of today's for a draft, of the approved one from then on."""

import pytest
from django.urls import reverse

from coordination.triggers import without_triggers
from programs.models import Activity, Target
from reports.compose.keys import KEYS
from reports.workflow import move
from tests import factories
from tests.constraints import changed
from tests.reports.test_freeze import TODAY


@pytest.fixture
def report(cast):
    before = factories.period("2025-H1")
    factories.activity(cast.board, cast.commune, "2025-03-08", sessions=9)
    factories.activity(cast.board, cast.commune, sessions=4, attendances=1000, women=700, precision="nearly")
    factories.measurement(cast.board, cast.commune, indicator=factories.indicator("1.1"), value=60)
    Target.objects.create(indicator=factories.indicator("1.1"), year=2026, operator=">=", value=60)
    return factories.report(cast.board, cast.province, period=factories.period(same_period_last_year=before))


def keys(client, cast, report):
    client.force_login(cast.officer)
    shown = client.get(reverse("reports:report_detail", args=[report.uid])).context["keys"]
    return [(key.text, key.change) for key in shown]


SAID = [("4", "giảm 5 (55,6%)"), ("gần 1.000", ""), ("70,0%", ""), ("1/1", "")]


def test_a_frozen_report_keeps_its_main_numbers(client, cast, report):
    assert keys(client, cast, report) == SAID
    move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    Target.objects.update(value=90)  # a list may be mended later
    assert keys(client, cast, report) == SAID


def test_a_version_without_them_is_counted_over_what_it_remembers(client, cast, report):
    move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    version = report.document.versions.get()
    meta = {key: value for key, value in version.manuscript["meta"].items() if key != KEYS}
    with without_triggers():
        changed(version, manuscript=version.manuscript | {"meta": meta})()
    assert keys(client, cast, report) == SAID


def test_a_rise_from_nothing_has_no_percentage(client, cast, report):
    Activity.objects.filter(sessions=9).update(sessions=0)
    assert keys(client, cast, report)[0] == ("4", "tăng 4")
