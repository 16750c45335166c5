"""Which readings count, what they make together, and how targets judge them."""

from datetime import date
from decimal import Decimal

import pytest

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import Direction, FactState, Operator, ReadingNature, TargetStatus
from programs.models import Indicator, IndicatorCategory, Measurement, Target
from programs.readings import generations, latest_readings, read_indicators, scale
from programs.scoreboard import judge, judge_parts, make_scoreboard, targets_for
from tests import factories

DAY = date(2026, 6, 14)
MERGED = date(2025, 7, 1)


def read(province, day=DAY):
    """The readings that count, by the code of the indicator."""
    rows = latest_readings(Measurement.objects.recorded(), day).select_related("unit")
    indicators = {row.pk: row for row in Indicator.objects.all()}
    found = read_indicators(rows, indicators, generations(province))
    return {indicators[pk].code: readings for pk, readings in found.items()}


@pytest.fixture
def merged(cast):
    """Two provinces joined on 1 July 2025."""
    old = [factories.province(name, valid_to=date(2025, 6, 30)) for name in ("Cũ A", "Cũ B")]
    for before in old:
        UnitSuccession.objects.create(
            predecessor=before, successor=cast.province, on=MERGED, nature=SuccessionNature.MERGED,
            extent=SuccessionExtent.WHOLE,
        )  # fmt: skip
    return old


# ---- readings ----


def test_the_latest_reading_up_to_the_day_counts(cast):
    for day, numerator in ((date(2026, 1, 5), 40), (date(2026, 6, 14), 50), (date(2026, 6, 15), 99)):
        factories.measurement(cast.board, cast.province, day, numerator=numerator, denominator=100)
    factories.measurement(cast.union, cast.province, value=99, state=FactState.DRAFT)
    assert read(cast.province)["1.1"].whole.value == 50
    assert read(cast.province, date(2026, 1, 4)) == {}


def test_two_agencies_reading_the_same_place_are_not_added(cast):
    factories.measurement(cast.board, cast.province, date(2026, 5, 1), numerator=40, denominator=100)
    factories.measurement(cast.union, cast.province, date(2026, 6, 1), numerator=70, denominator=100)
    reading = read(cast.province)["1.1"].whole
    assert (reading.numerator, reading.denominator) == (70, 100)


def test_of_one_day_the_actual_reading_goes_before_the_estimate(cast):
    factories.measurement(cast.board, cast.province, value=10)
    factories.measurement(cast.union, cast.province, value=20, nature=ReadingNature.ESTIMATE)
    assert read(cast.province)["1.1"].whole.value == 10


def test_a_correction_counts_while_its_reading_does(cast):
    first = factories.measurement(cast.board, cast.province, date(2026, 3, 1), numerator=40, denominator=100)
    factories.measurement(
        cast.board, cast.province, date(2026, 3, 5), numerator=2, denominator=0, corrects=first, reason="sót hai nơi"
    )
    assert read(cast.province)["1.1"].whole.numerator == 42
    factories.measurement(cast.board, cast.province, date(2026, 6, 1), numerator=50, denominator=100)
    assert read(cast.province)["1.1"].whole.numerator == 50


def test_a_rate_is_computed_from_the_sums_of_its_parts(cast):
    district, commune = (
        IndicatorCategory.objects.create(code=name, name=name, indicator=factories.indicator()) for name in ("h", "x")
    )
    factories.measurement(cast.board, cast.province, numerator=9, denominator=13, category=district)
    factories.measurement(cast.board, cast.province, numerator=105, denominator=173, category=commune)
    found = read(cast.province)["1.1"]
    assert (found.whole.numerator, found.whole.denominator) == (114, 186)
    assert round(found.whole.value, 1) == Decimal("61.3")
    assert round(found.by_category[district.pk].value, 1) == Decimal("69.2")
    later = date(2026, 12, 14)  # read as a whole: newer than its parts
    factories.measurement(cast.board, cast.province, later, numerator=71, denominator=96)
    assert read(cast.province, later)["1.1"].whole.numerator == 71


def test_bare_values_are_never_added(cast):
    for unit in (cast.commune, factories.commune(cast.province, "Sơn Thử")):
        factories.measurement(cast.board, unit, value=60)
    reading = read(cast.province)["1.1"].whole
    assert (reading.value, len(reading.facts)) == (None, 2)


def test_a_reading_of_the_province_holds_those_of_its_communes(cast):
    factories.measurement(cast.board, cast.commune, numerator=1, denominator=2)
    factories.measurement(cast.board, cast.province, numerator=30, denominator=50)
    assert read(cast.province)["1.1"].whole.value == 60


def test_a_reading_of_the_merged_province_replaces_the_old_ones(cast, merged):
    for before, numerator in zip(merged, (30, 50), strict=True):
        factories.measurement(cast.board, before, date(2025, 3, 1), numerator=numerator, denominator=100)
    assert read(cast.province, date(2025, 6, 14))["1.1"].whole.value == 40  # (30 + 50) / 200
    factories.measurement(cast.board, cast.province, date(2026, 3, 1), numerator=90, denominator=200)
    assert read(cast.province)["1.1"].whole.value == 45


def test_one_of_two_old_provinces_says_nothing_about_the_whole(cast, merged):
    factories.measurement(cast.board, merged[0], date(2025, 3, 1), numerator=30, denominator=100)
    assert read(cast.province) == {}


