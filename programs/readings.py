"""Which readings of an indicator count on a day, and what several of them make together.

The rules of every page and paper: the latest reading up to the day counts; a rate is computed again from its parts;
a reading of a later boundary replaces those of the units it was made from; a bare value is never added to another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, UnitSuccession
from programs.enums import Precision, ReadingNature
from programs.models import Indicator, Measurement

_LEVELS = list(UnitLevel.values)  # province, district, commune: a reading of the higher level holds the lower ones
_AFTER_ALL = 2**62
_PER = re.compile(r"/\s*(\d[\d.]*)")


def latest_readings(readings: QuerySet[Measurement], day: date) -> QuerySet[Measurement]:
    """Of `readings` (the recorded ones of one scope) those that count on `day`, with the corrections of each.

    One reading per indicator, unit and category: whose it is does not matter, since two agencies that read the same
    unit are not added. On one day an actual reading goes before an estimate, then the one entered last. A correction
    counts while the reading it corrects does; one that names no reading, until a later reading is given.
    """
    known = readings.filter(counted_on__lte=day).annotate(category_key=Coalesce("category_id", Value(0)))
    later = known.filter(
        Q(counted_on__gt=OuterRef("read_on"))
        | Q(counted_on=OuterRef("read_on"), nature__lt=OuterRef("read_nature"))  # "actual" < "estimate"
        | Q(counted_on=OuterRef("read_on"), nature=OuterRef("read_nature"), pk__gt=OuterRef("read_pk")),
        reason="",
        indicator=OuterRef("indicator"),
        unit=OuterRef("unit"),
        category_key=OuterRef("category_key"),
    ).order_by()
    corrects_one, corrects_none = Q(corrects__isnull=False), ~Q(reason="")
    return known.annotate(
        read_on=Coalesce("corrects__counted_on", "counted_on"),
        read_nature=Case(
            When(corrects_one, then=F("corrects__nature")),
            When(corrects_none, then=Value(ReadingNature.ACTUAL.value)),
            default=F("nature"),
            output_field=CharField(),
        ),
        read_pk=Case(
            When(corrects_one, then=F("corrects_id")),
            When(corrects_none, then=Value(_AFTER_ALL)),
            default=F("pk"),
            output_field=BigIntegerField(),
        ),
    ).filter(~Exists(later), read_on__lte=day)


def generations(province: AdministrativeUnit) -> dict[int, int]:
    """Ids of the province (0) and of the provinces it was made from (1), and so on back in time."""
    found, fresh, step = {province.pk: 0}, {province.pk}, 0
    while fresh:
        step += 1
        edges = UnitSuccession.objects.filter(successor__in=fresh).values_list("predecessor", flat=True)
        fresh = set(edges) - found.keys()
        found |= dict.fromkeys(fresh, step)
    return found


@dataclass(frozen=True)
class Reading:
    """What the readings of one indicator (or of one of its categories) make together.

    `value` is in the indicator's own measure (84.2 for 84,2%); None where it cannot be computed. `read_on`: the day
    of the latest of them. `facts`: the rows it was computed from. `estimated`: at least one is an estimate.
    `categories`: which ones it is put together from (None = undivided); two readings compare when these are equal.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    read_on: date
    facts: tuple[int, ...]
    categories: frozenset[int | None]
    estimated: bool = False
    rough: bool = False


@dataclass(frozen=True)
class IndicatorReadings:
    """`whole`: the indicator; `by_category`: its parts, by the id of the category."""

    whole: Reading | None
    by_category: Mapping[int, Reading]

    @property
    def facts(self) -> tuple[int, ...]:
        return self.whole.facts if self.whole else ()


def read_indicators(
    rows: Iterable[Measurement], indicators: Mapping[int, Indicator], provinces: Mapping[int, int]
) -> dict[int, IndicatorReadings]:
    """By the id of the indicator. `rows` as chosen by `latest_readings`; `provinces` as made by `generations`.

    Of each indicator the rows of the latest boundary and the highest level are taken. Rows of earlier provinces are
    added only when every one of them was read: the rate of a part says nothing about the whole.
    """
    tiers: dict[int, dict[tuple[int, int], list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        level = _LEVELS.index(row.unit.level)
        tiers[row.indicator_id][(provinces.get(row.province_id, 0), level)].append(row)
    read = {}
    for indicator_id, by_tier in tiers.items():
        tier = min(by_tier)
        if _is_whole(by_tier[tier], tier, provinces):
            read[indicator_id] = _read_rows(by_tier[tier], scale(indicators[indicator_id].measured_in))
    return read


def _is_whole(rows: list[Measurement], tier: tuple[int, int], provinces: Mapping[int, int]) -> bool:
    generation, level = tier
    if generation == 0 or level > 0:
        return True
    return {row.province_id for row in rows} == {pk for pk, step in provinces.items() if step == generation}


def _read_rows(rows: list[Measurement], per: int) -> IndicatorReadings:
    """A reading without a category is the whole; older than the categories, it gives way to their sum."""
    by_category: dict[int | None, list[Measurement]] = defaultdict(list)
    for row in rows:
        by_category[row.category_id].append(row)
    undivided = by_category.pop(None, [])
    parts = [row for group in by_category.values() for row in group]
    newest = max((row.counted_on for row in parts), default=date.min)
    whole = undivided if undivided and max(row.counted_on for row in undivided) >= newest else parts
    return IndicatorReadings(
        whole=_together(whole, per),
        by_category={pk: _together(group, per) for pk, group in by_category.items() if pk is not None},
    )


def _together(rows: list[Measurement], per: int) -> Reading:
    numerator = denominator = value = None
    if all(row.denominator is not None for row in rows):
        numerator = sum((row.numerator or Decimal(0) for row in rows), Decimal(0))
        denominator = sum((row.denominator or Decimal(0) for row in rows), Decimal(0))
        value = per * numerator / denominator if denominator else None
    elif all(row.value is not None for row in rows) and len({(row.unit_id, row.category_id) for row in rows}) == 1:
        value = sum((row.value or Decimal(0) for row in rows), Decimal(0))
    return Reading(
        value=value,
        numerator=numerator,
        denominator=denominator,
        read_on=max(row.counted_on for row in rows),
        facts=tuple(row.pk for row in rows),
        categories=frozenset(row.category_id for row in rows),
        estimated=any(row.nature == ReadingNature.ESTIMATE for row in rows),
        rough=any(row.precision in Precision.rough() for row in rows),
    )


def scale(measured_in: str) -> int:
    """What numerator / denominator is multiplied by: "%" 100, "ca/100.000 trẻ sinh sống" 100000, "lần" 1."""
    if measured_in.strip().startswith("%"):
        return 100
    per = _PER.search(measured_in)
    return int(per[1].replace(".", "")) if per else 1
