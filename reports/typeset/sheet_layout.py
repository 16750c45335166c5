"""How wide columns and how high rows of a sheet must be, in points.

Only Excel itself finds the height of a row, and not for joined cells; other programs and print-outs need it written.
Times New Roman has the widths of the report font.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from reports.typeset.balance import BOLD, REGULAR
from reports.typeset.fonts import font_folder
from reports.typeset.glyphs import Face, face
from reports.typeset.words import nfc

PIXELS = 96 / 72  # of a point
PADDING = 7.0  # left and right together, as Excel leaves them
LEADING, AROUND = 1.3, 3.0
MOST_HIGH = 400.0  # Excel takes no row over 409


class Measure:
    """Measures words in one size of letters; what was measured is remembered: lists repeat their words."""

    def __init__(self, size: float) -> None:
        self.size = size
        self._known: dict[tuple[str, float, bool], int] = {}

    @cached_property
    def faces(self) -> dict[bool, Face]:
        return {bold: face(font_folder() / name) for bold, name in ((False, REGULAR), (True, BOLD))}

    def width(self, said: str, *, bold: bool = False) -> float:
        """Of the longest line, with what stands beside it in a cell."""
        used = self.faces[bold]
        return max(used.width(_known(used, line), self.size) for line in said.split("\n")) + PADDING

    def lines(self, said: str, wide: float, *, bold: bool = False) -> int:
        key = (said, round(wide, 1), bold)
        if key not in self._known:
            used = self.faces[bold]
            self._known[key] = len(used.wrapped(_known(used, said), max(wide - PADDING, self.size), self.size))
        return self._known[key]

    def height(self, lines: int) -> float:
        return min(MOST_HIGH, round(lines * self.size * LEADING + AROUND, 1))

    def row(self, cells: Iterable[tuple[str, float, bool]]) -> float:
        """Height for the highest of some cells: words, width, bold."""
        return self.height(max((self.lines(said, wide, bold=bold) for said, wide, bold in cells), default=1))


def _known(used: Face, said: str) -> str:
    """Letters the font lacks are measured as an m."""
    return "".join(letter if letter in used.glyphs or letter == "\n" else "m" for letter in nfc(said))
