"""Reports of every kind: work under an agreement clause by clause, over its stage, and of one project alone."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from coordination.enums import DocumentState
from coordination.manuscript import Heading, Manuscript, Paragraph, Stamp, Table
from coordination.models import Agreement, Clause
from programs.models import Activity, Component, PlanItem
from reports.actions import CannotDraft, agreements_of, draft_report, outline_for
from reports.compose import compose
from reports.enums import ReportKind, ReportScope
from reports.figures import Compared, Ref, Scope, open_ref
from reports.freeze import freeze_report
from reports.models import Report, ReportActivity, ReportingPeriod, ReportOutline
from reports.periods import free_label, free_period
from reports.typeset.pdf import render_pdf
from tests import factories
from tests.coordination.reviews import agreement as some_agreement
from tests.programs import plans
from tests.typeset.equal_files import assert_equal_files

TODAY = date(2026, 12, 31)


@pytest.fixture
def lists(db):
    call_command("load_lists", verbosity=0)


@pytest.fixture
def signed(cast, lists):
    """An agreement in force whose first clause came into the plan of 2026: 2 of 4 sessions were held."""
    agreement = some_agreement(cast, number="12", symbol="KHPH-BDT-HLHPN", issued_on=date(2026, 1, 2))
    agreement.document.state = DocumentState.ISSUED
    agreement.document.save()
    first = Clause.objects.get(section__document=agreement.document, key="d1")
    component = Component.objects.get(code="P8.1")
    items = [plans.line(cast, clause=first, component=component), plans.line(cast, "Việc khác", component=component)]
    plan = plans.plan(cast, agreement=agreement, items=items)
    plan.document.state, plan.document.issued_on = DocumentState.ISSUED, date(2026, 1, 20)
    plan.document.number, plan.document.symbol = "18", "KHPH-BDT-HLHPN"
    plan.document.save()
    item = PlanItem.objects.get(clause=first)
    for number in (1, 2):
        factories.activity(
            cast.board, cast.commune, date(2026, 3 * number, 10), plan_item=item, component=component,
            attendances=50, women=30, title=f"Truyền thông {number}",
        )  # fmt: skip
    factories.activity(cast.board, cast.commune, date(2026, 5, 5), component=component, attendances=900)
    return agreement


def year(code="2026-Y", profile="DL"):
    return ReportingPeriod.objects.get(profile__code=profile, code=code)


def begin(cast, agreement, kind=ReportKind.COORDINATION, period=None, **fields):
    values = {"kind": kind, "period": period or year(), "scope": ReportScope.AGREEMENT, "agreement": agreement}
    return draft_report(agency=cast.board, by=cast.officer, **values | fields)


def text_of(manuscript: Manuscript) -> str:
    lines = []
    for block in manuscript.all_blocks():
        if isinstance(block, Heading):
            lines.append(f"{block.number} {block.text}")
        elif isinstance(block, Paragraph):
            lines.append("".join(span.text for span in block.spans))
        elif isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
    return "\n".join(lines)


def test_a_clause_tells_what_was_promised_planned_and_done(cast, signed):
    said = text_of(compose(begin(cast, signed)))
    assert "1.1. Truyền thông tại 20 xã\n" in said
    assert "Kết quả: 02/04 cuộc, 100 lượt người (60 nữ), chưa hoàn thành." in said or "02/04" in said
    assert "1.2. Củng cố 25 địa chỉ tin cậy\n" in said
    assert "Chưa có nhiệm vụ nào trong kế hoạch năm 2026." in said
    assert "Truyền thông 1 (10/03/2026); Truyền thông 2 (10/06/2026)" in said
    assert "01/02 nội dung phối hợp được đưa vào kế hoạch" in said
    assert "Nhiệm vụ khác trong kế hoạch" in said
    assert "Kế hoạch phối hợp số 12/KHPH-BDT-HLHPN" in said


def test_only_what_serves_the_plans_of_the_agreement_is_counted(cast, signed):
    report = begin(cast, signed)
    scope, compared = Scope.of_report(report), Compared.of(report.period)
    assert open_ref(Ref("activities.attendances"), scope, compared).value.value == 100
    item = PlanItem.objects.get(clause__key="d1")
    for axes in ({"item": str(item.pk)}, {"items": f"{item.pk}.{item.pk + 1}"}, {"year": "2026"}):
        opened = open_ref(Ref("activities.sessions", axes), scope, compared)
        assert (opened.value.value, opened.total()) == (2, 2)
    assert not open_ref(Ref("activities.sessions", {"year": "2025"}), scope, compared).value


def test_a_frozen_report_keeps_its_bytes_and_only_its_facts(cast, signed):
    report = begin(cast, signed)
    version = freeze_report(report, by=cast.leader)
    kept = Manuscript.from_json(version.manuscript)
    assert ReportActivity.objects.filter(report=report).count() == 2
    assert Activity.objects.filter(locked_at=None).count() == 1
    PlanItem.objects.filter(clause__key="d1").update(text="Đổi tên", quantity=99)
    Clause.objects.filter(key="d1").update(text="Đổi lời")
    again = Manuscript.from_json(report.document.versions.get().manuscript)
    assert again.sha256() == kept.sha256() == version.sha256
    assert render_pdf(again, Stamp()) == render_pdf(kept, Stamp())
    assert "Truyền thông tại 20 xã" in text_of(again)


@pytest.mark.parametrize("kind", [ReportKind.COORDINATION, ReportKind.MIDTERM, ReportKind.FINAL])
def test_files_of_every_kind_under_an_agreement_have_equal_numbers(cast, signed, kind):
    period = year() if kind == ReportKind.COORDINATION else free_period(date(2025, 1, 1), date(2026, 12, 31))
    cells, numbers = assert_equal_files(compose(begin(cast, signed, kind, period)), Stamp())
    assert cells > 15
    assert numbers > 10


def test_a_review_tells_the_stage_by_year(cast, signed):
    Agreement.objects.filter(pk=signed.pk).update(stage_from=date(2025, 1, 1))
    period = free_period(date(2025, 1, 1), date(2026, 12, 31))
    report = begin(cast, Agreement.objects.get(pk=signed.pk), ReportKind.FINAL, period)
    said = text_of(compose(report))
    assert report.document.subject == "Tổng kết thực hiện Kế hoạch phối hợp số 12/KHPH-BDT-HLHPN giai đoạn 2025 - 2026"
    assert "2026 | 0/2 | 2 | 100 | 60 | …" in said
    assert "Năm 2026: đưa vào kế hoạch 01 nhiệm vụ, 02 cuộc, 100 lượt người (60 nữ)" in said
    assert "1 | Truyền thông tại 20 xã | 0 | 0/1 | 0/1" in said


def test_each_agreement_has_its_own_report_of_a_period(cast, signed):
    begin(cast, signed)
    other = some_agreement(cast)
    begin(cast, other)
    assert Report.objects.count() == 2
    with pytest.raises(CannotDraft, match="đã có báo cáo"):
        begin(cast, signed)


def test_agreements_offered_are_those_signed_by_the_agency(cast, signed):
    assert list(agreements_of(cast.board)) == list(agreements_of(cast.union)) == [signed]
    assert not agreements_of(factories.agency(cast.province, "Sở Y tế", "SYT")).exists()
    signed.document.state = DocumentState.IN_REVIEW
    signed.document.save()
    assert not agreements_of(cast.board).exists()


def test_a_report_of_a_project_counts_nothing_else(cast, lists):
    of_project, other = (Component.objects.get(code=code) for code in ("P8.2.1", "TX.1"))
    factories.activity(cast.board, cast.commune, date(2026, 3, 1), component=of_project, sessions=3)
    factories.activity(cast.board, cast.commune, date(2026, 3, 2), component=other, sessions=5)
    period = ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1")
    report = draft_report(
        agency=cast.board, kind=ReportKind.PROJECT8, period=period, scope=ReportScope.AGENCY, by=cast.officer
    )
    assert open_ref(Ref("activities.sessions"), Scope.of_report(report), Compared.of(period)).value.value == 3
    assert "03 cuộc thuộc các nội dung của Dự án 8" in text_of(compose(report))


def test_free_days_become_one_period(lists):
    first, last = date(2026, 2, 3), date(2026, 5, 6)
    assert free_period(first, last) == free_period(first, last)
    assert free_period(date(2021, 1, 1), date(2023, 12, 31)).code == "SK-2023"
    assert free_label(first, last) == "từ ngày 03/02/2026 đến ngày 06/05/2026"
    assert free_label(date(2026, 1, 1), date(2026, 12, 31)) == "năm 2026"


def test_a_province_s_own_outline_goes_before_the_national_one(cast, lists):
    national = ReportOutline.objects.get(kind=ReportKind.PROJECT8, period_kind="half")
    own = ReportOutline.objects.create(
        kind=national.kind, period_kind="half", unit=cast.province, state="in_use", name="Riêng", subject="Riêng"
    )
    period = ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1")
    assert outline_for(ReportKind.PROJECT8, period, cast.province) == own


# ---- the form that begins one ----


def posted(client, kind, **typed):
    address = reverse("reports:report_create")
    form = client.get(address, {"kind": kind}).context["form"]
    sent = {"kind": kind, "form_token": form["form_token"].value(), **typed}
    return client.post(address, sent)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("gender-equality", ["period", "scope"]),
        ("project8", ["period", "scope"]),
        ("coordination", ["agreement", "period"]),
        ("final", ["agreement", "first_day", "last_day"]),
    ],
)
def test_the_form_asks_what_the_kind_needs(client, cast, signed, kind, fields):
    client.force_login(cast.officer)
    form = client.get(reverse("reports:report_create"), {"kind": kind}).context["form"]
    assert [name for name in form.fields if name not in ("kind", "form_token")] == fields


def test_a_review_is_begun_with_free_days(client, cast, signed):
    client.force_login(cast.officer)
    answer = posted(client, "final", agreement=signed.uid, first_day="01/01/2026", last_day="31/12/2026")
    assert answer.status_code == 302
    report = Report.objects.get()
    assert (report.agreement, report.scope, report.period.label) == (signed, ReportScope.AGREEMENT, "năm 2026")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("05/05/2026", "04/05/2026", "không được trước"),
        ("01/01/2020", "31/12/2020", "giai đoạn từ 01/01/2026 đến 31/12/2026"),
        ("", "31/12/2026", ""),
    ],
)
def test_days_that_cannot_be_are_told_at_the_field_and_kept(client, cast, signed, first, last, said):
    client.force_login(cast.officer)
    answer = posted(client, "final", agreement=signed.uid, first_day=first, last_day=last)
    assert answer.status_code == 422
    assert not Report.objects.exists()
    assert last in answer.text
    assert said in answer.text


# ---- the command ----


def test_render_report_asks_for_the_agreement(cast, signed, tmp_path):
    options = {"agency": "BDT", "province": cast.province.code, "period": "2026-Y", "kind": "coordination"}
    options |= {"agency": cast.board.name_on(TODAY).symbol, "output": str(tmp_path / "a.xlsx"), "format": "xlsx"}
    with pytest.raises(CommandError, match="12/KHPH-BDT-HLHPN"):
        call_command("render_report", **options)
    for wanted in ("12/KHPH-BDT-HLHPN", str(signed.uid)):
        call_command("render_report", **options, agreement=wanted)
        assert (tmp_path / "a.xlsx").stat().st_size > 5000
