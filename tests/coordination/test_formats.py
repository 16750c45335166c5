"""How numbers, money and dates are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

from coordination.formats import count_vi, date_vi, date_words, million_vnd, millions, number_vi, percent_vi, vnd


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, None, "0"),
        (7, None, "7"),
        (1069, None, "1.069"),
        (1234567, None, "1.234.567"),
        (1234.5, None, "1.234,5"),
        (100.0, None, "100"),
        (Decimal("84.2105"), 1, "84,2"),
        (Decimal("84.25"), 1, "84,3"),
        (84.25, 1, "84,3"),
        (-84.25, 1, "−84,3"),
        (0.05, 1, "0,1"),
        (100, 1, "100,0"),
        (-4, None, "−4"),
        (-0.04, 1, "0,0"),
        (1e16, None, "10.000.000.000.000.000"),
        (None, None, "…"),
    ],
)
def test_number_vi(value, decimals, text):
    assert number_vi(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1, "01"), (9, "09"), (10, "10"), (1069, "1.069"), (None, "…")])
def test_count_vi_puts_a_zero_before_one_digit(value, text):
    assert count_vi(value) == text


def test_money_is_whole_dong_and_rounded_only_on_show():
    assert vnd(1234567) == "1.234.567 đồng"
    assert millions(4278500000) == "4.278,5"
    assert millions(49_999) == "0,0"
    assert millions(50_000) == "0,1"
    assert million_vnd(19451000000) == "19.451,0 triệu đồng"
    assert [vnd(None), millions(None), million_vnd(None), percent_vi(None)] == ["…"] * 4


def test_percent_has_no_blank_before_the_sign():
    assert percent_vi(Decimal(16) / 19 * 100) == "84,2%"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 12), "ngày 12 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"),
        (date(2026, 10, 10), "ngày 10 tháng 10 năm 2026"),
    ],
)
def test_date_words_follow_the_zero_rule_of_the_decree(day, words):
    assert date_words(day) == words


def test_date_vi_shows_the_day_of_the_portal():
    assert date_vi(date(2026, 6, 4)) == "04/06/2026"
    assert date_vi(datetime(2026, 6, 14, 18, 0, tzinfo=UTC)) == "15/06/2026"
    assert date_vi(None) == ""


def test_filters_are_those_functions():
    page = Template("{% load formats %}{{ a|number_vi:1 }} {{ b|millions }} {{ c|date_vi }} {{ d|vnd }}")
    shown = page.render(Context({"a": 84.25, "b": 4278500000, "c": date(2026, 2, 1), "d": 9}))
    assert shown == "84,3 4.278,5 01/02/2026 9 đồng"
