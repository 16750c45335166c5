"""Leaders who read, officers who keep the registers, people with two hats."""

import re
from datetime import date

from pypdfium2 import PdfDocument

from coordination.enums import MemberRole
from programs.models import Measurement, ModelEvent
from tests import factories
from tests.browser import stage as scene
from tests.browser.conftest import DESKTOP, PHONE, scrolls_sideways, sign_in


def test_a_leader_has_the_pdf_of_the_issued_report_after_the_first_tap(opened, lists, cast, tmp_path):
    """Three taps at most from the sign-in page: sign in, download."""
    scene.activity(cast, scene.IN_H1)
    scene.issued_report(cast)
    page = opened(PHONE)
    sign_in(page, cast.chair)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải PDF").first.click()
    assert waiting.value.suggested_filename == "bao-cao_bdg_2026-H1_SDTTG_v1.pdf"
    waiting.value.save_as(tmp_path / "report.pdf")
    with PdfDocument(tmp_path / "report.pdf") as paper:
        first = paper[0].get_textpage().get_text_bounded()
    assert "87/BC-SDTTG" in first
    assert "ngày 20 tháng 6 năm 2026" in first


def test_a_reading_entered_in_the_grid_changes_the_scoreboard(opened, lists, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    page.goto("/indicators/?day=14/12/2025")
    before = page.locator(".display").inner_text()
    page.get_by_role("link", name="Nhập số chỉ tiêu").click()
    page.locator("form[method=get] [name=day]").fill("14/12/2025")
    page.get_by_role("button", name="Mở ngày này").click()
    row = page.locator("tr", has_text="Lao động nữ làm công hưởng lương")
    row.locator("[name$=-numerator]").fill("1.200")
    row.locator("[name$=-denominator]").fill("1.000")
    page.get_by_role("button", name="Lưu tất cả").click()
    page.get_by_role("alert").wait_for()
    assert not Measurement.objects.exists()

    row.locator("[name$=-numerator]").fill("620")
    page.get_by_role("button", name="Lưu tất cả").click()
    page.get_by_text("Đã lưu 1 số của ngày 14/12/2025").wait_for()
    page.get_by_role("link", name="Xem bảng chỉ tiêu ngày này").click()
    page.wait_for_url("**/indicators/?day=**")
    met, every = before.split("/")
    assert page.locator(".display").inner_text() == f"{int(met) + 1}/{every}"
    assert "62" in page.locator("tr", has_text="Lao động nữ làm công hưởng lương").inner_text()


def test_an_event_changes_the_stock_of_a_model(opened, cast, transactional_db):
    model = factories.community_model(cast.board, cast.commune, name="Tổ truyền thông Làng Rê")
    factories.model_event(model, date(2026, 1, 5), quantity=5)
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto(f"/models/{model.uid}/")
    page.get_by_role("link", name="Ghi biến động").click()
    page.get_by_text("Giải thể", exact=True).click()
    page.locator("[name=counted_on]").fill("08/03/2026")
    page.locator("[name=quantity]").fill("9")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.get_by_role("alert").wait_for()
    assert ModelEvent.objects.count() == 1

    page.locator("[name=quantity]").fill("2")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.get_by_text("Đã ghi biến động.").wait_for()
    assert not scrolls_sideways(page)
    assert list(ModelEvent.objects.order_by("pk").values_list("quantity", flat=True)) == [5, -2]
    page.goto("/models/?day=09/03/2026")
    assert re.search(r"\b3\b", page.locator("li", has_text=model.name).first.inner_text())


def test_a_person_with_two_hats_writes_in_one_and_reads_in_the_other(opened, cast, transactional_db):
    factories.activity_kind(), factories.component(), factories.period()
    factories.member(cast.union, MemberRole.LEADER, user=cast.officer)
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    navigation = page.get_by_role("navigation", name="Chính", exact=True)
    page.locator("summary.hat").click()
    page.get_by_role("button", name="Hội LHPN tỉnh").click()
    page.locator("summary.hat", has_text="Hội LHPN tỉnh").wait_for()
    assert navigation.get_by_role("link", name="Ghi hoạt động").count() == 0
    assert page.goto("/activities/new/").status == 403

    page.goto("/")
    page.locator("summary.hat").click()
    page.get_by_role("button", name="Sở Dân tộc và Tôn giáo").click()
    page.locator("summary.hat", has_text="Sở Dân tộc và Tôn giáo").wait_for()
    page.get_by_role("main").get_by_role("link", name="Ghi hoạt động").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ghi hoạt động"
