"""The scoreboard as its page shows it: of one place on one day, beside what was read before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coordination.enums import UnitLevel
from coordination.formats import date_vi, number_vi
from coordination.models import AdministrativeUnit, Agency, Membership, User
from programs.enums import OverTime, TargetStatus
from programs.facts import Fact
from programs.formulas import FactsOf, Span, compute, formulas_of
from programs.indicator_words import fraction, goal, is_yes_no, value_text
from programs.models import Activity, Indicator, Measurement, ModelEvent, Objective
from programs.pace import Pace, adds_up, paces_of
from programs.provided import NamedWindow, year_of
from programs.readings import IndicatorReadings, Reading, generations, latest_readings, read_indicators
from programs.scoreboard import Line, Scoreboard, indicators_of, make_scoreboard, targets_for

DAYS_OFFERED = 6  # the latest days with readings
DAYS_COMPARED = 3  # the day itself and those before it that a trend shows
LEAP_DAY = (2, 29)
KEEPS_UP, FALLS_BEHIND = "keeps_up", "falls_behind"  # beside the statuses of targets
METER, GOAL_AT = 160, 120  # width of the bar, and where on it the target stands
SPARK_LEFT, SPARK_RIGHT, SPARK_TOP, SPARK_LOW = 4, 104, 4, 30  # the drawing of a trend, 112 × 34


@dataclass(frozen=True)
class Place:
    """Whose targets: a province with those it was made from, or a commune. `own`: the agency's, not a chosen one."""

    unit: AdministrativeUnit
    provinces: dict[int, int]
    own: bool

    @classmethod
    def of(cls, unit: AdministrativeUnit, *, own: bool) -> Place:
        return cls(unit, generations(unit.province or unit), own)

    def readings(self, user: User, hat: Membership) -> QuerySet[Measurement]:
        return self.facts(Measurement, user, hat)

    def facts(self, model: type[Fact], user: User, hat: Membership) -> QuerySet[Any]:
        """Recorded facts of the place that count for this person: those visible to them, and all of its province

        for an agency that compiles the whole province, as in its reports.
        """
        rows = model._default_manager
        if self.unit.level != UnitLevel.PROVINCE:
            lineage = AdministrativeUnit.objects.lineage_of({self.unit.pk}).values("pk")
            return rows.visible_to(user).recorded().filter(unit__in=lineage)
        whole = self.own and hat.agency.consolidates
        return (rows.all() if whole else rows.visible_to(user)).recorded().filter(province__in=list(self.provinces))

    def counted(self, user: User, hat: Membership) -> FactsOf:
        """What formulas count of."""
        return FactsOf(self.facts(Activity, user, hat), self.facts(ModelEvent, user, hat))


def units_on(agency: Agency, day: date) -> list[AdministrativeUnit]:
    """The place of the agency as it was on the day: before a merger those it was made of, the same name first.

    An agency of the centre may look at every province of the day.
    """
    if agency.unit is None:
        return list(AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).valid_on(day))
    units = AdministrativeUnit.objects.lineage_of({agency.unit_id}).valid_on(day).of_level(agency.unit.level)
    return sorted(units, key=lambda unit: (unit.name != agency.unit.name, unit.sort_key))


def place_on(agency: Agency, units: list[AdministrativeUnit], chosen: str) -> Place | None:
    """The unit chosen by its uid; else the first of the agency's own, and none for an agency of the centre."""
    usual = units[0] if units and agency.unit else None
    unit = next((unit for unit in units if str(unit.uid) == chosen), usual)
    return Place.of(unit, own=agency.unit is not None) if unit else None


@dataclass(frozen=True)
class Spark:
    """A line through the readings, oldest first; `goal` is the height of the target, None without a number."""

    path: str
    end: int
    goal: int | None


@dataclass(frozen=True)
class Row:
    """One line of the table. `readings`: those that compare with the current one, oldest first, itself the last."""

    line: Line
    readings: tuple[Reading, ...] = ()
    is_part: bool = False
    apart: bool = False  # something was read before that does not compare: another boundary, or other parts
    paces: tuple[Pace, ...] = ()  # of what adds up and is short of its goal while its year runs

    @property
    def reading(self) -> Reading | None:
        return self.line.readings.whole if self.line.readings else None

    @property
    def sign(self) -> str:
        return "%" if self.line.indicator.measured_in == "%" else ""

    @property
    def measure(self) -> str:
        """Said under the name where it is not per cent."""
        indicator = self.line.indicator
        return "" if self.sign or is_yes_no(indicator) or self.line.parts else indicator.measured_in

    @property
    def goal(self) -> str:
        return goal(self.line) + self.sign if self.line.target else ""

    @property
    def value(self) -> str:
        return self.written(self.reading)

    def written(self, reading: Reading | None) -> str:
        if reading is None or reading.value is None:
            return ""
        counted = reading.counted_from and not self.sign
        text = number_vi(reading.value, 0) if counted else value_text(self.line.indicator, reading.value) + self.sign
        return _("estimated %(value)s") % {"value": text} if reading.estimated else text

    @property
    def light(self) -> str:
        """What the row is judged by now: while a year runs, whether the number keeps up with it."""
        if not self.paces:
            return self.line.status
        return KEEPS_UP if all(pace.keeps_up for pace in self.paces) else FALLS_BEHIND

    @property
    def pace(self) -> Pace | None:
        """Said in figures; a composite leaves that to its parts."""
        return self.paces[0] if self.paces and not self.line.parts else None

    @property
    def fraction(self) -> str:
        return fraction(self.reading) if self.reading else ""

    @property
    def cannot_be_joined(self) -> bool:
        """Read, but as bare values of several units or categories, which are never added."""
        return self.reading is not None and self.reading.value is None

    @property
    def counted_from(self) -> int:
        """How many records it was computed from; 0 = it was read."""
        return self.reading.counted_from if self.reading else 0

    @property
    def before(self) -> list[tuple[date, str]]:
        """Days and values of the readings before the current one."""
        return [(reading.read_on, self.written(reading)) for reading in self.readings[:-1]]

    @property
    def change(self) -> str:
        """Since the reading before: "tăng 3,8"."""
        if len(self.readings) < 2 or is_yes_no(self.line.indicator):
            return ""
        gap = self.readings[-1].value - self.readings[-2].value
        size = number_vi(abs(gap), 0 if self.counted_from and not self.sign else 1)
        if not gap or size == "0,0":
            return _("unchanged")
        return (_("up %(size)s") if gap > 0 else _("down %(size)s")) % {"size": size}

    @property
    def since(self) -> str:
        return date_vi(self.readings[-2].read_on) if len(self.readings) > 1 else ""

    @property
    def meter(self) -> int | None:
        """Length of the bar; the target stands at GOAL_AT."""
        target, value = self.line.target, self.line.value
        if target is None or value is None or target.value <= 0 or is_yes_no(self.line.indicator):
            return None
        return int(max(0, min(METER, value / target.value * GOAL_AT)))

    @property
    def spark(self) -> Spark | None:
        if len(self.readings) < 2 or is_yes_no(self.line.indicator):
            return None
        values = [reading.value for reading in self.readings]
        target = self.line.target.value if self.line.target else None
        marks = values if target is None else [*values, target]
        low, high = min(marks), max(marks)
        heights = [_height(value, low, high) for value in values]
        step = (SPARK_RIGHT - SPARK_LEFT) // (len(values) - 1)
        points = [f"{SPARK_LEFT + step * at} {height}" for at, height in enumerate(heights)]
        return Spark("M" + "L".join(points), heights[-1], None if target is None else _height(target, low, high))


def _height(value: Decimal, low: Decimal, high: Decimal) -> int:
    if low == high:
        return (SPARK_TOP + SPARK_LOW) // 2
    return int(SPARK_LOW - (value - low) / (high - low) * (SPARK_LOW - SPARK_TOP))


@dataclass(frozen=True)
class Group:
    """An objective with its lines, parts of composites after them."""

    objective: Objective
    rows: list[Row]
    met: int
    every: int


@dataclass(frozen=True)
class Board:
    """`met` of `every` targets that apply; composites count once. `left_out` do not apply to the place; nobody

    set a target for `without_goal`, which the strategies of the year follow.

    `running` are short of a goal they still grow towards, `behind` of them too slowly; `missed` are the others.
    """

    day: date
    met: int
    every: int
    missed: int
    unread: int
    groups: list[Group]
    left_out: tuple[Indicator, ...]
    goal_years: list[int]
    met_by_estimate: int = 0
    running: int = 0
    behind: int = 0
    without_goal: Sequence[Indicator] = ()

    @property
    def percent(self) -> float | None:
        return self.met * 100 / self.every if self.every else None


def days_read(readings: QuerySet[Measurement], limit: int, until: date | None = None) -> list[date]:
    """The latest days there are readings of, newest first."""
    rows = readings.filter(counted_on__lte=until) if until else readings
    return list(rows.order_by("-counted_on").values_list("counted_on", flat=True).distinct()[:limit])


