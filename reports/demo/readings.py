"""Readings of the strategy's indicators, and which targets the provinces follow.

Real are the readings of 2023 by tier of government (09/13 districts, 105/173 communes) and that 16 of 19 targets were
met; which sixteen, and every later reading, is sample data.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.loaders import Loaded
from programs.models import Indicator, IndicatorCategory, Measurement, Target
from reports.demo.facts import Planned, add_facts
from reports.demo.stage import Stage, demo_rows

FOLLOWED_BY_THE_NATION_ONLY = "ge-4.4"  # counts provinces of the whole country
REAL = "Hội nghị đánh giá công tác vì sự tiến bộ của phụ nữ tỉnh Quảng Ngãi ngày 10/4/2024"
SAMPLE = "Sở Nội vụ tổng hợp (số liệu mẫu)"


@dataclass(frozen=True)
class Round:
    """A column of data/demo/readings.csv: who read, for which province and span."""

    owner: str
    province: str
    first: date
    last: date


ROUNDS = {
    "qn2023": Round("qn.advancement", "51", date(2022, 12, 15), date(2023, 12, 14)),
    "qn2024": Round("qn.home", "51", date(2023, 12, 15), date(2024, 12, 14)),
    "kt2024": Round("kt.home", "62", date(2023, 12, 15), date(2024, 12, 14)),
    "qn2025h1": Round("qn.home", "51", date(2024, 12, 15), date(2025, 6, 14)),
    "kt2025h1": Round("kt.home", "62", date(2024, 12, 15), date(2025, 6, 14)),
    "qn2025": Round("qn.home", "51", date(2024, 12, 15), date(2025, 12, 14)),
    "qn2026h1": Round("qn.home", "51", date(2025, 12, 15), date(2026, 6, 14)),
}


def add_readings(stage: Stage, loaded: Loaded) -> None:
    indicators = Indicator.objects.in_bulk(field_name="code")
    categories = IndicatorCategory.objects.in_bulk(field_name="code")
    planned = [
        _reading(stage, name, indicators[row["indicator"]], categories.get(row["category"]), row[name])
        for row in demo_rows("readings")
        for name in ROUNDS
        if row[name]
    ]
    add_facts(map(Planned, planned), loaded, _("measurements"))


def _reading(
    stage: Stage, name: str, indicator: Indicator, category: IndicatorCategory | None, cell: str
) -> Measurement:
    """`cell`: "71/96", or a value where its parts are not known."""
    numerator, slash, denominator = cell.partition("/")
    real = name == "qn2023" and category is not None
    of, province = ROUNDS[name], stage.province(ROUNDS[name].province, ROUNDS[name].last)
    return Measurement(
        owner=stage.agencies[of.owner],
        unit=province,
        province=province,
        period_from=of.first,
        counted_on=of.last,
        indicator=indicator,
        category=category,
        numerator=Decimal(numerator) if slash else None,
        denominator=Decimal(denominator) if slash else None,
        value=None if slash else Decimal(cell),
        reference=f"{'QN' if real else 'MAU'}-{name.upper()}-{category.code if category else indicator.code}",
        source_text=REAL if real else SAMPLE,
        is_sample=not real,
    )


def add_targets(stage: Stage, loaded: Loaded) -> None:
    """A province follows the national targets but one: 19 of 20 apply."""
    national = Target.objects.filter(unit=None, indicator__code=FOLLOWED_BY_THE_NATION_ONLY)
    provinces = stage.provinces.values()
    there = set(Target.objects.exclude(unit=None).values_list("indicator", "unit", "year"))
    wanted = [
        Target(
            indicator_id=target.indicator_id,
            unit=province,
            year=target.year,
            operator=target.operator,
            value=target.value,
            applies=False,
            source=_("Counts provinces of the whole country: not applicable to one province."),
        )
        for target in national
        for province in provinces
    ]
    new = [row for row in wanted if (row.indicator_id, row.unit_id, row.year) not in there]
    bulk_create_with_history(new, Target, default_change_reason=_("sample data"))
    loaded.note(_("targets of provinces"), made=len(new), kept=len(wanted) - len(new))
