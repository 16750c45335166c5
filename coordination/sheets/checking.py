"""A file checked row by row: what is new, changed, the same or wrong. Nothing is written, every problem is listed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.sheets.declared import Cell, Found, Remarks, Row, Sheet, Verdict, as_words
from coordination.sheets.old_fonts import in_unicode, old_font_of
from coordination.sheets.workbook import Table, is_error

AT_ONCE = 1000  # rows examined together: as many questions to the database, however many the rows
SHOWN = 50  # rows of each kind a preview shows
MOST_PROBLEMS = 1000  # kept with a run; the file given back has them all
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass
class Problem:
    """`column` as Excel calls it, "" for the whole row; `label`: its header."""

    row: int
    column: str
    label: str
    message: str
    key: str = ""

    def line(self, sheet: str) -> str:
        """As commands print it: sheet, row, column, colon, message."""
        return f"{sheet} {self.row} {self.column or '-'}: {self.message}"


@dataclass
class Checked:
    """What a check found. `shown`: some rows of each kind, as (number, cells) in the order of `keys`.

    `doubts` stop nothing; `counts` has their rows as `Found.DOUBTFUL`, which are new or changed besides.
    """

    table: Table
    keys: list[str]
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    shown: dict[str, list[tuple[int, list[Cell]]]] = field(default_factory=dict)
    written: int = 0

    @property
    def total(self) -> int:
        return len(self.table.rows)

    def remarks(self) -> Remarks:
        return _by_row(self.problems)

    def doubts_by_row(self) -> Remarks:
        return _by_row(self.doubts)


def _by_row(problems: Sequence[Problem]) -> Remarks:
    found: Remarks = {}
    for problem in problems:
        found.setdefault(problem.row, []).append((problem.key, problem.message))
    return found


class RowsWrong(Exception):
    """Some rows are wrong and nothing was written."""

    def __init__(self, checked: Checked):
        super().__init__(len(checked.problems))
        self.checked = checked


def check(sheet: Sheet, table: Table, progress: Callable[[Checked], None] | None = None) -> Checked:
    """Reads only."""
    checked = Checked(table, [key for key in sheet.columns if key in table.place])
    for verdicts in _examined(sheet, table):
        _note(sheet, checked, verdicts)
        if progress:
            progress(checked)
    return checked


@transaction.atomic
def write(sheet: Sheet, table: Table, *, skip_wrong: bool) -> Checked:
    """Checks again, against what is stored now, and writes. Raises RowsWrong unless wrong rows are left out."""
    checked = Checked(table, [])
    for verdicts in _examined(sheet, table, writing=True):
        _note(sheet, checked, verdicts)
        if checked.problems and not skip_wrong:
            continue  # the rest is looked at, so that all is listed
        good = [verdict for verdict in verdicts if verdict.found in (Found.NEW, Found.CHANGED)]
        if good:
            sheet.write(good)
            checked.written += len(good)
    if checked.problems and not skip_wrong:
        raise RowsWrong(checked)
    return checked


def _examined(sheet: Sheet, table: Table, *, writing: bool = False) -> Iterator[list[Verdict]]:
    sheet.prepare()
    sheet.left_out = frozenset(sheet.columns.keys() - table.place.keys())
    _name_rows(table.rows)
    for start in range(0, len(table.rows), AT_ONCE):
        rows = table.rows[start : start + AT_ONCE]
        broken = {row.number: problems for row in rows if (problems := cell_problems(row))}
        for row in rows:
            row.data = sheet.read(row.cells)
        found = {
            verdict.row.number: verdict
            for verdict in sheet.examine([row for row in rows if row.number not in broken], writing=writing)
        }
        yield [found.get(row.number) or Verdict(row, Found.WRONG, broken.get(row.number, [])) for row in rows]
        for row in rows:
            row.data = {}


def _note(sheet: Sheet, checked: Checked, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        checked.problems += _told(sheet, checked, verdict, verdict.problems)
        checked.doubts += _told(sheet, checked, verdict, verdict.doubts)
        for found in (verdict.found, *([Found.DOUBTFUL] if verdict.doubts else [])):
            checked.counts[found] += 1
            shown = checked.shown.setdefault(found, [])
            if checked.keys and len(shown) < SHOWN:
                shown.append((verdict.row.number, [as_words(verdict.row.cells.get(key)) for key in checked.keys]))


def _told(sheet: Sheet, checked: Checked, verdict: Verdict, said: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    for key, message in said:
        label = str(sheet.columns[key].label) if key in sheet.columns else ""
        yield Problem(verdict.row.number, checked.table.letter_of(key), label, message, key)


def cell_problems(row: Row) -> list[tuple[str, str]]:
    """What is wrong with a cell whatever it stands for."""
    merged = _("The cell is part of %(cell)s. Undo the merging and write the value in each cell.")
    found = [(key, merged % {"cell": first}) for key, first in row.merged.items()]
    for key, value in row.cells.items():
        if not isinstance(value, str):
            continue
        if is_error(value):
            found.append(
                (key, _("The formula of this cell is broken (%(error)s). Write the value.") % {"error": value})
            )
        elif font := old_font_of(value):
            message = _("Typed in an old font (%(font)s). Write it in Unicode: “%(text)s”?")
            found.append((key, message % {"font": font, "text": in_unicode(value, font)}))
    return found


def _name_rows(rows: Sequence[Row]) -> None:
    """A row without a reference gets one from what it says, so that the same file again finds its records."""
    seen: Counter[str] = Counter()
    for row in rows:
        given = as_words(row.cells.get("reference"))
        if given:
            row.reference, row.derived = given, False
            continue
        text = json.dumps({key: as_words(value) for key, value in sorted(row.cells.items())}, ensure_ascii=False)
        seen[text] += 1
        row.reference, row.derived = _reference(f"{seen[text]} {text}"), True


def _reference(text: str) -> str:
    """Ten letters like those of records entered on the screen."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    letters = ""
    for _place in range(10):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def form_problems(form: Any, names: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Errors of a form by column; those of fields that are no column belong to the row."""
    found = []
    for name, errors in form.errors.items():
        key = prefix or name
        label = "" if key in names or name not in form.fields else f"{form.fields[name].label}: "
        found += [(key if key in names else "", f"{label}{error}") for error in errors]
    return found
