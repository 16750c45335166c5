"""Every number opens the list it was counted from, and that list adds up to it."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from programs.enums import Precision
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.enums import ReportScope
from reports.figures import FIGURES, NOTHING, Amount, At, Compared, Ref, Scope, UnknownFigure, Values, open_ref
from reports.figures import activities as activity_figures
from reports.figures import models as model_figures
from reports.figures import money as money_figures
from reports.figures.base import Reach, Share, Tally
from reports.figures.grids import Ask
from reports.figures.indicators import IndicatorValue, JudgedFigure
from reports.figures.registry import every_tally
from reports.figures.windows import Window
from tests import factories
from tests.reports import random_facts

SLOW = settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking rows of a database is slow and says little
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def world(db):
    world = random_facts.merged_province()
    world.periods = random_facts.decree_periods()
    world.lists = random_facts.lists()
    return world


def axes_of(figure, world, data):
    """Each axis of the figure with one of the values it has in the data."""
    lists = world.lists
    values = {
        "content": ["P8.1", "P8.2", "TX.1"],
        "component": [component.code for component in lists.components],
        "kind": [kind.code for kind in (*lists.kinds, *lists.models)],
        "subkind": [kind.code for kind in lists.models],
        "group": [kind.group for kind in lists.kinds],
        "standing": ["", "standard", "independent"],
        "unit": [str(unit.pk) for unit in (*world.old, *world.communes, world.new)],
        "owner": [str(agency.pk) for agency in (world.board, world.board_before, world.union)],
        "month": [str(number) for number in range(1, 7)],
        "output": [kind.code for kind in lists.outputs],
        "category": [kind.code for kind in lists.audiences],
        "dimension": ["audience"],
        "source": ["central", "local", "other_lawful", "integrated"],
        "capital": ["recurrent"],
        "year": ["2025", "2026"],
        "issuer": ["own", "above"],
        "framework": ["KHUNG"],
        "objective": ["MT1"],
    }
    if figure.code.startswith("indicators."):
        picked = [{"indicator": indicator.code} for indicator in lists.indicators]
        parts = lists.categories[lists.indicators[0].pk][1:]
        return [*picked, {"indicator": "1.1", "category": str(parts[0].pk)}]
    axes = figure.axes - ({"kind"} if figure.code.startswith("papers") else set())
    return [{axis: data.draw(st.sampled_from(values[axis]))} for axis in sorted(axes)]


ASKS = [
    every_tally(activity_figures.ACTIVITIES, "content", "component", "kind", "group", "unit", "owner", "month"),
    every_tally(activity_figures.OUTPUTS, "content", "month", "output"),
    every_tally(model_figures.EVENTS, "kind", "subkind", "standing"),
    every_tally(money_figures.ENTRIES, "content", "source", "capital"),
    Ask((FIGURES["activities.communes"],)),
]


def assert_equal(value, listed, figure, said):
    """A figure without data has an empty list, or one without a sum: readings that are bare values, nothing's share."""
    if value is None:
        assert not listed or isinstance(figure, (Share, JudgedFigure)), said
    else:
        assert listed is not None, said
        assert abs(listed - value) < 1e-9, said


def assert_opened_adds_up(figure, at, values):
    if isinstance(figure, IndicatorValue):
        return  # it has no value without an indicator
    opened = open_ref(Ref(figure.code, {}, at), values.scope, values.compared)
    assert values.get(figure.code, at).value == opened.value.value, (figure.code, at)
    assert_equal(opened.value.value, opened.total(), figure, (figure.code, at))


@pytest.mark.parametrize("kind", ReportScope)
def test_every_figure_opens_as_a_list_that_adds_up(world, kind):
    """One by one and many at once, without axes and along each axis."""
    scope = Scope.of(world.board, world.new, kind)
    compared = Compared.of(world.periods["2026-H1"])

    @SLOW
    @given(st.data())
    def walk(data):
        with transaction.atomic():
            random_facts.fill(data, world, world.lists)
            values = Values(scope, compared, ASKS)
            for figure, at in product(FIGURES.values(), At):
                assert_opened_adds_up(figure, at, values)
            for figure, at in product(FIGURES.values(), (At.NOW, At.LAST_YEAR)):
                for axes in axes_of(figure, world, data):
                    listed = figure.total(figure.facts(scope, compared.at(at), **axes))
                    assert_equal(values.get(figure.code, at, **axes).value, listed, figure, (figure.code, axes, at))
            transaction.set_rollback(True)

    walk()
