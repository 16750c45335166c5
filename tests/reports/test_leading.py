"""Pages of leaders: approving in three taps, periods beside each other, and a signed copy that is of this report."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from weasyprint import HTML

from coordination.enums import DocumentState, FileNature
from reports.models import Report
from reports.workflow import move
from tests import factories
from tests.constraints import changed
from tests.pages import Page
from tests.reports.approving import give_reasons

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 16)


@pytest.fixture
def report(cast):
    factories.activity(cast.board, cast.commune, attendances=50, women=30)
    return factories.report(cast.board, cast.province)


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(f"{TODAY}T08:00:00+07:00")


def hat(person):
    return person.memberships.get()


def test_a_leader_approves_in_three_taps_from_the_first_page(client, cast, report):
    move(report, "check", acting=hat(cast.leader))
    client.force_login(cast.leader)
    home = Page(client.get("/"))
    summary = reverse("reports:report_summary", args=[report.uid])
    approve = reverse("reports:report_move", args=[report.uid, "approve"])
    assert home.all("a", href=summary)
    answer = client.get(summary)
    assert (answer.context["checked"].moved_by, answer.context["stopping"]) == (cast.leader, [])
    assert Page(answer).all("a", href=approve)
    asked = client.get(approve)
    assert client.post(approve, {"seen": asked.context["fields"]["seen"].value()}).status_code == 302
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.APPROVED


def test_what_was_taken_back_meanwhile_is_not_approved(client, cast, report):
    move(report, "check", acting=hat(cast.leader))
    client.force_login(cast.leader)
    approve = reverse("reports:report_move", args=[report.uid, "approve"])
    seen = client.get(approve).context["fields"]["seen"].value()
    move(report, "back", acting=hat(cast.officer), comment="Sửa mục I")
    client.post(approve, {"seen": seen})
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.DRAFT


def test_a_summary_tells_what_is_open_and_offers_no_approval_then(client, cast, report):
    factories.activity(cast.board, cast.commune, state="draft")
    client.force_login(cast.leader)
    address = reverse("reports:report_summary", args=[report.uid])
    approve = reverse("reports:report_move", args=[report.uid, "approve"])
    answer = client.get(address)
    assert len(answer.context["stopping"]) == 1
    assert not Page(answer).all("a", href=approve)
    give_reasons(report, cast.officer)
    answer = client.get(address)
    assert [one.reason for one in answer.context["answered"]] == ["Đã đối chiếu với hồ sơ"]
    assert Page(answer).all("a", href=approve)


# ---- periods ----


def out(cast, code, people):
    """A report of the period that was approved with so many people and is issued."""
    period = factories.period(code)
    factories.activity(cast.board, cast.commune, period.data_to - timedelta(days=5), attendances=people)
    report = factories.report(
        cast.board, cast.province, period=period, document=factories.document(cast.board, subject=code)
    )
    give_reasons(report, cast.officer)
    move(report, "approve", acting=hat(cast.leader), today=max(TODAY, period.data_to))
    changed(report.document, state=DocumentState.ISSUED, issued_on=period.data_to)()
    return report


def test_periods_stand_beside_each_other_as_they_were_approved(client, cast):
    for code, people in (("2025-H1", 40), ("2026-H1", 90)):
        out(cast, code, people)
    client.force_login(cast.chair)
    answer = client.get(reverse("reports:report_compare"))
    assert [one.period.code for one in answer.context["reports"]] == ["2025-H1", "2026-H1"]
    assert answer.context["lines"][1].cells == ["40", "90"]
    assert "<svg" in answer.text


@pytest.mark.parametrize("number", [1, 2])
def test_compared_periods_take_as_many_queries_however_many(client, cast, django_assert_num_queries, number):
    for code in ("2026-H1", "2025-H1")[:number]:
        out(cast, code, 10)
    client.force_login(cast.leader)
    client.get(reverse("reports:report_compare"))
    with django_assert_num_queries(9):
        client.get(reverse("reports:report_compare"))


def test_nobody_compares_what_he_may_not_read(client, cast):
    out(cast, "2026-H1", 40)
    client.force_login(cast.stranger)
    assert client.get(reverse("reports:report_compare")).context["reports"] == []


# ---- the signed copy ----


def pdf(words):
    return SimpleUploadedFile("ky.pdf", HTML(string=f"<p>{words}</p>").write_pdf(), "application/pdf")


def issue(client, cast, report, file):
    client.force_login(cast.clerk)
    typed = {"number": "87", "symbol": "BC-STN", "issued_on": "16/06/2026", "signed": file}
    return client.post(reverse("reports:report_move", args=[report.uid, "issue"]), typed)


def test_a_signed_copy_of_another_report_is_refused_and_nothing_is_issued(client, cast, report):
    move(report, "approve", acting=hat(cast.leader))
    answer = issue(client, cast, report, pdf("Báo cáo số 12/BC-XYZ về việc khác hẳn của một cơ quan khác, năm 2024"))
    assert (answer.status_code, list(answer.context["issue_form"].errors)) == (422, ["signed"])
    report.document.refresh_from_db()
    assert (report.document.state, report.document.number) == (DocumentState.APPROVED, "")


def test_a_signed_copy_that_names_the_report_is_kept_with_it(client, cast, report):
    move(report, "approve", acting=hat(cast.leader))
    assert (
        issue(client, cast, report, pdf("Số: 87/BC-STN, Quảng Thử, ngày 16 tháng 6 năm 2026, báo cáo")).status_code
        == 302
    )
    report = Report.objects.get(pk=report.pk)
    assert report.document.state == DocumentState.ISSUED
    assert report.document.files.get(nature=FileNature.SIGNED).name == "ky.pdf"


def test_a_scan_has_no_words_and_is_taken(client, cast, report):
    move(report, "approve", acting=hat(cast.leader))
    with io.BytesIO() as out_file:
        Image.new("RGB", (20, 20)).save(out_file, "PNG")
        scan = SimpleUploadedFile("quet.png", out_file.getvalue(), "image/png")
    assert issue(client, cast, report, scan).status_code == 302
