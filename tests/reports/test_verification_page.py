"""The public page that checks a report: what it tells, what it never tells, and how often it may be asked."""

from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from coordination.enums import DocumentState, FileNature
from coordination.models import DocumentFile, DocumentMove, DocumentVersion
from coordination.papers import MEDIA_TYPES
from reports.lookup import paper_with
from reports.stamps import code_of, digits_of, stamp_of_report
from tests import factories
from tests.constraints import changed
from tests.pages import Page
from tests.typeset import factories as papers

pytestmark = pytest.mark.django_db
FORM = "/v/"


@pytest.fixture(autouse=True)
def counted_anew(settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.PORTAL_URL = "https://phoihop.example.vn"
    cache.clear()


@pytest.fixture
def version(cast):
    """Of an approved report that nobody outside has."""
    document = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=document)
    return keep(document, papers.report(), cast)


def keep(document, manuscript, cast):
    return DocumentVersion.objects.create(
        document=document,
        number=document.versions.count() + 1,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=cast.leader,
    )


def issued(version, cast, state=DocumentState.ISSUED):
    document = version.document
    DocumentMove.objects.create(
        document=document, action="issue", from_state=DocumentState.APPROVED, to_state=DocumentState.ISSUED,
        moved_by=cast.clerk,
    )  # fmt: skip
    changed(document, state=state, number="87", issued_on=date(2026, 6, 16))()
    return version


def made(version, file_format="pdf", sha256="a" * 64):
    return DocumentFile.objects.create(
        document=version.document, document_version=version, nature=FileNature.GENERATED, name=f"x.{file_format}",
        media_type=MEDIA_TYPES[file_format], sha256=sha256, size=1, file=f"documents/{sha256}.{file_format}",
    )  # fmt: skip


def page(client, code):
    return client.get(reverse("reports:verification", args=[code]))


def test_an_issued_report_is_in_force(client, cast, version):
    code = code_of(issued(version, cast))
    made(version, "pdf", "b" * 64)
    answer = page(client, code)
    assert answer.status_code == 200
    said = answer.content.decode()
    for told in (
        "Đang có hiệu lực",
        "87/BC-STN",
        "16/06/2026",
        version.sha256,
        "b" * 64,
        code,
        cast.province.full_name,
    ):
        assert told in said


def test_it_tells_nothing_of_what_the_report_says(client, cast, version):
    said = page(client, code_of(issued(version, cast))).content.decode()
    manuscript = papers.report()
    made(version)
    names = ("Nguyễn Thị Ngọc Ánh", cast.leader.full_name)
    for hidden in (manuscript.title, "412 cuộc", "x.pdf", *names, str(version.document.uid)):
        assert hidden not in said


@pytest.mark.parametrize("state", [DocumentState.SENT, DocumentState.RECEIVED])
def test_a_report_that_was_sent_is_in_force(cast, version, state):
    issued(version, cast, state)
    assert paper_with(version.sha256[:20]).in_force


def test_a_corrected_report_is_superseded(client, cast, version):
    issued(version, cast, DocumentState.SUPERSEDED)
    assert "Đã được thay thế" in page(client, code_of(version)).content.decode()


def test_a_returned_version_is_superseded_and_the_next_one_has_its_own_code(cast, version):
    issued(version, cast)
    changed(version.document, state=DocumentState.DRAFT, issued_on=None)()
    before = paper_with(version.sha256[:20])
    assert (before.in_force, before.day) == (False, timezone.localdate())
    later = issued(keep(version.document, papers.report(title="Lần hai"), cast), cast)
    assert not paper_with(version.sha256[:20]).in_force
    assert paper_with(later.sha256[:20]).in_force


def test_what_never_left_its_agency_is_unknown(client, version):
    answer = page(client, code_of(version))
    assert answer.status_code == 404
    assert "Không có báo cáo đã ban hành nào có mã này" in answer.content.decode()


@pytest.mark.parametrize("code", ["0" * 20, "zz", "0000-0000-0000-0000-000", "%", "' OR 1=1", "0" * 40])
def test_an_unknown_code_says_so_and_keeps_what_was_typed(client, cast, version, code):
    issued(version, cast)
    answer = page(client, code)
    assert answer.status_code == 404
    assert Page(answer).one("input", name="code").attributes["value"] == code


def test_the_code_is_typed_in_any_way_people_read_it(client, cast, version):
    code = code_of(issued(version, cast))
    for typed in (code, code.upper(), code.replace("-", " "), code.replace("-", "")):
        answer = client.get(FORM, {"code": typed}, follow=True)
        assert answer.redirect_chain == [(reverse("reports:verification", args=[code]), 302)]
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Hãy nhập mã in trên báo cáo."), ("3f2a", "Mã gồm 20 chữ số và chữ cái từ a đến f")],
)
def test_what_is_no_code_is_told_by_the_field(client, typed, told):
    answer = client.get(FORM, {"code": typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_hashes_of_drafts_are_not_shown(cast, version):
    """Printed after the approval, before there was a number."""
    draft = made(version, "pdf", "d" * 64)
    issued(version, cast)
    DocumentFile.objects.filter(pk=draft.pk).update(created_at=version.created_at)
    made(version, "docx", "e" * 64)
    assert [file.sha256 for file in paper_with(version.sha256[:20]).files] == ["e" * 64]


def test_whoever_asks_too_often_waits(client, cast, version):
    code = code_of(issued(version, cast))
    statuses = [page(client, code).status_code for _time in range(31)]
    assert statuses == [200] * 30 + [429]


def test_control_without_the_limit_nobody_waits(client, cast, version, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "verification": None}
    code = code_of(issued(version, cast))
    assert {page(client, code).status_code for _time in range(31)} == {200}


def test_the_page_works_without_script_and_under_the_csp(client):
    answer = client.get(FORM)
    found = Page(answer)
    assert found.against_csp() == []
    assert found.one("form", action=FORM).attributes["method"] == "get"


def test_queries_do_not_grow_with_the_versions(client, cast, version, django_assert_num_queries):
    code = code_of(issued(version, cast))
    page(client, code)
    with django_assert_num_queries(7):
        page(client, code)
    for number in range(3):
        issued(keep(version.document, papers.report(title=f"Khác {number}"), cast), cast)
        made(version, "pdf", str(number) * 64)
    with django_assert_num_queries(7):
        page(client, code)


def test_the_stamp_has_the_code_once_the_report_is_issued(cast, version):
    draft = stamp_of_report(version.document)
    assert (draft.code, draft.address, draft.version, draft.approved_at) == ("", "", 1, version.created_at)
    issued(version, cast)
    version.document.refresh_from_db()
    stamp = stamp_of_report(version.document)
    assert stamp.code == code_of(version)
    assert stamp.address == f"https://phoihop.example.vn/v/{stamp.code}/"
    assert digits_of(stamp.code) == version.sha256[:20]
    assert Path(stamp.address).name == stamp.code
