"""Which readings of an indicator count on a day, and what several of them make together.

The rules of every page and paper: the latest reading up to the day counts; a rate is computed again from its parts;
a reading of a later boundary replaces those of the units it was made from; a bare value is added to another only where
the indicator's rule over places says so, and never to those of units that are gone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from coordination.enums import SuccessionExtent, UnitLevel
from coordination.models import AdministrativeUnit, AgencySuccession, UnitSuccession
from programs.enums import OverAgencies, OverPlaces, OverTime, Precision, ReadingNature
from programs.models import Indicator, Measurement

_LEVELS = list(UnitLevel.values)  # province, district, commune: a reading of the higher level holds the lower ones
_AFTER_ALL = 2**62
_PER = re.compile(r"/\s*(\d[\d.]*)")


def latest_readings(
    readings: QuerySet[Measurement],
    day: date,
    first: date | None = None,
    indicators: Iterable[Indicator] | None = None,
) -> QuerySet[Measurement]:
    """Of `readings` (the recorded ones of one scope) those that count on `day`, with the corrections of each.

    One reading per indicator, unit and category: where the lead agency alone counts, two agencies that read the same
    unit are not added and the one that read last is heard; else one of each agency. An indicator that joins over time
    keeps every reading since `first` (inclusive; None = the latest counts for all). On one day an actual reading goes
    before an estimate, then the one entered last. A correction counts while the reading it corrects does; one that
    names no reading, until a later reading is given. `indicators`: only these, by the rules they bring with them.
    """
    by_last, by_lead = Q(indicator__over_time=OverTime.LAST), Q(indicator__over_agencies=OverAgencies.LEAD)
    if indicators is not None:
        rows = list(indicators)
        readings = readings.filter(indicator__in=[row.pk for row in rows])
        by_last = Q(indicator__in=[row.pk for row in rows if row.over_time == OverTime.LAST])
        by_lead = Q(indicator__in=[row.pk for row in rows if row.over_agencies == OverAgencies.LEAD])
    is_last = by_last if first else Q()
    heard = by_lead | Q(owner=OuterRef("owner"))
    known = readings.filter(counted_on__lte=day).annotate(category_key=Coalesce("category_id", Value(0)))
    later = known.filter(
        Q(counted_on__gt=OuterRef("read_on")) & is_last
        | Q(counted_on=OuterRef("read_on"), nature__lt=OuterRef("read_nature"))  # "actual" < "estimate"
        | Q(counted_on=OuterRef("read_on"), nature=OuterRef("read_nature"), pk__gt=OuterRef("read_pk")),
        heard,
        reason="",
        indicator=OuterRef("indicator"),
        unit=OuterRef("unit"),
        category_key=OuterRef("category_key"),
    ).order_by()
    corrects_one, corrects_none = Q(corrects__isnull=False), ~Q(reason="")
    counting = known.annotate(
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
    return counting.filter(is_last | Q(read_on__gte=first)) if first else counting


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
    `counted_from`: how many facts of other tables it was computed from; 0 = it was read, not computed.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    read_on: date
    facts: tuple[int, ...]
    categories: frozenset[int | None]
    estimated: bool = False
    rough: bool = False
    counted_from: int = 0


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
    listed = list(rows)
    return _read(listed, indicators, provinces, _later_units(listed), _roots(listed, indicators))


def read_by_agency(
    rows: Iterable[Measurement],
    indicators: Mapping[int, Indicator],
    provinces: Mapping[int, int],
    counts_for: Mapping[int, int],
) -> dict[int, dict[int, IndicatorReadings]]:
    """As `read_indicators`, for each agency alone; `counts_for`: whose the readings of an owner are.

    As many queries for a hundred agencies as for one.
    """
    by_agency: dict[int, list[Measurement]] = defaultdict(list)
    for row in rows:
        if row.owner_id in counts_for:
            by_agency[counts_for[row.owner_id]].append(row)
    listed = [row for group in by_agency.values() for row in group]
    later, roots = _later_units(listed), _roots(listed, indicators)
    return {agency: _read(group, indicators, provinces, later, roots) for agency, group in by_agency.items()}


def _read(
    listed: list[Measurement],
    indicators: Mapping[int, Indicator],
    provinces: Mapping[int, int],
    later: Mapping[int, Mapping[int, bool]],
    roots: Mapping[int, int],
) -> dict[int, IndicatorReadings]:
    tiers: dict[int, dict[tuple[int, int], list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for row in listed:
        level = _LEVELS.index(row.unit.level)
        tiers[row.indicator_id][(provinces.get(row.province_id, 0), level)].append(row)
    read = {}
    for indicator_id, by_tier in tiers.items():
        tier = min(by_tier)
        if _is_whole(by_tier[tier], tier, provinces):
            joined = _Joined(indicators[indicator_id], later, roots)
            read[indicator_id] = joined.read(by_tier[tier])
    return read


def _later_units(rows: list[Measurement]) -> dict[int, dict[int, bool]]:
    """Of each unit below a province that is gone: every unit it went into, at any remove; True = as a whole."""
    gone = {row.unit_id for row in rows if row.unit.valid_to and row.unit.level != UnitLevel.PROVINCE}
    edges: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    fresh = gone
    while fresh:
        found = UnitSuccession.objects.filter(predecessor__in=fresh).values_list("predecessor", "successor", "extent")
        for before, after, extent in found:
            edges[before].append((after, extent == SuccessionExtent.WHOLE))
        fresh = {after for before in fresh for after, _whole in edges.get(before, [])} - edges.keys()
    reached: dict[int, dict[int, bool]] = {pk: {} for pk in gone}
    for pk, found_here in reached.items():
        waiting = [(pk, True)]
        while waiting:
            unit, whole = waiting.pop()
            for after, edge_whole in edges.get(unit, []):
                if after not in found_here:
                    found_here[after] = whole and edge_whole
                    waiting.append((after, found_here[after]))
    return reached


def _roots(rows: list[Measurement], indicators: Mapping[int, Indicator]) -> dict[int, int]:
    """The agency each owner is by now, where readings of several agencies are joined; no query where none are."""
    owners = {row.owner_id for row in rows if indicators[row.indicator_id].over_agencies != OverAgencies.LEAD}
    roots = {owner: owner for owner in owners}
    fresh = owners if len(owners) > 1 else set()
    while fresh:
        edges = dict(AgencySuccession.objects.filter(predecessor__in=fresh).values_list("predecessor", "successor"))
        for owner, now in roots.items():
            roots[owner] = edges.get(now, now)
        fresh = set(edges.values())
    return roots


def _is_whole(rows: list[Measurement], tier: tuple[int, int], provinces: Mapping[int, int]) -> bool:
    generation, level = tier
    if generation == 0 or level > 0:
        return True
    return {row.province_id for row in rows} == {pk for pk, step in provinces.items() if step == generation}


@dataclass(frozen=True)
class _Number:
    """One reading with its corrections, or several put together. A bare value has no numerator."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None

    @classmethod
    def of(cls, rows: list[Measurement]) -> _Number:
        if all(row.denominator is not None for row in rows):
            numerator = sum((row.numerator or Decimal(0) for row in rows), Decimal(0))
            return cls(numerator, sum((row.denominator or Decimal(0) for row in rows), Decimal(0)), None)
        if all(row.value is not None for row in rows):
            return cls(None, None, sum((row.value or Decimal(0) for row in rows), Decimal(0)))
        return NOTHING

    @property
    def is_share(self) -> bool:
        return self.denominator is not None

    @property
    def size(self) -> Decimal:
        if self.numerator is not None and self.denominator:
            return self.numerator / self.denominator
        return self.value or Decimal(0)


