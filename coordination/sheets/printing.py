"""Sheets as Excel files: the empty template, what is stored, and a file given back with its remarks.

All three have the same layout, so that each can be filled in and sent: a hidden row of keys, a header people read,
the rows. Text is written as text: no cell becomes a formula, whatever stands in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.formats import number_vi
from coordination.sheets.declared import Cell, Remarks, Sheet
from coordination.sheets.workbook import HEAD_ROW, KEY_ROW, MARKER, SAMPLE, SAMPLE_ROW, Table, letters

DAY_FORMAT = "dd/mm/yyyy"
NUMBER_FORMAT = "#,##0.####"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARKED = {  # cells a remark stands beside
    "bad": {"bg_color": "#fbe7e6", "border_color": "#a81e22"},
    "doubt": {"bg_color": "#fbefd3", "border_color": "#8a5a00"},
}
REMARK_WIDTH = 22  # characters
LISTED_ROWS = 5000  # rows below the header that offer their choices
LONGEST_NAME = 31  # of a worksheet, as Excel has it
LISTS = "_lists"


class Printed:
    """One workbook being written. `remember` False keeps only the row at hand: any length fits the memory."""

    def __init__(self, *, remember: bool = True):
        import xlsxwriter  # noqa: PLC0415 only downloads need it

        self.buffer = io.BytesIO()
        options = {"in_memory": remember, "constant_memory": not remember, "strings_to_formulas": False,
                   "strings_to_urls": False, "strings_to_numbers": False}  # fmt: skip
        self.book = xlsxwriter.Workbook(self.buffer, options)
        add, top = self.book.add_format, {"valign": "top"}
        self.formats = {
            "head": add({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2, "bg_color": "#e1e7f3"}),
            "needed": add({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2, "bg_color": "#fbefd3"}),
            "title": add({"bold": True, "font_size": 14}),
            "text": add(top),
            "quoted": add(top | {"quote_prefix": True}),
            "day": add(top | {"num_format": DAY_FORMAT, "align": "left"}),
            "number": add(top | {"num_format": NUMBER_FORMAT}),
            "sample": add(top | {"italic": True, "font_color": "#565966"}),
            "sample_quoted": add(top | {"italic": True, "font_color": "#565966", "quote_prefix": True}),
            "sample_day": add(top | {"italic": True, "font_color": "#565966", "num_format": DAY_FORMAT}),
            **{
                f"{look}{end}": add(top | colours | {"border": 1} | more)
                for look, colours in MARKED.items()
                for end, more in (("", {}), ("_day", {"num_format": DAY_FORMAT}), ("_quoted", {"quote_prefix": True}))
            },
            "remark": add(top | {"text_wrap": True, "font_color": "#a81e22"}),
            "wrapped": add(top | {"text_wrap": True}),
        }

    def cell(self, place: Any, line: int, column: int, value: Cell, look: str = "") -> None:
        """`line` and `column` from 0. Days and numbers stay what they are; all else is text."""
        if value in (None, ""):
            if look:
                place.write_blank(line, column, None, self.formats[look])
        elif isinstance(value, date):
            place.write_datetime(line, column, value, self.formats[f"{look}_day" if look else "day"])
        elif isinstance(value, bool) or not isinstance(value, int | float):
            text = str(value)
            plain, quoted = (look, f"{look}_quoted") if look else ("text", "quoted")
            place.write_string(
                line, column, text, self.formats[quoted if text.startswith(BEGINS_A_FORMULA) else plain]
            )
        else:
            place.write_number(line, column, value, self.formats[look or "number"])

    def content(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def template_of(sheet: Sheet) -> bytes:
    """Empty but for a row that shows how, which is never imported."""
    printed = Printed()
    place = data_sheet(printed, sheet)
    place.write_string(SAMPLE_ROW - 1, 0, SAMPLE, printed.formats["sample"])
    for index, (name, column) in enumerate(sheet.columns.items(), 1):
        printed.cell(place, SAMPLE_ROW - 1, index, sheet_sample(sheet, name, column), "sample")
    _choices(printed, place, sheet)
    _instructions(printed, sheet, [])
    return printed.content()


def sheet_sample(sheet: Sheet, name: str, column: Any) -> Cell:
    """The first entry of its list where a column has one."""
    if column.sample == "" and column.required and column.listed:
        return next(iter(column.widget.labels.values()))
    return column.sample


def about(count: int, most: int, filters: Sequence[str], by: Any) -> list[str]:
    """What a file taken out says of itself: `count` rows in all, of which at most `most` are in it."""
    rows = _("Rows: %(rows)s") % {"rows": number_vi(count)}
    if count > most:
        rows = _("Rows: the first %(most)s of %(rows)s") % {"most": number_vi(most), "rows": number_vi(count)}
    return [
        rows,
        _("Filter: %(filters)s") % {"filters": "; ".join(filters) or _("none")},
        _("Taken by %(person)s, %(time)s") % {"person": by, "time": f"{timezone.localtime():%H:%M %d/%m/%Y}"},
    ]


def export_of(
    sheet: Sheet, records: Iterable[Any], *, filters: Sequence[str] = (), by: Any = None
) -> tuple[bytes, int]:
    """The file and how many rows it holds. `filters`: "label: value" each; `by`: who takes it."""
    printed = Printed(remember=False)
    place, lines = data_sheet(printed, sheet), 0
    for lines, record in enumerate(records, 1):
        for index, value in enumerate(sheet.cells_of(record), 1):
            printed.cell(place, HEAD_ROW + lines - 1, index, value)
    _choices(printed, place, sheet)
    _instructions(printed, sheet, about(lines, lines, filters, by) if by else [])
    return printed.content(), lines


def annotated(sheet: Sheet, table: Table, remarks: Remarks, doubts: Remarks | None = None) -> bytes:
    """The file as it was sent, each bad or doubtful cell marked with its remark beside it."""
    printed, doubtful = Printed(), doubts or {}
    place = data_sheet(printed, sheet, table.place)
    for number, line in enumerate(table.grid[HEAD_ROW:], HEAD_ROW + 1):
        told = [*remarks.get(number, ()), *doubtful.get(number, ())]
        marked = {table.place[key]: message for key, message in reversed(told) if key in table.place}
        look = "bad" if number in remarks else "doubt"
        for index, value in enumerate(line[1:], 1):
            printed.cell(place, number - 1, index, value, look if index in marked else "")
            if index in marked:
                place.write_comment(number - 1, index, marked[index], {"x_scale": 2})
        if told:
            text = "\n".join(dict.fromkeys(_remark(sheet, key, message) for key, message in told))
            place.write_string(number - 1, 0, text, printed.formats["remark"])
        elif line and line[0]:
            printed.cell(place, number - 1, 0, line[0] if line[0] == SAMPLE else "")
    for index, label in enumerate(table.grid[HEAD_ROW - 1] if len(table.grid) >= HEAD_ROW else [], 0):
        if index and index not in table.place.values():
            printed.cell(place, HEAD_ROW - 1, index, label)  # a column of their own stays where it was
    _choices(printed, place, sheet, table.place)
    _instructions(printed, sheet, [])
    return printed.content()


def _remark(sheet: Sheet, key: str, message: str) -> str:
    return f"{sheet.columns[key].label}: {message}" if key in sheet.columns else message


def data_sheet(printed: Printed, sheet: Sheet, places: Mapping[str, int] | None = None) -> Any:
    """Hidden keys and the header. `places`: where the columns stand, when a file has its own order."""
    place = printed.book.add_worksheet(str(sheet.label)[:LONGEST_NAME])
    at = places or {name: index for index, name in enumerate(sheet.columns, 1)}
    place.set_column(0, 0, REMARK_WIDTH)
    for name, index in at.items():
        place.set_column(index, index, sheet.columns[name].width)
    place.freeze_panes(HEAD_ROW, 1)
    place.write_string(KEY_ROW - 1, 0, f"{MARKER}:{sheet.code}:{sheet.version}")
    for name, index in sorted(at.items(), key=lambda item: item[1]):
        place.write_string(KEY_ROW - 1, index, name)
    place.set_row(KEY_ROW - 1, None, None, {"hidden": True})
    place.set_row(HEAD_ROW - 1, 45)
    place.write_string(HEAD_ROW - 1, 0, _("Remark"), printed.formats["head"])
    for name, index in sorted(at.items(), key=lambda item: item[1]):
        column = sheet.columns[name]
        look = "needed" if column.required else "head"
        place.write_string(HEAD_ROW - 1, index, _header(column), printed.formats[look])
    return place


def _header(column: Any) -> str:
    return f"{column.label} *" if column.required else str(column.label)


def _choices(printed: Printed, place: Any, sheet: Sheet, places: Mapping[str, int] | None = None) -> None:
    """Each list once, on a hidden sheet; its cells offer it as a drop-down."""
    lists = printed.book.add_worksheet(LISTS)
    lists.hide()
    at = places or {name: index for index, name in enumerate(sheet.columns, 1)}
    listed = [(name, column) for name, column in sheet.columns.items() if column.listed and name in at]
    labels = [list(dict.fromkeys(column.widget.labels.values())) for _name, column in listed]
    for line in range(max(map(len, labels), default=0)):
        for index, words in enumerate(labels):
            if line < len(words):
                lists.write_string(line, index, words[line])
    for index, (name, _column) in enumerate(listed):
        place.data_validation(
            HEAD_ROW, at[name], HEAD_ROW + LISTED_ROWS, at[name],
            {
                "validate": "list",
                "source": f"='{LISTS}'!${letters(index)}$1:${letters(index)}${len(labels[index])}",
                "error_type": "warning",
                "error_title": _("Not in the list")[:32],
                "error_message": _("Choose one from the list of the cell.")[:255],
            },
        )  # fmt: skip


def _instructions(printed: Printed, sheet: Sheet, said: Sequence[str]) -> None:
    """`said`: of the file itself, above how it is filled in."""
    place = printed.book.add_worksheet(_("Instructions")[:LONGEST_NAME])
    place.set_column(0, 0, 34)
    place.set_column(1, 1, 90)
    place.write_string(0, 0, str(sheet.label), printed.formats["title"])
    lines = [
        *said,
        str(sheet.about),
        _("Do not delete the hidden row 1: the portal knows the columns by it. Columns may be moved."),
        _("The row marked “%(mark)s” shows how to fill in; it is not imported.") % {"mark": SAMPLE},
        _("Headers with * must be filled in. Days as dd/mm/yyyy, whole numbers without a mark (1069)."),
        _("An empty cell means “not stated”, never 0. Several entries of one cell are divided by semicolons."),
    ]
    line = 2
    for text in filter(None, lines):
        place.write_string(line, 0, text)
        line += 1
    line += 1
    for column in sheet.columns.values():
        place.write_string(line, 0, _header(column), printed.formats["head"])
        place.write_string(line, 1, str(column.hint or ""), printed.formats["wrapped"])
        line += 1
