"""The worker process: takes jobs one by one, renews the lease while it works, stops when it is asked to."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date

from django.conf import settings
from django.db import OperationalError, close_old_connections, connections
from django.utils import timezone

from coordination.chores import do_chores
from coordination.jobs import JobLost, beat, claim, give_back, hand_over, perform
from coordination.models import Job
from coordination.notices import ask_for_digest

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0
GRACE_SECONDS = 25.0  # what a job gets to finish after SIGTERM, before it is handed over
BEATS_PER_LEASE = 4


class Worker:
    """The job runs in a thread of its own, so that this one can keep the lease alive and hear a signal."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._stop_at = 0.0
        self._asked_on: date | None = None
        self._began_on: date | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")

    def stop(self) -> None:
        """May be called from a signal handler or another thread."""
        self._stop_at = time.monotonic() + GRACE_SECONDS
        self._stop.set()

    def run(self, *, once: bool = False) -> int:
        """Until told to stop, or with `once` until nothing waits. Returns the number of jobs taken."""
        taken = 0
        while not self._stop.is_set():
            close_old_connections()
            try:
                self._begin_day()
                self._ask_for_digest()
                job = claim()
                if job is not None:
                    taken += 1
                    self._attend(job)
                    continue
            except OperationalError:
                logger.exception("database out of reach")
            if once:
                break
            self._stop.wait(POLL_SECONDS)
        self._pool.shutdown()
        return taken

    def _begin_day(self) -> None:
        today = timezone.localdate()
        if today != self._began_on:
            do_chores(today)
            self._began_on = today

    def _ask_for_digest(self) -> None:
        """Once a day and worker; that no person gets two mails does not depend on it (coordination.notices)."""
        now = timezone.now()
        day = timezone.localdate(now)
        if day != self._asked_on and ask_for_digest(now):
            self._asked_on = day

    def _attend(self, job: Job) -> None:
        future = self._pool.submit(_perform_and_disconnect, job)
        interval = min(POLL_SECONDS, settings.JOB_LEASE_SECONDS / BEATS_PER_LEASE)
        while not wait([future], timeout=interval).done:
            self._keep_alive(job)
            if self._stop.is_set() and time.monotonic() > self._stop_at:
                self._leave(job)
        self._conclude(job, future)

    def _keep_alive(self, job: Job) -> None:
        """A missed beat is made good by the next; without any the lease runs out, as it should."""
        close_old_connections()
        try:
            beat(job)
        except OperationalError:
            logger.exception("lease not renewed", extra={"job": job.pk})

    def _conclude(self, job: Job, future: Future[None]) -> None:
        error = future.exception()
        if isinstance(error, JobLost):
            logger.warning("job lost to another worker", extra={"job": job.pk})
        elif error is not None:
            give_back(job, error)

    def _leave(self, job: Job) -> None:
        """A thread cannot be ended: the process is. What it has not stored yet it never will."""
        hand_over(job)
        logger.warning("job handed over", extra={"job": job.pk})
        logging.shutdown()
        os._exit(0)


def _perform_and_disconnect(job: Job) -> None:
    try:
        perform(job)
    finally:
        connections.close_all()
