"""Many figures at once: each fact table is asked one time per window, however many figures and ways to split them.

An ask is a set of tallies of one source split by some axes; the asks of a fact table and of its child tables are the
arms of one UNION ALL. What comes back is added up in Python along any of the axes asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, QuerySet, Value
from django.db.models.functions import Cast

from programs.facts import Fact
from reports.figures.base import NOTHING, Amount, Source, Tally
from reports.figures.scope import Scope
from reports.figures.windows import Window


@dataclass(frozen=True)
class Ask:
    """Tallies of one source, split by axes."""

    tallies: tuple[Tally, ...]
    by: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        return self.tallies[0].source


class Grid:
    """The answer to one ask in one window: amounts by the values of the axes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._cells: dict[str, dict[tuple[str, ...], Amount]] = {tally.code: {} for tally in ask.tallies}
        self._rolled: dict[tuple[str, tuple[str, ...]], Mapping[tuple[str, ...], Amount]] = {}

    def put(self, place: tuple[str, ...], tally: Tally, amount: Amount) -> None:
        if amount:
            self._cells[tally.code][place] = amount

    def serves(self, code: str, axes: Iterable[str]) -> bool:
        return code in self._cells and set(axes) <= set(self.ask.by)

    def get(self, code: str, axes: Mapping[str, str]) -> Amount:
        order = tuple(name for name in self.ask.by if name in axes)
        return self._along(code, order).get(tuple(axes[name] for name in order), NOTHING)

    def values_of(self, code: str, axis: str) -> list[str]:
        """The values of an axis at which the figure has data."""
        return [place[0] for place in self._along(code, (axis,))]

    def _along(self, code: str, order: tuple[str, ...]) -> Mapping[tuple[str, ...], Amount]:
        """Added up over the axes that are not in `order`; once per figure and set of axes."""
        if (code, order) not in self._rolled:
            places = [self.ask.by.index(name) for name in order]
            sums: dict[tuple[str, ...], Amount] = defaultdict(Amount)
            for place, amount in self._cells[code].items():
                sums[tuple(place[number] for number in places)] += amount
            self._rolled[code, order] = sums
        return self._rolled[code, order]


def fetch(asks: Sequence[Ask], scope: Scope, window: Window) -> list[Grid]:
    """One query per fact table."""
    by_table: dict[type[Fact], list[Grid]] = defaultdict(list)
    for ask in asks:
        by_table[ask.source.facts].append(Grid(ask))
    for grids in by_table.values():
        _fill(grids, scope, window)
    return [grid for grids in by_table.values() for grid in grids]


def _fill(grids: list[Grid], scope: Scope, window: Window) -> None:
    """Every arm has the same columns: number of the arm, texts (axes, precisions), numbers (values, counts)."""
    columns = [_columns(grid.ask, window) for grid in grids]
    texts, numbers = max(len(one.texts) for one in columns), max(len(one.numbers) for one in columns)
    arms = [
        _arm(number, grid.ask, one, texts, numbers, scope, window)
        for number, (grid, one) in enumerate(zip(grids, columns, strict=True))
    ]
    rows = arms[0].union(*arms[1:], all=True).order_by() if len(arms) > 1 else arms[0]
    for arm, *cells in rows:
        _read(grids[arm], cells[:texts], cells[texts:])


@dataclass
class _Columns:
    axes: int
    texts: list[Any]
    numbers: list[Any]


def _columns(ask: Ask, window: Window) -> _Columns:
    found = _Columns(len(ask.by), [ask.source.axes[axis].expression(window) for axis in ask.by], [])
    for tally in ask.tallies:
        parts = tally.aggregates(window)
        found.numbers.append(parts["value"])
        if tally.rough:
            found.numbers.append(parts["stated"])
            found.texts.append(parts["rough"])
    return found


def _arm(
    number: int, ask: Ask, columns: _Columns, texts: int, numbers: int, scope: Scope, window: Window
) -> QuerySet[Any, Any]:
    named = {f"text_{place}": Cast(text, CharField()) for place, text in enumerate(columns.texts)}
    measured = {f"number_{place}": Cast(one, BigIntegerField()) for place, one in enumerate(columns.numbers)}
    axes = {name: named.pop(name) for name in list(named)[: columns.axes]}
    blank_text = {f"text_{place}": Cast(Value(None), CharField()) for place in range(len(columns.texts), texts)}
    blank_number = {
        f"number_{place}": Cast(Value(None), BigIntegerField()) for place in range(len(columns.numbers), numbers)
    }
    rows = ask.source.within(scope, window).annotate(arm=Value(number), **axes).values("arm", *axes)
    order = [*(f"text_{place}" for place in range(texts)), *(f"number_{place}" for place in range(numbers))]
    return rows.annotate(**named, **measured, **blank_text, **blank_number).values_list("arm", *order)


def _read(grid: Grid, texts: list[str | None], numbers: list[int | None]) -> None:
    width = len(grid.ask.by)
    place = tuple(text or "" for text in texts[:width])
    words, figures = iter(texts[width:]), iter(numbers)
    for tally in grid.ask.tallies:
        value = next(figures)
        stated, rough = (next(figures) or 0, next(words)) if tally.rough else (0, "")
        grid.put(place, tally, tally.amount(value, stated, rough))
