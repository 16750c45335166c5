"""The workbook read back: the tables of the paper cell by cell, exact numbers, codes, origin; and never a formula."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coordination.manuscript import Box, Cell, Column, Listing, Manuscript, Paragraph, Span, Table
from reports.typeset.profile import PrintRefused
from reports.typeset.sheet_data import FIGURES, coded_numbers
from reports.typeset.sheet_numbers import printed_value, sheet_number
from reports.typeset.xlsx import render_xlsx
from tests.typeset.factories import DRAFT, ISSUED, columns, list_annex, p, report, row
from tests.typeset.workbooks import ReadBook

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "value", "written", "shown"),
    [
        ("412", 412, 412, "#,##0"),
        ("khoảng 13.068", 13068, 13068, '"khoảng "#,##0'),
        ("54,7%", 54.736842, 54.736842, '#,##0.0"%"'),
        ("giảm 12", -12, -12, '#,##0;"giảm "#,##0'),
        ("tăng 46", 46.0, 46, '"tăng "#,##0'),
        ("4.278,5", 4_278_500_000, 4278.5, "#,##0.0"),
        ("tăng 693,6", 693_600_000, 693.6, '"tăng "#,##0.0'),
        ("−3", -3, -3, '#,##0;"−"#,##0'),
        ("0", 0, 0, "#,##0"),
    ],
)
def test_a_printed_number_keeps_its_value_and_its_words(text, value, written, shown):
    number = sheet_number(text, value)
    assert (number.value, number.shown) == (written, shown)


@pytest.mark.parametrize(
    ("text", "value"), [("16/19", 16), ("bằng", 0), ("412", None), ("411", 412), ("chưa có số liệu", None), ("", 1)]
)
def test_what_says_something_else_than_its_value_stays_text(text, value):
    assert sheet_number(text, value) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("05", 5),
        ("gần 1.200", 1200),
        ("giảm 4,5%", -4.5),
        ("4.278,5 triệu đồng", 4278.5),
        ("16/19", None),
        ("…", None),
    ],
)
def test_a_number_in_a_sentence_is_read_back(text, value):
    assert printed_value(text) == value


def book_of(manuscript, stamp=ISSUED):
    return ReadBook(render_xlsx(manuscript, stamp))


def one_table(*rows, cols=(("Nội dung", 60, "left"), ("Số", 30)), **changes):
    return report(blocks=(Table("t", columns(*cols), tuple(rows), caption="Bảng 1. Thử"),), annexes=(), **changes)


def test_one_sheet_a_table_then_numbers_charts_and_origin():
    assert book_of(report()).names == [
        "Bảng 1", "Phụ lục I", "Phụ lục II", "Phụ lục III", "Số liệu", "Số liệu hình", "Nguồn gốc",
    ]  # fmt: skip


def test_sheet_names_are_unique_and_such_as_excel_takes():
    table = Table("t", columns(("A", 60, "left")), (row("x"),), caption="Bảng 1. Một")
    annex = replace(list_annex(3), number="I [x]/*?:", blocks=(table, replace(table, key="u")))
    names = book_of(report(blocks=(table, replace(table, key="v")), annexes=(annex,))).names
    assert names[:4] == ["Bảng 1", "Bảng 1 (2)", "Phụ lục I  x", "Phụ lục I  x (2)"]
    assert all(len(name) <= 31 for name in names)


def test_every_cell_of_every_table_is_there():
    manuscript = report()
    book = book_of(manuscript)
    tables = [block for block in manuscript.all_blocks() if isinstance(block, Table)]
    for name, table in zip(book.names, tables, strict=False):
        body = book.rows(name)[-len(table.rows) - bool(table.legend) :][: len(table.rows)]
        assert body == [[cell.text for cell in one.cells if cell.text] for one in table.rows]
        said = " ".join(text for line in book.rows(name) for text in line)
        assert all(words in said for words in (table.unit, table.legend, *(one.title for one in table.columns)))


def test_what_people_typed_is_never_a_formula():
    typed = ['=HYPERLINK("http://x","y")', "+84 901", "-1+1", "@SUM(A1)", "\tx", "\rx", "＝1+1", "http://example.vn"]
    book = book_of(one_table(*(row(one, "1") for one in typed)))
    cells = book.cells("Bảng 1")  # fails on any formula
    found = {cell.value: cell.quoted for cell in cells.values() if isinstance(cell.value, str)}
    for one in typed:
        said = one.replace("\r", "_x000D_") if "\r" in one else one
        assert said in found or one in found
        assert found.get(one, found.get(said)) is (not one.startswith("http"))


def test_letters_no_paper_can_hold_are_dropped():
    assert book_of(one_table(row("a\x00b\x1bc", "1"))).rows("Bảng 1")[2][0] == "abc"


def test_the_printout_is_a4_with_its_head_repeated():
    book = book_of(report())
    for name, across in (("Bảng 1", False), ("Phụ lục III", True)):
        sheet = book.sheet_xml(name)
        page = next(one for one in sheet if one.tag.endswith("pageSetup"))
        assert page.get("paperSize") == "9"
        assert page.get("orientation") == ("landscape" if across else "portrait")
        assert any(one.get("state") == "frozen" for one in sheet.iter() if one.tag.endswith("pane"))
    names = book.parts.read("xl/workbook.xml").decode()
    assert "_xlnm.Print_Titles" in names


def listing(rows):
    cols = (Column("TT", 10, "center"), Column("Tên", 80, "left"), Column("Lượt người", 20))
    lines = tuple(f"{number}\t=Buổi {number}\tkhoảng {number + 1}.000" for number in range(1, rows + 1))
    return Listing(cols, lines, unit="Đơn vị tính: lượt người", legend="Mỗi dòng một hoạt động.")


def test_a_list_too_long_for_the_paper_stands_here_in_full():
    box = Box("list", (Span("Danh mục có 501 dòng nên không in tại đây."),), listing(501))
    annex = replace(list_annex(3), blocks=(box,))
    manuscript = report(annexes=(annex,))
    assert Manuscript.from_json(json.loads(json.dumps(manuscript.to_json()))) == manuscript
    rows = book_of(manuscript).rows("Phụ lục III")
    assert len([line for line in rows if line[0].isdecimal()]) == 501
    assert rows[1] == ["Danh mục có 501 dòng nên không in tại đây."]
    assert rows[-2] == ["501", "=Buổi 501", "khoảng 502.000"]
    assert rows[-1] == ["Mỗi dòng một hoạt động."]
    cells = book_of(manuscript).cells("Phụ lục III")
    assert 502_000.0 in [cell.value for cell in cells.values()]


def test_a_box_without_a_list_keeps_the_hash_it_had():
    plain = Box("box", (Span("Chữ"),))
    assert "listing" not in report(blocks=(plain,)).to_json()["blocks"][0]


def test_a_number_has_its_code_axes_period_unit_and_exact_value():
    share = Cell("54,7%", 54.736842, "activities.women_share?content=P8.1&window=last_year")
    told = Paragraph("p", (Span("gần 1.200", "activities.attendances?window=now"), Span(" lượt")))
    meta = {"period": "2026-H1", FIGURES: json.dumps({"activities.women_share": ["Tỷ lệ nữ", "%"]})}
    manuscript = replace(one_table(row("Nội dung 1", share), meta=meta), blocks=(
        told, *one_table(row("Nội dung 1", share)).blocks))  # fmt: skip
    rows = book_of(manuscript).rows("Số liệu")
    assert rows[1:] == [
        ["activities.attendances", "kỳ báo cáo", "2026-H1", "1.200", "gần 1.200", "p"],
        ["activities.women_share", "Tỷ lệ nữ", "content=P8.1", "cùng kỳ năm trước", "2026-H1", "%", "54,736842",
         "54,7%", "t"],
    ]  # fmt: skip


def test_a_number_printed_twice_has_one_line_with_its_exact_value():
    ref = "money.disbursed?window=now"
    told = p("p", "chi ")
    told = replace(told, spans=(*told.spans, Span("4.278,5 triệu đồng", ref)))
    table = one_table(row("Tổng", Cell("4.278,5", 4_278_549_000, ref))).blocks
    numbers = coded_numbers(report(blocks=(told, *table), annexes=()))
    assert [(one.code, one.value, one.printed) for one in numbers] == [("money.disbursed", 4_278_549_000, "4.278,5")]


def test_the_origin_says_which_paper_it_is():
    approved = datetime(2026, 6, 15, 3, 4, tzinfo=UTC)
    stamp = replace(ISSUED, version=2, approved_at=approved, code="ab12", address="https://x.vn/v/ab12/")
    manuscript = report(sample=True, meta={"period": "2026-H1", "scope": "province"})
    told = dict(line for line in book_of(manuscript, stamp).rows("Nguồn gốc") if len(line) == 2)
    assert told["Số, ký hiệu"] == "87/BC-SDTTG"
    assert told["SHA-256 của nội dung"] == manuscript.sha256()
    assert (told["Phiên bản"], told["Duyệt lúc"]) == ("2", "10:04 ngày 15/06/2026")
    assert told["Phạm vi tính"] == "ghi chép của cả tỉnh"
    assert told["Mã kiểm tra"] == "ab12"
    assert "không phải số liệu thật" in told["Dữ liệu"]


def test_a_draft_says_so_on_every_printed_page():
    book = book_of(report(sample=True), DRAFT)
    assert "DỰ THẢO - DỮ LIỆU MẪU" in book.parts.read("xl/worksheets/sheet1.xml").decode()
    told = dict(line for line in book.rows("Nguồn gốc") if len(line) == 2)
    assert (told["Tình trạng"], told["Phiên bản"]) == ("dự thảo", "chưa duyệt")
    assert "Số, ký hiệu" not in told


def test_the_same_paper_is_the_same_bytes_at_another_time():
    first = render_xlsx(report(sample=True), DRAFT)
    time.sleep(2.1)  # a zip notes times in steps of two seconds
    assert render_xlsx(report(sample=True), DRAFT) == first
    assert render_xlsx(report(sample=True), ISSUED) != first


def test_an_unknown_profile_is_refused():
    with pytest.raises(PrintRefused):
        render_xlsx(report(profile="unknown"), DRAFT)
