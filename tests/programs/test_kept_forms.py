"""A form of an activity saves itself, with its files, and is gone once it is sent or thrown away."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from coordination.models import SavedFile, SavedForm
from programs.enums import FactState
from programs.models import Activity, Evidence
from tests import factories
from tests.programs.activity_forms import DAY, address, sent

NEW = "/activities/new/"
KEEP, FILES = "/activities/new/keep/", "/activities/new/files/"


def photo(name="anh.jpg"):
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def keep(client, cast, **changes):
    values = sent(cast.commune, **changes)
    assert client.post(KEEP, values).status_code == 200
    return SavedForm.objects.get(form_token=values["form_token"]), values


def test_what_is_typed_is_kept_once_and_the_latest(officer, cast):
    token = str(uuid.uuid4())
    keep(officer, cast, title="Lần một", form_token=token)
    saved, _values = keep(officer, cast, title="Lần hai", women="", form_token=token)
    assert (saved.title, saved.data["title"], saved.data["women"], saved.user) == (
        "Lần hai",
        ["Lần hai"],
        [""],
        cast.officer,
    )
    assert "csrfmiddlewaretoken" not in saved.data
    assert Activity.objects.count() == 0


def test_a_form_without_a_token_is_not_kept(officer, cast):
    assert officer.post(KEEP, sent(cast.commune, form_token="x")).status_code == 422
    assert SavedForm.objects.count() == 0


def test_it_goes_on_after_the_session_ended(officer, cast):
    """Nothing of it hangs on the session, and what is half typed is not judged yet."""
    saved, values = keep(officer, cast, title="Viết dở", women="130", starts_on="31/13")
    officer.logout()
    officer.force_login(cast.officer)
    assert "Viết dở" in officer.get("/").text
    assert "Viết dở" in officer.get("/activities/").text
    form = officer.get(f"{NEW}?kept={saved.form_token}").context["entry"]
    assert form.form["title"].value() == "Viết dở"
    assert form.form["women"].value() == "130"
    assert form.form["starts_on"].value() == "31/13"
    assert str(form.form["form_token"].value()) == values["form_token"]
    assert form.errors == []


def test_nobody_else_sees_or_drops_it(officer, client, cast):
    saved, _values = keep(officer, cast, title="Của riêng tôi")
    colleague = factories.member(cast.board, user=factories.user("Chuyên viên B"))
    client.force_login(colleague)
    assert "Của riêng tôi" not in client.get("/activities/").text
    assert client.get(f"{NEW}?kept={saved.form_token}").status_code == 404
    assert client.post(f"/activities/kept/{saved.form_token}/drop/").status_code == 404
    assert SavedForm.objects.count() == 1


def test_sent_or_thrown_away_it_is_gone(officer, cast):
    saved, values = keep(officer, cast)
    assert officer.post(NEW, values).status_code == 302
    assert SavedForm.objects.count() == 0
    assert officer.post(KEEP, values).status_code == 422  # a save that was on its way when the form was sent
    saved, _values = keep(officer, cast)
    assert officer.post(f"/activities/kept/{saved.form_token}/drop/").status_code == 302
    assert SavedForm.objects.count() == 0


def test_a_change_is_kept_beside_the_record(officer, cast):
    activity = factories.activity(cast.board, cast.commune, DAY, title="Cũ", attendances=10)
    values = sent(cast.commune, title="Mới", version=1, starts_on="08/03/2026")
    page = address("edit", activity)
    assert officer.post(f"{page}keep/", values).status_code == 200
    assert officer.get(page).context["entry"].form["title"].value() == "Cũ"
    assert officer.get(f"{page}?kept=1").context["entry"].form["title"].value() == "Mới"
    assert officer.post(page, values).status_code == 302
    assert (Activity.objects.get().title, SavedForm.objects.count()) == ("Mới", 0)


def test_files_stay_while_other_fields_are_mended(officer, cast):
    values = sent(cast.commune, title="")
    answer = officer.post(NEW, values | {"photos": [photo(), photo("hai.jpg")], "consent": "on"})
    assert answer.status_code == 422
    assert SavedFile.objects.get().name in answer.text  # the same picture twice is one
    assert officer.post(NEW, values | {"title": "Đủ rồi", "consent": "on"}).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.activity.title, evidence.media_type, evidence.consent) == ("Đủ rồi", "image/jpeg", True)
    assert (SavedFile.objects.count(), SavedForm.objects.count()) == (0, 0)


def test_photos_are_recorded_with_consent_only(officer, cast):
    values = sent(cast.commune)
    assert officer.post(FILES, values | {"photos": [photo()]}).status_code == 200
    answer = officer.post(NEW, values)
    assert answer.status_code == 422
    assert [error["where"] for error in answer.context["entry"].errors] == ["id_consent"]
    assert Activity.objects.count() == 0


def test_a_false_type_is_named_and_a_kept_file_can_be_dropped(officer, cast):
    values = sent(cast.commune)
    false = SimpleUploadedFile("anh.jpg", b"MZ not a picture", "image/jpeg")
    answer = officer.post(FILES, values | {"photos": [false]})
    assert answer.status_code == 422
    assert "anh.jpg:" in answer.text
    assert SavedFile.objects.count() == 0
    officer.post(FILES, values | {"photos": [photo()]})
    file = SavedFile.objects.get()
    storage, name = file.file.storage, file.file.name
    assert officer.post(NEW, values | {"drop_file": str(file.uid)}).status_code == 200
    assert SavedFile.objects.count() == 0
    assert Activity.objects.count() == 0
    assert storage.exists(name)  # until the transaction of the test ends: it is deleted once that is certain


def test_a_draft_takes_its_files_along(officer, cast):
    values = sent(cast.commune, draft="1")
    assert officer.post(NEW, values | {"photos": [photo()], "consent": "on"}).status_code == 302
    assert Evidence.objects.get().activity.state == FactState.DRAFT
