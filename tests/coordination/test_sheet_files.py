"""Files people bring as sheets: each bad one is refused with what to do, before anything is read or written."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from coordination.sheets.declared import SHEETS
from coordination.sheets.old_fonts import in_unicode, old_font_of
from coordination.sheets.printing import annotated, template_of
from coordination.sheets.workbook import check_workbook, letters, read_table
from coordination.uploads import FileRefused
from tests.programs.sheet_files import filled, grid_of


def taken(content):
    checked = check_workbook(SimpleUploadedFile("tep.xlsx", content))
    return read_table(checked.content, SHEETS["users"](None))


def refusal(content):
    with pytest.raises(FileRefused) as refused:
        taken(content)
    return refused.value.for_people()


def with_part(content, name, data, **options):
    """The workbook with one of its files replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry.filename))
        new.writestr(name, data, **options)
    return out.getvalue()


def sheet_data(rows):
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + rows + b"</sheetData></worksheet>"


@pytest.fixture
def book():
    return filled("users", [{"full_name": "Người Một", "email": "mot@example.vn"}])


SHEET = "xl/worksheets/sheet1.xml"


def test_a_filled_template_is_read_with_its_row_numbers(book):
    table = taken(book)
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, {"full_name": "Người Một", "email": "mot@example.vn"})
    ]
    assert table.letter_of("email") == "D"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ho va ten;email", "Word"),
        (b"%PDF-1.7 no pdf", "PDF"),
        (b"PK\x03\x04 cut off", "hỏng"),
        (b"", "rỗng"),
    ],
)
def test_what_is_no_excel_file_is_refused(content, said):
    assert said in refusal(content)


def test_a_word_file_by_another_name_is_refused(book):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert ".xlsx" in refusal(out.getvalue())


def test_a_file_too_large_is_not_read(book, settings):
    settings.UPLOAD_MAX_MB = 0
    assert "MB" in refusal(book)


def test_a_bomb_is_refused_by_its_sizes(book):
    assert "giải nén" in refusal(with_part(book, "xl/media/x.bin", b"\0" * 20_000_000))


def test_a_bomb_that_lies_about_its_size_is_refused(book):
    bomb = bytearray(with_part(book, SHEET, sheet_data(b" " * 60_000_000)))
    at = bomb.rindex(SHEET.encode()) - 46 + 24  # the size unpacked, in the list of contents
    bomb[at : at + 4] = (100).to_bytes(4, "little")
    assert "hỏng" in refusal(bytes(bomb))


def test_too_many_files_inside_are_refused(book):
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(600):
            archive.writestr(f"xl/x{number}", "")
    assert "giải nén" in refusal(out.getvalue())


def test_a_million_empty_rows_are_read_at_once(book):
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        text = archive.read(SHEET).decode()
    empty = "".join(f'<row r="{number}"/>' for number in range(4, 1_048_577))
    content = with_part(book, SHEET, text.replace("</sheetData>", f"{empty}</sheetData>").encode())
    assert len(taken(content).rows) == 1


@pytest.mark.parametrize("cell", ["A1048576", "D40000"])
def test_a_cell_far_down_is_refused_before_a_table_that_long_is_made(book, cell):
    row = cell.lstrip("AD")
    data = sheet_data(f'<row r="{row}"><c r="{cell}" t="n"><v>1</v></c></row>'.encode())
    assert "20.000" in refusal(with_part(book, SHEET, data))


def test_a_cell_far_to_the_right_is_refused(book):
    data = sheet_data(b'<row r="5"><c r="XFD5" t="n"><v>1</v></c></row>')
    assert "bên phải" in refusal(with_part(book, SHEET, data))


def test_entities_are_not_expanded(book):
    data = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + sheet_data(b"")
    assert "hỏng" in refusal(with_part(book, SHEET, data))


def test_another_template_is_named():
    said = refusal(template_of(SHEETS["agencies"](None)))
    assert "Cơ quan" in said


def test_a_file_without_our_template_is_refused():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as other:
        other.add_worksheet().write_row(0, 0, ["Họ tên", "Email"])
    assert "không theo mẫu" in refusal(out.getvalue())


def test_a_template_of_another_version_or_without_columns_is_refused(book):
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        strings = archive.read("xl/sharedStrings.xml")
    old = strings.replace(b"phoi-hop:users:1", b"phoi-hop:users:0")
    assert "phiên bản cũ" in refusal(with_part(book, "xl/sharedStrings.xml", old))
    cut = strings.replace(b">email<", b">thu<")
    assert "Thư điện tử" in refusal(with_part(book, "xl/sharedStrings.xml", cut))


def test_columns_may_be_moved_and_added(book):
    """The hidden row says which is which; a column of one's own is kept in the file given back."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as moved:
        place = moved.add_worksheet("Khác")
        place.write_row(0, 0, ["phoi-hop:users:1", "email", "", "full_name", "role", "valid_from"])
        place.write_row(1, 0, ["", "Email", "Ghi chú riêng", "Họ tên", "Vai trò", "Từ"])
        place.write_row(2, 0, ["", "mot@example.vn", "của tôi", "Người Một", "", ""])
    table = taken(out.getvalue())
    assert table.rows[0].cells == {"email": "mot@example.vn", "full_name": "Người Một"}
    given = grid_of(annotated(SHEETS["users"](None), table, {3: [("email", "Địa chỉ sai")]}))
    assert given[1][2] == "Ghi chú riêng"
    assert given[2][:4] == ["Thư điện tử: Địa chỉ sai", "mot@example.vn", "của tôi", "Người Một"]


def test_the_file_given_back_can_be_sent_again(book):
    table = taken(book)
    back = annotated(SHEETS["users"](None), table, {3: [("email", "Sai")]})
    with zipfile.ZipFile(io.BytesIO(back)) as archive:
        assert any(name.startswith("xl/comments") for name in archive.namelist())
    assert [row.cells for row in taken(back).rows] == [row.cells for row in table.rows]


def test_the_example_row_is_never_imported():
    book = template_of(SHEETS["users"](None))
    table = taken(book)
    assert (table.rows, table.samples) == ([], 1)


def test_days_and_numbers_stay_what_they_are():
    book = filled("users", [{"full_name": "A", "valid_from": date(2026, 7, 1)}])
    assert taken(book).rows[0].cells["valid_from"] == date(2026, 7, 1)


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_excel_does(column, name):
    assert letters(column) == name


@pytest.mark.parametrize(
    ("typed", "font", "meant"),
    [
        ("Héi nghÞ ®èi tho¹i", "TCVN3", "Hội nghị đối thoại"),
        ("TruyÒn th«ng phßng chèng t¶o h«n", "TCVN3", "Truyền thông phòng chống tảo hôn"),
        ("Hoäi nghò ñoái thoaïi", "VNI", "Hội nghị đối thoại"),
        ("Taäp huaán kyõ naêng", "VNI", "Tập huấn kỹ năng"),
    ],
)
def test_old_fonts_are_known_and_read(typed, font, meant):
    assert (old_font_of(typed), in_unicode(typed, font)) == (font, meant)


@pytest.mark.parametrize(
    "text",
    [
        "Hội nghị đối thoại",
        "Quý hoà",
        "10 m²",
        "Tuyên truyền “Phòng, chống”",
        "hòa, thủy, tố cáo",
        "ASCII",
        "Ô tô, xã Ý",
    ],
)
def test_text_of_today_is_left_alone(text):
    assert old_font_of(text) == ""
