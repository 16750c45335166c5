"""A document as PDF or Word: asked for, made by a worker, taken away; never the file of another text."""

import io
from pathlib import Path
from urllib.parse import unquote

import docx
import pypdfium2
import pytest
from django.urls import reverse

from coordination.enums import DocumentState, JobState
from coordination.jobs import JobRefused, claim, give_back, perform
from coordination.models import Agreement, Clause, Document, DocumentFile, DocumentVersion, Job
from coordination.papers import paper_of
from reports import rendering
from reports.jobs import BrokenFile
from reports.typeset.profile import PrintRefused
from tests import factories
from tests.coordination.reviews import agreement, edit
from tests.pages import Page
from tests.typeset.workbooks import ReadBook

pytestmark = pytest.mark.django_db
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def plan(cast):
    return agreement(cast)


@pytest.fixture
def partner(client, cast):
    client.force_login(cast.partner)
    return client


def address(plan, file_format="docx"):
    return reverse("coordination:agreement_paper", args=[plan.uid, file_format])


def make(client, plan, file_format="docx"):
    """Ask, let a worker do it, fetch the file."""
    assert client.post(address(plan, file_format)).status_code == 302
    perform(claim())
    return fetched(client, address(plan, file_format))


def fetched(client, url):
    """The answer with all of its file read."""
    response = client.get(url)
    response.file = b"".join(response.streaming_content)
    return response


def name_of(response):
    return unquote(response["Content-Disposition"])


def text_of(response):
    document = docx.Document(io.BytesIO(response.file))
    return "\n".join(one.text for one in document.paragraphs).replace("\xa0", " ")


def stored(files):
    return sorted(path.suffix for path in files.rglob("*") if path.is_file())


def test_first_the_page_offers_to_make_it(partner, plan):
    """Looking asks for nothing."""
    page = Page(partner.get(address(plan)))
    assert "Tạo tệp Word" in page.texts("button")
    here = reverse("coordination:agreement_detail", args=[plan.uid])
    assert [link.attributes["href"] for link in page.all("a") if link.within(class_="crumb")] == [here]
    assert page.against_csp() == []
    assert Job.objects.count() == 0


def test_while_it_is_made_the_page_looks_again_by_itself(partner, plan):
    partner.post(address(plan))
    partner.post(address(plan))
    assert Job.objects.count() == 1
    body = partner.get(address(plan)).content.decode()
    assert "Đang tạo tệp Word" in body
    assert 'hx-trigger="every 3s"' in body
    swap = partner.get(address(plan), headers={"HX-Request": "true"}).content.decode()
    assert swap.strip() in body


def test_word_file_of_a_draft(partner, plan):
    response = make(partner, plan)
    assert response["Content-Type"] == WORD
    assert "dự thảo.docx" in name_of(response)
    said = text_of(response)
    assert "I. NỘI DUNG PHỐI HỢP" in said
    assert "- Truyền thông tại 20 xã." in said
    assert DocumentVersion.objects.count() == DocumentFile.objects.count() == 0


def test_when_it_is_ready_the_page_says_so_instead_of_sending_it_into_itself(partner, plan):
    make(partner, plan)
    swap = partner.get(address(plan), headers={"HX-Request": "true"})
    assert swap["Content-Type"].startswith("text/html")
    assert "Tệp Word đã sẵn sàng." in swap.content.decode()
    partner.post(address(plan))
    assert Job.objects.count() == 1


def test_pdf_file_of_the_same_text(partner, plan):
    response = make(partner, plan, "pdf")
    with pypdfium2.PdfDocument(response.file) as pdf:
        said = " ".join(pdf[0].get_textpage().get_text_bounded().split())
    assert "Củng cố 25 địa chỉ tin cậy." in said
    assert "DỰ THẢO" in said


def test_after_an_edit_the_earlier_file_is_not_given_out(partner, plan, files):
    make(partner, plan)
    edit(Clause.objects.get(key="d2"))
    assert partner.get(address(plan))["Content-Type"].startswith("text/html")
    assert "Củng cố 30 địa chỉ tin cậy." in text_of(make(partner, plan))
    assert stored(files) == [".docx"]


def test_what_changes_while_it_waits_is_in_the_file(partner, plan):
    partner.post(address(plan))
    edit(Clause.objects.get(key="d2"))
    perform(claim())
    assert "Củng cố 30 địa chỉ tin cậy." in text_of(fetched(partner, address(plan)))


def test_both_formats_stand_side_by_side(partner, plan, files):
    make(partner, plan)
    make(partner, plan, "pdf")
    assert stored(files) == [".docx", ".pdf"]


