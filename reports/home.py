"""What "Việc của tôi" says to each role: what to do next, how the period stands, the latest reports."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, Sum

from coordination.enums import DocumentState
from coordination.models import DocumentFile, Membership
from programs.enums import FactState
from programs.models import Activity
from reports.enums import PeriodKind, ReportKind
from reports.models import Report, ReportingPeriod
from reports.periods import PROFILE_OF_KIND

DRAFTS_SHOWN = 5
RECENT_SHOWN = 5
REPORTS_SHOWN = 4
STRIP = 960  # width of the drawing of a period, in its own units
PDF = "application/pdf"


def half_years():
    """Periods of the decree's profile that six-month reports follow."""
    profile = PROFILE_OF_KIND[ReportKind.GENDER_EQUALITY]
    return ReportingPeriod.objects.filter(profile__code=profile, kind=PeriodKind.HALF)


def last_closed(today: date) -> ReportingPeriod | None:
    return half_years().filter(data_to__lt=today).order_by("-data_to").first()


@dataclass(frozen=True)
class PeriodInProgress:
    """Of the recorded activities counted so far: records, sessions `held`, attendances (`people`) and women.

    The share of women is that of the activities that state it; `held_stated` of the sessions do.
    """

    period: ReportingPeriod
    today: date
    records: int
    held: int
    people: int
    women_people: int
    people_stated: int
    held_stated: int

    @property
    def days_left(self) -> int:
        """Today included: 1 on the last day."""
        return (self.period.data_to - self.today).days + 1

    @property
    def strip(self) -> int:
        days = (self.period.data_to - self.period.data_from).days + 1
        return STRIP * (days - self.days_left + 1) // days

    @property
    def women_percent(self) -> float | None:
        return self.women_people * 100 / self.people_stated if self.people_stated else None


def period_in_progress(activities, today: date) -> PeriodInProgress | None:
    """`activities`: those the reader may see and this page is about; drafts never count."""
    period = half_years().containing(today).first()
    if period is None:
        return None
    stated = Q(women__isnull=False)
    sums = (
        activities.recorded()
        .counted_within(period.data_from, period.data_to)
        .aggregate(
            records=Count("pk"),
            held=Sum("sessions", default=0),
            people=Sum("attendances", default=0),
            women_people=Sum("women", default=0),
            people_stated=Sum("attendances", filter=stated, default=0),
            held_stated=Sum("sessions", filter=stated, default=0),
        )
    )
    return PeriodInProgress(period, today, **sums)


def own_activities(user, acting: Membership):
    return Activity.objects.visible_to(user).filter(owner=acting.agency_id)


def draft_activities(user, acting: Membership):
    """Of the agency, not of the person: duties belong to agencies, and people change."""
    return own_activities(user, acting).filter(state=FactState.DRAFT).select_related("unit").order_by("counted_on")


def recent_activities(user, acting: Membership):
    return own_activities(user, acting).select_related("unit").order_by("-pk")[:RECENT_SHOWN]


def open_reports(user, acting: Membership):
    """Reports of the agency that are not issued yet, the one due first on top."""
    reports = Report.objects.visible_to(user).filter(agency=acting.agency_id).for_list()
    return reports.exclude(document__state__in=DocumentState.in_the_open()).order_by("period__due_compiler", "pk")


def latest_reports(user):
    """Issued reports the person may read, with their PDF files (`document.pdfs`, the newest first)."""
    pdfs = DocumentFile.objects.filter(media_type=PDF).order_by("-pk")
    reports = Report.objects.visible_to(user).in_the_open().for_list()
    reports = reports.exclude(document__state=DocumentState.SUPERSEDED)
    with_files = reports.prefetch_related(Prefetch("document__files", queryset=pdfs, to_attr="pdfs"))
    return with_files.order_by("-document__issued_on", "-pk")[:REPORTS_SHOWN]
