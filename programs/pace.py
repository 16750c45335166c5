"""Whether what adds up over the year keeps up with it: the share of the goal beside the share of the year gone by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from programs.enums import ComputedFrom, Operator, OverTime, TargetStatus
from programs.models import Indicator
from programs.provided import NamedWindow
from programs.scoreboard import Line

GROWS_TO = (Operator.AT_LEAST, Operator.MORE_THAN)  # goals a number that grows can still reach; a limit is kept or not
DAY, SHORTEST_YEAR = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True)
class Pace:
    """Whole per cent, rounded down, of the goal of the year and of its days gone by, the day itself among them.

    They are judged as they are printed: nobody is behind at 50% and 50%.
    """

    reached: int
    gone: int

    @property
    def keeps_up(self) -> bool:
        return self.reached >= self.gone


def adds_up(indicator: Indicator) -> bool:
    """A number that only grows through the year: sums of readings, and what is counted since the year began."""
    if indicator.measured_in.strip().startswith("%"):
        return False
    formula = getattr(indicator, "formula", None)
    return formula.counts != ComputedFrom.STOCK if formula else indicator.over_time == OverTime.SUM


def paces_of(line: Line, day: date, year: NamedWindow | None) -> tuple[Pace, ...]:
    """Of a missed line, or of the missed parts of a composite; none where the year can no longer mend them all."""
    missed = [one for one in line.parts or (line,) if one.status == TargetStatus.NOT_MET]
    paces = [pace for one in missed if (pace := _pace(one, day, year))]
    return tuple(paces) if len(paces) == len(missed) else ()


def _pace(line: Line, day: date, year: NamedWindow | None) -> Pace | None:
    """None on the last day, when the verdict is final, where the goal is not one of this year, and of a half-year."""
    target, reading = line.target, line.readings.whole if line.readings else None
    if year is None or target is None or reading is None or reading.value is None or not adds_up(line.indicator):
        return None
    is_rate = reading.denominator is not None
    if is_rate or target.operator not in GROWS_TO or target.year != year.last.year or target.value <= 0:
        return None
    gone, whole = day - year.first + DAY, year.last - year.first + DAY
    if whole < SHORTEST_YEAR or not DAY <= gone < whole:
        return None
    return Pace(int(100 * reading.value / target.value), 100 * gone // whole)
