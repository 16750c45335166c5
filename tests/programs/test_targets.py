"""Which readings count, what they make together, and how they stand against targets."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import Direction, FactState, Operator, ReadingNature, TargetStatus
from programs.models import IndicatorCategory, Measurement, Target
from programs.readings import generations, latest_readings, read_indicators, scale
from programs.scoreboard import indicators_of, judge, judge_parts, make_scoreboard, targets_for
from tests import factories

DAY = date(2026, 6, 14)


def target(operator=Operator.AT_LEAST, value=60, tolerance=0, **fields):
    return Target(operator=operator, value=Decimal(value), tolerance=Decimal(tolerance), **fields)


def stored_target(indicator, year=2026, value=60, **fields):
    return Target.objects.create(
        **{"indicator": indicator, "year": year, "operator": Operator.AT_LEAST, "value": value} | fields
    )


@pytest.mark.parametrize(
    ("operator", "statuses"),
    [  # of 59, 60 and 61 against 60
        (Operator.AT_LEAST, ("not_met", "met", "exceeded")),
        (Operator.MORE_THAN, ("not_met", "not_met", "exceeded")),
        (Operator.AT_MOST, ("exceeded", "met", "not_met")),
        (Operator.LESS_THAN, ("exceeded", "not_met", "not_met")),
        (Operator.EQUAL, ("not_met", "met", "not_met")),
    ],
)
def test_status_by_operator(operator, statuses):
    found = tuple(judge(Decimal(value), target(operator), Direction.AT_LEAST) for value in (59, 60, 61))
    assert found == statuses
    assert judge(None, target(operator), Direction.AT_LEAST) == TargetStatus.NO_DATA


@pytest.mark.parametrize(
    ("direction", "tolerance", "value", "status"),
    [
        (Direction.AT_LEAST, 0, "60", "met"),
        (Direction.AT_LEAST, 0, "59.9", "not_met"),
        (Direction.AT_LEAST, 1, "59", "met"),
        (Direction.AT_LEAST, 1, "58.9", "not_met"),
        (Direction.AT_LEAST, 0, "75", "met"),
        (Direction.AT_MOST, 1, "61", "met"),
        (Direction.AT_MOST, 1, "61.1", "not_met"),
    ],
)
def test_about_holds_within_its_tolerance_and_is_never_exceeded(direction, tolerance, value, status):
    assert judge(Decimal(value), target(Operator.ABOUT, 60, tolerance), direction) == status


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("met", "exceeded"), "met"),
        (("exceeded", "exceeded"), "exceeded"),
        (("met", "not_met"), "not_met"),
        (("no_data", "not_met"), "not_met"),
        (("met", "no_data"), "no_data"),
        ((), "no_data"),
    ],
)
def test_composite_is_met_when_all_parts_are(parts, whole):
    assert judge_parts(map(TargetStatus, parts)) == whole


def test_year_is_judged_by_its_own_target_else_by_the_next_later_one(cast):
    indicator = factories.indicator()
    of_2025, of_2030 = stored_target(indicator, 2025), stored_target(indicator, 2030, 75)
    chosen = {year: targets_for(year, {cast.province.pk: 0}).get(indicator.pk) for year in (2023, 2025, 2026, 2031)}
    assert chosen == {2023: of_2025, 2025: of_2025, 2026: of_2030, 2031: None}


def test_target_of_the_province_goes_before_the_national_one(cast):
    indicator = factories.indicator()
    national, own = stored_target(indicator), stored_target(indicator, value=40, unit=cast.province)
    assert targets_for(2026, {cast.province.pk: 0}) == {indicator.pk: own}
    assert targets_for(2026, {cast.elsewhere.pk: 0}) == {indicator.pk: national}


def test_targets_of_merged_provinces_hold_when_they_say_the_same(cast):
    one, other = factories.indicator("1.1"), factories.indicator("2.1")
    national = stored_target(other)
    for place in (cast.province, cast.elsewhere):
        stored_target(one, value=40, unit=place)
    stored_target(other, value=40, unit=cast.province)
    stored_target(other, value=50, unit=cast.elsewhere)
    merged = factories.province("Mới", valid_from=date(2026, 1, 1))
    chosen = targets_for(2026, {merged.pk: 0, cast.province.pk: 1, cast.elsewhere.pk: 1})
    assert (chosen[one.pk].value, chosen[other.pk]) == (40, national)


def read(cast, day=DAY, rows=None, province=None):
    """Readings of the only indicator of the test, as known on the day."""
    province = province or cast.province
    known = generations(province)
    indicators = {indicator.pk: indicator for indicator in indicators_of(2026)}
    chosen = latest_readings(Measurement.objects.recorded().filter(province__in=known), day).select_related("unit")
    return read_indicators(chosen, indicators, known).get(factories.indicator().pk)


def parts(cast, numerator, denominator, day=DAY, **fields):
    numbers = {"numerator": numerator, "denominator": denominator}
    return factories.measurement(
        **{"owner": cast.board, "unit": cast.province} | fields, day=day, value=None, **numbers
    )


def test_latest_reading_up_to_the_day_counts(cast):
    for day, value in ((date(2025, 12, 14), 50), (DAY, 60), (date(2026, 12, 14), 70)):
        factories.measurement(cast.board, cast.province, day, value=value)
    factories.measurement(cast.board, cast.province, DAY, value=99, state=FactState.DRAFT, nature="estimate")
    assert [read(cast, day).whole.value for day in (date(2026, 6, 13), DAY, date(2027, 1, 1))] == [50, 60, 70]
    assert read(cast, date(2025, 12, 13)) is None


def test_actual_reading_goes_before_an_estimate_of_the_day_and_two_agencies_are_not_added(cast):
    parts(cast, 50, 100)
    parts(cast, 90, 100, nature=ReadingNature.ESTIMATE)
    parts(cast, 60, 100, owner=cast.union)
    whole = read(cast).whole
    assert (whole.value, whole.denominator, whole.estimated) == (60, 100, False)


def test_correction_counts_while_the_reading_it_corrects_does(cast):
    first = parts(cast, 50, 100)
    Measurement.objects.filter(pk=first.pk).update(locked_at=timezone.now())
    parts(cast, 5, 0, corrects=first, reason="Sót một xã")
    assert (read(cast).whole.numerator, read(cast).whole.value) == (55, 55)
    parts(cast, 80, 100, date(2026, 12, 14))
    assert read(cast, date(2026, 12, 14)).whole.value == 80


def test_categories_make_the_whole_from_their_parts(cast):
    indicator = factories.indicator()
    district, commune = (
        IndicatorCategory.objects.create(indicator=indicator, code=code, name=code) for code in ("huyện", "xã")
    )
    parts(cast, 9, 13, category=district)
    parts(cast, 105, 173, category=commune)
    found = read(cast)
    assert (found.whole.numerator, found.whole.denominator, round(found.whole.value, 1)) == (114, 186, Decimal("61.3"))
    assert {pk: reading.numerator for pk, reading in found.by_category.items()} == {district.pk: 9, commune.pk: 105}
    parts(cast, 71, 96, date(2026, 12, 14))
    assert read(cast, date(2026, 12, 14)).whole.numerator == 71


def test_bare_values_are_never_put_together(cast):
    indicator = factories.indicator()
    for code, value in (("huyện", 60), ("xã", 40)):
        category = IndicatorCategory.objects.create(indicator=indicator, code=code, name=code)
        factories.measurement(cast.board, cast.province, value=value, category=category)
    assert read(cast).whole.value is None


@pytest.fixture
def merged(cast):
    """A province made of both provinces of the cast on 1 July 2026."""
    new = factories.province("Quảng Mới", valid_from=date(2026, 7, 1))
    for old in (cast.province, cast.elsewhere):
        UnitSuccession.objects.create(
            predecessor=old,
            successor=new,
            on=date(2026, 7, 1),
            nature=SuccessionNature.MERGED,
            extent=SuccessionExtent.WHOLE,
        )
    return new


def test_rate_of_a_merged_province_needs_every_part_of_it(cast, merged):
    later = date(2026, 12, 14)
    parts(cast, 30, 60)
    assert read(cast, later, province=merged) is None
    parts(cast, 60, 90, owner=cast.other, unit=cast.elsewhere)
    assert read(cast, later, province=merged).whole.value == 60
    parts(cast, 80, 100, later, unit=merged)
    assert read(cast, later, province=merged).whole.value == 80


@pytest.mark.parametrize(
    ("measure", "factor"),
    [("%", 100), ("lần", 1), ("ca/100.000 trẻ sinh sống", 100_000), ("bé trai/100 bé gái", 100), ("có/không", 1)],
)
def test_parts_are_scaled_to_the_measure(measure, factor):
    assert scale(measure) == factor


def board(cast, values):
    indicators = indicators_of(2026)
    for indicator in indicators:
        if indicator.code in values:
            factories.measurement(cast.board, cast.province, indicator=indicator, value=values[indicator.code])
    known = generations(cast.province)
    rows = latest_readings(Measurement.objects.recorded(), DAY).select_related("unit")
    read = read_indicators(rows, {indicator.pk: indicator for indicator in indicators}, known)
    return make_scoreboard(indicators, targets_for(2026, known), read)


def test_denominator_is_the_targets_that_apply_and_composites_count_once(cast):
    single, whole = factories.indicator("1.1"), factories.indicator("2")
    for part in (factories.indicator("2a", parent=whole), factories.indicator("2b", parent=whole)):
        stored_target(part)
    stored_target(single)
    stored_target(factories.indicator("3.1"), unit=cast.province, applies=False)
    factories.indicator("4.1")  # nobody set a target for it
    found = board(cast, {"1.1": 61, "2a": 60, "2b": 75})
    assert [line.indicator.code for line in found.lines] == ["1.1", "2"]
    assert (found.count(*TargetStatus.counted_as_met()), found.count()) == (2, 2)
    assert [indicator.code for indicator in found.left_out] == ["3.1"]
    assert [line.status for line in found.lines] == ["exceeded", "met"]
