"""Every constraint of the programme tables, broken once."""

import uuid
from datetime import date

import pytest
from django.utils import timezone

from programs.enums import BudgetNature, CountDimension, FactState, FundingSource
from programs.models import (
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    CountCategory,
    IndicatorDefinition,
    Objective,
    OutputKind,
    ProgrammeProvince,
    Target,
)
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin

EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)
TOKEN = uuid.UUID(int=7)


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast, self.place = cast, (cast.board, cast.commune)

    @property
    def activity(self):
        return factories.activity(
            *self.place, attendances=60, women=30, minority=40, minority_women=20, distinct_people=50
        )

    @property
    def measurement(self):
        return factories.measurement(*self.place)

    @property
    def budget(self):
        return factories.budget_entry(*self.place)

    @property
    def disbursed(self):
        return factories.budget_entry(*self.place, nature=BudgetNature.DISBURSED)

    @property
    def model(self):
        return factories.community_model(*self.place)

    @property
    def event(self):
        return factories.model_event(self.model, members=20, women=15, minority=10)

    @property
    def programme(self):
        return factories.component().programme

    @property
    def province(self):
        return ProgrammeProvince.objects.create(
            programme=self.programme, unit=self.cast.province, year_from=2023, year_to=2025
        )

    @property
    def category(self):
        return CountCategory.objects.create(code="hmong", name="Mông", dimension=CountDimension.ETHNIC_GROUP)

    @property
    def count(self):
        return ActivityCount.objects.create(activity=self.activity, category=self.category, attendances=10, women=5)

    @property
    def output(self):
        kind = OutputKind.objects.create(code="bang_ron", name="Băng rôn", word="cái")
        return ActivityOutput.objects.create(activity=self.activity, kind=kind, quantity=120)

    @property
    def cost(self):
        return ActivityCost.objects.create(activity=self.activity, source=FundingSource.CENTRAL, amount_vnd=1)

    @property
    def definition(self):
        return IndicatorDefinition.objects.create(indicator=factories.indicator(), valid_from=EARLY, text="Tỷ lệ")

    @property
    def target(self):
        return Target.objects.create(indicator=factories.indicator(), year=2025, operator=">=", value=60)

    @property
    def framework(self):
        factories.indicator()
        return Objective.objects.get().framework


