"""Every constraint of plans, assignments, marks, evidence and rules of indicators, broken once."""

from datetime import date

import pytest
from django.utils import timezone

from programs.enums import (
    ComputedFrom,
    FundingSource,
    MarkNature,
    Measure,
    PartAnswer,
    PlanChangeNature,
    Recurrence,
    RequestState,
)
from programs.models import (
    ActivityMark,
    AnnualPlan,
    Assignment,
    AssignmentResponse,
    CorrectionRequest,
    Difficulty,
    Evidence,
    FundingLine,
    IndicatorFormula,
    MeasurementMark,
    PlanChange,
    PlanItem,
    PlanPartner,
)
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin

EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast, self.place = cast, (cast.board, cast.commune)

    @property
    def plan(self):
        return AnnualPlan.objects.create(
            document=factories.document(self.cast.board), agency=self.cast.board, year=2026
        )

    @property
    def item(self):
        return PlanItem.objects.create(
            plan=self.plan,
            position=1,
            key="1",
            component=factories.component(),
            text="Truyền thông tại 20 xã",
            lead=self.cast.board,
            starts_on=EARLY,
            ends_on=LATE,
        )

    @property
    def part(self):
        return PlanPartner.objects.create(item=self.item, agency=self.cast.union)

    @property
    def funding(self):
        return FundingLine.objects.create(item=self.item, source=FundingSource.CENTRAL, amount_vnd=1)

    @property
    def plan_change(self):
        item = self.item
        return PlanChange.objects.create(
            plan=item.plan,
            item=item,
            nature=PlanChangeNature.ADDED,
            reason="Được giao thêm",
            changed_by=self.cast.officer,
            acting_for=self.cast.board,
        )

    @property
    def difficulty(self):
        return Difficulty.objects.create(item=self.item, agency=self.cast.board, text="Thiếu kinh phí", noted_on=LATE)

    @property
    def assignment(self):
        return Assignment.objects.create(
            document=factories.document(self.cast.committee), position=1, text="Lập tổ kiểm tra"
        )

    @property
    def response(self):
        return AssignmentResponse.objects.create(assignment=self.assignment, agency=self.cast.board)

    @property
    def activity_mark(self):
        return self.mark(ActivityMark, activity=factories.activity(*self.place))

    @property
    def measurement_mark(self):
        return self.mark(MeasurementMark, measurement=factories.measurement(*self.place))

    def mark(self, model, **fields):
        values = {"agency": self.cast.board, "nature": MarkNature.VERIFIED, "given_by": self.cast.leader}
        return model.objects.create(of_version=1, **values | fields)

    @property
    def request(self):
        return CorrectionRequest.objects.create(
            activity=factories.activity(*self.place),
            agency=self.cast.union,
            text="Ghi thiếu 20 lượt người",
            asked_by=self.cast.partner,
        )

    @property
    def evidence(self):
        return Evidence.objects.create(
            activity=factories.activity(*self.place),
            name="anh.jpg",
            media_type="image/jpeg",
            file="evidence/2026/anh.jpg",
            sha256="0" * 64,
            size=1,
            added_by=self.cast.officer,
        )

    @property
    def formula(self):
        return IndicatorFormula.objects.create(indicator=factories.indicator(), counts=ComputedFrom.SESSIONS)


def carried(item, **values):
    return changed(item, carried_from=item, **values)


def answered(rows, **values):
    return changed(rows.part, answered_by=rows.cast.partner, answered_at=timezone.now(), **values)


def done(rows, **values):
    return changed(rows.response, done_on=LATE, result="Đã lập tổ kiểm tra", **values)


