"""A report from its first number to the issued paper: composed while a worker is killed, returned and mended, added up

with the reports of others, approved on a phone, issued. One pass, each part going on where the one before has ended.
"""

import re
import signal
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from pypdfium2 import PdfDocument

from coordination.enums import DocumentState, JobState, MemberRole
from coordination.formats import number_vi
from coordination.models import DocumentFile, Job, Section
from programs.models import Activity
from reports import workflow
from reports.enums import OutlineState, PeriodKind, ReportKind, ReportNature
from reports.models import Reminder, Report, ReportOutline
from reports.previews import PREVIEW_PDF
from reports.rounds import Asked, answer, open_round
from reports.seats import standings
from reports.writing import give_part, start
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, problems_of, scrolls_sideways, sign_in
from tests.browser.stage import IN_H1, activity, period
from tests.reports.approving import give_reasons
from tests.reports.composing import hat
from tests.typeset.test_docx import Word
from tests.typeset.workbooks import ReadBook
from tests.workers import until, worker_processes

WORDS, GIVEN = "proposals", "tasks"
FORMULA = "=1+1 buổi nói chuyện"
ATTENDANCES = "activities.attendances?window=now"
MENDED = "Đã ghi thêm số nữ của từng cuộc."


@dataclass
class Story:
    """Who takes part: the Union writes, the home affairs give a section to it, the police never answer."""

    asked: object
    union_leader: object
    home: object
    home_officer: object
    home_leader: object
    police: object
    activity: Activity


@pytest.fixture
def story(cast, lists):
    home = factories.agency(cast.province, "Sở Nội vụ", "SNV")
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")

    def of(agency):
        return SimpleNamespace(board=agency, commune=cast.commune)

    people = {"home_officer": factories.member(home), "home_leader": factories.member(home, MemberRole.LEADER)}
    activity(of(cast.union), date(2025, 3, 8), sessions=40)
    first = activity(of(cast.union), IN_H1, title=FORMULA)
    activity(of(cast.union), date(2026, 4, 1), attendances=1_040, women=600, minority=None)
    activity(of(home), IN_H1, attendances=50, women=20, minority=10)
    activity(of(police), IN_H1, attendances=7, women=None, minority=None)
    half = {"period_kind": PeriodKind.HALF, "unit": None, "state": OutlineState.IN_USE}
    wanted = Asked(
        kind=ReportKind.GENDER_EQUALITY,
        period=period("2026-H1"),
        outline=ReportOutline.objects.get(kind=ReportKind.GENDER_EQUALITY, **half),
        agencies=[cast.board, cast.union, home, police],
        due_sender=timezone.localdate(),
    )
    asked = open_round(wanted, acting=hat(cast.officer))
    leader = factories.member(cast.union, MemberRole.LEADER)
    return Story(asked=asked, union_leader=leader, home=home, police=police, activity=first, **people)


def test_a_report_from_its_first_number_to_the_issued_paper(opened, cast, story, tmp_path):
    with worker_processes() as worker:
        officer, leader = opened(DESKTOP), opened(PHONE)
        report = begun_from_the_records(officer, cast, story)
        written_by_two(officer, opened(PHONE), report, cast, story)
        previewed_while_the_worker_is_killed(officer, report, worker)
        stopped_by_an_error_and_asked_for_reasons(officer, report)
        approved_on_a_phone(leader, report, story)
        sent_in_the_last_seconds(officer, report, cast)
        sent_too_late_by_another(story)
        assert late_days(story.asked) == {cast.union.pk: 0, story.home.pk: 1, story.police.pk: 1}
        same_numbers_in_all_files(officer, report, tmp_path)

        board = opened(DESKTOP)
        returned_with_two_reasons(board, report, cast)
        mended_and_sent_again(officer, report, cast, story)
        only_what_changed_is_read_and_received(board, report)
        a_number_that_was_counted_is_corrected(officer, story)

        without_one_agency(board, story)
        added_up_and_opened(board, report, story)
        consolidated = consolidated_and_checked(board, cast, story)
        approved_after_the_password(opened(PHONE), consolidated, cast)
        issued_with_its_own_signed_copy(opened(DESKTOP), consolidated, report, cast, tmp_path)
        what_comes_late_changes_nothing(board, consolidated, cast, story)


