"""Values of indicators that nobody types: counted from the recorded facts of a place, by the formula of each.

Flows (sessions, people, products, new models) are those of a window, both days inclusive; a stock is that of its last
day. All formulas and all windows are counted together: at most one query for each of the three tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit
from coordination.places import Today, became_of
from programs.enums import ComputedFrom, ModelNature, Precision
from programs.models import Activity, ActivityOutput, Indicator, IndicatorFormula, ModelEvent
from programs.readings import IndicatorReadings, Reading, scale

Span = tuple[date, date]  # first and last day, both inclusive

OF_MODELS = (ComputedFrom.STOCK, ComputedFrom.NEW_MODELS)
# A correction states what the activity it corrects does; a share divides by those only that state the part.
STATES_WOMEN = Q(women__isnull=False) | Q(corrects__women__isnull=False)
MEASURED = {
    ComputedFrom.SESSIONS: "sessions",
    ComputedFrom.ATTENDANCES: "attendances",
    ComputedFrom.WOMEN: "women",
    ComputedFrom.OUTPUTS: "quantity",
    ComputedFrom.STOCK: "quantity",
    ComputedFrom.NEW_MODELS: "quantity",
}


@dataclass(frozen=True)
class FactsOf:
    """The recorded activities and model events of one scope: a place as a person sees it, or a report."""

    activities: QuerySet[Activity]
    events: QuerySet[ModelEvent]


def formulas_of(indicators: Iterable[Indicator]) -> dict[int, IndicatorFormula]:
    """By the id of the indicator, of rows with their `formula` at hand (`indicators_of`)."""
    return {row.pk: row.formula for row in indicators if hasattr(row, "formula")}


def compute(
    formulas: dict[int, IndicatorFormula], measures: dict[int, str], facts: FactsOf, spans: Sequence[Span]
) -> list[dict[int, IndicatorReadings]]:
    """For each span the readings by the id of the indicator; `measures`: what each is measured in.

    An indicator of which no fact says anything is left out: nothing was recorded, which is not zero.
    """
    found: list[dict[int, IndicatorReadings]] = [{} for _span in spans]
    for rows, chosen in _tables(formulas, facts):
        counted = rows.aggregate(**_aggregates(chosen, measures, spans)) if chosen else {}
        for pk, formula in chosen.items():
            for at, span in enumerate(spans):
                reading = _reading(counted, f"{pk}_{at}", formula, measures[pk], span)
                if reading:
                    found[at][pk] = IndicatorReadings(reading, {})
    return found


def facts_behind(formula: IndicatorFormula, facts: FactsOf, span: Span) -> QuerySet[Any]:
    """The activities or events the value was counted from: the list adds up to it."""
    if formula.counts in OF_MODELS:
        return facts.events.filter(_where(formula, span))
    where = _where(formula, span)
    if formula.counts == ComputedFrom.OUTPUTS:
        outputs = ActivityOutput.objects.filter(where, activity=OuterRef("pk"))
        return facts.activities.filter(Exists(outputs))
    return facts.activities.filter(where)


def with_amount(formula: IndicatorFormula, rows: QuerySet[Any]) -> QuerySet[Any]:
    """`amount`: what each row of `facts_behind` brings to the value; `whole`: what it brings to a denominator."""
    if formula.counts == ComputedFrom.OUTPUTS:
        outputs = ActivityOutput.objects.filter(activity=OuterRef("pk")).order_by()
        if formula.output_kind_id:
            outputs = outputs.filter(kind=formula.output_kind_id)
        return rows.annotate(amount=Subquery(outputs.values("activity").annotate(all=Sum("quantity")).values("all")))
    return rows.annotate(amount=F(MEASURED[ComputedFrom(formula.counts)]))


def _tables(formulas: dict[int, IndicatorFormula], facts: FactsOf) -> list[tuple[QuerySet[Any], dict[int, Any]]]:
    of_models = {pk: row for pk, row in formulas.items() if row.counts in OF_MODELS}
    of_outputs = {pk: row for pk, row in formulas.items() if row.counts == ComputedFrom.OUTPUTS}
    others = {pk: row for pk, row in formulas.items() if pk not in of_models and pk not in of_outputs}
    outputs = ActivityOutput.objects.filter(activity__in=facts.activities.order_by().values("pk"))
    return [
        (facts.activities.order_by(), others),
        (outputs.order_by(), of_outputs),
        (facts.events.order_by(), of_models),
    ]


def _aggregates(
    formulas: dict[int, IndicatorFormula], measures: dict[int, str], spans: Sequence[Span]
) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for pk, formula in formulas.items():
        of_fact = "activity__" if formula.counts == ComputedFrom.OUTPUTS else ""
        for at, span in enumerate(spans):
            key, where = f"{pk}_{at}", _where(formula, span)
            asked[f"sum_{key}"] = Sum(MEASURED[ComputedFrom(formula.counts)], filter=where)
            asked[f"rows_{key}"] = Count("pk", filter=where)
            asked[f"last_{key}"] = Max(f"{of_fact}counted_on", filter=where)
            asked[f"rough_{key}"] = Count("pk", filter=where & Q(**{f"{of_fact}precision__in": Precision.rough()}))
            if is_share_of_women(formula, measures[pk]):
                asked[f"whole_{key}"] = Sum("attendances", filter=where)
    return asked


def is_share_of_women(formula: IndicatorFormula, measured_in: str) -> bool:
    """Women in per cent of the attendances of those activities that say how many were women."""
    return formula.counts == ComputedFrom.WOMEN and measured_in.strip().startswith("%")


def _where(formula: IndicatorFormula, span: Span) -> Q:
    if formula.counts == ComputedFrom.STOCK:
        return _kind_of_model(formula) & Q(nature__in=ModelNature.stock(), counted_on__lte=span[1])
    if formula.counts == ComputedFrom.NEW_MODELS:
        return _kind_of_model(formula) & Q(nature=ModelNature.NEW, counted_on__range=span)
    if formula.counts == ComputedFrom.OUTPUTS:
        where = _of_activity(formula, span, "activity__")
        return where & Q(kind=formula.output_kind_id) if formula.output_kind_id else where
    where = _of_activity(formula, span)
    if formula.output_kind_id:
        where &= Q(pk__in=ActivityOutput.objects.filter(kind=formula.output_kind_id).values("activity"))
    stated = Q(**{f"{MEASURED[ComputedFrom(formula.counts)]}__isnull": False})
    return where & (STATES_WOMEN if formula.counts == ComputedFrom.WOMEN else stated)


def _of_activity(formula: IndicatorFormula, span: Span, path: str = "") -> Q:
    """`path` leads from the counted rows to their activity."""
    where = Q(**{f"{path}counted_on__range": span})
    if formula.kind_group:
        where &= Q(**{f"{path}kind__group": formula.kind_group})
    if formula.component_id:
        where &= _within_component(path, formula.component_id)
    if formula.topic_id:
        about = Activity.topics.through.objects.filter(topic=formula.topic_id).values("activity")
        where &= Q(**{f"{path}pk__in": about})
    return where


def _kind_of_model(formula: IndicatorFormula) -> Q:
    """The kind itself and its "trong đó" kinds."""
    return Q(model__kind=formula.model_kind_id) | Q(model__kind__parent=formula.model_kind_id)


def _within_component(path: str, component: int) -> Q:
    """The component itself and all below it."""
    names = ("component", "component__parent", "component__content", "component__content__parent")
    within = Q()
    for name in names:
        within |= Q(**{f"{path}{name}": component})
    return within


def _reading(
    counted: dict[str, Any], key: str, formula: IndicatorFormula, measured_in: str, span: Span
) -> Reading | None:
    if not counted[f"rows_{key}"] or counted[f"sum_{key}"] is None:
        return None
    number, whole, value = Decimal(counted[f"sum_{key}"]), None, None
    if is_share_of_women(formula, measured_in):
        whole = Decimal(counted[f"whole_{key}"] or 0)
        value = scale(measured_in) * number / whole if whole else None
    else:
        value = number
    return Reading(
        value=value,
        numerator=number if whole is not None else None,
        denominator=whole,
        read_on=span[1],
        facts=(),
        categories=frozenset([None]),
        rough=bool(counted[f"rough_{key}"]),
        counted_from=counted[f"rows_{key}"],
    )


# ---- by place ----


@dataclass(frozen=True)
class PlaceLine:
    """Of a commune as it is today; `unit` None: a line of what no commune has. `rows`: how many facts."""

    unit: AdministrativeUnit | None
    number: int
    rows: int


@dataclass(frozen=True)
class ByPlace:
    """`communes`, `above` (logged for the province or a district) and `apart` add up to `total`, before a merger and

    after: what belongs to a commune that went into several stays apart until a dated event says where it is.
    """

    communes: list[PlaceLine]
    above: PlaceLine
    apart: PlaceLine

    @property
    def total(self) -> PlaceLine:
        lines = [*self.communes, self.above, self.apart]
        return PlaceLine(None, sum(line.number for line in lines), sum(line.rows for line in lines))


def by_place(formula: IndicatorFormula, facts: FactsOf, span: Span, day: date) -> ByPlace:
    """The number of a formula by the communes as they are on `day`, in the order of their names."""
    rows = facts_behind(formula, facts, span).order_by()
    if formula.counts == ComputedFrom.OUTPUTS:
        rows = ActivityOutput.objects.filter(_where(formula, span), activity__in=rows.values("pk")).order_by()
    path = "activity__unit" if formula.counts == ComputedFrom.OUTPUTS else "unit"
    measure = MEASURED[ComputedFrom(formula.counts)]
    sums = list(rows.values_list(path).annotate(number=Sum(measure), rows=Count("pk")))
    units = AdministrativeUnit.objects.in_bulk([unit for unit, _number, _rows in sums])
    today = became_of(list(units.values()), day)
    lines: dict[int, list[int]] = {}
    above, apart = [0, 0], [0, 0]
    for pk, number, count in sums:
        line = above
        if units[pk].level == UnitLevel.COMMUNE:
            home = _home(units[pk], today.get(pk, []), day)
            line = lines.setdefault(home.pk, [0, 0]) if home else apart
            units |= {home.pk: home} if home else {}
        line[0] += number or 0
        line[1] += count
    communes = [PlaceLine(units[pk], *line) for pk, line in lines.items()]
    communes.sort(key=lambda line: line.unit.sort_key if line.unit else "")
    return ByPlace(communes, PlaceLine(None, *above), PlaceLine(None, *apart))


def _home(unit: AdministrativeUnit, today: list[Today], day: date) -> AdministrativeUnit | None:
    """The commune it is on the day; None where it went into several, or nothing says what became of it."""
    if unit.is_valid_on(day):
        return unit
    return today[0].unit if len(today) == 1 and today[0].whole else None
