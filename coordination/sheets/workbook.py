"""A workbook people bring, looked at before it is read and read without a row more than a sheet may have."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from coordination.formats import number_vi
from coordination.sheets.declared import SHEETS, Cell, Row, Sheet, as_words
from coordination.uploads import MEGABYTE, XLSX, CheckedFile, FileRefused, check_upload

MARKER = "phoi-hop"  # A1 of a sheet of ours: phoi-hop:CODE:VERSION; the keys of the columns follow in the same row
KEY_ROW, HEAD_ROW, SAMPLE_ROW = 1, 2, 3  # as Excel counts
SAMPLE = "VÍ DỤ"  # in the first column: the row shows how, and is never imported
MOST_ENTRIES = 500  # files inside a workbook
MOST_BYTES = 150 * MEGABYTE  # unpacked
MOST_TIMES = 100  # a workbook shrinks ten to thirty times, a bomb a thousand
SMALL = 10 * MEGABYTE  # below it the ratio says nothing
CHUNK = MEGABYTE

_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
_FORMULA = re.compile(  # of a cell without a value: its result was never worked out
    rb"<(?:\w+:)?c ([^>]*)>\s*<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_NAME = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')
_LONGEST_CELL_TAG = 200  # bytes
_LONGEST_FORMULA = 40_000  # bytes: 8,192 signs, with the tags around them
_NAMED_AT_MOST = 10  # cells in one message
_MERGED_AT_MOST = 100_000  # cells
_EXCEL_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}

Area = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0


@dataclass(frozen=True)
class Table:
    """The data sheet of a file. `grid` is all of it, hidden row and header included; `place`: key → column, from 0."""

    name: str
    grid: list[list[Cell]]
    place: dict[str, int]
    rows: list[Row]
    samples: int

    def letter_of(self, key: str) -> str:
        """The column as Excel calls it; "" for what has none."""
        return letters(self.place[key]) if key in self.place else ""


def letters(column: int) -> str:
    """0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        found = chr(65 + digit) + found
    return found


def check_workbook(upload: UploadedFile) -> CheckedFile:
    """Raises FileRefused: too large, no Excel file by its content, or one that unpacks into something else."""
    limit = settings.UPLOAD_MAX_MB
    if (upload.size or 0) > limit * MEGABYTE:
        words = _("The file is larger than %(limit)s MB. Copy its rows into a fresh template, or into several.")
        raise FileRefused(words % {"limit": number_vi(limit)})
    checked = check_upload(upload)
    if checked.media_type != XLSX:
        raise FileRefused(_("This is not an Excel file (.xlsx). Download the template, fill it in, then send that."))
    check_content(checked.content)
    return checked


def check_content(content: bytes) -> None:
    """Before anything reads the sheets: how much is packed in there, and how far down the cells go."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _bomb()
            _check_sizes(sum(entry.file_size for entry in entries), len(content))
            for entry in entries:
                if entry.filename.startswith("xl/") and entry.filename.endswith(".xml"):
                    _look_through(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise FileRefused(_("The Excel file is damaged. Open it, save it again and send that.")) from error


def _check_sizes(unpacked: int, packed: int) -> None:
    if unpacked > MOST_BYTES or (unpacked > SMALL and unpacked > MOST_TIMES * packed):
        raise _bomb()


def _bomb() -> FileRefused:
    return FileRefused(
        _(
            "The file unpacks into far more than its rows need. Copy the rows into a fresh template, without the empty"
            " formatted rows below them, then send that."
        )
    )


def _look_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """In pieces; what an entry says of its size is not believed (zipfile stops there and finds the sum wrong)."""
    is_sheet = entry.filename.startswith("xl/worksheets/")
    with archive.open(entry) as part:
        rest, first = b"", True
        while piece := part.read(CHUNK):
            if first and b"<!DOCTYPE" in piece:
                raise FileRefused(_("The Excel file is damaged. Open it, save it again and send that."))
            first = False
            if is_sheet:
                _check_reach(rest[-_LONGEST_CELL_TAG:] + piece)
                _check_formulas(rest + piece)
                rest = piece[-_LONGEST_FORMULA:]


def _check_reach(piece: bytes) -> None:
    """Cells that hold something; a dense table as far as the last of them is what reading makes."""
    found = _CELL.findall(piece)
    if not found:
        return
    last = max(int(row) for _column, row in found)
    if last > settings.SHEET_MAX_ROWS + SAMPLE_ROW:
        values = {"row": number_vi(last), "most": number_vi(settings.SHEET_MAX_ROWS)}
        raise FileRefused(
            _("The cells reach down to row %(row)s; a file has at most %(most)s rows. Split it, or delete the rest.")
            % values
        )
    if any(len(column) == 3 for column, _row in found):
        raise FileRefused(_("The sheet has cells far to the right. Delete the columns you added, then send it again."))


def _check_formulas(piece: bytes) -> None:
    """Written by a program that works nothing out: nobody knows what such a cell says. An empty text is a result."""
    if b"f>" not in piece and b"<f" not in piece:
        return
    cells = (found[1] for found in _FORMULA.finditer(piece) if b't="str"' not in found[1])
    names = [name[1].decode() for attributes in cells if (name := _NAME.search(attributes))]
    if names:
        cells_named = ", ".join(names[:_NAMED_AT_MOST])
        raise FileRefused(
            _("Formulas without a result: %(cells)s. Open the file in Excel and save it, or write the values.")
            % {"cells": f"{cells_named}…" if len(names) > _NAMED_AT_MOST else cells_named}
        )


def read_table(content: bytes, sheet: Sheet) -> Table:
    """Raises FileRefused when the file is no filled template of this sheet."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = sorted(book.sheet_names, key=lambda name: name != str(sheet.label)[:31])
        for name in names:
            read = book.get_sheet_by_name(name)
            grid = read.to_python(skip_empty_area=False)
            if grid and as_words(grid[0][0]).startswith(f"{MARKER}:"):
                table = _table(name, grid, sheet)
                _note_merged(table, read.merged_cell_ranges or [])
                return table
    except (CalamineError, ValueError) as error:
        raise FileRefused(_("The Excel file is damaged. Open it, save it again and send that.")) from error
    raise FileRefused(_("This file is not made from our template. Download the template and copy your rows into it."))


