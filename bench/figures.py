"""Promise 1: forty figures for each of a hundred communes, in the period and in the same period of last year."""

from __future__ import annotations

from typing import cast

from bench.province import Cast
from bench.raw_figures import CODES, Cells, raw_figures
from reports.enums import ReportScope
from reports.figures.base import Tally
from reports.figures.grids import Ask, statement_for
from reports.figures.registry import FIGURES, Values
from reports.figures.scope import Scope
from reports.figures.windows import At, Compared


class Question:
    """What is asked, by both roads; places and periods are looked up once, ahead."""

    def __init__(self, people: Cast) -> None:
        self.scope = Scope.of(people.board, people.province, ReportScope.PROVINCE)
        self.compared = Compared.of(people.period)
        by_source: dict[object, list[Tally]] = {}
        for code in CODES:
            figure = cast(Tally, FIGURES[code])
            by_source.setdefault(figure.source.code, []).append(figure)
        self.asks = [Ask(tuple(tallies), ("unit",)) for tallies in by_source.values()]

    def portal(self) -> dict[At, Cells]:
        values = Values(self.scope, self.compared, self.asks)
        return {
            at: {
                (code, unit): (int(amount.value), bool(amount.rough))
                for code in CODES
                for unit in values.values_of(code, "unit", at)
                if (amount := values.get(code, at, unit=unit)).value is not None
            }
            for at in (At.NOW, At.LAST_YEAR)
        }

    def first_time(self) -> dict[At, Cells]:
        """As a process answers that was never asked before: the statements are put together too."""
        statement_for.cache_clear()
        return self.portal()

    def raw(self) -> dict[At, Cells]:
        found = {At.NOW: raw_figures(self.scope, self.compared.now)}
        if self.compared.last_year:
            found[At.LAST_YEAR] = raw_figures(self.scope, self.compared.last_year)
        return found


def check_equal(question: Question) -> int:
    """Both roads give the same numbers in every cell; how many cells there are."""
    ours, raw = question.portal(), question.raw()
    for at, cells in raw.items():
        if cells != ours[at]:
            wrong = sorted(cell for cell in cells.keys() | ours[at].keys() if cells.get(cell) != ours[at].get(cell))
            raise RuntimeError(f"{len(wrong)} figures differ from the raw SQL, among them {wrong[:3]}")
    return sum(map(len, raw.values()))
