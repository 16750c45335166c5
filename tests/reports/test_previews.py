"""The draft as a PDF to look at: made by a worker, of today's text only, and kept nowhere among the versions."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from coordination.enums import JobState
from coordination.jobs import claim, give_back, perform
from coordination.models import DocumentFile, DocumentVersion, Job
from programs.models import Component
from reports import rendering, workflow
from reports.actions import draft_report
from reports.compose import compose
from reports.enums import ReportKind, ReportScope
from reports.models import ReportingPeriod
from reports.previews import PREVIEW_PDF, ask_for_preview, folder_of
from reports.typeset.profile import PrintRefused
from tests import factories
from tests.pages import Page
from tests.reports.approving import give_reasons
from tests.typeset.measuring import Paper

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 20)


@pytest.fixture
def report(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    call_command("load_lists", verbosity=0)
    happened(cast, sessions=3)
    return draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1"),
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )


def happened(cast, **fields):
    content = Component.objects.get(code="P8.1")
    return factories.activity(cast.board, cast.commune, date(2026, 3, 8), component=content, **fields)


@pytest.fixture
def pages(client, cast, report):
    """The pages of the report, as its officer sees them."""
    client.force_login(cast.officer)

    class Pages:
        address = {
            name: reverse(f"reports:report_{name}", args=[report.uid])
            for name in ("detail", "files", "preview", "preview_file")
        }

        def ask(self):
            return client.post(self.address["preview"])

        def files(self, of="files"):
            return Page(client.get(self.address[of])).one(id="report-files")

        def has(self, tag, address, of="files"):
            page = Page(client.get(self.address[of]))
            name = "action" if tag == "form" else "href"
            return bool(page.all(tag, **{name: self.address[address]}))

        def pdf(self, follow=False):
            return client.get(self.address["preview_file"], follow=follow)

    return Pages()


def made():
    perform(claim())


def content_of(answer):
    return b"".join(answer.streaming_content)


def test_the_draft_is_made_by_a_worker_and_the_page_says_so(pages, report):
    assert pages.has("form", "preview", of="detail")
    assert pages.ask().status_code == 302
    waiting = pages.files(of="detail")
    assert waiting.attributes["hx-get"] == pages.address["files"]
    assert "chờ" in waiting.text
    made()
    assert "hx-get" not in pages.files().attributes
    assert pages.has("a", "preview_file")
    answer = pages.pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    paper = Paper(content_of(answer))
    assert "DỰ THẢO" in paper.pages[0].said
    assert "Toàn tỉnh tổ chức 03 cuộc" in " ".join(page.said for page in paper.pages)


def test_a_preview_is_no_version(pages, report):
    pages.ask()
    made()
    assert (DocumentVersion.objects.count(), DocumentFile.objects.count()) == (0, 0)
    report.document.refresh_from_db()
    assert not report.document.is_frozen


def test_a_leader_may_look_at_it_too(client, cast, report, pages):
    client.force_login(cast.leader)
    pages.ask()
    made()
    assert content_of(pages.pdf()).startswith(b"%PDF-")


@pytest.mark.parametrize("person", ["clerk", "partner", "stranger", "chair", "administrator"])
def test_nobody_else_is_offered_or_given_it(client, cast, report, pages, person):
    pages.ask()
    made()
    client.force_login(getattr(cast, person))
    answers = (client.post(pages.address["preview"]), pages.pdf())
    assert {answer.status_code for answer in answers} == {403 if person == "clerk" else 404}
    if person == "clerk":
        assert not pages.has("a", "preview_file", of="detail")
        assert not pages.has("form", "preview", of="detail")
    assert Job.objects.filter(kind=PREVIEW_PDF).count() == 1


def test_changed_records_make_it_anew(pages, cast, report):
    pages.ask()
    made()
    first = set(folder_of(report).iterdir())
    happened(cast, sessions=4)
    assert pages.has("form", "preview")
    assert "Số liệu đã thay đổi sau bản in thử lần trước." in pages.files().text
    assert "Số liệu đã thay đổi sau khi làm bản in thử" in pages.pdf(follow=True).content.decode()
    pages.ask()
    made()
    assert "Toàn tỉnh tổ chức 07 cuộc" in " ".join(page.said for page in Paper(content_of(pages.pdf())).pages)
    second = set(folder_of(report).iterdir())
    assert (len(first), len(second), first & second) == (1, 1, set())


def test_what_changes_while_it_waits_is_in_it(pages, cast, report):
    pages.ask()
    happened(cast, sessions=4)
    made()
    assert [file.stem for file in folder_of(report).iterdir()] == [compose(report).sha256()]
    assert pages.has("a", "preview_file")


def test_the_same_text_is_asked_for_once(report, cast):
    assert ask_for_preview(report, by=cast.officer) == ask_for_preview(report, by=cast.leader)


def test_a_lost_file_is_asked_for_again(pages, report):
    pages.ask()
    made()
    for file in folder_of(report).iterdir():
        file.unlink()
    assert pages.has("form", "preview")
    pages.ask()
    made()
    assert content_of(pages.pdf()).startswith(b"%PDF-")


def test_what_cannot_be_printed_says_why_and_may_be_tried_again(pages, monkeypatch):
    def refused(*_given):
        raise PrintRefused("không có chữ")

    monkeypatch.setattr(rendering, "drawn", refused)
    pages.ask()
    job = claim()
    with pytest.raises(Exception, match="không có chữ") as raised:
        perform(job)
    give_back(job, raised.value)
    assert "không có chữ" in pages.files().text
    assert pages.has("form", "preview")
    pages.ask()
    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


def test_approved_report_has_no_preview_left(pages, cast, report, django_capture_on_commit_callbacks):
    pages.ask()
    made()
    give_reasons(report, cast.officer)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    assert not folder_of(report).exists()
    assert pages.ask().status_code == 302
    assert Job.objects.filter(kind=PREVIEW_PDF).count() == 1
    assert pages.pdf().status_code == 302
    assert not pages.has("form", "preview", of="detail")


def test_a_preview_that_comes_after_the_approval_is_not_kept(pages, cast, report, monkeypatch):
    """The report is approved while its draft is printed."""
    give_reasons(report, cast.officer)
    right = rendering.drawn

    def slow(*given):
        workflow.move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
        return right(*given)

    pages.ask()
    monkeypatch.setattr(rendering, "drawn", slow)
    made()
    assert Job.objects.get(kind=PREVIEW_PDF).result == {"outdated": True}
    assert not [file for file in Path(folder_of(report)).rglob("*") if file.is_file()]
