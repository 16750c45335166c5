"""What is stored, as a sheet that can be changed and imported again."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from coordination.formats import date_vi
from coordination.sheets.declared import SHEETS, NotAllowed, Span
from coordination.sheets.people import person, sheet_for
from coordination.sheets.printing import export_of
from reports.enums import ReportKind
from reports.periods import UnknownPeriod, find_period


class Command(BaseCommand):
    help = "Export a sheet as a person sees it."

    def add_arguments(self, parser):
        parser.add_argument("sheet", choices=sorted(SHEETS))
        parser.add_argument("file", help="file to write, .xlsx")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person it is for")
        parser.add_argument("--period", help="2026-M06, 2026-Q2, 2026-H1, 2026-9M, 2026-Y, SK-2023, PROFILE:2026-H1")

    def handle(self, *args, sheet, file, email, period, **options):
        try:
            user = person(email)
            wanted = sheet_for(sheet, user, writing=False).prepare()
            found = find_period(ReportKind.GENDER_EQUALITY, period) if period else None
        except (NotAllowed, UnknownPeriod) as refusal:
            raise CommandError(refusal.for_people()) from refusal
        span = Span(found.data_from, found.data_to) if found else None
        days = [_("Days: %(days)s") % {"days": f"{date_vi(span.first)} – {date_vi(span.last)}"}] if span else []
        content, rows = export_of(wanted, wanted.records(span), filters=days, by=user)
        Path(file).write_bytes(content)
        self.stdout.write(_("Wrote %(path)s: %(rows)d rows.") % {"path": file, "rows": rows})
