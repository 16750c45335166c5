"""Readings far from the same half-year before: a sheet marks them to be looked at, and takes them all the same."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import ImportRun, UnitSuccession
from coordination.sheets.declared import Found
from programs.models import Indicator, Measurement, Target
from programs.unusual import is_unusual
from tests import factories
from tests.programs.sheet_files import checked, command, filled, upload, written

pytestmark = pytest.mark.django_db
DAY, BEFORE = date(2026, 6, 14), date(2025, 6, 14)
MERGED = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(date(2026, 6, 20), tick=False):
        yield


@pytest.fixture
def indicator(cast):
    return followed(factories.indicator())


def followed(row):
    Target.objects.create(indicator=row, year=2026, operator=">=", value=75)
    return row


def row_of(indicator, **cells):
    numbers = {"numerator": 84, "denominator": 100}
    return {"indicator": f"{indicator.code} {indicator.name}", "counted_on": DAY} | numbers | cells


def doubts(cast, *rows):
    found = checked("measurements", filled("measurements", rows), cast.officer)
    assert found.problems == []
    return [(doubt.row, doubt.key, doubt.message) for doubt in found.doubts]


def test_a_number_far_from_last_years_is_to_be_looked_at_and_written_all_the_same(cast, indicator):
    factories.measurement(cast.board, cast.province, BEFORE, numerator=40, denominator=100)
    words = "Cần xem: nay là 84,0, cùng kỳ năm trước là 40,0. Hãy kiểm tra lại; nếu đúng thì cứ ghi."
    assert doubts(cast, row_of(indicator)) == [(3, "numerator", words)]
    found = written("measurements", filled("measurements", [row_of(indicator)]), cast.officer)
    assert (found.written, found.counts[Found.DOUBTFUL], Measurement.objects.count()) == (1, 1, 2)


@pytest.mark.parametrize(
    ("before", "day", "limit"),
    [
        ({"numerator": 80, "denominator": 100}, BEFORE, 50),  # near
        ({"numerator": 40, "denominator": 100}, BEFORE, 200),  # the office allows it
        ({"numerator": 40, "denominator": 100}, BEFORE, None),  # the office asks nobody
        ({"numerator": 40, "denominator": 100}, date(2024, 12, 1), 50),  # another half-year
        ({"numerator": 40, "denominator": 100}, date(2025, 9, 1), 50),  # later
    ],
)
def test_nothing_is_said_of_usual_numbers(cast, indicator, before, day, limit):
    Indicator.objects.filter(pk=indicator.pk).update(unusual_percent=limit)
    factories.measurement(cast.board, cast.province, day, **before)
    assert doubts(cast, row_of(indicator)) == []


def test_a_number_already_stored_is_not_asked_about_again(cast, indicator):
    factories.measurement(cast.board, cast.province, BEFORE, numerator=40, denominator=100)
    factories.measurement(cast.board, cast.province, DAY, numerator=84, denominator=100)
    assert doubts(cast, row_of(indicator)) == []


def test_across_a_merger_the_parts_make_the_number_before(cast, indicator):
    """40/100 and 10/100 became 50/200 = 25%: 60% is unusual, 30% is not."""
    for name, numerator in (("Cũ A", 40), ("Cũ B", 10)):
        old = factories.province(name, valid_to=MERGED - timedelta(1))
        edge = {"nature": SuccessionNature.MERGED, "extent": SuccessionExtent.WHOLE, "on": MERGED}
        UnitSuccession.objects.create(predecessor=old, successor=cast.province, **edge)
        factories.measurement(cast.board, old, BEFORE, numerator=numerator, denominator=100)
    assert [key for _row, key, _words in doubts(cast, row_of(indicator, numerator=60))] == ["numerator"]
    assert "25,0" in doubts(cast, row_of(indicator, numerator=60))[0][2]
    assert doubts(cast, row_of(indicator, numerator=30)) == []


def test_bare_values_before_a_merger_do_not_compare(cast, indicator):
    for name in ("Cũ A", "Cũ B"):
        old = factories.province(name, valid_to=MERGED - timedelta(1))
        edge = {"nature": SuccessionNature.MERGED, "extent": SuccessionExtent.WHOLE, "on": MERGED}
        UnitSuccession.objects.create(predecessor=old, successor=cast.province, **edge)
        factories.measurement(cast.board, old, BEFORE, value=10)
    assert doubts(cast, row_of(indicator)) == []


def test_page_shows_the_rows_to_look_at_and_writes_them(client, cast, indicator):
    usual = followed(factories.indicator("1.2"))
    factories.measurement(cast.board, cast.province, BEFORE, numerator=40, denominator=100)
    client.force_login(cast.officer)
    content = filled("measurements", [row_of(indicator), row_of(usual)])
    sent = {"file": upload(content), "form_token": str(uuid.uuid4())}
    assert client.post(reverse("coordination:import_create", args=["measurements"]), sent).status_code == 302
    run = ImportRun.objects.get()
    assert (run.rows_new, run.rows_wrong, run.rows_doubtful) == (2, 0, 1)
    page = client.get(reverse("coordination:import_detail", args=[run.uid]), {"rows": "doubtful"})
    assert [row["number"] for row in page.context["rows"]] == [3]
    assert "1 dòng cần xem lại" in page.text
    assert "cùng kỳ năm trước là 40,0" in page.text
    client.post(reverse("coordination:import_write", args=[run.uid]))
    run.refresh_from_db()
    assert (run.rows_written, run.rows_doubtful) == (2, 1)


def test_command_says_them_and_ends_well(cast, indicator, tmp_path, capsys):
    factories.measurement(cast.board, cast.province, BEFORE, numerator=40, denominator=100)
    file = tmp_path / "tep.xlsx"
    file.write_bytes(filled("measurements", [row_of(indicator)]))
    code, said = command("import_sheet", "measurements", str(file), email=cast.officer.email)
    assert (code, said) == (0, ["1 mới, 0 sửa, 0 không đổi, 0 lỗi; đã ghi 1."])
    assert capsys.readouterr().err.startswith("measurements 3 ")


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_query_count(cast, rows):
    asked = [followed(factories.indicator(f"9.{number}")) for number in range(rows)]
    for row in asked:
        factories.measurement(cast.board, cast.province, BEFORE, indicator=row, numerator=40, denominator=100)
    content = filled("measurements", [row_of(row) for row in asked])
    with CaptureQueriesContext(connection) as queries:
        found = checked("measurements", content, cast.officer)
    assert (found.counts[Found.DOUBTFUL], len(queries)) == (rows, 20)


NUMBERS = st.decimals(0, 10**9, places=4)


@given(number=NUMBERS, usual=NUMBERS, limit=st.integers(1, 1000))
def test_unusual_is_further_than_the_limit_on_either_side(number, usual, limit):
    indicator = Indicator(unusual_percent=limit)
    far = abs(number - usual) > usual * limit / 100
    assert is_unusual(indicator, number, usual) is far
    assert is_unusual(indicator, usual, usual) is False
    assert is_unusual(Indicator(unusual_percent=None), number, usual) is False
    if far:
        further = number + Decimal(1) if number > usual else number
        assert is_unusual(indicator, further, usual)
