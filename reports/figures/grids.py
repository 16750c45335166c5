"""Many figures at once: each fact table is asked one time per window, however many figures and ways to split them.

An ask is a set of tallies of one source split by some axes; the asks of a fact table and of its child tables are the
arms of one UNION ALL. What comes back is added up in Python along any of the axes asked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import F, Func, JSONField, QuerySet, Value

from programs.enums import Precision
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

    @property
    def is_rough(self) -> bool:
        return any(tally.rough for tally in self.tallies)


class Grid:
    """The answer to one ask in one window: amounts by the values of the axes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._axes = frozenset(ask.by)
        self._cells: dict[str, dict[tuple[str, ...], Amount]] = {tally.code: {} for tally in ask.tallies}
        self._rolled: dict[tuple[str, tuple[str, ...]], Mapping[tuple[str, ...], Amount]] = {}

    def put(self, place: tuple[str, ...], tally: Tally, amount: Amount) -> None:
        cells = self._cells[tally.code]
        cells[place] = cells.get(place, NOTHING) + amount

    def serves(self, axes: Iterable[str]) -> bool:
        return self._axes.issuperset(axes)

    def get(self, code: str, axes: Mapping[str, str]) -> Amount:
        return self._along(code, tuple(axes)).get(tuple(axes.values()), NOTHING)

    def values_of(self, code: str, axis: str) -> list[str]:
        """The values of an axis at which the figure has data."""
        return [place[0] for place in self._along(code, (axis,))]

    def _along(self, code: str, order: tuple[str, ...]) -> Mapping[tuple[str, ...], Amount]:
        """Added up over the axes that are not in `order`; once per figure and set of axes."""
        found = self._rolled.get((code, order))
        if found is None:
            places = [self.ask.by.index(name) for name in order]
            sums: dict[tuple[str, ...], Amount] = defaultdict(Amount)
            for place, amount in self._cells[code].items():
                sums[tuple(place[number] for number in places)] += amount
            found = self._rolled[code, order] = sums
        return found


def fetch(asks: Sequence[Ask], scope: Scope, window: Window) -> list[Grid]:
    """One query per fact table."""
    by_table: dict[type[Fact], list[Grid]] = defaultdict(list)
    for ask in asks:
        by_table[ask.source.facts].append(Grid(ask))
    for grids in by_table.values():
        _fill(grids, scope, window)
    return [grid for grids in by_table.values() for grid in grids]


def _fill(grids: list[Grid], scope: Scope, window: Window) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*statement_for(tuple(grid.ask for grid in grids), scope, window))
        for arm, packed in cursor:
            _read(grids[arm], json.loads(packed))


@lru_cache(maxsize=64)
def statement_for(asks: tuple[Ask, ...], scope: Scope, window: Window) -> tuple[str, tuple[Any, ...]]:
    """SQL and its parameters; kept, because to put them together takes half as long as to answer them.

    The arms have two columns: their own number, and one list of all the rest, which differs from arm to arm.
    """
    arms = [_arm(number, ask, scope, window) for number, ask in enumerate(asks)]
    rows = arms[0].union(*arms[1:], all=True).order_by() if len(arms) > 1 else arms[0]
    return rows.query.get_compiler(connection=connection).as_sql()


class _Packed(Func):
    """Values of any kind as one JSON list. JSONArray would cast each of them, which costs more than asking."""

    function = "JSON_ARRAY"
    output_field = JSONField()
    most = 50  # arguments; PostgreSQL takes 100 of any function, SQLite 127

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_BUILD_ARRAY", **context)

    @classmethod
    def of(cls, values: Sequence[Any]) -> _Packed:
        """In lists of lists, to stay below what a function takes."""
        return cls(*(cls(*values[start : start + cls.most]) for start in range(0, len(values), cls.most)))


def _arm(number: int, ask: Ask, scope: Scope, window: Window) -> QuerySet[Any, Any]:
    """Grouped by the axes, and by precision where it is printed: a sum is rough as soon as one of its parts is."""
    places = {f"axis_{place}": ask.source.axes[axis].expression(window) for place, axis in enumerate(ask.by)}
    if ask.is_rough:
        places["axis_precision"] = F(ask.source.precision)
    numbers = [aggregate for tally in ask.tallies for aggregate in tally.aggregates(window)]
    rows = ask.source.within(scope, window).annotate(arm=Value(number), **places).values("arm", *places)
    packed = _Packed.of([*map(F, places), *numbers])
    return rows.annotate(packed=packed).values_list("arm", "packed")


def _read(grid: Grid, packed: list[list[Any]]) -> None:
    cells = iter([cell for part in packed for cell in part])
    place = tuple("" if (cell := next(cells)) is None else str(cell) for _axis in grid.ask.by)
    precision = next(cells) if grid.ask.is_rough else Precision.EXACT
    for tally in grid.ask.tallies:
        amount = tally.amount(next(cells), next(cells) if tally.rough else 0, precision)
        if amount:
            grid.put(place, tally, amount)
