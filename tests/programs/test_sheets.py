"""Sheets: what is exported is what is imported, every wrong cell is named, nothing is written twice."""

import io
import zipfile
from datetime import date

import pytest
import time_machine
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.enums import DocumentState, MemberRole
from coordination.models import Invitation
from coordination.sheets.checking import RowsWrong
from coordination.sheets.declared import SHEETS, Found
from coordination.sheets.printing import template_of
from programs.enums import BudgetNature, CapitalNature, ComponentKind, FundingSource, ModelNature
from programs.models import (
    Activity,
    AnnualPlan,
    BudgetEntry,
    CommunityModel,
    CountCategory,
    Measurement,
    ModelEvent,
    OutputKind,
    PlanItem,
    Target,
    Topic,
)
from tests import factories
from tests.programs.sheet_files import checked, command, exported, filled, grid_of, rows_of, sheet, written

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def lists(cast):
    return factories.activity_kind(), factories.component()


def activity_row(number=1, **cells):
    values = {
        "title": f"Truyền thông lần {number}",
        "kind": "Truyền thông",
        "component": f"{factories.component().code} {factories.component().short_name}",
        "starts_on": date(2026, 6, 8),
        "unit": "Xã Ba Thử",
        "attendances": 100,
        "women": 60,
        "minority": 50,
        "minority_women": 30,
    }
    return values | cells


def without_references(content, code):
    return filled(code, [row | {"reference": ""} for row in rows_of(content)])


# ---- round trips ----


def fill_activities(cast):
    first = factories.activity(cast.board, cast.commune, attendances=90, women=40, title="=1+1 không phải công thức")
    first.topics.add(topic())
    first.partners.add(cast.union)
    first.costs.create(source=FundingSource.CENTRAL, amount_vnd=5_000_000)
    first.counts.create(category=category(), attendances=50, women=20)
    first.outputs.create(kind=output(), quantity=120)
    factories.activity(cast.board, cast.commune, day=date(2026, 5, 1), title="Tập huấn")


def topic():
    return Topic.objects.create(code="CD", name="Bình đẳng giới; trong gia đình")


def category():
    return CountCategory.objects.create(code="HRE", name="Hrê", dimension="ethnic_group")


def output():
    return OutputKind.objects.create(code="BR", name="Băng rôn", word="chiếc")


def fill_models(cast):
    model = factories.community_model(cast.board, cast.commune, name="Tổ truyền thông thôn 1")
    factories.model_event(model, quantity=2, members=10, women=6)
    factories.model_event(model, day=date(2026, 5, 5), nature=ModelNature.DISSOLVED, quantity=-1)


def fill_readings(cast):
    Target.objects.create(indicator=factories.indicator(), year=2026, operator=">=", value=75)
    factories.measurement(cast.board, cast.province, numerator=84, denominator=100)


def fill_money(cast):
    factories.budget_entry(cast.board, cast.province, component=content())
    factories.budget_entry(
        cast.board, cast.province, component=content(), nature=BudgetNature.DISBURSED, amount_vnd=400_000
    )


def content():
    return factories.component("P8.1", kind=ComponentKind.CONTENT, short_name="Nội dung 1")


def fill_plan(cast):
    plan = AnnualPlan.objects.create(document=factories.document(cast.board), agency=cast.board, year=2026)
    item = PlanItem.objects.create(
        plan=plan, position=1, key="item-1", component=factories.component(), text="Tổ chức 40 buổi",
        lead=cast.board, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31), measure="sessions", quantity=40,
    )  # fmt: skip
    item.parts.create(agency=cast.union)
    item.units.add(cast.commune)
    item.funding.create(source=FundingSource.LOCAL, amount_vnd=7_000_000)
    return plan


FILL = {
    "activities": fill_activities,
    "model-events": fill_models,
    "measurements": fill_readings,
    "budget": fill_money,
    "plan-items": fill_plan,
    "agencies": lambda cast: None,
    "users": lambda cast: None,
}


def test_every_sheet_of_the_contract_is_there():
    assert set(SHEETS) == set(FILL)


@pytest.mark.parametrize("code", FILL)
def test_what_is_exported_is_imported_as_the_same(cast, code):
    FILL[code](cast)
    who = cast.administrator if code in ("agencies", "users") else cast.officer
    book = exported(code, who)
    found = checked(code, book, who)
    assert len(rows_of(book)) > 0
    assert (found.counts, found.problems) == ({Found.SAME: len(rows_of(book))}, [])
    assert written(code, book, who).written == 0


@pytest.mark.parametrize(
    ("code", "model"),
    [("activities", Activity), ("model-events", ModelEvent), ("budget", BudgetEntry), ("measurements", Measurement)],
)
def test_an_export_fills_an_empty_portal_with_the_same(cast, code, model):
    """Taken out, all deleted, imported: the export says the same, with its history."""
    FILL[code](cast)
    book = exported(code, cast.officer)
    for record in model.objects.order_by("-counted_on"):  # the newest first: no stock falls below nothing
        record.delete()
    CommunityModel.objects.all().delete()
    model.history.all().delete()
    result = written(code, book, cast.officer)
    assert (result.counts[Found.NEW], result.problems) == (len(rows_of(book)), [])
    assert rows_of(exported(code, cast.officer)) == rows_of(book)
    rows = list(model.history.filter(history_type="+", history_user=cast.officer).values_list("acting_for", flat=True))
    assert rows == [cast.board.pk] * len(rows_of(book))


def test_history_keeps_the_lists_of_an_imported_activity(cast):
    fill_activities(cast)
    book = exported("activities", cast.officer)
    Activity.objects.all().delete()
    written("activities", book, cast.officer)
    record = Activity.objects.get(title__startswith="=1+1")
    kept = record.history.get(history_type="+")
    assert [row.topic.name for row in kept.topics.all()] == ["Bình đẳng giới; trong gia đình"]
    assert [row.agency_id for row in kept.partners.all()] == [cast.union.pk]
    assert record.counts.get().history.get().history_user == cast.officer


def test_changed_activity_keeps_what_the_file_keeps(cast):
    fill_activities(cast)
    rows = rows_of(exported("activities", cast.officer))
    changed = next(row for row in rows if row["outputs"])
    changed |= {"women": 45, "outputs": "Băng rôn: 130", "counts": ""}
    result = written("activities", filled("activities", rows), cast.officer)
    record = Activity.objects.get(reference=changed["reference"])
    assert (result.counts, result.written) == ({Found.CHANGED: 1, Found.SAME: 1}, 1)
    assert (record.women, record.outputs.get().quantity, record.counts.count(), record.version) == (45, 130, 0, 2)
    assert record.costs.get().amount_vnd == 5_000_000
    assert record.topics.count() == record.partners.count() == 1
    assert record.history.first().history_type == "~"
    assert written("activities", filled("activities", rows), cast.officer).written == 0


@pytest.mark.parametrize("code", FILL)
def test_columns_deleted_from_a_file_change_nothing(cast, code):
    """Only what has to be there, and the reference."""
    FILL[code](cast)
    who = cast.administrator if code in ("agencies", "users") else cast.officer
    rows = rows_of(exported(code, who))
    needed = {name for name, column in SHEETS[code].fields.items() if column.required} | {"reference"}
    kept = {"agencies": {"province"}, "users": {"agency"}}.get(code, set())
    book = filled(code, rows, columns=[name for name in SHEETS[code].fields if name in needed | kept])
    assert checked(code, book, who).counts == {Found.SAME: len(rows)}


# ---- the same file twice ----


def test_the_same_file_twice_changes_nothing(cast, lists):
    """Rows without a reference are known by what they say; two that say the same are two."""
    book = filled("activities", [activity_row(1), activity_row(2), activity_row(2)])
    assert written("activities", book, cast.officer).written == 3
    again = written("activities", book, cast.officer)
    assert (again.counts, again.written) == ({Found.SAME: 3}, 0)
    assert (Activity.objects.count(), Activity.history.count()) == (3, 3)


def test_a_record_mended_on_the_screen_is_not_put_back_by_its_old_file(cast, lists):
    book = filled("activities", [activity_row(1)])
    written("activities", book, cast.officer)
    Activity.objects.update(women=59)
    assert written("activities", book, cast.officer).counts == {Found.SAME: 1}
    assert Activity.objects.get().women == 59


