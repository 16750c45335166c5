"""Getting in: by e-mail and password, with a second step where wanted, never by signing up."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from coordination.enums import MemberRole
from coordination.jobs import claim, perform
from reports.enums import PeriodKind
from reports.models import CutoffProfile, ReportingPeriod
from tests import factories
from tests.pages import Page

LOGIN = "/accounts/login/"
NEW_PASSWORD = "mat-khau-moi-tinh"


@pytest.fixture(autouse=True)
def counters(settings):
    """Attempts are counted in a memory of the test's own."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def person(cast):
    return factories.member(
        cast.board, user=factories.user("Hồ Thị Thanh", email="thanh@example.vn", password=factories.PASSWORD)
    )


def sign_in(client, email="thanh@example.vn", password=factories.PASSWORD, path=LOGIN):
    return client.post(path, {"login": email, "password": password})


def confirm(client):
    """What changes the protection asks for the password once more, however fresh the session is."""
    return client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})


def key_of(page):
    """The key of an authenticator app, as the page that sets it up writes it in letters."""
    return page.one("b", class_="key").text


def code_for(key):
    return format_hotp_value(hotp_value(key, next(yield_hotp_counters_from_time())))


# --- password --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["thanh@example.vn", "Thanh@Example.vn"])
def test_sign_in_by_email_leads_to_the_first_page(person, client, email):
    response = sign_in(client, email)
    assert response.url == reverse("reports:home")
    assert client.session.get_expire_at_browser_close()


