"""Rows of a sheet and what is stored: no reading twice on its line, and doubtful activities named, not stopped."""

import uuid
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.models import ImportRun
from coordination.sheets.declared import Found
from programs.enums import BudgetNature, CapitalNature, ComponentKind, FundingSource, ReadingNature
from programs.models import Activity, BudgetEntry, IndicatorCategory, Measurement, Target
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.programs.sheet_files import checked, command, filled, grid_of, rows_of, upload, written
from tests.programs.test_sheets import activity_row

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 14)
HELD = date(2026, 6, 8)  # of the activities here


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(date(2026, 6, 20), tick=False):
        yield


# ---- readings: one a line and day, as the grid keeps them ----


@pytest.fixture
def indicator(cast):
    row = factories.indicator()
    Target.objects.create(indicator=row, year=2026, operator=">=", value=75)
    return row


def reading_row(indicator, **cells):
    numbers = {"numerator": 84, "denominator": 100}
    return {"indicator": f"{indicator.code} {indicator.name}", "counted_on": DAY} | numbers | cells


def sent(cast, *rows):
    return written("measurements", filled("measurements", rows), cast.officer)


def only():
    return Measurement.objects.get()


def test_a_row_without_a_reference_changes_the_reading_of_its_line(cast, indicator):
    stored = factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100)
    assert sent(cast, reading_row(indicator)).counts == {Found.CHANGED: 1}
    assert (only().pk, only().numerator, only().version) == (stored.pk, 84, 2)
    assert sent(cast, reading_row(indicator)).counts == {Found.SAME: 1}
    assert only().history.count() == 2


def test_the_same_numbers_are_the_same_whoever_entered_them(cast, indicator):
    factories.measurement(cast.board, cast.province, DAY, numerator=84, denominator=100, source_text="Báo cáo tháng")
    assert sent(cast, reading_row(indicator)).counts == {Found.SAME: 1}
    assert only().source_text == "Báo cáo tháng"


def test_period_and_source_that_the_row_leaves_empty_stay(cast, indicator):
    kept = {"period_from": date(2025, 12, 15), "source_text": "Báo cáo tháng"}
    factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100, **kept)
    assert sent(cast, reading_row(indicator)).counts == {Found.CHANGED: 1}
    assert (only().period_from, only().source_text, only().numerator) == (*kept.values(), 84)
    sent(cast, reading_row(indicator, period_from=date(2026, 1, 1), source_text="Niên giám"))
    assert (only().period_from, only().source_text) == (date(2026, 1, 1), "Niên giám")


def test_an_estimate_becomes_actual_as_on_the_grid(cast, indicator):
    factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100, nature=ReadingNature.ESTIMATE)
    assert sent(cast, reading_row(indicator)).counts == {Found.CHANGED: 1}
    assert (only().nature, only().numerator) == (ReadingNature.ACTUAL, 84)


def test_an_actual_number_that_becomes_an_estimate_is_to_be_looked_at(cast, indicator):
    factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100)
    found = sent(cast, reading_row(indicator, nature=ReadingNature.ESTIMATE.label))
    assert found.counts == {Found.CHANGED: 1, Found.DOUBTFUL: 1}
    assert [(doubt.key, doubt.message[:8]) for doubt in found.doubts] == [("nature", "Cần xem:")]


def test_an_estimate_beside_the_actual_number_finds_its_own(cast, indicator):
    for nature, numerator in ((ReadingNature.ACTUAL, 80), (ReadingNature.ESTIMATE, 70)):
        factories.measurement(cast.board, cast.province, DAY, numerator=numerator, denominator=100, nature=nature)
    rows = [reading_row(indicator, nature=ReadingNature.ESTIMATE.label, numerator=71), reading_row(indicator)]
    assert sent(cast, *rows).counts == {Found.CHANGED: 2}
    assert dict(Measurement.objects.values_list("nature", "numerator")) == {"estimate": 71, "actual": 84}


def test_categories_places_and_days_are_lines_of_their_own(cast, indicator):
    IndicatorCategory.objects.create(indicator=indicator, code="XA", name="Cấp xã")
    rows = [
        reading_row(indicator),
        reading_row(indicator, category="Cấp xã"),
        reading_row(indicator, counted_on=date(2026, 6, 13)),
    ]
    assert sent(cast, *rows).counts == {Found.NEW: 3}
    assert sent(cast, *rows).counts == {Found.SAME: 3}
    assert Measurement.objects.count() == 3


