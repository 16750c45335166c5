"""Long lists, set row by row: WeasyPrint takes 10 ms for a row of ten cells, this takes a thirtieth.

WeasyPrint lays out everything else. For a long list it makes pages with the head of the table above an empty place;
`dealt` says which rows stand in which place, and `ink.py` puts them there when the PDF is written. The look is that of
nd30.css in a `.wide` table: a test prints the same list both ways and compares.
Lengths are points; heights are measured from the top of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from coordination.manuscript import Annex, Column, Manuscript, Table
from reports.typeset.fonts import font_folder, unprintable
from reports.typeset.glyphs import Face, face
from reports.typeset.tables import PrintedCell, PrintedRow, body_rows, no_links
from reports.typeset.words import nfc

MM = 72 / 25.4
LONG, LONG_UPRIGHT = 12, 100  # rows; shorter tables are as quick the plain way, or keep the 12 pt of upright pages
SIZE, LEADING, HAIR, PAD_X, PAD_Y, HEAD_PAD_Y, INDENT, LEGEND_GAP = 11.0, 13.2, 0.5, 3.0, 2.0, 2.6, 4 * MM, 12.0
TOP, RIGHT, BOTTOM, LEFT = 20 * MM, 15 * MM, 20 * MM, 30 * MM
WORD = 25 * MM  # the longest syllable needs 17; what is longer than this is no word and may be cut


class NoRoom(Exception):
    """More rows than the pages made for them can hold: the head of the table is taller than was reckoned."""


@dataclass(frozen=True)
class SetCell:
    """Where its borders stand, what it says on which lines, in which face."""

    printed: PrintedCell
    left: float
    right: float
    indent: float
    face: Face
    lines: list[str]


@dataclass(frozen=True)
class SetRow:
    css: str
    cells: list[SetCell]

    @property
    def rule(self) -> float:
        """Thickness of the line above: totals carry a double one."""
        return 3 * HAIR if "total" in self.css else HAIR

    @property
    def height(self) -> float:
        """From the middle of a hairline above to the middle of the one below."""
        return max(len(cell.lines) for cell in self.cells) * LEADING + 2 * PAD_Y + self.rule


@dataclass(frozen=True)
class LongList:
    """The last table of an annex, its columns stretched to the text width."""

    table: Table
    paper: tuple[float, float]
    folder: Path

    @cached_property
    def rows(self) -> list[SetRow]:
        edges = [LEFT + HAIR / 2]
        for column in self.table.columns:
            edges.append(edges[-1] + column.width_mm * MM)
        return [SetRow(row.css, list(self._cells(row, edges))) for row in body_rows(self.table, no_links)]

    @cached_property
    def regular(self) -> Face:
        return face(self.folder / "LiberationSerif-Regular.ttf")

    @cached_property
    def legend(self) -> list[str]:
        words = nfc(self.table.legend)
        return self.regular.wrapped(words, self.paper[0] - LEFT - RIGHT, SIZE) if words else []

    @cached_property
    def head(self) -> float:
        """How tall the head of the table is at most: our words are never narrower than those of WeasyPrint."""
        alone = below = above = 0
        for group, columns in groupby(self.table.columns, key=lambda column: column.group):
            side_by_side = list(columns)
            titles = max(self._lines(column.title, [column]) for column in side_by_side)
            if group:
                above, below = max(above, self._lines(group, side_by_side)), max(below, titles)
            else:
                alone = max(alone, titles)
        return max(alone, above + below) * LEADING + (1 + bool(below)) * (2 * HEAD_PAD_Y + HAIR) + HAIR

    def _lines(self, title: str, columns: list[Column]) -> int:
        wide = sum(column.width_mm for column in columns) * MM - HAIR - 2 * PAD_X
        return len(face(self.folder / _file_name("total", "")).wrapped(nfc(title), wide, SIZE))

    @cached_property
    def places(self) -> list[str]:
        """Names of the empty places: as many as the rows need at most, one more as the first page holds the title too.

        Those left over are dropped.
        """
        room = self.paper[1] - TOP - BOTTOM - self.head
        pages, left = 1, room
        for _rows, height in self.units():
            if height > left < room:
                pages, left = pages + 1, room
            left -= height
        return [f"{self.table.key}-{number}" for number in range(pages + 1)]

    def units(self) -> Iterator[tuple[list[SetRow], float]]:
        """Rows that must share a page, and their height: a group's name with its first row, totals with the last."""
        unit: list[SetRow] = []
        for number, row in enumerate(self.rows, 1):
            unit.append(row)
            last = number == len(self.rows)
            if last or not {"group", "last"} & set(row.css.split()):
                tail = LEGEND_GAP + LEADING * len(self.legend) if last and self.legend else 0.0
                yield unit, sum(one.height for one in unit) + tail
                unit = []

    def _cells(self, row: PrintedRow, edges: list[float]) -> Iterator[SetCell]:
        column = 0
        for printed in row.cells:
            left, right = edges[column], edges[column + printed.columns]
            column += printed.columns
            indent = INDENT - PAD_X if "of-row" in row.css and printed.tag == "th" else 0.0
            used = face(self.folder / _file_name(row.css, printed.css))
            wide = right - left - HAIR - 2 * PAD_X - indent
            yield SetCell(printed, left, right, indent, used, used.wrapped(nfc(printed.text), wide, SIZE))


