"""Promise 1: forty figures for each of a hundred communes, in the period and in the same period of last year."""

from __future__ import annotations

import re

from bench.province import Cast
from bench.raw_figures import STATEMENTS, Cells, raw_figures
from reports.enums import ReportScope
from reports.figures.base import Tally
from reports.figures.grids import Ask
from reports.figures.registry import FIGURES, Values
from reports.figures.scope import Scope
from reports.figures.windows import At, Compared

CODES = tuple(code for statement in STATEMENTS for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', statement))


class Question:
    """What is asked, by both roads; places and periods are looked up once, ahead."""

    def __init__(self, cast: Cast) -> None:
        self.scope = Scope.of(cast.board, cast.province, ReportScope.PROVINCE)
        self.compared = Compared.of(cast.period)
        self.units = [str(unit.pk) for unit in cast.communes]
        by_source: dict[object, list[Tally]] = {}
        for code in CODES:
            figure = FIGURES[code]
            assert isinstance(figure, Tally)
            by_source.setdefault(figure.source.code, []).append(figure)
        self.asks = [Ask(tuple(tallies), ("unit",)) for tallies in by_source.values()]

    def portal(self) -> dict[At, Cells]:
        values = Values(self.scope, self.compared, self.asks)
        return {
            at: {
                (code, unit): int(amount.value)
                for code in CODES
                for unit in self.units
                if (amount := values.get(code, at, unit=unit)).value is not None
            }
            for at in (At.NOW, At.LAST_YEAR)
        }

    def raw(self) -> dict[At, Cells]:
        found = {At.NOW: raw_figures(self.scope, self.compared.now)}
        if self.compared.last_year:
            found[At.LAST_YEAR] = raw_figures(self.scope, self.compared.last_year)
        return found
