"""“Vì sao tôi không sửa được?” on every page of a record, for a reader who may not change it: the true reason."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.enums import AgencyRole, DocumentState, MemberRole
from coordination.models import AgencySuccession
from programs.enums import FactState, ModelNature
from reports.models import Report
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.pages import Page

QUESTION = "Vì sao tôi không sửa được?"
ELSEWHERE = "Mục này là của Sở Dân tộc và Tôn giáo: chỉ"
ROLE = "Vai trò của bạn ở Sở Dân tộc và Tôn giáo là “Lãnh đạo”"


def answers(client, person, address):
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return [note.text for note in Page(response).all("div", class_="note") if QUESTION in note.text]


class Records:
    """Of the board, in the open."""

    def __init__(self, cast):
        self.cast, self.at = cast, (cast.board, cast.commune)

    def activity(self, **fields):
        return reverse("programs:activity_detail", args=[factories.activity(*self.at, **fields).uid])

    def model(self):
        account = factories.community_model(*self.at)
        factories.model_event(account)
        return reverse("programs:model_detail", args=[account.uid])

    def measurement(self):
        reading = factories.measurement(*self.at)
        return reverse("programs:measurement_list", args=[reading.indicator.code])

    def budget(self):
        return reverse("programs:budget_entry", args=[factories.budget_entry(*self.at).uid])

    def report(self):
        return reverse("reports:report_detail", args=[factories.report(self.cast.board, self.cast.province).uid])

    def document(self):
        return reverse("coordination:document_detail", args=[self.issued().uid])

    def agreement(self):
        made = agreement(self.cast)
        changed(made.document, state=DocumentState.ISSUED, number="9", issued_on=date(2026, 6, 16))()
        return reverse("coordination:agreement_detail", args=[made.uid])

    def agency(self):
        return reverse("coordination:agency_detail", args=[self.cast.board.uid])

    def unit(self):
        return reverse("coordination:unit_detail", args=[self.cast.commune.uid])

    def issued(self):
        return factories.document(self.cast.board, state=DocumentState.ISSUED, number="7", issued_on=date(2026, 6, 16))


@pytest.fixture
def records(cast):
    return Records(cast)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("activity", ELSEWHERE),
        ("model", ELSEWHERE),
        ("measurement", ELSEWHERE),
        ("budget", ELSEWHERE),
        ("document", ELSEWHERE),
        ("agreement", "giữ nguyên như khi ký"),
        ("agency", "sáp nhập, chia tách cơ quan theo quyết định"),
        ("unit", "theo quyết định"),
    ],
)
def test_who_stands_above_and_only_reads_is_told_whose_it_is(cast, client, records, page, reason):
    found = answers(client, cast.chair, getattr(records, page)())
    assert any(reason in answer for answer in found), found


@pytest.mark.parametrize("page", ["activity", "model", "measurement", "budget", "document"])
def test_the_leader_of_the_agency_is_told_that_it_is_the_role(cast, client, records, page):
    found = answers(client, cast.leader, getattr(records, page)())
    assert any(ROLE in answer and "chuyên viên của cơ quan bạn." in answer for answer in found), found


def test_the_clerk_is_told_that_a_draft_of_a_report_is_written_by_others(cast, client, records):
    page = records.report()
    (answer,) = answers(client, cast.clerk, page)
    assert "“Văn thư”" in answer
    assert "Hãy nhờ chuyên viên và lãnh đạo của cơ quan bạn." in answer
    assert answers(client, cast.officer, page) == []


def test_who_may_change_it_is_told_nothing(cast, client, records):
    for page in ("activity", "model", "budget", "document"):
        assert answers(client, cast.officer, getattr(records, page)()) == [], page
    assert answers(client, cast.administrator, records.unit()) == []
    assert answers(client, cast.administrator, records.agency()) == []
    assert answers(client, factories.member(cast.board, MemberRole.ADMINISTRATOR), records.agency()) == []
    changed(cast.board, closed_on=date(2026, 1, 1))()
    (answer,) = answers(client, cast.partner, records.agency())
    assert "kết thúc hoạt động ngày 01/01/2026" in answer


def test_a_frozen_record_names_the_report_that_holds_it(cast, client, records):
    owned = {"document": factories.document(cast.board, subject="Báo cáo 6 tháng đầu năm 2026")}
    report = factories.report(cast.board, cast.province, **owned)
    facts = {
        "activities": factories.activity(*records.at),
        "measurements": factories.measurement(*records.at),
        "budget_entries": factories.budget_entry(*records.at),
    }
    for relation, fact in facts.items():
        getattr(report, relation).add(fact, through_defaults={"fact_version": 1})
        changed(fact, locked_at=timezone.now())()
    pages = [
        reverse("programs:activity_detail", args=[facts["activities"].uid]),
        reverse("programs:budget_entry", args=[facts["budget_entries"].uid]),
    ]
    for page in pages:
        (answer,) = answers(client, cast.officer, page)
        assert "Đã tính trong “Báo cáo 6 tháng đầu năm 2026”, báo cáo đã duyệt" in answer
        assert "Số sai được chữa bằng bổ sung số liệu" in answer
        (answer,) = answers(client, cast.chair, page)
        assert "Đã tính trong báo cáo đã duyệt của cơ quan khác" in answer
        assert "Đơn vị chủ trì có thể bổ sung số liệu kèm lý do." in answer
    page = reverse("programs:measurement_list", args=[facts["measurements"].indicator.code])
    assert any("giữ nguyên" in answer for answer in answers(client, cast.officer, page))
    assert Report.objects.count() == 1


def test_a_frozen_event_and_a_correction_say_so(cast, client, records):
    account = factories.community_model(*records.at)
    changed(factories.model_event(account, nature=ModelNature.NEW), locked_at=timezone.now())()
    page = reverse("programs:model_detail", args=[account.uid])
    assert any("“Đã chốt”" in answer for answer in answers(client, cast.officer, page))
    (answer,) = answers(client, cast.officer, records.activity(reason="Ghi thiếu", attendances=3))
    assert "Đây là bản bổ sung số liệu" in answer


def test_another_hat_of_the_same_person_is_named(cast, client, records):
    page = records.activity()
    factories.member(cast.board, user=cast.chair)
    (answer,) = answers(client, cast.chair, page)
    assert "Bạn đang làm việc cho Ủy ban nhân dân tỉnh" in answer
    assert "Hãy chọn vai trò ở Sở Dân tộc và Tôn giáo tại đầu trang." in answer


def test_an_ended_role_is_named_with_its_day(cast, client, records):
    factories.member(cast.board, user=cast.chair, valid_to=date(2021, 3, 31))
    (answer,) = answers(client, cast.chair, records.activity())
    assert "Vai trò của bạn ở Sở Dân tộc và Tôn giáo đã kết thúc ngày 31/03/2021." in answer
    assert "đề nghị quản trị cơ quan cấp lại vai trò" in answer


def test_of_a_merged_agency_the_one_that_goes_on_is_named(cast, client, records):
    later = factories.agency(cast.province, "Sở mới", "SM", role=AgencyRole.ETHNIC_AFFAIRS)
    page = records.activity()
    AgencySuccession.objects.create(predecessor=cast.board, successor=later, on=date(2026, 1, 1), nature="merged")
    (answer,) = answers(client, cast.chair, page)
    assert "Mục này là của Sở mới" in answer
    assert answers(client, factories.member(later), page) == []
    (answer,) = answers(client, factories.member(later, MemberRole.LEADER), page)
    assert "Vai trò của bạn ở Sở mới là “Lãnh đạo”" in answer


def test_a_draft_is_open_to_its_agency_only(cast, client, records):
    page = records.activity(state=FactState.DRAFT)
    (answer,) = answers(client, cast.leader, page)
    assert ROLE in answer
    client.force_login(cast.chair)
    assert client.get(page).status_code == 404