# Rule -> the write that breaks it, given one valid row of each table; what else the row needs is given with it.
CASES = {
    "plan_continues_another": lambda rows: continuing_itself(rows.plan),
    "plan_item_measure_known": lambda rows: changed(rows.item, measure=UNKNOWN, quantity=4),
    "plan_item_window_in_order": lambda rows: changed(rows.item, starts_on=LATE, ends_on=EARLY),
    "plan_item_key_once": lambda rows: twin(rows.item),
    "plan_item_says_something": lambda rows: changed(rows.item, text=""),
    "plan_item_one_origin": lambda rows: carried(
        rows.item, carried_reason="Chưa làm xong", assignment=rows.assignment
    ),
    "plan_item_carried_with_reason": lambda rows: carried(rows.item),
    "plan_item_quantity_of_something": lambda rows: changed(rows.item, quantity=4),
    "plan_item_kind_of_measure": lambda rows: changed(rows.item, measure=Measure.OUTPUT, quantity=4),
    "plan_item_shares_are_percent": lambda rows: changed(rows.item, women_percent=101),
    "plan_item_cancelled_with_reason": lambda rows: changed(rows.item, cancelled_on=EARLY),
    "plan_partner_answer_known": lambda rows: answered(rows, answer=UNKNOWN),
    "plan_partner_once": lambda rows: twin(rows.part),
    "plan_partner_asks_in_words": lambda rows: answered(rows, answer=PartAnswer.ASKS),
    "plan_partner_answered_by_someone": lambda rows: changed(rows.part, answer=PartAnswer.ACCEPTS),
    "funding_line_source_known": lambda rows: changed(rows.funding, source=UNKNOWN),
    "funding_line_once": lambda rows: twin(rows.funding),
    "plan_change_nature_known": lambda rows: twin(rows.plan_change, nature=UNKNOWN),
    "plan_change_has_reason": lambda rows: twin(rows.plan_change, reason=""),
    "difficulty_days_in_order": lambda rows: changed(rows.difficulty, solved_on=EARLY),
    "difficulty_says_something": lambda rows: changed(rows.difficulty, text=""),
    "assignment_recurrence_known": lambda rows: changed(
        rows.assignment, recurrence=UNKNOWN, due_on=EARLY, recurs_until=LATE
    ),
    "assignment_says_something": lambda rows: changed(rows.assignment, text=""),
    "assignment_withdrawn_by": lambda rows: changed(rows.assignment, withdrawn_on=EARLY, withdrawn_reason="Nhập nhầm"),
    "assignment_withdrawn_with_reason": lambda rows: changed(rows.assignment, withdrawn_reason="Nhập nhầm"),
    "assignment_recurs_from_a_day": lambda rows: changed(rows.assignment, recurrence=Recurrence.MONTHLY),
    "assignment_response_once": lambda rows: twin(rows.response),
    "assignment_response_percent": lambda rows: changed(rows.response, percent=101),
    "assignment_response_done_with_result": lambda rows: changed(rows.response, done_on=LATE),
    "assignment_response_verified_by": lambda rows: done(rows, verified_on=LATE),
    "assignment_response_verified_by_another": lambda rows: done(
        rows, answered_by=rows.cast.officer, verified_by=rows.cast.officer, verified_on=LATE
    ),
    "assignment_response_verified_when_done": lambda rows: changed(
        rows.response, verified_by=rows.cast.leader, verified_on=LATE
    ),
    "activitymark_nature_known": lambda rows: twin(rows.activity_mark, nature=UNKNOWN),
    "activitymark_says_why": lambda rows: twin(rows.activity_mark, nature=MarkNature.RETURNED),
    "measurementmark_nature_known": lambda rows: twin(rows.measurement_mark, nature=UNKNOWN),
    "measurementmark_says_why": lambda rows: twin(rows.measurement_mark, nature=MarkNature.DISPUTED),
    "correction_request_of_one_fact": lambda rows: changed(rows.request, activity=None),
    "correction_request_nature_known": lambda rows: changed(rows.request, nature=UNKNOWN),
    "correction_request_state_known": lambda rows: changed(rows.request, state=UNKNOWN, answered_by=rows.cast.officer),
    "correction_request_answered": lambda rows: changed(rows.request, state=RequestState.DONE),
    "correction_request_refused_with_reason": lambda rows: changed(
        rows.request, state=RequestState.REFUSED, answered_by=rows.cast.officer
    ),
    "evidence_of_one_record": lambda rows: twin(rows.evidence, response=rows.response),
    "indicator_over_time_known": lambda rows: changed(factories.indicator(), over_time=UNKNOWN),
    "indicator_over_places_known": lambda rows: changed(factories.indicator(), over_places=UNKNOWN),
    "indicator_over_agencies_known": lambda rows: changed(factories.indicator(), over_agencies=UNKNOWN),
    "indicator_formula_counts_known": lambda rows: changed(rows.formula, counts=UNKNOWN),
    "indicator_formula_group_known": lambda rows: changed(rows.formula, kind_group=UNKNOWN),
    "indicator_formula_of_one_table": lambda rows: changed(rows.formula, counts=ComputedFrom.STOCK),
}


def continuing_itself(plan):
    return changed(plan, continues=plan)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk
