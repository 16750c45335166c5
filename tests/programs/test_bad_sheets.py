"""Bad files and bad cells, on the screen and by the command: each is named, with what to do; nothing is written."""

import io
import re
import uuid
import zipfile
from datetime import date, timedelta
from http import HTTPStatus

import pytest
import time_machine
import xlsxwriter
from django.core.management import CommandError
from django.urls import reverse

from coordination.models import ImportRun
from coordination.sheets.declared import SHEETS
from coordination.sheets.printing import Printed, template_of
from programs.enums import BudgetNature, CapitalNature, ComponentKind, FundingSource
from programs.models import Activity, BudgetEntry, Measurement, Target
from tests import factories
from tests.coordination.test_sheet_files import SHEET, sheet_data, with_part
from tests.programs.sheet_files import command, filled, grid_of, upload
from tests.programs.test_sheets import activity_row

pytestmark = pytest.mark.django_db
MERGER = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(date(2026, 6, 20), tick=False):
        yield


@pytest.fixture
def officer(cast, client):
    factories.activity_kind()
    factories.component()
    client.force_login(cast.officer)
    return client


def send(client, content, code="activities"):
    data = {"file": upload(content), "form_token": str(uuid.uuid4())}
    return client.post(reverse("coordination:import_create", args=[code]), data)


def by_command(cast, content, folder, code="activities"):
    file = folder / "tep.xlsx"
    file.write_bytes(content)
    return command("import_sheet", code, str(file), email=cast.officer.email)


# ---- files that are not read ----


def book(**cells):
    return filled("activities", [activity_row(1, **cells)])


def text_of(content, part):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(part).decode()


def of_an_earlier_version():
    strings = text_of(book(), "xl/sharedStrings.xml").replace("phoi-hop:activities:1", "phoi-hop:activities:0")
    return with_part(book(), "xl/sharedStrings.xml", strings.encode())


def with_formulas(*cells):
    """As a program writes them that works nothing out."""
    text = text_of(book(), SHEET)
    for name in cells:
        text = re.sub(rf'<c r="{name}"[^>]*>.*?</c>', f'<c r="{name}"><f>1+1</f><v></v></c>', text)
    return with_part(book(), SHEET, text.encode())


def with_merged(*areas):
    text = text_of(book(), SHEET)
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return with_part(book(), SHEET, text.replace("</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>"))


def without_our_template():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as other:
        other.add_worksheet().write_row(0, 0, ["Tên hoạt động", "Ngày"])
    return out.getvalue()


