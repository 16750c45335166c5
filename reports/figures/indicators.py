"""Figures over indicators: their latest readings, and how many targets are met.

A composite counts once; indicators that do not apply to the province are in no count; the denominator is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programs.enums import Precision, TargetStatus
from programs.formulas import FactsOf, compute, facts_behind, formulas_of, with_amount
from programs.models import Activity, Indicator, Measurement, ModelEvent, Target
from programs.readings import IndicatorReadings, Reading, latest_readings, read_indicators, scale
from programs.scoreboard import Line, Scoreboard, make_scoreboard
from reports.figures.base import NOTHING, Amount, Figure, Number, is_integer
from reports.figures.judged_by import Definitions
from reports.figures.scope import Scope
from reports.figures.windows import Window


@dataclass(frozen=True)
class Judged:
    """Readings of a window and the scoreboard they make; one query for the facts, three for the lists."""

    board: Scoreboard
    readings: dict[int, IndicatorReadings]
    indicators: dict[str, Indicator]
    judged_by: Definitions
    sample: bool = False

    @classmethod
    def of(cls, scope: Scope, window: Window) -> Judged:
        known = Definitions.of(scope, window.year)
        rows = list(counted(scope, window, known.typed).select_related("unit"))
        by_id = {indicator.pk: indicator for indicator in known.indicators}
        readings = read_indicators(rows, by_id, scope.mergers) | computed(scope, window, by_id, known.targets)
        return cls(
            make_scoreboard(known.indicators, known.targets, readings),
            readings,
            {indicator.code: indicator for indicator in known.indicators},
            known,
            any(row.is_sample for row in rows),
        )

    def lines(self, statuses: tuple[str, ...], axes: dict[str, str]) -> list[Line]:
        return [
            line
            for line in self.board.lines
            if (not statuses or line.status in statuses) and of_axes(line.indicator, axes)
        ]

    def reading(self, axes: dict[str, str]) -> Reading | None:
        indicator = self.indicators.get(axes["indicator"])
        found = self.readings.get(indicator.pk) if indicator else None
        if not found or "category" not in axes:
            return found.whole if found else None
        return found.by_category.get(int(axes["category"]))


def of_axes(indicator: Indicator, axes: dict[str, str]) -> bool:
    objective = indicator.objective
    return axes.get("objective", objective.code) == objective.code and (
        axes.get("framework", objective.framework.code) == objective.framework.code
    )


def counted(scope: Scope, window: Window, indicators: Iterable[Indicator]) -> QuerySet[Measurement]:
    """The readings of the indicators that count at the end of the window."""
    readings = Measurement.objects.filter(scope.where(Measurement))
    return latest_readings(readings, window.last, window.first, indicators).order_by("pk")


def computed(
    scope: Scope, window: Window, indicators: dict[int, Indicator], targets: Mapping[int, Target]
) -> dict[int, IndicatorReadings]:
    """Of the indicators the province follows and nobody types; no query where there are none."""
    followed = [row for pk, row in indicators.items() if pk in targets and targets[pk].applies]
    formulas = formulas_of(followed)
    if not formulas:
        return {}
    measures = {pk: indicators[pk].measured_in for pk in formulas}
    return compute(formulas, measures, facts_of(scope), [(window.first, window.last)])[0]


def facts_of(scope: Scope) -> FactsOf:
    return FactsOf(Activity.objects.filter(scope.where(Activity)), ModelEvent.objects.filter(scope.where(ModelEvent)))


@dataclass(frozen=True)
class JudgedFigure(Figure):
    """A figure that needs the whole scoreboard; `Values` makes that once per window."""

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        return self.judged(Judged.of(scope, window), axes)

    def judged(self, judged: Judged, axes: dict[str, str]) -> Amount:
        raise NotImplementedError


@dataclass(frozen=True)
class TargetCount(JudgedFigure):
    """How many targets have one of the statuses; the list that opens is that of the indicators.

    `with_left_out` counts the indicators that do not apply, too.
    """

    statuses: tuple[str, ...] = field(default=(), kw_only=True)
    with_left_out: bool = field(default=False, kw_only=True)

    @property
    def axes(self) -> frozenset[str]:
        return frozenset({"objective", "framework"})

    def judged(self, judged: Judged, axes: dict[str, str]) -> Amount:
        return Amount(len(self.indicators(judged, axes))) if judged.lines((), axes) else NOTHING

    def indicators(self, judged: Judged, axes: dict[str, str]) -> list[int]:
        left_out = [one for one in judged.board.left_out if self.with_left_out and of_axes(one, axes)]
        return [line.indicator.pk for line in judged.lines(self.statuses, axes)] + [one.pk for one in left_out]

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        one = Value(1, output_field=BigIntegerField())
        indicators = Indicator.objects.filter(pk__in=self.indicators(Judged.of(scope, window), axes))
        return indicators.select_related("objective").annotate(amount=one)

    def total(self, facts: Iterable[Any]) -> Number | None:
        return sum(fact.amount for fact in facts)


@dataclass(frozen=True)
class TargetShare(JudgedFigure):
    """Targets met, in per cent of those that apply."""

    met: TargetCount = field(kw_only=True)
    every: TargetCount = field(kw_only=True)
    shown: str = "percent"

    @property
    def axes(self) -> frozenset[str]:
        return self.every.axes

    def judged(self, judged: Judged, axes: dict[str, str]) -> Amount:
        met, every = self.met.judged(judged, axes).value, self.every.judged(judged, axes).value
        return Amount(Decimal(100) * met / every) if met is not None and every else NOTHING

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        """Every indicator that applies; `amount` 1 for those met."""
        judged = Judged.of(scope, window)
        met = [line.indicator.pk for line in judged.lines(self.met.statuses, axes)]
        every = self.every.facts(scope, window, **axes)
        return every.annotate(whole=F("amount")).annotate(amount=_one_if(Q(pk__in=met)))

    def total(self, facts: Iterable[Any]) -> Number | None:
        rows = list(facts)
        return Decimal(100) * sum(row.amount for row in rows) / len(rows) if rows else None


def _one_if(condition: Q) -> Any:
    return Case(When(condition, then=1), default=0, output_field=BigIntegerField())


@dataclass(frozen=True)
class IndicatorValue(JudgedFigure):
    """The latest readings of one indicator (axis `indicator`, its code), or of one category of it."""

    part: str = field(default="value", kw_only=True)  # value | numerator | denominator
    shown: str = "own"

    @property
    def axes(self) -> frozenset[str]:
        return frozenset({"indicator", "category", "year"})

    def takes(self, axis: str, value: str) -> bool:
        return is_integer(value) if axis in ("category", "year") else super().takes(axis, value)

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        return self.judged(Judged.of(scope, window.until(axes.get("year", ""))), axes)

    def judged(self, judged: Judged, axes: dict[str, str]) -> Amount:
        reading = judged.reading(axes)
        value = getattr(reading, self.part) if reading else None
        if reading is None or value is None:
            return NOTHING
        return Amount(value, len(reading.facts), Precision.ABOUT if reading.rough else "")

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        """Each reading, or record counted, with its numerator (or value) as `amount`, its denominator as `whole`."""
        window = window.until(axes.get("year", ""))
        judged = Judged.of(scope, window)
        reading, indicator = judged.reading(axes), judged.indicators.get(axes["indicator"])
        if indicator and hasattr(indicator, "formula"):
            return self._records(scope, window, indicator, reading)
        rows = Measurement.objects.filter(pk__in=reading.facts if reading else []).select_related("indicator")
        if self.part != "value":
            return rows.filter(**{f"{self.part}__isnull": False}).annotate(amount=F(self.part))
        return rows.annotate(amount=Coalesce("numerator", "value"), whole=F("denominator"))

    def _records(self, scope: Scope, window: Window, indicator: Indicator, reading: Reading | None) -> QuerySet[Any]:
        rows = facts_behind(indicator.formula, facts_of(scope), (window.first, window.last))
        is_share = reading is not None and reading.denominator is not None
        if reading is None or (self.part != "value" and not is_share):
            return rows.none()
        rows = with_amount(indicator.formula, rows)
        if self.part == "denominator":
            return rows.annotate(amount=F("attendances"))
        return rows.annotate(whole=F("attendances")) if is_share and self.part == "value" else rows

    def total(self, facts: Iterable[Any]) -> Number | None:
        rows = list(facts)
        if self.part != "value" or not rows:
            return super().total(rows)
        if not isinstance(rows[0], Measurement):
            whole = sum(getattr(row, "whole", 0) for row in rows)
            return 100 * Decimal(sum(row.amount for row in rows)) / whole if whole else super().total(rows)
        if any(row.whole is None for row in rows):
            return super().total(rows) if all(row.whole is None for row in rows) else None
        return scale(rows[0].indicator.measured_in) * sum(row.amount for row in rows) / sum(row.whole for row in rows)


_TARGETS = pgettext_lazy("counting word", "targets")
MET = TargetCount("targets.met", _("Targets met or exceeded"), _TARGETS, statuses=tuple(TargetStatus.counted_as_met()))
APPLY = TargetCount("targets.apply", _("Targets that apply"), _TARGETS)
LISTED = TargetCount("targets.listed", _("Targets of the strategy"), _TARGETS, with_left_out=True)
FIGURES: list[Figure] = [
    APPLY,
    LISTED,
    MET,
    TargetShare("targets.met_share", _("Share of targets met"), met=MET, every=APPLY),
    TargetCount("targets.exceeded", _("Targets exceeded"), _TARGETS, statuses=(TargetStatus.EXCEEDED,)),
    TargetCount("targets.just_met", _("Targets met, not exceeded"), _TARGETS, statuses=(TargetStatus.MET,)),
    TargetCount("targets.missed", _("Targets not met"), _TARGETS, statuses=(TargetStatus.NOT_MET,)),
    TargetCount("targets.unknown", _("Targets without data"), _TARGETS, statuses=(TargetStatus.NO_DATA,)),
    IndicatorValue("indicators.value", _("Value of an indicator")),
    IndicatorValue("indicators.numerator", _("Numerator of an indicator"), part="numerator"),
    IndicatorValue("indicators.denominator", _("Denominator of an indicator"), part="denominator"),
]
