from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from coordination.loaders import Loaded
from reports.enums import PeriodKind, ReportKind
from reports.loaders import load_lists
from reports.models import CutoffProfile, ReportingPeriod
from reports.periods import YEARS, UnknownPeriod, find_period, make_periods

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(db):
    load_lists(Loaded())


def period(code, profile="ND09"):
    return ReportingPeriod.objects.get(profile__code=profile, code=code)


@pytest.mark.parametrize(
    ("code", "label", "first", "last"),
    [
        ("2026-M01", "tháng 01 năm 2026", date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-M03", "tháng 3 năm 2026", date(2026, 2, 15), date(2026, 3, 14)),
        ("2026-M12", "tháng 12 năm 2026", date(2026, 11, 15), date(2026, 12, 14)),
        ("2026-Q1", "quý I năm 2026", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-Q4", "quý IV năm 2026", date(2026, 9, 15), date(2026, 12, 14)),
        ("2026-H1", "6 tháng đầu năm 2026", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026-H2", "6 tháng cuối năm 2026", date(2026, 6, 15), date(2026, 12, 14)),
        ("2026-9M", "9 tháng đầu năm 2026", date(2025, 12, 15), date(2026, 9, 14)),
        ("2026-Y", "năm 2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_period_of_decree_09(code, label, first, last):
    row = period(code)
    assert (row.label, row.data_from, row.data_to, row.money_from) == (label, first, last, date(2026, 1, 1))


@pytest.mark.parametrize(("code", "last"), [("2026-H1", date(2026, 6, 30)), ("2026-Y", date(2026, 12, 31))])
def test_period_of_calendar_year(code, last):
    row = period(code, "DL")
    assert (row.data_from, row.data_to) == (date(2026, 1, 1), last)


@pytest.mark.parametrize("profile", ["ND09", "DL"])
@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR])
def test_every_day_is_in_one_period_of_a_kind(profile, kind):
    rows = list(ReportingPeriod.objects.filter(profile__code=profile, kind=kind).order_by("data_from"))
    if profile == "DL" and kind == PeriodKind.MONTH:
        assert rows == []
        return
    assert [row.data_from for row in rows[1:]] == [row.data_to + timedelta(days=1) for row in rows[:-1]]
    whole_years = {"ND09": (date(2020, 12, 15), date(2032, 12, 14)), "DL": (date(2021, 1, 1), date(2032, 12, 31))}
    assert (rows[0].data_from, rows[-1].data_to) == whole_years[profile]


def test_same_period_last_year_is_the_same_rule_a_year_before():
    assert period("2026-H1").same_period_last_year == period("2025-H1")
    assert period("2026-M01").same_period_last_year == period("2025-M01")
    assert period("2021-H1").same_period_last_year is None
    assert period("2026-H1", "DL").same_period_last_year == period("2025-H1", "DL")


def test_periods_of_further_years_join_the_ones_before():
    profile = CutoffProfile.objects.get(code="ND09")
    assert make_periods(profile, [2033]) == 20
    assert period("2033-H1").same_period_last_year == period("2032-H1")
    assert make_periods(profile, [*YEARS, 2033]) == 0


@pytest.mark.parametrize(
    ("kind", "text", "profile", "last"),
    [
        (ReportKind.GENDER_EQUALITY, "2026-H1", "ND09", date(2026, 6, 14)),
        ("gender-equality", " 2026-m06 ", "ND09", date(2026, 6, 14)),
        ("coordination", "2026-Y", "DL", date(2026, 12, 31)),
        ("coordination", "ND09:2026-Y", "ND09", date(2026, 12, 14)),
        ("gender-equality", "dl:2026-h1", "DL", date(2026, 6, 30)),
        ("midterm", "SK-2023", "RIENG", date(2023, 12, 31)),
        ("gender-equality", "sk-2023", "RIENG", date(2023, 12, 31)),
    ],
)
def test_period_is_found_by_what_people_write(kind, text, profile, last):
    found = find_period(kind, text)
    assert (found.profile.code, found.data_to) == (profile, last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2040-H1", "2021–2032"),
        ("2026-T6", "2026-T6"),
        ("2026", "2026-M06"),
        ("XX:2026-H1", "ND09, DL, RIENG"),
        ("", "2026-Y"),
    ],
)
def test_unknown_period_is_refused_with_what_can_be_written(text, said):
    with pytest.raises(UnknownPeriod) as refusal:
        find_period("gender-equality", text)
    assert said in refusal.value.for_people()


def test_edited_period_stays_as_people_left_it():
    ReportingPeriod.objects.filter(pk=period("2026-H1").pk).update(data_to=date(2026, 6, 20))
    load_lists(Loaded())
    assert period("2026-H1").data_to == date(2026, 6, 20)


def test_samples_ask_for_the_places_they_need():
    with pytest.raises(CommandError, match="load_units"):
        call_command("load_demo", verbosity=0)