# Rule -> the write that breaks it, given one valid row of each table.
CASES = {
    "programme_phase_in_order": lambda rows: changed(rows.programme, phase_from=2030, phase_to=2021),
    "programme_province_in_order": lambda rows: changed(rows.province, year_from=2026),
    "programme_province_once": lambda rows: twin(rows.province),
    "component_dates_in_order": lambda rows: changed(factories.component(), valid_from=LATE, valid_to=EARLY),
    "component_kind_known": lambda rows: changed(factories.component(), kind=UNKNOWN),
    "activity_kind_group_known": lambda rows: changed(factories.activity_kind(), group=UNKNOWN),
    "count_category_dimension_known": lambda rows: changed(rows.category, dimension=UNKNOWN),
    "activity_days_in_order": lambda rows: changed(rows.activity, starts_on=LATE, ends_on=EARLY, counted_on=EARLY),
    "activity_counted_on_last_day": lambda rows: changed(rows.activity, counted_on=LATE),
    "activity_not_negative": lambda rows: changed(rows.activity, sessions=-1),
    "activity_women_within_total": lambda rows: changed(rows.activity, women=61, minority_women=None),
    "activity_minority_within_total": lambda rows: changed(rows.activity, minority=61, minority_women=None),
    "activity_minority_women_within_total": lambda rows: changed(
        rows.activity, minority_women=61, women=None, minority=None
    ),
    "activity_people_within_attendances": lambda rows: changed(rows.activity, distinct_people=61),
    "activity_minority_women_within_parts": lambda rows: changed(rows.activity, minority_women=31),
    "activity_parts_fit_total": lambda rows: changed(rows.activity, minority_women=5),
    "activity_count_once": lambda rows: twin(rows.count),
    "activity_output_once": lambda rows: twin(rows.output),
    "activity_cost_once": lambda rows: twin(rows.cost),
    "activity_cost_source_known": lambda rows: changed(rows.cost, source=UNKNOWN),
    "budget_source_known": lambda rows: changed(rows.budget, source=UNKNOWN),
    "budget_capital_known": lambda rows: changed(rows.budget, capital=UNKNOWN),
    "budget_nature_known": lambda rows: changed(rows.budget, nature=UNKNOWN),
    "budget_not_negative": lambda rows: changed(rows.budget, amount_vnd=-1),
    "budget_one_reading_a_day": lambda rows: twin(rows.disbursed),
    "framework_years_in_order": lambda rows: changed(rows.framework, year_from=2031),
    "indicator_direction_known": lambda rows: changed(factories.indicator(), direction=UNKNOWN),
    "indicator_definition_once_a_day": lambda rows: twin(rows.definition),
    "target_operator_known": lambda rows: changed(rows.target, operator=UNKNOWN),
    "target_once_a_year": lambda rows: twin(rows.target),
    "target_tolerance_not_negative": lambda rows: changed(rows.target, tolerance=-1),
    "measurement_nature_known": lambda rows: changed(rows.measurement, nature=UNKNOWN),
    "measurement_period_in_order": lambda rows: changed(rows.measurement, period_from=date(2026, 6, 15)),
    "measurement_parts_or_value": lambda rows: changed(rows.measurement, numerator=9, denominator=13),
    "measurement_denominator_positive": lambda rows: changed(rows.measurement, value=None, numerator=0, denominator=0),
    "measurement_not_negative": lambda rows: changed(rows.measurement, value=-1),
    "measurement_once_a_day": lambda rows: twin(rows.measurement),
    "model_standing_known": lambda rows: changed(rows.model, standing=UNKNOWN),
    "model_name_once": lambda rows: twin(rows.model),
    "model_event_nature_known": lambda rows: changed(rows.event, nature=UNKNOWN, reason="Sửa loại"),
    "model_event_sign": lambda rows: changed(rows.event, quantity=0),
    "model_event_women_within": lambda rows: changed(rows.event, women=21),
    "model_event_minority_within": lambda rows: changed(rows.event, minority=21),
}
FACTS = {"activity": "activity", "modelevent": "event", "measurement": "measurement", "budgetentry": "budget"}


def of_every_fact(prefix, name):
    return {
        f"{prefix}_state_known": lambda rows: changed(getattr(rows, name), state=UNKNOWN),
        f"{prefix}_precision_known": lambda rows: changed(getattr(rows, name), precision=UNKNOWN),
        f"{prefix}_reference_once": lambda rows: same_reference(getattr(rows, name)),
        f"{prefix}_form_token_once": lambda rows: same_token(getattr(rows, name)),
        f"{prefix}_correction_has_reason": lambda rows: correction_without_reason(getattr(rows, name)),
        f"{prefix}_locked_is_recorded": lambda rows: changed(
            getattr(rows, name), state=FactState.DRAFT, locked_at=timezone.now()
        ),
    }


def same_reference(fact):
    """With a reason, so that only the reference is the same where readings are unique for their day too."""
    return twin(fact, reference=fact.reference, reason="Bổ sung số liệu")


def same_token(fact):
    changed(fact, form_token=TOKEN)()
    return twin(fact, form_token=TOKEN, reason="Bổ sung số liệu")


def correction_without_reason(fact):
    other = twin(fact, reason="Bổ sung số liệu")
    other()
    return lambda: (
        type(fact).objects.exclude(pk=fact.pk).update(corrects=fact, reason="", counted_on=EARLY, **same_days(fact))
    )


def same_days(fact):
    return {"starts_on": EARLY, "ends_on": EARLY} if hasattr(fact, "ends_on") else {}


for _prefix, _name in FACTS.items():
    CASES |= of_every_fact(_prefix, _name)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk


def test_a_correction_may_be_negative(cast):
    activity = factories.activity(cast.board, cast.commune, attendances=60, women=30)
    mended = factories.activity(
        cast.board, cast.commune, attendances=-5, women=-9, sessions=0, corrects=activity, reason="Bổ sung số liệu"
    )
    assert mended.attendances == -5
