"""Tasks among the work a person hands over: what was begun is owed, what was given is followed."""

import pytest

from coordination.enums import MemberRole, WorkKind
from coordination.open_work import open_work_of
from programs.assignments import Answer, answer_task, verify_answer, withdraw_task
from tests.programs.tasks import ISSUED_ON, TODAY, done, give, response_of, scene, task

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast):
    return scene(cast)


@pytest.fixture
def given(stage):
    return give(stage, task(stage.board))[0]


def kinds(person):
    return [work.kind for work in open_work_of(person.memberships.get())]


def test_an_answer_begun_is_owed_until_it_is_reported(stage, given):
    answer = response_of(given, stage.board)
    assert kinds(stage.officer) == []
    answer_task(answer, Answer(progress="Đang lập"), seen=1, acting=stage.officer.memberships.get(), today=TODAY)
    (work,) = open_work_of(stage.officer.memberships.get())
    assert (work.kind, work.title) == (WorkKind.TASK_OWED, "Lập tổ kiểm tra")
    assert work.url == f"/assignments/{given.uid}/"
    assert kinds(stage.colleague) == []
    done(stage, answer)
    assert kinds(stage.officer) == []


def test_a_task_given_is_followed_until_all_is_verified(stage, given):
    assert kinds(stage.giver) == [WorkKind.TASK_FOLLOWED]
    answer = done(stage, response_of(given, stage.board))
    assert kinds(stage.giver) == [WorkKind.TASK_FOLLOWED]
    verify_answer(answer, seen=answer.version, acting=stage.hat, today=TODAY)
    assert kinds(stage.giver) == []


def test_nothing_is_left_of_a_withdrawn_task(stage, given):
    answer_task(
        response_of(given, stage.board),
        Answer(progress="Đang lập"),
        seen=1,
        acting=stage.officer.memberships.get(),
        today=TODAY,
    )
    withdraw_task(given, "Nhập nhầm", seen=given.version, acting=stage.hat, today=TODAY)
    assert kinds(stage.officer) == []
    assert kinds(stage.giver) == []


def test_what_was_given_for_another_agency_stays_with_it(stage, given):
    """The same person wears two hats; the board has no answer of it and gave nothing."""
    second = stage.giver.memberships.create(agency=stage.board, role=MemberRole.OFFICER, valid_from=ISSUED_ON)
    assert kinds(stage.chair) == []
    assert open_work_of(second) == []
    assert [work.kind for work in open_work_of(stage.hat)] == [WorkKind.TASK_FOLLOWED]
