"""Imports one file in a process of its own, as a person, takes it back, and prints the megabytes it needed at most."""

import os
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.db import transaction

    from coordination.sheets.checking import check, write
    from coordination.sheets.people import person, sheet_for
    from coordination.sheets.workbook import check_content, read_table

    content, user = Path(sys.argv[1]).read_bytes(), person(sys.argv[2])
    check_content(content)
    with transaction.atomic():
        for step in (check, lambda sheet, table: write(sheet, table, skip_wrong=False)):
            made = sheet_for("activities", user, writing=True)
            step(made, read_table(content, made))
        transaction.set_rollback(True)
    # Not getrusage: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
