"""An indicator counted from the records, as reports print it: the list that opens adds up to the number."""

from datetime import date
from decimal import Decimal

import pytest

from programs.enums import ComputedFrom, Operator
from programs.models import IndicatorFormula, Target
from reports.enums import ReportScope
from reports.figures.indicators import FIGURES, IndicatorValue, Judged
from reports.figures.scope import Scope
from reports.figures.windows import Window
from tests import factories

VALUE = next(figure for figure in FIGURES if isinstance(figure, IndicatorValue) and figure.part == "value")


@pytest.mark.parametrize(
    ("counts", "measured_in", "value"),
    [
        (ComputedFrom.SESSIONS, "buổi", 5),
        (ComputedFrom.ATTENDANCES, "lượt người", 130),
        (ComputedFrom.WOMEN, "lượt người", 60),
        (ComputedFrom.WOMEN, "%", 60),
    ],
)
def test_number_and_list_are_one(cast, counts, measured_in, value):
    indicator = factories.indicator("8.1", measured_in=measured_in)
    IndicatorFormula.objects.create(indicator=indicator, counts=counts)
    Target.objects.create(indicator=indicator, year=2026, operator=Operator.AT_LEAST, value=4)
    factories.activity(cast.board, cast.commune, date(2026, 3, 8), sessions=2, attendances=100, women=60)
    factories.activity(cast.board, cast.commune, date(2026, 4, 8), sessions=3, attendances=30)
    factories.activity(cast.board, cast.commune, date(2026, 7, 8), sessions=50, attendances=90, women=1)
    scope = Scope.of(cast.board, cast.province, ReportScope.PROVINCE)
    window = Window.of(factories.period("2026-H1"))
    axes = {"indicator": "8.1"}
    rows = VALUE.facts(scope, window, **axes)
    assert (VALUE.value(scope, window, **axes).value, VALUE.total(rows)) == (Decimal(value), Decimal(value))
    assert [line.status for line in Judged.of(scope, window).board.lines] == ["exceeded"]
