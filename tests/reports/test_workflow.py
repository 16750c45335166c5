"""The path of a report: who may move it, from which state, and what a move leaves behind."""

from datetime import date
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from coordination.enums import DocumentState, MemberRole, SuccessionNature
from coordination.models import AgencySuccession, DocumentMove, Job
from reports.jobs import RENDER
from reports.workflow import TRANSITIONS, MoveRefused, actions_for, move
from tests import factories
from tests.constraints import changed

pytestmark = pytest.mark.django_db
LAST_DAY, TODAY = date(2026, 6, 14), date(2026, 6, 16)
PAPER = {"number": "87", "symbol": "BC-STN", "issued_on": TODAY}
WRITING, LEADING = {MemberRole.OFFICER, MemberRole.REVIEWER}, {MemberRole.LEADER}
BEFORE = {
    "ask": {DocumentState.DRAFT},
    "check": {DocumentState.DRAFT},
    "partner": {DocumentState.DRAFT, DocumentState.CHECKED},
    "approve": {DocumentState.DRAFT, DocumentState.CHECKED, DocumentState.WITH_PARTNER},
    "back": {DocumentState.CHECKED, DocumentState.WITH_PARTNER},
    "issue": {DocumentState.APPROVED},
    "send": {DocumentState.APPROVED, DocumentState.ISSUED},
    "receive": {DocumentState.SENT},
    "return": {DocumentState.SENT},
}
MAY = {
    "ask": WRITING,
    "check": {MemberRole.REVIEWER, MemberRole.LEADER},
    "partner": WRITING | LEADING,
    "approve": LEADING,
    "back": WRITING | LEADING,
    "issue": {MemberRole.LEADER, MemberRole.CLERK},
    "send": WRITING | LEADING | {MemberRole.CLERK},
    "receive": WRITING | LEADING | {MemberRole.CLERK},
    "return": WRITING | LEADING,
}
BY_RECEIVER = {"receive", "return"}
REASON = {"comment": "Thiếu phụ lục 3"}


@pytest.fixture
def report(cast):
    return factories.report(cast.board, cast.province)


def hat(person):
    return person.memberships.get()


def moved(report, action, person, **given):
    given = (PAPER if action == "issue" else REASON if action in ("back", "return") else {}) | given
    return move(report, action, acting=hat(person), **{"today": TODAY} | given)


def in_state(report, state):
    """As if it had come there; what an earlier move leaves behind is not looked at."""
    if state in DocumentState.frozen():
        moved(report, "approve", factories.member(report.agency, MemberRole.LEADER))
    day = TODAY if state in DocumentState.in_the_open() else None
    changed(report.document, state=state, issued_on=day)()
    report.refresh_from_db()
    return report


def the_first(action):
    """A state from which the action is open."""
    return sorted(BEFORE[action], key=list(DocumentState).index)[0]


def may_do(action, cast):
    """Somebody who may, by the tables above."""
    agency = cast.committee if action in BY_RECEIVER else cast.board
    return factories.member(agency, MemberRole.LEADER if MemberRole.LEADER in MAY[action] else MemberRole.OFFICER)


def issued(report, cast, **given):
    moved(report, "approve", cast.leader)
    return moved(report, "issue", cast.clerk, **given)


# ---- who, and from which state ----


@pytest.mark.parametrize(("action", "role"), list(product(TRANSITIONS, MemberRole)))
def test_every_role_of_the_agency(cast, report, action, role):
    in_state(report, the_first(action))
    person = factories.member(cast.committee if action in BY_RECEIVER else cast.board, role)
    if role in MAY[action]:
        assert moved(report, action, person).document.state == TRANSITIONS[action].target
    else:
        with pytest.raises(PermissionDenied):
            moved(report, action, person)


OTHERS = [
    (action, person)
    for action, person in product(TRANSITIONS, ["partner", "stranger", "chair", "leader"])
    if person != ("chair" if action in BY_RECEIVER else "leader")  # his to do
]


@pytest.mark.parametrize(("action", "person"), OTHERS)
def test_nobody_of_another_agency(cast, report, action, person):
    """Not even the leader above: he reads, and returns what was sent to him."""
    in_state(report, the_first(action))
    with pytest.raises(PermissionDenied):
        moved(report, action, getattr(cast, person))


@pytest.mark.parametrize(("action", "state"), list(product(TRANSITIONS, DocumentState)))
def test_every_state(cast, report, action, state):
    in_state(report, state)
    person = may_do(action, cast)
    if state in BEFORE[action]:
        assert moved(report, action, person).document.state == TRANSITIONS[action].target
    else:
        with pytest.raises(MoveRefused) as refusal:
            moved(report, action, person)
        assert str(report.document.get_state_display()) in refusal.value.for_people()


def test_a_refused_move_changes_nothing(cast, report):
    with pytest.raises(MoveRefused):
        moved(report, "issue", cast.leader)
    report.document.refresh_from_db()
    assert (report.document.state, report.document.number) == (DocumentState.DRAFT, "")
    assert not DocumentMove.objects.exists()
    assert not Job.objects.exists()


def test_the_successor_of_a_closed_agency_goes_on_with_its_report(cast, report):
    new = factories.agency(cast.province, "Sở mới", "SM")
    AgencySuccession.objects.create(predecessor=cast.board, successor=new, on=TODAY, nature=SuccessionNature.MERGED)
    leader = factories.member(new, MemberRole.LEADER)
    assert moved(report, "approve", leader).document.state == DocumentState.APPROVED


