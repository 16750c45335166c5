"""A task entered by mistake is withdrawn: kept and told, owed by nobody."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from coordination.enums import NoticeKind
from coordination.locking import StaleVersion
from coordination.models import Document, Notice, User
from coordination.notices import address, sentence
from programs.assignments import TaskRefused, change_task, verify_answer, withdraw_task
from programs.models import Assignment, AssignmentResponse
from programs.plan_proposals import Frame, assignments_for
from programs.task_lists import debts, due_tasks, given_tasks, standings, waiting_tasks
from tests.constraints import assert_refused, changed
from tests.pages import Page
from tests.programs.tasks import TODAY, done, give, response_of, scene, task

pytestmark = pytest.mark.django_db
WHY = "Nhập hai lần, xem nhiệm vụ 3"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def stage(cast):
    return scene(cast)


@pytest.fixture
def given(stage):
    return give(stage, task(stage.union, lead=stage.board))[0]


def withdraw(stage, assignment, by=None, seen=None):
    acting = by.memberships.get() if by else stage.hat
    return withdraw_task(assignment, WHY, seen=seen or assignment.version, acting=acting, today=TODAY)


def page_of(name, record):
    return reverse(f"programs:{name}", args=[record.uid])


def test_nobody_owes_it_and_everybody_addressed_is_told_once(stage, given):
    done(stage, response_of(given, stage.board))
    answers = AssignmentResponse.objects.filter(assignment=given)
    assert [debt.agency for debt in debts(answers, TODAY)] == [stage.union]
    withdraw(stage, given)
    assert debts(answers, TODAY) == []
    assert not answers.late(TODAY)
    assert not answers.to_verify()
    assert due_tasks(date(2026, 6, 11)) == []
    assert given_tasks(stage.hat, {stage.committee.pk}, TODAY) == []
    assert waiting_tasks(stage.partner.memberships.get(), {stage.union.pk}, TODAY) == []
    assert standings([given], answers, set(), TODAY)[given.pk].look == ("none", "đã rút")
    told = list(Notice.objects.filter(kind=NoticeKind.TASK_WITHDRAWN))
    assert sorted(notice.reader.pk for notice in told) == sorted(
        person.pk for person in (stage.officer, stage.leader, stage.colleague, stage.partner)
    )


def test_the_answer_is_kept_and_the_paper_stays_readable(stage, given):
    answer = done(stage, response_of(given, stage.board))
    withdraw(stage, given)
    answer.refresh_from_db()
    assert answer.result == "Đã lập tổ kiểm tra"
    assert stage.paper in Document.objects.visible_to(User.objects.get(pk=stage.partner.pk))
    last = Assignment.history.filter(id=given.pk).first()
    assert (last.withdrawn_reason, last.history_user) == (WHY, stage.giver)


def test_the_notice_leads_to_the_tasks_of_the_paper(stage, given):
    withdraw(stage, given)
    notice = Notice.objects.filter(reader=stage.partner, kind=NoticeKind.TASK_WITHDRAWN).for_reading().get()
    assert sentence(notice) == (
        "Ủy ban nhân dân tỉnh đã rút một nhiệm vụ của “12/UBND-KGVX”: không phải báo cáo nhiệm vụ này nữa."
    )
    assert address(notice) == page_of("document_assignments", stage.paper)


def test_only_who_gives_withdraws_once_and_from_what_was_read(stage, given):
    for person in (stage.officer, stage.partner, stage.chair, stage.stranger):
        with pytest.raises(PermissionDenied):
            withdraw(stage, given, by=person)
    with pytest.raises(StaleVersion):
        withdraw(stage, given, seen=given.version + 1)
    withdraw(stage, given)
    with pytest.raises(TaskRefused, match="đã rút"):
        withdraw(stage, given)


def test_a_withdrawn_task_stays_as_it_is(stage, given):
    answer = done(stage, response_of(given, stage.board))
    other = response_of(given, stage.union)
    withdraw(stage, given)
    with pytest.raises(TaskRefused, match="đã rút"):
        change_task(given, task(stage.board), seen=given.version, acting=stage.hat)
    with pytest.raises(TaskRefused, match="đã rút"):
        done(stage, other, by=stage.partner)
    with pytest.raises(TaskRefused, match="đã rút"):
        verify_answer(answer, seen=answer.version, acting=stage.hat, today=TODAY)


def test_no_plan_is_made_of_it(stage, given):
    frame = Frame(2026, [stage.board])
    assert list(assignments_for(frame)) == [given]
    withdraw(stage, given)
    assert list(assignments_for(frame)) == []


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("assignment_withdrawn_with_reason", {"withdrawn_reason": WHY}),
        ("assignment_withdrawn_with_reason", {"withdrawn_on": TODAY, "withdrawn_by": "giver"}),
        ("assignment_withdrawn_by", {"withdrawn_on": TODAY, "withdrawn_reason": WHY}),
    ],
)
def test_rules_of_withdrawal(stage, given, rule, values):
    if "withdrawn_by" in values:
        values = values | {"withdrawn_by": stage.giver}
    assert_refused(changed(given, **values), rule)


# --- the pages -----------------------------------------------------------------------------------------------------


def test_withdrawn_on_the_page_with_a_reason(stage, client, given):
    client.force_login(stage.giver)
    url = page_of("assignment_withdraw", given)
    assert url in client.get(page_of("assignment_detail", given)).text
    short = client.post(url, {"version": 1, "reason": " "})
    assert short.status_code == 422
    assert "Hãy ghi vì sao rút nhiệm vụ" in short.text
    changed(given, text="Việc đã đổi", version=2)()
    stale = client.post(url, {"version": 1, "reason": WHY})
    assert stale.status_code == 409
    assert "Việc đã đổi" in stale.text
    assert Page(stale).one("textarea", name="reason").text.strip() == WHY
    for _time in (1, 2):  # a double click
        answer = client.post(url, {"version": 2, "reason": WHY})
        assert (answer.status_code, answer.url) == (302, page_of("assignment_detail", given))
    assert Notice.objects.filter(kind=NoticeKind.TASK_WITHDRAWN, reader=stage.partner).count() == 1
    page = client.get(page_of("assignment_detail", given)).text
    assert WHY in page
    assert url not in page
    assert page_of("assignment_edit", given) not in page


def test_the_lists_keep_it_apart(stage, client, given):
    other = give(stage, task(stage.union, text="Báo cáo năm"))[0]
    withdraw(stage, given)
    client.force_login(stage.giver)
    of_paper = client.get(page_of("document_assignments", stage.paper)).text
    assert of_paper.index("Báo cáo năm") < of_paper.index('id="withdrawn"') < of_paper.rindex("Lập tổ kiểm tra")
    assert WHY in of_paper
    only = client.get(reverse("programs:assignment_list"), {"state": "withdrawn"}).context["rows"]
    assert [row for row, _standing in only] == [given]
    owing = client.get(reverse("programs:assignment_list"), {"state": "open"}).context["rows"]
    assert [row for row, _standing in owing] == [other]
    owed = client.get(page_of("assignments_owed", stage.paper)).text
    assert "Lập tổ kiểm tra" not in owed


def test_an_open_form_of_a_withdrawn_task_keeps_what_was_typed(stage, client, given):
    answer = response_of(given, stage.board)
    withdraw(stage, given)
    client.force_login(stage.officer)
    url = page_of("response_answer", answer)
    assert client.get(url).url == page_of("assignment_detail", given)
    late = client.post(url, {"version": 1, "result": "Đã lập xong", "done": "1"})
    assert late.status_code == 422
    assert "Nhiệm vụ này đã rút" in late.text
    assert Page(late).one("textarea", name="result").text.strip() == "Đã lập xong"
