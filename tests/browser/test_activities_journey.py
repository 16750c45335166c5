"""What officers do with activities in the browser: two clicks, two people, a search, no scripts."""

import re
from datetime import date

import pytest

from programs.enums import FactState
from programs.models import Activity
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, sign_in

DAY = date(2026, 3, 8)
EVERY_DAY = "/activities/?since=&until="
DETAIL = re.compile(r"/activities/[0-9a-f-]{36}/$")


@pytest.fixture
def cast(transactional_db, cast):
    factories.activity_kind(), factories.component(), factories.period()
    return cast


def fill_in(page, place, title):
    page.locator("[name=title]").fill(title)
    page.locator("[name=kind]").first.locator("xpath=..").click()
    page.select_option("select[name=component]", index=1)
    page.locator("[name=starts_on]").fill("08/03/2026")
    page.select_option("select[name=unit]", label=place.label)
    page.locator("[name=attendances]").fill("1.069")


def test_a_double_click_makes_one_record(opened, cast):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    fill_in(page, cast.commune, "Nói chuyện chuyên đề")
    page.get_by_role("button", name="Ghi vào sổ").dblclick()
    page.wait_for_url(DETAIL)
    page.goto(EVERY_DAY)
    assert page.get_by_role("link", name="Nói chuyện chuyên đề").count() == 1
    assert list(Activity.objects.values_list("title", "attendances")) == [("Nói chuyện chuyên đề", 1_069)]


def test_a_draft_stays_a_draft(opened, cast):
    """The buttons stand outside the form: which of them was pressed has to be sent all the same."""
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    fill_in(page, cast.commune, "Chưa đủ số liệu")
    page.get_by_role("button", name="Lưu nháp").click()
    page.wait_for_url(DETAIL)
    assert Activity.objects.get().state == FactState.DRAFT


def test_a_session_that_ends_while_a_form_is_open_loses_nothing(opened, cast):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    fill_in(page, cast.commune, "Viết dở khi hết phiên")
    page.context.clear_cookies()
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("phiên làm việc đã hết").wait_for()
    assert page.locator("[name=title]").input_value() == "Viết dở khi hết phiên"
    beside = page.context.new_page()
    sign_in(beside, cast.officer)
    page.get_by_role("button", name="Lưu nháp").click()
    page.wait_for_url(DETAIL)
    activity = Activity.objects.get()
    assert (activity.title, activity.state) == ("Viết dở khi hết phiên", FactState.DRAFT)


