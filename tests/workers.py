"""Worker processes on the database of a test, to be killed; none outlives it."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

LEASE = 2  # seconds after which the job of a killed worker is taken up


@contextmanager
def worker_processes():
    """Gives `start(*options)`: another `run_worker`; `program` stands in for it."""
    held, started = connection.settings_dict, []
    place = f"{held['HOST']}:{held['PORT']}/{held['NAME']}"
    url = f"sqlite:///{held['NAME']}" if connection.vendor == "sqlite" else f"postgres://{held['USER']}@{place}"
    given = {"DATABASE_URL": url, "MEDIA_ROOT": str(settings.MEDIA_ROOT), "JOB_LEASE_SECONDS": str(LEASE)}

    def start(*options, program=("manage.py", "run_worker")):
        process = subprocess.Popen(
            [sys.executable, *program, *options],
            cwd=settings.BASE_DIR,
            env=os.environ | given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
