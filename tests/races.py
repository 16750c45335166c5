"""What tests of races share: works that run beside each other, and the moment at which one waits for another."""

import threading
import time
from contextlib import contextmanager, suppress

from django.db import connection, connections, transaction

WAIT = 10  # seconds after which a race that does not come about has failed


@contextmanager
def beside(*works):
    """Each work in a thread of its own while the block runs; at its end all are over. Their connections are closed."""

    def run(work):
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


def at_once(*works):
    """All begin at the same moment; comes back when all are over."""
    ready = threading.Barrier(len(works))

    def together(work):
        ready.wait(WAIT)
        work()

    with beside(*((lambda work=work: together(work)) for work in works)):
        pass


def then_meet(look, seconds=0.5):
    """Who has looked waits for the other to have looked too, if the other does not stand at a lock."""
    barrier = threading.Barrier(2, timeout=seconds)

    def look_and_wait(*args, **values):
        found = look(*args, **values)
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        return found

    return look_and_wait


@contextmanager
def open_edit(write, after=None):
    """While the block runs an edit is made but not yet committed: it is when somebody waits for it, or late; with

    the event `after`, when that is set.
    """
    writing = threading.Event()

    def run():
        with transaction.atomic():
            write()
            writing.set()
            until_somebody_waits() if after is None else after.wait(WAIT)

    with beside(run):
        assert writing.wait(WAIT)
        yield


def until_somebody_waits(seconds=1.5):
    """Until another connection to this database waits for a lock; on SQLite the one writer makes everybody wait."""
    if connection.vendor == "sqlite":
        time.sleep(0.5)
        return
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction reads the state of others once only
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
