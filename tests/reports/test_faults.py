"""Two who ask, two who work, a machine without a worker, the last second of a period: each with its control."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.enums import DocumentState, JobState
from coordination.jobs import enqueue
from coordination.models import DocumentFile, Job
from reports import jobs
from reports.enums import PeriodKind, ReportKind
from reports.jobs import ask_for_files
from reports.models import ReportingPeriod
from reports.verification import broken_files, lost_files
from tests import factories
from tests.constraints import changed
from tests.pages import Page
from tests.races import at_once
from tests.reports import random_facts, test_rounds
from tests.reports.test_render_job import ALL, ONE_PAGE, files, keep, suffixes, until, worker  # noqa: F401  fixtures
from tests.reports.test_rendering import poison

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(cast):
    document = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=document)
    keep(document, ONE_PAGE, cast)
    return document


# ---- two who ask, two who work (R05) ----


def asked_by_two(document, cast):
    asked = []
    ask = [partial(lambda person: asked.append(ask_for_files(document, by=person)[0]), person)
           for person in (cast.leader, cast.officer)]  # fmt: skip
    at_once(*ask)
    return {job.pk for job in asked}


@pytest.mark.django_db(transaction=True)
def test_two_people_asking_at_once_get_one_job(document, cast):
    assert len(asked_by_two(document, cast)) == 1


@pytest.mark.django_db(transaction=True)
def test_control_asked_for_by_person_each_has_a_job(document, cast, monkeypatch):
    """The key names the paper, its version and its state: that is what makes both requests one."""
    monkeypatch.setattr(
        jobs, "enqueue", lambda kind, key, payload, asked_by: enqueue(kind, f"{key} {asked_by.pk}", payload)
    )
    assert len(asked_by_two(document, cast)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_set_of_files(document, cast, files, worker):  # noqa: F811
    asked = ask_for_files(document, by=cast.leader)
    workers = [worker("--once"), worker("--once")]
    assert [process.wait(timeout=60) for process in workers] == [0, 0]
    assert [Job.objects.get(pk=job.pk).state for job in asked] == [JobState.DONE] * 2
    assert [Job.objects.get(pk=job.pk).attempts for job in asked] == [1, 1]
    assert (DocumentFile.objects.count(), suffixes(files)) == (len(ALL), ALL)
    assert [*broken_files(), *lost_files()] == []


# ---- no worker (R04) ----

NOBODY = "Chưa có máy xử lý nào đang chạy"


def says_nobody(client, document):
    page = Page(client.get(reverse("reports:report_files", args=[document.report.uid])))
    return NOBODY in page.one(id="report-files").text


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_without_a_worker_the_page_says_so_after_a_minute_until_there_is_one(client, document, cast, worker, files):  # noqa: F811
    client.force_login(cast.officer)
    asked = ask_for_files(document, by=cast.leader)
    begun = time.monotonic()
    until(lambda: says_nobody(client, document), seconds=70)
    assert time.monotonic() - begun >= 59
    worker()
    until(lambda: Job.objects.filter(pk__in=[job.pk for job in asked], state=JobState.DONE).count() == 2)
    assert not says_nobody(client, document)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_control_while_a_worker_is_busy_one_that_waits_as_long_is_told_nothing(client, document, cast, worker, files):  # noqa: F811
    client.force_login(cast.officer)
    endless = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=endless, kind=ReportKind.PROJECT8)
    keep(endless, poison(60_000), cast)
    ask_for_files(endless, by=cast.leader)
    worker()
    until(lambda: Job.objects.filter(state=JobState.RUNNING).exists())
    asked = ask_for_files(document, by=cast.leader)[0]
    time.sleep(65)
    assert Job.objects.get(pk=asked.pk).state == JobState.QUEUED
    assert not says_nobody(client, document)


# ---- the last second (R19) ----


@pytest.mark.parametrize(("zone", "late"), [("Asia/Ho_Chi_Minh", 1), ("UTC", 0)])
def test_midnight_is_that_of_the_office_and_control_that_of_another_zone(cast, settings, zone, late):
    """17:00:00 UTC of the last day."""
    settings.TIME_ZONE = zone
    timezone.get_default_timezone.cache_clear()
    one = test_rounds.asked(cast.officer.memberships.get(), cast.union)
    test_rounds.sent(one, cast.union, datetime(2026, 6, 25, 17, tzinfo=UTC))
    found = test_rounds.stand(one)[cast.union.pk].days_late
    timezone.get_default_timezone.cache_clear()
    assert found == late


# ---- every day in one period (R20) ----


def times_counted(kind):
    """For each day of the years how many periods of the kind hold it."""
    first, last = date(2023, 12, 15), date(2026, 12, 14)
    rows = list(ReportingPeriod.objects.filter(kind=kind))
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return {day: sum(row.data_from <= day <= row.data_to for row in rows) for day in days}


@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.HALF, PeriodKind.YEAR])
def test_every_day_is_counted_once_and_control_a_period_cut_short_leaves_days_out(kind):
    random_facts.decree_periods()
    assert set(times_counted(kind).values()) == {1}
    period = ReportingPeriod.objects.filter(kind=kind, year=2024).order_by("data_to").last()
    changed(period, data_to=period.data_to - timedelta(1))()
    assert [day for day, times in times_counted(kind).items() if times != 1] == [date(2024, 12, 14)]
