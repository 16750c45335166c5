from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.loaders import Loaded
from coordination.loaders import load_lists as load_coordination
from programs.loaders import load_lists as load_programs
from reports.loaders import load_lists as load_reports


class Command(BaseCommand):
    help = "Load the reference lists of data/*.csv. Adds what is missing, leaves edited rows alone."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")

    def handle(self, *args, dry_run=False, **options):
        loaded = Loaded()
        with transaction.atomic():
            load_coordination(loaded)
            load_programs(loaded)
            load_reports(loaded)
            transaction.set_rollback(dry_run)
        for line in loaded.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
