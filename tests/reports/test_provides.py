"""What the pages of activities show of reports: named periods, and the reports that hold a record."""

from datetime import date

import pytest
from django.urls import reverse

from programs.provided import named_windows, uses_of
from reports.enums import PeriodKind
from reports.models import CutoffProfile, ReportActivity, ReportingPeriod
from tests import factories

pytestmark = pytest.mark.django_db


def period(profile, kind, code, first, last):
    return ReportingPeriod.objects.create(
        profile=profile,
        kind=kind,
        year=last.year,
        code=code,
        label=code.lower(),
        data_from=first,
        data_to=last,
        money_from=first,
    )


@pytest.fixture
def periods():
    decree = CutoffProfile.objects.create(code="ND09", name="Nghị định 09/2019/NĐ-CP")
    other = CutoffProfile.objects.create(code="DL", name="Năm dương lịch")
    period(decree, PeriodKind.YEAR, "Năm 2026", date(2025, 12, 15), date(2026, 12, 14))
    period(decree, PeriodKind.MONTH, "Tháng 6", date(2026, 5, 15), date(2026, 6, 14))
    period(decree, PeriodKind.QUARTER, "Quý II", date(2026, 3, 15), date(2026, 6, 14))
    period(decree, PeriodKind.QUARTER, "Quý I", date(2025, 12, 15), date(2026, 3, 14))
    period(decree, PeriodKind.HALF, "Đầu năm", date(2025, 12, 15), date(2026, 6, 14))
    period(decree, PeriodKind.HALF, "Cuối năm trước", date(2025, 6, 15), date(2025, 12, 14))
    period(decree, PeriodKind.HALF, "Cuối năm", date(2026, 6, 15), date(2026, 12, 14))
    period(decree, PeriodKind.NINE_MONTHS, "Chín tháng", date(2025, 12, 15), date(2026, 9, 14))
    period(other, PeriodKind.HALF, "Dương lịch", date(2026, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("today", "labels"),
    [
        (date(2026, 6, 14), ["Đầu năm", "Cuối năm trước", "Quý ii", "Tháng 6", "Năm 2026"]),
        (date(2026, 6, 15), ["Cuối năm", "Đầu năm", "Năm 2026"]),
        (date(2025, 12, 15), ["Đầu năm", "Cuối năm trước", "Quý i", "Năm 2026"]),
        (date(2030, 1, 1), []),
    ],
)
def test_usual_period_comes_first(periods, today, labels):
    assert [window.label.capitalize() for window in named_windows(today)] == labels


def test_named_window_holds_both_days(periods):
    window = named_windows(date(2026, 6, 14))[0]
    assert (window.first, window.last) == (date(2025, 12, 15), date(2026, 6, 14))


def test_reports_that_hold_the_record_are_named_to_those_who_may_read_them(cast):
    activity = factories.activity(cast.board, cast.commune)
    activity.partners.add(cast.union)
    report = factories.report(cast.board, cast.province)
    ReportActivity.objects.create(report=report, activity=activity, fact_version=activity.version)
    use = [(report.document.subject, reverse("reports:report_detail", args=[report.uid]))]
    assert [(found.label, found.url) for found in uses_of(activity, cast.officer)] == use
    assert uses_of(activity, cast.partner) == []


def test_record_in_no_report_has_no_use(cast):
    activity = factories.activity(cast.board, cast.commune)
    factories.report(cast.board, cast.province)
    assert uses_of(activity, cast.officer) == []
