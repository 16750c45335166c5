"""A directive of the People's Committee to the board and the Union, and who works there."""

from datetime import date
from types import SimpleNamespace

from coordination.enums import DocumentState
from programs.assignments import Answer, Task, answer_task, give_tasks
from programs.models import AssignmentResponse
from tests import factories

TODAY = date(2026, 6, 20)
ISSUED_ON = date(2026, 5, 4)


def paper(of, number="12", **fields):
    issued = {"state": DocumentState.ISSUED, "issued_on": ISSUED_ON, "number": number, "symbol": "UBND-KGVX"}
    return factories.document(of, **issued | {"subject": "Triển khai công tác bình đẳng giới"} | fields)


def scene(cast):
    """The committee gives; `giver` wrote nothing of any answer; `officer` is of the board, `partner` of the Union."""
    giver = factories.member(cast.committee)
    colleague = factories.member(cast.board)
    return SimpleNamespace(
        **vars(cast), paper=paper(cast.committee), giver=giver, hat=giver.memberships.get(), colleague=colleague
    )


def task(*agencies, **fields):
    return Task(**{"text": "Lập tổ kiểm tra", "agencies": agencies, "due_on": date(2026, 6, 10)} | fields)


def give(stage, *tasks, document=None):
    return give_tasks(document or stage.paper, tasks, acting=stage.hat)


def response_of(assignment, agency):
    return AssignmentResponse.objects.select_related("assignment__document", "agency").get(
        assignment=assignment, agency=agency
    )


def done(stage, response, by=None, today=TODAY, **said):
    person = by or stage.officer
    answer = Answer(**{"result": "Đã lập tổ kiểm tra", "done": True} | said)
    return answer_task(response, answer, seen=response.version, acting=person.memberships.get(), today=today)
