"""Tables of a Word file: fixed widths, head repeated on each page, rows never torn apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from coordination.manuscript import Table
from reports.typeset.balance import width_of
from reports.typeset.lists import WORD, roomy
from reports.typeset.profile import MM, Profile
from reports.typeset.tables import PrintedCell, body_rows, head_rows, no_links
from reports.typeset.word_styles import GRID
from reports.typeset.word_text import paragraph, run, twips

TINT = "F1F4FA"
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_GRID = "".join(f'<w:{side} w:val="single" w:sz="{GRID:g}" w:space="0" w:color="000000"/>' for side in _SIDES)
_DOUBLE = '<w:top w:val="double" w:sz="4" w:space="0" w:color="000000"/>'
_ALIGNED = {"n": "right", "c": "center"}
_PAD = 3.0


@dataclass(frozen=True)
class _Placed:
    """A cell on the grid; `upper`: it goes on a taller cell of a row above."""

    printed: PrintedCell
    start: int
    upper: bool


@dataclass(frozen=True)
class _Look:
    """What the row says to its cells: class of the row, style of the words, held to the next row or not."""

    css: str
    style: str
    head: bool
    keep: bool


def table_xml(table: Table, wide: float, small: bool, profile: Profile) -> str:
    """`wide` is the text width in points; the columns share it as the manuscript's widths say."""
    whole = sum(column.width_mm for column in table.columns)
    style, size = ("TableSmall", "table-wide") if small else ("TableText", "table")
    body, head = body_rows(table, no_links), head_rows(table.columns)
    needs = _longest_words(table, [head, [row.cells for row in body]], profile.size(size))
    widths = [twips(width) for width in roomy([wide * one.width_mm / whole for one in table.columns], needs)]
    heads = [_row(cells, widths, _Look("", style, head=True, keep=True)) for cells in _placed(head)]
    rows = [
        _row(cells, widths, _Look(row.css, style, head=False, keep=_held(row.css, table.keep and row is not body[-1])))
        for row, cells in zip(body, _placed([row.cells for row in body]), strict=True)
    ]
    return table_of(widths, [*heads, *rows], f"<w:tblBorders>{_GRID}</w:tblBorders>", _PAD)


def _longest_words(table: Table, parts: list[list[list[PrintedCell]]], size: float) -> list[float]:
    """How wide each column must be: Word tears a longer word ("Chuyể/n"). Reckoned in bold, so never too little."""
    found: list[set[str]] = [set() for _column in table.columns]
    for rows in parts:
        for cells in _placed(rows):
            for one in cells:
                if one.printed.columns == 1:
                    found[one.start].update(one.printed.text.split())
    return [min(max(map(partial(width_of, size=size), words), default=0) + 2 * _PAD + 1, WORD) for words in found]


def table_of(widths: list[int], rows: list[str], borders: str = "", pad: float = 0) -> str:
    """`widths` in twentieths of a point, as in the rows. Grid and cells name them: programs read one or the other."""
    margins = "".join(
        f'<w:{side} w:w="{twips(room)}" w:type="dxa"/>'
        for side, room in (("top", pad * 2 / 3), ("left", pad), ("bottom", pad * 2 / 3), ("right", pad))
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{''.join(f'<w:gridCol w:w="{width}"/>' for width in widths)}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row_of(cells: str, head: bool = False) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * head}</w:trPr>{cells}</w:tr>"


def cell_of(width: int, content: str, more: str = "") -> str:
    """`more`: properties after the width, in the order of the schema."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}</w:tcPr>{content}</w:tc>'


def _held(css: str, keep: bool) -> bool:
    """Rows that stay with the next one: all of a short table, a group's heading, the row before the totals."""
    return keep or "last" in css or "group" in css


def _placed(rows: list[list[PrintedCell]]) -> Iterator[list[_Placed]]:
    """Each row complete: cells covered from above are named again, as Word wants them."""
    covering: dict[int, tuple[PrintedCell, int]] = {}  # column: a taller cell and how many rows it still covers
    for row in rows:
        placed: list[_Placed] = []
        place = 0
        waiting = list(row)
        while waiting or place in covering:
            upper = place in covering
            cell = covering[place][0] if upper else waiting.pop(0)
            left = covering.pop(place)[1] if upper else cell.rows
            if left > 1:
                covering[place] = (cell, left - 1)
            placed.append(_Placed(cell, place, upper))
            place += cell.columns
        yield placed


def _row(cells: list[_Placed], widths: list[int], look: _Look) -> str:
    return row_of("".join(_cell(cell, widths, look) for cell in cells), look.head)


def _cell(placed: _Placed, widths: list[int], look: _Look) -> str:
    cell = placed.printed
    merged = "" if cell.rows == 1 else "<w:vMerge/>" if placed.upper else '<w:vMerge w:val="restart"/>'
    more = (
        (f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else "")
        + merged
        + (f"<w:tcBorders>{_DOUBLE}</w:tcBorders>" if "total" in look.css else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/>' if look.head else "")
        + '<w:vAlign w:val="center"/>'
    )
    width = sum(widths[placed.start : placed.start + cell.columns])
    return cell_of(width, _words(placed, look), more)


def _words(placed: _Placed, look: _Look) -> str:
    cell = placed.printed
    names = cell.tag == "th"
    bold = look.head or "bold" in cell.css or "group" in look.css or "total" in look.css
    italic = "italic" in cell.css or "of-row" in look.css
    align = "center" if look.head or (names and "total" in look.css) else _aligned(cell.css)
    inset = f'<w:ind w:left="{twips(4 * MM)}"/>' if names and "of-row" in look.css else ""
    more = "<w:keepNext/>" * look.keep + inset + (f'<w:jc w:val="{align}"/>' if align else "")
    return paragraph(look.style, "" if placed.upper else run(cell.text, bold=bold, italic=italic), more)


def _aligned(css: str) -> str:
    return next((align for name, align in _ALIGNED.items() if name in css.split()), "")
