"""Filled sheets for tests, made as people make them: the template with rows below the header."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from python_calamine import CalamineWorkbook

from coordination.sheets.checking import check, write
from coordination.sheets.declared import SHEETS
from coordination.sheets.printing import Printed, data_sheet, export_of
from coordination.sheets.workbook import HEAD_ROW, read_table
from coordination.uploads import XLSX


def sheet(code, user):
    return SHEETS[code](user, user.memberships.select_related("agency__unit__province").first())


def filled(code, rows, user=None, columns=None):
    """`rows`: dicts of key → cell; `columns`: those somebody left in the file."""
    made = sheet(code, user) if user else SHEETS[code](None)
    keys = columns or list(made.columns)
    printed = Printed()
    place = data_sheet(printed, made, {key: index for index, key in enumerate(keys, 1)})
    for line, row in enumerate(rows, HEAD_ROW):
        for index, key in enumerate(keys, 1):
            printed.cell(place, line, index, row.get(key))
    return printed.content()


def grid_of(content, index=0):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(index).to_python(skip_empty_area=False)


def rows_of(content):
    """As dicts of key → cell, of an exported sheet."""
    grid = grid_of(content)
    return [dict(zip(grid[0][1:], line[1:], strict=True)) for line in grid[HEAD_ROW:]]


def checked(code, content, user):
    made = sheet(code, user)
    return check(made, read_table(content, made))


def written(code, content, user, *, skip_wrong=False):
    made = sheet(code, user)
    return write(made, read_table(content, made), skip_wrong=skip_wrong)


def exported(code, user):
    made = sheet(code, user).prepare()
    return export_of(made, made.records())[0]


def upload(content, name="tep.xlsx"):
    return SimpleUploadedFile(name, content, XLSX)


def command(name, *arguments, **options):
    """With which code it ended and what it said; raises CommandError."""
    out, code = io.StringIO(), 0
    try:
        call_command(name, *arguments, stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines()
