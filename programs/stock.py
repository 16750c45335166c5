"""The register of community models on a day: how many stand, of which kinds, and when too few would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Value

from coordination.enums import SuccessionExtent
from coordination.models import AdministrativeUnit, UnitSuccession
from coordination.models.agency import Agency
from coordination.search import sort_key
from coordination.unit_picker import offered_units
from programs.enums import ModelNature, ModelStanding
from programs.models import CommunityModel, ModelEvent, ModelKind
from programs.models.model_register import NUMBERS
from programs.totals import added

Numbers = Mapping[str, int | None]  # under the names of NUMBERS, or of natures; None = never stated


@dataclass
class KindLine:
    """One kind as the summary shows it; `parts` are its "trong đó" lines: kinds below it, and standings.

    `recognised`: what each programme recognises of it; one model may be in several, so these lines do not add up.
    `flows`: by nature, how many models in the span asked for; None where nothing of it happened.
    """

    label: str
    kind: ModelKind
    numbers: Numbers
    flows: Numbers
    parts: list[KindLine] = field(default_factory=list)
    recognised: list[KindLine] = field(default_factory=list)

    @property
    def before(self) -> int:
        """What stood before the first day of the span."""
        return (self.numbers["quantity"] or 0) - sum(self.flows.get(nature) or 0 for nature in ModelNature.stock())

    @property
    def by_nature(self) -> list[int | None]:
        """What changed the stock, in the order of the columns; then what left it as it was."""
        return [self.flows.get(nature) for nature in (*STOCK_FLOWS, *OTHER_FLOWS)]

    @property
    def happened(self) -> list[tuple[ModelNature, int]]:
        """Natures with something to say, in the order of the columns."""
        return [
            (nature, flow) for nature in (*STOCK_FLOWS, *OTHER_FLOWS) if (flow := self.flows.get(nature)) is not None
        ]


STOCK_FLOWS = [nature for nature in ModelNature if nature in ModelNature.stock()]
OTHER_FLOWS = [nature for nature in ModelNature if nature not in ModelNature.stock()]


@dataclass(frozen=True)
class Sums:
    numbers: Numbers
    flows: Numbers


def summary(models: QuerySet[CommunityModel], day: date, since: date | None = None) -> list[KindLine]:
    """What the accounts hold on the day by kind, in the order of the list, and what happened from `since` to the day

    (both inclusive); two queries. Kinds with nothing are left out: an account whose models are all dissolved says
    nothing about today.
    """
    by_kind: dict[int, dict[str, Sums]] = defaultdict(dict)
    by_tag: dict[int, dict[str, list[Sums]]] = defaultdict(lambda: defaultdict(list))
    for row in _sums(models, day, since):
        sums = Sums(
            {name: row[f"sum_{name}"] for name in NUMBERS},
            {nature: row.get(f"flow_{nature}") for nature in ModelNature.values},
        )
        if row["tag"]:
            by_tag[row["model__kind"]][row["tag"]].append(sums)
        else:
            by_kind[row["model__kind"]][row["model__standing"]] = sums
    below: dict[int | None, list[ModelKind]] = defaultdict(list)
    for kind in ModelKind.objects.all():
        below[kind.parent_id].append(kind)
    lines = [_line(kind, below[kind.pk], by_kind) for kind in below[None]]
    for line in lines:
        line.recognised = _recognised(line.kind, below[line.kind.pk], by_tag)
    return [line for line in lines if _says(line)]


def _sums(models: QuerySet[CommunityModel], day: date, since: date | None) -> QuerySet:
    """By kind and standing under the tag "", and again under each tag of the accounts."""
    accounts = models.order_by().values("pk")
    events = ModelEvent.objects.recorded().filter(model__in=accounts, counted_on__lte=day).order_by()
    in_stock = Q(nature__in=ModelNature.stock())
    sums = {f"sum_{name}": Sum(name, filter=in_stock) for name in NUMBERS}
    if since:
        flows = {nature: Q(nature=nature, counted_on__gte=since) for nature in ModelNature.values}
        sums |= {f"flow_{nature}": Sum("quantity", filter=of_span) for nature, of_span in flows.items()}
    keys = ("model__kind", "model__standing", "tag")
    whole = events.annotate(tag=Value("")).values(*keys).annotate(**sums)
    tagged = events.filter(model__tags__isnull=False).annotate(tag=F("model__tags__name"))
    return whole.union(tagged.values(*keys).annotate(**sums), all=True).order_by()


def _line(kind: ModelKind, children: list[ModelKind], by_kind: Mapping[int, Mapping[str, Sums]]) -> KindLine:
    parts = [_line(child, [], by_kind) for child in children]
    own = by_kind.get(kind.pk, {})
    every = [*own.values(), *(Sums(part.numbers, part.flows) for part in parts)]
    if kind.has_standing:
        parts += [
            KindLine(label, kind, own[standing].numbers, own[standing].flows)
            for standing, label in ModelStanding.choices
            if standing in own
        ]
    shown = [part for part in parts if part.numbers["quantity"]]
    return _together(kind.name, kind, every, shown)


def _recognised(
    kind: ModelKind, children: list[ModelKind], by_tag: Mapping[int, Mapping[str, list[Sums]]]
) -> list[KindLine]:
    """One line a tag, of the kind with those below it, in the order of the alphabet."""
    found: dict[str, list[Sums]] = defaultdict(list)
    for one in (kind, *children):
        for tag, sums in by_tag.get(one.pk, {}).items():
            found[tag] += sums
    lines = (_together(tag, kind, found[tag]) for tag in sorted(found, key=sort_key))
    return [line for line in lines if line.numbers["quantity"]]


def _together(label: str, kind: ModelKind, every: Iterable[Sums], parts: Iterable[KindLine] = ()) -> KindLine:
    listed = list(every)
    flows = {nature: added(sums.flows[nature] for sums in listed) for nature in ModelNature.values}
    return KindLine(label, kind, together(sums.numbers for sums in listed), flows, list(parts))


def _says(line: KindLine) -> bool:
    return bool(line.numbers["quantity"]) or any(flow is not None for flow in line.flows.values())


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


EDGE = ("predecessor", "successor", "extent")
CHANGES_AT_ONCE = 3  # how many changes back of a place are read together


def edges_into(unit: int) -> list[QuerySet[UnitSuccession]]:
    """What went into the unit, and into that, and into that."""
    successor = "successor"
    found = []
    for _change in range(CHANGES_AT_ONCE):
        found.append(UnitSuccession.objects.filter(**{successor: unit}))
        successor = f"successor__successions__{successor}"
    return found


def units_within(unit: int, edges: Sequence[Mapping[str, Any]] | None = None) -> tuple[set[int], set[int]]:
    """Ids of the unit and of those that went whole into it, however many changes back; ids of those that went in part.

    `edges`: rows of `edges_into`, where they were read already: only what lies further back is asked for.

    What stood in a unit that went into several cannot be told apart until a dated event says where it is.
    """
    whole, part, fresh, changes = {unit}, set(), {unit}, 0
    while fresh:
        known = edges is not None and changes < CHANGES_AT_ONCE
        into = [edge for edge in edges if edge["successor"] in fresh] if known else _edges_into(fresh)
        taken = {edge["predecessor"] for edge in into if edge["extent"] == SuccessionExtent.WHOLE}
        part |= {edge["predecessor"] for edge in into if edge["extent"] == SuccessionExtent.PART}
        fresh, changes = taken - whole, changes + 1
        whole |= taken
    return whole, part - whole


def _edges_into(units: set[int]) -> Iterable[Mapping[str, Any]]:
    return UnitSuccession.objects.filter(successor__in=units).values(*EDGE)


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
