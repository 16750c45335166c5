"""Runs background work until told to stop (SIGTERM, Ctrl-C)."""

import signal

from django.core.management.base import BaseCommand

from coordination.worker import Worker


class Command(BaseCommand):
    help = "Runs background work. Several may run at once; jobs of a worker that died are taken up again."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when nothing waits")

    def handle(self, *, once, **options):
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: worker.stop())
        self.stdout.write(str(worker.run(once=once)))
