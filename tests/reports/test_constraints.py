"""Every constraint of periods, outlines and reports, broken once."""

from datetime import date

import pytest

from coordination.enums import Numbering
from reports.enums import OutlineState, PeriodKind, ReportKind, ReportNature, ReportScope
from reports.models import (
    CutoffRule,
    OutlineSection,
    ReportActivity,
    ReportBudgetEntry,
    ReportMeasurement,
    ReportModelEvent,
    ReportOutline,
)
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin

DAYS = {"data_from": date(2025, 12, 15), "data_to": date(2026, 6, 14), "money_from": date(2026, 1, 1)}


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast, self.place = cast, (cast.board, cast.commune)

    @property
    def period(self):
        return factories.period("2026-H1")

    @property
    def profile(self):
        return self.period.profile

    @property
    def cutoff_rule(self):
        return CutoffRule.objects.create(
            profile=self.profile,
            kind=PeriodKind.HALF,
            code="H1",
            label="6 tháng đầu năm",
            from_month=12,
            from_day=15,
            to_month=6,
            to_day=14,
        )

    @property
    def outline(self):
        return factories.outline()

    @property
    def section(self):
        return OutlineSection.objects.create(
            outline=self.outline, position=2, numbering=Numbering.ROMAN, heading="Số liệu", key="so-lieu"
        )

    @property
    def report(self):
        return factories.report(self.cast.board, self.cast.province)

    @property
    def activity(self):
        fact = factories.activity(*self.place)
        return ReportActivity.objects.create(report=self.report, activity=fact, fact_version=1)

    @property
    def model_event(self):
        fact = factories.model_event(factories.community_model(*self.place))
        return ReportModelEvent.objects.create(report=self.report, model_event=fact, fact_version=1)

    @property
    def measurement(self):
        fact = factories.measurement(*self.place)
        return ReportMeasurement.objects.create(report=self.report, measurement=fact, fact_version=1)

    @property
    def budget_entry(self):
        fact = factories.budget_entry(*self.place)
        return ReportBudgetEntry.objects.create(report=self.report, budget_entry=fact, fact_version=1)


CASES = {
    "outline_kind_known": lambda rows: changed(rows.outline, kind=UNKNOWN),
    "outline_period_kind_known": lambda rows: changed(rows.outline, period_kind=UNKNOWN),
    "outline_state_known": lambda rows: changed(rows.outline, state=UNKNOWN),
    "outline_version_once": lambda rows: twin(rows.outline, state=OutlineState.DRAFT),
    "outline_one_in_use": lambda rows: twin(rows.outline, number=2),
    "outline_thematic_has_maker": lambda rows: changed(rows.outline, made_by=rows.cast.board),
    "outline_section_numbering_known": lambda rows: changed(rows.section, numbering=UNKNOWN),
    "outline_section_key_once": lambda rows: twin(rows.section),
    "cutoff_profile_dates_in_order": lambda rows: changed(
        rows.profile, valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)
    ),
    "cutoff_rule_kind_known": lambda rows: changed(rows.cutoff_rule, kind=UNKNOWN),
    "cutoff_rule_once": lambda rows: twin(rows.cutoff_rule),
    "period_kind_known": lambda rows: changed(rows.period, kind=UNKNOWN),
    "period_dates_in_order": lambda rows: changed(rows.period, data_to=date(2025, 12, 14)),
    "period_code_once": lambda rows: twin(rows.period, data_from=date(2025, 12, 16)),
    "period_start_once": lambda rows: twin(rows.period, code="2026-X"),
    "report_kind_known": lambda rows: changed(rows.report, kind=UNKNOWN),
    "report_scope_known": lambda rows: changed(rows.report, scope=UNKNOWN),
    "report_nature_known": lambda rows: nature_unknown(rows.report),
    "report_once_per_period": lambda rows: twin(rows.report, document=factories.document(rows.cast.board)),
    "report_of_round_has_one": lambda rows: changed(rows.report, scope=ReportScope.ROUND),
    "report_under_agreement_has_one": lambda rows: changed(rows.report, scope=ReportScope.AGREEMENT),
    "report_later_supersedes": lambda rows: changed(rows.report, nature=ReportNature.SUPPLEMENT),
    "report_activity_once": lambda rows: twin(rows.activity),
    "report_model_event_once": lambda rows: twin(rows.model_event),
    "report_measurement_once": lambda rows: twin(rows.measurement),
    "report_budget_entry_once": lambda rows: twin(rows.budget_entry),
}


def nature_unknown(report):
    """It follows another report, so that only its nature is wrong."""
    return changed(report, nature=UNKNOWN, supersedes=report)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk


def test_another_kind_of_outline_may_be_in_use_beside(cast):
    factories.outline()
    assert factories.outline(kind=ReportKind.PROJECT8).pk
    assert ReportOutline.objects.filter(state=OutlineState.IN_USE).count() == 2
