"""Pages of members, invitations, hand-over and accounts: what people see, and what the portal answers."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from coordination import people
from coordination.enums import MemberRole
from coordination.formats import date_vi
from coordination.invitations import invite, withdraw
from coordination.models import HandOver, Invitation, Membership, User
from programs.enums import FactState
from programs.models import Activity
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import hat
from tests.coordination.test_people import PASSWORD, asked, invitee, work
from tests.pages import Page

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def counters(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def keeper(cast):
    """The administrator of the board."""
    return factories.member(cast.board, MemberRole.ADMINISTRATOR)


@pytest.fixture
def kept(client, keeper):
    client.force_login(keeper)
    return client


def url(name, *args):
    return reverse(f"coordination:{name}", args=[getattr(arg, "uid", arg) for arg in args])


def form_of(client, address):
    """What a page would send, unchanged."""
    page = Page(client.get(address))
    sent = [field for field in page.all("input") if field.within(tag="form", method="post")]
    values = {}
    for field in [field for field in sent if field.within(id="content")]:
        kind, name = field.attributes.get("type"), field.attributes.get("name")
        if name and (kind not in ("radio", "checkbox") or "checked" in field.attributes):
            values[name] = field.attributes.get("value", "")
    return values


def errors(response):
    return Page(response).texts("p", class_="field-err")


def invite_values(client, agency, **values):
    plain = {"full_name": "Người Mới", "email": "moi@example.vn", "role": "officer", "by": "mail"}
    return form_of(client, url("invitation_create", agency)) | plain | values


# --- the first page --------------------------------------------------------------------------------------------------


def test_first_page_of_the_administrator_of_an_agency_leads_to_its_people(cast, kept):
    asked(cast)
    page = Page(kept.get(reverse("reports:home")))
    links = {link.attributes["href"] for link in page.all("a") if link.within(id="content")}
    assert {url(name, cast.board) for name in ("member_list", "invitation_create", "invitation_list")} <= links
    assert "4 người làm việc ở đây. 1 lời mời chưa dùng." in page.one("main").text


def test_first_page_of_others_says_nothing_of_people(cast, client):
    client.force_login(cast.leader)
    assert url("member_list", cast.board) not in client.get(reverse("reports:home")).text


# --- members ---------------------------------------------------------------------------------------------------------


def test_administrator_of_the_agency_sees_its_people(cast, kept):
    lent = people.deputise(
        hat(cast.leader), cast.clerk, first=TODAY, last=TODAY, by=cast.leader, form_token=uuid.uuid4()
    )
    page = Page(kept.get(url("member_list", cast.board)))
    assert len([row for row in page.all("tr") if row.within(tag="tbody")]) == 5
    assert f"Lãnh đạo, thay {cast.leader.full_name}" in page.texts("td")
    assert page.against_csp() == []
    links = {link.attributes["href"] for link in page.all("a")}
    assert url("member_edit", lent) in links
    assert url("member_deputise", lent) not in links


def test_who_left_stands_among_the_former(cast, kept):
    factories.member(cast.board, user=factories.user("Đã Nghỉ"), valid_to=TODAY - timedelta(days=1))
    now, former = (kept.get(url("member_list", cast.board) + query).content.decode() for query in ("", "?former"))
    assert ("Đã Nghỉ" in now, "Đã Nghỉ" in former) == (False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_member_list_query_count(cast, kept, rows, django_assert_num_queries):
    for _row in range(rows):
        factories.member(cast.board)
    kept.get(url("member_list", cast.board))
    with django_assert_num_queries(7):
        kept.get(url("member_list", cast.board))


def test_a_correction_by_form(cast, kept):
    role = hat(cast.officer)
    values = form_of(kept, url("member_edit", role)) | {"role": "clerk", "reason": "Nhập nhầm"}
    assert kept.post(url("member_edit", role), values).status_code == 302
    role.refresh_from_db()
    assert (role.role, role.version) == ("clerk", 2)


def test_a_change_by_form_keeps_the_role_up_to_the_day_before(cast, kept):
    role, day = hat(cast.officer), TODAY + timedelta(days=5)
    values = {"act": "change", "role": "leader", "valid_from": date_vi(day), "reason": "QĐ 12"}
    kept.post(url("member_edit", role), form_of(kept, url("member_edit", role)) | values)
    found = cast.officer.memberships.order_by("valid_from").values_list("role", "valid_to")
    assert list(found) == [("officer", day - timedelta(days=1)), ("leader", None)]


def test_a_stale_form_shows_both_and_loses_nothing(cast, kept):
    role = hat(cast.officer)
    address = url("member_edit", role)
    mine = form_of(kept, address) | {"position_title": "Phó phòng", "role": "officer", "reason": "a"}
    kept.post(address, mine | {"position_title": "Trưởng phòng"})
    answer = kept.post(address, mine)
    page = Page(answer)
    assert answer.status_code == 422
    assert "Trưởng phòng" in page.one("div", class_="note-warn").text
    assert page.one("input", id="id_position_title").attributes["value"] == "Phó phòng"
    assert kept.post(address, form_of_response(page)).status_code == 302


def form_of_response(page):
    names = ("position_title", "valid_from", "valid_to", "reason", "version")
    values = {name: page.one("input", id=f"id_{name}").attributes.get("value", "") for name in names}
    return values | {"act": "correct", "role": "officer"}


def test_an_end_before_the_start_is_said_by_the_field(cast, kept):
    role = hat(cast.officer)
    values = form_of(kept, url("member_edit", role)) | {"role": "officer", "valid_to": "1/1/2010", "reason": "a"}
    answer = kept.post(url("member_edit", role), values)
    assert (answer.status_code, errors(answer)) == (422, ["Ngày kết thúc không được trước ngày bắt đầu."])


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_leaving_ends_access_at_the_next_click(cast, client, keeper):
    """The one who leaves is signed in and in the middle of work."""
    draft = factories.activity(cast.board, cast.commune, state=FactState.DRAFT)
    page = reverse("programs:activity_edit", args=[draft.uid])
    office = type(client)()
    office.force_login(cast.officer)
    assert office.get(page).status_code == 200
    client.force_login(keeper)
    address = url("member_end", hat(cast.officer))
    client.post(address, form_of(client, address) | {"when": "now", "reason": "Chuyển công tác"})
    assert office.get(page).status_code == 404
    assert office.post(page, {"title": "Muộn"}).status_code == 404
    assert "Bạn chưa có vai trò ở cơ quan nào" in Page(office.get("/")).texts("p")


def test_leaving_hands_drafts_over_and_the_receiver_takes_them(cast, client, keeper):
    draft = factories.activity(cast.board, cast.commune, state=FactState.DRAFT, title="Lớp tập huấn")
    Activity.history.filter(id=draft.pk).update(history_user=cast.officer)
    client.force_login(keeper)
    address = url("member_end", hat(cast.officer))
    assert "Lớp tập huấn" in client.get(address).content.decode()
    values = {"reason": "QĐ 5", "receiver": hat(cast.clerk).pk, "note": "Gọi chị Lan"}
    note_url = client.post(address, form_of(client, address) | values).url
    client.force_login(cast.clerk)
    home = Page(client.get("/"))
    assert f"Công việc của {cast.officer.full_name}" in home.texts("a", class_="what")
    page = Page(client.get(note_url))
    assert "Gọi chị Lan" in page.texts("p")
    assert reverse("programs:activity_detail", args=[draft.uid]) in {a.attributes["href"] for a in page.all("a")}
    note = HandOver.objects.get()
    assert client.post(url("hand_over_take", note)).status_code == 302
    assert "Công việc của" not in client.get("/").content.decode()


def test_system_administrator_ends_a_role_without_reading_titles(cast, client):
    draft = factories.activity(cast.board, cast.commune, state=FactState.DRAFT, title="Lớp tập huấn")
    Activity.history.filter(id=draft.pk).update(history_user=cast.officer)
    client.force_login(cast.administrator)
    address = url("member_end", hat(cast.officer))
    page = client.get(address)
    assert "Lớp tập huấn" not in page.content.decode()
    assert "Hoạt động nháp: 1" in Page(page).texts("li")
    done = client.post(address, form_of(client, address) | {"reason": "QĐ 5"})
    assert done.url == url("member_list", cast.board)
    assert client.get(url("hand_over_detail", HandOver.objects.get())).status_code == 404


def test_a_last_day_is_asked_for(cast, kept):
    address = url("member_end", hat(cast.officer))
    answer = kept.post(address, form_of(kept, address) | {"when": "after", "last_day": "", "reason": "a"})
    assert (answer.status_code, errors(answer)) == (422, ["Hãy ghi ngày cuối."])


def test_one_hands_over_by_oneself_and_only_once(cast, client):
    client.force_login(cast.officer)
    address = url("hand_over_create", hat(cast.officer))
    values = form_of(client, address) | {"note": "Nghỉ thai sản", "receiver": ""}
    assert client.post(address, values).url == client.post(address, values).url
    assert HandOver.objects.count() == 1
    assert hat(cast.officer).valid_to is None


# --- deputies --------------------------------------------------------------------------------------------------------


def test_deputy_chooses_the_hat_which_says_for_whom(cast, client):
    client.force_login(cast.leader)
    address = url("member_deputise", hat(cast.leader))
    values = {"deputy": hat(cast.clerk).pk, "valid_to": date_vi(TODAY + timedelta(days=3))}
    assert client.post(address, form_of(client, address) | values).status_code == 302
    lent = Membership.objects.get(deputises__user=cast.leader)
    client.force_login(cast.clerk)
    client.post(url("switch_hat"), {"hat": lent.uid})
    assert f"thay {cast.leader.full_name}" in Page(client.get("/")).one("summary", class_="hat").text


def test_hat_of_another_day_cannot_be_chosen(cast, client):
    later = factories.member(cast.union, user=cast.clerk, valid_from=TODAY + timedelta(days=1))
    over = factories.member(cast.union, user=cast.clerk, role="leader", valid_to=TODAY - timedelta(days=1))
    client.force_login(cast.clerk)
    hats = Membership.objects.filter(user__in=(later, over), agency=cast.union)
    assert [client.post(url("switch_hat"), {"hat": row.uid}).status_code for row in hats] == [404, 404]


def test_a_hat_chosen_yesterday_gives_way_when_it_ends(cast, client, time_machine):
    factories.member(cast.union, user=cast.clerk, valid_to=TODAY)
    client.force_login(cast.clerk)
    client.post(url("switch_hat"), {"hat": cast.clerk.memberships.get(agency=cast.union).uid})
    assert "Hội LHPN tỉnh" in Page(client.get("/notices/")).one("summary", class_="hat").text
    time_machine.move_to(timezone.now() + timedelta(hours=25 - timezone.localtime().hour))
    client.force_login(cast.clerk)
    assert Page(client.get("/notices/")).one("div", class_="hat").text.startswith("Sở Dân tộc và Tôn giáo")


def test_hat_of_an_agency_of_the_centre_is_offered_the_provinces(cast, client):
    centre = factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG")
    factories.member(centre, user=cast.officer)
    client.force_login(cast.officer)
    client.post(url("switch_hat"), {"hat": cast.officer.memberships.get(agency=centre).uid})
    for name in ("reports:home", "programs:activity_list", "coordination:unit_list", "coordination:agreement_list"):
        assert client.get(reverse(name)).status_code == 200
    found = client.get(reverse("coordination:unit_options"), {"unit_words": "quang thu"})
    assert found.status_code == 200


# --- inviting --------------------------------------------------------------------------------------------------------


def test_invitation_goes_by_mail_and_a_double_click_sends_one(cast, kept):
    address = url("invitation_create", cast.board)
    values = invite_values(kept, cast.board)
    answers = [kept.post(address, values) for _click in range(2)]
    assert [answer.url for answer in answers] == [url("invitation_list", cast.board)] * 2
    work()
    assert len(mail.outbox) == 1
    assert f"đến {timezone.localtime(Invitation.objects.get().expires_at):%H:%M %d/%m/%Y}" in mail.outbox[0].body


def test_who_has_the_role_or_is_invited_is_named_by_the_field(cast, kept):
    address = url("invitation_create", cast.board)
    there = kept.post(address, invite_values(kept, cast.board, email=cast.officer.email.upper()))
    kept.post(address, invite_values(kept, cast.board))
    again = kept.post(address, invite_values(kept, cast.board))
    assert errors(there) == ["Người này đã có vai trò này ở đây. Hãy sửa trong danh sách người của đơn vị."]
    assert errors(again) == [
        "Địa chỉ này đã được mời vào vai trò này. Hãy gửi lại lời mời đó trong danh sách lời mời."
    ]
    assert Page(again).one("input", id="id_full_name").attributes["value"] == "Người Mới"


def test_code_on_paper_is_shown_once_and_works(cast, kept, client):
    answer = kept.post(url("invitation_create", cast.board), invite_values(kept, cast.board, by="paper"))
    code = Page(answer).one("b", class_="slip-code").text
    assert "no-store" in answer["Cache-Control"]
    assert code not in kept.get(url("invitation_list", cast.board)).content.decode()
    stranger = type(client)()
    found = stranger.post(url("invitation_code"), {"code": code.lower().replace("-", " ")})
    assert found.url == url("invitation_accept", code)
    assert stranger.get(found.url).status_code == 200


def test_list_says_what_became_of_each(cast, kept, time_machine):
    for email in ("a@example.vn", "b@example.vn"):
        kept.post(url("invitation_create", cast.board), invite_values(kept, cast.board, email=email))
    first = Invitation.objects.get(email="a@example.vn")
    kept.post(url("invitation_move", first, "withdraw"))
    page = Page(kept.get(url("invitation_list", cast.board)))
    assert page.texts("span", class_="pill") == ["đang chờ", "đã rút"]
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    kept.force_login(User.objects.get(memberships__role="administrator"))
    assert Page(kept.get(url("invitation_list", cast.board))).texts("span", class_="pill") == ["quá hạn", "đã rút"]
    kept.post(url("invitation_move", Invitation.objects.get(email="b@example.vn"), "send"))
    assert Page(kept.get(url("invitation_list", cast.board))).texts("span", class_="pill") == ["đang chờ", "đã rút"]


@pytest.mark.parametrize("page", ["invitation_create", "invitation_bulk"])
def test_nobody_is_invited_to_an_agency_that_has_ended(cast, client, page):
    client.force_login(cast.administrator)
    values = invite_values(client, cast.board)
    changed(cast.board, closed_on=TODAY - timedelta(days=1))()
    assert client.post(url(page, cast.board), values).status_code == 403
    assert client.get(url("invitation_list", cast.board)).status_code == 200
    assert Invitation.objects.count() == 0
    for shown in ("invitation_list", "member_list"):  # where no button leads to a page that would refuse
        answer = client.get(url(shown, cast.board))
        assert url(page, cast.board) not in answer.text
        assert "Cơ quan này đã kết thúc. Hãy mời người vào cơ quan kế tục." in answer.text


@pytest.mark.parametrize("rows", [1, 3])
def test_invitation_list_query_count(cast, kept, rows, django_assert_num_queries):
    for row in range(rows):
        code_for(cast, email=f"p{row}@example.vn")
    kept.get(url("invitation_list", cast.board))
    with django_assert_num_queries(6):
        kept.get(url("invitation_list", cast.board))


# --- a staff list ----------------------------------------------------------------------------------------------------

LIST = """Hoàng Thị B	b@example.vn	Chuyên viên	Phó phòng
Lê C, c@example.vn, van thu
Sai Dòng; khong-phai; lãnh đạo
"""


def bulk_values(client, agency, **values):
    return form_of(client, url("invitation_bulk", agency)) | {"people": LIST, "by": "mail"} | values


def test_list_is_read_back_before_anybody_is_invited(cast, kept):
    address = url("invitation_bulk", cast.board)
    answer = kept.post(address, bulk_values(kept, cast.board))
    page = Page(answer)
    assert answer.status_code == 422
    assert Invitation.objects.count() == 0
    lines = [row.text for row in page.all("li") if row.within(tag="section", aria_label="Danh")]
    assert lines[0] == "1. Hoàng Thị B · b@example.vn · Chuyên viên · Phó phòng"
    assert lines[1] == "2. Lê C · c@example.vn · Văn thư"
    assert "khong-phai" in lines[2]
    assert page.one("button", name="confirmed").text == "Chỉ mời 2 người hợp lệ"
    assert page.one("textarea").text.startswith("Hoàng Thị B")


def test_valid_lines_are_invited_by_their_own_button_and_once(cast, kept):
    address = url("invitation_bulk", cast.board)
    values = bulk_values(kept, cast.board)
    digest = Page(kept.post(address, values)).one("button", name="confirmed").attributes["value"]
    altered = kept.post(address, values | {"people": LIST + "Thêm D, d@example.vn, lãnh đạo", "confirmed": digest})
    assert (altered.status_code, Invitation.objects.count()) == (422, 0)
    for _click in range(2):
        assert kept.post(address, values | {"confirmed": digest}).url == url("invitation_list", cast.board)
    found = Invitation.objects.order_by("email").values_list("email", "role", "position_title")
    assert list(found) == [("b@example.vn", "officer", "Phó phòng"), ("c@example.vn", "clerk", "")]


def test_sheet_of_codes_has_a_slip_for_each(cast, kept):
    address = url("invitation_bulk", cast.board)
    values = bulk_values(kept, cast.board, by="paper")
    digest = Page(kept.post(address, values)).one("button", name="confirmed").attributes["value"]
    page = Page(kept.post(address, values | {"confirmed": digest}))
    codes = page.texts("b", class_="slip-code")
    assert len(set(codes)) == len(codes) == 2
    work()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("A, a@example.vn, giám sát", "giám sát"),
        ("A, a@example.vn, clerk, x, y", "Có hơn bốn cột. Kiểm tra dấu phẩy trong dòng này."),
        (
            "B, b@example.vn, clerk\nB, B@example.vn, Văn thư",
            "Địa chỉ này có hai lần trong danh sách",
        ),
    ],
)
def test_each_line_says_what_is_wrong_with_it(cast, kept, line, error):
    answer = kept.post(url("invitation_bulk", cast.board), bulk_values(kept, cast.board, people=line))
    assert [error in text for text in errors(answer)] == [True]


@pytest.mark.parametrize("rows", [1, 30])
def test_reading_a_list_back_query_count(cast, kept, rows, django_assert_num_queries):
    values = bulk_values(kept, cast.board)
    values["people"] = "\n".join(f"Người {row}, p{row}@example.vn, clerk" for row in range(rows))
    with django_assert_num_queries(7):
        assert kept.post(url("invitation_bulk", cast.board), values).status_code == 200


# --- behind the link -------------------------------------------------------------------------------------------------


def code_for(cast, **values):
    sure = {"agency": cast.board, "by": cast.leader, "on_paper": True, "form_token": uuid.uuid4()}
    (slip,) = invite([invitee(**values)], **sure)
    return slip.code


def test_link_makes_the_account_and_opens_the_portal(cast, client):
    address = url("invitation_accept", code_for(cast))
    page = Page(client.get(address))
    assert page.one("input", id="id_full_name").attributes["value"] == "Người mới"
    assert page.against_csp() == []
    values = {"full_name": "Người Mới", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(address, values).url == reverse("reports:home")
    assert Page(client.get("/")).one("div", class_="hat").text.startswith("Sở Dân tộc và Tôn giáo")
    gone = client.get(address)
    assert (gone.status_code, Page(gone).texts("h1")) == (410, ["Lời mời này không dùng được"])


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"password1": "ngan", "password2": "ngan"}, "12 ký tự"),
        ({"password1": PASSWORD, "password2": "khac"}, "Hai lần nhập mật khẩu phải giống nhau."),
        ({"password1": "moi@example.vn", "password2": "moi@example.vn"}, "giống"),
    ],
)
def test_password_is_checked_in_vietnamese(cast, client, values, error):
    answer = client.post(url("invitation_accept", code_for(cast)), {"full_name": "Người Mới"} | values)
    assert answer.status_code == 422
    assert any(error in text for text in errors(answer))
    assert User.objects.filter(email="moi@example.vn").count() == 0


def test_who_has_an_account_signs_in_and_takes_the_role(cast, client):
    person = factories.member(cast.union, user=factories.user(email="co@example.vn", password=factories.PASSWORD))
    address = url("invitation_accept", code_for(cast, email="co@example.vn"))
    link = next(a for a in Page(client.get(address)).all("a", class_="btn-primary"))
    signed_in = client.post(link.attributes["href"], {"login": "co@example.vn", "password": factories.PASSWORD})
    assert signed_in.url == address
    assert client.post(address).url == reverse("reports:home")
    assert set(person.memberships.values_list("agency", flat=True)) == {cast.union.pk, cast.board.pk}
    assert "Sở Dân tộc và Tôn giáo" in Page(client.get("/")).one("summary", class_="hat").text


def test_somebody_else_signed_in_cannot_take_it(cast, client):
    address = url("invitation_accept", code_for(cast, email=cast.partner.email))
    client.force_login(cast.stranger)
    assert client.post(address).status_code == 200
    assert f"dành cho {cast.partner.email}" in client.get(address).content.decode()
    assert Invitation.objects.get().accepted_at is None
    client.logout()
    assert client.post(address).status_code == 200
    assert Invitation.objects.get().accepted_at is None


def test_what_does_not_work_says_why_only_to_who_had_it(cast, client, time_machine):
    withdrawn = code_for(cast)
    withdraw(Invitation.objects.get(), by=cast.leader)
    old = code_for(cast, email="cu@example.vn")
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    found = {}
    for code in (withdrawn, old, "ABCD-EFGH-JKMN-PQRS"):
        answer = client.get(url("invitation_accept", code))
        found[code] = (answer.status_code, Page(answer).one("div", class_="muted").text)
        assert client.post(url("invitation_accept", code), {}).status_code == answer.status_code
    assert list(found.values()) == [
        (410, "Cơ quan đã rút lời mời này."),
        (410, "Lời mời đã quá 72 giờ, hoặc đã có lời mời mới hơn."),
        (404, "Liên kết hoặc mã không đúng. Hãy so từng chữ với thư hoặc tờ giấy."),
    ]


def test_guessing_is_stopped(cast, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"invitation": "2/m/ip"}
    statuses = [client.get(url("invitation_accept", "ABCD-EFGH-JKMN-PQRS")).status_code for _try in range(3)]
    assert statuses == [404, 404, 429]
    assert client.get(url("invitation_code")).status_code == 429


def test_a_code_that_cannot_be_one_is_said_by_the_field(db, client):
    answer = client.post(url("invitation_code"), {"code": "ABC"})
    assert (answer.status_code, errors(answer)) == (422, ["Mã gồm 16 chữ và số, như AB12-CD34-EF56-GH78."])


# --- accounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_account_query_count(cast, client, rows, django_assert_num_queries):
    for row in range(rows):
        factories.member(cast.union, user=cast.officer, valid_from=TODAY - timedelta(days=row))
    client.force_login(cast.administrator)
    client.get(url("account_detail", cast.officer))
    with django_assert_num_queries(8):
        client.get(url("account_detail", cast.officer))


def test_account_shows_roles_over_time(cast, client):
    factories.member(cast.union, user=cast.officer, role="leader", valid_to=TODAY - timedelta(days=9))
    client.force_login(cast.administrator)
    page = Page(client.get(url("account_detail", cast.officer)))
    agencies = [link.text for link in page.all("a", class_="strong")]
    assert sorted(agencies) == ["Hội LHPN tỉnh", "Sở Dân tộc và Tôn giáo"]
    assert page.against_csp() == []


def test_locking_asks_first_and_ends_the_session(cast, client):
    office = type(client)()
    office.force_login(cast.officer)
    client.force_login(cast.administrator)
    address = url("account_move", cast.officer, "lock")
    assert Page(client.get(address)).texts("h1") == ["Khóa tài khoản này?"]
    assert office.get("/notices/").status_code == 200
    assert client.post(address).url == url("account_detail", cast.officer)
    assert office.get("/notices/").status_code == 302


def test_nobody_locks_the_own_account(cast, client):
    client.force_login(cast.administrator)
    assert client.post(url("account_move", cast.administrator, "lock")).status_code == 403
    assert User.objects.get(pk=cast.administrator.pk).is_active
