"""Manuscript -> Excel: one sheet a table in the look of the paper, all numbers with their codes, where they come from.

Lists that are too long for the paper stand here in full. Nothing is ever a formula: what people typed is written as
text, whatever it begins with. The same manuscript and stamp give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from coordination.manuscript import Annex, Block, Box, Cell, Column, Listing, Manuscript, Row, Stamp, Table
from reports.typeset import words
from reports.typeset.html import created_on, marks
from reports.typeset.profile import MM, profile_of
from reports.typeset.sheet_data import charts_sheet, numbers_sheet, origin_sheet
from reports.typeset.sheet_layout import PIXELS, Measure
from reports.typeset.sheet_numbers import printed_value, sheet_number
from reports.typeset.tables import head_rows
from reports.typeset.words import nfc

MOST_LETTERS = 31  # in the name of a sheet, as Excel has it
LONGEST = 32_767  # letters in a cell
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
TINT = "#f1f4fa"
DOUBLE = 6  # line above totals, as Excel counts its lines
_A4 = 9
_NO_DAY = datetime(2020, 3, 5, tzinfo=UTC)  # day of the decree, for a paper without any date
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_LABEL = re.compile(r"(?:Bảng|Biểu) \d+")


def render_xlsx(manuscript: Manuscript, stamp: Stamp, *, lists: bool = True) -> bytes:
    """The figures of the paper as a workbook, without `lists` only those it prints; PrintRefused: unknown profile."""
    return Workbook(manuscript, stamp).content(lists=lists)


@dataclass(frozen=True)
class Sheet:
    """One table to be written: `name` on the tab, `above` the lines over it."""

    name: str
    above: tuple[str, ...]
    columns: tuple[Column, ...]
    unit: str
    legend: str
    landscape: bool
    small: bool


class Workbook:
    """The file being written; formats are made once each."""

    def __init__(self, manuscript: Manuscript, stamp: Stamp) -> None:
        self.manuscript, self.stamp = manuscript, stamp
        self.profile = profile_of(manuscript.profile)
        self.marks = marks(manuscript, stamp)
        self.buffer = BytesIO()
        self.font = {"font_name": "Times New Roman", "font_size": 12}
        self.book = xlsxwriter.Workbook(
            self.buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()

    def content(self, *, lists: bool) -> bytes:
        for sheet, rows in _sheets(self.manuscript):
            if lists or isinstance(rows, Table):
                self._table(sheet, rows)
        numbers_sheet(self)
        charts_sheet(self)
        origin_sheet(self)
        self._properties()
        self.book.close()
        return self.buffer.getvalue()

    def format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(self.font | look)
        return self._formats[key]

    def text(self, place: Any, line: int, column: int, said: str, **look: Any) -> None:
        """`line` and `column` from 0. Text stays text, also when somebody edits the cell later."""
        said = nfc(said)[:LONGEST]
        if said.startswith(BEGINS_A_FORMULA):
            look["quote_prefix"] = True
        if said:
            place.write_string(line, column, said, self.format(**look))
        else:
            place.write_blank(line, column, None, self.format(**look))

    def add_sheet(self, name: str, *, landscape: bool) -> Any:
        place = self.book.add_worksheet(self._free_name(name))
        place.set_paper(_A4)
        if landscape:
            place.set_landscape()
        else:
            place.set_portrait()
        place.fit_to_pages(1, 0)
        size = self.profile.size
        inches = {side: size(side) / 72 for side in ("left", "right", "top", "bottom")}
        place.set_margins(**inches)
        place.set_header(f'&R&"Times New Roman,Bold"&10{" - ".join(self.marks)}' if self.marks else "")
        place.set_footer('&C&"Times New Roman,Regular"&12&P/&N')
        return place

    def _free_name(self, wanted: str) -> str:
        """Unique whatever the case, without what Excel refuses."""
        base = _NOT_IN_A_NAME.sub(" ", nfc(wanted)).strip("' ")[:MOST_LETTERS] or "Bảng"
        name, number = base, 1
        while name.casefold() in self._names:
            number += 1
            tail = f" ({number})"
            name = base[: MOST_LETTERS - len(tail)] + tail
        self._names.add(name.casefold())
        return name

    def _properties(self) -> None:
        day = created_on(self.manuscript, self.stamp)
        self.book.set_properties(
            {
                "title": nfc(self.manuscript.title)[:255],
                "subject": nfc(self.manuscript.summary)[:255],
                "author": ", ".join(nfc(one.name).replace("\n", " ") for one in self.manuscript.head.issuers)[:255],
                "keywords": ", ".join(self.marks),
                "created": datetime.combine(day, time(), UTC) if day else _NO_DAY,
            }
        )

    # ---- a table ----

    def _table(self, sheet: Sheet, rows: Table | Listing) -> None:
        place = self.add_sheet(sheet.name, landscape=sheet.landscape)
        _Grid(self, place, sheet, rows).write()


class _Grid:
    """One table on its sheet, from top to bottom. Lengths are points."""

    def __init__(self, book: Workbook, place: Any, sheet: Sheet, rows: Table | Listing) -> None:
        self.book, self.place, self.sheet, self.rows = book, place, sheet, rows
        self.size = 11.0 if sheet.small else 12.0
        self.measure = Measure(self.size)
        self.cells = list(_cells(rows)) if isinstance(rows, Table) else []
        self.lines = [nfc(said).split("\t") for said in rows.lines] if isinstance(rows, Listing) else []
        self.widths = self._widths()

    def write(self) -> None:
        place, last = self.place, len(self.sheet.columns) - 1
        for number, width in enumerate(self.widths):
            place.set_column_pixels(number, number, round(width * PIXELS))
        line = self._above()
        first, line = line, self._head(line)
        place.freeze_panes(line, 0)
        place.repeat_rows(first, line - 1)
        end = self._list(line) if self.lines else self._body(line)
        place.ignore_errors({"number_stored_as_text": f"A{line + 1}:XFD{end + 1}"})
        if isinstance(self.rows, Listing):
            place.autofilter(line - 1, 0, end - 1, last)
        if self.sheet.legend:
            self._across(end, self.sheet.legend, align="left")
        place.print_area(0, 0, end - (not self.sheet.legend), last)

    def _widths(self) -> list[float]:
        """Those of the paper, wider where a number would not fit: Excel shows "###" then."""
        widths = [column.width_mm * MM for column in self.sheet.columns]
        for row in self.cells:
            for column, one in row:
                if one.cell.span == 1 and sheet_number(one.cell.text, one.cell.value):
                    widths[column] = max(widths[column], self.measure.width(one.cell.text, bold=one.is_bold))
        for number in self._number_columns():
            widths[number] = max([widths[number], *map(self.measure.width, {line[number] for line in self.lines})])
        return widths

    def _number_columns(self) -> list[int]:
        """Of a list: those whose values are read back from their words."""
        return [number for number, column in enumerate(self.sheet.columns) if column.align == "right"]

    def _above(self) -> int:
        line = 0
        for said in self.sheet.above:
            self._across(line, said, bold=True, align="center")
            line += 1
        if self.sheet.unit:
            self._across(line, self.sheet.unit, italic=True, align="right")
            line += 1
        return line

    def _across(self, line: int, said: str, **look: Any) -> None:
        look |= {"text_wrap": True, "valign": "vcenter", "font_size": self.size}
        self.place.set_row(line, self.measure.row([(said, sum(self.widths), bool(look.get("bold")))]))
        self._put((line, 0), (1, len(self.widths)), Cell(said), look)

    def _head(self, line: int) -> int:
        look = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1,
                "bg_color": TINT, "font_size": self.size}  # fmt: skip
        rows = head_rows(self.sheet.columns)
        free = [[True] * len(self.widths) for _row in rows]
        deep = len(rows)
        heights = [self.measure.height(1)] * deep
        for down, row in enumerate(rows):
            for cell in row:
                column = free[down].index(True)
                for below in range(down, down + cell.rows):
                    free[below][column : column + cell.columns] = [False] * cell.columns
                lines = self.measure.lines(cell.text, sum(self.widths[column : column + cell.columns]), bold=True)
                heights[down] = max(heights[down], self.measure.height(lines) / cell.rows)
                self._put((line + down, column), (cell.rows, cell.columns), Cell(cell.text), look)
        for down, height in enumerate(heights):
            self.place.set_row(line + down, height)
        return line + deep

    def _body(self, line: int) -> int:
        for row in self.cells:
            measured = []
            for column, one in row:
                cell = one.cell
                look = one.look | {"font_size": self.size}
                self._put((line, column), (cell.rows, cell.span), cell, look)
                if cell.rows == 1:
                    measured.append((cell.text, sum(self.widths[column : column + cell.span]), one.is_bold))
            self.place.set_row(line, self.measure.row(measured))
            line += 1
        return line

    def _list(self, line: int) -> int:
        """Nearly as fast as the library alone: each number is read once, heights are counted in letters."""
        looks = [
            {"valign": "top", "text_wrap": True, "border": 1, "align": column.align, "font_size": self.size}
            for column in self.sheet.columns
        ]
        plain = [self.book.format(**look) for look in looks]
        quoted = [self.book.format(**look, quote_prefix=True) for look in looks]
        numbers = {
            (column, said): self._read_number(said, looks[column])
            for column in self._number_columns()
            for said in {cells[column] for cells in self.lines}
        }
        letters = [max(1, int(width / (self.size * 0.5))) for width in self.widths]
        for cells in self.lines:
            for column, said in enumerate(cells):
                number = numbers.get((column, said))
                if number:
                    self.place.write_number(line, column, *number)
                elif said:
                    look = quoted if said.startswith(BEGINS_A_FORMULA) else plain
                    self.place.write_string(line, column, said[:LONGEST], look[column])
                else:
                    self.place.write_blank(line, column, None, plain[column])
            deep = max(-(-len(said) // most) for said, most in zip(cells, letters, strict=True))
            self.place.set_row(line, self.measure.height(max(1, deep)))
            line += 1
        return line

    def _read_number(self, said: str, look: dict[str, Any]) -> tuple[float, Any] | None:
        number = sheet_number(said, printed_value(said))
        return (number.value, self.book.format(**look, num_format=number.shown)) if number else None

    def _put(self, at: tuple[int, int], size: tuple[int, int], cell: Cell, look: dict[str, Any]) -> None:
        """One cell, or several as one; a number keeps its value."""
        number = sheet_number(cell.text, cell.value)
        if number:
            look = look | {"num_format": number.shown}
        (line, column), (rows, columns) = at, size
        if rows > 1 or columns > 1:
            self.place.merge_range(line, column, line + rows - 1, column + columns - 1, "", self.book.format(**look))
        if number:
            self.place.write_number(line, column, number.value, self.book.format(**look))
        else:
            self.book.text(self.place, line, column, cell.text, **look)


@dataclass(frozen=True)
class _Looked:
    """A cell with its look."""

    cell: Cell
    look: dict[str, Any]

    @property
    def is_bold(self) -> bool:
        return "bold" in self.look


def _cells(rows: Table) -> Iterator[list[tuple[int, _Looked]]]:
    naming = next((number for number, column in enumerate(rows.columns) if column.align == "left"), 0)
    for row, cells in zip(rows.rows, placed(rows.rows), strict=True):
        yield [
            (place, _Looked(cell, _look(row, cell, rows.columns[place], names=place <= naming < place + cell.span)))
            for place, cell in cells
        ]


def placed(rows: tuple[Row, ...]) -> Iterator[list[tuple[int, Cell]]]:
    """Each row's cells with the number of the column they begin in: taller ones from above take theirs."""
    taken: dict[int, int] = {}
    for row in rows:
        found, column = [], 0
        for cell in row.cells:
            while taken.get(column):
                column += 1
            found.append((column, cell))
            taken |= dict.fromkeys(range(column, column + cell.span), cell.rows)
            column += cell.span
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
        yield found


