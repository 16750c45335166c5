"""What "Việc của tôi" says to each role: what to do next, how the period stands, the latest reports."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.db.models import Window as Every

from coordination.access import SEES_ITS_UNIT
from coordination.enums import DocumentState, UnitLevel
from coordination.models import DocumentVersion, Membership
from programs.enums import FactState, TargetStatus
from programs.models import Activity, Measurement
from reports.enums import PeriodKind, ReportKind, ReportScope
from reports.figures.activities import STATES_WOMEN
from reports.figures.indicators import Judged
from reports.figures.scope import Scope
from reports.figures.windows import Window
from reports.models import Report, ReportingPeriod
from reports.periods import PROFILE_OF_KIND
from reports.receivers import waiting_to_be_received
from reports.standing import Standing, standing_of, with_last_action

DRAFTS_SHOWN = 5
RECENT_SHOWN = 5
REPORTS_SHOWN = 4
ARRIVED_SHOWN = 10
STRIP = 960  # width of the drawing of a period, in its own units
BOX, STEP = 18, 23  # a target in the drawing of an objective, and the way to the next


def periods(kind: PeriodKind):
    """Periods of the decree's profile, which gender equality reports follow."""
    profile = PROFILE_OF_KIND[ReportKind.GENDER_EQUALITY]
    return ReportingPeriod.objects.filter(profile__code=profile, kind=kind)


def last_closed(today: date) -> ReportingPeriod | None:
    return periods(PeriodKind.HALF).filter(data_to__lt=today).order_by("-data_to").first()


def around(today: date) -> tuple[ReportingPeriod | None, ReportingPeriod | None]:
    """The half-year in progress, and the last one closed; half-years of one profile never overlap."""
    latest = list(periods(PeriodKind.HALF).filter(data_from__lte=today).order_by("-data_to")[:2])
    current = latest.pop(0) if latest and latest[0].data_to >= today else None
    return current, next(iter(latest), None)


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
    def strip(self) -> int:
        """Up to the end of today."""
        first, last = self.period.data_from, self.period.data_to
        return STRIP * ((self.today - first).days + 1) // ((last - first).days + 1)

    @property
    def women_percent(self) -> float | None:
        return self.women_people * 100 / self.people_stated if self.people_stated else None


def progress_of(period: ReportingPeriod | None, activities, today: date) -> PeriodInProgress | None:
    """`activities`: those the reader may see and this page is about; drafts never count."""
    if period is None:
        return None
    sums = (
        activities.recorded()
        .counted_within(period.data_from, period.data_to)
        .aggregate(
            records=Count("pk", filter=Q(reason="")),
            held=Sum("sessions", default=0),
            people=Sum("attendances", default=0),
            women_people=Sum("women", default=0),
            people_stated=Sum("attendances", filter=STATES_WOMEN, default=0),
            held_stated=Sum("sessions", filter=STATES_WOMEN, default=0),
        )
    )
    return PeriodInProgress(period, today, **sums)


def own_activities(user, acting: Membership):
    return Activity.objects.visible_to(user).filter(owner=acting.agency_id)


def draft_activities(user, acting: Membership) -> list[Activity]:
    """The oldest; each says how many there are in all (`every`). Duties belong to agencies: people change."""
    drafts = own_activities(user, acting).filter(state=FactState.DRAFT).annotate(every=Every(Count("pk")))
    return list(drafts.select_related("unit").order_by("counted_on")[:DRAFTS_SHOWN])


def recent_activities(user, acting: Membership):
    """Recorded ones: drafts stand among what is to be done."""
    return own_activities(user, acting).recorded().select_related("unit").order_by("-pk")[:RECENT_SHOWN]


@dataclass(frozen=True)
class OpenReport:
    report: Report
    standing: Standing

    @property
    def action(self) -> str:
        """The step that waits for the hat worn now ("" = it waits for somebody else)."""
        return self.standing.step

    @property
    def waits_for_approval(self) -> bool:
        return self.standing.mine and self.action == "approve"


def open_reports(user, acting: Membership, own: set[int]) -> list[OpenReport]:
    """Of `own` (the agency and those it succeeded), not out yet; what was sent to it and not received yet before them.

    First those that wait for this hat. One that was asked for is out once it is sent.
    """
    reports = with_last_action(Report.objects.visible_to(user).filter(agency__in=own)).for_list()
    answers = Q(document__state=DocumentState.ISSUED, round__isnull=False) & ~Q(scope=ReportScope.ROUND)
    reports = reports.filter(~Q(document__state__in=DocumentState.in_the_open()) | answers)
    arrived = with_last_action(waiting_to_be_received(own)).for_list()[:ARRIVED_SHOWN]
    rows = [*arrived.select_related("round"), *reports.select_related("round").order_by("period__due_compiler", "pk")]
    found = [OpenReport(report, standing_of(report, acting, own)) for report in rows]
    return sorted(found, key=lambda row: not row.standing.mine)


def latest_reports(user) -> list[Report]:
    """Issued reports the person may read, the newest first."""
    reports = Report.objects.visible_to(user).in_the_open().exclude(document__state=DocumentState.SUPERSEDED)
    return list(reports.for_list().with_pdf().order_by("-document__issued_on", "-pk")[:REPORTS_SHOWN])


def summary_of(report: Report) -> str:
    """The summary the report was approved with; empty where its outline has none."""
    versions = DocumentVersion.objects.filter(document=report.document_id).order_by("-number")
    return versions.values_list("manuscript__summary", flat=True).first() or ""


@dataclass(frozen=True)
class ObjectiveRow:
    """One objective: how many of its targets are met, and a box for each: met, not met, no reading."""

    name: str
    met: int
    missed: int
    every: int

    @property
    def width(self) -> int:
        return STEP * self.every - (STEP - BOX)

    @property
    def boxes(self) -> list[tuple[int, str]]:
        looks = ["met"] * self.met + ["missed"] * self.missed
        looks += ["unread"] * (self.every - len(looks))
        return [(STEP * place, look) for place, look in enumerate(looks)]


@dataclass(frozen=True)
class Board:
    """Targets of the province met by the readings of `year`, the latest year there are any of."""

    year: int
    met: int
    every: int
    rows: list[ObjectiveRow]

    @property
    def percent(self) -> float:
        return self.met * 100 / self.every


def latest_board(acting: Membership, today: date) -> Board | None:
    """For those who stand for a whole province; None while nothing was read there."""
    agency = acting.agency
    whole = agency.consolidates or agency.role in SEES_ITS_UNIT
    if not whole or not agency.unit or agency.unit.level != UnitLevel.PROVINCE:
        return None
    scope = Scope.of(agency, agency.unit, ReportScope.PROVINCE)
    readings = Measurement.objects.filter(scope.where(Measurement), counted_on__lte=today).order_by("-counted_on")
    day = readings.values_list("counted_on", flat=True).first()
    period = periods(PeriodKind.YEAR).containing(day).first() if day else None
    if period is None:
        return None
    board, good = Judged.of(scope, Window.of(period)).board, TargetStatus.counted_as_met()
    rows = [
        ObjectiveRow(
            objective.name,
            met=board.count(*good, objective=objective.pk),
            missed=board.count(TargetStatus.NOT_MET, objective=objective.pk),
            every=board.count(objective=objective.pk),
        )
        for objective in board.objectives()
    ]
    return Board(period.year, board.count(*good), board.count(), rows) if rows else None