@dataclass(frozen=True)
class Place:
    """Rows of a list on one page of the finished file, from `top` down; the legend follows the last of them."""

    listed: LongList
    page: int
    top: float
    rows: list[SetRow]
    legend: list[str]


def _file_name(row_css: str, cell_css: str) -> str:
    bold = "bold" in cell_css or "group" in row_css or "total" in row_css
    italic = "italic" in cell_css or "of-row" in row_css
    return f"LiberationSerif-{'Bold' * bold + 'Italic' * italic or 'Regular'}.ttf"


def long_lists(manuscript: Manuscript) -> dict[str, LongList]:
    """By key of their table: tables of many rows that end their annex and have nothing unusual in them."""
    found = {}
    for annex in manuscript.annexes:
        table = annex.blocks[-1] if annex.blocks else None
        least = LONG if annex.landscape else LONG_UPRIGHT
        if isinstance(table, Table) and not table.keep and len(table.rows) >= least and _is_plain(table):
            found[table.key] = _stretched(annex, table)
    return found


def _is_plain(table: Table) -> bool:
    """No cell over two rows, as many cells as columns, no letter that would need another font."""
    every = [cell for row in table.rows for cell in row.cells]
    wide = {sum(cell.span for cell in row.cells) for row in table.rows}
    told = "".join({cell.text for cell in every})
    return wide == {len(table.columns)} and all(cell.rows == 1 for cell in every) and not unprintable(told)


def _stretched(annex: Annex, table: Table) -> LongList:
    paper = (297 * MM, 210 * MM) if annex.landscape else (210 * MM, 297 * MM)
    folder = font_folder()
    factor = (paper[0] - LEFT - RIGHT - HAIR) / sum(column.width_mm for column in table.columns)
    widths = [column.width_mm * factor for column in table.columns]
    spread = roomy(widths, _needs(table, folder))
    columns = tuple(replace(one, width_mm=width / MM) for one, width in zip(table.columns, spread, strict=True))
    return LongList(replace(table, columns=columns), paper, folder)


def _needs(table: Table, folder: Path) -> list[float]:
    """How wide each column must be for its longest word ("khoảng" in a column of numbers), up to WORD."""
    needs = [0.0] * len(table.columns)
    for row in body_rows(table, no_links):
        column = 0
        for cell in row.cells:
            if cell.columns == 1:
                used = face(folder / _file_name(row.css, cell.css))
                words = nfc(cell.text).replace("\n", " ").split(" ")
                longest = max(used.width(word, SIZE) for word in words)
                needs[column] = max(needs[column], min(longest + 2 * PAD_X + 2 * HAIR, WORD))
            column += cell.columns
    return needs


def roomy(widths: list[float], needs: list[float]) -> list[float]:
    """What the narrow columns lack is taken from the others, from each by what it can spare."""
    lack = [max(0.0, need - width) for width, need in zip(widths, needs, strict=True)]
    spare = [max(0.0, width - need) for width, need in zip(widths, needs, strict=True)]
    moved = min(sum(lack), sum(spare))
    if not moved:
        return widths
    return [
        width + moved * short / sum(lack) - moved * free / sum(spare)
        for width, short, free in zip(widths, lack, spare, strict=True)
    ]


def dealt(lists: dict[str, LongList], document: Any) -> tuple[Any, list[Place]]:
    """The laid-out document without the pages no row came to stand on, and what goes where on the others."""
    where = {name: (number, box) for number, page in enumerate(document.pages) for name, box in page.anchors.items()}
    filled: list[Place] = []
    empty: set[int] = set()
    for listed in lists.values():
        spaces = [(where[name][0], where[name][1][1] * 0.75 - HAIR / 2) for name in listed.places]
        used = list(_filled(listed, spaces))
        filled += used
        empty |= {page for page, _ in spaces} - {place.page for place in used}
    kept = [number for number in range(len(document.pages)) if number not in empty]
    for page in document.pages:
        page.anchors.clear()
    pages = [document.pages[number] for number in kept]
    return document.copy(pages), [replace(place, page=kept.index(place.page)) for place in filled]


def _filled(listed: LongList, spaces: list[tuple[int, float]]) -> Iterator[Place]:
    free = iter(spaces)
    page, top = next(free)
    rows: list[SetRow] = []
    below = top
    for unit, height in listed.units():
        if below + height > listed.paper[1] - BOTTOM and rows:
            yield Place(listed, page, top, rows, [])
            page, top = next(free, (-1, 0.0))
            if page < 0:
                raise NoRoom(listed.table.key)
            rows, below = [], top
        rows = rows + unit
        below += sum(row.height for row in unit)
    yield Place(listed, page, top, rows, listed.legend)
