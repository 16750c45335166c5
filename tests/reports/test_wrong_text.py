"""A text that names what there is not is told with its section and word, on pages, in jobs and on the command line."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from coordination.enums import DocumentState
from coordination.jobs import HANDLERS, JobRefused
from coordination.models import Job
from coordination.papers import MAKE_PAPER
from reports.compose import WrongText, compose, words
from reports.models import OutlineSection
from reports.previews import PREVIEW_PDF
from reports.workflow import MoveRefused, move
from tests import factories
from tests.reports.test_freeze import TODAY

TOLD = "“I. Kết quả”: Không có số liệu nào như vậy: note:nothing. Hãy sửa lời văn ở mục này."


def section(outline, text):
    return OutlineSection.objects.create(
        outline=outline, position=1, numbering="none", heading="I. Kết quả", text=text, key="results"
    )


@pytest.fixture
def report(cast):
    outline = factories.outline()
    section(outline, "Như sau{note:nothing}.")
    return factories.report(cast.board, cast.province, outline=outline)


@pytest.mark.parametrize("token", ["note:nothing", "when:nothing", "chapter:one", "activities.nothing"])
def test_a_word_that_means_nothing_is_told_with_its_section(cast, token):
    outline = factories.outline()
    section(outline, f"Có [{{{token}}}].")
    with pytest.raises(WrongText) as wrong:
        compose(factories.report(cast.board, cast.province, outline=outline))
    assert "“I. Kết quả”" in str(wrong.value)
    assert token in str(wrong.value)


@pytest.mark.parametrize("page", ["detail", "files", "preview_file"])
def test_pages_say_so(client, cast, report, page):
    client.force_login(cast.officer)
    answer = client.get(reverse(f"reports:report_{page}", args=[report.uid]))
    assert (answer.status_code, TOLD in answer.text) == (409, True)


def test_asking_for_a_file_says_so(client, cast, report):
    client.force_login(cast.officer)
    answers = [
        client.post(reverse("reports:report_preview", args=[report.uid])),
        client.get(reverse("reports:report_paper", args=[report.uid, "pdf"])),
    ]
    assert [(answer.status_code, TOLD in answer.text) for answer in answers] == [(409, True), (409, True)]


def test_approving_is_refused_and_nothing_is_frozen(client, cast, report):
    with pytest.raises(MoveRefused, match="note:nothing"):
        move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    report.document.refresh_from_db()
    assert (report.document.state, report.document.versions.count()) == (DocumentState.DRAFT, 0)
    client.force_login(cast.leader)
    assert client.get(reverse("reports:report_move", args=[report.uid, "approve"])).status_code == 409


@pytest.mark.parametrize("kind", [PREVIEW_PDF, MAKE_PAPER])
def test_workers_give_up_with_the_same_words(report, kind):
    payload = {"report": report.pk, "document": report.document_id, "format": "pdf"}
    with pytest.raises(JobRefused, match="note:nothing"), HANDLERS[kind](Job(pk=1, kind=kind, payload=payload)):
        pass


def test_the_command_says_so(cast, report, tmp_path):
    options = {"agency": "SDTTG", "province": cast.province.code, "period": "2026-H1", "kind": "gender-equality"}
    with pytest.raises(CommandError, match="note:nothing"):
        call_command("render_report", output=str(tmp_path / "a.pdf"), **options)


def test_letters_the_font_lacks_are_told_before_approving_and_refused(client, cast):
    report = factories.report(cast.board, cast.province, outline=factories.outline(opening="Báo cáo ☑ như sau 😀."))
    client.force_login(cast.leader)
    address = reverse("reports:report_move", args=[report.uid, "approve"])
    told = "Phông chữ in không có ký tự: ☑ 😀."
    assert told in client.get(address).text
    assert told in client.post(address, follow=True).text
    report.document.refresh_from_db()
    assert (report.document.state, report.document.versions.count()) == (DocumentState.DRAFT, 0)


def test_marks_of_lists_go_on_after_the_alphabet():
    assert [words.letter(number) for number in (0, 4, 22, 23, 24, 46)] == ["a", "đ", "y", "aa", "ab", "ba"]