BAD_FILES = {
    "text": (lambda: "ten;ngay\nHội nghị;8/6/2026".encode(), "Word, Excel"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50 + b"IEND", "không phải tệp Excel"),
    "cut off": (lambda: book()[:2000], "hỏng"),
    "31 MB": (lambda: book() + b"\0" * 31 * 1024 * 1024, "Hãy chép các dòng sang một mẫu mới"),
    "a bomb": (lambda: with_part(book(), "xl/media/x.bin", b"\0" * 40_000_000), "giải nén"),
    "cells to the last row": (
        lambda: with_part(book(), SHEET, sheet_data(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
        "1.048.576",
    ),
    "no template": (without_our_template, "không theo mẫu"),
    "another template": (lambda: template_of(SHEETS["budget"](None)), "Kinh phí"),
    "an earlier version": (of_an_earlier_version, "phiên bản cũ"),
    "formulas without a result": (lambda: with_formulas("L3", "M3"), "L3, M3"),
    "merged keys": (lambda: with_merged("C1:D1"), "C1:D1"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_by_one_sentence(officer, cast, tmp_path, name):
    make, said = BAD_FILES[name]
    content = make()
    answer = send(officer, content)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    (error,) = answer.context["form"].errors["file"]
    assert said in error
    assert 'href="#id_file"' in answer.text
    with pytest.raises(CommandError, match=re.escape(error)):
        by_command(cast, content, tmp_path)
    assert ImportRun.objects.count() == Activity.objects.count() == 0


def test_a_million_empty_rows_and_a_merged_header_are_no_fault(officer, cast, tmp_path):
    text = text_of(with_merged("C2:E2"), SHEET)
    empty = "".join(f'<row r="{number}"/>' for number in range(4, 1_048_577))
    content = with_part(book(), SHEET, text.replace("</sheetData>", f"{empty}</sheetData>").encode())
    send(officer, content)
    run = ImportRun.objects.get()
    assert (run.rows_total, run.rows_new, run.rows_wrong) == (1, 1, 0)
    assert by_command(cast, content, tmp_path)[0] == 0
    assert Activity.objects.get().title == "Truyền thông lần 1"


def test_results_of_formulas_are_read(officer, cast, tmp_path):
    """Of an empty text, too, which means not stated."""
    text = re.sub(r'<c r="L3"[^>]*>.*?</c>', '<c r="L3"><f>SUM(A1:A2)</f><v>112</v></c>', text_of(book(), SHEET))
    text = re.sub(r'<c r="X3"[^>]*>.*?</c>', '<c r="X3" t="str"><f>IF(1,"")</f><v></v></c>', text)
    code, _lines = by_command(cast, with_part(book(), SHEET, text.encode()), tmp_path)
    assert (code, Activity.objects.get().attendances) == (0, 112)


# ---- cells that are wrong ----


def named(cast, client, tmp_path, content, code="activities"):
    """The lines of the command; the page and the file given back say the same of each row."""
    ended, lines = by_command(cast, content, tmp_path, code)
    send(client, content, code)
    run = ImportRun.objects.latest("pk")
    page = client.get(reverse("coordination:import_detail", args=[run.uid]), {"rows": "wrong"})
    told = {problem["text"] for row in page.context["rows"] for problem in row["problems"]}
    assert {line.partition(": ")[2] for line in lines} == told
    assert (ended, run.rows_written) == (1, 0)
    assert client.get(reverse("coordination:import_annotated", args=[run.uid])).status_code == HTTPStatus.OK
    return lines


BAD_CELLS = {
    "women over all": ({"women": 101}, "M", "Số nữ (101)"),
    "minority women over women": ({"women": 20, "minority_women": 25}, "O", "25"),
    "end before start": ({"ends_on": date(2026, 6, 1)}, "G", "trước"),
    "no such day": ({"starts_on": "31/06/2026"}, "F", "31/6/2026"),
    "month first": ({"starts_on": "06/20/2026"}, "F", "20/06/2026"),
    "a day in words": ({"starts_on": "giữa tháng sáu"}, "F", "08/06/2026"),
    "a day ahead": ({"starts_on": date(2026, 12, 31)}, "F", ""),
    "a year ago a hundred": ({"starts_on": "08/06/1926"}, "F", "1926"),
    "a fraction of people": ({"attendances": "1.234,5"}, "L", "số nguyên"),
    "a number read in two ways": ({"attendances": "1.5"}, "L", "1500"),
    "a comma read in two ways": ({"attendances": "1,234"}, "L", "1234"),
    "half a person": ({"attendances": 100.5}, "L", "số nguyên"),
    "money below zero": ({"cost_central": -5}, "X", "0"),
    "TCVN3": ({"title": "Héi nghÞ ®èi tho¹i"}, "C", "Hội nghị đối thoại"),
    "VNI": ({"title": "Hoäi nghò ñoái thoaïi"}, "C", "Hội nghị đối thoại"),
    "a broken formula": ({"attendances": "#REF!"}, "L", "#REF!"),
    "no such place": ({"unit": "Xã Không Có"}, "H", ""),
    "no such kind": ({"kind": "Không có loại này"}, "D", "danh sách"),
    "nothing where something must stand": ({"title": ""}, "C", ""),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_is_named_with_what_to_do(officer, cast, tmp_path, name):
    cells, column, said = BAD_CELLS[name]
    lines = named(cast, officer, tmp_path, filled("activities", [activity_row(1), activity_row(2, **cells)]))
    at_cell = [line for line in lines if line.startswith(f"activities 4 {column}: ")]
    assert any(said in line for line in at_cell)
    assert all(line.startswith("activities 4 ") for line in lines)
    assert Activity.objects.count() == 0


def test_a_place_that_did_not_exist_that_day_is_named(officer, cast, tmp_path):
    factories.commune(cast.province, "Ba Cũ", valid_to=MERGER - timedelta(1))
    rows = [activity_row(1, unit="Xã Ba Cũ"), activity_row(2, unit="Xã Ba Cũ", starts_on=date(2025, 6, 8))]
    assert [line.split(":")[0] for line in named(cast, officer, tmp_path, filled("activities", rows))] == [
        "activities 3 H"
    ]


def test_merged_cells_of_rows_are_named_each(officer, cast, tmp_path):
    rows = [activity_row(1), activity_row(2, kind=None), activity_row(3, kind=None)]
    text = text_of(content := filled("activities", rows), SHEET)
    merged = '</sheetData><mergeCells><mergeCell ref="D3:D5"/></mergeCells>'
    lines = named(cast, officer, tmp_path, with_part(content, SHEET, text.replace("</sheetData>", merged).encode()))
    assert [line.partition(":")[0] for line in lines] == ["activities 4 D", "activities 5 D"]
    assert all("D3" in line for line in lines)
    assert Activity.objects.count() == 0


def test_money_below_zero_is_named_in_the_sheet_of_money(officer, cast, tmp_path):
    content = factories.component("P8.1", kind=ComponentKind.CONTENT, short_name="Nội dung 1")
    row = {
        "nature": BudgetNature.ALLOCATED.label, "content": f"{content.code} {content.short_name}",
        "source": FundingSource.CENTRAL.label, "capital": CapitalNature.RECURRENT.label, "year": 2026,
        "counted_on": date(2026, 6, 1),
    }  # fmt: skip
    rows = [row | {"amount_vnd": -1}, row | {"amount_vnd": "-1.000.000"}, row | {"amount_vnd": 5}]
    lines = named(cast, officer, tmp_path, filled("budget", rows), "budget")
    column = chr(ord("A") + list(SHEETS["budget"](None).columns).index("amount_vnd") + 1)
    assert [line.partition(":")[0] for line in lines] == [f"budget 3 {column}", f"budget 4 {column}"]
    assert BudgetEntry.objects.count() == 0


# ---- as people write days and numbers ----


@pytest.mark.parametrize(
    "typed",
    ["8/6/2026", "08-06-2026", "8.6.26", "08062026", "2026-06-08", "ngày 8 tháng 6 năm 2026", " 08/06/2026 "],
)
def test_days_as_text_are_read(officer, cast, tmp_path, typed):
    assert by_command(cast, book(starts_on=typed), tmp_path)[0] == 0
    assert Activity.objects.get().starts_on == date(2026, 6, 8)


@pytest.mark.parametrize("typed", ["1.234", "1 234", "1234", 1234, 1234.0])
def test_whole_numbers_as_text_are_read(officer, cast, tmp_path, typed):
    assert by_command(cast, book(attendances=typed), tmp_path)[0] == 0
    assert Activity.objects.get().attendances == 1234


@pytest.mark.parametrize("typed", ["1.234,5", "1 234,5", "1234,5", 1234.5])
def test_fractions_as_text_are_read(officer, cast, tmp_path, typed):
    indicator = factories.indicator(measured_in="người")
    Target.objects.create(indicator=indicator, year=2026, operator=">=", value=75)
    row = {"indicator": f"{indicator.code} {indicator.name}", "counted_on": date(2026, 6, 14), "value": typed}
    assert by_command(cast, filled("measurements", [row]), tmp_path, "measurements")[0] == 0
    assert float(Measurement.objects.get().value) == 1234.5


# ---- what goes out is text ----


@pytest.mark.parametrize("text", ["=1+1", "+84 905", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1"])
@pytest.mark.parametrize("look", ["", "bad", "doubt", "sample"])
def test_text_that_begins_like_a_formula_goes_out_as_quoted_text(text, look):
    """Stays text even when somebody edits the cell in Excel."""
    printed = Printed()
    printed.cell(printed.book.add_worksheet(), 0, 0, text, look)
    content = printed.content()
    cell = text_of(content, SHEET)
    styles = re.findall(r"<xf [^>]*", text_of(content, "xl/styles.xml").partition("<cellXfs")[2])
    assert "<f>" not in cell
    assert "quotePrefix" in styles[int(re.search(r' s="(\d+)"', cell)[1])]


EXPORTS = {
    "programs:activity_export": "",
    "programs:model_export": "",
    "programs:budget_export": "?year=2026",
    "programs:budget_number_export": "?year=2026&day=14/06/2026&source=own&what=allocated",
    "coordination:document_export": "?direction=out",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_list_taken_out_says_rows_filter_author_and_time(officer, name):
    grid = grid_of(officer.get(reverse(name) + EXPORTS[name]).content)
    said = [str(line[0]) for line in grid[1:4]]
    assert said[0] == "Số dòng: 0"
    assert said[1].startswith("Lọc: ")
    assert said[2] == "Người xuất: Chuyên viên A, 07:00 20/06/2026"


def test_readings_of_an_indicator_and_a_sheet_say_it_too(officer, cast):
    address = reverse("programs:measurement_export", args=[factories.indicator().code])
    said = [str(line[0]) for line in grid_of(officer.get(address).content)[1:4]]
    assert said == ["Số dòng: 0", "Lọc: Chỉ tiêu: Chỉ tiêu 1.1", "Người xuất: Chuyên viên A, 07:00 20/06/2026"]
    factories.activity(cast.board, cast.commune)
    book = officer.get(reverse("coordination:sheet_export", args=["activities"])).content
    said = [line[0] for line in grid_of(book, 2)]
    assert {"Số dòng: 1", "Lọc: không có", "Người xuất: Chuyên viên A, 07:00 20/06/2026"} <= set(said)


def test_the_command_says_which_days_it_took(cast, tmp_path):
    factories.period()
    out = tmp_path / "xuat.xlsx"
    command("export_sheet", "activities", str(out), email=cast.officer.email, period="2026-H1")
    assert "Lọc: Ngày: 15/12/2025 – 14/06/2026" in [line[0] for line in grid_of(out.read_bytes(), 2)]