def test_two_rows_of_one_line_are_told_before_anything_is_written(cast, indicator):
    rows = [reading_row(indicator), reading_row(indicator, numerator=85)]
    found = checked("measurements", filled("measurements", rows), cast.officer)
    assert found.counts == {Found.NEW: 1, Found.WRONG: 1}
    assert [(one.row, one.key) for one in found.problems] == [(4, "counted_on")]
    assert "Dòng 3" in found.problems[0].message
    factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100)
    found = checked("measurements", filled("measurements", rows), cast.officer)
    assert (found.counts, found.problems[0].row) == ({Found.CHANGED: 1, Found.WRONG: 1}, 4)


def test_another_reference_of_a_stored_line_is_named(cast, indicator):
    stored = factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100)
    row = reading_row(indicator, reference="KHAC")
    found = checked("measurements", filled("measurements", [row]), cast.officer)
    assert [(one.key, stored.reference in one.message) for one in found.problems] == [("reference", True)]
    row["reference"] = stored.reference
    assert sent(cast, row).counts == {Found.CHANGED: 1}


def test_a_frozen_reading_is_not_changed_by_its_line(cast, indicator):
    stored = factories.measurement(cast.board, cast.province, DAY, numerator=80, denominator=100)
    Measurement.objects.filter(pk=stored.pk).update(locked_at="2026-06-19T00:00Z")
    assert checked("measurements", filled("measurements", [reading_row(indicator)]), cast.officer).counts == {
        "wrong": 1
    }


def test_two_disbursements_of_one_line_are_told_before_anything_is_written(cast):
    content = factories.component("P8.1", kind=ComponentKind.CONTENT, short_name="Nội dung 1")
    row = {
        "nature": BudgetNature.DISBURSED.label, "content": f"{content.code} {content.short_name}",
        "source": FundingSource.CENTRAL.label, "capital": CapitalNature.RECURRENT.label, "year": 2026,
        "amount_vnd": 1_000_000, "counted_on": date(2026, 6, 1),
    }  # fmt: skip
    found = checked("budget", filled("budget", [row, row | {"amount_vnd": 2_000_000}]), cast.officer)
    assert (found.counts, found.problems[0].row) == ({Found.NEW: 1, Found.WRONG: 1}, 4)
    decisions = [row | {"nature": BudgetNature.ALLOCATED.label, "amount_vnd": amount} for amount in (1, 2)]
    assert written("budget", filled("budget", decisions), cast.officer).written == 2
    assert BudgetEntry.objects.count() == 2


# ---- activities that may be there already ----


@pytest.fixture
def lists(cast):
    return factories.activity_kind(), factories.component()


def logged(owner, cast, title="Truyền thông tại thôn", day=HELD, **fields):
    return factories.activity(owner, cast.commune, day, title=title, attendances=100, **fields)


def doubts(cast, *rows):
    found = checked("activities", filled("activities", rows), cast.officer)
    assert found.problems == []
    assert found.counts[Found.DOUBTFUL] == len({doubt.row for doubt in found.doubts})
    return [(doubt.row, doubt.key, doubt.message) for doubt in found.doubts]


def test_the_other_record_is_named_and_the_row_written_all_the_same(cast, lists):
    other = logged(cast.board, cast)
    words = (
        "Cần xem: có thể đã có trong hệ thống: “Truyền thông tại thôn”, xã Ba Thử, 08/06/2026,"
        f" Sở Dân tộc và Tôn giáo ({other.reference}). Nếu đúng là hoạt động đó, hãy bỏ dòng này."
    )
    row = activity_row(1, title="Truyền thông ở thôn Một")
    assert [(number, key, text.replace("Xã", "xã")) for number, key, text in doubts(cast, row)] == [
        (3, "title", words)
    ]
    result = written("activities", filled("activities", [row]), cast.officer)
    assert (result.written, result.counts[Found.DOUBTFUL], Activity.objects.count()) == (1, 1, 2)


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        ({"starts_on": date(2026, 6, 11)}, True),
        ({"starts_on": date(2026, 6, 12)}, False),
        ({"title": "Nói chuyện chuyên đề"}, True),  # the same day and as many people
        ({"title": "Nói chuyện chuyên đề", "attendances": 120}, False),
        ({"kind": "Tập huấn"}, False),
        ({"unit": "Xã Ba Khác"}, False),
    ],
)
def test_asked_as_the_screen_asks(cast, lists, cells, asked):
    factories.activity_kind("tap_huan", name="Tập huấn")
    factories.commune(cast.province, "Ba Khác")
    logged(cast.board, cast)
    assert bool(doubts(cast, activity_row(1, title="Truyền thông tại thôn Một") | cells)) is asked


