"""Numbers that add up over the year: judged by the share of the year gone by until it is over, then for good."""

from datetime import date

import pytest

from programs.board import FALLS_BEHIND, KEEPS_UP
from programs.enums import ComputedFrom, Operator, OverTime
from programs.models import IndicatorFormula, Target
from programs.pace import Pace
from reports.enums import PeriodKind
from reports.models import ReportingPeriod
from tests import factories
from tests.pages import Page

FIRST, LAST = date(2025, 12, 15), date(2026, 12, 14)  # the reporting year 2026 of decree 09/2019


@pytest.fixture(autouse=True)
def years(cast, client):
    profile = factories.period("2026-H1").profile
    for year in (2026, 2027):
        first, last = date(year - 1, 12, 15), date(year, 12, 14)
        ReportingPeriod.objects.create(
            profile=profile, kind=PeriodKind.YEAR, year=year, code=f"{year}", label=f"năm {year}",
            data_from=first, data_to=last, money_from=date(year, 1, 1),
        )  # fmt: skip
    client.force_login(cast.officer)


def growing(code="1.1", goal=100, operator=Operator.AT_LEAST, year=2026, **fields):
    """Sums of readings, with a goal."""
    row = factories.indicator(code, **{"measured_in": "buổi", "over_time": OverTime.SUM} | fields)
    Target.objects.create(indicator=row, year=year, operator=operator, value=goal)
    return row


def read(cast, row, day, value=None, **fields):
    numbers = fields or {"value": value}
    factories.measurement(cast.board, cast.province, day, indicator=row, **numbers)


def board(client, day):
    return client.get("/indicators/", {"day": f"{day:%d/%m/%Y}"}).context["board"]


def rows(client, day):
    return [row for group in board(client, day).groups for row in group.rows]


def lights(client, day):
    return {row.line.indicator.code: row.light for row in rows(client, day)}


@pytest.mark.parametrize(
    ("day", "pace", "light"),
    [
        (FIRST, Pace(40, 0), KEEPS_UP),
        (date(2026, 5, 9), Pace(40, 40), KEEPS_UP),  # 146 of 365 days
        (date(2026, 5, 13), Pace(40, 41), FALLS_BEHIND),
        (date(2026, 12, 13), Pace(40, 99), FALLS_BEHIND),
        (LAST, None, "not_met"),
    ],
)
def test_a_sum_short_of_its_goal_is_judged_by_the_share_of_the_year_until_the_last_day(client, cast, day, pace, light):
    read(cast, growing(), FIRST, 40)
    [row] = rows(client, day)
    assert (row.value, row.pace, row.light) == ("40,0", pace, light)
    found = board(client, day)
    running, behind = pace is not None, light == FALLS_BEHIND
    assert (found.met, found.every, found.running, found.behind, found.missed) == (0, 1, running, behind, not running)


@pytest.mark.parametrize(("value", "light"), [(100, "met"), (101, "exceeded")])
def test_a_goal_reached_early_is_met(client, cast, value, light):
    read(cast, growing(), FIRST, value)
    assert (lights(client, FIRST), board(client, FIRST).running) == ({"1.1": light}, 0)


def test_what_must_exceed_its_goal_is_not_met_at_it(client, cast):
    read(cast, growing(operator=Operator.MORE_THAN), FIRST, 100)
    [row] = rows(client, date(2026, 12, 13))
    assert (row.pace, row.light) == (Pace(100, 99), KEEPS_UP)


@pytest.mark.parametrize(("value", "light"), [(40, "exceeded"), (100, "met"), (101, "not_met")])
def test_a_limit_is_kept_or_broken_whatever_the_day(client, cast, value, light):
    """Whoever counts the green marks counts as many as the board prints."""
    read(cast, growing(operator=Operator.AT_MOST), FIRST, value)
    found = board(client, FIRST)
    assert (lights(client, FIRST), found.running, found.met) == ({"1.1": light}, 0, light != "not_met")


@pytest.mark.parametrize(
    "fields",
    [
        {"year": 2030},  # the goal of a later year
        {"operator": Operator.EQUAL},
        {"over_time": OverTime.LAST},
        {"measured_in": "%"},
    ],
)
def test_what_the_year_does_not_measure_is_missed_at_once(client, cast, fields):
    read(cast, growing(**fields), FIRST, 40)
    assert (lights(client, FIRST), board(client, FIRST).missed) == ({"1.1": "not_met"}, 1)


