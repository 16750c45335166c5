"""A Table of the manuscript as rows of cells ready for the template: tags, spans, classes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest

from django.utils.safestring import SafeString

from coordination.manuscript import Cell, Column, Row, Table
from reports.typeset.words import lines

UrlOf = Callable[[str], str]


def no_links(ref: str) -> str:
    """Addresses on paper: none."""
    return ""


@dataclass(frozen=True)
class PrintedCell:
    """`css` is the class, `href` the address of the facts behind the number (screen only, "" on paper)."""

    text: str
    tag: str = "td"
    scope: str = ""
    css: str = ""
    columns: int = 1
    rows: int = 1
    href: str = ""

    @property
    def html(self) -> SafeString:
        return lines(self.text)


@dataclass(frozen=True)
class PrintedRow:
    css: str
    cells: list[PrintedCell] = field(default_factory=list)


_ALIGNED = {"left": "", "center": "c", "right": "n"}
_ROW = {"plain": "", "of": "of-row", "group": "group", "total": "total"}


def width_class(column: Column) -> str:
    """Name of the class that holds the column's width, in thousandths of a millimetre."""
    return f"w{round(column.width_mm * 1000)}"


def head_rows(columns: tuple[Column, ...]) -> list[list[PrintedCell]]:
    """One row, or two when some columns stand under a common heading."""
    deep = 2 if any(column.group for column in columns) else 1
    above: list[PrintedCell] = []
    below: list[PrintedCell] = []
    for number, column in enumerate(columns):
        if not column.group:
            above.append(PrintedCell(column.title, "th", "col", rows=deep))
            continue
        if not number or columns[number - 1].group != column.group:
            above.append(PrintedCell(column.group, "th", "colgroup", columns=_alike(columns[number:])))
        below.append(PrintedCell(column.title, "th", "col"))
    return [above, below] if below else [above]


def _alike(columns: tuple[Column, ...]) -> int:
    """How many columns from the first on share its group."""
    count = 0
    while count < len(columns) and columns[count].group == columns[0].group:
        count += 1
    return count


def body_rows(table: Table, url_of: UrlOf) -> list[PrintedRow]:
    """The row before a total is marked `last`: it goes to the next page with it, so that totals never stand alone."""
    naming = next((number for number, column in enumerate(table.columns) if column.align == "left"), 0)
    taken: dict[int, int] = {}  # column: how many rows further down a taller cell still covers it
    printed = []
    for row, following in zip_longest(table.rows, table.rows[1:]):
        css = _ROW[row.style]
        if row.style != "total" and following is not None and following.style == "total":
            css = f"{css} last".strip()
        printed.append(PrintedRow(css, _cells(row, table.columns, naming, taken, url_of)))
    return printed


def _cells(
    row: Row, columns: tuple[Column, ...], naming: int, taken: dict[int, int], url_of: UrlOf
) -> list[PrintedCell]:
    printed = []
    place = 0
    for cell in row.cells:
        place = _free(place, taken)
        column = columns[min(place, len(columns) - 1)]
        names = place <= naming < place + cell.span
        printed.append(_cell(cell, row, column, names, url_of))
        for covered in range(place, place + cell.span):
            taken[covered] = cell.rows
        place += cell.span
    for covered in taken:
        taken[covered] = max(0, taken[covered] - 1)
    return printed


def _free(place: int, taken: dict[int, int]) -> int:
    while taken.get(place):
        place += 1
    return place


def _cell(cell: Cell, row: Row, column: Column, names: bool, url_of: UrlOf) -> PrintedCell:
    if names:
        scope = "rowgroup" if row.style == "group" or cell.rows > 1 else "row"
        tag, aligned = "th", ""
    else:
        # Words across several number columns ("chưa có số liệu") stand in their middle.
        scope, tag = "", "td"
        aligned = "c" if cell.span > 1 and column.align == "right" else _ALIGNED[column.align]
    css = f"{aligned} {cell.emphasis}".strip()
    href = url_of(cell.ref) if cell.ref else ""
    return PrintedCell(cell.text, tag, scope, css, cell.span, cell.rows, href)
