"""A round added up: main figures and indicators agency by agency, beside what each reported, as numbers of today.

Nothing is summed from reports: every number comes from the records, so it opens as the list of its facts. The same
few queries for one agency and for a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coordination.models import DocumentVersion
from programs.indicator_words import fraction, value_text
from programs.models import Indicator
from programs.readings import Reading, read_by_agency
from reports.actions import province_of
from reports.compose.keys import Get, kept_amounts, kept_readings
from reports.compose.words import in_table
from reports.enums import ReportScope
from reports.figures import FIGURES, NOTHING, Amount, Ask, At, Scope
from reports.figures.base import Figure, Tally
from reports.figures.grids import fetch
from reports.figures.indicators import Judged, counted
from reports.figures.windows import Window
from reports.models import ReportRound
from reports.seats import Standing, seat_of_owner

SHOWN = ("activities.sessions", "activities.attendances", "activities.women", "models.stock", "money.disbursed")


@dataclass(frozen=True)
class Number:
    """Of one agency, `now` from the records, `reported` as approved in the report it sent (None: none was kept)."""

    code: str
    now: Amount
    reported: Amount | None = None

    @property
    def figure(self) -> Figure:
        return FIGURES[self.code]

    @property
    def label(self) -> str:
        return str(self.figure.label)

    @property
    def heading(self) -> str:
        """Of a column: money stands there in millions."""
        return _("%(figure)s (million dong)") % {"figure": self.label} if self.figure.shown == "money" else self.label

    @property
    def text(self) -> str:
        return in_table(self.now, self.figure, "–")

    @property
    def reported_text(self) -> str:
        return in_table(self.reported, self.figure) if self.reported else ""

    @property
    def differs(self) -> bool:
        """No data and nothing reported are the same."""
        return self.reported is not None and (self.reported.value or 0) != (self.now.value or 0)

    @property
    def gap_text(self) -> str:
        """ "tăng 3" since it was reported."""
        gap = (self.now.value or 0) - ((self.reported.value or 0) if self.reported else 0)
        words = _("up %(number)s") if gap > 0 else _("down %(number)s")
        return words % {"number": in_table(Amount(abs(gap)), self.figure)}


@dataclass(frozen=True)
class AgencyRow:
    standing: Standing
    numbers: list[Number]

    @property
    def is_counted(self) -> bool:
        return not self.standing.seat.left_out

    @property
    def differs(self) -> bool:
        return any(number.differs for number in self.numbers)

    @property
    def has_data(self) -> bool:
        return any(number.now for number in self.numbers)


@dataclass(frozen=True)
class Together:
    """`rows` add up to `totals`; an agency that is left out has no numbers."""

    rows: list[AgencyRow]
    totals: list[Number]


def scope_of(asked: ReportRound) -> Scope:
    """The agencies waited for, in the province of who asks."""
    province = province_of(asked.asked_by, asked.period.data_to)
    return Scope.of(asked.asked_by, province, ReportScope.ROUND, asked.pk)


def scope_of_agency(asked: ReportRound, rows: Sequence[Standing], row: Standing) -> Scope:
    """Of one of them alone."""
    places = counts_for(rows)
    owners = frozenset(owner for owner, agency in places.items() if agency == row.seat.agency_id)
    return replace(scope_of(asked), owners=owners)


def counts_for(rows: Sequence[Standing]) -> dict[int, int]:
    """Of each agency whose records count the one that was asked."""
    seats = [row.seat for row in rows if not row.seat.left_out]
    return {owner: seat.agency_id for owner, seat in seat_of_owner(seats).items()}


def together(asked: ReportRound, rows: Sequence[Standing], scope: Scope) -> Together:
    figures = [figure for code in SHOWN if isinstance(figure := FIGURES[code], Tally)]
    places, window = counts_for(rows), Window.of(asked.period)
    asks = [Ask(tuple(group), ("owner",)) for group in _by_source(figures)]
    grids = {tally.code: grid for grid in fetch(asks, scope, window) for tally in grid.ask.tallies}
    sums: dict[tuple[str, int], Amount] = {}
    for figure in figures:
        for owner in grids[figure.code].values_of(figure.code, "owner"):
            key = figure.code, places[int(owner)]
            sums[key] = sums.get(key, NOTHING) + grids[figure.code].get(figure.code, {"owner": owner})
    kept = reported(rows)
    return Together(
        rows=[_row(row, figures, sums, kept.get(row.seat.pk)) for row in rows],
        totals=[Number(figure.code, grids[figure.code].get(figure.code, {})) for figure in figures],
    )


def _by_source(figures: Sequence[Tally]) -> list[list[Tally]]:
    groups: dict[str, list[Tally]] = {}
    for figure in figures:
        groups.setdefault(figure.source.code, []).append(figure)
    return list(groups.values())


def _row(
    row: Standing, figures: Sequence[Tally], sums: Mapping[tuple[str, int], Amount], kept: Reported | None
) -> AgencyRow:
    agency = row.seat.agency_id
    return AgencyRow(
        row,
        [
            Number(figure.code, sums.get((figure.code, agency), NOTHING), kept.amount(figure.code) if kept else None)
            for figure in figures
        ],
    )


@dataclass(frozen=True)
class Reported:
    """What the version says that an agency sent."""

    get: Get | None
    readings: Mapping[str, Decimal]

    def amount(self, code: str) -> Amount | None:
        return self.get(code, At.NOW) if self.get else None


def reported(rows: Sequence[Standing]) -> dict[int, Reported]:
    """By id of the seat, of those whose report has arrived; versions are not read as a whole."""
    documents = {row.report.document_id: row.seat.pk for row in rows if row.has_arrived}
    versions = DocumentVersion.objects.filter(document__in=documents).order_by("number")
    kept = dict(versions.values_list("document", "manuscript__meta"))
    return {documents[document]: Reported(kept_amounts(meta), kept_readings(meta)) for document, meta in kept.items()}


# ---- indicators ----


def words_of(indicator: Indicator, reading: Reading | None) -> str:
    """ "74,0% (71/96)"; "–" where the readings make no number together."""
    if reading is None or reading.value is None:
        return "–"
    parts = fraction(reading)
    return value_text(indicator, reading.value) + sign_of(indicator) + (f" ({parts})" if parts else "")


def sign_of(indicator: Indicator) -> str:
    return "%" if indicator.measured_in == "%" else ""


@dataclass(frozen=True)
class IndicatorRow:
    """`number`: with that of the whole before a part's, e.g. “3.2 a)”. `total`: of all agencies together; `agencies`:

    how many of them have a reading.
    """

    indicator: Indicator
    number: str
    total: Reading | None
    agencies: int
    differing: int

    @property
    def text(self) -> str:
        return words_of(self.indicator, self.total)


@dataclass(frozen=True)
class AgencyReading:
    indicator: Indicator
    standing: Standing
    now: Reading | None
    reported: Decimal | None

    @property
    def differs(self) -> bool:
        return self.reported is not None and (self.now is None or self.now.value != self.reported)

    @property
    def text(self) -> str:
        return words_of(self.indicator, self.now)

    @property
    def reported_text(self) -> str:
        return "" if self.reported is None else value_text(self.indicator, self.reported) + sign_of(self.indicator)


@dataclass(frozen=True)
class Readings:
    """Of every indicator of the year, together and by agency."""

    rows: Sequence[Standing]
    judged: Judged
    by_agency: Mapping[int, Mapping[int, Any]]
    kept: Mapping[int, Reported]

    @classmethod
    def of(cls, asked: ReportRound, rows: Sequence[Standing], scope: Scope) -> Readings:
        window = Window.of(asked.period)
        judged = Judged.of(scope, window)
        facts = list(counted(scope, window, judged.judged_by.typed).select_related("unit"))
        by_id = {indicator.pk: indicator for indicator in judged.indicators.values()}
        found = read_by_agency(facts, by_id, scope.mergers, counts_for(rows))
        return cls(rows, judged, found, reported(rows))

    def of_agencies(self, indicator: Indicator) -> list[AgencyReading]:
        found = []
        for row in self.rows:
            readings = self.by_agency.get(row.seat.agency_id, {}).get(indicator.pk)
            kept = self.kept.get(row.seat.pk)
            value = kept.readings.get(indicator.code) if kept else None
            found.append(AgencyReading(indicator, row, readings.whole if readings else None, value))
        return found

    def indicators(self) -> list[IndicatorRow]:
        """Those anybody has read, in the order of the strategy."""
        found = []
        numbers = {one.pk: one.number for one in self.judged.indicators.values()}
        for indicator in self.judged.indicators.values():
            of_agencies = self.of_agencies(indicator)
            total = self.judged.reading({"indicator": indicator.code})
            read = sum(one.now is not None for one in of_agencies)
            if total or read:
                differing = sum(one.differs for one in of_agencies)
                number = " ".join(filter(None, [numbers.get(indicator.parent_id), indicator.number]))
                found.append(IndicatorRow(indicator, number, total, read, differing))
        return found
