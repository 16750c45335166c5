"""Photos and files on a record: position data gone, type by content, nothing inline but pictures."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from coordination.enums import MemberRole
from coordination.uploads import FileRefused
from programs import evidence as proof
from programs.assignments import verify_answer
from programs.models import Activity, Evidence
from tests import factories
from tests.coordination.test_uploads import JPEG_BYTES, pdf
from tests.pages import Page
from tests.programs.tasks import TODAY, done, give, response_of, scene, task

pytestmark = pytest.mark.django_db
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo(size=(2400, 1200), *, kind="JPEG", turned=1):
    """With the place, the maker and the way it was held, as a phone writes them."""
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Máy thử", turned
    exif.get_ifd(GPS)[1] = "N"
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return written.getvalue()


def upload(content, name="anh.jpg"):
    return SimpleUploadedFile(name, content)


class Unread(SimpleUploadedFile):
    def read(self, *_size):
        pytest.fail("read")


def opened(client, url):
    """The answer, read to its end, which closes the file."""
    answer = client.get(url)
    if answer.streaming:
        answer.bytes = b"".join(answer.streaming_content)
    return answer


def address(activity):
    return reverse("programs:evidence_add", args=["activities", activity.uid])


def send(client, activity, *files, **typed):
    return client.post(address(activity), {"files": list(files), **typed})


def test_position_data_is_gone_and_the_picture_stands_upright():
    before = Image.open(io.BytesIO(photo(turned=6))).getexif()
    assert before[MAKER]  # the control: what was sent does tell
    assert before.get_ifd(GPS)
    checked = proof.check_evidence(upload(photo(turned=6)))
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert dict(kept.getexif()) == {}
        assert kept.size == (800, 1600)
    assert b"Exif" not in checked.content


def test_a_picture_with_holes_is_kept_on_white():
    written = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(written, "PNG")
    checked = proof.check_evidence(upload(written.getvalue(), "anh.png"))
    assert (checked.name, checked.media_type) == ("anh.jpg", "image/jpeg")
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (JPEG_BYTES, "hỏng"),
        (b"MZ\x90 chuong trinh", "không phải"),
        (b"<html><script>alert(1)</script>", "không phải"),
        (b"", "rỗng"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(client, cast, recorded, content, says):
    client.force_login(factories.member(cast.board))
    answer = send(client, recorded, upload(content), caption="Ảnh hội nghị", consent="on")
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Page(answer).one("input", name="caption").attributes["value"] == "Ảnh hội nghị"
    assert not Evidence.objects.exists()


def test_a_picture_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(proof, "MOST_PIXELS", 100)
    with pytest.raises(FileRefused):
        proof.check_evidence(upload(photo((11, 10))))
    assert proof.check_evidence(upload(photo((10, 10)))).size


def test_a_picture_that_claims_to_be_huge_is_refused_with_words():
    """Pillow refuses it by itself while it is opened, before our limit is asked."""
    written = io.BytesIO()
    Image.new("1", (1, 1)).save(written, "PNG")
    content = bytearray(written.getvalue())
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    with pytest.raises(FileRefused, match="điểm ảnh"):
        proof.check_evidence(upload(bytes(content), "anh.png"))


def test_a_photo_larger_than_the_limit_is_refused_before_it_is_read(settings):
    settings.UPLOAD_MAX_MB = 1
    file = Unread("anh.jpg", b"")
    file.size = 200 * 1024 * 1024
    with pytest.raises(FileRefused):
        proof.check_evidence(file)


def test_photos_and_files_go_together_and_a_photo_needs_consent(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    answer = send(client, recorded, upload(photo()), upload(pdf(), "danh-sach.pdf"))
    assert answer.status_code == 422
    assert "đồng ý" in answer.content.decode()
    assert send(client, recorded, upload(pdf(), "danh-sach.pdf")).status_code == 302
    assert send(client, recorded, upload(photo()), consent="on", caption="Hội nghị").status_code == 302
    assert list(recorded.evidence.values_list("name", "consent")) == [("danh-sach.pdf", False), ("anh.jpg", True)]


def test_the_same_file_twice_is_one(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    for _time in range(2):
        assert send(client, recorded, upload(photo()), consent="on").status_code == 302
    assert recorded.evidence.count() == 1


def test_a_record_takes_so_many_files_and_no_more(client, cast, recorded, monkeypatch):
    monkeypatch.setattr(proof, "MOST_FILES", 1)
    monkeypatch.setattr("programs.views.evidence.MOST_FILES", 1)
    client.force_login(factories.member(cast.board))
    answer = send(client, recorded, upload(pdf(1), "a.pdf"), upload(pdf(2), "b.pdf"))
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_only_pictures_are_shown_and_small_ones_weigh_little(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    noisy = Image.effect_noise((1200, 1200), 80).convert("RGB")
    written = io.BytesIO()
    noisy.save(written, "JPEG", quality=95)
    send(client, recorded, upload(written.getvalue()), upload(pdf(), "<b>.pdf"), consent="on")
    paper, picture = recorded.evidence.order_by("media_type")
    whole = opened(client, reverse("programs:evidence_file", args=[picture.uid]))
    small = opened(client, reverse("programs:evidence_file", args=[picture.uid]) + "?small")
    assert whole["Content-Type"] == small["Content-Type"] == "image/jpeg"
    assert whole["Content-Disposition"].startswith("inline")
    assert len(small.bytes) * 5 < len(whole.bytes)
    saved = opened(client, reverse("programs:evidence_file", args=[paper.uid]))
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved["Content-Security-Policy"]


def test_stored_names_say_nothing(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    send(client, recorded, upload(photo(), "Chi-Nguyen-Thi-A.jpg"), consent="on")
    assert "nguyen" not in recorded.evidence.get().file.name.lower()


def test_who_sees_the_record_sees_its_files_and_nobody_else(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    send(client, recorded, upload(pdf(), "a.pdf"))
    url = reverse("programs:evidence_file", args=[recorded.evidence.get().uid])
    for person, status in ((cast.partner, 200), (cast.stranger, 404)):
        client.force_login(person)
        assert opened(client, url).status_code == status


def test_evidence_is_added_and_taken_away_after_freezing_by_who_put_it_there(
    client, cast, recorded, django_capture_on_commit_callbacks
):
    client.force_login(factories.member(cast.board))
    Activity.objects.filter(pk=recorded.pk).update(locked_at="2026-06-20T08:00:00+00:00")
    send(client, recorded, upload(photo()), consent="on")
    kept = recorded.evidence.get()
    url = reverse("programs:evidence_delete", args=[kept.uid])
    other = factories.member(cast.board, MemberRole.REVIEWER)
    client.force_login(other)
    assert client.post(url).status_code == 403
    client.force_login(kept.added_by)
    assert client.get(url).status_code == 200
    storage, name = kept.file.storage, kept.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).status_code == 302
    assert not Evidence.objects.exists()
    assert not storage.exists(name)
    assert not storage.exists(proof.small_name(name))


def deleting(client, person, kept):
    client.force_login(person)
    return client.get(reverse("programs:evidence_delete", args=[kept.uid])).status_code


def test_a_partner_takes_away_what_it_put_there_and_nothing_of_the_agency_in_charge(client, cast, recorded):
    owner = factories.member(cast.board)
    for person, name in ((owner, "a.pdf"), (cast.partner, "b.pdf")):
        client.force_login(person)
        assert send(client, recorded, upload(pdf(len(name) + ord(name[0])), name)).status_code == 302
    ours, theirs = recorded.evidence.get(name="a.pdf"), recorded.evidence.get(name="b.pdf")
    assert [deleting(client, cast.partner, kept) for kept in (ours, theirs)] == [403, 200]
    page = client.get(reverse("programs:activity_detail", args=[recorded.uid])).content.decode()
    links = [reverse("programs:evidence_delete", args=[kept.uid]) in page for kept in (ours, theirs)]
    assert links == [False, True]
    assert [deleting(client, owner, kept) for kept in (ours, theirs)] == [200, 200]


def test_evidence_of_a_verified_answer_stays(client, cast):
    stage = scene(cast)
    kept = response_of(give(stage, task(stage.board))[0], stage.board)
    done(stage, kept)
    client.force_login(stage.officer)
    url = reverse("programs:evidence_add", args=["responses", kept.uid])
    assert client.post(url, {"files": upload(pdf(), "bao-cao.pdf")}).status_code == 302
    file, colleague = Evidence.objects.get(), factories.member(cast.board, MemberRole.REVIEWER)
    assert deleting(client, colleague, file) == 200
    kept.refresh_from_db()
    verify_answer(kept, seen=kept.version, acting=stage.hat, today=TODAY)
    assert [deleting(client, person, file) for person in (colleague, stage.officer)] == [403, 200]


def test_the_page_of_the_activity_shows_them_in_a_constant_number_of_queries(client, cast, recorded):
    client.force_login(factories.member(cast.board))
    url = reverse("programs:activity_detail", args=[recorded.uid])
    counts = []
    for pages in (1, 2, 3):
        send(client, recorded, upload(pdf(pages), f"{pages}.pdf"))
        with CaptureQueriesContext(connection) as queries:
            assert f"{pages}.pdf" in client.get(url).content.decode()
        counts.append(len(queries))
    assert len(set(counts)) == 1