def test_readings_and_disbursements_are_known_by_their_line_and_day(cast):
    fill_readings(cast)
    fill_money(cast)
    for code, model, cell in (("measurements", Measurement, "numerator"), ("budget", BudgetEntry, "amount_vnd")):
        book = without_references(exported(code, cast.officer), code)
        rows = [row | {cell: row[cell] + 1} for row in rows_of(book)]
        rows = [row for row in rows if row.get("nature") != BudgetNature.ALLOCATED.label]
        before = model.objects.count()
        result = written(code, filled(code, rows), cast.officer)
        assert (result.counts, model.objects.count()) == ({Found.CHANGED: 1}, before)


# ---- wrong rows ----


def wrong_cells(number):
    """Forty rows, eight kinds of mistakes."""
    return [
        {"women": 101},
        {"minority_women": 61},
        {"ends_on": date(2026, 6, 1)},
        {"unit": "Xã Không Có"},
        {"starts_on": "31/06/2026"},
        {"title": "Héi nghÞ ®èi tho¹i"},
        {"attendances": "1.5"},
        {"cost_central": -5},
    ][number % 8]


COLUMN = {"women": "M", "minority_women": "O", "ends_on": "G", "unit": "H", "starts_on": "F", "title": "C",
          "attendances": "L", "cost_central": "X"}  # fmt: skip


def test_forty_wrong_rows_of_five_hundred_are_named_repaired_and_imported(cast, lists, tmp_path):
    wrong = {number * 12: wrong_cells(number) for number in range(40)}
    rows = [activity_row(number, **wrong.get(number, {})) for number in range(500)]
    file = tmp_path / "tep.xlsx"
    file.write_bytes(filled("activities", rows))
    code, lines = command("import_sheet", "activities", str(file), email=cast.officer.email)
    named = {tuple(line.partition(":")[0].split()) for line in lines}
    expected = {("activities", str(number + 3), COLUMN[next(iter(cells))]) for number, cells in wrong.items()}
    assert (code, named, Activity.objects.count()) == (1, expected, 0)
    assert written("activities", file.read_bytes(), cast.officer, skip_wrong=True).written == 460
    file.write_bytes(filled("activities", [activity_row(number) for number in range(500)]))
    code, lines = command("import_sheet", "activities", str(file), email=cast.officer.email)
    assert (code, lines) == (0, ["40 mới, 0 sửa, 460 không đổi, 0 lỗi; đã ghi 40."])
    assert Activity.objects.count() == 500


def test_one_wrong_row_stops_all_unless_it_is_left_out(cast, lists):
    book = filled("activities", [activity_row(1), activity_row(2, women=101)])
    with pytest.raises(RowsWrong):
        written("activities", book, cast.officer)
    assert Activity.objects.count() == 0


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"women": 101}, "Số nữ (101)"),
        ({"minority_women": 51}, "51"),
        ({"kind": "Không có loại này"}, "danh sách"),
        ({"attendances": -1}, "0"),
        ({"starts_on": date(1926, 6, 8)}, "1926"),
        ({"outputs": "Băng rôn: nhiều"}, ""),
        ({"counts": "Người ngoài hành tinh: 5"}, "danh sách"),
        ({"reference": "X", "title": "#REF!"}, "#REF!"),
    ],
)
def test_what_is_wrong_is_said_by_the_form(cast, lists, cells, said):
    found = checked("activities", filled("activities", [activity_row(1, **cells)]), cast.officer)
    assert found.counts == {Found.WRONG: 1}
    assert said in " ".join(problem.message for problem in found.problems)


def test_a_place_that_did_not_exist_that_day_is_refused(cast, lists):
    gone = factories.commune(cast.province, "Ba Cũ", valid_to=date(2025, 6, 30))
    late = activity_row(1, unit=gone.label)
    early = activity_row(2, unit=gone.label, starts_on=date(2025, 6, 8))
    found = checked("activities", filled("activities", [late, early]), cast.officer)
    assert found.counts == {Found.WRONG: 1, Found.NEW: 1}
    assert [(problem.row, problem.column) for problem in found.problems] == [(3, "H")]


def test_a_frozen_record_is_corrected_on_the_screen(cast):
    record = factories.activity(cast.board, cast.commune, attendances=10)
    rows = rows_of(exported("activities", cast.officer))
    Activity.objects.filter(pk=record.pk).update(locked_at="2026-06-19T00:00Z")
    found = checked("activities", filled("activities", [rows[0] | {"attendances": 11}]), cast.officer)
    assert [problem.column for problem in found.problems] == ["B"]
    assert checked("activities", filled("activities", rows), cast.officer).counts == {Found.SAME: 1}