def _look(row: Row, cell: Cell, column: Column, *, names: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"border": 1, "valign": "vcenter", "text_wrap": True, "align": column.align}
    if names:
        look["align"] = "center" if row.style == "total" else "left"
    elif cell.span > 1 and column.align == "right":
        look["align"] = "center"
    if row.style in ("group", "total") or cell.emphasis == "bold":
        look["bold"] = True
    if row.style == "of" or cell.emphasis == "italic":
        look["italic"] = True
    if row.style == "of" and names:
        look["indent"] = 1
    if row.style == "total":
        look["top"] = DOUBLE
    return look


def _sheets(manuscript: Manuscript) -> Iterator[tuple[Sheet, Table | Listing]]:
    yield from _of_blocks(manuscript.blocks, None)
    for annex in manuscript.annexes:
        yield from _of_blocks(annex.blocks, annex)


def _of_blocks(blocks: tuple[Block, ...], annex: Annex | None) -> Iterator[tuple[Sheet, Table | Listing]]:
    label = f"{words.ANNEX} {annex.number}".strip() if annex else ""
    titled = (f"{label}. {' '.join(annex.title)}",) if annex else ()
    landscape = bool(annex and annex.landscape)
    for block in blocks:
        if isinstance(block, Table):
            found = _LABEL.match(block.caption)
            name = label or (found[0] if found else "Bảng")
            above = titled + ((block.caption,) if block.caption else ())
            wide = landscape or sum(column.width_mm for column in block.columns) > 180
            yield Sheet(name, above, block.columns, block.unit, block.legend, wide, landscape or block.small), block
        elif isinstance(block, Box) and block.listing:
            listing = block.listing
            told = "".join(span.text for span in block.spans)
            yield Sheet(label or "Danh mục", (*titled, told), listing.columns, listing.unit, listing.legend,
                        landscape=True, small=True), listing  # fmt: skip
