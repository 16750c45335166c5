"""Readings far from that of the same half-year before: the screen asks why, a sheet marks them "cần xem"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from coordination.models import AdministrativeUnit
from programs.board import same_day
from programs.indicator_words import value_text
from programs.models import Indicator, Measurement
from programs.readings import generations, latest_readings, read_indicators

HALF_A_YEAR = timedelta(days=183)  # a reading this much older is not that of the same half-year
Usual = dict[tuple[int, int | None], Decimal]  # by indicator and category


def usual_values(owners: Iterable[int], unit: AdministrativeUnit, day: date, indicators: Iterable[Indicator]) -> Usual:
    """What the owners (an agency and those it succeeded) read for the same half-year of the year before; across a

    merger put together from the units this one was made of. A handful of queries, however many the indicators.
    """
    asked = {indicator.pk: indicator for indicator in indicators}
    if not asked:
        return {}
    last = same_day(day, 1)
    rows = Measurement.objects.recorded().filter(
        owner__in=owners,
        unit__in=AdministrativeUnit.objects.lineage_of({unit.pk}),
        indicator__in=asked,
        counted_on__gt=last - HALF_A_YEAR,
    )
    counting = latest_readings(rows, last).select_related("unit").order_by("pk")
    read = read_indicators(counting, asked, generations(unit.province or unit))
    found = {(pk, None): readings.whole for pk, readings in read.items()}
    found |= {(pk, of): one for pk, readings in read.items() for of, one in readings.by_category.items()}
    return {key: one.value for key, one in found.items() if one and one.value is not None}


def is_unusual(indicator: Indicator, number: Decimal | None, usual: Decimal | None) -> bool:
    """Further away, in per cent of what was read then, than the indicator allows."""
    limit = indicator.unusual_percent
    if limit is None or number is None or usual is None:
        return False
    return abs(number - usual) * 100 > limit * abs(usual)


def beside_usual(indicator: Indicator, number: Decimal, usual: Decimal) -> dict[str, str]:
    """For sentences: what is said now, and what was read then."""
    return {"new": value_text(indicator, number), "old": value_text(indicator, usual)}


def remark(indicator: Indicator, number: Decimal, usual: Decimal) -> str:
    words = _("%(new)s now, %(old)s in the same period last year. Check the number; if it is right, write it.")
    return words % beside_usual(indicator, number, usual)
