"""All figures by their code, the way a number refers to its facts, and many numbers at once.

A reference is written like an address: "activities.sessions?content=P8.1&window=now". It stands in every span and
cell of a manuscript whose number was computed, and opens the list of facts behind it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programs.facts import Fact
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.figures import activities, indicators, models, money, papers
from reports.figures.base import NOTHING, Amount, Figure, Number, Share, Tally
from reports.figures.grids import Ask, Grid, fetch
from reports.figures.indicators import Judged, JudgedFigure
from reports.figures.judged_by import packed
from reports.figures.scope import Scope
from reports.figures.windows import At, Compared, Window

FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        *activities.FIGURES,
        *models.FIGURES,
        *indicators.FIGURES,
        *money.FIGURES,
        *papers.FIGURES,
    )
}


class UnknownFigure(ValueError):
    """No such figure, axis or window; `str()` says which, in the reader's language."""


@dataclass(frozen=True)
class Ref:
    """A figure, where it is read, and in which window."""

    code: str
    axes: Mapping[str, str] = field(default_factory=dict)
    at: At = At.NOW

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Raises UnknownFigure for what the registry does not hold: a reference may come from an address line."""
        code, _mark, query = text.partition("?")
        axes = dict(parse_qsl(query, keep_blank_values=True))
        window = axes.pop("window", At.NOW.value)
        figure = FIGURES.get(code)
        if figure is None or window not in list(At) or not all(figure.takes(*axis) for axis in axes.items()):
            raise UnknownFigure(_("There is no such figure: %(figure)s") % {"figure": text})
        if isinstance(figure, indicators.IndicatorValue) and "indicator" not in axes:
            raise UnknownFigure(_("There is no such figure: %(figure)s") % {"figure": text})
        return cls(code, axes, At(window))

    def __str__(self) -> str:
        return f"{self.code}?{urlencode({**self.axes, 'window': self.at.value})}"

    @property
    def figure(self) -> Figure:
        return FIGURES[self.code]


@dataclass(frozen=True)
class Opened:
    """What stands behind a number: the facts that make it. A change has the two numbers it is the difference of,

    and its `facts` are those of the first.
    """

    ref: Ref
    value: Amount
    facts: QuerySet[Any]
    between: tuple[Opened, Opened] | None = None

    def total(self) -> Number | None:
        """Adds the opened list up, row by row; equals `value.value`."""
        if self.between is None:
            return self.ref.figure.total(self.facts)
        now, before = (opened.total() for opened in self.between)
        return None if now is None or before is None else now - before


def open_ref(ref: Ref, scope: Scope, compared: Compared) -> Opened:
    """The facts behind a number. Raises UnknownFigure when there is no last year to look at."""
    if ref.at == At.CHANGE:
        now, before = (open_ref(replace(ref, at=at), scope, compared) for at in (At.NOW, At.LAST_YEAR))
        return Opened(ref, change(now.value, before.value), now.facts, (now, before))
    figure, axes, window = ref.figure, dict(ref.axes), compared.at(ref.at)
    if window is None:
        raise UnknownFigure(_("There is no same period of last year to compare with."))
    return Opened(ref, figure.value(scope, window, **axes), figure.facts(scope, window, **axes))


def change(now: Amount, before: Amount) -> Amount:
    """Nothing, unless both are known."""
    if now.value is None or before.value is None:
        return NOTHING
    return Amount(now.value - before.value, now.stated + before.stated, now.rough or before.rough)


def every_tally(source: Any, *axes: str) -> Ask:
    """All tallies of a source by the axes, as one ask."""
    tallies = tuple(one for one in FIGURES.values() if isinstance(one, Tally) and one.source is source)
    return Ask(tallies, axes)


class Values:
    """Many numbers of one scope in two windows, each fact table asked once per window.

    What was not asked for beforehand is asked for by itself when it is read.
    """

    def __init__(self, scope: Scope, compared: Compared, asks: Sequence[Ask]) -> None:
        self.scope, self.compared = scope, compared
        windows = {At.NOW: compared.now, At.LAST_YEAR: compared.last_year}
        self._windows: dict[At, Window] = {at: window for at, window in windows.items() if window}
        self._grids: dict[tuple[At, str], list[Grid]] = defaultdict(list)
        for at, window in self._windows.items():
            for grid in fetch(asks, scope, window):
                for tally in grid.ask.tallies:
                    self._grids[at, tally.code].append(grid)
        self._judged: dict[tuple[At, str], Judged] = {}
        self._papers: dict[At, Counter[tuple[str, str]]] = {}

    def get(self, code: str, at: At = At.NOW, /, **axes: str) -> Amount:
        if at == At.CHANGE:
            return change(self.get(code, At.NOW, **axes), self.get(code, At.LAST_YEAR, **axes))
        if at not in self._windows:
            return NOTHING
        return self._read(FIGURES[code], at, axes)

    def _read(self, figure: Figure, at: At, axes: dict[str, str]) -> Amount:
        if isinstance(figure, Tally):
            return self._tally(figure, at, axes)
        if isinstance(figure, Share):
            return figure.of(*(self._tally(part, at, axes) for part in (figure.part, figure.whole)))
        if isinstance(figure, JudgedFigure):
            return figure.judged(self.judged(at, axes.get("year", "")), axes)
        return self._counted(at, axes)

    def _tally(self, tally: Figure, at: At, axes: dict[str, str]) -> Amount:
        for grid in self._grids.get((at, tally.code), ()):
            if grid.serves(axes):
                return grid.get(tally.code, axes)
        return tally.value(self.scope, self._windows[at], **axes)

    def _counted(self, at: At, axes: dict[str, str]) -> Amount:
        if at not in self._papers:
            self._papers[at] = papers.ISSUED.grid(self.scope, self._windows[at])
        count = sum(
            number
            for (issuer, kind), number in self._papers[at].items()
            if axes.get("issuer", issuer) == issuer and axes.get("kind", kind) == kind
        )
        return Amount(count, count) if count else NOTHING

    def judged(self, at: At = At.NOW, year: str = "") -> Judged:
        """`year`: as known at the end of that year of the window, "" = at its own end."""
        if (at, year) not in self._judged:
            self._judged[at, year] = Judged.of(self.scope, self._windows[at].until(year))
        return self._judged[at, year]

    def judged_by(self) -> str:
        """What the indicators were judged by in every year that was looked at, as a version keeps it."""
        for at in self._windows:
            self.judged(at)
        return packed(one.judged_by for one in self._judged.values())

    def holds(self, code: str) -> bool:
        """Whether reading it as a whole asks the database nothing more, whatever else is read."""
        figure = FIGURES[code]
        if isinstance(figure, Share):
            return all(self.holds(part.code) for part in (figure.part, figure.whole))
        return not isinstance(figure, Tally) or any(grid.serves(()) for grid in self._grids[At.NOW, code])

    def values_of(self, code: str, axis: str, at: At = At.NOW) -> list[str]:
        """Values of the axis at which the figure has data; only for what was asked beforehand."""
        grids = [grid for grid in self._grids.get((at, code), ()) if grid.serves((axis,))]
        return grids[0].values_of(code, axis) if grids else []

    def papers_by(self, issuer: str, at: At = At.NOW) -> list[tuple[str, int]]:
        """Kinds of document and how many of each."""
        self.get(papers.ISSUED.code, at)
        found = self._papers.get(at, Counter())
        return [(kind, number) for (by, kind), number in found.items() if by == issuer]

    @property
    def has_last_year(self) -> bool:
        return At.LAST_YEAR in self._windows


def facts_behind(scope: Scope, compared: Compared) -> dict[type[Fact], QuerySet[Any]]:
    """All facts that figures of the report may count, in both windows: what a report remembers when it is frozen.

    Restricted to these, every figure has the same value.
    """
    windows = [window for window in (compared.now, compared.last_year) if window]
    days, years = Q(), Q()
    for window in windows:
        days |= Q(counted_on__range=(window.first, window.last))
        years |= Q(year__range=(window.money_from.year, window.last.year), counted_on__lte=window.last)
    up_to = Q(counted_on__lte=compared.now.last)
    wanted: dict[type[Fact], Q] = {Activity: days, ModelEvent: up_to, Measurement: up_to, BudgetEntry: years}
    return {
        table: table._default_manager.filter(scope.where(table), condition).order_by("pk")
        for table, condition in wanted.items()
    }