def _note_merged(table: Table, ranges: Sequence[Area]) -> None:
    """Of merged cells only the first holds anything: the others would be taken for not stated."""
    for (top, left), (_bottom, right) in ranges:
        if top == KEY_ROW - 1 and left < right:
            values = {"cells": f"{letters(left)}1:{letters(right)}1"}
            raise FileRefused(
                _("Cells of the hidden row 1 are merged (%(cells)s): download the template again and copy your rows.")
                % values
            )
    rows, keys = {row.number: row for row in table.rows}, {index: key for key, index in table.place.items()}
    for number, column, first in islice(_parts_of(ranges, max(rows, default=0)), _MERGED_AT_MOST):
        if number in rows and column in keys and keys[column] not in rows[number].cells:
            rows[number].merged[keys[column]] = first


def _parts_of(ranges: Sequence[Area], last: int) -> Iterator[tuple[int, int, str]]:
    """Row as Excel counts, column from 0, and the name of the first cell; down to row `last`."""
    for (top, left), (bottom, right) in ranges:
        for number in range(max(top + 1, HEAD_ROW + 1), min(bottom + 1, last) + 1):
            for column in range(left, right + 1):
                yield number, column, f"{letters(left)}{top + 1}"


def _table(name: str, grid: list[list[Cell]], sheet: Sheet) -> Table:
    _check_marker(as_words(grid[0][0]), sheet)
    place = {as_words(key): index for index, key in enumerate(grid[0]) if index and key}
    missing = [str(column.label) for key, column in sheet.columns.items() if column.required and key not in place]
    if missing:
        message = _("Columns are missing: %(columns)s. Download the template again and copy your rows into it.")
        raise FileRefused(message % {"columns": ", ".join(missing)})
    known = {key: index for key, index in place.items() if key in sheet.columns}
    rows, samples = [], 0
    for number, line in enumerate(grid[HEAD_ROW:], HEAD_ROW + 1):
        cells = {key: line[index] for key, index in known.items() if line[index] not in ("", None)}
        if not cells:
            continue
        if as_words(line[0]).upper() == SAMPLE:
            samples += 1
        else:
            rows.append(Row(number, cells))
    return Table(name, grid, known, rows, samples)


def _check_marker(marker: str, sheet: Sheet) -> None:
    code, _colon, version = marker.removeprefix(f"{MARKER}:").partition(":")
    if code != sheet.code:
        other = SHEETS.get(code)
        values = {"other": other.label if other else code, "wanted": sheet.label}
        raise FileRefused(
            _("This is the template of “%(other)s”, not of “%(wanted)s”. Choose the right one.") % values
        )
    if version != str(sheet.version):
        raise FileRefused(_("This template is from an earlier version. Download it again and copy your rows into it."))


def is_error(value: Cell) -> bool:
    """A formula that came out wrong."""
    return isinstance(value, str) and value in _EXCEL_ERRORS
