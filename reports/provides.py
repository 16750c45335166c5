"""What pages of programs show of reports (settings NAMED_WINDOWS and USES_OF_ACTIVITY)."""

from datetime import date, timedelta

from django.urls import reverse

from coordination.models import User
from programs.models import Activity
from programs.provided import NamedWindow, Use
from reports.enums import PeriodKind, ReportKind
from reports.models import Report, ReportingPeriod
from reports.periods import PROFILE_OF_KIND

KINDS = (PeriodKind.HALF, PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.YEAR)
LOOK_BACK = timedelta(days=200)  # reaches into the half-year before this one
HALVES = 2


def named_windows(today: date) -> list[NamedWindow]:
    """This half-year, the one before, and the quarter, month and year of the day, by decree 09/2019."""
    periods = ReportingPeriod.objects.filter(
        profile__code=PROFILE_OF_KIND[ReportKind.GENDER_EQUALITY],
        kind__in=KINDS,
        data_from__lte=today,
        data_to__gte=today - LOOK_BACK,
    ).order_by("-data_to")
    halves = [period for period in periods if period.kind == PeriodKind.HALF][:HALVES]
    others = [period for period in periods if period.kind != PeriodKind.HALF and period.data_to >= today]
    return [
        NamedWindow(period.label[:1].upper() + period.label[1:], period.data_from, period.data_to)
        for period in (*halves, *sorted(others, key=lambda period: KINDS.index(period.kind)))
    ]


def uses_of(activity: Activity, user: User) -> list[Use]:
    reports = Report.objects.visible_to(user).filter(activities=activity).select_related("document", "period")
    return [Use(report.document.subject, reverse("reports:report_detail", args=[report.uid])) for report in reports]
