"""Background work: asked for once, held by one, ended once, never lost."""

import errno
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coordination import jobs, worker
from coordination.enums import JobState
from coordination.jobs import (
    JobLost,
    JobRefused,
    beat,
    claim,
    database_now,
    enqueue,
    give_back,
    hand_over,
    perform,
    reason_for,
)
from coordination.models import DocumentKind, Job
from tests.races import WAIT, at_once, beside, then_meet

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(monkeypatch):
    """Jobs of the kind "note" write one row; `during` runs as their slow work, and may fail."""

    class Handler:
        during = staticmethod(lambda: None)

        @contextmanager
        def __call__(self, job):
            self.during()
            yield lambda: {"written": DocumentKind.objects.create(code=f"{job.pk}-{job.attempts}", name="x").code}

    made = Handler()
    monkeypatch.setitem(jobs.HANDLERS, "note", made)
    return made


def asked():
    return enqueue("note", "1", {})


def lapse(job):
    Job.objects.filter(pk=job.pk).update(lease_until=database_now() - timedelta(seconds=1))


def written():
    return list(DocumentKind.objects.values_list("code", flat=True))


def test_asking_twice_while_it_is_open_is_one_job(handler):
    assert asked() == asked()
    assert Job.objects.count() == 1


def test_asking_again_after_the_end_is_a_new_job(handler):
    first = asked()
    perform(claim())
    assert asked() != first


def test_what_is_asked_for_in_a_transaction_undone_was_never_asked_for(handler):
    with transaction.atomic():
        asked()
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_claimed_job_is_held(handler, settings):
    settings.JOB_LEASE_SECONDS = 60
    job = asked()
    held = claim()
    assert (held, held.state, held.attempts) == (job, JobState.RUNNING, 1)
    assert timedelta(seconds=50) < held.lease_until - database_now() <= timedelta(seconds=60)
    assert claim() is None


def test_jobs_of_a_kind_nobody_here_knows_wait(handler):
    enqueue("unknown", "1", {})
    assert claim() is None


def test_the_oldest_job_comes_first(handler):
    first, second = enqueue("note", "b", {}), enqueue("note", "a", {})
    assert [claim(), claim()] == [first, second]


def test_a_job_whose_worker_is_gone_is_taken_up_again(handler):
    asked()
    lapse(claim())
    assert claim().attempts == 2


def test_a_done_job_has_its_result_and_no_lease(handler):
    job = asked()
    perform(claim())
    job.refresh_from_db()
    assert (job.state, job.lease_until, job.heartbeat_at) == (JobState.DONE, None, None)
    assert job.ended_at is not None
    assert job.result == {"written": f"{job.pk}-1"}


def test_a_worker_that_lost_its_lease_stores_nothing(handler):
    job = asked()
    slow = claim()
    lapse(slow)
    quick = claim()
    perform(quick)
    with pytest.raises(JobLost):
        perform(slow)
    assert written() == [f"{job.pk}-2"]
    assert not beat(slow)


def test_a_job_that_broke_off_every_time_fails_with_a_reason(handler, settings):
    settings.JOB_ATTEMPTS = 3
    job = asked()
    for _attempt in range(3):
        lapse(claim())
    assert claim() is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert job.error == "Công việc bị ngắt giữa chừng nhiều lần. Hãy báo người quản trị."


def test_a_failed_attempt_is_tried_again_until_the_last(handler, settings):
    settings.JOB_ATTEMPTS = 2
    job = asked()
    full = OSError(errno.ENOSPC, "No space left on device")
    give_back(claim(), full)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    give_back(claim(), full)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.error == "Hết dung lượng đĩa. Báo người quản trị dọn chỗ rồi thử lại."


def test_what_can_never_work_is_not_tried_again(handler):
    job = asked()
    give_back(claim(), JobRefused("Không in được."))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.FAILED, 1, "Không in được.")