def test_the_hat_decides_not_the_person(cast, report):
    """A leader here who is an officer there does not lead there."""
    both = factories.member(cast.union, MemberRole.LEADER)
    officer_here = factories.member(cast.board, user=both).memberships.get(agency=cast.board)
    with pytest.raises(PermissionDenied):
        move(report, "approve", acting=officer_here, today=TODAY)


def test_what_a_hat_may_do_now(cast, report):
    assert actions_for(hat(cast.leader), report) == ["check", "partner", "approve"]
    assert actions_for(hat(cast.officer), report) == ["ask", "partner"]
    assert actions_for(hat(cast.chair), report) == []
    assert actions_for(None, report) == []
    report = moved(report, "approve", cast.leader)
    assert actions_for(hat(cast.leader), report) == ["issue", "send"]
    assert actions_for(hat(cast.clerk), report) == ["issue", "send"]
    report = moved(report, "issue", cast.clerk)
    assert actions_for(hat(cast.leader), report) == ["send"]
    report = moved(report, "send", cast.officer)
    assert actions_for(hat(cast.leader), report) == []
    assert actions_for(hat(cast.chair), report) == ["receive", "return"]
    report = moved(report, "receive", cast.chair)
    assert actions_for(hat(cast.chair), report) == []


# ---- what a move leaves behind ----


def test_each_move_leaves_one_row(cast, report):
    moved(report, "approve", cast.leader, comment="Đồng ý")
    moved(report, "issue", cast.clerk)
    rows = DocumentMove.objects.values_list("action", "from_state", "to_state", "moved_by", "acting_for", "comment")
    assert list(rows) == [
        ("approve", "draft", "approved", cast.leader.pk, cast.board.pk, "Đồng ý"),
        ("issue", "approved", "issued", cast.clerk.pk, cast.board.pk, ""),
    ]


def test_each_move_asks_for_the_files_anew(cast, report):
    issued(report, cast)
    jobs = Job.objects.filter(kind=RENDER).values_list("asked_by", flat=True)
    assert list(jobs) == [cast.leader.pk] * 2 + [cast.clerk.pk] * 2  # the PDF, and Word with Excel


def test_each_move_is_in_the_history_of_the_document(cast, report):
    issued(report, cast)
    states = report.document.history.order_by("history_id").values_list("state", "version")
    assert list(states) == [("draft", 1), ("approved", 2), ("issued", 3)]


def test_an_issued_report_has_number_symbol_and_day(cast, report):
    document = issued(report, cast).document
    document.refresh_from_db()
    assert (document.number, document.symbol, document.issued_on) == ("87", "BC-STN", TODAY)
    assert document.code == "87/BC-STN"
    assert "87" in document.search_text


# ---- approving ----


def test_a_report_is_not_approved_before_its_last_day(cast, report):
    with pytest.raises(MoveRefused) as refusal:
        moved(report, "approve", cast.leader, today=date(2026, 6, 13))
    assert refusal.value.for_people() == (
        "Kỳ báo cáo kéo dài đến hết ngày 14/06/2026, số liệu đến hết ngày đó phải được tính. "
        "Hãy duyệt từ ngày đó trở đi."
    )


def test_a_report_may_be_approved_on_its_last_day(cast, report):
    assert moved(report, "approve", cast.leader, today=LAST_DAY).document.versions.count() == 1


# ---- issuing ----


@pytest.mark.parametrize("given", [{"number": " "}, {"issued_on": None}])
def test_number_and_day_are_needed(cast, report, given):
    moved(report, "approve", cast.leader)
    with pytest.raises(MoveRefused, match="Hãy ghi số và ngày ban hành"):
        moved(report, "issue", cast.clerk, **given)


def test_the_day_of_issue_is_not_ahead(cast, report):
    moved(report, "approve", cast.leader)
    with pytest.raises(MoveRefused, match="Ngày ban hành chưa đến"):
        moved(report, "issue", cast.clerk, issued_on=date(2026, 6, 17))


def test_a_number_taken_is_refused_with_the_name_of_the_other_paper(cast, report):
    factories.document(
        cast.board, number="87", subject="Kết quả tháng 5", issued_on=date(2026, 6, 1), state=DocumentState.ISSUED
    )
    with pytest.raises(MoveRefused) as refusal:
        issued(report, cast)
    assert refusal.value.for_people() == (
        "Số 87 năm 2026 đã cấp cho văn bản “Kết quả tháng 5” (01/06/2026). Hãy lấy số tiếp theo."
    )
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.APPROVED


def test_a_zero_before_the_number_does_not_make_it_another(cast, report):
    factories.document(cast.board, number="7")
    with pytest.raises(MoveRefused, match="Số 7 năm 2026 đã cấp"):
        issued(report, cast, number="07")


def test_numbers_begin_anew_each_year_and_in_each_register(cast, report):
    factories.document(cast.board, year=2025, number="87")
    factories.document(cast.union, number="87")
    assert issued(report, cast).document.number == "87"


def test_the_year_of_the_register_is_that_of_the_day(cast, report):
    """A report of the year before may get its number in January."""
    changed(report.document, register_year=2025)()
    assert issued(report, cast).document.register_year == 2026


def test_the_symbol_may_be_corrected_and_stays_otherwise(cast, report):
    assert issued(report, cast, symbol="BC-SDTTG").document.symbol == "BC-SDTTG"


def test_without_a_symbol_that_of_the_draft_stays(cast, report):
    assert issued(report, cast, symbol="").document.symbol == "BC-STN"
