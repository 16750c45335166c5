"""Sample money: decisions, and cumulative readings of what was disbursed.

When two provinces became one on 1 July 2025, the readings of the old accounts ended on 30 June; those of the one
account count what was disbursed since.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from coordination.loaders import Loaded
from programs.models import BudgetEntry
from reports.demo.facts import Planned, add_facts
from reports.demo.stage import Stage, day, demo_rows

MILLION = 1_000_000


def add_money(stage: Stage, loaded: Loaded) -> None:
    entries = [_entry(stage, number, row) for number, row in enumerate(demo_rows("money"), start=1)]
    add_facts(map(Planned, entries), loaded, _("budget entries"))


def _entry(stage: Stage, number: int, row: dict[str, str]) -> BudgetEntry:
    on = day(row["counted_on"])
    province = stage.province(row["province"], on)
    return BudgetEntry(
        owner=stage.agencies[row["owner"]],
        unit=province,
        province=province,
        component=stage.components[row["component"]],
        year=int(row["year"]),
        source=row["source"],
        nature=row["nature"],
        counted_on=on,
        amount_vnd=int(Decimal(row["million"]) * MILLION),
        reference=f"MAU-KP-{number:03}",
        is_sample=True,
    )
