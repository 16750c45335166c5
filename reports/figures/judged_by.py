"""What the readings of a report were judged by: rules, formulas and targets, kept with its version when it is frozen.

Targets are mended and rules made anew by screen; a number of a frozen report still opens the list it came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import OneToOneRel

from coordination.models import DocumentVersion
from programs.models import Indicator, IndicatorFormula, Target
from programs.scoreboard import indicators_of, targets_for
from reports.figures.scope import Scope

KEPT = "judged_by"  # key of Manuscript.meta
_RULES = ("direction", "over_time", "over_places", "over_agencies")
_TARGET = ("year", "operator", "value", "tolerance", "applies")
_DECIMALS = ("value", "tolerance")
_FORMULA = ("counts", "kind_group", "component_id", "topic_id", "output_kind_id", "model_kind_id")
_FORMULA_OF = cast(OneToOneRel, Indicator._meta.get_field("formula"))


@dataclass(frozen=True)
class Definitions:
    """Indicators of a year in their order, and by their ids the targets of the place."""

    year: int
    indicators: list[Indicator]
    targets: Mapping[int, Target]

    @classmethod
    def of(cls, scope: Scope, year: int) -> Definitions:
        """Today's; of a report that is frozen those it was judged by, if it kept any."""
        kept = _kept(scope).get(str(year))
        return _unpacked(year, kept) if kept else cls(year, indicators_of(year), targets_for(year, scope.mergers))

    @property
    def typed(self) -> list[Indicator]:
        """What people read and nobody counts from the records."""
        return [row for row in self.indicators if not hasattr(row, "formula")]


def packed(definitions: Iterable[Definitions]) -> str:
    return json.dumps({one.year: _plain(one) for one in definitions}, ensure_ascii=False, separators=(",", ":"))


def _plain(one: Definitions) -> dict[int, list[Any]]:
    return {
        row.pk: [
            [getattr(row, name) for name in _RULES],
            _values(one.targets.get(row.pk), _TARGET),
            _values(getattr(row, "formula", None), _FORMULA),
        ]
        for row in one.indicators
    }


def _values(row: Any, names: Iterable[str]) -> list[Any] | None:
    """Decimals as text: they come back as they were."""
    if row is None:
        return None
    return [str(getattr(row, name)) if name in _DECIMALS else getattr(row, name) for name in names]


def _kept(scope: Scope) -> dict[str, dict[str, list[Any]]]:
    """While a report is being frozen it has no version yet that names its papers, nor one that keeps what it is

    judged by: an older one speaks of a report that was returned.
    """
    if scope.report is None or scope.papers is None:
        return {}
    versions = DocumentVersion.objects.filter(document__report=scope.report).order_by("-number")
    meta = versions.values_list("manuscript__meta", flat=True).first() or {}
    found: dict[str, dict[str, list[Any]]] = json.loads(meta.get(KEPT, "{}"))
    return found


def _unpacked(year: int, kept: dict[str, list[Any]]) -> Definitions:
    rows = Indicator.objects.select_related("objective__framework").in_bulk([int(pk) for pk in kept])
    targets = {}
    for key, (rules, target, formula) in kept.items():
        row = rows[int(key)]
        for name, value in zip(_RULES, rules, strict=True):
            setattr(row, name, value)
        own = IndicatorFormula(indicator=row, **dict(zip(_FORMULA, formula, strict=True))) if formula else None
        _FORMULA_OF.set_cached_value(row, own)
        if target:
            targets[row.pk] = _target(row, dict(zip(_TARGET, target, strict=True)))
    return Definitions(year, [rows[int(key)] for key in kept], targets)


def _target(indicator: Indicator, values: dict[str, Any]) -> Target:
    return Target(indicator=indicator, **values | {name: Decimal(values[name]) for name in _DECIMALS})
