"""Pictures of the guides in docs/guide, of the sample data: GUIDE_PICTURES=1 makes them anew in docs/images."""

import io
import os

import pytest
from django.conf import settings as project
from django.core.management import call_command
from PIL import Image

from coordination.enums import DocumentState
from coordination.models import Agreement, User
from coordination.worker import Worker
from programs.models import AnnualPlan, IndicatorFormula
from reports.models import Report
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.constraints import changed

IMAGES = project.BASE_DIR / "docs" / "images"
pytestmark = pytest.mark.skipif("GUIDE_PICTURES" not in os.environ, reason="makes pictures, tests nothing")


@pytest.fixture
def samples(transactional_db, time_machine):
    """Two days after the cut-off: the report of the half-year waits for approval."""
    time_machine.move_to("2026-06-16T08:30:00+07:00")
    for command in ("load_units", "load_lists", "load_demo"):
        call_command(command, verbosity=0)
    Worker().run(once=True)


def picture(page, name, until=None):
    """From the top of the page to the element `until`, else one screen of it. Hiding the caret would leave styles."""
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")
    usual = page.viewport_size
    if until:
        bottom = page.locator(until).first.evaluate("element => element.getBoundingClientRect().bottom + scrollY")
        page.set_viewport_size(usual | {"height": int(bottom) + 176})
    with Image.open(io.BytesIO(page.screenshot(caret="initial"))) as shot:
        shot.convert("RGB").quantize(256).save(IMAGES / f"{name}-{usual['width']}.png", optimize=True)
    page.set_viewport_size(usual)


def person(name):
    return User.objects.get(email=f"{name}@demo.example.vn")


def signed_in(opened, viewport, name):
    page = opened(viewport)
    sign_in(page, person(name))
    return page


def test_pictures_of_an_officer(opened, samples):
    page = opened(PHONE)
    page.goto("/accounts/login/")
    picture(page, "dang-nhap")
    sign_in(page, person("chuyenvien.dantoc"))
    page.goto("/activities/new/")
    page.locator("[name=title]").fill("Truyền thông phòng, chống tảo hôn tại thôn Làng Rê")
    page.get_by_text("Truyền thông trực tiếp").click()
    page.select_option("select[name=component]", index=2)
    page.locator("[name=starts_on]").fill("8/6/26")
    page.locator("[name=unit_words]").fill("ba to")
    page.locator("[name=attendances]").fill("112")
    page.locator("[name=women]").fill("71")
    page.locator("[name=minority]").fill("108")
    page.get_by_text("Có 2 nơi khớp").wait_for()
    page.select_option("select[name=unit]", label="Xã Ba Tơ")
    page.get_by_text("Nữ 63,4%").wait_for()
    picture(page, "ghi-hoat-dong", until="#echo-people")
    page.locator("[name=women]").fill("171")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.get_by_role("alert").wait_for()
    picture(page, "sua-so-sai")

    page = signed_in(opened, DESKTOP, "chuyenvien.dantoc")
    picture(page, "viec-chuyen-vien")
    page.goto("/activities/?since=15/12/2025&until=14/06/2026&q=tao+hon")
    picture(page, "danh-sach-hoat-dong")
    page.goto(f"/plans/{AnnualPlan.objects.get(year=2026).uid}/")
    picture(page, "ke-hoach", until="main table")
    page.goto("/assignments/")
    picture(page, "nhiem-vu-giao")
    page.goto("/imports/")
    picture(page, "nhap-excel")
    page.goto("/budget/")
    picture(page, "kinh-phi")
    page.locator("main table a[href*='source=own&what=disbursed']:visible").first.click()
    page.wait_for_url("**/budget/numbers/**")
    picture(page, "mo-so-kinh-phi")
    page.goto("/reports/new/")
    picture(page, "lap-bao-cao")
    page = signed_in(opened, DESKTOP, "chuyenvien.phunu")
    page.goto("/models/")
    picture(page, "mo-hinh")
    page = signed_in(opened, DESKTOP, "chuyenvien.noivu")
    page.goto("/indicators/readings/")
    picture(page, "nhap-chi-tieu")


