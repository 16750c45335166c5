"""The first page of each role: what to do next, how the period stands, the latest reports."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.enums import AgencyRole, DocumentState, MemberRole, MilestoneNature, OpinionChoice, SuccessionNature
from coordination.models import AgencySuccession, Document, DocumentFile, DocumentKind, DocumentVersion, Milestone
from programs.enums import FactState, Operator
from programs.models import Target
from reports.enums import OutlineState, PeriodKind, ReportKind, ReportScope
from reports.models import CutoffProfile, Report, ReportingPeriod, ReportOutline
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement, answer, put_to_review
from tests.pages import Page

TODAY = date(2026, 6, 10)  # in the first half, four days before the cut-off
HOME = "/"


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(f"{TODAY}T08:00:00+07:00", tick=False)


def period(code, kind, first, last, **fields):
    profile, _made = CutoffProfile.objects.get_or_create(code="ND09", defaults={"name": "Nghị định 09"})
    values = {"year": last.year, "number": int(code[-1]) if code[-1].isdigit() else 1, "label": f"Kỳ {code}"}
    return ReportingPeriod.objects.create(
        profile=profile, kind=kind, code=code, data_from=first, data_to=last, money_from=first, **values | fields
    )


@pytest.fixture
def halves(db):
    """The half-year in progress and the one before."""
    return [
        period("2025-H2", PeriodKind.HALF, date(2025, 6, 15), date(2025, 12, 14)),
        period("2026-H1", PeriodKind.HALF, date(2025, 12, 15), date(2026, 6, 14)),
    ]


def report(of, for_period, state=DocumentState.DRAFT, number="", issued_on=None, subject="Báo cáo thử"):
    kind, _made = DocumentKind.objects.get_or_create(code="BC", defaults={"name": "Báo cáo"})
    outline, _made = ReportOutline.objects.get_or_create(
        kind=ReportKind.GENDER_EQUALITY,
        period_kind=PeriodKind.HALF,
        defaults={"name": "x", "state": OutlineState.IN_USE},
    )
    document = Document.objects.create(
        kind=kind,
        register_agency=of,
        register_year=for_period.year,
        number=number,
        symbol="BC-STN",
        subject=subject,
        state=state,
        issued_on=issued_on,
    )
    return Report.objects.create(
        document=document,
        agency=of,
        unit=of.unit,
        kind=ReportKind.GENDER_EQUALITY,
        scope=ReportScope.PROVINCE,
        period=for_period,
        outline=outline,
    )


def pdf_of(a_report, by, summary=""):
    document = a_report.document
    version = DocumentVersion.objects.create(
        document=document, number=1, manuscript={"summary": summary}, sha256="0" * 64, created_by=by
    )
    return DocumentFile.objects.create(
        document=document,
        document_version=version,
        nature="generated",
        media_type="application/pdf",
        name="bao-cao.pdf",
        file="documents/bao-cao.pdf",
        sha256="1" * 64,
        size=1,
    )


@pytest.fixture
def home_of(client):
    def get(person):
        client.force_login(person)
        response = client.get(HOME)
        assert response.status_code == 200
        page = Page(response)
        assert page.against_csp() == []
        assert len(page.all("h1")) == 1
        return page

    return get


def rows(page):
    return [row.text for row in page.all("li") if row.within(class_="todo")]


# --- who comes where -------------------------------------------------------------------------------------------------


def test_system_administrator_comes_to_the_accounts(cast, client):
    client.force_login(cast.administrator)
    assert client.get(HOME).url == reverse("coordination:account_list")


# --- period ----------------------------------------------------------------------------------------------------------


def test_period_in_progress_counts_what_the_agency_recorded(cast, halves, home_of):
    day = date(2026, 3, 8)
    factories.activity(cast.board, cast.commune, day, sessions=2, attendances=100, women=60)
    factories.activity(cast.board, cast.commune, day, attendances=1000)  # does not state its women
    factories.activity(cast.board, cast.commune, day, attendances=7, women=7, state=FactState.DRAFT)
    factories.activity(cast.board, cast.commune, date(2025, 12, 14), attendances=7, women=7)  # the period before
    factories.activity(cast.union, cast.commune, day, attendances=7, women=7)  # another agency
    section = home_of(cast.officer).one("section", aria_label="Kỳ")
    assert "Chốt số liệu ngày 14/06/2026, còn 4 ngày" in section.text
    assert "3 cuộc 1.100 lượt người nữ 60 ( 60,0% ; tách nữ ở 2/3 cuộc)" in section.text


def test_last_day_of_the_period_is_still_in_it(cast, halves, home_of, time_machine):
    time_machine.move_to("2026-06-14T23:00:00+07:00", tick=False)
    assert "Chốt số liệu ngày 14/06/2026, hôm nay" in home_of(cast.officer).one("section", aria_label="Kỳ").text
    time_machine.move_to("2026-06-15T00:00:00+07:00", tick=False)
    assert home_of(cast.officer).all("section", aria_label="Kỳ") == []


def test_period_without_activity_says_so(cast, halves, home_of):
    assert "Chưa ghi hoạt động nào trong kỳ này." in home_of(cast.officer).one("section", aria_label="Kỳ").text


def test_report_due_is_announced_until_that_day(cast, halves, home_of, time_machine):
    ReportingPeriod.objects.filter(code="2025-H2").update(due_compiler=date(2025, 12, 20))
    time_machine.move_to("2025-12-18T08:00:00+07:00", tick=False)
    note = home_of(cast.officer).one("div", class_="note-warn")
    assert "đã chốt số liệu ngày 14/12/2025, hạn nộp báo cáo 20/12/2025 ( còn 2 ngày )" in note.text
    time_machine.move_to("2025-12-21T08:00:00+07:00", tick=False)
    assert home_of(cast.officer).all("div", class_="note-warn") == []


# --- writers ---------------------------------------------------------------------------------------------------------


def test_writer_finds_drafts_of_the_agency_and_reports_not_issued(cast, halves, home_of):
    draft = factories.activity(cast.board, cast.commune, TODAY, state=FactState.DRAFT, title="Dở dang")
    factories.activity(cast.union, cast.commune, TODAY, state=FactState.DRAFT, title="Của Hội")
    report(cast.board, halves[0], subject="Báo cáo đang soạn")
    page = home_of(cast.officer)
    assert rows(page) == [
        "chưa định hạn Báo cáo đang soạn Kỳ 2025-H2 · Đang viết Soạn tiếp Báo cáo đang soạn",
        "10/06 2026 Dở dang Xã Ba Thử · Nháp Viết tiếp Dở dang",
    ]
    assert page.all("a", href=reverse("programs:activity_edit", args=[draft.uid]))


def test_writer_sees_the_last_five_activities_and_the_way_to_the_next(cast, home_of):
    for number in range(1, 7):
        factories.activity(cast.board, cast.commune, title=f"Buổi {number}", attendances=number, women=0)
    page = home_of(cast.officer)
    titles = [link.text for link in page.all("a", class_="plain") if link.within(tag="aside")]
    assert titles == [f"Buổi {number}" for number in range(6, 1, -1)]
    assert page.one("a", class_="btn-lg").attributes["href"] == reverse("programs:activity_create")


def test_writer_with_nothing_to_do_is_told_what_comes_next(cast, halves, home_of):
    page = home_of(cast.officer)
    assert page.texts(class_="empty-title") == ["Không có việc nào chờ bạn"]
    assert "Cơ quan bạn chưa ghi hoạt động nào. Hoạt động đầu tiên mất khoảng hai phút." in page.texts("p")


# --- readers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def issued(cast, halves):
    found = report(cast.board, halves[0], DocumentState.ISSUED, "214", date(2025, 12, 22), "Báo cáo kỳ trước")
    found.pdf = pdf_of(found, cast.officer, summary="Toàn tỉnh tổ chức 412 hoạt động.")
    return found


@pytest.mark.parametrize("person", ["leader", "chair"])
def test_leader_sees_the_newest_issued_report_first(cast, issued, home_of, person):
    page = home_of(getattr(cast, person))
    assert page.texts("h1") == ["Báo cáo kỳ trước"]
    assert "Toàn tỉnh tổ chức 412 hoạt động." in page.texts("p")
    download = page.one("a", class_="btn-primary")
    assert download.text == "Tải PDF"
    assert download.attributes["href"] == reverse("reports:report_download", args=[issued.uid, issued.pdf.uid])


def test_stranger_sees_no_report_of_another_province(cast, issued, home_of):
    page = home_of(factories.member(cast.other, MemberRole.LEADER))
    assert page.texts(class_="empty-title") == ["Chưa có báo cáo nào được ban hành"]
    assert "Báo cáo kỳ trước" not in " ".join(page.texts("main"))


def test_leader_is_asked_to_approve_and_clerk_to_issue(cast, halves, home_of):
    checked = report(cast.board, halves[0], DocumentState.CHECKED, subject="Chờ duyệt")
    report(cast.board, halves[1], DocumentState.APPROVED, subject="Chờ vào số")
    first, second = rows(home_of(cast.clerk))
    assert first.endswith("Vào số, ban hành Chờ vào số")
    assert second.endswith("Mở Chờ duyệt")
    page = home_of(cast.leader)
    assert page.one("a", href=reverse("reports:report_summary", args=[checked.uid])).text.endswith("Chờ duyệt")
    assert [row.endswith("Vào số, ban hành Chờ vào số") for row in rows(page)] == [True]
    assert rows(home_of(cast.chair)) == []
    earlier = period("2025-H1", PeriodKind.HALF, date(2024, 12, 15), date(2025, 6, 14))
    sent = report(cast.board, earlier, DocumentState.SENT, "9", TODAY, "Đã gửi lên")
    assert [row.endswith("Đọc và tiếp nhận Đã gửi lên") for row in rows(home_of(cast.chair))] == [True]
    assert home_of(cast.chair).all("a", href=reverse("reports:report_reading", args=[sent.uid]))


def test_leader_of_the_province_sees_targets_met_by_objective(cast, halves, home_of):
    period("2025-Y", PeriodKind.YEAR, date(2024, 12, 15), date(2025, 12, 14))
    for code, value in (("1", 70), ("2", 40), ("3", None)):
        indicator = factories.indicator(code)
        Target.objects.create(indicator=indicator, year=2025, operator=Operator.AT_LEAST, value=Decimal(60))
        if value:
            factories.measurement(cast.board, cast.province, date(2025, 12, 14), indicator=indicator, value=value)
    page = home_of(cast.chair)
    assert page.texts("p", class_="display") == ["1/3"]
    assert "chỉ tiêu đạt, 33,3%" in page.texts("p")
    assert page.texts("tr") == ["1. Mục tiêu thử 1/3 Còn 1"]
    assert [box.attributes["class"] for box in page.all("rect") if box.within(class_="meter")] == [
        "c-1",
        "c-hole",
        "c-4",
    ]


def test_targets_are_left_out_where_nothing_was_read(cast, halves, home_of):
    assert home_of(cast.chair).all("p", class_="display") == []


def test_leader_of_one_department_sees_no_board_of_the_province(cast, halves, home_of):
    period("2025-Y", PeriodKind.YEAR, date(2024, 12, 15), date(2025, 12, 14))
    office = factories.agency(cast.province, "Sở khác", "SK", role=AgencyRole.OTHER)
    factories.measurement(office, cast.province, date(2025, 12, 14))
    assert home_of(factories.member(office, MemberRole.LEADER)).all("p", class_="display") == []


# --- reviews ---------------------------------------------------------------------------------------------------------


def test_a_review_waits_on_the_desk_of_those_who_have_to_answer_only(cast, home_of):
    stage = put_to_review(cast, due_on=TODAY, today=TODAY)
    here = reverse("coordination:document_review", args=[stage.document.uid])

    def tasks(person, button="Đọc và góp ý"):
        return [row.text for row in home_of(person).all("li") if row.within(class_="todo") and button in row.text]

    assert [("Chờ bạn góp ý" in row) for row in tasks(cast.partner)] == [True]
    assert home_of(cast.partner).all("a", href=here)
    assert tasks(cast.officer) == []
    answer(stage, stage.union)
    assert tasks(cast.partner) == []
    assert ["chờ bạn chốt văn bản" in row for row in tasks(cast.leader, "Mở")] == [True]
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Sửa số địa chỉ.")
    assert ["Chờ bạn sửa" in row for row in tasks(cast.officer, "Đọc và sửa")] == [True]


# --- agreements ------------------------------------------------------------------------------------------------------


def owed(cast, lead=None, number="123", **fields):
    """An issued plan with a final review in 2026."""
    made = agreement(cast, register_year=2025)
    state = {"state": DocumentState.ISSUED, "number": number, "issued_on": date(2025, 2, 2)}
    changed(made.document, **state)()
    values = {"nature": MilestoneNature.FINAL, "year": 2026, "ends_on": date(2026, 6, 20), "lead": lead}
    return Milestone.objects.create(agreement=made, **values | fields)


def test_a_review_agreed_on_waits_for_its_lead_and_is_coming_up_for_the_others(cast, home_of):
    milestone = owed(cast, lead=cast.union)
    page = home_of(cast.partner)
    assert [row for row in rows(page) if "Tổng kết 2026" in row] == [
        "20/06 còn 10 ngày Tổng kết 2026: Kế hoạch phối hợp năm 2026 Cần làm: Hội LHPN tỉnh chủ trì"
        " Ghi kết quả Kế hoạch phối hợp năm 2026"
    ]
    result = reverse("coordination:milestone_result", args=[milestone.agreement.uid, milestone.uid])
    assert page.all("a", href=result)
    page = home_of(cast.officer)
    assert ["Sắp đến: Hội LHPN tỉnh chủ trì" in row for row in rows(page) if "Tổng kết 2026" in row] == [True]
    assert not page.all("a", href=result)
    assert [row for row in rows(home_of(cast.clerk)) if "Tổng kết 2026" in row] == []


def test_a_review_without_a_lead_waits_for_all_and_leaves_the_desk_with_its_result(cast, home_of):
    milestone = owed(cast)
    for person in (cast.partner, cast.officer):
        assert ["các bên cùng tổ chức" in row for row in rows(home_of(person))] == [True]
    changed(milestone, result=factories.document(cast.board, subject="Báo cáo tổng kết"))()
    assert rows(home_of(cast.partner)) == rows(home_of(cast.officer)) == []


def test_drafts_and_papers_without_a_number_wait_for_those_who_take_the_next_step(cast, home_of):
    made = agreement(cast)
    assert ["chưa xin ý kiến cơ quan nào" in row for row in rows(home_of(cast.officer))] == [True]
    changed(made.document, state=DocumentState.DRAFT)()
    assert [row.endswith("Viết tiếp Kế hoạch phối hợp năm 2026") for row in rows(home_of(cast.officer))] == [True]
    assert rows(home_of(cast.partner)) == rows(home_of(cast.clerk)) == rows(home_of(cast.leader)) == []
    changed(made.document, state=DocumentState.AGREED)()
    assert ["chờ vào số" in row for row in rows(home_of(cast.clerk))] == [True]
    assert rows(home_of(cast.officer)) == rows(home_of(cast.stranger)) == []


# --- weight ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("officer", 31), ("chair", 28)])
def test_home_query_count(cast, halves, client, django_assert_num_queries, person, queries, number):
    for place in range(number):
        put_to_review(cast, due_on=TODAY, today=TODAY)
        factories.activity(cast.board, cast.commune, TODAY, attendances=10)
        factories.activity(cast.board, cast.commune, TODAY, state=FactState.DRAFT)
        past = period(f"20{20 + place}-H1", PeriodKind.HALF, date(2019 + place, 12, 15), date(2020 + place, 6, 14))
        report(cast.board, past, DocumentState.ISSUED, str(place + 1), date(2020 + place, 7, 1))
        report(cast.union, past)
        made = agreement(cast, register_year=2020 + place)
        changed(made.document, state=DocumentState.DRAFT)()
        changed(agreement(cast, register_year=2020 + place).document, state=DocumentState.AGREED)()
        owed(cast, lead=cast.union, number=str(place + 1))
    client.force_login(getattr(cast, person))
    client.get(HOME)
    with django_assert_num_queries(queries):
        client.get(HOME)


def test_a_report_of_the_agency_before_waits_for_who_may_issue_it(cast, home_of, halves):
    """What was approved in the old name is issued by the clerk of the agency that goes on."""
    before = factories.agency(cast.province, "Ban Dân tộc", "BDT", closed_on=date(2026, 2, 28))
    AgencySuccession.objects.create(
        predecessor=before, successor=cast.board, on=date(2026, 3, 1), nature=SuccessionNature.MERGED
    )
    report(before, halves[0], DocumentState.APPROVED, subject="Báo cáo của Ban")
    assert any("Báo cáo của Ban" in row for row in rows(home_of(cast.clerk)))