def test_a_reference_stands_in_one_row(cast, lists):
    rows = [activity_row(1, reference="MA1"), activity_row(2, reference="MA1")]
    found = checked("activities", filled("activities", rows), cast.officer)
    assert found.counts == {Found.NEW: 1, Found.WRONG: 1}


def test_too_few_models_are_refused_with_the_rows_above_counted(cast):
    kind = factories.model_kind()
    row = {"name": "Tổ 1", "kind": kind.name, "unit": "Xã Ba Thử", "quantity": 2}
    rows = [
        row | {"nature": ModelNature.NEW.label, "counted_on": date(2026, 3, 1)},
        row | {"nature": ModelNature.DISSOLVED.label, "counted_on": date(2026, 4, 1)},
        row | {"nature": ModelNature.DISSOLVED.label, "counted_on": date(2026, 5, 1), "quantity": 1},
    ]
    found = checked("model-events", filled("model-events", rows), cast.officer)
    assert found.counts == {Found.NEW: 2, Found.WRONG: 1}
    assert written("model-events", filled("model-events", rows[:2]), cast.officer).written == 2
    assert CommunityModel.objects.get().events.count() == 2


def test_less_disbursed_than_before_needs_the_tick(cast):
    factories.budget_entry(
        cast.board, cast.province, component=content(), nature=BudgetNature.DISBURSED, day=date(2026, 3, 1)
    )
    row = {
        "nature": BudgetNature.DISBURSED.label,
        "content": f"{content().code} {content().short_name}",
        "source": FundingSource.CENTRAL.label,
        "capital": CapitalNature.RECURRENT.label,
        "year": 2026,
        "amount_vnd": 999_999,
        "counted_on": date(2026, 6, 1),
    }
    assert checked("budget", filled("budget", [row]), cast.officer).counts == {Found.WRONG: 1}
    assert checked("budget", filled("budget", [row | {"lower_is_right": "x"}]), cast.officer).counts == {Found.NEW: 1}


def test_items_of_a_plan_that_was_sent_are_not_changed_by_a_file(cast):
    plan = fill_plan(cast)
    rows = rows_of(exported("plan-items", cast.officer))
    rows[0]["quantity"] = 41
    assert written("plan-items", filled("plan-items", rows), cast.officer).written == 1
    assert PlanItem.objects.get().parts.get().agency == cast.union
    plan.document.state = DocumentState.IN_REVIEW
    plan.document.save(update_fields=["state"])
    rows[0]["quantity"] = 42
    assert checked("plan-items", filled("plan-items", rows), cast.officer).counts == {Found.WRONG: 1}


# ---- agencies and people ----


def test_agencies_are_entered_and_corrected(cast):
    rows = rows_of(exported("agencies", cast.administrator))
    union = next(row for row in rows if row["symbol"] == "HLHPN")
    new = union | {"symbol": "MTTQ", "name": "Ủy ban Mặt trận", "short_name": "MTTQ", "since": date(2026, 1, 1)}
    union["short_name"] = "Hội PN"
    result = written("agencies", filled("agencies", [*rows, new]), cast.administrator)
    assert (result.counts[Found.NEW], result.counts[Found.CHANGED]) == (1, 1)
    assert cast.union.name_on(TODAY).short_name == "Hội PN"
    assert cast.union.names.get().history.count() == 2
    assert written("agencies", filled("agencies", [*rows, new]), cast.administrator).written == 0


def test_who_is_new_is_invited_once(cast):
    row = {
        "agency": None,
        "full_name": "Người Mới",
        "email": "Moi@example.vn",
        "role": MemberRole.OFFICER.label,
        "valid_from": date(2026, 7, 1),
    }
    keeper = factories.member(cast.board, MemberRole.ADMINISTRATOR)
    book = filled("users", [row])
    assert written("users", book, keeper).written == 1
    assert (Invitation.objects.get().email, Invitation.objects.get().on_paper) == ("moi@example.vn", True)
    assert written("users", book, keeper).counts == {Found.SAME: 1}


# ---- rights ----


