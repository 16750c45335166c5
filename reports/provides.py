"""What pages further down show of reports (settings NAMED_WINDOWS, USES_OF_ACTIVITY and OPEN_WORK)."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator

from coordination.access import hats_of
from coordination.enums import DocumentState, MemberRole, WorkKind
from coordination.models import Agency, Document, Membership, User
from coordination.open_work import OpenWork, touched
from programs.enums import FactState
from programs.facts import Fact
from programs.models import Activity
from programs.plan_desk import open_plans
from programs.provided import NamedWindow, Use
from programs.task_lists import begun_tasks, followed_tasks
from reports.enums import PeriodKind, ReportKind
from reports.models import Report, ReportingPeriod
from reports.periods import PROFILE_OF_KIND

KINDS = (PeriodKind.HALF, PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.YEAR)
LOOK_BACK = timedelta(days=200)  # reaches into the half-year before this one
HALVES = 2
TITLE_WORDS = 30


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


def uses_of(fact: Fact, user: User) -> list[Use]:
    """Of each table of facts there is a table of those a report froze."""
    reports = Report.objects.visible_to(user).filter(pk__in=fact.reports.values("pk"))
    reports = reports.select_related("document", "period")
    may_unlock = fact.is_locked and any(_leads_owner(hat, fact) for hat in hats_of(user))
    return [
        Use(
            report.document.subject,
            reverse("reports:report_detail", args=[report.uid]),
            _unlock_page(report, fact) if may_unlock and report.document.is_frozen else "",
        )
        for report in reports
    ]


def _leads_owner(hat: Membership, fact: Fact) -> bool:
    return hat.role == MemberRole.LEADER and fact.owner_id in Agency.objects.lineage_of({hat.agency_id})


def _unlock_page(report: Report, fact: Fact) -> str:
    query = urlencode({"reference": fact.reference})
    return f"{reverse('reports:report_unlock', args=[report.uid])}?{query}"


def open_work(hat: Membership) -> list[OpenWork]:
    """What the person wrote in for the agency: drafts, plans and reports not issued yet, tasks not settled."""
    drafts = Activity.objects.filter(owner=hat.agency_id, state=FactState.DRAFT, pk__in=touched(Activity, hat))
    reports = Report.objects.filter(document__in=touched(Document, hat), agency=hat.agency_id)
    reports = reports.exclude(document__state__in=DocumentState.in_the_open()).select_related("document")
    plans = [
        OpenWork(WorkKind.PLAN, row.document.subject, "programs:plan_detail", str(row.uid)) for row in open_plans(hat)
    ]
    activities = [
        OpenWork(WorkKind.ACTIVITY, row.title, "programs:activity_detail", str(row.uid))
        for row in drafts.order_by("counted_on", "pk")
    ]
    written = [
        OpenWork(WorkKind.REPORT, row.document.subject, "reports:report_detail", str(row.uid))
        for row in reports.order_by("pk")
    ]
    return [*plans, *_tasks(hat), *activities, *written]


def _tasks(hat: Membership) -> list[OpenWork]:
    """One the agency gave to itself is named as owed and as followed: two people go on with it."""
    found = ((WorkKind.TASK_OWED, begun_tasks(hat)), (WorkKind.TASK_FOLLOWED, followed_tasks(hat)))
    return [
        OpenWork(kind, Truncator(task.text).words(TITLE_WORDS), "programs:assignment_detail", str(task.uid))
        for kind, tasks in found
        for task in tasks
    ]