def test_strangers_are_not_named_parties_of_an_agreement_are(cast, lists):
    other = logged(cast.union, cast)
    row = activity_row(1, title=other.title)
    assert doubts(cast, row) == []
    made = agreement(cast)
    changed(made.document, state="issued", number="1", issued_on=HELD)()
    found = doubts(cast, row)
    assert len(found) == 1
    assert other.title in found[0][2]
    assert other.reference not in found[0][2]
    changed(made, ended_on=date(2026, 6, 7))()
    assert doubts(cast, row) == []


def test_stored_rows_are_not_asked_about_again(cast, lists):
    logged(cast.board, cast)
    book = filled("activities", [activity_row(1, title="Truyền thông tại thôn")])
    written("activities", book, cast.officer)
    assert checked("activities", book, cast.officer).doubts == []


def test_rows_of_one_file_are_asked_about_only_where_they_say_the_same(cast, lists, monkeypatch):
    rows = [activity_row(number, title=f"Truyền thông tại thôn {name}") for number, name in enumerate(("A", "B", "A"))]
    expected = [(5, "title")]
    assert [(number, key) for number, key, _text in doubts(cast, *rows)] == expected
    assert "dòng 3" in doubts(cast, *rows)[0][2]
    monkeypatch.setattr("coordination.sheets.checking.AT_ONCE", 1)  # those above are stored by then
    result = written("activities", filled("activities", rows), cast.officer)
    assert ([(doubt.row, doubt.key) for doubt in result.doubts], result.written) == (expected, 3)


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_doubles_are_found_in_as_many_queries_however_many(cast, lists, rows):
    made = agreement(cast)
    changed(made.document, state="issued", number="1", issued_on=HELD)()
    for number in range(rows):
        logged(cast.board if number % 2 else cast.union, cast, title=f"Truyền thông {number}")
    content = filled("activities", [activity_row(number, title=f"Truyền thông {number}") for number in range(rows)])
    with CaptureQueriesContext(connection) as queries:
        found = checked("activities", content, cast.officer)
    assert (found.counts[Found.DOUBTFUL], len(queries)) == (rows, 40)


def test_page_and_file_given_back_name_the_other_record(client, cast, lists):
    other = logged(cast.board, cast)
    client.force_login(cast.officer)
    book = filled("activities", [activity_row(1, title=other.title), activity_row(2, starts_on=date(2026, 5, 1))])
    data = {"file": upload(book), "form_token": str(uuid.uuid4())}
    client.post(reverse("coordination:import_create", args=["activities"]), data)
    run = ImportRun.objects.get()
    page = client.get(reverse("coordination:import_detail", args=[run.uid]), {"rows": "doubtful"})
    assert [row["number"] for row in page.context["rows"]] == [3]
    assert other.reference in page.text
    back = reverse("coordination:import_annotated", args=[run.uid])
    assert back in page.text
    grid = grid_of(client.get(back).content)
    assert [other.reference in line[0] for line in grid[2:]] == [True, False]
    client.post(reverse("coordination:import_write", args=[run.uid]))
    run.refresh_from_db()
    assert (run.rows_written, run.rows_doubtful) == (2, 1)


def test_command_names_the_other_record_and_ends_well(cast, lists, tmp_path, capsys):
    other = logged(cast.board, cast)
    file = tmp_path / "tep.xlsx"
    file.write_bytes(filled("activities", [activity_row(1, title=other.title)]))
    code, _said = command("import_sheet", "activities", str(file), email=cast.officer.email)
    error = capsys.readouterr().err
    assert (code, error.startswith("activities 3 C: "), other.reference in error) == (0, True, True)


def test_the_file_given_back_for_doubts_can_be_sent_again(client, cast, lists):
    other = logged(cast.board, cast)
    client.force_login(cast.officer)
    data = {
        "file": upload(filled("activities", [activity_row(1, title=other.title)])),
        "form_token": str(uuid.uuid4()),
    }
    client.post(reverse("coordination:import_create", args=["activities"]), data)
    back = client.get(reverse("coordination:import_annotated", args=[ImportRun.objects.get().uid])).content
    assert [row["title"] for row in rows_of(back)] == [other.title]
    assert checked("activities", back, cast.officer).counts == {Found.NEW: 1, Found.DOUBTFUL: 1}
