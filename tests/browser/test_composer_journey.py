"""A report written by two and a third agency: saved by itself, met by another, given away, brought back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coordination.models import Section
from reports.actions import draft_report
from reports.enums import ReportKind, ReportScope
from reports.models import ReportPart
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, picture, problems_of, scrolls_sideways, sign_in
from tests.browser.stage import activity, period

KEY, GIVEN, DAY = "proposals", "tasks", date(2026, 3, 8)


@pytest.fixture
def report(cast, lists):
    activity(cast, DAY, title="Truyền thông phòng, chống tảo hôn")
    return draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=period("2026-H1"),
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )


def text_of(report, key=KEY):
    return Section.objects.get(document=report.document, key=key).text


def looked_at(page, name):
    assert problems_of(page) == []
    assert not scrolls_sideways(page)
    picture(page, name)


@pytest.mark.parametrize(("viewport", "width"), [(DESKTOP, 1280), (PHONE, 360)])
def test_a_section_is_written_met_by_another_and_brought_back(opened, cast, report, viewport, width):
    page, other = opened(viewport), opened(viewport)
    sign_in(page, cast.officer)
    begins(page, report, width)
    writes_and_it_saves_itself(page, report, width)
    opens_a_number_and_inserts(page, report, width)
    meets_what_another_saved(page, other, report, cast, width)
    brings_back_an_earlier_state(page, report, width)
    leaves_a_table_out(page, report)


def begins(page, report, width):
    page.goto(f"/reports/{report.uid}/")
    page.get_by_role("link", name="Soạn báo cáo").click()
    looked_at(page, f"composer-begin-{width}")
    page.get_by_role("button", name="Số liệu tự tổng hợp").click()
    page.wait_for_url(lambda url: "/write/" in url)
    page.goto(f"/reports/{report.uid}/write/{KEY}/")


def writes_and_it_saves_itself(page, report, width):
    page.locator("#id_text").fill("Trong kỳ có {activities.sessions} cuộc.")
    page.get_by_text("Đã lưu lúc").wait_for()
    page.locator("#preview").get_by_role("link", name="01").wait_for()
    assert text_of(report) == "Trong kỳ có {activities.sessions} cuộc."
    page.locator("#id_text").press_sequentially(" Có {activities.nothing}.")
    page.get_by_text("Không có số liệu nào như vậy").wait_for()
    page.locator("#id_text").fill("Trong kỳ có {activities.sessions} cuộc.")
    page.get_by_text("Không có số liệu nào như vậy").wait_for(state="detached")
    looked_at(page, f"composer-section-{width}")


def opens_a_number_and_inserts(page, report, width):
    """The text that is being written stays as it is."""
    page.locator("#id_text").fill("Đầu dòng. Trong kỳ có {activities.sessions} cuộc.")
    page.locator("#preview").get_by_role("link", name="01").click()
    page.get_by_role("link", name="Xem các bản ghi").wait_for()
    assert page.get_by_role("link", name="Bổ sung số liệu").is_visible()
    looked_at(page, f"composer-figure-{width}")
    page.locator("#id_text").evaluate("field => field.setSelectionRange(9, 9)")
    page.locator("#id_text").focus()
    page.get_by_text("Số liệu: Hoạt động", exact=True).click()
    page.get_by_role("button", name="Chèn Lượt người", exact=True).click()
    assert page.locator("#id_text").input_value().startswith("Đầu dòng. {activities.attendances}")
    page.locator("#preview").get_by_role("link", name="112").wait_for()
    assert "{activities.attendances}" in text_of(report)


def meets_what_another_saved(page, other, report, cast, width):
    sign_in(other, factories.member(cast.board))
    other.goto(f"/reports/{report.uid}/write/{KEY}/")
    other.locator("#id_text").fill("Lời của đồng nghiệp.")
    other.get_by_text("Đã lưu lúc").wait_for()
    page.locator("#id_text").press_sequentially(" Lời của tôi.")
    page.get_by_text("người khác đã lưu phần này").wait_for()
    assert page.locator("pre.version-text").inner_text() == "Lời của đồng nghiệp."
    assert page.locator("#id_mine").input_value().startswith("Đầu dòng. {activities.attendances} Lời của tôi.")
    assert text_of(report) == "Lời của đồng nghiệp."
    looked_at(page, f"composer-conflict-{width}")
    page.locator("#id_mine").fill("Lời của cả hai.")
    page.get_by_role("button", name="Lưu bản của tôi").click()
    page.locator("#id_text").wait_for()
    assert text_of(report) == "Lời của cả hai."


def brings_back_an_earlier_state(page, report, width):
    page.get_by_role("link", name="Các bản đã lưu trước").click()
    looked_at(page, f"composer-states-{width}")
    page.locator("li").filter(has_text="Lời của đồng nghiệp.").get_by_role("button", name="Khôi phục bản này").click()
    page.get_by_text("Đã khôi phục bản trước.").wait_for()
    assert text_of(report) == "Lời của đồng nghiệp."
    page.get_by_role("button", name="Xong phần này").click()
    page.get_by_text("Đã xong phần").wait_for()
    assert ReportPart.objects.get(report=report, key=KEY).state == "done"


def leaves_a_table_out(page, report):
    page.goto(f"/reports/{report.uid}/write/results.scale/")
    page.get_by_role("button", name="Bỏ khỏi báo cáo Bảng: số cuộc theo nội dung").click()
    page.get_by_role("button", name="Đưa lại vào báo cáo").wait_for()
    assert ReportPart.objects.get(report=report, key="results.scale").left_out == ["table.contents"]


def test_the_union_writes_the_section_it_was_given(opened, cast, report):
    board, union = opened(DESKTOP), opened(PHONE)
    sign_in(board, cast.officer)
    board.goto(f"/reports/{report.uid}/write/{GIVEN}/")
    board.get_by_role("link", name="Giao cơ quan khác viết").click()
    board.locator("[name=agency]").select_option(str(cast.union.pk))
    board.get_by_role("button", name="Lưu", exact=True).click()
    board.get_by_text("Hãy ghi ngày cần viết xong.").first.wait_for()
    board.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=3)).strftime("%d/%m/%Y"))
    looked_at(board, "composer-give-1280")
    board.get_by_role("button", name="Lưu", exact=True).click()
    board.get_by_text("viết phần này.").first.wait_for()

    sign_in(union, cast.partner)
    looked_at(union, "composer-home-360")
    union.get_by_role("link", name="Nhiệm vụ trọng tâm").first.click()
    union.locator("#id_text").fill("Lời của Hội.")
    union.get_by_role("button", name="Xong phần này").click()
    union.get_by_text("Đã xong phần").wait_for()
    assert text_of(report, GIVEN) == "Lời của Hội."
    board.goto("/notices/")
    board.get_by_text("đã viết xong phần được giao").wait_for()


def test_a_warning_is_passed_over_with_a_reason(opened, cast, report):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto(f"/reports/{report.uid}/checks/")
    looked_at(page, "composer-checks-360")
    before = page.get_by_role("button", name="Lưu lý do").count()
    assert before
    page.locator("[name=reason]").first.fill("Chưa đến kỳ điều tra.")
    page.get_by_role("button", name="Lưu lý do").first.click()
    page.get_by_text("Đã lưu lý do.").wait_for()
    assert page.get_by_text("Chưa đến kỳ điều tra.").first.is_visible()
