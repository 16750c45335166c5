"""Products, costs and parts of the attendances of a frozen activity: as they hold, and what a correction adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from coordination.formats import number_vi, vnd
from programs.actions import ActivityParts
from programs.enums import FundingSource
from programs.models import Activity, ActivityCost, ActivityCount, ActivityOutput, CountCategory, OutputKind
from programs.totals import added

Count = tuple[int | None, int | None]


@dataclass(frozen=True)
class Parts:
    """By id of product and category, by source of money. `counts`: attendances, and women where they are stated."""

    outputs: Mapping[int, int] = field(default_factory=dict)
    counts: Mapping[int, Count] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)

    def largest(self, at: int) -> int:
        """The largest count of one category: of attendances (0) or women (1)."""
        return max((count[at] or 0 for count in self.counts.values()), default=0)


def parts_of(*activities: Activity) -> Parts:
    """Summed over the activities: of one, or of a fact with its corrections. Three queries."""

    def rows(table: type[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
        return table._default_manager.filter(activity__in=activities).order_by("pk").values_list(*columns)

    def sums(table: type[Any], *columns: str) -> dict[Any, list[int | None]]:
        found: dict[Any, list[tuple[Any, ...]]] = {}
        for key, *numbers in rows(table, *columns):
            found.setdefault(key, []).append(tuple(numbers))
        return {key: [added(column) for column in zip(*lines, strict=True)] for key, lines in found.items()}

    counts = {key: tuple(numbers) for key, numbers in sums(ActivityCount, "category", "attendances", "women").items()}
    return Parts(
        outputs={key: quantity or 0 for key, (quantity,) in sums(ActivityOutput, "kind", "quantity").items()},
        counts={key: (count[0], count[1]) for key, count in counts.items() if any(count)},
        costs={key: amount or 0 for key, (amount,) in sums(ActivityCost, "source", "amount_vnd").items()},
    )


def additions(now: Parts, right: Parts) -> Parts:
    """What has to be added to `now`; lines that are right already are left out."""
    outputs = {key: right.outputs.get(key, 0) - now.outputs.get(key, 0) for key in {*now.outputs, *right.outputs}}
    costs = {key: right.costs.get(key, 0) - now.costs.get(key, 0) for key in {*now.costs, *right.costs}}
    counts = {
        key: _count_to_add(now.counts.get(key, (0, None)), right.counts.get(key, (0, None)))
        for key in {*now.counts, *right.counts}
        if now.counts.get(key) != right.counts.get(key)
    }
    return Parts(
        outputs={key: number for key, number in outputs.items() if number},
        counts=counts,
        costs={key: number for key, number in costs.items() if number},
    )


def _count_to_add(now: Count, right: Count) -> Count:
    """Women never stated stay so."""
    women = None if now[1] is None and right[1] is None else (right[1] or 0) - (now[1] or 0)
    return (right[0] or 0) - (now[0] or 0), women


def as_rows(parts: Parts) -> ActivityParts:
    """For the action that writes them."""
    kinds, categories = OutputKind.objects.in_bulk(parts.outputs), CountCategory.objects.in_bulk(parts.counts)
    return ActivityParts(
        outputs={kinds[key]: number for key, number in parts.outputs.items()},
        counts={categories[key]: (attendances or 0, women) for key, (attendances, women) in parts.counts.items()},
        costs=dict(parts.costs),
    )


@dataclass(frozen=True)
class ChangedPart:
    label: str
    before: str
    now: str


def changed_parts(activity: Activity) -> list[ChangedPart]:
    """Lines that hold another number with the corrections than the fact itself has."""
    frozen, now = parts_of(activity), parts_of(activity, *activity.corrections.all())
    kinds = OutputKind.objects.in_bulk({*now.outputs})
    categories = CountCategory.objects.in_bulk({*now.counts, *frozen.counts})
    pairs: list[tuple[str, Any, Any]] = [
        *((kinds[key].name, frozen.outputs.get(key), number) for key, number in now.outputs.items()),
        *(
            (FundingSource(key).label, _money(frozen.costs.get(key)), _money(amount))
            for key, amount in now.costs.items()
        ),
    ]
    for key in categories:
        before, after = frozen.counts.get(key, (None, None)), now.counts.get(key, (0, None))
        name = categories[key].name
        pairs += [(name, before[0], after[0]), (_("%(group)s, women") % {"group": name}, before[1], after[1])]
    shown = [(label, _text(before), _text(after)) for label, before, after in pairs]
    return [ChangedPart(str(label), before, after) for label, before, after in shown if before != after]


def _money(amount: int | None) -> str | None:
    return None if amount is None else vnd(amount)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else number_vi(value)
