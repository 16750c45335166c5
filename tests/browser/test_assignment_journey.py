"""A task from the conclusions of a meeting: given with its words, answered, returned, answered again, verified."""

import re
from datetime import date

import pytest

from programs.models import Assignment
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, problems_of, scrolls_sideways, sign_in
from tests.programs.tasks import paper

ON = date(2024, 4, 10)


def clean(page):
    return problems_of(page) == [] and not scrolls_sideways(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_task_goes_from_its_words_to_verified(opened, lists, cast, size):
    document = paper(cast.committee, issued_on=ON, subject="Kết luận hội nghị ngày 10/4/2024")
    giver = factories.member(cast.committee)
    desk = opened(size)
    sign_in(desk, giver)
    desk.goto(f"/documents/{document.uid}/")
    desk.get_by_role("link", name="Nhiệm vụ giao").click()
    desk.get_by_role("link", name="Nhập nhiệm vụ").first.click()
    desk.locator("[name=row0-text]").fill("Lập tổ kiểm tra")
    desk.locator("[name=row0-due_words]").press_sequentially("hằng quý")
    desk.get_by_text("Hiểu là: hằng quý, từ 30/06/2024 đến 31/12/2024, 3 lần.").wait_for()
    desk.locator("[name=row0-due_words]").fill("")
    desk.locator("[name=row0-due_words]").press_sequentially("trước tháng 10/2024")
    desk.get_by_text("Hiểu là: đến hết ngày 30/09/2024").wait_for()
    desk.get_by_role("button", name="Giao các nhiệm vụ này").click()
    desk.get_by_role("alert").wait_for()
    assert clean(desk)
    assert desk.locator("[name=row0-due_words]").input_value() == "trước tháng 10/2024"
    desk.locator("[name=row0-lead]").select_option(str(cast.board.pk))
    desk.get_by_role("button", name="Giao các nhiệm vụ này").click()
    desk.get_by_text("Đã giao 1 nhiệm vụ").wait_for()
    task = Assignment.objects.get()
    assert (task.due_on, task.due_words) == (date(2024, 9, 30), "trước tháng 10/2024")
    assert clean(desk)

    office = opened(size)
    sign_in(office, cast.officer)
    office.get_by_role("link", name=re.compile("^Báo cáo Lập tổ")).click()
    office.get_by_role("button", name="Báo hoàn thành").click()
    office.get_by_role("alert").wait_for()
    assert clean(office)
    office.get_by_label("Kết quả", exact=False).first.fill("Đã lập tổ kiểm tra")
    office.get_by_role("button", name="Báo hoàn thành").click()
    office.get_by_text("Đã báo hoàn thành").wait_for()
    assert clean(office)

    desk.goto(f"/assignments/{task.uid}/")
    desk.get_by_role("link", name=re.compile("^Xác nhận hoặc trả lại")).click()
    assert clean(desk)
    desk.locator("[name=reason]").fill("Thiếu danh sách tổ")
    desk.get_by_role("button", name="Trả lại cơ quan").click()
    desk.get_by_text("Đã trả lại cơ quan").wait_for()
    desk.goto(f"/assignments/of/{document.uid}/owed/")
    desk.get_by_role("button", name="Chép nội dung").first.click()
    assert desk.evaluate("getSelection().toString() || document.activeElement.value").startswith("Nhiệm vụ theo")
    assert clean(desk)

    office.goto("/")
    office.get_by_text("bị trả lại, xem lý do").wait_for()
    office.get_by_role("link", name=re.compile("^Báo cáo Lập tổ")).click()
    office.get_by_text("Thiếu danh sách tổ").wait_for()
    office.get_by_role("button", name="Báo hoàn thành").click()
    office.get_by_text("Đã báo hoàn thành").wait_for()
    desk.goto(f"/assignments/{task.uid}/")
    desk.get_by_role("link", name=re.compile("^Xác nhận hoặc trả lại")).click()
    desk.get_by_role("button", name="Xác nhận").click()
    desk.get_by_text("Đã xác nhận.").wait_for()
    assert task.responses.get().verified_by == giver


def test_tasks_are_given_and_the_reminder_is_read_without_scripts(opened, lists, cast):
    page = opened(PHONE, java_script_enabled=False)
    document = paper(cast.committee, issued_on=ON)
    sign_in(page, factories.member(cast.committee))
    page.goto(f"/assignments/of/{document.uid}/new/")
    page.locator("[name=row0-text]").fill("Báo cáo")
    page.locator("[name=row0-due_words]").fill("trong quý III/2024")
    page.locator("[name=row0-lead]").select_option(str(cast.union.pk))
    page.get_by_role("button", name="Đọc hạn từ cách ghi").click()
    assert page.locator("[name=row0-due_on]").input_value() == "30/09/2024"
    page.get_by_role("button", name="Giao các nhiệm vụ này").click()
    page.goto(f"/assignments/of/{document.uid}/owed/")
    assert page.locator("textarea").first.input_value().startswith("Nhiệm vụ theo")
    assert not page.get_by_role("button", name="Chép nội dung").first.is_visible()