def board_on(place: Place, readings: QuerySet[Measurement], counted: FactsOf, day: date) -> Board:
    """As known at the end of the day, judged by the targets of its year. Earlier readings stand beside; what is

    computed stands beside the same days of the years before.
    """
    indicators, targets = indicators_of(day.year), targets_for(day.year, place.provinces)
    by_id = {indicator.pk: indicator for indicator in indicators}
    followed = {pk: row for pk, row in by_id.items() if pk in targets and targets[pk].applies}
    growing = {pk for pk, row in followed.items() if adds_up(row)}
    year = year_of(day) if growing else None
    if year and year.last.year > day.year:  # from 15 December on what adds up is that of the next year
        later = targets_for(year.last.year, place.provinces)
        targets |= {pk: later[pk] for pk in growing if pk in later}
    days = [day, *(before for before in days_read(readings, DAYS_COMPARED, day) if before != day)]
    windows = {at: year_of(at) for at in days} if any(map(joins_over_time, followed.values())) else {}
    known = [read_on(place, readings, by_id, at, windows.get(at)) for at in days]
    for at, found in enumerate(computed_on(followed, counted, day)):
        known[at : at + 1] = [(known[at] if at < len(known) else {}) | found]
    scoreboard = make_scoreboard(indicators, targets, known[0])
    named = {line.indicator.pk for line in scoreboard.lines} | {row.pk for row in scoreboard.left_out}
    without_goal = [row for row in indicators if not row.parent_id and row.pk not in named]
    return replace(_board(scoreboard, known, day, year), without_goal=without_goal)


def _board(
    scoreboard: Scoreboard, known: list[dict[int, IndicatorReadings]], day: date, year: NamedWindow | None
) -> Board:
    good = TargetStatus.counted_as_met()
    groups = [
        Group(
            objective,
            [replace(row, paces=paces_of(row.line, day, year)) for row in rows_of(scoreboard, objective, known)],
            scoreboard.count(*good, objective=objective.pk),
            scoreboard.count(objective=objective.pk),
        )
        for objective in scoreboard.objectives()
    ]
    running = [row for group in groups for row in group.rows if row.paces and not row.is_part]
    return Board(
        day=day,
        met=scoreboard.count(*good),
        every=scoreboard.count(),
        missed=scoreboard.count(TargetStatus.NOT_MET) - len(running),
        running=len(running),
        behind=sum(row.light == FALLS_BEHIND for row in running),
        unread=scoreboard.count(TargetStatus.NO_DATA),
        groups=groups,
        left_out=scoreboard.left_out,
        met_by_estimate=sum(line.status in good and is_estimated(line) for line in scoreboard.lines),
        goal_years=sorted({row.target.year for line in scoreboard.lines for row in (line, *line.parts) if row.target}),
    )


def joins_over_time(indicator: Indicator) -> bool:
    return indicator.over_time != OverTime.LAST


def is_estimated(line: Line) -> bool:
    own = line.readings.whole if line.readings else None
    return (own is not None and own.estimated) or any(map(is_estimated, line.parts))


def computed_on(indicators: dict[int, Indicator], counted: FactsOf, day: date) -> list[dict[int, IndicatorReadings]]:
    """What facts say on the day and on the same day of the years before; flows since the reporting year began."""
    formulas = formulas_of(indicators.values())
    if not formulas:
        return []
    spans: list[Span] = []
    for at in (same_day(day, back) for back in range(DAYS_COMPARED)):
        window = year_of(at)
        spans.append((window.first if window else at, at))
    return compute(formulas, {pk: indicators[pk].measured_in for pk in formulas}, counted, spans)


def same_day(day: date, years_back: int) -> date:
    """29 February is 28 February in the other years."""
    if (day.month, day.day) == LEAP_DAY:
        day -= timedelta(days=1)
    return day.replace(year=day.year - years_back)


def read_on(
    place: Place,
    readings: QuerySet[Measurement],
    indicators: dict[int, Indicator],
    day: date,
    window: NamedWindow | None = None,
) -> dict[int, IndicatorReadings]:
    """`window`: the reporting year of the day, for indicators that join over time."""
    typed = [pk for pk, indicator in indicators.items() if not hasattr(indicator, "formula")]
    counting = latest_readings(readings, day, window.first if window else None)
    rows = counting.filter(indicator__in=typed).select_related("unit").order_by("pk")
    return read_indicators(rows, indicators, place.provinces)


def rows_of(scoreboard: Scoreboard, objective: Objective, known: list[dict[int, IndicatorReadings]]) -> list[Row]:
    rows = []
    for line in scoreboard.lines:
        if line.indicator.objective_id == objective.pk:
            rows.append(row_of(line, known))
            rows += [row_of(part, known, is_part=True) for part in line.parts]
    return rows


def row_of(line: Line, known: list[dict[int, IndicatorReadings]], *, is_part: bool = False) -> Row:
    """With the readings of the same tiers or posts as the current one, each once, oldest first."""
    found: dict[date, Reading] = {}
    current, apart = line.readings.whole if line.readings else None, False
    if current is None or current.value is None:  # nothing to compare with
        return Row(line, is_part=is_part)
    for readings in known:
        reading = readings[line.indicator.pk].whole if line.indicator.pk in readings else None
        if reading is None:
            continue
        if reading.value is not None and reading.categories == current.categories:
            found.setdefault(reading.read_on, reading)
        else:
            apart = True
    apart = apart and not is_yes_no(line.indicator)
    return Row(line, tuple(sorted(found.values(), key=lambda reading: reading.read_on)), is_part, apart)