def test_issued_paper_has_number_and_day_and_no_mark(partner, cast, plan):
    document = issued_of(cast, plan)
    response = make(partner, document.agreement)
    assert "07-KHPH-STN-HLHPN.docx" in name_of(response)
    word = docx.Document(io.BytesIO(response.file))
    head = " ".join(cell.text for row in word.tables[0].rows for cell in row.cells).replace("\xa0", " ")
    assert "Số: 07/KHPH-STN-HLHPN" in head
    assert "ngày 16 tháng 6 năm 2026" in head
    assert "DỰ THẢO" not in head


def issued_of(cast, plan):
    manuscript = paper_of(plan.document, "docx").manuscript
    plan.document.versions.create(
        number=1, manuscript=manuscript.to_json(), sha256=manuscript.sha256(), created_by=cast.leader
    )
    state = {"state": DocumentState.ISSUED, "number": "7", "symbol": "KHPH-STN-HLHPN", "issued_on": "2026-06-16"}
    Document.objects.filter(pk=plan.document.pk).update(**state)
    return Document.objects.get(pk=plan.document.pk)


def test_who_does_not_see_the_agreement_finds_nothing(client, cast, plan):
    client.force_login(cast.stranger)
    assert client.get(address(plan)).status_code == 404
    assert client.post(address(plan)).status_code == 404
    assert Job.objects.count() == 0


def test_agreement_made_on_paper_has_no_text_to_print(partner, plan):
    Agreement.objects.filter(pk=plan.pk).update(register_only=True)
    assert partner.get(address(plan)).status_code == 404


def test_other_formats_are_no_address(partner, plan):
    assert partner.get(address(plan).replace("docx", "odt")).status_code == 404


def test_a_paper_that_cannot_be_printed_says_why(partner, plan, monkeypatch):
    def refuse(*_given):
        raise PrintRefused("Unknown layout profile: x")

    monkeypatch.setattr(rendering, "drawn", refuse)
    partner.post(address(plan))
    job = claim()
    with pytest.raises(JobRefused) as refused:
        perform(job)
    give_back(job, refused.value)
    page = partner.get(address(plan)).content.decode()
    assert "Không in được văn bản" in page
    assert "Thử lại" in page


def test_a_full_disk_leaves_nothing_behind(partner, plan, monkeypatch, files):
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"half")
    partner.post(address(plan))
    with pytest.raises(BrokenFile):
        perform(claim())
    assert stored(files) == []


def test_report_as_word(client, cast):
    factories.outline(opening="Toàn tỉnh tổ chức {activities.sessions} cuộc.")
    factories.activity(cast.board, cast.commune, factories.PERIODS["2026-H1"][1], sessions=4)
    report = factories.report(cast.board, cast.province)
    client.force_login(cast.officer)
    page = Page(client.get(reverse("reports:report_detail", args=[report.uid])))
    where = reverse("reports:report_paper", args=[report.uid, "docx"])
    assert where in [element.attributes.get("href") for element in page.elements]
    client.post(where)
    perform(claim())
    assert Job.objects.get().state == JobState.DONE
    word = fetched(client, where)
    assert "tổ chức 04 cuộc." in text_of(word)
    assert "bao-cao_bdg_2026-H1_SDTTG_du-thao.docx" in name_of(word)


def test_draft_of_a_report_as_excel(client, cast):
    factories.outline(opening="Toàn tỉnh tổ chức {activities.sessions} cuộc.")
    factories.activity(cast.board, cast.commune, factories.PERIODS["2026-H1"][1], sessions=4)
    report = factories.report(cast.board, cast.province)
    client.force_login(cast.officer)
    where = reverse("reports:report_paper", args=[report.uid, "xlsx"])
    client.post(where)
    perform(claim())
    rows = ReadBook(fetched(client, where).file).rows("Số liệu")
    assert [row[0] for row in rows[1:]] == ["activities.sessions"]
    assert "4" in rows[1]


def test_an_approved_report_gives_the_file_made_with_its_version(client, cast):
    report = factories.report(cast.board, cast.province)
    client.force_login(cast.officer)
    Document.objects.filter(pk=report.document_id).update(state=DocumentState.APPROVED)
    where = reverse("reports:report_paper", args=[report.uid, "docx"])
    page = reverse("reports:report_detail", args=[report.uid])
    assert client.get(where).url == client.post(where).url == page
    assert Job.objects.count() == 0
    file = DocumentFile.objects.create(
        document=report.document, nature="generated", name="x.docx", media_type=WORD, sha256="a" * 64, size=1,
    )  # fmt: skip
    assert client.get(where).url == reverse("reports:report_download", args=[report.uid, file.uid])
