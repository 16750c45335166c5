"""What stands in the way of approving: each finding once, with the place that mends it; reasons, while they hold."""

from datetime import date

import pytest
from django.urls import reverse

from coordination.enums import DocumentState
from coordination.manuscript import Cell, Column, Row, Table
from programs.enums import FactState
from reports.checks import answer, blocking, columns_off, findings, is_far
from reports.enums import PartState, ReportScope
from reports.models import CheckAnswer, Report, ReportRound
from reports.workflow import MoveRefused, move
from reports.writing import give_part, mark, save_text, start
from tests import factories
from tests.reports.composing import SECOND, WORDS, hat
from tests.reports.composing import report as drafted

pytestmark = pytest.mark.django_db
DAY, LAST_YEAR, TODAY = date(2026, 3, 8), date(2025, 3, 8), date(2026, 6, 16)


@pytest.fixture
def report(cast):
    before = factories.period("2025-H1", data_from=date(2024, 12, 15), data_to=date(2025, 6, 14))
    period = factories.period(same_period_last_year=before)
    return drafted(cast, period=period)


def codes(report):
    report = Report.objects.select_related("outline", "document", "period", "agency", "unit").get(pk=report.pk)
    return [(one.code, one.is_error) for one in findings(report)]


def written(report, person, text, key=WORDS):
    row = report.document.sections.filter(key=key).first()
    save_text(report, key, text, acting=hat(person), seen=row.version if row else 0)


def test_a_report_of_the_outline_has_nothing_in_its_way(cast, report):
    assert codes(report) == []


def test_an_outline_without_sections_stops(cast, report):
    report.outline.sections.all().delete()
    assert codes(report) == [("outline", True)]
    with pytest.raises(MoveRefused):
        move(report, "approve", acting=hat(cast.leader), today=TODAY)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Có {activities.nothing} cuộc.", f"token {WORDS}"),
        ("", f"unwritten {WORDS}"),
        ("Đạt ☑.", f"letters {WORDS}"),
        ("Có {activities.sessions cuộc.", f"brace {WORDS}"),
    ],
)
def test_what_is_wrong_in_a_text_stops_and_leads_there(cast, report, text, code):
    written(report, cast.officer, text)
    found = findings(report)
    assert [(one.code, one.is_error, one.key) for one in found] == [(code, True, WORDS)]
    assert found[0].link == reverse("reports:write_section", args=[report.uid, WORDS])
    with pytest.raises(MoveRefused) as refused:
        move(report, "approve", acting=hat(cast.leader), today=TODAY)
    assert found[0].words in refused.value.for_people()


def test_begun_empty_every_section_is_still_to_be_written(cast, report):
    start(report, "blank", acting=hat(cast.officer))
    assert {code for code, _error in codes(report)} >= {f"unwritten {WORDS}", f"unwritten {SECOND}"}


def table(rows, total):
    cells = [Row((Cell(name), Cell(str(value), value, "activities.sessions?window=now"))) for name, value in rows]
    last = Row((Cell("Tổng số"), Cell(str(total), total, "activities.sessions?window=now")), "total")
    return Table("t", (Column("Nội dung", 50), Column("Số cuộc", 20)), (*cells, last))


@pytest.mark.parametrize(("total", "off"), [(5, []), (6, ["Số cuộc"])])
def test_rows_that_do_not_add_up(total, off):
    assert columns_off(table([("a", 2), ("b", 3)], total)) == off


@pytest.mark.parametrize(
    ("now", "before", "far"),
    [(15, 10, False), (16, 10, True), (4, 10, True), (5, 10, False), (9, 3, False), (10, None, False), (20, 0, False)],
)
def test_far_from_last_year_is_more_than_the_limit(now, before, far):
    assert is_far(now, before, 50) is far


def test_a_number_far_from_last_year_asks_for_a_reason(cast, report):
    factories.activity(cast.board, cast.commune, DAY, sessions=40)
    factories.activity(cast.board, cast.commune, LAST_YEAR, sessions=10)
    assert codes(report) == [("unusual activities.sessions?window=now", False)]
    assert "Số cuộc: 40, cùng kỳ năm trước 10 (chênh 300,0%)." in findings(report)[0].words
    report.outline.unusual_percent = None
    report.outline.save()
    assert codes(report) == []


SHARE = "Phụ nữ chiếm {activities.women_share}[, {activities.women_share|compared}]."


def test_women_may_grow_more_in_number_than_all_people(cast, report):
    """423 women more and 247 people more, of whom women were few last year, are no mistake."""
    factories.activity(cast.board, cast.commune, LAST_YEAR, attendances=1_000, women=100)
    factories.activity(cast.board, cast.commune, DAY, attendances=1_247, women=523)
    written(report, cast.officer, SHARE)
    assert codes(report) == []


