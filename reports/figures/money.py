"""Figures over money, in whole đồng: what was given, what was carried over, what was disbursed up to a day.

Integrated money belongs to other programmes and is in no total of its own programme (design 4).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programs.enums import BudgetNature, FundingSource
from programs.models import BudgetEntry
from programs.money import counting_on
from reports.figures.base import Figure, Reach, Share, Source, Tally, by_field, by_list
from reports.figures.scope import Scope
from reports.figures.windows import Window


def _counting(scope: Scope, window: Window) -> Q:
    """Entries of the years the window spends in; of the disbursements only the latest reading of each line."""
    rows = BudgetEntry.objects.filter(scope.where(BudgetEntry), Reach.STOCK.days(window)).order_by()
    return Q(year__range=(window.money_from.year, window.last.year)) & counting_on(rows, window.last)


_AXES = [
    by_list("content", "component__content__code"),
    by_field("component", "component__code"),
    by_field("source", "source"),
    by_field("capital", "capital"),
    by_field("year", "year", is_integer=True),
    by_field("unit", "unit_id", is_integer=True),
    by_field("owner", "owner_id", is_integer=True),
]
ENTRIES = Source("money", BudgetEntry, BudgetEntry, axes={axis.code: axis for axis in _AXES}, narrow=_counting)

_DONG = pgettext_lazy("counting word", "dong")
_OWN = Q(source__in=FundingSource.own())
_STATE = Q(source__in=FundingSource.state_budget())
_PLANNED = Q(nature__in=[BudgetNature.ALLOCATED, BudgetNature.CARRIED_OVER])
_DISBURSED = Q(nature=BudgetNature.DISBURSED)


def _tally(code: str, label: Any, where: Q) -> Tally:
    return Tally(
        f"money.{code}", label, _DONG, "money",
        source=ENTRIES, measure="amount_vnd", where=where, reach=Reach.STOCK, rough=True,
    )  # fmt: skip


PLAN = _tally("plan", _("Money planned, carried over included"), _OWN & _PLANNED)
DISBURSED = _tally("disbursed", _("Money disbursed"), _OWN & _DISBURSED)
STATE_PLAN = _tally("state_plan", _("State budget planned, carried over included"), _STATE & _PLANNED)
STATE_DISBURSED = _tally("state_disbursed", _("State budget disbursed"), _STATE & _DISBURSED)
FIGURES: list[Figure] = [
    _tally("allocated", _("Money allocated"), _OWN & Q(nature=BudgetNature.ALLOCATED)),
    _tally("carried_over", _("Money carried over"), _OWN & Q(nature=BudgetNature.CARRIED_OVER)),
    PLAN,
    DISBURSED,
    Share("money.rate", _("Disbursement rate"), part=DISBURSED, whole=PLAN),
    _tally("state_allocated", _("State budget allocated"), _STATE & Q(nature=BudgetNature.ALLOCATED)),
    _tally("state_carried_over", _("State budget carried over"), _STATE & Q(nature=BudgetNature.CARRIED_OVER)),
    STATE_PLAN,
    STATE_DISBURSED,
    Share("money.state_rate", _("Disbursement rate of the state budget"), part=STATE_DISBURSED, whole=STATE_PLAN),
    _tally("integrated", _("Money integrated from other programmes"), ~_OWN & _DISBURSED),
    Tally(
        "money.samples", _("Entries that are samples"), pgettext_lazy("counting word", "entries"),
        source=ENTRIES, where=Q(is_sample=True), reach=Reach.STOCK,
    ),
]  # fmt: skip
