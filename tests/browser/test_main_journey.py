"""The moment that matters: logged on a phone with a mistake, mended, counted, approved, printed, downloaded, read."""

import re
from datetime import date

import pytest
from pypdfium2 import PdfDocument

from coordination.enums import DocumentState, JobState
from coordination.models import Job
from coordination.worker import Worker
from programs.models import Activity, ActivityKind, Component
from reports.jobs import RENDER, WORKS
from reports.models import Report, ReportingPeriod
from tests import factories
from tests.browser.conftest import PHONE, scrolls_sideways, sign_in

TITLE = "Truyền thông phòng, chống tảo hôn tại thôn Làng Rê"
SESSIONS, ATTENDANCES = "activities.sessions?window=now", "activities.attendances?window=now"


@pytest.mark.both_databases
def test_an_activity_logged_on_a_phone_stands_in_the_pdf_the_leader_downloads(opened, lists, cast, tmp_path):
    kind, content = ActivityKind.objects.get(code="direct_communication"), Component.objects.get(code="P8.1")
    earlier = {"kind": kind, "component": content, "attendances": 1_040, "women": 600}
    factories.activity(cast.board, cast.commune, date(2026, 2, 3), **earlier)
    officer, leader = opened(PHONE), opened(PHONE)

    sign_in(officer, cast.officer)
    address = drafted(officer)
    assert numbers(officer) == [1, 1_040]
    logged_after_a_mistake(officer, cast.commune)
    activity = Activity.objects.get(title=TITLE)
    assert (activity.owner, activity.unit, activity.counted_on) == (cast.board, cast.commune, date(2026, 3, 8))
    assert (activity.attendances, activity.women, activity.sessions) == (112, 71, 1)

    sign_in(leader, cast.leader)
    leader.goto(address)
    assert numbers(leader) == [2, 1_152]
    opens_a_list_that_adds_up(leader)
    leader.goto(address)
    leader.get_by_role("link", name="Xem tóm tắt rồi duyệt").click()
    leader.get_by_role("heading", name="Còn vướng trước khi duyệt").wait_for()
    says_why(officer, address)
    leader.reload()
    leader.get_by_role("link", name="Duyệt báo cáo").click()
    leader.get_by_role("button", name="Duyệt và chốt số liệu").click()
    leader.get_by_text("Xong là hiện ngay tại đây").wait_for()
    assert Report.objects.get().document.state == DocumentState.APPROVED

    text = printed_and_downloaded(leader, tmp_path / "bao-cao.pdf")
    assert "1.152" in text
    assert TITLE in text


def drafted(page):
    """By screen, on the phone; the address of the report."""
    page.get_by_role("link", name="Báo cáo", exact=True).click()
    page.get_by_role("link", name="Lập báo cáo").click()
    period = ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1")
    page.select_option("select[name=period]", value=str(period.pk))
    page.get_by_role("button", name="Lập báo cáo từ số liệu").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/write/$"))
    page.get_by_role("button", name="Số liệu tự tổng hợp").click()
    page.wait_for_url(re.compile(r"/write/[^/]+/$"))
    page.goto(f"/reports/{Report.objects.get().uid}/")
    return page.url


def numbers(page):
    """Sessions and attendances of the period, as the report says them ("02", "1.152")."""
    return [int(link_of(page, ref).inner_text().replace(".", "")) for ref in (SESSIONS, ATTENDANCES)]


def link_of(page, ref):
    encoded = ref.replace("?", "%3F").replace("=", "%3D")
    return page.locator(f"a[href$='ref={encoded}']").first


def logged_after_a_mistake(page, place):
    page.get_by_role("navigation", name="Chính, điện thoại").get_by_role("link", name="Ghi").click()
    page.get_by_label("Tên hoạt động").fill(TITLE)
    page.get_by_text("Truyền thông trực tiếp").click()
    page.select_option("select[name=component]", value=str(Component.objects.get(code="P8.1").pk))
    page.locator("[name=starts_on]").fill("8/3/26")
    page.locator("[name=unit_words]").fill(place.name)
    page.locator("[name=attendances]").fill("112")
    page.locator("[name=women]").fill("171")
    page.get_by_role("button", name="Ghi vào sổ").click()

    summary = page.get_by_role("alert")
    summary.wait_for()
    assert summary.evaluate("box => box === document.activeElement")
    assert "Nữ" in summary.inner_text()
    assert not scrolls_sideways(page)
    assert not Activity.objects.filter(title=TITLE).exists()

    page.locator("[name=women]").fill("71")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_url(re.compile(r"/activities/[0-9a-f-]{36}/$"))
    assert TITLE in page.get_by_role("heading", level=1).inner_text()


def opens_a_list_that_adds_up(page):
    link_of(page, ATTENDANCES).click()
    page.get_by_role("link", name=TITLE).wait_for()
    rows = page.locator("#figure-facts tbody td.n").all_inner_texts()
    assert sorted(rows) == ["1.040", "112"]
    assert page.locator("#figure-facts tfoot td.n").all_inner_texts() == ["1.152"]
    assert not scrolls_sideways(page)


def says_why(page, address):
    """No reading of an indicator is there: the one warning of the checks asks for a reason."""
    page.goto(f"{address}checks/")
    while page.get_by_role("button", name="Lưu lý do").count():
        page.locator("[name=reason]").first.fill("Chưa đến kỳ điều tra.")
        page.get_by_role("button", name="Lưu lý do").first.click()
        page.get_by_text("Đã lưu lý do.").wait_for()
    page.get_by_text("Không còn gì phải sửa trước khi duyệt").wait_for()


def printed_and_downloaded(page, path):
    """The page shows the file by itself once the worker has made it: the address never changes."""
    Worker().run(once=True)
    assert Job.objects.filter(kind=RENDER, state=JobState.DONE).count() == len(WORKS)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải PDF").click()
    waiting.value.save_as(path)
    with PdfDocument(path) as paper:
        return " ".join(" ".join(leaf.get_textpage().get_text_bounded() for leaf in paper).split())
