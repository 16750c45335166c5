"""The frame of every page: who sees which way to go, in which hat, and what a browser is given."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from coordination.enums import DocumentState, JobState, MemberRole
from coordination.htmx import redirect_page
from coordination.models import Membership, User
from coordination.pagination import CappedPaginator
from coordination.templatetags import navigation
from coordination.templatetags.components import LOOKS, due_words, look
from coordination.templatetags.navigation import Place
from coordination.views.errors import server_error
from programs.enums import FactState, TargetStatus
from tests import factories
from tests.pages import Page

PLAIN = "/accounts/2fa/"  # a page of the frame that everybody who is signed in can open
LISTS = ["Sổ văn bản", "Cơ quan", "Đơn vị hành chính"]
FIGURES = ["Mô hình", "Chỉ tiêu", "Kinh phí"]
WRITERS = ["Việc của tôi", "Thỏa thuận", "Kế hoạch", "Hoạt động", *FIGURES, "Báo cáo", *LISTS]
BOARD = "Sở Dân tộc và Tôn giáo"
READERS = ["Việc của tôi", "Báo cáo", "Chỉ tiêu", "Kế hoạch", "Hoạt động", "Thỏa thuận", "Mô hình", "Kinh phí", *LISTS]
BARS = {
    "officer": ["Việc", "Hoạt động", "Ghi", "Báo cáo"],
    "leader": ["Việc", "Báo cáo", "Chỉ tiêu", "Kế hoạch"],
    "clerk": ["Việc", "Sổ", "Thỏa thuận", "Báo cáo"],
}


@pytest.fixture
def open_as(client):
    def open_page(user, path=PLAIN, **headers):
        client.force_login(user)
        return client.get(path, headers=headers)

    return open_page


def test_page_has_language_title_skip_link_and_one_heading(cast, open_as):
    page = Page(open_as(cast.officer))
    assert page.one("html").attributes["lang"] == "vi"
    assert page.one("title").text == "Đăng nhập hai bước · Phối Hợp"
    assert page.all("a")[0].attributes["href"] == "#content"
    assert page.one("main").attributes["id"] == "content"
    assert page.texts("h1") == ["Đăng nhập hai bước"]


def test_nothing_inline_and_the_policy_forbids_it(cast, open_as):
    response = open_as(cast.officer)
    assert Page(response).against_csp() == []
    assert "unsafe" not in response["Content-Security-Policy"]


def test_inline_code_is_noticed():
    page = Page('<p style="x" onclick="y"><script>1</script><script src="a.js"></script><style></style>')
    assert page.against_csp() == ["<p style>", "<p onclick>", "<script>", "<style>"]


@pytest.mark.parametrize(
    ("person", "places", "writes"),
    [("officer", WRITERS, True), ("leader", READERS, False), ("clerk", READERS, False), ("chair", READERS, False)],
)
def test_navigation_by_role(cast, open_as, person, places, writes):
    page = Page(open_as(getattr(cast, person)))
    assert page.texts("a", class_="item") == places
    assert ("Ghi hoạt động" in page.texts("a", class_="btn-primary")) == writes


@pytest.mark.parametrize(("person", "bar"), BARS.items())
def test_bar_of_a_phone_holds_four_places_and_the_rest(cast, open_as, person, bar):
    page = Page(open_as(getattr(cast, person)))
    links = [link for link in page.all("a") if link.within(class_="tabbar")]
    rest = [link.text for link in links if link.within(tag="details")]
    assert [link.text for link in links if not link.within(tag="details")] == bar
    account = ["Bàn giao công việc", "Nhập, xuất Excel", "Đổi mật khẩu", "Đăng nhập hai bước"]
    assert rest[-len(account) :] == account
    assert rest[0] == "Tìm"
    assert len(rest) - len(account) - 1 == len(WRITERS) + (person == "officer") - len(bar)


def test_system_administrator_sees_accounts_and_lists_only(cast, open_as):
    places = Page(open_as(cast.administrator)).texts("a", class_="item")
    assert places == ["Tài khoản", "Cơ quan", "Đơn vị hành chính", "Chỉ tiêu", "Đề cương báo cáo"]


def test_system_administrator_with_a_role_is_shown_each_place_once(cast, open_as):
    cast.officer.is_system_administrator = True
    cast.officer.save(update_fields=["is_system_administrator"])
    assert Page(open_as(cast.officer)).texts("a", class_="item") == [*WRITERS, "Tài khoản", "Đề cương báo cáo"]


def test_person_without_role_sees_no_place(db, open_as):
    page = Page(open_as(factories.user()))
    assert page.texts("a", class_="item") == []
    assert page.texts("div", class_="hat") == ["Chưa có vai trò ở cơ quan nào"]


def test_place_of_the_page_is_marked(cast, open_as):
    page = Page(open_as(cast.administrator, reverse("coordination:agency_list")))
    assert page.texts("a", class_="item", aria_current="page") == ["Cơ quan"]


def test_every_page_of_reports_is_marked_in_the_navigation():
    marks = tuple(page for place in vars(navigation).values() if isinstance(place, Place) for page in place.pages)
    patterns = get_resolver().namespace_dict["reports"][1].reverse_dict
    pages = {f"reports:{name}" for name in patterns if isinstance(name, str)}
    outside = {page for page in pages if not page.startswith(marks)}
    assert outside == {"reports:search", "reports:verification", "reports:verification_form"}


def test_page_for_logging_is_marked_once_in_each_navigation(cast, open_as):
    page = Page(open_as(cast.officer, reverse("programs:activity_create")))
    assert page.texts("a", class_="item", aria_current="page") == ["Hoạt động"]
    marked = [link.text for link in page.all("a", aria_current="page") if link.within(class_="tabbar")]
    assert marked == ["Ghi"]
    assert "Ghi hoạt động" not in page.texts("a", class_="btn-primary")


def test_error_in_a_form_stands_in_the_title(cast, client):
    client.force_login(cast.officer)
    cast.officer.set_password(factories.PASSWORD)
    response = client.post("/accounts/password/reset/", {"email": "không phải địa chỉ"})
    page = Page(response)
    assert page.one("title").text.startswith("Lỗi: ")
    assert page.one(class_="errsum").attributes["role"] == "alert"
    field = page.one("input", id="id_email")
    assert field.attributes["aria-invalid"] == "true"
    assert page.one(id=field.attributes["aria-describedby"]).text
    assert page.all("a", href="#id_email")


# --- hats ------------------------------------------------------------------------------------------------------------


def hat_of(person, agency):
    return person.memberships.get(agency=agency)


@pytest.fixture
def two_hats(cast):
    """An officer of the board who is a leader in the union."""
    factories.member(cast.union, MemberRole.LEADER, user=cast.officer)
    return cast


def test_hat_in_use_is_always_visible(cast, open_as):
    page = Page(open_as(cast.officer))
    assert page.texts("div", class_="hat") == [
        "Sở Dân tộc và Tôn giáo Sở Dân tộc và Tôn giáo Chuyên viên · Tỉnh Quảng Thử"
    ]
    assert page.all("button", name="hat") == []


def test_switching_the_hat_changes_frame_and_role(two_hats, client, open_as):
    page = Page(open_as(two_hats.officer))
    assert page.texts("button", name="hat", aria_current="true") == [
        "Sở Dân tộc và Tôn giáo Chuyên viên · Tỉnh Quảng Thử"
    ]
    other = hat_of(two_hats.officer, two_hats.union)
    response = client.post(reverse("coordination:switch_hat"), {"hat": other.uid})
    assert response.status_code == 302
    page = Page(client.get(PLAIN))
    assert page.texts("summary", class_="hat") == ["Hội LHPN tỉnh Hội LHPN tỉnh Lãnh đạo · Tỉnh Quảng Thử"]
    assert page.texts("a", class_="item") == READERS


def test_foreign_hat_is_not_found(two_hats, client):
    client.force_login(two_hats.officer)
    foreign = hat_of(two_hats.partner, two_hats.union)
    assert client.post(reverse("coordination:switch_hat"), {"hat": foreign.uid}).status_code == 404
    assert client.post(reverse("coordination:switch_hat"), {"hat": "x"}).status_code == 404


def test_expired_hat_is_not_found(two_hats, client):
    expired = hat_of(two_hats.officer, two_hats.union)
    Membership.objects.filter(pk=expired.pk).update(valid_to=date(2021, 1, 1))
    client.force_login(two_hats.officer)
    assert client.post(reverse("coordination:switch_hat"), {"hat": expired.uid}).status_code == 404


def test_hat_is_switched_by_post_and_signed_in_only(two_hats, client):
    assert client.post(reverse("coordination:switch_hat")).url.startswith(reverse("account_login"))
    client.force_login(two_hats.officer)
    refused = client.get(reverse("coordination:switch_hat"))
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert "Trang này không mở riêng được" in refused.text


# --- two renderings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "part"), [("account_list", "account-table"), ("agency_list", "agency-table")])
def test_swap_is_the_same_part_of_the_page(cast, open_as, name, part):
    path = reverse(f"coordination:{name}")
    whole, swap = open_as(cast.administrator, path), open_as(cast.administrator, path, hx_request="true")
    assert len(Page(swap).part(part)) > 1
    assert Page(swap).part(part) == Page(whole).part(part)
    assert Page(swap).all("main") == []
    assert {"HX-Request", "HX-Boosted", "HX-History-Restore-Request"} <= set(swap["Vary"].split(", "))


@pytest.mark.parametrize("header", ["hx_boosted", "hx_history_restore_request"])
def test_boosted_and_restored_pages_are_whole(cast, open_as, header):
    path = reverse("coordination:account_list")
    page = Page(open_as(cast.administrator, path, hx_request="true", **{header: "true"}))
    assert page.one("main")


def test_redirect_of_a_swap_moves_the_whole_browser(rf):
    request = rf.get("/")
    request.htmx = False
    assert redirect_page(request, "coordination:account_list").url == "/lists/accounts/"
    request.htmx = True
    assert redirect_page(request, "coordination:account_list")["HX-Redirect"] == "/lists/accounts/"


def test_swap_after_the_session_ended_tells_the_page(db, client):
    response = client.get(reverse("coordination:account_list"), headers={"hx_request": "true"})
    assert (response.status_code, response["X-Session"], response.content) == (401, "ended", b"")


# --- accounts and agencies -------------------------------------------------------------------------------------------


def test_accounts_are_for_the_system_administrator(cast, client):
    path = reverse("coordination:account_list")
    assert client.get(path).url == f"/accounts/login/?next={path}"
    client.force_login(cast.leader)
    assert client.get(path).status_code == 403
    client.force_login(cast.administrator)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 405


def test_accounts_are_found_without_marks(cast, open_as):
    factories.member(cast.board, user=factories.user("Đặng Thị Hường"))
    page = Page(open_as(cast.administrator, reverse("coordination:account_list") + "?q=dang thi huong"))
    assert page.all("tr")[1].text.startswith("Đặng Thị Hường")
    assert len(page.all("tr")) == 2
    assert "Sở Dân tộc và Tôn giáo, Tỉnh Quảng Thử: Chuyên viên" in page.texts("td")


def test_agencies_show_how_many_people_work_there(cast, open_as):
    page = Page(open_as(cast.administrator, reverse("coordination:agency_list") + "?q=SDTTG"))
    rows = {row.text for row in page.all("tr")[1:]}
    assert rows == {
        "Sở Dân tộc và Tôn giáo SDTTG Tỉnh Quảng Thử 3",
        "Sở Dân tộc và Tôn giáo Lâm Thử SDTTG2 Tỉnh Lâm Thử 1",
    }


def test_agency_of_the_centre_stands_in_the_list_without_a_place(cast, open_as):
    factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG")
    page = Page(open_as(cast.administrator, reverse("coordination:agency_list") + "?q=bdttg"))
    assert page.all("tr")[1].text == "Bộ Dân tộc và Tôn giáo BDTTG cả nước 0"


def test_leader_at_the_centre_has_a_first_page(cast, open_as):
    leader = factories.member(factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG"), MemberRole.LEADER)
    response = open_as(leader, reverse("reports:home"))
    assert response.status_code == 200
    assert Page(response).texts("div", class_="hat") == ["Bộ Dân tộc và Tôn giáo Bộ Dân tộc và Tôn giáo Lãnh đạo"]


def test_search_without_a_find_says_what_to_do(cast, open_as):
    page = Page(open_as(cast.administrator, reverse("coordination:account_list") + "?q=zzz"))
    assert page.texts(class_="empty-title") == ["Không thấy “zzz”"]


@pytest.mark.parametrize("people", [1, 3])
def test_account_list_query_count(cast, client, django_assert_num_queries, people):
    for _number in range(people):
        factories.member(cast.board)
    client.force_login(cast.administrator)
    client.get(PLAIN)  # the first page writes the token of forms into the session
    with django_assert_num_queries(8):
        client.get(reverse("coordination:account_list"))


# --- components ------------------------------------------------------------------------------------------------------


def test_every_state_has_a_look():
    states = [*DocumentState.values, *JobState.values, *FactState.values, *TargetStatus.values]
    assert {look(state) for state in states} == set(LOOKS)
    with pytest.raises(KeyError):
        look("no such state")


@pytest.mark.parametrize(
    ("day", "words"),
    [(12, "quá 4 ngày"), (16, "hôm nay"), (17, "ngày mai"), (20, "còn 4 ngày")],
)
def test_due_day_in_words(day, words):
    assert due_words(date(2026, 6, day), date(2026, 6, 16)) == words


def pager(rows, query=""):
    source = '{% include "components/_pager.html" with page=page query=request.GET target="#x" only %}'
    request = RequestFactory().get(f"/{query}")
    page = CappedPaginator(rows, 2).get_page(request.GET.get("page"))
    return Page(Template(source).render(Context({"page": page, "request": request})))


def test_pager_keeps_the_filters_and_names_the_rows(db):
    for _number in range(5):
        factories.user()
    page = pager(User.objects.all(), "?q=a&page=2")
    links = [(link.text, link.attributes["hx-get"]) for link in page.all("a")]
    assert links == [("Trước", "?q=a&page=1"), ("1", "?q=a&page=1"), ("3", "?q=a&page=3"), ("Sau", "?q=a&page=3")]
    assert page.texts("b", aria_current="page") == ["2"]
    assert page.texts(class_="end") == ["3–4 trong 5"]


def test_pager_stops_counting_at_the_cap(db, settings):
    settings.COUNT_CAP = 4
    for _number in range(5):
        factories.user()
    page = pager(User.objects.all())
    assert page.texts(class_="end") == ["1–2 trong hơn 4"]
    assert page.texts("a") == ["2", "Sau"]


def test_icon_is_a_drawing_without_words():
    page = Page(Template('{% load icons %}{% icon "plus" %}').render(Context()))
    assert page.one("svg").attributes == {"class": "i", "viewbox": "0 0 24 24", "aria-hidden": "true"}
    assert len(page.all("path")) == 2


# --- errors ----------------------------------------------------------------------------------------------------------


def reference_of(page, status):
    found = [word.text for word in page.all("b") if re.fullmatch(rf"{status}-[0-9A-F]{{6}}", word.text)]
    assert len(found) == 1
    return found[0]


def test_not_found_carries_a_reference_that_stands_in_the_log(cast, open_as, caplog):
    response = open_as(cast.officer, "/no-such-page/")
    page = Page(response)
    assert response.status_code == 404
    assert page.texts("h1") == ["Không có trang này"]
    assert f"error page {reference_of(page, 404)} at '/no-such-page/'" in caplog.messages


def test_refusal_says_why(cast, open_as):
    page = Page(open_as(cast.officer, reverse("coordination:account_list")))
    assert reference_of(page, 403)
    assert "Chỉ quản trị hệ thống quản lý tài khoản và cơ quan." in page.texts("p")


def test_form_sent_without_its_token_says_that_nothing_is_saved(cast, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    response = client.post(reverse("coordination:switch_hat"))
    page = Page(response)
    assert response.status_code == 403
    assert page.texts("h1") == ["Trang đã mở quá lâu"]
    assert reference_of(page, 403)


def test_server_error_needs_neither_session_nor_database(caplog, settings):
    settings.SUPPORT_PHONE = "0255 3 800 000"
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        response = server_error(RequestFactory().get("/reports/"))
    page = Page(response)
    assert response.status_code == 500
    assert page.against_csp() == []
    record = next(record for record in caplog.records if reference_of(page, 500) in record.getMessage())
    assert record.exc_info[0] is ZeroDivisionError
    assert "0255 3 800 000" in page.one("p", class_="num").text


# --- weight ----------------------------------------------------------------------------------------------------------


def compressed(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))


def test_first_load_is_at_most_120_kb(cast, open_as):
    """The page, its styles and scripts, the drawings and all four fonts; gzip, the poorer of the two we serve."""
    response = open_as(cast.officer)
    values = [value or "" for element in Page(response).elements for value in element.attributes.values()]
    names = {value.removeprefix(settings.STATIC_URL) for value in values if value.startswith(settings.STATIC_URL)}
    files = {Path(staticfiles_storage.path(name)) for name in names}
    for style in [file for file in files if file.suffix == ".css"]:
        for address in re.findall(r"url\(\"?([^)\":]+)\"?\)", style.read_text()):
            files.add((style.parent / address).resolve())
    assert sum(file.suffix == ".woff2" for file in files) == 4
    total = len(gzip.compress(response.content, 9)) + sum(map(compressed, files))
    assert total <= 120 * 1024