def test_pictures_of_a_leader(opened, samples):
    report = Report.objects.get(period__code="2026-H1", agency__role="ethnic_affairs")
    page = signed_in(opened, PHONE, "lanhdao.tinh")
    picture(page, "viec-lanh-dao")
    page = signed_in(opened, DESKTOP, "lanhdao.dantoc")
    page.goto(f"/reports/{report.uid}/")
    picture(page, "duyet-bao-cao")
    page.locator("a[href$='ref=activities.attendances%3Fwindow%3Dnow']").first.click()
    page.locator("#figure-facts").wait_for()
    picture(page, "mo-mot-con-so")
    page.goto("/indicators/?day=31/12/2025")
    picture(page, "bang-chi-tieu")


def test_pictures_of_a_records_clerk(opened, samples):
    report = Report.objects.get(period__code="2026-H1", agency__role="ethnic_affairs")
    page = signed_in(opened, DESKTOP, "lanhdao.dantoc")
    page.goto(f"/reports/{report.uid}/")
    page.get_by_role("link", name="Duyệt báo cáo").click()
    page.get_by_role("button", name="Duyệt và chốt số liệu").click()
    page.get_by_text("Tệp sẽ hiện ở đây khi xong").wait_for()
    Worker().run(once=True)
    page = signed_in(opened, DESKTOP, "vanthu.dantoc")
    page.goto(f"/reports/{report.uid}/")
    page.locator("[name=number]").fill("87")
    picture(page, "ban-hanh")
    page.get_by_role("button", name="Ban hành").click()
    Worker().run(once=True)
    page = signed_in(opened, PHONE, "vanthu.dantoc")
    page.goto(f"/reports/{report.uid}/")
    picture(page, "tai-pdf")


def test_pictures_of_agreements(opened, samples):
    page = signed_in(opened, DESKTOP, "hoi.angiang")
    page.goto(f"/agreements/{Agreement.objects.get(document__number='123').uid}/")
    picture(page, "thoa-thuan")
    page = signed_in(opened, DESKTOP, "chuyenvien.dantoc")
    signed = Agreement.objects.get(document__issued_on="2022-06-10")
    page.goto(f"/agreements/{signed.uid}/copy/")
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.wait_for_url("**/edit/")
    picture(page, "soan-thoa-thuan")
    draft = Agreement.objects.exclude(pk=signed.pk).get(document__register_agency=signed.document.register_agency)
    changed(draft.document, state=DocumentState.AGREED)()
    page = signed_in(opened, DESKTOP, "vanthu.dantoc")
    page.goto(f"/agreements/{draft.uid}/move/issue/")
    page.locator("[name=number]").fill("15")
    picture(page, "vao-so-thoa-thuan")
    page.goto("/documents/")
    picture(page, "so-van-ban")


def test_pictures_of_the_administrator_of_an_agency(opened, samples):
    page = signed_in(opened, DESKTOP, "quantri.dantoc")
    board = person("quantri.dantoc").memberships.get().agency
    page.goto(f"/agencies/{board.uid}/members/")
    picture(page, "nguoi-trong-don-vi")
    page = signed_in(opened, PHONE, "quantri.dantoc")
    page.goto(f"/agencies/{board.uid}/invitations/new/")
    page.locator("[name=full_name]").fill("Chuyên viên mới")
    page.locator("[name=email]").fill("chuyenvien.moi@demo.example.vn")
    picture(page, "moi-nguoi", until="main form button.btn-primary")


def test_pictures_of_an_administrator(opened, samples):
    page = signed_in(opened, DESKTOP, "quantri")
    picture(page, "tai-khoan")
    page.goto("/lists/agencies/")
    picture(page, "co-quan")
    page.goto("/units/?q=kon+tum")
    picture(page, "dia-danh")
    page.goto(f"/indicators/{IndicatorFormula.objects.values_list('indicator__code', flat=True)[0]}/rules/")
    picture(page, "quy-tac-chi-tieu", until="main form button.btn-primary")
