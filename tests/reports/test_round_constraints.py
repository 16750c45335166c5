"""Every constraint of requests for reports, of their writing and of unlocking, broken once."""

from datetime import date
from uuid import uuid4

import pytest

from coordination.models import ViewGrant
from reports.models import (
    CheckAnswer,
    Extension,
    Presence,
    Reminder,
    ReportChange,
    ReportPart,
    ReportRound,
    RoundSeat,
    Unlocking,
)
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin

DUE = {"due_sender": date(2026, 6, 18), "due_compiler": date(2026, 6, 20), "due_leader": date(2026, 6, 22)}


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast = cast

    @property
    def round(self):
        return ReportRound.objects.create(
            asked_by=self.cast.board, kind="gender-equality", period=factories.period(), outline=factories.outline(),
            title="Báo cáo 6 tháng", opened_by=self.cast.officer, **DUE,
        )  # fmt: skip

    @property
    def seat(self):
        return RoundSeat.objects.create(round=self.round, agency=self.cast.union)

    @property
    def extension(self):
        return Extension.objects.create(
            seat=self.seat, due_on=date(2026, 6, 25), reason="Mưa lũ", given_by=self.cast.officer
        )

    @property
    def reminder(self):
        return Reminder.objects.create(seat=self.seat, sent_by=self.cast.officer)

    @property
    def report(self):
        return factories.report(self.cast.board, self.cast.province)

    @property
    def part(self):
        return ReportPart.objects.create(report=self.report, key="ket-qua")

    @property
    def presence(self):
        return Presence.objects.create(report=self.report, user=self.cast.officer, key="ket-qua")

    @property
    def check_answer(self):
        return CheckAnswer.objects.create(
            report=self.report, code="unusual", said="Tăng 80%", reason="Đã đối chiếu", given_by=self.cast.officer
        )

    @property
    def change(self):
        ref = "activities.attendances?window=now"
        return ReportChange.objects.create(
            report=self.report, position=1, ref=ref, label="Lượt người", was="5", now="6"
        )

    @property
    def unlocking(self):
        return Unlocking.objects.create(
            report=self.report, table="activity", fact=1, reference="HD-1", fact_version=1, reason="Nhập nhầm",
            until=date(2026, 7, 1), opened_by=self.cast.chair,
        )  # fmt: skip

    @property
    def view_grant(self):
        return ViewGrant.objects.create(
            viewer=self.cast.board, owner=self.cast.union, data_from=date(2025, 12, 15), data_to=date(2026, 6, 14),
            source=uuid4(),
        )  # fmt: skip


CASES = {
    "round_kind_known": lambda rows: changed(rows.round, kind=UNKNOWN),
    "round_compiler_after_sender": lambda rows: changed(rows.round, due_compiler=date(2026, 6, 17)),
    "round_leader_after_compiler": lambda rows: changed(rows.round, due_leader=date(2026, 6, 19)),
    "round_seat_once": lambda rows: twin(rows.seat),
    "extension_has_reason": lambda rows: changed(rows.extension, reason=""),
    "reminder_once_a_day": lambda rows: twin(rows.reminder),
    "report_part_state_known": lambda rows: changed(rows.part, state=UNKNOWN),
    "report_part_once": lambda rows: twin(rows.part),
    "presence_once": lambda rows: twin(rows.presence),
    "check_answer_once": lambda rows: twin(rows.check_answer),
    "check_answer_has_reason": lambda rows: changed(rows.check_answer, reason=""),
    "report_change_once": lambda rows: twin(rows.change),
    "unlocking_state_known": lambda rows: changed(rows.unlocking, state=UNKNOWN),
    "unlocking_has_reason": lambda rows: changed(rows.unlocking, reason=""),
    "unlocking_one_open": lambda rows: twin(rows.unlocking),
    "view_grant_dates_in_order": lambda rows: changed(rows.view_grant, data_to=date(2025, 12, 14)),
    "view_grant_once": lambda rows: twin(rows.view_grant),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk
