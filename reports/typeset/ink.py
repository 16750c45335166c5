"""Puts the rows of long lists into a PDF that WeasyPrint has just made: letters, lines, tags, fonts.

Every page gets a second stream of drawing behind its own; every cell becomes a tagged element of the page's table,
whose head WeasyPrint has tagged already.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pydyf

from reports.typeset.glyphs import Face
from reports.typeset.lists import (
    HAIR,
    LEADING,
    LEFT,
    LEGEND_GAP,
    PAD_X,
    SIZE,
    Place,
    SetCell,
    SetRow,
)

Finisher = Callable[[Any, Any], None]


def finisher(places: list[Place]) -> Finisher:
    """What WeasyPrint calls with the PDF it made, before it writes it."""

    def finish(document: Any, pdf: Any) -> None:
        fonts = _fonts(pdf, places)
        tables = {thing["Pg"]: thing for thing in pdf.objects if _is_table(thing)}
        for place in places:
            page = pdf.objects[pdf.pages["Kids"][3 * place.page]]
            _Sheet(pdf, page, place, tables[page.reference], fonts).fill()

    return finish


def _is_table(thing: Any) -> bool:
    return isinstance(thing, pydyf.Dictionary) and thing.get("S") == "/Table"


def _fonts(pdf: Any, places: list[Place]) -> dict[Face, str]:
    """Embeds the letters used of each face; the names under which pages find them."""
    letters: dict[Face, set[str]] = {}
    for place in places:
        for cell in (cell for row in place.rows for cell in row.cells):
            letters.setdefault(cell.face, set()).update(" ".join(cell.lines))
        if place.legend:
            letters.setdefault(place.listed.regular, set()).update(" ".join(place.legend))
    first = pdf.objects[pdf.pages["Kids"][0]]
    known = _of(pdf, _of(pdf, first["Resources"])["Font"])
    names = {}
    for number, (face, used) in enumerate(letters.items()):
        names[face] = f"L{number}"
        known[f"L{number}"] = face.embedded(pdf, used)
    return names


def _of(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


class _Sheet:
    """One page while it is filled."""

    def __init__(self, pdf: Any, page: Any, place: Place, table: Any, fonts: dict[Face, str]) -> None:
        self.pdf, self.page, self.place, self.table, self.fonts = pdf, page, place, table, fonts
        tree = _of(pdf, _of(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])
        self.marked = tree["Nums"][2 * place.page + 1]  # element of every marked piece of the page
        self.numbers = count(len(self.marked))
        self.lines: list[str] = []
        self.words: list[str] = []

    def fill(self) -> None:
        body = self.element("TBody", self.table)
        top = self.place.top
        for number, row in enumerate(self.place.rows):
            self.row(row, top, body, first=number == 0)
            top += row.height
        self.rule(self.place.rows[-1], top)
        if self.place.legend:
            legend = self.element("P", _of(self.pdf, self.table["P"]))
            with_gap = top + HAIR / 2 + LEGEND_GAP
            self.text(legend, "P", self.place.listed.regular, [(LEFT, with_gap, line) for line in self.place.legend])
        drawn = ["Q", "/Artifact BMC", f"{HAIR} w", *self.lines, "S", "EMC", *self.words]
        self.page["Contents"] = pydyf.Array(
            [self.added(pydyf.Stream(["q"])), self.page["Contents"], self.added(pydyf.Stream(drawn, compress=True))]
        )

    def row(self, row: SetRow, top: float, body: Any, *, first: bool) -> None:
        if "total" in row.css:
            self.rule(row, top - HAIR / 2)
            self.rule(row, top + HAIR * 3 / 2)
        elif not first:
            self.rule(row, top)
        line = self.element("TR", body)
        for cell in row.cells:
            self.stroke(cell.left, top, cell.left, top + row.height)
            self.cell(cell, row, top, line)
        self.stroke(row.cells[-1].right, top, row.cells[-1].right, top + row.height)

    def rule(self, row: SetRow, y: float) -> None:
        self.stroke(row.cells[0].left - HAIR / 2, y, row.cells[-1].right + HAIR / 2, y)

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        high = self.place.listed.paper[1]
        self.lines.append(f"{x1:.2f} {high - y1:.2f} m {x2:.2f} {high - y2:.2f} l")

    def cell(self, cell: SetCell, row: SetRow, top: float, line: Any) -> None:
        about = {"O": "/Table"}
        if cell.printed.tag == "th":
            about["Scope"] = "/Row"
        if cell.printed.columns > 1:
            about["ColSpan"] = str(cell.printed.columns)
        element = self.element(cell.printed.tag.upper(), line, A=pydyf.Dictionary(about))
        inside = row.height - row.rule
        above = top + row.rule - HAIR / 2 + (inside - len(cell.lines) * LEADING) / 2
        if any(cell.lines):
            self.text(element, cell.printed.tag.upper(), cell.face, [
                (_left(cell, row, words), above + number * LEADING, words) for number, words in enumerate(cell.lines)
            ])  # fmt: skip

    def text(self, element: Any, tag: str, face: Face, lines: list[tuple[float, float, str]]) -> None:
        """Lines of one element, each with its left end and the top of its line box.

        A blank ends all lines but the last, so that whoever reads the text aloud or copies it does not join two words.
        """
        number = next(self.numbers)
        self.marked.append(element.reference)
        element["K"].append(number)
        down = (LEADING + (face.ascent + face.descent) * SIZE / 1000) / 2
        high = self.place.listed.paper[1]
        self.words += [f"/{tag} <</MCID {number}>> BDC", "BT", f"/{self.fonts[face]} {SIZE} Tf"]
        for place, (x, y, words) in enumerate(lines, 1):
            codes = face.codes(words if place == len(lines) else f"{words} ")
            self.words.append(f"1 0 0 1 {x:.2f} {high - y - down:.2f} Tm <{codes}> Tj")
        self.words += ["ET", "EMC"]

    def element(self, kind: str, parent: Any, **more: Any) -> Any:
        element = pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": f"/{kind}",
                "K": pydyf.Array(),
                "Pg": self.page.reference,
                "P": parent.reference,
                **more,
            }
        )
        self.pdf.add_object(element)
        parent["K"].append(element.reference)
        return element

    def added(self, thing: Any) -> bytes:
        self.pdf.add_object(thing)
        return bytes(thing.reference)


def _left(cell: SetCell, row: SetRow, words: str) -> float:
    """Left end of the words: numbers end at the right, short marks and the name of a total stand in the middle."""
    css = cell.printed.css.split()
    first, last = cell.left + HAIR / 2 + PAD_X + cell.indent, cell.right - HAIR / 2 - PAD_X
    wide = cell.face.width(words, SIZE)
    if "n" in css:
        return last - wide
    if "c" in css or ("total" in row.css and cell.printed.tag == "th"):
        return (first + last - wide) / 2
    return first