def test_session_ends_after_a_working_day(person, client, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    sign_in(client)
    time_machine.move_to(start + timedelta(hours=11, minutes=59), tick=False)
    assert client.get("/accounts/2fa/").status_code == 200
    time_machine.move_to(start + timedelta(hours=12, minutes=1), tick=False)
    assert client.get("/accounts/2fa/").url == f"{LOGIN}?next=/accounts/2fa/"


@pytest.mark.parametrize("email", ["thanh@example.vn", "khong-co@example.vn"])
def test_wrong_password_and_unknown_address_read_alike(person, client, email):
    page = Page(sign_in(client, email, "sai-mat-khau-roi"))
    assert page.texts("h2") == ["Chưa đăng nhập được"]
    assert page.texts("li") == ["Thư điện tử hoặc mật khẩu chưa đúng. Thử lại, hoặc lấy lại mật khẩu."]
    assert page.one("input", id="id_login").attributes["value"] == email
    assert page.against_csp() == []


def test_after_five_failures_even_the_right_password_waits(person, client):
    for _attempt in range(5):
        sign_in(client, password="sai-mat-khau-roi")
    page = Page(sign_in(client))
    assert page.texts("li") == ["Bạn nhập sai quá nhiều lần. Chờ năm phút rồi thử lại; mật khẩu của bạn không đổi."]


def test_another_account_is_not_held_up_by_them(person, cast, client):
    for _attempt in range(6):
        sign_in(client, password="sai-mat-khau-roi")
    factories.user(email="khac@example.vn", password=factories.PASSWORD)
    assert sign_in(client, "khac@example.vn").status_code == 302


def test_too_many_requests_get_a_page_with_a_reference(person, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    responses = [sign_in(client, password="sai-mat-khau-roi") for _attempt in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    page = Page(responses[-1])
    assert page.texts("h1") == ["Bạn thử lại quá nhiều lần"]
    assert re.search(r"429-[0-9A-F]{6}", page.one("p", class_="num").text)


def test_closed_account_cannot_sign_in(person, client):
    person.is_active = False
    person.save()
    assert sign_in(client).url == "/accounts/inactive/"
    assert Page(client.get("/accounts/inactive/")).texts("h1") == ["Tài khoản này đã đóng"]


def test_way_back_leads_into_the_portal_only(person, client):
    assert sign_in(client, path=f"{LOGIN}?next=/lists/accounts/").url == "/lists/accounts/"
    client.logout()
    assert sign_in(client, path=f"{LOGIN}?next=https://example.com/").url == reverse("reports:home")


def test_sign_out_is_a_post(person, client):
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").url == LOGIN
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/"])
def test_nobody_signs_up_or_adds_an_address(client, db, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_sign_in_page_says_which_report_is_due(db, client):
    today = timezone.localdate()
    profile = CutoffProfile.objects.create(code="ND09", name="NĐ 09")
    ReportingPeriod.objects.create(
        profile=profile,
        kind=PeriodKind.HALF,
        year=today.year,
        code="K",
        label="Kỳ thử",
        data_from=today - timedelta(days=180),
        data_to=today - timedelta(days=1),
        money_from=today,
        due_compiler=today + timedelta(days=5),
    )
    (note,) = [note for note in Page(client.get(LOGIN)).all("div", class_="note") if note.within(tag="main")]
    due = today + timedelta(days=5)
    assert "Kỳ thử" in note.text
    assert f"Hạn nộp báo cáo: {due:%d/%m/%Y}" in note.text


# --- a new password --------------------------------------------------------------------------------------------------


def asked_link(client, email="thanh@example.vn"):
    response = client.post("/accounts/password/reset/", {"email": email})
    assert response.url == "/accounts/password/reset/done/"
    assert mail.outbox == []  # a worker sends it
    while job := claim():
        perform(job)
    return re.search(r"https?://testserver(\S+)", mail.outbox[0].body)[1] if mail.outbox else None


def test_forgotten_password_is_chosen_anew_by_a_link(person, client):
    link = asked_link(client)
    assert mail.outbox[0].subject == "Phối Hợp: đặt mật khẩu"
    assert mail.outbox[0].body.startswith("Kính gửi anh/chị,")
    form = client.get(link, follow=True)
    assert Page(form).texts("h1") == ["Đặt mật khẩu mới"]
    path = form.redirect_chain[-1][0]
    done = client.post(path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
    assert Page(done).texts("h1") == ["Đã đổi mật khẩu"]
    assert sign_in(client, password=NEW_PASSWORD).status_code == 302
    client.logout()
    assert Page(client.get(link, follow=True)).texts("h1") == ["Liên kết này không dùng được nữa"]


def test_unknown_address_gets_the_same_page_and_no_mail(person, client):
    assert asked_link(client, "khong-co@example.vn") is None
    assert Page(client.get("/accounts/password/reset/done/")).texts("h1") == ["Kiểm tra hộp thư"]


def test_short_password_is_refused_in_vietnamese(person, client):
    sign_in(client)
    values = {"oldpassword": factories.PASSWORD, "password1": "ngan12345", "password2": "ngan12345"}
    page = Page(client.post("/accounts/password/change/", values))
    assert "12 ký tự" in page.one(id="id_password1_error").text


def test_password_is_changed_by_whoever_knows_the_old_one(person, client):
    sign_in(client)
    values = {"oldpassword": "sai", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    page = Page(client.post("/accounts/password/change/", values))
    assert page.one(id="id_oldpassword_error").text == "Mật khẩu hiện tại chưa đúng."
    client.post("/accounts/password/change/", values | {"oldpassword": factories.PASSWORD})
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


# --- second step -----------------------------------------------------------------------------------------------------


@pytest.fixture
def with_second_step(person, client):
    """Signed in, with an authenticator app set up; returns its key."""
    sign_in(client)
    confirm(client)
    page = Page(client.get("/accounts/2fa/totp/activate/"))
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(key_of(page))})
    return key_of(page)


def test_second_step_is_set_up_with_a_drawing_and_a_key(person, client):
    sign_in(client)
    confirm(client)
    page = Page(client.get("/accounts/2fa/totp/activate/"))
    assert page.one("img").attributes["src"].startswith("data:image/svg+xml;")
    assert page.against_csp() == []
    wrong = Page(client.post("/accounts/2fa/totp/activate/", {"code": "000000"}))
    assert wrong.one(id="id_code_error").text == "Mã chưa đúng hoặc đã hết hạn."
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(key_of(wrong))}, follow=True)
    assert Page(done).texts("h1") == ["Mã dự phòng"]
    assert "Đang bật. Mỗi lần đăng nhập sẽ hỏi mã từ ứng dụng." in Page(client.get("/accounts/2fa/")).texts("p")


def test_second_step_is_asked_at_sign_in(with_second_step, client, time_machine):
    client.logout()
    assert sign_in(client).url == "/accounts/2fa/authenticate/"
    assert Page(client.get("/accounts/2fa/authenticate/")).texts("h1") == ["Bước hai"]
    assert client.get(reverse("reports:home")).url.startswith(LOGIN)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    response = client.post("/accounts/2fa/authenticate/", {"code": code_for(with_second_step)})
    assert response.url == reverse("reports:home")


def test_recovery_code_lets_in_once(with_second_step, client):
    client.post("/accounts/2fa/recovery-codes/generate/")
    page = Page(client.get("/accounts/2fa/recovery-codes/"))
    codes = [item.text for item in page.all("li") if item.within(class_="codes")]
    assert len(codes) == 10
    for expected in (302, 200):
        client.logout()
        sign_in(client)
        assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == expected


def test_second_step_is_switched_off_after_a_question(with_second_step, client):
    assert Page(client.get("/accounts/2fa/totp/deactivate/")).texts("h1") == ["Tắt đăng nhập hai bước?"]
    done = client.post("/accounts/2fa/totp/deactivate/", follow=True)
    assert "Đã tắt đăng nhập hai bước." in Page(done).one(id="messages").text
    client.logout()
    assert sign_in(client).url == reverse("reports:home")


def test_protection_is_changed_only_after_the_password_was_given_again(person, client, time_machine):
    sign_in(client)
    path = "/accounts/2fa/totp/activate/"
    asked = client.get(path, follow=True)
    page = Page(asked)
    assert page.texts("h1") == ["Xác nhận đúng là bạn"]
    assert page.one("input", autocomplete="username").attributes["value"] == "thanh@example.vn"
    wrong = Page(client.post("/accounts/reauthenticate/", {"password": "sai"}))
    assert wrong.one(id="id_password_error").text == "Mật khẩu chưa đúng."
    assert client.get(path).status_code == 302
    confirm(client)
    assert client.get(path).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert client.get(path).status_code == 302


# --- all pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["login/", "logout/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/done/"],
)
def test_pages_without_an_account_are_open_vietnamese_and_clean(client, db, path):
    response = client.get(f"/accounts/{path}", follow=True)
    page = Page(response)
    assert response.status_code == 200
    assert page.against_csp() == []
    assert len(page.all("h1")) == 1
    assert resolve(response.request["PATH_INFO"])


def test_role_is_not_an_account(cast, client):
    """A person without any role signs in and is told whom to ask."""
    nobody = factories.user(email="moi@example.vn", password=factories.PASSWORD)
    factories.member(cast.board, MemberRole.OFFICER, user=nobody, valid_to=timezone.localdate() - timedelta(days=1))
    sign_in(client, "moi@example.vn")
    assert "Bạn chưa có vai trò ở cơ quan nào" in Page(client.get("/")).texts("p")