def test_a_rate_put_together_from_parts_does_not_grow(client, cast):
    read(cast, growing(measured_in="ca/100.000 trẻ sinh sống"), FIRST, numerator=1, denominator=100_000)
    assert lights(client, FIRST) == {"1.1": "not_met"}


@pytest.mark.parametrize(
    ("counts", "measured_in", "light"),
    [
        (ComputedFrom.ATTENDANCES, "lượt người", KEEPS_UP),
        (ComputedFrom.WOMEN, "lượt người", KEEPS_UP),
        (ComputedFrom.WOMEN, "% phụ nữ", "not_met"),  # a share of women does not grow
    ],
)
def test_what_is_counted_since_the_year_began_grows(client, cast, counts, measured_in, light):
    row = growing(measured_in=measured_in, over_time=OverTime.LAST)
    IndicatorFormula.objects.create(indicator=row, counts=counts)
    factories.activity(cast.board, cast.commune, FIRST, attendances=80, women=40)
    assert lights(client, FIRST) == {"1.1": light}


def test_a_stock_does_not_grow_with_the_year(client, cast):
    kind = factories.model_kind()
    IndicatorFormula.objects.create(
        indicator=growing(measured_in="mô hình"), counts=ComputedFrom.STOCK, model_kind=kind
    )
    factories.model_event(factories.community_model(cast.board, cast.commune, kind=kind), FIRST, quantity=3)
    assert lights(client, FIRST) == {"1.1": "not_met"}


def test_a_composite_runs_while_all_its_missed_parts_do(client, cast):
    whole = factories.indicator("3")
    slow, fast = growing("3a", parent=whole), growing("3b", parent=whole)
    read(cast, slow, FIRST, 10)
    read(cast, fast, FIRST, 60)
    day = date(2026, 5, 9)
    assert lights(client, day) == {"3": FALLS_BEHIND, "3a": FALLS_BEHIND, "3b": KEEPS_UP}
    found = board(client, day)
    assert (found.every, found.running, found.behind, found.missed) == (1, 1, 1, 0)
    assert [row.pace for row in rows(client, day)] == [None, Pace(10, 40), Pace(60, 40)]
    read(cast, growing("3c", parent=whole, over_time=OverTime.LAST), FIRST, 10)
    assert lights(client, day)["3"] == "not_met"
    assert (board(client, day).running, board(client, day).missed) == (0, 1)


def test_between_two_years_the_new_sum_is_not_judged_by_the_old_goal(client, cast):
    """From 15 December on the sum begins anew; readings that do not add up keep the goal of their calendar year."""
    row, share = growing(), growing("2.1", goal=60, measured_in="%", over_time=OverTime.LAST)
    Target.objects.create(indicator=row, year=2027, operator=Operator.AT_LEAST, value=200)
    Target.objects.create(indicator=share, year=2027, operator=Operator.AT_LEAST, value=90)
    day = date(2026, 12, 20)
    read(cast, row, FIRST, 120)
    read(cast, row, day, 4)
    read(cast, share, FIRST, 70)
    sums, rate = rows(client, day)
    assert (sums.goal, sums.value, sums.pace, sums.light) == ("≥ 200", "4,0", Pace(2, 1), KEEPS_UP)
    assert (rate.goal, rate.light) == ("≥ 60%", "exceeded")
    assert [row.light for row in rows(client, LAST)] == ["exceeded", "exceeded"]


def test_without_a_reporting_year_nothing_is_said_to_be_late(client, cast):
    ReportingPeriod.objects.filter(kind=PeriodKind.YEAR).delete()  # the half-year is no year
    read(cast, growing(), FIRST, 40)
    assert lights(client, FIRST) == {"1.1": "not_met"}


def test_page_says_it_in_words_and_keeps_the_count_in_front(client, cast):
    read(cast, growing("1.1"), FIRST, 40)
    read(cast, growing("1.2"), FIRST, 60)
    read(cast, growing("1.3"), FIRST, 100)
    page = Page(client.get("/indicators/", {"day": "01/07/2026"}))
    assert "1/3" in page.texts("p", class_="display")
    text = " ".join(page.one("main").text.split())
    assert "2 chỉ tiêu còn tính dồn đến hết năm, trong đó 1 chậm so với thời gian." in text
    assert "40% mức cả năm, đã qua 54% thời gian" in text
    assert {"Chậm tiến độ"} <= set(page.texts("span", class_="pill-late"))
    assert {"Đúng tiến độ"} <= set(page.texts("span", class_="pill-doing"))
    assert page.against_csp() == []
