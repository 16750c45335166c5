"""Checks that what was approved still stands; the exit code says whether it does."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.verification import problems


class Command(BaseCommand):
    help = "Checks triggers, frozen reports and files; ends with 1 and a line for each problem."

    def handle(self, **options):
        count = 0
        for problem in problems():
            count += 1
            self.stdout.write(problem)
        if count:
            raise CommandError(_("%(count)d problems.") % {"count": count})
        self.stdout.write(_("Everything is as it was approved."))
