from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.loaders import load_units
from coordination.official_units import UnexpectedList


class Command(BaseCommand):
    help = "Load the administrative units before and since 1 July 2025 and their successions. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")

    def handle(self, *args, dry_run=False, **options):
        try:
            with transaction.atomic():
                loaded = load_units()
                transaction.set_rollback(dry_run)
        except UnexpectedList as refusal:
            raise CommandError(refusal.for_people()) from refusal
        for line in loaded.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