def test_a_list_whose_session_ended_goes_to_sign_in_and_back(opened, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    page.goto(EVERY_DAY)
    page.context.clear_cookies()
    page.select_option("select[name=state]", "draft")
    page.wait_for_url(re.compile(r"/accounts/login/\?next=%2Factivities"))
    page.fill("input[name=login]", cast.officer.email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url(re.compile(r"/activities/\?since="))


def test_two_people_who_change_one_activity_lose_nothing(opened, cast):
    activity = factories.activity(cast.board, cast.commune, DAY, title="Hội nghị", attendances=100, women=60)
    colleague = factories.member(cast.board, user=factories.user("Chuyên viên B"))
    first, second = opened(DESKTOP), opened(DESKTOP)
    for page, person in ((first, cast.officer), (second, colleague)):
        sign_in(page, person)
        page.goto(f"/activities/{activity.uid}/edit/")
    first.locator("[name=women]").fill("65")
    first.locator("[name=title]").fill("Hội nghị tuyên truyền")
    first.get_by_role("button", name="Lưu", exact=True).click()
    first.wait_for_url(DETAIL)

    second.locator("[name=attendances]").fill("120")
    second.locator("[name=title]").fill("Hội nghị truyền thông")
    second.get_by_role("button", name="Lưu", exact=True).click()
    table = second.get_by_role("table", name="Hai người cùng sửa")
    table.wait_for()
    assert "Hội nghị tuyên truyền" in table.inner_text()
    assert "Hội nghị truyền thông" in table.inner_text()
    table.locator("[name=take_title][value=mine]").check()
    second.get_by_role("button", name="Lưu bản đã chọn").click()
    second.wait_for_url(DETAIL)
    activity.refresh_from_db()
    assert (activity.title, activity.attendances, activity.women) == ("Hội nghị truyền thông", 120, 65)


def titles(page):
    return page.locator("#activity-table tbody td a").all_inner_texts()


@pytest.fixture
def three_activities(cast):
    training = factories.activity_kind("tap_huan", name="Tập huấn")
    rows = (
        ("Tuyên truyền Luật", {}),
        ("Đối thoại chính sách", {}),
        ("Tuyên truyền viên học nghề", {"kind": training}),
    )
    for day, (title, fields) in enumerate(rows, 1):
        factories.activity(cast.board, cast.commune, date(2026, 3, day), title=title, **fields)
    return training


def test_search_without_marks_and_filters_narrow_the_list_and_back_widens_it(opened, cast, three_activities):
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    page.goto(EVERY_DAY)
    everything = ["Tuyên truyền viên học nghề", "Đối thoại chính sách", "Tuyên truyền Luật"]
    assert titles(page) == everything

    page.locator("main [name=q]").press_sequentially("tuyen truyen", delay=20)
    page.wait_for_url("**q=tuyen*truyen*")
    page.get_by_role("link", name="Đối thoại chính sách").wait_for(state="detached")
    assert titles(page) == ["Tuyên truyền viên học nghề", "Tuyên truyền Luật"]

    page.select_option("select[name=kind]", value=three_activities.code)
    page.get_by_role("link", name="Tuyên truyền Luật").wait_for(state="detached")
    assert titles(page) == ["Tuyên truyền viên học nghề"]

    page.go_back()
    page.get_by_role("link", name="Tuyên truyền Luật").wait_for()
    assert titles(page) == ["Tuyên truyền viên học nghề", "Tuyên truyền Luật"]
    assert page.locator("main [name=q]").input_value() == "tuyen truyen"
    page.go_back()
    page.get_by_role("link", name="Đối thoại chính sách").wait_for()
    assert titles(page) == everything


def test_without_scripts_people_sign_in_log_filter_and_sign_out(opened, cast, three_activities):
    page = opened(PHONE, java_script_enabled=False)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    fill_in(page, cast.commune, "Ghi không có JavaScript")
    page.locator("[name=women]").fill("2.000")
    page.get_by_role("button", name="Ghi vào sổ").click()
    assert "Nữ" in page.get_by_role("alert").inner_text()
    page.locator("[name=women]").fill("600")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_url(DETAIL)
    assert Activity.objects.filter(title="Ghi không có JavaScript", attendances=1_069, women=600).count() == 1

    page.goto(EVERY_DAY)
    page.locator("main [name=q]").fill("doi thoai")
    page.get_by_role("button", name="Tìm").click()
    page.wait_for_url("**q=doi*thoai*")
    assert page.locator("#activity-table .cards a").all_inner_texts() == ["Đối thoại chính sách"]

    page.get_by_text("Thêm", exact=True).click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/accounts/login/**")
    page.goto(EVERY_DAY)
    assert "/accounts/login/" in page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_further_communes_are_found_by_their_names_and_ticked(opened, cast, scripts):
    son, tra = (factories.commune(cast.province, name) for name in ("Sơn Thử", "Trà Thử"))
    page = opened(PHONE, java_script_enabled=scripts)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    fill_in(page, cast.commune, "Tập huấn ba xã")
    page.get_by_text("Nhiều ngày, nhiều cuộc").click()
    for unit, words in ((son, "son"), (tra, "tra thu")):
        field = page.locator("[name=other_units_words]")
        field.fill(words)
        if not scripts:
            page.locator("button[value=other_units]").click()
        page.locator("#id_other_units_ticks").get_by_text(unit.label).click()
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_url(DETAIL)
    assert set(Activity.objects.get().other_units.all()) == {son, tra}
