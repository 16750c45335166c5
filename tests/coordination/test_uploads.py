"""Uploaded files: known by their content, refused with a sentence, kept under a name nobody can guess."""

import hashlib
import io
import re
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from coordination.enums import DocumentOrigin, DocumentState, FileNature
from coordination.models import Agency, DocumentFile, Recipient
from coordination.uploads import DOC, DOCX, JPEG, PDF, PNG, XLS, XLSX, FileRefused, check_upload, shown_name
from tests import factories
from tests.pages import Page

JPEG_BYTES = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64


def pdf(pages=1, **options):
    buffer, document = io.BytesIO(), pikepdf.new()
    for _number in range(pages):
        document.add_blank_page()
    document.save(buffer, **options)
    return buffer.getvalue()


def locked_pdf(user="mat-khau"):
    return pdf(encryption=pikepdf.Encryption(owner="chu", user=user))


def archive(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for name in names:
            book.writestr(name, "<x/>")
    return buffer.getvalue()


def stream(name):
    return OLE + f"{name}\0".encode("utf-16-le")


TAKEN = {
    "pdf": (pdf(3), PDF, 3),
    "pdf that may not be printed": (locked_pdf(user=""), PDF, 1),
    "pdf after some bytes": (b"\r\n" + pdf(), PDF, 1),
    "jpeg": (JPEG_BYTES, JPEG, None),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82", PNG, None),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), DOCX, None),
    "xlsx": (archive("[Content_Types].xml", "xl/workbook.xml"), XLSX, None),
    "doc": (stream("WordDocument"), DOC, None),
    "xls": (stream("Workbook"), XLS, None),
}
REFUSED = {
    "empty": (b"", "Tệp rỗng"),
    "text": (b"xin chao", "không phải PDF"),
    "program": (b"MZ\x90\0" + b"\0" * 200, "không phải PDF"),
    "page": (b"<html><script>1</script></html>", "không phải PDF"),
    "picture of another kind": (b"GIF89a", "không phải PDF"),
    "archive of something else": (archive("a.txt"), "không phải PDF"),
    "pdf cut off": (pdf()[:60], "bị hỏng"),
    "pdf in name only": (b"%PDF-1.7\nnothing", "bị hỏng"),
    "pdf with a password": (locked_pdf(), "mật khẩu"),
    "word cut off": (archive("word/document.xml")[:40], "bị hỏng"),
    "word with macros": (archive("word/document.xml", "word/vbaProject.bin"), "macro"),
    "word with a password": (stream("EncryptedPackage"), "mật khẩu"),
    "old file of another kind": (stream("PowerPoint Document"), "không phải PDF"),
    "jpeg cut off": (JPEG_BYTES[:-2], "không đầy đủ"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_taken_and_as_what(case):
    content, media_type, pages = TAKEN[case]
    checked = check_upload(SimpleUploadedFile("ten.exe", content))
    assert (checked.media_type, checked.page_count, checked.size) == (media_type, pages, len(content))
    assert checked.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_and_why(case):
    content, words = REFUSED[case]
    with translation.override("vi"), pytest.raises(FileRefused) as refusal:
        check_upload(SimpleUploadedFile("van-ban.pdf", content, content_type="application/pdf"))
    assert words in refusal.value.for_people()


def test_the_size_is_asked_before_the_content_is_read(settings):
    settings.UPLOAD_MAX_MB = 1
    large = SimpleUploadedFile("a.pdf", pdf() + b"\0" * 1024 * 1024)
    with translation.override("vi"), pytest.raises(FileRefused) as refusal:
        check_upload(large)
    assert "1 MB" in refusal.value.for_people()
    assert large.tell() == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kế hoạch 123.pdf", "Kế hoạch 123.pdf"),
        ("C:\\thu muc\\ke hoach.PDF", "ke hoach.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("ke hoach.docx", "ke hoach.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("", "tai-lieu.pdf"),
        (".pdf", "tai-lieu.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_the_name_people_see(name, shown):
    assert shown_name(name, PDF) == shown


@pytest.fixture
def document(cast):
    """An older paper of the board."""
    return factories.document(
        cast.board, number="9", issued_on="2026-03-01", state=DocumentState.ISSUED, origin=DocumentOrigin.FROM_PAPER
    )


def send(client, document, content, nature=FileNature.SIGNED, name="ban-ky.pdf"):
    url = reverse("coordination:document_upload", args=[document.uid])
    return client.post(url, {"nature": nature, "file": SimpleUploadedFile(name, content)})


def test_an_uploaded_file_is_kept_and_comes_back(client, cast, document):
    client.force_login(cast.clerk)
    content = pdf(2)
    answer = send(client, document, content, name="Bản ký.pdf")
    assert answer.url == reverse("coordination:document_detail", args=[document.uid])
    kept = document.files.get()
    assert (kept.nature, kept.media_type, kept.name, kept.page_count) == (FileNature.SIGNED, PDF, "Bản ký.pdf", 2)
    assert (kept.size, kept.sha256, kept.created_by) == (len(content), hashlib.sha256(content).hexdigest(), cast.clerk)
    assert re.fullmatch(r"documents/\d{4}/[0-9a-f]{32}\.pdf", kept.file.name)
    got = client.get(reverse("coordination:document_file", args=[document.uid, kept.uid]))
    assert b"".join(got.streaming_content) == content
    assert got["Content-Type"] == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert "B%E1%BA%A3n%20k%C3%BD.pdf" in got["Content-Disposition"]
    assert (got["X-Content-Type-Options"], got["Cache-Control"]) == ("nosniff", "private, no-store")
    assert got["Content-Security-Policy"].startswith("sandbox")


def test_the_page_shows_size_pages_and_checksum(client, cast, document):
    client.force_login(cast.clerk)
    send(client, document, pdf(2))
    page = Page(client.get(reverse("coordination:document_detail", args=[document.uid])))
    assert page.one("code").text == document.files.get().sha256
    assert "2 trang" in page.one("table").text


@pytest.mark.parametrize("case", ["pdf cut off", "pdf with a password", "program"])
def test_a_refused_file_says_why_by_the_field_and_nothing_is_kept(client, cast, document, case):
    client.force_login(cast.clerk)
    content, words = REFUSED[case]
    answer = send(client, document, content)
    assert answer.status_code == 422
    assert words in Page(answer).one(id="id_file_error").text
    assert not DocumentFile.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"nature": "signed"}, {"file": "Chọn một tệp."}), ({}, {"nature": "Chọn loại tệp.", "file": "Chọn một tệp."})],
)
def test_no_file_at_all_is_said(client, cast, document, typed, said):
    client.force_login(cast.clerk)
    answer = client.post(reverse("coordination:document_upload", args=[document.uid]), typed)
    assert answer.status_code == 422
    assert {name: Page(answer).one(id=f"id_{name}_error").text for name in said} == said


def test_the_same_file_twice_is_kept_once(client, cast, document):
    client.force_login(cast.clerk)
    content = pdf()
    assert send(client, document, content).status_code == 302
    assert send(client, document, content, name="khac.pdf").status_code == 422
    assert document.files.count() == 1


def test_a_draft_has_no_signed_file(client, cast):
    draft = factories.document(cast.board)
    client.force_login(cast.clerk)
    assert send(client, draft, pdf()).status_code == 422
    assert send(client, draft, pdf(), nature=FileNature.ATTACHMENT).status_code == 302
    assert list(draft.files.values_list("nature", flat=True)) == [FileNature.ATTACHMENT]


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 302), ("clerk", 302), ("leader", 403), ("partner", 403), ("chair", 403), ("stranger", 404)],
)
def test_who_may_upload(client, cast, document, person, status):
    """The Union is a recipient: it reads the paper and adds nothing to it."""
    Recipient.objects.create(document=document, position=1, text="Hội LHPN", agency=cast.union)
    client.force_login(getattr(cast, person))
    assert send(client, document, pdf()).status_code == status
    assert document.files.exists() is (status == 302)