@pytest.mark.parametrize(
    ("measured_in", "factor"),
    [("%", 100), ("lần", 1), ("ca/100.000 trẻ sinh sống", 100_000), ("bé trai/100 bé gái", 100), ("có/không", 1)],
)
def test_scale_is_read_from_the_measure(measured_in, factor):
    assert scale(measured_in) == factor


# ---- judgement ----

S = TargetStatus


@pytest.mark.parametrize(
    ("operator", "goal", "value", "status"),
    [
        (Operator.AT_LEAST, 75, 75, S.MET), (Operator.AT_LEAST, 75, 76, S.EXCEEDED),
        (Operator.AT_LEAST, 75, 74, S.NOT_MET), (Operator.AT_LEAST, 75, None, S.NO_DATA),
        (Operator.MORE_THAN, 75, 75, S.NOT_MET), (Operator.MORE_THAN, 75, 76, S.EXCEEDED),
        (Operator.AT_MOST, 18, 18, S.MET), (Operator.AT_MOST, 18, 17, S.EXCEEDED),
        (Operator.AT_MOST, 18, 19, S.NOT_MET),
        (Operator.LESS_THAN, 18, 18, S.NOT_MET), (Operator.LESS_THAN, 18, 17, S.EXCEEDED),
        (Operator.EQUAL, 100, 100, S.MET), (Operator.EQUAL, 100, 101, S.NOT_MET),
        (Operator.ABOUT, 60, 60, S.MET), (Operator.ABOUT, 60, 59, S.NOT_MET), (Operator.ABOUT, 60, 61, S.MET),
    ],
)  # fmt: skip
def test_judge(operator, goal, value, status):
    target = Target(operator=operator, value=Decimal(goal))
    assert judge(None if value is None else Decimal(value), target, Direction.AT_LEAST) == status


@pytest.mark.parametrize(
    ("direction", "value", "status"),
    [
        (Direction.AT_LEAST, "58", S.MET), (Direction.AT_LEAST, "57.9", S.NOT_MET), (Direction.AT_LEAST, "75", S.MET),
        (Direction.AT_MOST, "62", S.MET), (Direction.AT_MOST, "62.1", S.NOT_MET),
    ],
)  # fmt: skip
def test_about_holds_within_its_tolerance_and_is_never_exceeded(direction, value, status):
    target = Target(operator=Operator.ABOUT, value=Decimal(60), tolerance=Decimal(2))
    assert judge(Decimal(value), target, direction) == status


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([S.EXCEEDED, S.EXCEEDED], S.EXCEEDED),
        ([S.EXCEEDED, S.MET], S.MET),
        ([S.MET, S.NO_DATA], S.NO_DATA),
        ([S.NOT_MET, S.NO_DATA], S.NOT_MET),
        ([], S.NO_DATA),
    ],
)
def test_a_composite_is_met_when_all_its_parts_are(parts, status):
    assert judge_parts(parts) == status


def target(year, value, unit=None, **fields):
    values = {"indicator": factories.indicator(), "operator": Operator.AT_LEAST}
    return Target.objects.create(year=year, value=value, unit=unit, **values | fields)


def test_a_year_is_judged_by_its_own_target_else_the_next_later_one(cast):
    target(2025, 60)
    target(2030, 75)
    provinces = generations(cast.province)
    values = {
        year: [found.value for found in targets_for(year, provinces).values()] for year in (2023, 2025, 2026, 2031)
    }
    assert values == {2023: [60], 2025: [60], 2026: [75], 2031: []}


def test_the_provinces_own_target_goes_before_the_national_one(cast):
    target(2030, 75)
    target(2030, 70, cast.province)
    target(2030, 50, cast.elsewhere)
    assert [found.value for found in targets_for(2026, generations(cast.province)).values()] == [70]


def test_old_provinces_targets_hold_when_they_agree(cast, merged):
    target(2030, 75)
    for before in merged:
        target(2030, 65, before)
    assert [found.value for found in targets_for(2026, generations(cast.province)).values()] == [65]
    Target.objects.filter(unit=merged[0]).update(value=66)
    assert [found.value for found in targets_for(2026, generations(cast.province)).values()] == [75]


def test_the_board_counts_composites_once_and_leaves_out_what_does_not_apply(cast):
    whole = factories.indicator("2.1", position=2)
    parts = [factories.indicator(f"2.1{mark}", parent=whole) for mark in "ab"]
    apart = factories.indicator("3.1", position=3)
    factories.indicator("9.9")  # no target at all: not one of ours
    target(2030, 60)
    for part in parts:
        target(2030, 50, indicator=part)
        factories.measurement(cast.board, cast.province, indicator=part, value=55)
    target(2030, 1, cast.province, indicator=apart, applies=False)
    provinces, indicators = generations(cast.province), list(Indicator.objects.select_related("objective"))
    rows = latest_readings(Measurement.objects.recorded(), DAY).select_related("unit")
    readings = read_indicators(rows, {row.pk: row for row in indicators}, provinces)
    board = make_scoreboard(indicators, targets_for(2026, provinces), readings)
    assert {line.indicator.code: line.status for line in board.lines} == {"1.1": S.NO_DATA, "2.1": S.EXCEEDED}
    assert [indicator.code for indicator in board.left_out] == ["3.1"]
    assert (board.count(*S.counted_as_met()), board.count()) == (1, 2)
