"""The days a figure looks at: a reporting period, and the same period of the year before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports.enums import PeriodKind
from reports.models import ReportingPeriod


class At(StrEnum):
    """Which of the two windows a number speaks of; `CHANGE` is the first less the second."""

    NOW = "now"
    LAST_YEAR = "last_year"
    CHANGE = "change"


@dataclass(frozen=True)
class Month:
    """A reporting month: `number` is that of the calendar month in which it ends (15/12–14/01 is month 1)."""

    number: int
    first: date
    last: date


@dataclass(frozen=True)
class Window:
    """Both ends inclusive. Money counts from `money_from` on: its year begins on 1 January (reporting-regime 1).

    `months` tile the window when the profile has such rows, else there are none.
    """

    first: date
    last: date
    money_from: date
    months: tuple[Month, ...] = ()

    @classmethod
    def of(cls, period: ReportingPeriod) -> Window:
        rows = ReportingPeriod.objects.filter(
            profile=period.profile_id,
            kind=PeriodKind.MONTH,
            data_from__gte=period.data_from,
            data_to__lte=period.data_to,
        ).order_by("data_from")
        months = tuple(Month(row.data_to.month, row.data_from, row.data_to) for row in rows)
        if not months or (months[0].first, months[-1].last) != (period.data_from, period.data_to):
            months = ()
        return cls(period.data_from, period.data_to, period.money_from, months)

    @property
    def years(self) -> range:
        """The calendar years it touches."""
        return range(self.first.year, self.last.year + 1)

    def until(self, year: str) -> Window:
        """Cut off at the end of that calendar year; itself where the text names none it touches."""
        if not year.isdecimal() or int(year) not in self.years:
            return self
        first, last = date(int(year), 1, 1), date(int(year), 12, 31)
        return Window(max(self.first, first), min(self.last, last), self.money_from)

    @property
    def year(self) -> int:
        """The year whose targets judge the readings."""
        return self.last.year


@dataclass(frozen=True)
class Compared:
    """A window and the one it is compared with, where the profile has one."""

    now: Window
    last_year: Window | None = None

    @classmethod
    def of(cls, period: ReportingPeriod) -> Compared:
        before = period.same_period_last_year
        return cls(Window.of(period), Window.of(before) if before else None)

    def at(self, name: At) -> Window | None:
        return self.last_year if name == At.LAST_YEAR else self.now
