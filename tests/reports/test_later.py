"""After a report went out: what differs now, supplements and corrections, and their table was / is / why."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from coordination.enums import DocumentState
from coordination.locking import StaleVersion
from coordination.manuscript import Manuscript, Table
from programs.fact_actions import correct_fact
from reports.actions import CannotDraft
from reports.checks import findings
from reports.compose import compose
from reports.enums import ReportNature
from reports.freeze import unreported
from reports.later import begin_later, keep_reasons, outdated
from reports.models import Report, ReportChange
from reports.since import differences, why
from reports.workflow import MoveRefused, move
from tests import factories
from tests.pages import Page
from tests.reports.approving import give_reasons

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 16)
REF = "activities.attendances?window=now"


def hat(person):
    return person.memberships.get()


@pytest.fixture
def fact(cast):
    return factories.activity(cast.board, cast.commune, attendances=50)


@pytest.fixture
def report(cast, fact):
    """Issued: "Có 50 lượt người." """
    factories.outline(opening="Có {activities.attendances} lượt người.", subject="Kết quả công tác bình đẳng giới")
    report = factories.report(cast.board, cast.province)
    give_reasons(report, cast.officer)
    report = move(report, "approve", acting=hat(cast.leader), today=TODAY)
    return move(report, "issue", acting=hat(cast.clerk), today=TODAY, number="87", symbol="BC-STN", issued_on=TODAY)


def correct(fact, cast, attendances, reason="Cộng thiếu một buổi"):
    stored = type(fact).objects.get(pk=fact.pk)
    numbers = {"attendances": attendances, "sessions": 0}
    correct_fact(stored, [numbers], reason=reason, after=0, token=None, by=cast.officer)


def begun(report, cast, nature=ReportNature.CORRECTION):
    return begin_later(report, nature, acting=hat(cast.officer))


def approved(report, cast):
    give_reasons(report, cast.officer)
    return move(Report.objects.get(pk=report.pk), "approve", acting=hat(cast.leader), today=TODAY)


def kept(report):
    return Manuscript.from_json(report.document.versions.latest().manuscript)


def table_of(manuscript):
    return next(block for block in manuscript.blocks if isinstance(block, Table) and block.key == "later.changes")


def lines(manuscript):
    return [[cell.text for cell in row.cells] for row in table_of(manuscript).rows]


# ---- as reported, as known now ----


def test_nothing_differs_while_the_records_stay(report, cast):
    assert differences(report) == []
    with pytest.raises(CannotDraft, match="đúng như đã báo cáo"):
        begun(report, cast)


def test_a_correcting_record_is_told_with_its_reason(report, fact, cast):
    correct(fact, cast, 7)
    (one,) = differences(report)
    assert (one.ref, one.was, one.now) == (REF, "50", "57")
    assert why(report, one.ref) == "Cộng thiếu một buổi"


def test_a_late_record_is_told_as_late(report, cast):
    factories.activity(cast.board, cast.commune, attendances=20)
    (one,) = differences(report)
    assert (one.was, one.now, why(report, one.ref)) == ("50", "70", "1 bản ghi nhập sau khi chốt báo cáo.")


def test_the_report_itself_stays(report, fact, cast):
    before = report.document.versions.latest().manuscript
    correct(fact, cast, 7)
    assert report.document.versions.latest().manuscript == before
    assert kept(report).blocks[0].spans[1].text == "50"


# ---- the later report ----


@pytest.mark.parametrize("nature", [ReportNature.SUPPLEMENT, ReportNature.CORRECTION])
def test_it_prints_was_is_and_why(report, fact, cast, nature):
    correct(fact, cast, 7)
    later = begun(report, cast, nature)
    assert (later.nature, later.supersedes, later.document.state) == (nature, report, DocumentState.DRAFT)
    manuscript = kept(approved(later, cast))
    (line,) = lines(manuscript)
    assert line[1:] == ["50", "57", "Cộng thiếu một buổi"]
    first = next(block for block in manuscript.blocks if block.key == "later.follows")
    assert "87/BC-STN" in first.spans[0].text


def test_a_supplement_prints_the_changes_alone(report, fact, cast):
    correct(fact, cast, 7)
    supplement = compose(begun(report, cast, ReportNature.SUPPLEMENT))
    assert {block.key.partition(".")[0] for block in supplement.blocks} == {"later"}
    assert supplement.annexes == ()


def test_a_correction_has_the_whole_text_with_the_numbers_of_now(report, fact, cast):
    correct(fact, cast, 7)
    opening = compose(begun(report, cast)).blocks[0]
    assert [span.text for span in opening.spans][1] == "57"


def test_a_correction_takes_the_place_of_the_report_once_issued(report, fact, cast):
    correct(fact, cast, 7)
    later = approved(begun(report, cast), cast)
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.ISSUED
    move(later, "issue", acting=hat(cast.clerk), today=TODAY, number="91", symbol="BC-STN", issued_on=TODAY)
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.SUPERSEDED


def test_a_supplement_leaves_the_report_in_force_and_nothing_waits_any_more(report, cast):
    late = factories.activity(cast.board, cast.commune, attendances=20)
    assert list(unreported(type(late), [cast.board.pk])) == [late]
    later = approved(begun(report, cast, ReportNature.SUPPLEMENT), cast)
    move(later, "issue", acting=hat(cast.clerk), today=TODAY, number="91", symbol="BC-STN", issued_on=TODAY)
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.ISSUED
    assert not unreported(type(late), [cast.board.pk]).exists()


def test_one_is_begun_at_a_time(report, fact, cast):
    correct(fact, cast, 7)
    assert begun(report, cast) == begun(report, cast, ReportNature.SUPPLEMENT)


def test_it_takes_over_the_words_the_office_wrote(report, fact, cast):
    report.document.sections.create(key="ket-qua", position=1, numbering="roman", heading="Kết quả", text="Lời riêng.")
    correct(fact, cast, 7)
    assert [row.text for row in begun(report, cast).document.sections.all()] == ["Lời riêng."]


@pytest.mark.parametrize("who", ["leader", "clerk", "chair", "partner"])
def test_others_do_not_begin_it(report, fact, cast, who):
    correct(fact, cast, 7)
    with pytest.raises(PermissionDenied):
        begin_later(report, ReportNature.SUPPLEMENT, acting=hat(getattr(cast, who)))


# ---- what stands in the way of approving ----


def stopping(later):
    return [one.words for one in findings(later) if one.is_error]


def test_a_line_without_a_reason_stops_it(report, fact, cast):
    correct(fact, cast, 7)
    later = begun(report, cast)
    ReportChange.objects.filter(report=later).update(reason="")
    (words,) = stopping(later)
    assert "đã báo cáo 50, nay là 57" in words
    with pytest.raises(MoveRefused):
        approved(later, cast)


def test_records_that_changed_since_stop_it_until_the_table_is_made_anew(report, fact, cast):
    correct(fact, cast, 7)
    later = begun(report, cast)
    factories.activity(cast.board, cast.commune, attendances=20)
    assert outdated(later)
    assert "hãy mở bảng và lưu lại" in stopping(later)[0]
    keep_reasons(later, {REF: "Thêm một cuộc"}, seen=later.version, acting=hat(cast.officer))
    assert not outdated(later)
    assert [(row.now, row.reason) for row in later.changes.all()] == [("77", "Thêm một cuộc")]
    assert stopping(later) == []


def test_of_two_who_write_reasons_the_second_reads_the_first(report, fact, cast, client):
    correct(fact, cast, 7)
    later = begun(report, cast)
    keep_reasons(later, {REF: "Của người thứ nhất"}, seen=1, acting=hat(cast.officer))
    with pytest.raises(StaleVersion):
        keep_reasons(later, {REF: "Của người thứ hai"}, seen=1, acting=hat(cast.officer))
    client.force_login(cast.officer)
    address = reverse("reports:report_changes", args=[later.uid])
    line = later.changes.get()
    answer = client.post(address, {"seen": "1", line.key: "Của người thứ hai"})
    assert answer.status_code == 422
    assert "Của người thứ nhất" in answer.text
    assert Page(answer).one("textarea").text.strip() == "Của người thứ hai"


# ---- pages ----


def test_from_the_report_to_the_table(report, fact, cast, client):
    correct(fact, cast, 7)
    client.force_login(cast.officer)
    since = reverse("reports:report_since", args=[report.uid])
    assert since in client.get(reverse("reports:report_detail", args=[report.uid])).text
    page = client.get(since)
    assert [(one.was, one.now) for one, _url in page.context["found"]] == [("50", "57")]
    sent = client.post(reverse("reports:report_later", args=[report.uid]), {"nature": "supplement"})
    later = Report.objects.get(supersedes=report)
    assert sent.url == reverse("reports:report_changes", args=[later.uid])
    line = later.changes.get()
    client.post(sent.url, {"seen": str(later.version), line.key: "Ghi sót một buổi"})
    line = later.changes.get()
    assert line.reason == "Ghi sót một buổi"
    assert "Soạn tiếp" in client.get(since).text


def test_without_a_choice_it_says_so(report, fact, cast, client):
    correct(fact, cast, 7)
    client.force_login(cast.officer)
    answer = client.post(reverse("reports:report_later", args=[report.uid]), {})
    assert (answer.status_code, "Hãy chọn báo cáo bổ sung" in answer.text) == (422, True)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_asks_as_often_for_many_records(report, cast, client, django_assert_num_queries, number):
    for _each in range(number):
        factories.activity(cast.board, cast.commune, attendances=20)
    client.force_login(cast.officer)
    client.get(reverse("reports:report_since", args=[report.uid]))
    with django_assert_num_queries(47):
        client.get(reverse("reports:report_since", args=[report.uid]))