def test_an_unexpected_error_is_told_without_its_innards():
    assert reason_for(ValueError("secret")) == (
        "Hệ thống chưa làm xong việc này. Hãy thử lại; nếu vẫn không được, báo người quản trị."
    )


def test_a_job_handed_over_does_not_lose_an_attempt(handler):
    job = asked()
    hand_over(claim())
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 0, None)


def test_the_clock_is_that_of_the_database(handler, time_machine):
    """A worker whose clock is a day ahead neither takes the job of another nor gives itself a longer lease."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock but that of its machine")
    asked()
    claim()
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert claim() is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_get_one_job_each(handler):
    enqueue("note", "a", {})
    enqueue("note", "b", {})
    assert len(claimed_by_two()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_get_the_same_job(handler):
    asked()
    assert len(claimed_by_two()) == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_row_locks_both_get_the_same_job(handler, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no row locks: its one writer is the lock")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    asked()
    assert len(claimed_by_two()) == 2


def claimed_by_two():
    """What two threads claim that have both looked before either writes."""
    found = []

    def run():
        found.append(claim())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_lease", then_meet(lambda: timedelta(seconds=60)))
        at_once(run, run)
    return [job for job in found if job]


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_waits(handler):
    asked()
    enqueue("note", "2", {})
    assert worker.Worker().run(once=True) == 2
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


@pytest.mark.django_db(transaction=True)
def test_the_worker_gives_a_broken_job_back_and_goes_on(handler, settings):
    settings.JOB_ATTEMPTS = 2
    asked()
    enqueue("note", "2", {})
    broken = iter([True, True])

    def during():
        if next(broken, False):
            raise ValueError("kaputt")

    handler.during = during
    assert worker.Worker().run(once=True) == 3
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == [JobState.FAILED, JobState.DONE]


@pytest.mark.django_db(transaction=True)
def test_a_long_job_keeps_its_lease(handler, settings):
    settings.JOB_LEASE_SECONDS = 2
    assert long_job(handler, seconds=3) == ([], 1)


@pytest.mark.django_db(transaction=True)
def test_control_without_heartbeat_a_long_job_is_taken_away(handler, settings, monkeypatch):
    settings.JOB_LEASE_SECONDS = 1
    monkeypatch.setattr(worker, "beat", lambda _job: True)
    taken, results = long_job(handler, seconds=2)
    assert taken
    assert results == 0  # the slow one lost it, and stored nothing


def long_job(handler, seconds):
    """Runs a job longer than its lease; returns what another worker could claim meanwhile, and how often it's done."""
    begun, over, taken = threading.Event(), threading.Event(), []
    handler.during = lambda: (begun.set(), over.wait(seconds))
    asked()

    def other():
        begun.wait(WAIT)
        while not over.wait(0.1):
            taken.extend(job for job in [claim()] if job)

    with beside(other):
        worker.Worker().run(once=True)
        over.set()
    return taken, len(written())


@pytest.mark.django_db(transaction=True)
def test_a_stopped_worker_finishes_what_it_holds_and_takes_no_more(handler):
    first, second = asked(), enqueue("note", "2", {})
    held = worker.Worker()
    handler.during = held.stop
    assert held.run() == 1
    assert [Job.objects.get(pk=job.pk).state for job in (first, second)] == [JobState.DONE, JobState.QUEUED]


@pytest.mark.django_db(transaction=True)
def test_a_stopped_worker_hands_over_what_takes_too_long(handler, monkeypatch):
    """It ends its process, since a thread cannot be ended; what the thread still does is never stored."""
    job, over = asked(), threading.Event()
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0)
    monkeypatch.setattr(worker.os, "_exit", lambda _code: sys.exit(0))
    held = worker.Worker()
    handler.during = lambda: (held.stop(), over.wait(10))
    with pytest.raises(SystemExit):
        held.run()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 0, None)
    over.set()
    held._pool.shutdown()
    assert written() == []
