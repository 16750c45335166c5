"""Background work whose truth is the Job row: asked for inside a transaction, held on a lease, ended exactly once.

A worker that dies stops renewing its lease; whoever looks next takes the job up again, at most JOB_ATTEMPTS times.
Nothing a job made becomes visible but in the transaction that ends it, and only for the worker that still holds it.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import JobState
from coordination.models import Job, User

logger = logging.getLogger(__name__)

# What a handler yields: writes what was made and returns the result, inside the transaction that ends the job.
Store = Callable[[], dict[str, Any]]
Handler = Callable[[Job], AbstractContextManager[Store]]
HANDLERS: dict[str, Handler] = {}


class JobRefused(Exception):
    """The job cannot be done however often it is tried."""

    def for_people(self) -> str:
        return str(self)


class JobLost(Exception):
    """The lease ran out and another worker holds the job: nothing was stored."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Registers what does the jobs of a kind: slow work first, then it yields a Store, then it tidies up."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def enqueue(kind: str, key: str, payload: dict[str, Any], *, asked_by: User | None = None) -> Job:
    """Ask for a result, in the caller's transaction. While one is open for the same `key`, that one is returned."""
    waiting = Job.objects.exclude(state__in=JobState.ended())
    job, made = waiting.get_or_create(kind=kind, key=key, defaults={"payload": payload, "asked_by": asked_by})
    if made:
        logger.info("job asked for", extra={"job": job.pk, "kind": kind})
    return job


def database_now() -> datetime:
    """The only clock leases are judged by; a worker's own may be wrong. SQLite lives on the worker's machine."""
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def claim() -> Job | None:
    """The oldest job that waits or whose worker is gone, now held by the caller. Two callers never get the same."""
    while True:
        with transaction.atomic():
            now = database_now()
            waiting = Job.objects.claimable(now).select_for_update(skip_locked=True).order_by("pk")
            job = waiting.filter(kind__in=HANDLERS).first()
            if job is None:
                return None
            if job.attempts < settings.JOB_ATTEMPTS:
                job.state, job.attempts = JobState.RUNNING, job.attempts + 1
                job.lease_until, job.heartbeat_at = now + _lease(), now
                job.save(update_fields=["state", "attempts", "lease_until", "heartbeat_at"])
                return job
            _end(
                Job.objects.filter(pk=job.pk),
                JobState.FAILED,
                error=_("The work broke off again and again. Tell the administrator."),
            )


def beat(job: Job) -> bool:
    """Renews the lease; False when the job is no longer held by this attempt."""
    now = database_now()
    return bool(_held(job).update(lease_until=now + _lease(), heartbeat_at=now))


def perform(job: Job) -> None:
    """Do a claimed job. Raises JobLost when another worker has taken it meanwhile."""
    with HANDLERS[job.kind](job) as store, transaction.atomic():
        if not _held(job).select_for_update().exists():
            raise JobLost(job.pk)
        _end(_held(job), JobState.DONE, result=store())
    logger.info("job done", extra={"job": job.pk, "attempts": job.attempts})


def give_back(job: Job, error: BaseException) -> None:
    """After a failed attempt: tried again while attempts are left, else failed, with a reason for people."""
    logger.error("job attempt failed", exc_info=error, extra={"job": job.pk, "attempts": job.attempts})
    reason = reason_for(error)
    if job.attempts < settings.JOB_ATTEMPTS and not isinstance(error, JobRefused):
        _held(job).update(state=JobState.QUEUED, lease_until=None, heartbeat_at=None, error=reason)
    else:
        _end(_held(job), JobState.FAILED, error=reason)


def hand_over(job: Job) -> None:
    """A worker that has to stop puts the job back; the attempt does not count against it."""
    _held(job).update(state=JobState.QUEUED, lease_until=None, heartbeat_at=None, attempts=models.F("attempts") - 1)


def is_unattended(job: Job) -> bool:
    """Whether it waits longer than it could if a worker were running: one that runs looks every second."""
    since = job.queued_at if job.state == JobState.QUEUED else job.lease_until
    now, patience = database_now(), timedelta(seconds=settings.JOB_UNATTENDED_SECONDS)
    if job.state in JobState.ended() or since is None or now - since < patience:
        return False
    at_work = models.Q(state=JobState.RUNNING, lease_until__gte=now) | models.Q(ended_at__gte=now - patience)
    return not Job.objects.filter(at_work).exists()


def reason_for(error: BaseException) -> str:
    if isinstance(error, JobRefused):
        return error.for_people()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full. Tell the administrator to make room, then try again.")
    return _("The system could not finish this. Try again; if it fails again, tell the administrator.")


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _held(job: Job) -> models.QuerySet[Job]:
    """The row, as long as this attempt holds it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _end(jobs: models.QuerySet[Job], state: str, **values: Any) -> None:
    values = {"error": ""} | values
    jobs.update(state=state, lease_until=None, heartbeat_at=None, ended_at=database_now(), **values)