NOTHING = _Number(None, None, None)


def _added(numbers: list[_Number]) -> _Number:
    """Shares by the sums of their parts, bare values as they are; the two kinds are never mixed."""
    if all(number.is_share for number in numbers):
        numerator = sum((number.numerator or Decimal(0) for number in numbers), Decimal(0))
        return _Number(numerator, sum((number.denominator or Decimal(0) for number in numbers), Decimal(0)), None)
    if all(number.value is not None for number in numbers):
        return _Number(None, None, sum((number.value or Decimal(0) for number in numbers), Decimal(0)))
    return NOTHING


@dataclass(frozen=True)
class _Joined:
    """The readings of one indicator, put together by its three rules: over time, over agencies, over places."""

    indicator: Indicator
    later: Mapping[int, Mapping[int, bool]]
    roots: Mapping[int, int]

    def read(self, rows: list[Measurement]) -> IndicatorReadings:
        """A reading without a category is the whole; older than the categories, it gives way to their sum."""
        by_category: dict[int | None, list[Measurement]] = defaultdict(list)
        for row in rows:
            by_category[row.category_id].append(row)
        undivided = by_category.pop(None, [])
        parts = [row for group in by_category.values() for row in group]
        newest = max((row.counted_on for row in parts), default=date.min)
        whole = undivided if undivided and max(row.counted_on for row in undivided) >= newest else parts
        return IndicatorReadings(
            whole=self.together(whole),
            by_category={pk: self.together(group) for pk, group in by_category.items() if pk is not None},
        )

    def together(self, given: list[Measurement]) -> Reading:
        lines: dict[tuple[int, int | None], list[Measurement]] = defaultdict(list)
        for row in given:
            lines[(row.unit_id, row.category_id)].append(row)
        replaced, divided = self._replaced(lines)
        kept = {key: group for key, group in lines.items() if key not in replaced}
        rows = [row for group in kept.values() for row in group]
        number = NOTHING if divided else self._over_places([self._of_line(group) for group in kept.values()], rows)
        return Reading(
            value=self._value(number),
            numerator=number.numerator,
            denominator=number.denominator,
            read_on=max(row.counted_on for row in rows),
            facts=tuple(row.pk for row in rows),
            categories=frozenset(row.category_id for row in rows),
            estimated=any(row.nature == ReadingNature.ESTIMATE for row in rows),
            rough=any(row.precision in Precision.rough() for row in rows),
        )

    def _value(self, number: _Number) -> Decimal | None:
        if number.numerator is not None:
            per = scale(self.indicator.measured_in)
            return per * number.numerator / number.denominator if number.denominator else None
        return number.value

    def _replaced(self, lines: Mapping[tuple[int, int | None], Any]) -> tuple[set[tuple[int, int | None]], bool]:
        """Lines of units that are gone, where what they went into was read; and whether one went there in part.

        A part that was read again in its new unit cannot be taken out of the old reading: nothing is said then.
        """
        replaced, divided = set(), False
        for unit, category in lines:
            again = {after for after, _category in lines if _category == category} & self.later.get(unit, {}).keys()
            if again:
                replaced.add((unit, category))
                divided = divided or not any(self.later[unit][after] for after in again)
        return replaced, divided

    def _of_line(self, rows: list[Measurement]) -> _Number:
        """One unit and category: each agency over time, then the agencies."""
        if self.indicator.over_agencies == OverAgencies.LEAD:
            return self._over_time(rows)
        by_agency: dict[int, list[Measurement]] = defaultdict(list)
        for row in rows:
            by_agency[self.roots[row.owner_id]].append(row)
        numbers = [self._over_time(group) for group in by_agency.values()]
        if len(numbers) == 1:
            return numbers[0]
        if self.indicator.over_agencies == OverAgencies.HIGHEST:
            return max(numbers, key=lambda number: number.size)
        # Of readings nobody can tell which facts they share: several agencies are joined once each where facts count.
        return _added(numbers) if self.indicator.over_agencies == OverAgencies.SUM else NOTHING

    def _over_time(self, rows: list[Measurement]) -> _Number:
        by_day = _by_reading(rows)
        if self.indicator.over_time == OverTime.LAST:
            return _Number.of(rows if self.indicator.over_agencies == OverAgencies.LEAD else by_day[max(by_day)])
        if self.indicator.over_time == OverTime.HIGHEST:
            return max(map(_Number.of, by_day.values()), key=lambda number: number.size)
        numbers = [_Number.of(by_day[day]) for day in _days_apart(by_day)]
        joined = _added(numbers)
        if self.indicator.over_time == OverTime.AVERAGE and joined.value is not None:
            return _Number(None, None, joined.value / len(numbers))
        return joined

    def _over_places(self, numbers: list[_Number], rows: list[Measurement]) -> _Number:
        if len(numbers) == 1:
            return numbers[0]
        if self.indicator.over_places == OverPlaces.NEVER and len({row.unit_id for row in rows}) > 1:
            return NOTHING
        joined = _added(numbers)
        if joined.value is None:
            return joined
        # Bare values: only counts are added, and those of units that are gone stay what they were.
        gone = any(row.unit.valid_to for row in rows)
        return NOTHING if gone or self.indicator.over_places != OverPlaces.SUM else joined


def _by_reading(rows: list[Measurement]) -> dict[date, list[Measurement]]:
    """By the day they speak of, corrections with what they correct."""
    by_day: dict[date, list[Measurement]] = defaultdict(list)
    for row in rows:
        by_day[getattr(row, "read_on", row.counted_on)].append(row)
    return by_day


def _days_apart(by_day: Mapping[date, list[Measurement]]) -> list[date]:
    """Without readings of a period that lies in the period of a later one: the longer holds the shorter."""
    starts = {day: min(row.period_from or day for row in rows) for day, rows in by_day.items()}
    return [day for day in by_day if not any(day < later and starts[later] <= starts[day] for later in by_day)]


def scale(measured_in: str) -> int:
    """What numerator / denominator is multiplied by: "%" 100, "ca/100.000 trẻ sinh sống" 100000, "lần" 1."""
    if measured_in.strip().startswith("%"):
        return 100
    per = _PER.search(measured_in)
    return int(per[1].replace(".", "")) if per else 1
