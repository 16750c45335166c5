"""Tasks: given, changed, answered, verified by somebody else, returned, reminded of."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from coordination.enums import DocumentState, MemberRole, NoticeKind
from coordination.locking import StaleVersion
from coordination.models import AgencySuccession, Document, DocumentReader, Notice, User
from coordination.notices import DAILY, address, sentence
from coordination.register import ENTERED
from programs.assignments import (
    Answer,
    TaskRefused,
    answer_task,
    change_task,
    give_tasks,
    return_answer,
    verify_answer,
)
from programs.enums import Recurrence, ResponseState
from programs.models import Assignment, AssignmentResponse
from programs.task_lists import debts, due_tasks, given_tasks, reminder, reminder_of_all, waiting_tasks
from tests import factories
from tests.constraints import assert_refused, changed, twin
from tests.programs.tasks import TODAY, done, give, paper, response_of, scene, task

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast):
    return scene(cast)


@pytest.fixture
def given(stage):
    """The board leads, the Union co-ordinates; due on 10/6/2026."""
    return give(stage, task(stage.union, lead=stage.board))[0]


def fresh(user):
    """As in a new request: what the person may see is looked up anew."""
    return User.objects.get(pk=user.pk)


# --- given ---------------------------------------------------------------------------------------------------------


def test_each_agency_has_its_answer_and_may_read_the_paper(stage, given):
    rows = {row.agency_id: (row.is_lead, row.due_on) for row in given.responses.all()}
    assert rows == {stage.board.pk: (True, date(2026, 6, 10)), stage.union.pk: (False, date(2026, 6, 10))}
    assert stage.paper in Document.objects.visible_to(fresh(stage.partner))
    assert stage.paper not in Document.objects.visible_to(fresh(stage.stranger))
    told = Notice.objects.filter(kind=NoticeKind.TASK_GIVEN)
    assert {notice.reader for notice in told} == {stage.officer, stage.leader, stage.colleague, stage.partner}
    assert {notice.due_on for notice in told} == {date(2026, 6, 10)}


def test_without_a_lead_each_answers_for_itself(stage):
    alike, single = give(stage, task(stage.union, stage.board), task(stage.union))
    assert [row.is_lead for row in alike.responses.all()] == [False, False]
    assert [row.is_lead for row in single.responses.all()] == [True]


def test_the_same_form_twice_gives_one_set(stage):
    token = uuid.uuid4()
    for _time in (1, 2):
        give_tasks(stage.paper, [task(stage.union), task(stage.board)], acting=stage.hat, token=token)
    assert list(Assignment.objects.values_list("position", flat=True)) == [1, 2]
    give(stage, task(stage.union))
    assert list(Assignment.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_a_recurring_task_is_answered_for_each_day(stage):
    quarterly = {"due_on": date(2026, 6, 30), "recurrence": Recurrence.QUARTERLY, "recurs_until": date(2026, 12, 31)}
    assignment = give(stage, task(stage.union, stage.board, **quarterly))[0]
    days = [date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    assert list(assignment.responses.filter(agency=stage.union).values_list("due_on", flat=True)) == days
    assert assignment.responses.count() == 6


def test_only_who_keeps_signed_or_entered_the_paper_gives_tasks(stage):
    clerk = factories.member(stage.committee, MemberRole.CLERK).memberships.get()
    assert give_tasks(stage.paper, [task(stage.union)], acting=clerk)
    for person in (stage.officer, stage.chair, stage.partner):
        with pytest.raises(PermissionDenied):
            give_tasks(stage.paper, [task(stage.union)], acting=person.memberships.get())
    stage.paper.moves.create(
        action=ENTERED, from_state="issued", to_state="issued", moved_by=stage.partner, acting_for=stage.union
    )
    assert give_tasks(stage.paper, [task(stage.board)], acting=stage.partner.memberships.get())
    signed = paper(stage.board, "13")
    signed.parties.create(agency=stage.union, title="Chủ tịch")
    assert give_tasks(signed, [task(stage.board)], acting=stage.partner.memberships.get())


def test_a_draft_gives_no_tasks(stage):
    changed(stage.paper, state=DocumentState.DRAFT)()
    stage.paper.refresh_from_db()
    with pytest.raises(TaskRefused, match="ban hành"):
        give(stage, task(stage.union))


# --- changed -------------------------------------------------------------------------------------------------------


def test_a_new_day_and_new_agencies_keep_the_answers(stage, given):
    done(stage, response_of(given, stage.board))
    change_task(
        given, task(stage.other, lead=stage.board, due_on=date(2026, 7, 31)), seen=given.version, acting=stage.hat
    )
    rows = {row.agency_id: (row.due_on, row.result) for row in given.responses.all()}
    assert rows == {
        stage.board.pk: (date(2026, 7, 31), "Đã lập tổ kiểm tra"),
        stage.other.pk: (date(2026, 7, 31), ""),
    }
    assert stage.paper not in Document.objects.visible_to(fresh(stage.partner))
    assert stage.paper in Document.objects.visible_to(fresh(stage.stranger))


def test_who_has_other_tasks_of_the_paper_goes_on_reading_it(stage, given):
    give(stage, task(stage.union))
    change_task(given, task(stage.board), seen=given.version, acting=stage.hat)
    assert DocumentReader.objects.filter(document=stage.paper, agency=stage.union).exists()


def test_an_agency_that_answered_is_not_left_out(stage, given):
    done(stage, response_of(given, stage.board))
    with pytest.raises(TaskRefused, match="Sở Dân tộc và Tôn giáo đã báo cáo cho hạn 10/06/2026"):
        change_task(given, task(stage.union), seen=given.version, acting=stage.hat)
    given.refresh_from_db()
    assert (given.version, given.responses.count()) == (1, 2)


def test_a_task_that_comes_once_more_keeps_its_first_answer(stage):
    monthly = {"due_on": date(2026, 5, 31), "recurrence": Recurrence.MONTHLY, "recurs_until": date(2026, 6, 30)}
    assignment = give(stage, task(stage.board, **monthly))[0]
    first = assignment.responses.get(due_on=date(2026, 5, 31))
    done(stage, first)
    later = monthly | {"recurs_until": date(2026, 8, 31)}
    change_task(assignment, task(stage.board, **later), seen=assignment.version, acting=stage.hat)
    rows = list(assignment.responses.values_list("due_on", "result"))
    assert rows[0] == (date(2026, 5, 31), "Đã lập tổ kiểm tra")
    assert [day for day, _result in rows[1:]] == [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]


def test_two_people_changing_a_task_lose_nothing(stage, given):
    change_task(given, task(stage.board, text="Lần một"), seen=1, acting=stage.hat)
    with pytest.raises(StaleVersion):
        change_task(given, task(stage.union), seen=1, acting=stage.hat)
    given.refresh_from_db()
    assert given.text == "Lần một"


# --- answered, verified, returned ----------------------------------------------------------------------------------


def test_progress_then_done_then_verified(stage, given):
    answer = response_of(given, stage.board)
    hat = stage.officer.memberships.get()
    assert answer.state == ResponseState.OPEN
    answer_task(answer, Answer(progress="Đang lập", percent=40), seen=1, acting=hat, today=TODAY)
    assert (answer.state, answer.percent, answer.done_on) == (ResponseState.RUNNING, 40, None)
    done(stage, answer)
    assert (answer.state, answer.percent, answer.days_late(TODAY)) == (ResponseState.REPORTED, 100, 10)
    assert {row.reader for row in Notice.objects.filter(kind=NoticeKind.TASK_REPORTED)} == {stage.giver, stage.chair}
    verify_answer(answer, seen=answer.version, acting=stage.hat, today=TODAY)
    assert (answer.state, answer.verified_by) == (ResponseState.VERIFIED, stage.giver)
    with pytest.raises(TaskRefused, match="đã được xác nhận"):
        done(stage, answer)
    answer.refresh_from_db()
    with pytest.raises(TaskRefused, match="chưa được xác nhận"):
        return_answer(answer, "Thiếu", seen=answer.version, acting=stage.hat)


def test_a_returned_answer_is_owed_again_and_keeps_its_words(stage, given):
    answer = done(stage, response_of(given, stage.board), today=date(2026, 6, 9))
    assert answer.days_late(TODAY) == 0
    return_answer(answer, "Thiếu danh sách tổ", seen=answer.version, acting=stage.hat)
    answer.refresh_from_db()
    assert (answer.state, answer.result, answer.days_late(TODAY)) == (
        ResponseState.RETURNED, "Đã lập tổ kiểm tra", 10,
    )  # fmt: skip
    hat = stage.officer.memberships.get()
    answer_task(answer, Answer(progress="Đang bổ sung"), seen=answer.version, acting=hat, today=TODAY)
    assert (answer.state, answer.returned_reason) == (ResponseState.RETURNED, "Thiếu danh sách tổ")
    done(stage, answer)
    assert (answer.state, answer.returned_reason, answer.done_on) == (ResponseState.REPORTED, "", TODAY)


def test_who_wrote_any_of_an_answer_never_verifies_it(stage):
    """The board gives a task to itself: a colleague who wrote none of it verifies."""
    hats = {person: person.memberships.get() for person in (stage.officer, stage.leader, stage.colleague)}
    own = paper(stage.board, "14")
    assignment = give_tasks(own, [task(stage.board)], acting=hats[stage.officer])[0]
    answer = response_of(assignment, stage.board)
    answer_task(answer, Answer(progress="Bắt đầu"), seen=1, acting=hats[stage.officer], today=TODAY)
    done(stage, answer, by=stage.colleague)
    for person in (stage.officer, stage.colleague):
        with pytest.raises(PermissionDenied):
            verify_answer(answer, seen=answer.version, acting=hats[person], today=TODAY)
    verify_answer(answer, seen=answer.version, acting=hats[stage.leader], today=TODAY)
    assert answer.verified_by == stage.leader


def test_others_neither_answer_nor_judge(stage, given):
    answer = response_of(given, stage.board)
    for person in (stage.partner, stage.leader, stage.clerk, stage.giver, stage.stranger):
        with pytest.raises(PermissionDenied):
            done(stage, answer, by=person)
    done(stage, answer)
    for person in (stage.partner, stage.officer, stage.colleague, stage.stranger):
        with pytest.raises(PermissionDenied):
            return_answer(answer, "Không", seen=answer.version, acting=person.memberships.get())


def test_the_successor_of_an_agency_answers_for_it(stage, given):
    heir = factories.agency(stage.province, "Sở Mới", "SM")
    AgencySuccession.objects.create(predecessor=stage.board, successor=heir, on=date(2026, 6, 1), nature="merged")
    answer = done(stage, response_of(given, stage.board), by=factories.member(heir))
    assert answer.state == ResponseState.REPORTED


def test_the_second_of_two_answers_is_told(stage, given):
    answer, other = response_of(given, stage.board), response_of(given, stage.board)
    done(stage, answer)
    with pytest.raises(StaleVersion):
        done(stage, other, result="Khác")


@pytest.mark.parametrize("state", ResponseState)
def test_the_filter_says_the_same_as_the_row(stage, given, state):
    rows = give(stage, *[task(stage.board) for _number in range(4)])
    answers = [response_of(row, stage.board) for row in (given, *rows)]
    hat = stage.officer.memberships.get()
    answer_task(answers[1], Answer(progress="Đang làm"), seen=1, acting=hat, today=TODAY)
    for answer in answers[2:]:
        done(stage, answer)
    return_answer(answers[3], "Thiếu", seen=answers[3].version, acting=stage.hat)
    verify_answer(answers[4], seen=answers[4].version, acting=stage.hat, today=TODAY)
    of_board = AssignmentResponse.objects.filter(agency=stage.board)
    found = set(of_board.in_state(state))
    assert found == {row for row in of_board if row.state == state}
    assert len(found) == 1


# --- what the database refuses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("assignment_says_something", {"text": ""}),
        ("assignment_recurrence_known", {"recurrence": "daily"}),
        ("assignment_recurs_from_a_day", {"recurrence": Recurrence.MONTHLY}),
    ],
)
def test_rules_of_tasks(given, rule, values):
    assert_refused(changed(given, **values), rule)


def test_rules_of_answers(stage, given):
    answer = response_of(given, stage.board)
    assert_refused(twin(answer), "assignment_response_once")
    assert_refused(changed(answer, percent=101), "assignment_response_percent")
    assert_refused(changed(answer, done_on=TODAY), "assignment_response_done_with_result")
    checked = {"verified_by": stage.giver, "verified_on": TODAY}
    assert_refused(changed(answer, **checked), "assignment_response_verified_when_done")
    assert_refused(changed(answer, verified_on=TODAY), "assignment_response_verified_by")
    done(stage, answer)
    own = checked | {"verified_by": stage.officer}
    assert_refused(changed(answer, **own), "assignment_response_verified_by_another")


# --- owed and reminded ---------------------------------------------------------------------------------------------


def test_who_owes_what_and_the_text_to_send(stage, given, settings):
    settings.PORTAL_URL = "https://phoihop.example.vn"
    give(stage, task(stage.union, number="2", text="Báo cáo năm", due_on=date(2026, 7, 1)))
    done(stage, response_of(given, stage.board))
    answers = AssignmentResponse.objects.filter(assignment__document=stage.paper)
    rows = debts(answers, TODAY)
    assert [(row.agency, row.days, len(row.answers)) for row in rows] == [(stage.union, 10, 2)]
    link = f"https://phoihop.example.vn/assignments/of/{stage.paper.uid}/"
    assert reminder(stage.paper, "UBND tỉnh", rows[0]).splitlines() == [
        "Kính gửi: Hội LHPN tỉnh",
        "Báo cáo 12/UBND-KGVX ngày 04/05/2026 của UBND tỉnh giao cơ quan các nhiệm vụ dưới đây, "
        "đến nay chưa báo hoàn thành:",
        "- Lập tổ kiểm tra (hạn 10/06/2026, chậm 10 ngày)",
        f"Đề nghị báo cáo kết quả trên cổng: {link}",
    ]
    assert "- Hội LHPN tỉnh: 1 nhiệm vụ, chậm nhiều nhất 10 ngày" in reminder_of_all(stage.paper, "UBND tỉnh", rows)
    before = debts(answers, date(2026, 6, 1))
    assert "- 2. Báo cáo năm (hạn 01/07/2026)" in reminder(stage.paper, "UBND tỉnh", before[0])


def test_the_desks_of_who_owes_and_who_gave(stage, given):
    give(stage, task(stage.board, due_on=date(2026, 12, 31)))  # too far ahead for the desk
    hat = stage.officer.memberships.get()
    assert [(row.answer.assignment, row.returned) for row in waiting_tasks(hat, {stage.board.pk}, TODAY)] == [
        (given, False)
    ]
    assert given_tasks(hat, {stage.board.pk}, TODAY) == []
    answer = done(stage, response_of(given, stage.board))
    assert waiting_tasks(hat, {stage.board.pk}, TODAY) == []
    desk = given_tasks(stage.hat, {stage.committee.pk}, TODAY)
    assert [(row.document, row.late, row.agencies, row.to_verify) for row in desk] == [(stage.paper, 1, 1, 1)]
    return_answer(answer, "Thiếu", seen=answer.version, acting=stage.hat)
    assert [row.returned for row in waiting_tasks(hat, {stage.board.pk}, TODAY)] == [True]
    assert waiting_tasks(stage.clerk.memberships.get(), {stage.board.pk}, TODAY) == []


def test_agencies_are_told_a_week_before_and_once_after(stage, given):
    assert due_tasks in DAILY
    assert due_tasks(date(2026, 6, 2)) == []
    found = due_tasks(date(2026, 6, 3))
    assert {due.agencies for due in found} == {(stage.board,), (stage.union,)}
    for due in found:
        Notice.objects.create(reader=stage.officer, kind=due.kind, about=due.about, key=due.key, due_on=due.due_on)
    assert due_tasks(date(2026, 6, 10)) == []
    assert {due.key.rpartition("-")[2] for due in due_tasks(date(2026, 6, 11))} == {"late"}
    done(stage, response_of(given, stage.board))
    assert {due.agencies for due in due_tasks(date(2026, 6, 11))} == {(stage.union,)}


def test_a_notice_says_who_gave_what_and_leads_to_the_tasks(stage, given):
    notice = Notice.objects.filter(reader=stage.partner).for_reading().get()
    assert sentence(notice) == (
        "Ủy ban nhân dân tỉnh giao nhiệm vụ cho cơ quan bạn theo “12/UBND-KGVX”, hạn 10/06/2026."
    )
    assert address(notice) == f"/assignments/of/{stage.paper.uid}/"


def test_who_sees_which_answers(stage):
    """Its own; who gave the task and who stands above the addressed: that; the lead: all of the task."""
    led, alike = give(stage, task(stage.union, lead=stage.board), task(stage.union, stage.board))
    seen = {}
    for person in (stage.officer, stage.partner, stage.giver, stage.stranger, stage.administrator):
        rows = AssignmentResponse.objects.visible_to(fresh(person))
        seen[person] = {(row.assignment, row.agency_id) for row in rows}
    of_led = {(led, stage.board.pk), (led, stage.union.pk)}
    of_alike = {(alike, stage.board.pk), (alike, stage.union.pk)}
    assert seen == {
        stage.officer: of_led | {(alike, stage.board.pk)},
        stage.partner: {(led, stage.union.pk), (alike, stage.union.pk)},
        stage.giver: of_led | of_alike,
        stage.stranger: set(),
        stage.administrator: set(),
    }
