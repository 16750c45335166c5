"""Activities from a phone: five in a row, one of them there already, and a partner that disputes its part."""

import re
import time
from datetime import date

import pytest
from django.utils import timezone
from PIL import Image

from coordination.models import SavedForm
from programs.enums import MarkNature
from programs.models import Activity, ActivityMark, CorrectionRequest
from scripts.steps import say
from tests import factories
from tests.browser.conftest import PHONE, problems_of, scrolls_sideways, sign_in
from tests.constraints import changed
from tests.coordination.reviews import agreement

DETAIL = re.compile(r"/activities/[0-9a-f-]{36}/$")
MOST_TAPS, MOST_SECONDS = 12, 120
NAMES = ("Nói chuyện chuyên đề", "Tập huấn kỹ năng", "Hội nghị sơ kết", "Ra mắt câu lạc bộ", "Đối thoại chính sách")


@pytest.fixture
def cast(transactional_db, cast):
    factories.activity_kind(), factories.component(), factories.period()
    return cast


class Finger:
    """Taps and keys of a person, counted: filling in a field is one tap on it."""

    def __init__(self, page):
        self.page, self.taps, self.keys = page, 0, 0

    def tap(self, what):
        what.tap()
        self.taps += 1

    def type(self, name, words):
        self.tap(self.page.locator(f"[name={name}]"))
        self.page.keyboard.type(words)
        self.keys += len(words)

    def choose(self, name, **what):
        """Opening a list and choosing in it."""
        self.page.select_option(f"select[name={name}]", **what)
        self.taps += 2


def open_form(finger):
    finger.tap(finger.page.locator(".tabbar").get_by_role("link", name="Ghi"))
    finger.page.wait_for_url("**/activities/new/")


def people(finger, total=112):
    for name, number in (("attendances", total), ("women", 40), ("minority", 30), ("minority_women", 20)):
        finger.type(name, str(number))


def test_five_activities_in_a_row(opened, cast, capsys):
    """The first chooses kind, content and place; the others take them over from the last one."""
    page = opened(PHONE, has_touch=True, is_mobile=True)
    sign_in(page, cast.officer)
    for number, name in enumerate(NAMES, 1):
        finger, began = Finger(page), time.monotonic()
        open_form(finger)
        finger.type("title", name)
        if number == 1:
            finger.tap(page.locator("[name=kind]").first.locator("xpath=.."))
            finger.choose("component", index=1)
            finger.choose("unit", label=cast.commune.label)
        people(finger, total=50 + 25 * number)  # as many people on one day would be asked about
        finger.tap(page.get_by_role("button", name="Ghi vào sổ"))
        page.wait_for_url(DETAIL)
        seconds = time.monotonic() - began
        with capsys.disabled():
            say(f"activity {number} from a phone: {finger.taps} taps, {finger.keys} keys, {seconds:.1f} s")
        assert finger.taps <= MOST_TAPS
        assert seconds < MOST_SECONDS
    assert Activity.objects.recorded().count() == len(NAMES)
    assert SavedForm.objects.count() == 0


def test_what_is_typed_is_kept_and_goes_on_after_the_session_ended(opened, cast):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    page.locator("[name=title]").press_sequentially("Viết dở trên điện thoại")
    page.locator("#kept-at").get_by_text("Đã lưu lúc").wait_for()
    page.context.clear_cookies()
    sign_in(page, cast.officer)
    page.get_by_role("link", name="Tiếp tục Viết dở trên điện thoại").click()
    assert page.locator("[name=title]").input_value() == "Viết dở trên điện thoại"
    assert problems_of(page) == []
    assert not scrolls_sideways(page)


def test_a_photo_is_kept_as_soon_as_it_is_chosen(opened, cast, tmp_path):
    Image.new("RGB", (60, 40), "green").save(tmp_path / "anh.jpg")
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/activities/new/")
    page.set_input_files("[name=photos]", tmp_path / "anh.jpg")
    page.locator("#form-files").get_by_text("anh.jpg").wait_for()
    assert SavedForm.objects.get().files.count() == 1


def test_a_duplicate_is_joined(opened, cast):
    """The Union logged it; both signed an agreement, so the board is asked before it counts a second time."""
    made = agreement(cast)
    changed(made.document, state="issued", number="1", issued_on=date(2026, 1, 1))()
    today = timezone.localdate()
    changed(made, stage_from=date(today.year - 1, 1, 1), stage_to=date(today.year + 1, 12, 31))()
    existing = factories.activity(
        cast.union, cast.commune, today, title=NAMES[0], attendances=110, kind=factories.activity_kind()
    )
    page = opened(PHONE, has_touch=True, is_mobile=True)
    sign_in(page, cast.officer)
    finger = Finger(page)
    open_form(finger)
    finger.type("title", NAMES[0])
    finger.tap(page.locator("[name=kind]").first.locator("xpath=.."))
    finger.choose("component", index=1)
    finger.choose("unit", label=cast.commune.label)
    people(finger)
    finger.tap(page.get_by_role("button", name="Ghi vào sổ"))
    page.get_by_text("Có thể đã có").wait_for()
    assert page.locator("[name=attendances]").input_value() == "112"
    assert problems_of(page) == []
    assert not scrolls_sideways(page)
    finger.tap(page.get_by_role("button", name="Đúng là hoạt động này"))
    page.wait_for_url(re.compile(r"/activities/$"))
    asked = CorrectionRequest.objects.get()

    owner = opened(PHONE)
    sign_in(owner, cast.partner)
    owner.goto(f"/requests/{asked.uid}/answer/")
    assert problems_of(owner) == []
    owner.get_by_role("button", name="Ghi tên cơ quan phối hợp").click()
    owner.wait_for_url(DETAIL)
    assert list(existing.partners.all()) == [cast.board]
    assert Activity.objects.count() == 1


def test_a_partner_disputes(opened, cast):
    activity = factories.activity(cast.board, cast.commune, timezone.localdate(), title=NAMES[2], attendances=100)
    activity.partners.add(cast.union)
    page = opened(PHONE)
    sign_in(page, cast.partner)
    page.get_by_role("link", name="Xác nhận hoặc không đồng ý").click()
    page.wait_for_url(re.compile(r"/activities/[0-9a-f-]{36}/"))
    assert problems_of(page) == []
    page.get_by_role("link", name="Không đồng ý phần của mình").click()
    page.get_by_role("button", name="Gửi").click()
    page.locator(".errsum").wait_for()
    page.locator("[name=text]").fill("Hội cử 3 người, không phải 30.")
    assert problems_of(page) == []
    page.get_by_role("button", name="Gửi").click()
    page.wait_for_url(DETAIL)
    assert ActivityMark.objects.get().nature == MarkNature.DISPUTED

    owner = opened(PHONE)
    sign_in(owner, cast.officer)
    owner.goto("/activities/?since=&until=")
    owner.locator("ul.cards").get_by_text("bên phối hợp chưa đồng ý").wait_for()
    assert not scrolls_sideways(owner)