def test_who_signs_may_upload_too(client, cast, document):
    document.parties.create(agency=cast.union, title="Chủ tịch")
    client.force_login(cast.partner)
    assert send(client, document, pdf()).status_code == 302


@pytest.mark.parametrize(
    ("person", "status"),
    [("leader", 200), ("chair", 200), ("partner", 404), ("stranger", 404), ("administrator", 404)],
)
def test_who_may_download(client, cast, document, person, status):
    client.force_login(cast.clerk)
    send(client, document, pdf())
    client.force_login(getattr(cast, person))
    answer = client.get(reverse("coordination:document_file", args=[document.uid, document.files.get().uid]))
    if answer.streaming:
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer.status_code == status


def test_a_file_is_only_found_under_its_own_document(client, cast, document):
    client.force_login(cast.clerk)
    send(client, document, pdf())
    other = factories.document(cast.board)
    assert (
        client.get(reverse("coordination:document_file", args=[other.uid, document.files.get().uid])).status_code
        == 404
    )


def test_predecessors_papers_belong_to_the_successor(client, cast, document):
    old = Agency.objects.get(pk=cast.board.pk)
    new = factories.agency(cast.province, "Sở mới", "SM", role=old.role)
    new.origins.create(predecessor=old, on="2026-04-01", nature="merged")
    client.force_login(factories.member(new))
    assert send(client, document, pdf()).status_code == 302