@pytest.mark.parametrize("who", ["leader", "clerk", "administrator", "chair"])
def test_who_may_not_write_may_not_import(cast, lists, tmp_path, who):
    file = tmp_path / "tep.xlsx"
    file.write_bytes(filled("activities", [activity_row(1)]))
    with pytest.raises(CommandError):
        command("import_sheet", "activities", str(file), email=getattr(cast, who).email)
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("code", ["agencies", "users"])
def test_accounts_and_agencies_are_the_administrators(cast, tmp_path, code):
    with pytest.raises(CommandError):
        command("export_sheet", code, str(tmp_path / "x.xlsx"), email=cast.officer.email)


def test_another_agency_s_record_is_not_changed_by_its_reference(cast, lists):
    record = factories.activity(cast.union, cast.commune, reference="MA1")
    written("activities", filled("activities", [activity_row(1, reference="MA1")]), cast.officer)
    record.refresh_from_db()
    assert record.title == "Truyền thông thử"
    assert Activity.objects.get(owner=cast.board).reference == "MA1"


# ---- commands ----


def test_commands_write_a_template_check_import_and_export(cast, lists, tmp_path):
    factories.period()
    template, out = tmp_path / "mau.xlsx", tmp_path / "xuat.xlsx"
    assert command("sheet_template", "activities", str(template))[0] == 0
    file = tmp_path / "tep.xlsx"
    file.write_bytes(filled("activities", [activity_row(1), activity_row(2, starts_on=date(2025, 1, 8))]))
    email = {"email": cast.officer.email}
    assert command("import_sheet", "activities", str(file), **email, dry_run=True)[0] == 0
    assert Activity.objects.count() == 0
    assert command("import_sheet", "activities", str(file), **email)[0] == 0
    assert command("export_sheet", "activities", str(out), **email, period="2026-H1")[0] == 0
    assert [row["title"] for row in rows_of(out.read_bytes())] == ["Truyền thông lần 1"]


def test_the_template_is_a_file_without_rows_that_offers_its_lists(cast, lists):
    book = template_of(sheet("activities", cast.officer).prepare())
    grid = grid_of(book)
    assert (grid[0][0], grid[1][2], grid[2][0]) == ("phoi-hop:activities:1", "Tên hoạt động *", "VÍ DỤ")
    assert any("Truyền thông" in line for line in grid_of(book, 1))
    assert checked("activities", book, cast.officer).total == 0


def test_text_that_begins_like_a_formula_stays_text(cast, lists):
    titles = ["=1+1", "+84 905", "-1", "@SUM(A1)"]
    written("activities", filled("activities", [activity_row(1, title=title) for title in titles]), cast.officer)
    assert sorted(Activity.objects.values_list("title", flat=True)) == sorted(titles)
    assert sorted(row["title"] for row in rows_of(exported("activities", cast.officer))) == sorted(titles)
    assert b"<f>" not in sheet_xml(exported("activities", cast.officer))


def sheet_xml(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml")


# ---- queries ----


def queries(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


@pytest.mark.parametrize("code", ["activities", "model-events", "budget"])
def test_a_thousand_rows_ask_as_often_as_ten(cast, lists, code):
    """Checked, and written but for the statements of a batch, which grow with its rows."""
    make = {"activities": activity_row, "model-events": model_row, "budget": money_row}[code]
    factories.model_kind(), content()
    few = filled(code, [make(number) for number in range(10)])
    many = filled(code, [make(number) for number in range(1000)])
    checked(code, few, cast.officer)  # what the person may read is asked once
    few_asked = queries(lambda: checked(code, few, cast.officer))
    assert checked(code, many, cast.officer).counts == {Found.NEW: 1000}
    assert queries(lambda: checked(code, many, cast.officer)) == few_asked
    assert few_asked <= 40


def model_row(number):
    return {
        "name": f"Tổ {number}",
        "kind": factories.model_kind().name,
        "unit": "Xã Ba Thử",
        "nature": ModelNature.NEW.label,
        "counted_on": date(2026, 3, 1),
    }


def money_row(number):
    return {
        "nature": BudgetNature.ALLOCATED.label,
        "content": f"{content().code} {content().short_name}",
        "source": FundingSource.CENTRAL.label,
        "capital": CapitalNature.RECURRENT.label,
        "year": 2026,
        "amount_vnd": 1_000_000 + number,
        "counted_on": date(2026, 6, 1),
    }
