"""A file with forty wrong rows of five hundred: sent, given back with remarks, mended, sent again and written."""

import re
from pathlib import Path

import pytest

from programs.models import Activity
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, problems_of, scrolls_sideways, sign_in
from tests.programs.sheet_files import filled, grid_of, rows_of
from tests.programs.test_sheets import activity_row, wrong_cells

WRONG = {number * 12: wrong_cells(number) for number in range(40)}


@pytest.fixture
def file(transactional_db, cast, tmp_path):
    factories.activity_kind()
    path = tmp_path / "hoat-dong.xlsx"
    rows = [activity_row(number, **WRONG.get(number, {})) for number in range(500)]
    path.write_bytes(filled("activities", rows))
    return path


def mended(given: Path) -> bytes:
    """What the person does with the file that came back: the rows with a remark are written anew."""
    content = given.read_bytes()
    remarks = [line[0] for line in grid_of(content)[2:]]
    rows = [
        activity_row(number) if remark else row
        for number, (row, remark) in enumerate(zip(rows_of(content), remarks, strict=True))
    ]
    assert sum(map(bool, remarks)) == len(WRONG)
    return filled("activities", rows)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_file_is_mended_and_imported(opened, cast, file, tmp_path, viewport):
    page = opened(viewport)
    sign_in(page, cast.officer)
    page.goto("/activities/")
    page.get_by_role("link", name="Nhập từ Excel").click()
    send(page, file)
    page.get_by_text("40 dòng có lỗi. Chưa ghi gì vào sổ.").wait_for()
    assert not scrolls_sideways(page)
    assert problems_of(page) == []
    assert Activity.objects.count() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp có ghi chú lỗi").click()
    given = tmp_path / "loi.xlsx"
    download.value.save_as(given)
    file.write_bytes(mended(given))
    page.get_by_role("link", name="Chọn tệp khác").click()
    send(page, file)
    page.get_by_role("button", name=re.compile("Nhập 500 dòng")).press("Enter")
    page.get_by_text("Đã nhập 500 dòng.").wait_for()
    assert problems_of(page) == []
    assert Activity.objects.count() == 500


def send(page, file):
    page.set_input_files("input[name=file]", file)
    page.get_by_role("button", name="Kiểm tra tệp").click()
