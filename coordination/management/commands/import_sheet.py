"""A filled sheet, checked and written: all of it, or nothing and every problem."""

import sys
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from coordination.refusals import message_for
from coordination.sheets.checking import RowsWrong, check, write
from coordination.sheets.declared import SHEETS, Found, NotAllowed
from coordination.sheets.people import person, sheet_for
from coordination.sheets.workbook import check_workbook, read_table
from coordination.uploads import FileRefused


class Command(BaseCommand):
    help = (
        "Import a filled sheet as a person. The same file twice changes nothing; with a wrong row nothing is written."
    )

    def add_arguments(self, parser):
        parser.add_argument("sheet", choices=sorted(SHEETS))
        parser.add_argument("file", help="file to read, .xlsx")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person it is imported as")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(self, *args, sheet, file, email, dry_run, **options):
        try:
            wanted = sheet_for(sheet, person(email), writing=True)
            with Path(file).open("rb") as opened:
                content = check_workbook(File(opened, name=Path(file).name)).content
            table = read_table(content, wanted)
            checked = check(wanted, table) if dry_run else write(wanted, table, skip_wrong=False)
        except RowsWrong as wrong:
            checked = wrong.checked
        except (NotAllowed, FileRefused) as refusal:
            raise CommandError(refusal.for_people()) from refusal
        except IntegrityError as error:
            raise CommandError(message_for(error)) from error
        except OSError as error:
            raise CommandError(
                _("The file %(path)s cannot be read: %(error)s") % {"path": file, "error": error.strerror}
            ) from error
        for problem in checked.problems:
            self.stdout.write(problem.line(sheet))
        for doubt in checked.doubts:
            self.stderr.write(doubt.line(sheet))
        if checked.problems:
            sys.exit(1)
        counts = {name: checked.counts[name] for name in Found.ALL} | {"written": checked.written}
        self.stdout.write(
            _("%(new)d new, %(changed)d changed, %(same)d the same, %(wrong)d wrong; %(written)d written.") % counts
        )
