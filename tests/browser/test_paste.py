"""Cells copied in Excel go into the grids of readings and of money; what has no field is left out and said."""

from datetime import date

import pytest
from django.utils import timezone

from programs.models import BudgetEntry, Indicator, Measurement
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, scrolls_sideways, sign_in

DAY = "14/12/2025"
READINGS = f"/indicators/readings/?day={DAY}"
MONEY = f"/budget/readings/?year=2025&day={DAY}"


@pytest.fixture
def grid(opened, lists, cast):
    """`grid(address)`: the page opened by the officer, in a browser that may read what was copied."""

    def open_grid(address, viewport=DESKTOP):
        page = opened(viewport, permissions=["clipboard-read", "clipboard-write"])
        sign_in(page, cast.officer)
        page.goto(address)
        return page

    return open_grid


def paste(page, cell, *lines):
    """As Excel copies: tabs between cells, a line end after each row."""
    page.evaluate("text => navigator.clipboard.writeText(text)", "".join(f"{line}\r\n" for line in lines))
    cell.focus()
    page.keyboard.press("Control+v")


def first_name_in(row):
    return row.locator("input, select").first.get_attribute("name")


def numbers(page, prefix="numerator"):
    """What stands in the column, row after row."""
    return [field.input_value() for field in page.locator(f"[name$=-{prefix}]").all()]


def test_a_block_is_filled_in_and_saved_as_typed(grid):
    page = grid(READINGS)
    first = page.locator("[name$=-numerator]").first
    prefix = first.get_attribute("name").removesuffix("numerator")
    paste(page, first, "620\t1.000\t\tước\tBáo cáo 12/BC-SNV")
    said = page.locator("[data-paste-report]")
    assert "Số ô đã điền: 4. Chưa lưu gì cả." in said.inner_text()
    assert "bỏ qua" not in said.inner_text()
    shown = {
        name: page.locator(f"[name={prefix}{name}]").input_value() for name in ("numerator", "denominator", "value")
    }
    assert shown == {"numerator": "620", "denominator": "1.000", "value": ""}
    assert not Measurement.objects.exists()
    page.get_by_role("button", name="Lưu tất cả").click()
    page.get_by_text(f"Đã lưu 1 số của ngày {DAY}").wait_for()
    reading = Measurement.objects.get()
    assert (reading.numerator, reading.denominator, reading.nature) == (620, 1000, "estimate")
    assert reading.source_text == "Báo cáo 12/BC-SNV"


def test_rates_lose_their_sign_and_rows_follow_downwards(grid):
    page = grid(READINGS)
    rates = page.locator("input[data-percent]")
    top = page.locator("tr[data-paste-row]:has(input[data-percent])").first
    below = top.locator("xpath=following::tr[@data-paste-row][1]")
    paste(page, rates.first, "62,5%", "1.234,5")
    assert rates.first.input_value() == "62,5"
    beside = below.locator("[name$=-value]")
    assert beside.input_value() == "1.234,5"
    assert beside.get_attribute("data-percent") is not None


def test_frozen_rows_keep_their_place_and_what_has_no_field_is_counted(grid, cast):
    page = grid(READINGS)
    names = [first_name_in(row) for row in page.locator("tr[data-paste-row]").all()]
    at = next(at for at in range(len(names)) if all(name.endswith("-0-numerator") for name in names[at : at + 3]))
    frozen = Indicator.objects.get(pk=int(names[at + 1][1:].split("-")[0]))
    factories.measurement(cast.board, cast.province, date(2025, 12, 14), indicator=frozen, value=84)
    Measurement.objects.update(locked_at=timezone.now())
    page.reload()
    assert page.locator(f"[name={names[at + 1]}]").count() == 0
    paste(page, page.locator(f"[name={names[at]}]"), "1", "2", "3")
    assert [page.locator(f"[name={name}]").input_value() for name in (names[at], names[at + 2])] == ["1", "3"]
    said = page.locator("[data-paste-report]").inner_text()
    assert "Số ô đã điền: 2." in said
    assert "danh sách chọn: 1." in said


def test_what_was_pasted_can_be_taken_back(grid):
    page = grid(READINGS)
    first = page.locator("[name$=-numerator]").first
    first.fill("7")
    before = numbers(page)
    paste(page, first, "1\t2", "3\t4")
    assert numbers(page) != before
    page.get_by_role("button", name="Bỏ phần vừa dán").click()
    assert numbers(page) == before
    assert page.locator("[data-paste-report]").is_hidden()


def test_one_value_is_pasted_as_everywhere(grid):
    page = grid(READINGS)
    first = page.locator("[name$=-numerator]").first
    first.fill("12")
    first.press("End")
    paste(page, first, "34")
    assert first.input_value() == "1234"
    assert page.locator("[data-paste-report]").is_hidden()


def test_money_of_several_contents_and_sources(grid):
    page = grid(MONEY)
    fields = page.locator("form [data-paste-cell] input:not([type=hidden])")
    paste(page, fields.first, "1.250.000\t2.000.000", "3.000.000\t")
    assert [fields.nth(at).input_value() for at in (0, 1, 4, 5)] == ["1.250.000", "2.000.000", "3.000.000", ""]
    page.get_by_role("button", name="Lưu tất cả").click()
    page.wait_for_url("**/budget/?**")
    amounts = BudgetEntry.objects.order_by("amount_vnd").values_list("amount_vnd", flat=True)
    assert list(amounts) == [1_250_000, 2_000_000, 3_000_000]


def test_cells_quoted_by_excel(grid):
    page = grid(READINGS)
    source = page.locator("[name$=-source_text]").first
    paste(page, source, '"Báo cáo ""năm""\nSở Nội vụ"', "Sở Y tế")
    assert source.input_value() == 'Báo cáo "năm" Sở Nội vụ'
    assert page.locator("[name$=-source_text]").nth(1).input_value() == "Sở Y tế"


def test_on_a_phone_nothing_is_wider_than_the_screen(grid):
    page = grid(READINGS, PHONE)
    paste(page, page.locator("[name$=-numerator]").first, "1\t2\tx\tkhông có\ty\tz")
    assert not scrolls_sideways(page)


def test_without_scripts_nothing_speaks_of_pasting(opened, lists, cast):
    page = opened(DESKTOP, java_script_enabled=False)
    sign_in(page, cast.officer)
    page.goto(READINGS)
    assert page.locator(".needs-script").is_hidden()
    assert page.locator("[data-paste-report]").is_hidden()
    page.locator("[name$=-numerator]").first.fill("62")
    page.locator("[name$=-denominator]").first.fill("100")
    page.get_by_role("button", name="Lưu tất cả").click()
    page.get_by_text(f"Đã lưu 1 số của ngày {DAY}").wait_for()
    assert Measurement.objects.get().numerator == 62
