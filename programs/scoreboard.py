"""How indicators stand against their targets: one judgement for every page, paper and chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from programs.enums import Direction, Operator, TargetStatus
from programs.models import Indicator, Objective, Target
from programs.readings import IndicatorReadings

_HOLDS = {
    Operator.AT_LEAST: lambda value, goal: value >= goal,
    Operator.MORE_THAN: lambda value, goal: value > goal,
    Operator.AT_MOST: lambda value, goal: value <= goal,
    Operator.LESS_THAN: lambda value, goal: value < goal,
    Operator.EQUAL: lambda value, goal: value == goal,
}
_BETTER = {
    Operator.AT_LEAST: lambda value, goal: value > goal,
    Operator.MORE_THAN: lambda value, goal: value > goal,
    Operator.AT_MOST: lambda value, goal: value < goal,
    Operator.LESS_THAN: lambda value, goal: value < goal,
}


def judge(value: Decimal | None, target: Target, direction: str) -> TargetStatus:
    """`~` holds within the tolerance; a value past the goal on the good side is no miss, yet never "exceeded".

    Where the indicator has no good side (to equal, to keep), both sides count.
    """
    if value is None:
        return TargetStatus.NO_DATA
    operator = Operator(target.operator)
    if operator == Operator.ABOUT:
        below = target.value - value
        gap = {Direction.AT_LEAST: below, Direction.AT_MOST: -below}.get(Direction(direction), abs(below))
        return TargetStatus.MET if gap <= target.tolerance else TargetStatus.NOT_MET
    if not _HOLDS[operator](value, target.value):
        return TargetStatus.NOT_MET
    better = _BETTER.get(operator)
    return TargetStatus.EXCEEDED if better and better(value, target.value) else TargetStatus.MET


def judge_parts(statuses: Iterable[TargetStatus]) -> TargetStatus:
    """A composite is met when all its parts are, missed when one is, and unknown in between."""
    found = set(statuses)
    if TargetStatus.NOT_MET in found:
        return TargetStatus.NOT_MET
    if TargetStatus.NO_DATA in found or not found:
        return TargetStatus.NO_DATA
    return TargetStatus.EXCEEDED if found == {TargetStatus.EXCEEDED} else TargetStatus.MET


def targets_for(year: int, provinces: Mapping[int, int]) -> dict[int, Target]:
    """By the id of the indicator: the target of the year, else of the next later one; the province's own before the

    national one. Targets of earlier provinces hold when they all say the same. `applies` is left to the caller.
    """
    of_place = Q(unit__isnull=True) | Q(unit__in=list(provinces))
    by_indicator: dict[int, list[Target]] = {}
    for target in Target.objects.filter(of_place, year__gte=year).order_by("year"):
        by_indicator.setdefault(target.indicator_id, []).append(target)
    chosen = {pk: _nearest(found, provinces) for pk, found in by_indicator.items()}
    return {pk: target for pk, target in chosen.items() if target}


def _nearest(targets: list[Target], provinces: Mapping[int, int]) -> Target | None:
    for year in sorted({target.year for target in targets}):
        of_year = [target for target in targets if target.year == year]
        for step in sorted(set(provinces.values())):
            own = [target for target in of_year if target.unit_id and provinces[target.unit_id] == step]
            if own and len({(target.operator, target.value, target.applies) for target in own}) == 1:
                return own[0]
        national = next((target for target in of_year if target.unit_id is None), None)
        if national:
            return national
    return None


@dataclass(frozen=True)
class Line:
    """One indicator as a scoreboard shows it. A composite has `parts` and no target or readings of its own."""

    indicator: Indicator
    target: Target | None
    readings: IndicatorReadings | None
    status: TargetStatus
    parts: tuple[Line, ...] = ()

    @property
    def value(self) -> Decimal | None:
        return self.readings.whole.value if self.readings and self.readings.whole else None

    @property
    def facts(self) -> tuple[int, ...]:
        own = self.readings.facts if self.readings else ()
        return own + tuple(pk for part in self.parts for pk in part.facts)


@dataclass(frozen=True)
class Scoreboard:
    """Lines of the indicators that apply, in their order; `left_out`: those said not to apply to the province."""

    lines: tuple[Line, ...]
    left_out: tuple[Indicator, ...]

    def count(self, *statuses: str, objective: int | None = None) -> int:
        """Composites once. Without a status: all that apply, the denominator that is printed (16/19)."""
        counted = Counter(
            line.status for line in self.lines if objective is None or line.indicator.objective_id == objective
        )
        return sum(counted[TargetStatus(status)] for status in statuses or TargetStatus.values)

    def objectives(self) -> list[Objective]:
        return list({line.indicator.objective_id: line.indicator.objective for line in self.lines}.values())


def make_scoreboard(
    indicators: Iterable[Indicator], targets: Mapping[int, Target], readings: Mapping[int, IndicatorReadings]
) -> Scoreboard:
    """An indicator without any target is none of ours; one whose target says that it does not apply is left out."""
    every = list(indicators)
    parts_of: dict[int, list[Indicator]] = {}
    for indicator in every:
        if indicator.parent_id:
            parts_of.setdefault(indicator.parent_id, []).append(indicator)

    def line_of(indicator: Indicator) -> Line | None:
        target = targets.get(indicator.pk)
        if target and not target.applies:
            return None
        if indicator.pk in parts_of:
            parts = tuple(filter(None, map(line_of, parts_of[indicator.pk])))
            status = judge_parts(part.status for part in parts)
            return Line(indicator, None, None, status, parts) if parts else None
        if not target:
            return None
        found = readings.get(indicator.pk)
        value = found.whole.value if found and found.whole else None
        return Line(indicator, target, found, judge(value, target, indicator.direction))

    whole = [indicator for indicator in every if not indicator.parent_id]
    lines = [(indicator, line_of(indicator)) for indicator in whole]
    refused = {pk for pk, target in targets.items() if not target.applies}
    return Scoreboard(
        lines=tuple(line for _indicator, line in lines if line),
        left_out=tuple(
            indicator
            for indicator, line in lines
            if not line and refused & {indicator.pk, *(part.pk for part in parts_of.get(indicator.pk, []))}
        ),
    )


def indicators_of(year: int) -> list[Indicator]:
    """Those of the strategies in force in the year, in the order of their numbers, objectives and formulas at hand."""
    return list(
        Indicator.objects.filter(
            objective__framework__year_from__lte=year, objective__framework__year_to__gte=year, active=True
        )
        .select_related("objective__framework", "formula")
        .order_by("objective__position", "objective__code", "position", "code")
    )
