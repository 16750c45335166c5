from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from coordination.models import AdministrativeUnit
from reports.demo.load import load_demo
from reports.demo.people import sign_ins
from reports.models import ReportingPeriod


class Command(BaseCommand):
    help = "Load the sample agencies, people and records; print the sign-ins. Needs load_units and load_lists."

    def handle(self, *args, verbosity=1, **options):
        if settings.SECURE and settings.DEMO_PASSWORD == settings.KNOWN_DEMO_PASSWORD:
            words = _(
                "Everybody knows the usual password of the samples. Set another DEMO_PASSWORD in .env, then try again."
            )
            raise CommandError(words)
        if not (AdministrativeUnit.objects.exists() and ReportingPeriod.objects.exists()):
            raise CommandError(_("Load the places and the lists first: manage.py load_units, manage.py load_lists."))
        loaded = load_demo(settings.DEMO_PASSWORD)
        if verbosity > 1:
            for line in loaded.lines():
                self.stdout.write(line)
        for line in sign_ins(settings.DEMO_PASSWORD):
            self.stdout.write(line)
