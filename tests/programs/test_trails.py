"""What a form writes can be read in the history."""

import pytest

from coordination.history import TRAILS
from programs.forms import measurements, models
from programs.forms.activities import COLUMNS

MONEY = {"component", "nature", "source", "capital", "year", "amount_vnd", "counted_on", "note"}


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