# ---- composing, while a worker is killed ----


def begun_from_the_records(page, cast, story):
    sign_in(page, cast.partner)
    page.goto(f"/reports/rounds/{story.asked.uid}/")
    page.get_by_role("button", name="Lập báo cáo").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"))
    report = Report.objects.get(agency=cast.union)
    page.goto(f"/reports/{report.uid}/write/")
    assert page.get_by_role("navigation", name="Chính", exact=True).locator("[aria-current=page]").inner_text() == (
        "Báo cáo"
    )
    page.get_by_role("button", name="Số liệu tự tổng hợp").click()
    page.wait_for_url(re.compile(r"/write/[^/]+/$"))
    page.goto(f"/reports/{report.uid}/write/")
    assert page.get_by_text("Bắt đầu từ đâu?").count() == 0
    assert number_on(page, report) == counted(cast.union)
    return report


def counted(*agencies):
    rows = Activity.objects.recorded().filter(owner__in=agencies, counted_on__year=2026)
    return rows.aggregate(sum=Sum("attendances"))["sum"]


def number_on(page, report):
    """Attendances as the page of the report says them; the number opens its facts."""
    page.goto(f"/reports/{report.uid}/")
    encoded = ATTENDANCES.replace("?", "%3F").replace("=", "%3D")
    return int(page.locator(f"a[href$='ref={encoded}']").first.inner_text().replace(".", ""))


def written_by_two(officer, other, report, cast, story):
    give_part(report, GIVEN, story.home, acting=hat(cast.partner), due_on=timezone.localdate())
    sign_in(other, story.home_officer)
    other.goto(f"/reports/{report.uid}/write/{GIVEN}/")
    officer.goto(f"/reports/{report.uid}/write/{WORDS}/")
    other.locator("#id_text").fill("Lời của Sở Nội vụ.")
    officer.locator("#id_text").fill("Có {activities.nothing} cuộc.")
    other.get_by_role("button", name="Xong phần này").click()
    other.get_by_text("Đã xong phần").wait_for()
    officer.get_by_text("Không có số liệu nào như vậy").wait_for()
    texts = dict(Section.objects.filter(document=report.document).values_list("key", "text"))
    assert (texts[GIVEN], texts[WORDS]) == ("Lời của Sở Nội vụ.", "Có {activities.nothing} cuộc.")
    officer.locator("#id_text").fill("Đề nghị tiếp tục bố trí kinh phí.")
    officer.get_by_text("Đã lưu lúc").wait_for()
    officer.get_by_text("Không có số liệu nào như vậy").wait_for(state="detached")


def previewed_while_the_worker_is_killed(page, report, worker):
    page.goto(f"/reports/{report.uid}/")
    page.get_by_role("button", name="Tạo bản in thử (PDF)").click()
    page.get_by_text("Các tệp đang chờ được làm").wait_for()
    first = worker()
    until(lambda: Job.objects.filter(kind=PREVIEW_PDF, state=JobState.RUNNING).exists())
    first.send_signal(signal.SIGKILL)
    first.wait()
    page.get_by_text(re.compile("Các tệp đang được làm")).wait_for()
    assert page.get_by_role("link", name="Xem bản in thử (PDF)").count() == 0
    worker()
    page.get_by_role("link", name="Xem bản in thử (PDF)").wait_for(timeout=60_000)
    job = Job.objects.get(kind=PREVIEW_PDF)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def stopped_by_an_error_and_asked_for_reasons(page, report):
    page.goto(f"/reports/{report.uid}/write/{WORDS}/")
    page.locator("#id_text").fill("Có {activities.nothing} cuộc.")
    page.get_by_text("Không có số liệu nào như vậy").wait_for()
    page.goto(f"/reports/{report.uid}/checks/")
    page.get_by_role("heading", name="Phải sửa").wait_for()
    page.goto(f"/reports/{report.uid}/write/{WORDS}/")
    page.locator("#id_text").fill("Đề nghị tiếp tục bố trí kinh phí.")
    page.get_by_role("button", name="Xong phần này").click()
    page.get_by_text("Đã xong phần").wait_for()
    page.goto(f"/reports/{report.uid}/checks/")
    assert page.get_by_role("heading", name="Phải sửa").count() == 0
    page.get_by_text("cùng kỳ năm trước 40").first.wait_for()
    while page.get_by_role("button", name="Lưu lý do").count():
        page.locator("[name=reason]").first.fill("Năm nay làm gọn ở cụm xã.")
        page.get_by_role("button", name="Lưu lý do").first.click()
        page.get_by_text("Đã lưu lý do.").wait_for()
    page.get_by_text("Không còn gì phải sửa trước khi duyệt").wait_for()


