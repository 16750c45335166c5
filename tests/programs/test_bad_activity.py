"""What does not fit in the form of an activity: said at its field, and nothing that was typed or sent is lost."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from coordination.models import SavedFile
from coordination.uploads import MEGABYTE
from programs.models import Activity
from tests import factories
from tests.forms import filled
from tests.pages import Page
from tests.programs.activity_forms import sent

NEW, FILES = "/activities/new/", "/activities/new/files/"
KEPT = "hop-thon.jpg"


def picture(name, more=b""):
    """A photo; `more` is what stands behind its end."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue() + more, "image/jpeg")


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


@pytest.fixture
def typed(officer, cast):
    """A whole form with a photo that is kept already."""
    values = sent(
        cast.commune, result="Phát 120 tờ rơi", place="Nhà văn hóa", cost_central="5000000", note="Trời mưa",
        partners=[cast.union.pk], consent="on", starts_on="08/06/2026", ends_on="08/06/2026",
    )  # fmt: skip
    assert officer.post(FILES, values | {"photos": [picture(KEPT)]}).status_code == 200
    return values


def says(answer, *ids):
    """What the summary says; its links go to exactly these controls, each of which is on the page."""
    assert answer.status_code == 422
    page = Page(answer)
    links = [link for link in page.all("a") if link.within(class_="errsum")]
    assert {link.attributes["href"] for link in links} == {f"#{name}" for name in ids}
    for name in ids:
        page.one(id=name)
        assert page.all(id=f"{name}_error"), name
    assert page.one("title").text.startswith("Lỗi: ")
    return page.one(class_="errsum").text


def nothing_is_lost(answer, values):
    """Each control shows what was sent in it; the photo is still there, and nothing is recorded."""
    shown = filled(answer, "activity-form")
    for name, value in values.items():
        kept = shown.get(name)
        wanted = [str(one) for one in value] if isinstance(value, list) else value
        assert kept in (wanted, [wanted]), name
    assert SavedFile.objects.get().name == KEPT
    assert KEPT in answer.text
    assert Activity.objects.count() == 0


BAD = {
    "women over the total": ({"women": "113", "minority_women": "60"}, "id_women", "Số nữ (113)"),
    "minority women over the women": (
        {"women": "60", "minority": "100", "minority_women": "61"}, "id_minority_women", "(61)",
    ),
    "the end before the start": ({"ends_on": "07/06/2026"}, "id_ends_on", "không được trước ngày bắt đầu"),
    "money below nought": ({"cost_central": "-5000000"}, "id_cost_central", "Ghi từ 0 trở lên"),
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "at", "words"), BAD.values(), ids=BAD)
def test_a_value_that_does_not_fit_is_said_at_its_field(officer, typed, wrong, at, words):
    values = typed | wrong
    answer = officer.post(NEW, values)
    assert words in says(answer, at)
    nothing_is_lost(answer, values)


def test_a_place_that_was_not_there_on_the_day_is_named(officer, cast, typed):
    """It cannot stand in the list of that day: its name stays in the search field, and is found on a day it was."""
    gone = factories.commune(cast.province, "Sơn Cũ", valid_to=date(2026, 5, 31))
    answer = officer.post(NEW, typed | {"unit": str(gone.pk)})
    assert "Chọn một nơi trong danh sách của ngày đó" in says(answer, "id_unit")
    nothing_is_lost(answer, typed | {"unit": "", "unit_words": "Xã Sơn Cũ"})
    earlier = filled(answer, "activity-form") | {"starts_on": "08/05/2026", "ends_on": "08/05/2026"}
    assert officer.post(NEW, earlier).status_code == 302
    assert Activity.objects.get().unit == gone


def test_a_file_of_a_false_type_is_named(officer, typed):
    false = SimpleUploadedFile("anh-gia.jpg", b"MZ\x90 chuong trinh", "image/jpeg")
    answer = officer.post(NEW, typed | {"photos": [false]})
    assert "anh-gia.jpg:" in says(answer, "id_photos")
    nothing_is_lost(answer, typed)


def test_a_photo_over_the_limit_is_named_with_the_limit(officer, typed, settings):
    settings.UPLOAD_MAX_MB = 1
    answer = officer.post(NEW, typed | {"photos": [picture("qua-lon.jpg", b"\0" * MEGABYTE)]})
    words = says(answer, "id_photos")
    assert "qua-lon.jpg:" in words
    assert "1 MB" in words
    nothing_is_lost(answer, typed)


def test_all_that_is_wrong_is_said_at_once(officer, typed):
    values = typed | {"title": "", "women": "113", "minority_women": "60", "ends_on": "07/06/2026", "kind": ""}
    false = SimpleUploadedFile("anh-gia.jpg", b"MZ\x90 chuong trinh", "image/jpeg")
    answer = officer.post(NEW, values | {"photos": [false]})
    assert "còn 5 chỗ cần sửa" in says(answer, "id_title", "id_kind", "id_ends_on", "id_women", "id_photos")
    nothing_is_lost(answer, {name: value for name, value in values.items() if name != "kind"})
