"""What a form writes can be read in the history."""

import pytest

from coordination.history import TRAILS
from programs.enums import Operator
from programs.forms import measurements, models
from programs.forms.activities import COLUMNS
from programs.models import Target
from tests import factories

MONEY = {"component", "nature", "source", "capital", "year", "amount_vnd", "counted_on", "note"}


@pytest.mark.django_db
def test_targets_of_another_province_are_not_told(cast):
    values = {"operator": Operator.AT_LEAST, "value": 60, "indicator": factories.indicator()}
    national = Target.objects.create(year=2026, **values)
    ours = Target.objects.create(year=2027, unit=cast.province, **values)
    centre = factories.member(factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG"))
    rows = TRAILS["programs.target"].rows
    assert {*rows(cast.officer)} == {*rows(centre)} == {national, ours}
    assert {*rows(cast.stranger)} == {national}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("programs.activity", {*COLUMNS, "topics", "partners", "other_units"}),
        ("programs.modelevent", {*models.COLUMNS}),
        ("programs.measurement", {*measurements.TYPED, "period_from", "counted_on", "unit"}),
        ("programs.budgetentry", MONEY),
    ],
)
def test_every_column_a_form_writes_stands_in_the_history(name, written):
    assert written <= TRAILS[name].labels.keys()