def approved_on_a_phone(page, report, story):
    """Three taps from the report."""
    sign_in(page, story.union_leader)
    page.goto(f"/reports/{report.uid}/")
    page.get_by_role("link", name="Xem tóm tắt rồi duyệt").click()
    assert problems_of(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("link", name="Duyệt báo cáo").click()
    page.get_by_role("button", name="Duyệt và chốt số liệu").click()
    page.get_by_role("link", name="Tải PDF").wait_for(timeout=60_000)
    assert Activity.objects.get(pk=story.activity.pk).is_locked


def end_of_today():
    return timezone.make_aware(datetime.combine(timezone.localdate(), datetime.min.time()) + timedelta(days=1))


def sent_in_the_last_seconds(page, report, cast):
    with time_machine.travel(end_of_today() - timedelta(seconds=2), tick=False):
        page.context.clear_cookies()
        sign_in(page, cast.partner)
        page.goto(f"/reports/{report.uid}/send/")
        page.get_by_role("button", name="Gửi", exact=True).click()
        page.get_by_text("Báo cáo đã gửi").first.wait_for()
    page.context.clear_cookies()
    sign_in(page, cast.partner)


def sent_too_late_by_another(story):
    report = answer(story.asked, acting=hat(story.home_officer))
    give_reasons(report, story.home_officer)
    workflow.move(report, "approve", acting=hat(story.home_leader))
    with time_machine.travel(end_of_today() + timedelta(seconds=1), tick=False):
        workflow.move(report, "send", acting=hat(story.home_officer))


def late_days(asked):
    """Of all but the board, as counted on the day after."""
    rows = standings([asked], timezone.localdate() + timedelta(days=1))[asked.pk]
    return {row.seat.agency_id: row.days_late for row in rows if row.state != "own"}


def same_numbers_in_all_files(page, report, folder):
    """Of the report that was sent; read back from what a person downloads."""
    until(lambda: not Job.objects.exclude(state__in=JobState.ended()).exists())
    number = number_vi(number_on(page, report))
    pdf, word, book = (downloaded(page, f"Tải {name}", folder) for name in ("PDF", "Word", "Excel"))
    with PdfDocument(pdf) as paper:
        printed = " ".join(" ".join(leaf.get_textpage().get_text_bounded() for leaf in paper).split())
    typed = " ".join(" ".join(one.text for one in Word(word).paragraphs).split())
    read = ReadBook(book)
    cells = [cell for name in read.names for cell in read.cells(name).values()]
    for said in (number, FORMULA, "Đề nghị tiếp tục bố trí kinh phí.", "Lời của Sở Nội vụ."):
        assert said in printed
        assert said in typed
    assert number in {cell.shown for cell in cells}
    assert FORMULA in {cell.value for cell in cells}
    assert not any(b"<f>" in zipfile.ZipFile(BytesIO(book)).read(part) for part in sheets_of(book))


def sheets_of(book):
    return [name for name in zipfile.ZipFile(BytesIO(book)).namelist() if name.startswith("xl/worksheets/sheet")]


def downloaded(page, name, folder):
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    return (folder / waiting.value.suggested_filename).read_bytes()


# ---- returned, mended, received ----


def returned_with_two_reasons(page, report, cast):
    sign_in(page, cast.officer)
    page.goto(f"/reports/{report.uid}/")
    page.get_by_role("link", name="Đọc và tiếp nhận").click()
    page.get_by_role("link", name="Trả lại, kèm lý do").click()
    page.get_by_role("button", name="Trả lại", exact=True).click()
    page.locator(".errsum").wait_for()
    assert Report.objects.get(pk=report.pk).document.state == DocumentState.SENT
    page.select_option("[name=section_1]", index=2)
    page.locator("[name=reason_1]").fill("Ghi thêm số nữ.")
    page.locator("[name=reason_2]").fill("Nêu rõ đề xuất.")
    page.get_by_role("button", name="Trả lại", exact=True).click()
    page.wait_for_url("**/")
    assert Report.objects.get(pk=report.pk).document.state == DocumentState.DRAFT


def mended_and_sent_again(page, report, cast, story):
    page.goto("/notices/")
    page.get_by_text("hãy xem lý do").first.wait_for()
    page.goto(f"/reports/{report.uid}/")
    reasons = page.locator(".note-warn", has_text="Bị trả lại với lý do").inner_text()
    assert "Ghi thêm số nữ." in reasons
    assert "Nêu rõ đề xuất." in reasons
    page.goto(f"/reports/{report.uid}/write/{WORDS}/")
    page.locator("#id_text").fill(MENDED)
    page.get_by_role("button", name="Xong phần này").click()
    page.get_by_text("Đã xong phần").wait_for()
    report = Report.objects.get(pk=report.pk)
    give_reasons(report, cast.partner)
    workflow.move(report, "approve", acting=hat(story.union_leader))
    workflow.move(report, "send", acting=hat(cast.partner))


def only_what_changed_is_read_and_received(page, report):
    page.goto(f"/reports/{report.uid}/reading/")
    assert page.locator(".review-changes ins").all_inner_texts() == [MENDED]
    assert problems_of(page) == []
    page.goto(f"/reports/{report.uid}/versions/1/")
    assert "Đề nghị tiếp tục bố trí kinh phí." in page.get_by_role("main").inner_text()
    page.goto(f"/reports/{report.uid}/receive/")
    page.get_by_role("button", name="Tiếp nhận", exact=True).click()
    page.wait_for_url("**/")
    assert Report.objects.get(pk=report.pk).document.state == DocumentState.RECEIVED


def a_number_that_was_counted_is_corrected(page, story):
    page.goto(f"/activities/{story.activity.uid}/")
    assert page.get_by_role("link", name="Sửa", exact=True).count() == 0
    page.get_by_role("link", name="Bổ sung số liệu").click()
    page.locator("[name=attendances]").fill("122")
    page.get_by_role("button", name="Ghi số liệu bổ sung").click()
    page.locator(".errsum").wait_for()
    page.locator("[name=reason]").fill("Cộng sót danh sách điểm danh.")
    page.get_by_role("button", name="Ghi số liệu bổ sung").click()
    page.wait_for_url(f"**/activities/{story.activity.uid}/")
    assert Activity.objects.get(corrects=story.activity).attendances == 10


# ---- added up, approved, issued ----


def without_one_agency(page, story):
    page.goto(f"/reports/rounds/{story.asked.uid}/")
    page.get_by_text("2/3 cơ quan đã gửi").wait_for()
    page.get_by_role("link", name="Nhắc", exact=True).click()
    page.get_by_role("button", name=re.compile("Nhắc trên cổng")).first.click()
    page.get_by_text("Đã nhắc 1 cơ quan.").wait_for()
    assert Reminder.objects.get().seat.agency == story.police
    page.goto(f"/reports/rounds/{story.asked.uid}/{story.police.uid}/leave-out/")
    page.locator("[name=reason]").fill("Chưa có số liệu.")
    page.locator("main form button.btn-primary").click()
    page.get_by_text("Báo cáo tổng hợp sẽ không có cơ quan này.").wait_for()


def added_up_and_opened(page, report, story):
    """The sum is that of the records; what the Union reported differs by the correction, and says so."""
    page.goto(f"/reports/rounds/{story.asked.uid}/together/")
    total = number_vi(counted(report.agency, story.home))
    page.locator("tfoot a", has_text=total).wait_for()
    row = page.locator("tbody tr", has_text="Hội LHPN tỉnh").first
    row.get_by_text(f"đã báo cáo {number_vi(counted(report.agency) - 10)}").wait_for()
    row.locator("a", has_text=number_vi(counted(report.agency))).click()
    page.get_by_role("link", name=FORMULA).first.click()
    page.get_by_role("heading", level=1, name=FORMULA).wait_for()


def consolidated_and_checked(page, cast, story):
    page.goto(f"/reports/rounds/{story.asked.uid}/")
    page.get_by_role("button", name="Lập báo cáo tổng hợp").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"))
    report = Report.objects.get(agency=cast.board, nature=ReportNature.ORIGINAL)
    assert number_on(page, report) == counted(cast.union, story.home)
    read = " ".join(page.get_by_role("main").inner_text().split())
    assert "Báo cáo tổng hợp từ 3/4 cơ quan, đơn vị; không có: Công an tỉnh." in read
    start(report, "records", acting=hat(cast.officer))
    give_reasons(report, cast.officer)
    workflow.move(report, "check", acting=hat(factories.member(cast.board, MemberRole.REVIEWER)))
    return report


def approved_after_the_password(page, report, cast):
    """Given back once; two hours after the sign-in the password is asked for again."""
    sign_in(page, cast.leader)
    page.goto(f"/reports/{report.uid}/summary/")
    page.get_by_role("link", name="Trả lại để sửa").click()
    page.locator("[name=comment]").fill("Nêu rõ nguyên nhân.")
    page.get_by_role("button", name="Trả lại để sửa").click()
    page.wait_for_url(re.compile(rf"/reports/{report.uid}/$"))
    workflow.move(report, "check", acting=hat(factories.member(cast.board, MemberRole.REVIEWER)))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        page.goto(f"/reports/{report.uid}/summary/")
        page.get_by_role("link", name="Duyệt báo cáo").click()
        page.wait_for_url("**/reauthenticate/**")
        page.locator("input[name=password]").fill(factories.PASSWORD)
        page.locator("main form button:not([type=button])").first.click()
        page.get_by_role("button", name="Duyệt và chốt số liệu").click()
        page.get_by_role("link", name="Tải PDF").wait_for(timeout=60_000)
    assert Report.objects.get(pk=report.pk).document.state == DocumentState.APPROVED


def issued_with_its_own_signed_copy(page, report, other, cast, folder):
    until(lambda: not Job.objects.exclude(state__in=JobState.ended()).exists())
    sign_in(page, cast.clerk)
    page.goto(f"/reports/{report.uid}/")
    (folder / "ky.pdf").write_bytes(downloaded(page, "Tải PDF", folder))
    strange = DocumentFile.objects.filter(document=other.document, media_type="application/pdf").first()
    (folder / "la.pdf").write_bytes(Path(strange.file.path).read_bytes())
    page.locator("[name=number]").fill("87")
    page.locator("[name=issued_on]").fill(timezone.localdate().strftime("%d/%m/%Y"))
    page.set_input_files("[name=signed]", folder / "la.pdf")
    page.get_by_role("button", name="Ban hành").click()
    page.locator(".errsum").wait_for()
    assert Report.objects.get(pk=report.pk).document.state == DocumentState.APPROVED
    page.set_input_files("[name=signed]", folder / "ky.pdf")
    page.get_by_role("button", name="Ban hành").click()
    page.get_by_text("Đã ban hành báo cáo.").first.wait_for()
    assert Report.objects.get(pk=report.pk).document.code.startswith("87/")


def what_comes_late_changes_nothing(page, report, cast, story):
    before = number_on(page, report)
    activity(
        SimpleNamespace(board=story.home, commune=cast.commune), date(2026, 5, 5), attendances=30, women=9, minority=4
    )
    assert number_on(page, report) == before
    page.goto(reverse("reports:round_together", args=[story.asked.uid]))
    page.locator("tbody tr", has_text="Sở Nội vụ").get_by_text(re.compile("đã báo cáo")).first.wait_for()
