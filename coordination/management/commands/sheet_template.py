"""An empty sheet to fill in."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from coordination.sheets.declared import SHEETS, NotAllowed
from coordination.sheets.people import person, sheet_for
from coordination.sheets.printing import template_of


class Command(BaseCommand):
    help = "Write the empty template of a sheet; with --as its lists are those of the person's agency."

    def add_arguments(self, parser):
        parser.add_argument("sheet", choices=sorted(SHEETS))
        parser.add_argument("file", help="file to write, .xlsx")
        parser.add_argument("--as", dest="email", help="e-mail address of the person it is for")

    def handle(self, *args, sheet, file, email, **options):
        try:
            wanted = sheet_for(sheet, person(email), writing=True) if email else SHEETS[sheet](None)
        except NotAllowed as refusal:
            raise CommandError(refusal.for_people()) from refusal
        content = template_of(wanted.prepare())
        Path(file).write_bytes(content)
        self.stdout.write(_("Wrote %(path)s (%(size)d kB).") % {"path": file, "size": len(content) // 1024})