def test_more_women_than_people_stop(cast, report):
    """No activity alone can say so; a correction too many can."""
    logged = factories.activity(cast.board, cast.commune, DAY, attendances=20, women=15)
    taken_off = {"corrects": logged, "reason": "Ghi thừa người.", "attendances": -10, "sessions": 0}
    factories.activity(cast.board, cast.commune, DAY, **taken_off)
    written(report, cast.officer, SHARE)
    found = [(one.is_error, one.words) for one in findings(report)]
    assert found == [(True, "Tỷ lệ nữ: phần (15) lớn hơn tổng (10).")]


def test_drafts_of_the_period_ask_for_a_reason(cast, report):
    factories.activity(cast.board, cast.commune, DAY, state=FactState.DRAFT)
    factories.activity(cast.board, cast.commune, date(2026, 6, 15), state=FactState.DRAFT)
    factories.activity(cast.union, cast.commune, DAY, state=FactState.DRAFT)
    assert [one.words for one in findings(report)] == ["Còn 1 bản ghi của kỳ đang ở bản nháp nên chưa được tính."]


def test_a_part_given_and_not_done_asks_for_a_reason(cast, report):
    give_part(report, WORDS, cast.union, acting=hat(cast.officer), due_on=date(2026, 6, 18))
    assert codes(report) == [(f"given {WORDS}", False)]
    mark(report, WORDS, PartState.DONE, acting=hat(cast.partner))
    assert codes(report) == []


def test_agencies_that_did_not_send_ask_for_a_reason(cast, report):
    asked = ReportRound.objects.create(
        asked_by=cast.board,
        kind=report.kind,
        period=report.period,
        outline=report.outline,
        title="Báo cáo 6 tháng",
        due_sender=date(2026, 6, 20),
        opened_by=cast.officer,
    )
    seat = asked.seats.create(agency=cast.union)
    report.round, report.scope = asked, ReportScope.ROUND
    report.save()
    assert [one.words for one in findings(report)] == ["Chưa nhận được báo cáo của: Hội LHPN tỉnh."]
    seat.left_out = "Chưa có số liệu."
    seat.save()
    assert codes(report) == []


# ---- reasons ----


@pytest.fixture
def unusual(cast, report):
    factories.activity(cast.board, cast.commune, LAST_YEAR, sessions=10)
    factories.activity(cast.board, cast.commune, DAY, sessions=40)
    return report


def test_a_warning_stops_until_a_reason_is_given(client, cast, unusual):
    with pytest.raises(MoveRefused):
        move(unusual, "approve", acting=hat(cast.leader), today=TODAY)
    client.force_login(cast.officer)
    address = reverse("reports:report_checks", args=[unusual.uid])
    (_finding, form), *_more = client.get(address).context["rows"]
    sent = {name: form.initial[name] for name in ("code", "said")}
    assert client.post(address, sent | {"reason": ""}).status_code == 422
    assert client.post(address, sent | {"reason": "Mở thêm lớp."}).status_code == 302
    assert blocking(unusual) == []
    assert move(unusual, "approve", acting=hat(cast.leader), today=TODAY).document.state == DocumentState.APPROVED


def test_a_reason_holds_while_the_warning_says_the_same(cast, unusual):
    code = findings(unusual)[0].code
    assert answer(unusual, code, "Mở thêm lớp.", by=cast.officer)
    assert blocking(unusual) == []
    factories.activity(cast.board, cast.commune, DAY, sessions=5)
    assert [one.reason for one in blocking(unusual)] == [""]


def test_a_reason_for_a_warning_that_changed_meanwhile_is_not_kept(client, cast, unusual):
    finding = findings(unusual)[0]
    factories.activity(cast.board, cast.commune, DAY, sessions=5)
    client.force_login(cast.officer)
    sent = {"code": finding.code, "said": finding.words, "reason": "Mở thêm lớp."}
    answer = client.post(reverse("reports:report_checks", args=[unusual.uid]), sent)
    assert (answer.status_code, "Mở thêm lớp." in answer.text) == (409, True)
    assert not CheckAnswer.objects.exists()


def test_an_error_takes_no_reason(cast, report):
    written(report, cast.officer, "Có {activities.nothing} cuộc.")
    assert not answer(report, f"token {WORDS}", "Kệ.", by=cast.officer)


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_queries_do_not_grow_with_the_records(client, cast, report, rows, django_assert_num_queries):
    for number in range(rows):
        factories.activity(cast.board, cast.commune, DAY, title=f"Cuộc {number}")
        factories.activity(cast.board, cast.commune, DAY, title=f"Nháp {number}", state=FactState.DRAFT)
    client.force_login(cast.officer)
    address = reverse("reports:report_checks", args=[report.uid])
    client.get(address)
    with django_assert_num_queries(42):
        client.get(address)


def test_who_was_given_a_part_reads_no_checks(client, cast, report):
    give_part(report, WORDS, cast.union, acting=hat(cast.officer), due_on=date(2026, 6, 18))
    client.force_login(cast.partner)
    assert client.get(reverse("reports:report_checks", args=[report.uid])).status_code == 404
