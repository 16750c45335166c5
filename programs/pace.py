"""Whether what adds up over the year keeps up with it: the share of the goal beside the share of the year gone by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from programs.enums import ComputedFrom, Operator, OverTime, TargetStatus
from programs.formulas import is_share_of_women
from programs.models import Indicator
from programs.provided import NamedWindow
from programs.scoreboard import Line

# Verdicts that can still turn while the number grows: a goal to reach that is missed, a limit that is kept.
_TO_REACH, _TO_KEEP = (TargetStatus.NOT_MET,), (TargetStatus.MET, TargetStatus.EXCEEDED)
OPEN = {
    Operator.AT_LEAST: _TO_REACH,
    Operator.MORE_THAN: _TO_REACH,
    Operator.AT_MOST: _TO_KEEP,
    Operator.LESS_THAN: _TO_KEEP,
}


@dataclass(frozen=True)
class Pace:
    """Per cent of the goal of the year, and of its days gone by (the day itself included). `upwards`: the more the

    better; else the number must not use up its year before the time.
    """

    reached: Decimal
    gone: Decimal
    upwards: bool

    @property
    def keeps_up(self) -> bool:
        return self.reached >= self.gone if self.upwards else self.reached <= self.gone


def adds_up(indicator: Indicator) -> bool:
    """A number that only grows through the year: sums of readings, and what is counted since the year began."""
    formula = getattr(indicator, "formula", None)
    if formula is None:
        return indicator.over_time == OverTime.SUM and indicator.measured_in != "%"
    return formula.counts != ComputedFrom.STOCK and not is_share_of_women(formula, indicator.measured_in)


def pace_of(line: Line, day: date, year: NamedWindow | None) -> Pace | None:
    """None where the year is over or its verdict can turn no more, and where the goal is not one of this year."""
    target, value = line.target, line.value
    if year is None or target is None or value is None or not adds_up(line.indicator):
        return None
    if target.year != year.last.year or target.value <= 0 or not year.first <= day < year.last:
        return None
    open_still = OPEN.get(Operator(target.operator), ())
    if line.status not in open_still:
        return None
    gone, days = (day - year.first).days + 1, (year.last - year.first).days + 1
    return Pace(100 * value / target.value, Decimal(100 * gone) / days, TargetStatus.NOT_MET in open_still)
