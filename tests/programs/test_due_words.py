"""The last day a paper's words mean; what can be read in two ways is not read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.due_words import MOST_DUE_DAYS, due_days, read_due
from programs.enums import Recurrence

ISSUED = date(2024, 4, 10)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("trước tháng 10/2024", date(2024, 9, 30)),
        ("hoàn thành trước tháng 10", date(2024, 9, 30)),
        ("trong tháng 10 năm 2024", date(2024, 10, 31)),
        ("xong trong tháng 2", date(2025, 2, 28)),
        ("cuối tháng 10/2024", date(2024, 10, 31)),
        ("trong quý III/2024", date(2024, 9, 30)),
        ("quý 2", date(2024, 6, 30)),
        ("trước quý IV năm 2024", date(2024, 9, 30)),
        ("trước ngày 15/12/2024", date(2024, 12, 14)),
        ("TRƯỚC NGÀY 05.6.2024", date(2024, 6, 4)),
        ("chậm nhất ngày 15/12/2024", date(2024, 12, 15)),
        ("chậm nhất trước ngày 15/12/2024", date(2024, 12, 14)),
        ("đến ngày 15/12", date(2024, 12, 15)),
        ("đến hết ngày 5/1", date(2025, 1, 5)),
        ("ngày 15 tháng 12 năm 2024", date(2024, 12, 15)),
        ("từ ngày 15/11 đến ngày 15/12 năm 2024", date(2024, 12, 15)),
        ("6 tháng đầu năm 2024", date(2024, 6, 30)),
        ("06 tháng cuối năm", date(2024, 12, 31)),
        ("trong năm 2024", date(2024, 12, 31)),
        ("trước năm 2026", date(2025, 12, 31)),
        ("trong 15 ngày kể từ ngày ký", date(2024, 4, 25)),
        ("trước năm 0001", None),
        ("trước thang 10/2024", None),
        ("thường xuyên", None),
        ("", None),
        ("sau ngày 15/12/2024", None),
        ("từ ngày 15/12/2024", None),
        ("trước cuối tháng 10/2024", None),
        ("trước ngày 14/6 và 14/12", None),
        ("ngày 31/11/2024", None),
        ("tháng 13/2024", None),
        ("quý V/2024", None),
        ("10 ngày làm việc", None),
    ],
)
def test_words_of_papers(words, day):
    assert read_due(words, ISSUED) == day


def test_marks_written_in_two_letters_are_read_too():
    decomposed = "trươ" + "\u0301" + "c tha" + "\u0301" + "ng 10/2024"
    assert read_due(decomposed, ISSUED) == date(2024, 9, 30)


DAYS = st.dates(date(2021, 1, 1), date(2032, 12, 31))


@given(DAYS)
def test_before_is_one_day_less_than_until(day):
    written = f"{day.day}/{day.month}/{day.year}"
    assert read_due(f"chậm nhất ngày {written}", ISSUED) == day
    assert (day - read_due(f"trước ngày {written}", ISSUED)).days == 1


@given(DAYS, DAYS)
def test_without_a_year_the_day_is_never_before_the_paper(day, issued_on):
    found = read_due(f"ngày {day.day}/{day.month}", issued_on)
    assert found is None or (found >= issued_on and (found - issued_on).days < 366)
    assert found is not None or (day.day, day.month) == (29, 2)


@given(DAYS, st.sampled_from([value for value in Recurrence if value != Recurrence.ONCE]), DAYS)
def test_due_days_stand_in_order_up_to_the_last(first, recurrence, until):
    days = due_days(first, recurrence, until)
    assert days == sorted(set(days))
    assert days[0] == first if first <= until else days == []
    assert all(day <= until for day in days)
    assert len(days) <= MOST_DUE_DAYS + 1


def test_the_last_day_of_a_month_stays_the_last():
    days = due_days(date(2024, 6, 30), Recurrence.QUARTERLY, date(2025, 3, 31))
    assert days == [date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31)]
    assert due_days(date(2024, 1, 30), Recurrence.MONTHLY, date(2024, 3, 30))[1] == date(2024, 2, 29)
