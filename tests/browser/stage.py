"""Records of every kind and state, so that each page has something to show."""

from dataclasses import dataclass
from datetime import date

from coordination.enums import DocumentState
from coordination.models import Agreement
from coordination.worker import Worker
from programs.assignments import Answer, Task, answer_task, give_tasks
from programs.enums import BudgetNature, FactState, ModelNature
from programs.models import (
    Activity,
    ActivityKind,
    Assignment,
    BudgetEntry,
    CommunityModel,
    Component,
    Indicator,
    Measurement,
    ModelEvent,
    ModelKind,
)
from reports import workflow
from reports.actions import draft_report
from reports.enums import ReportKind, ReportScope
from reports.models import Report, ReportingPeriod
from tests import factories
from tests.constraints import changed
from tests.coordination import reviews
from tests.reports.approving import give_reasons

IN_H1, IN_H2 = date(2026, 3, 8), date(2026, 7, 20)  # of 2026: the first half is reported, the second is not


@dataclass(frozen=True)
class Stage:
    """`frozen` ones stand in the issued report, `late` came after it, `open` ones wait for the next."""

    issued: Report
    drafted: Report
    frozen: Activity
    late: Activity
    open: Activity
    draft: Activity
    model: CommunityModel
    frozen_event: ModelEvent
    open_event: ModelEvent
    frozen_reading: Measurement
    frozen_money: BudgetEntry
    open_decision: BudgetEntry
    agreement: Agreement  # issued
    draft_agreement: Agreement
    task: Assignment  # the Union leads and has reported it as done, the board owes


def period(code):
    return ReportingPeriod.objects.get(profile__code="ND09", code=code)


def activity(cast, day, title="Truyền thông phòng, chống tảo hôn", **fields):
    usual = {
        "kind": ActivityKind.objects.get(code="direct_communication"),
        "component": Component.objects.get(code="P8.1"),
        "attendances": 112,
        "women": 71,
        "minority": 108,
    }
    return factories.activity(cast.board, cast.commune, day, title=title, **usual | fields)


def agreement(cast, **fields):
    """Of the board and the Union, with two tasks; what an agreement is while it is written comes first."""
    made = reviews.agreement(cast)
    changed(made.document, **fields)()
    return Agreement.objects.get(pk=made.pk)


def drafted_report(cast, code):
    return draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=period(code),
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )


def issued_report(cast, code="2026-H1", number="87"):
    """Approved, issued and printed as people do it."""
    report = drafted_report(cast, code)
    hat = cast.leader.memberships.get()
    give_reasons(report, cast.officer)
    workflow.move(report, "approve", acting=hat)
    workflow.move(report, "issue", acting=hat, number=number, symbol="BC-SDTTG", issued_on=date(2026, 6, 20))
    Worker().run(once=True)
    return report


def task(cast, document):
    """Given by the board to itself and the Union, which has reported it as done."""
    asked = Task("Lập tổ kiểm tra", [cast.board], lead=cast.union, due_on=IN_H1, due_words="trước ngày 09/3/2026")
    given = give_tasks(document, [asked], acting=cast.officer.memberships.get())[0]
    answer = given.responses.get(agency=cast.union)
    said = Answer(result="Đã lập tổ kiểm tra gồm 7 người", done=True)
    answer_task(answer, said, seen=answer.version, acting=cast.partner.memberships.get(), today=IN_H2)
    return given


def set_up(cast):
    place = cast.province
    model = factories.community_model(
        cast.board, cast.commune, kind=ModelKind.objects.get(code="trusted_address"), name="Địa chỉ tin cậy Ba Thử"
    )
    money = {"component": Component.objects.get(code="P8.1"), "amount_vnd": 1_250_000_000}
    frozen = activity(cast, IN_H1)
    frozen_event = factories.model_event(model, IN_H1, quantity=3)
    reading = factories.measurement(cast.board, place, indicator=Indicator.objects.get(code="ge-2.1"), value=84)
    frozen_money = factories.budget_entry(cast.board, place, IN_H1, **money)
    issued = issued_report(cast)
    return Stage(
        issued=issued,
        drafted=drafted_report(cast, "2026-H2"),
        frozen=frozen,
        late=activity(cast, IN_H1, title="Tập huấn ghi sau khi báo cáo đã duyệt"),
        open=activity(
            cast, IN_H2, title="Sinh hoạt câu lạc bộ bình đẳng giới", attendances=None, women=None, minority=None
        ),
        draft=activity(cast, IN_H2, title="Bản nháp đối thoại chính sách", state=FactState.DRAFT),
        model=model,
        frozen_event=frozen_event,
        open_event=factories.model_event(model, IN_H2, nature=ModelNature.STRENGTHENED),
        frozen_reading=reading,
        frozen_money=frozen_money,
        open_decision=factories.budget_entry(cast.board, place, IN_H2, nature=BudgetNature.CARRIED_OVER, **money),
        agreement=agreement(cast, state=DocumentState.ISSUED, number="123", issued_on=IN_H1),
        draft_agreement=agreement(cast, state=DocumentState.DRAFT),
        task=task(cast, issued.document),
    )
