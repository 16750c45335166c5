"""The register of community models on a day: how many stand, of which kinds, and when too few would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet, Sum

from coordination.enums import SuccessionExtent
from coordination.models import AdministrativeUnit, UnitSuccession
from coordination.models.agency import Agency
from coordination.unit_picker import offered_units
from programs.enums import ModelNature, ModelStanding
from programs.models import CommunityModel, ModelEvent, ModelKind
from programs.models.model_register import NUMBERS
from programs.totals import added

Numbers = Mapping[str, int | None]  # under the names of NUMBERS; None = never stated


@dataclass
class KindLine:
    """One kind as the summary shows it; `parts` are its "trong đó" lines: kinds below it, and standings."""

    label: str
    kind: ModelKind
    numbers: Numbers
    parts: list[KindLine] = field(default_factory=list)


def summary(models: QuerySet[CommunityModel], day: date) -> list[KindLine]:
    """What the accounts hold on the day by kind, in the order of the list; two queries. Kinds with nothing are left

    out: an account whose models are all dissolved says nothing about today.
    """
    events = ModelEvent.objects.in_stock(day).filter(model__in=models.order_by().values("pk")).order_by()
    rows = events.values("model__kind", "model__standing").annotate(**{f"sum_{name}": Sum(name) for name in NUMBERS})
    by_kind: dict[int, dict[str, Numbers]] = defaultdict(dict)
    for row in rows:
        numbers = {name: row[f"sum_{name}"] for name in NUMBERS}
        by_kind[row["model__kind"]][row["model__standing"]] = numbers
    kinds = list(ModelKind.objects.all())
    below: dict[int | None, list[ModelKind]] = defaultdict(list)
    for kind in kinds:
        below[kind.parent_id].append(kind)
    lines = (_line(kind, below[kind.pk], by_kind) for kind in below[None])
    return [line for line in lines if line.numbers["quantity"]]


def _line(kind: ModelKind, children: list[ModelKind], by_kind: Mapping[int, Mapping[str, Numbers]]) -> KindLine:
    parts = [_line(child, [], by_kind) for child in children]
    own = by_kind.get(kind.pk, {})
    if kind.has_standing:
        parts += [KindLine(label, kind, own[standing]) for standing, label in ModelStanding.choices if standing in own]
    every = [*own.values(), *(part.numbers for part in parts[: len(children)])]
    shown = [part for part in parts if part.numbers["quantity"]]
    return KindLine(kind.name, kind, together(every), shown)


def together(rows: Iterable[Numbers]) -> Numbers:
    listed = list(rows)
    return {name: added(row[name] for row in listed) for name in NUMBERS}


@dataclass(frozen=True)
class Shortfall:
    """On `day` an account would hold `left` (less than 0) of what `number` names."""

    number: str
    day: date
    left: int


def shortfall(events: Iterable[ModelEvent]) -> Shortfall | None:
    """The first day on which the recorded events of one account would leave fewer than none of anything.

    Those of one day are taken together, as the database does. Numbers never stated up to a day are not judged.
    """
    in_stock = sorted((event for event in events if event.nature in ModelNature.stock()), key=_day)
    for name in NUMBERS:
        left: dict[date, int] = {}
        sum_so_far = 0
        for event in in_stock:
            if (number := getattr(event, name)) is not None:
                sum_so_far += number
                left[event.counted_on] = sum_so_far
        for day, rest in left.items():
            if rest < 0:
                return Shortfall(name, day, rest)
    return None


def _day(event: ModelEvent) -> date:
    return event.counted_on


def running(events: Iterable[ModelEvent]) -> list[tuple[ModelEvent, int]]:
    """Each event with the stock after it, the oldest first."""
    rows, stock = [], 0
    for event in sorted(events, key=lambda event: (event.counted_on, event.pk)):
        stock += event.quantity if event.nature in ModelNature.stock() else 0
        rows.append((event, stock))
    return rows


def units_within(unit: int) -> tuple[set[int], set[int]]:
    """Ids of the unit and of those that went whole into it, however many changes back; ids of those that went in part.

    What stood in a unit that went into several cannot be told apart until a dated event says where it is.
    """
    whole, part, fresh = {unit}, set(), {unit}
    while fresh:
        edges = UnitSuccession.objects.filter(successor__in=fresh).values_list("predecessor", "extent")
        taken = {before for before, extent in edges if extent == SuccessionExtent.WHOLE}
        part |= {before for before, extent in edges if extent == SuccessionExtent.PART}
        fresh = taken - whole
        whole |= taken
    return whole, part - whole


def places_of(account: CommunityModel, day: date, agency: Agency) -> list[AdministrativeUnit]:
    """Where an event of the account may lie on the day: its own unit while there was one, else what became of it.

    A district of before 1 July 2025 became nothing: then every place of the province is offered.
    """
    found, fresh = [account.unit], [account.unit]
    while fresh and not any(unit.is_valid_on(day) for unit in found):
        edges = UnitSuccession.objects.filter(predecessor__in=fresh).select_related("successor__parent")
        fresh = [edge.successor for edge in edges]
        found += fresh
    valid = {unit.pk: unit for unit in found if unit.is_valid_on(day)}
    return list(valid.values()) or offered_units(agency, day)
