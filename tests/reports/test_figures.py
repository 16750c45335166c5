"""Every number opens the list it was counted from, and that list adds up to it."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coordination.loaders import Loaded
from programs.enums import BudgetNature, FundingSource, ModelNature, Precision
from programs.fact_actions import correct_fact
from programs.forms.corrections import CorrectionForm, as_corrected
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports import loaders
from reports.enums import PeriodKind, ReportScope
from reports.figures import (
    FIGURES,
    NOTHING,
    Amount,
    At,
    Compared,
    Opened,
    Ref,
    Scope,
    UnknownFigure,
    Values,
    facts_behind,
    open_ref,
)
from reports.figures import activities as activity_figures
from reports.figures import models as model_figures
from reports.figures import money as money_figures
from reports.figures.base import Reach, Share, Tally
from reports.figures.grids import Ask
from reports.figures.indicators import IndicatorValue, JudgedFigure
from reports.figures.registry import every_tally
from reports.figures.scope import REMEMBERED
from reports.figures.windows import Window
from reports.models import ReportActivity, ReportingPeriod
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
        "project": ["P8"],
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
        "item": ["1"],
        "items": ["1.2"],
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
    """A figure without data has an empty list, or one without a sum: bare values, the share of nothing."""
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


@pytest.mark.parametrize("examples", [1, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", ReportScope)
def test_every_figure_opens_as_a_list_that_adds_up(world, kind, examples):
    """One by one and many at once, without axes and along each axis."""
    scope = Scope.of(world.board, world.new, kind)
    compared = Compared.of(world.periods["2026-H1"])

    @settings(parent=SLOW, max_examples=examples)
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


def test_control_a_list_that_lost_a_fact_does_not_add_up(world):
    factories.activity(world.board, world.communes[4], sessions=3)
    factories.activity(world.board, world.communes[5], sessions=4)
    scope = Scope.of(world.board, world.new, ReportScope.PROVINCE)
    opened = open_ref(Ref("activities.sessions"), scope, Compared.of(world.periods["2026-H1"]))
    assert (opened.value.value, opened.total()) == (7, 7)
    short = Opened(opened.ref, opened.value, opened.facts.exclude(sessions=3))
    with pytest.raises(AssertionError):
        assert_equal(short.value.value, short.total(), opened.ref.figure, "")


# ---- halves and years ----


def assert_halves_add_up(tally, first, second, year):
    if tally.reach is Reach.SPAN:
        assert (first.value or 0) + (second.value or 0) == (year.value or 0), tally.code
    elif tally.reach is Reach.STOCK:
        assert second == year, tally.code
    else:
        assert first == year, tally.code  # what stood before the first half stood before the year


def test_two_halves_add_up_to_the_year(world):
    """Flows add up, shares are divided again, stocks and readings are those of the end."""
    scope = Scope.of(world.board, world.new, ReportScope.PROVINCE)
    windows = [Window.of(world.periods[code]) for code in ("2025-H1", "2025-H2", "2025-Y")]
    of_year = [
        figure for figure in FIGURES.values() if isinstance(figure, Tally) and figure.code != "activities.communes"
    ]

    @SLOW
    @given(st.data())
    def walk(data):
        with transaction.atomic():
            random_facts.fill(data, world, world.lists)
            first, second, year = windows
            for tally in of_year:
                assert_halves_add_up(tally, *(tally.value(scope, window) for window in windows))
            for share in [figure for figure in FIGURES.values() if isinstance(figure, Share)]:
                parts = [[one.value(scope, window) for one in (share.part, share.whole)] for window in (first, second)]
                if share.part.reach is Reach.SPAN:
                    joined = share.of(parts[0][0] + parts[1][0], parts[0][1] + parts[1][1])
                    assert joined.value == share.value(scope, year).value, share.code
                else:
                    assert share.value(scope, second) == share.value(scope, year), share.code
            transaction.set_rollback(True)

    walk()


# ---- an activity falls into one period of a kind ----

CUTOFFS = [(month, day) for month in (6, 12) for day in (14, 15)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR])
def test_a_span_across_a_cutoff_is_counted_in_one_period_of_a_kind(kind):
    loaders.load_lists(Loaded())
    place = factories.province()
    of, unit = factories.agency(place), factories.commune(place)
    scope = Scope.of(of, place, ReportScope.AGENCY)
    days = [date(year, *cutoff) for year in range(2021, 2033) for cutoff in CUTOFFS]
    ends = [
        day + timedelta(days=more)
        for day in days
        for more in (0, 1)
        if day + timedelta(days=more) < date(2032, 12, 15)
    ]
    rows = [
        factories.activity(of, unit, end, starts_on=end - timedelta(days=3), title=f"Kết thúc ngày {end}")
        for end in ends
    ]
    counted = Counter()
    for period in ReportingPeriod.objects.filter(profile__code="ND09", kind=kind):
        counted.update(FIGURES["activities.records"].facts(scope, Window.of(period)).values_list("pk", flat=True))
    assert counted == {row.pk: 1 for row in rows}


# ---- how many questions ----

FACT_TABLES = tuple(model._meta.db_table for model in (Activity, ModelEvent, Measurement, BudgetEntry))


def fact_queries(captured):
    """Queries that read a fact table."""
    return [query["sql"] for query in captured if any(f'FROM "{table}"' in query["sql"] for table in FACT_TABLES)]


@pytest.mark.parametrize("facts", [1, 30])
def test_both_windows_of_a_report_take_eight_queries(world, facts):
    for number in range(facts):
        day = date(2026, 1, 1) + timedelta(days=number)
        factories.activity(world.board, world.communes[4 + number % 2], day, attendances=10, women=5)
        factories.model_event(factories.community_model(world.board, world.communes[4]), day)
        factories.budget_entry(world.board, world.new, day)
        factories.measurement(world.board, world.new, day, indicator=world.lists.indicators[0])
    scope, compared = Scope.of(world.board, world.new, ReportScope.PROVINCE), Compared.of(world.periods["2026-H1"])
    with CaptureQueriesContext(connection) as captured:
        values = Values(scope, compared, ASKS)
        for figure, at in product(FIGURES.values(), (At.NOW, At.LAST_YEAR)):
            if not isinstance(figure, IndicatorValue) and figure.code not in ("counts.attendances", "counts.women"):
                values.get(figure.code, at)
    assert values.get("activities.sessions").value == facts
    assert len(fact_queries(captured)) == 8


# ---- rules of counting ----


@pytest.fixture
def province_scope(world):
    return Scope.of(world.board, world.new, ReportScope.PROVINCE)


@pytest.fixture
def half(world):
    return Compared.of(world.periods["2026-H1"])


def value(code, scope, window, **axes):
    return FIGURES[code].value(scope, window, **axes)


def test_no_fact_is_no_data_and_not_nought(world, province_scope, half):
    for figure in FIGURES.values():
        if not isinstance(figure, JudgedFigure):
            assert figure.value(province_scope, half.now) == NOTHING, figure.code


def test_drafts_and_other_provinces_never_count(world, province_scope, half):
    factories.activity(world.board, world.communes[4], state="draft")
    factories.activity(world.other, world.far_commune)
    assert value("activities.sessions", province_scope, half.now) == NOTHING


def test_a_province_counts_those_it_was_made_from(world, province_scope, half):
    factories.activity(world.board_before, world.communes[0], date(2025, 3, 8), sessions=2)
    factories.activity(world.union, world.communes[2], date(2025, 3, 8), sessions=3)
    assert value("activities.sessions", province_scope, half.last_year).value == 5
    own = Scope.of(world.board, world.new, ReportScope.AGENCY)
    assert value("activities.sessions", own, half.last_year).value == 2  # its predecessor's


def test_sessions_are_added_up_not_entries(world, province_scope, half):
    factories.activity(world.board, world.communes[4], sessions=6)
    assert value("activities.sessions", province_scope, half.now).value == 6
    assert value("activities.records", province_scope, half.now).value == 1


def test_one_rough_number_keeps_its_word_and_a_sum_says_about(world, province_scope, half):
    factories.activity(world.board, world.communes[4], attendances=1000, precision=Precision.NEARLY)
    assert value("activities.attendances", province_scope, half.now).precision == Precision.NEARLY
    factories.activity(world.board, world.communes[4], attendances=50)
    assert value("activities.attendances", province_scope, half.now).precision == Precision.ABOUT
    assert value("activities.sessions", province_scope, half.now).precision == Precision.EXACT


def test_a_share_divides_by_those_that_state_the_part(world, province_scope, half):
    factories.activity(world.board, world.communes[4], attendances=100, women=60, sessions=3)
    factories.activity(world.board, world.communes[4], attendances=900)
    assert value("activities.women_share", province_scope, half.now).value == 60
    assert value("activities.sessions_with_women", province_scope, half.now).value == 3
    assert value("activities.sessions_without_women", province_scope, half.now).value == 1


def heads(data):
    """Attendances of an activity and those of women: either may be left out, the second with the first."""
    total = data.draw(st.none() | st.integers(1, 500))
    return {"attendances": total, "women": None if total is None else data.draw(st.none() | st.integers(0, total))}


def test_each_activity_counts_once_and_a_share_divides_by_those_that_state_it(world, province_scope, half):
    """Whatever its partners, of the province or not."""
    agencies = [world.board, world.union, world.other]

    @settings(parent=SLOW, max_examples=15)
    @given(st.data())
    def walk(data):
        with transaction.atomic():
            rows = []
            for _number in range(data.draw(st.integers(1, 6))):
                owner = data.draw(st.sampled_from(agencies[:2]))
                given = heads(data) | {"sessions": data.draw(st.integers(1, 9))}
                row = factories.activity(owner, data.draw(st.sampled_from(world.communes[4:])), **given)
                row.partners.set(data.draw(st.sets(st.sampled_from([one for one in agencies if one != owner]))))
                rows.append(given | {"partners": row.partners.exists()})
            stated = [row for row in rows if row["women"] is not None]
            whole = sum(row["attendances"] for row in stated)
            expected = {
                "records": len(rows),
                "sessions": sum(row["sessions"] for row in rows),
                "sessions_together": sum(row["sessions"] for row in rows if row["partners"]),
                "attendances": sum(row["attendances"] or 0 for row in rows),
                "sessions_with_women": sum(row["sessions"] for row in stated),
                "women_share": Fraction(100 * sum(row["women"] for row in stated), whole) if stated else 0,
            }
            found = {code: value(f"activities.{code}", province_scope, half.now).value or 0 for code in expected}
            assert {code: round(float(number), 9) for code, number in found.items()} == {
                code: round(float(number), 9) for code, number in expected.items()
            }
            transaction.set_rollback(True)

    walk()


def test_a_correction_adds_up_in_the_number_and_in_the_share(world, province_scope, half):
    first = factories.activity(world.board, world.communes[4], attendances=100, women=60)
    factories.activity(
        world.board, world.communes[4], attendances=20, sessions=0, corrects=first, reason="đếm sót hai mươi người nam"
    )
    assert value("activities.attendances", province_scope, half.now).value == 120
    assert value("activities.women_share", province_scope, half.now).value == 50


def test_women_stated_by_a_correction_divide_by_everybody_who_came(world, province_scope, half):
    """The task a report sets for the next period: add the women of the sessions that did not state them."""
    factories.activity(world.board, world.communes[4], attendances=100, women=20, sessions=2)
    late = factories.activity(
        world.board, world.communes[4], attendances=100, sessions=3, other_partners="Đồn biên phòng",
        locked_at=timezone.now(),
    )  # fmt: skip
    right = {"sessions": "3", "attendances": "100", "women": "60", "reason": "Danh sách ký nhận", "after": "0"}
    form = CorrectionForm(right, now=as_corrected(late))
    assert form.is_valid(), form.errors
    correct_fact(late, form.additions, reason="Danh sách ký nhận", after=0, token=None, by=factories.user())
    codes = ("sessions", "attendances", "women_share", "sessions_with_women", "sessions_without_women")
    found = [value(f"activities.{code}", province_scope, half.now).value for code in codes]
    assert found == [5, 200, 40, 5, 0]
    assert value("activities.sessions_together", province_scope, half.now).value == 3
    assert as_corrected(late)["women"] == 60


def test_communes_count_once_with_those_an_activity_names(world, province_scope, half):
    for _time in range(2):
        factories.activity(world.board, world.communes[4]).other_units.set([world.communes[5]])
    factories.activity(world.board, world.new)  # for the whole province: no commune
    assert value("activities.communes", province_scope, half.now).value == 2


def test_a_stock_is_the_sum_up_to_the_day_and_flows_are_of_the_span(world, province_scope, half):
    account = factories.community_model(world.board, world.communes[4])
    for day, nature, quantity in (
        (date(2025, 10, 1), ModelNature.OPENING, 40),
        (date(2026, 1, 5), ModelNature.NEW, 3),
        (date(2026, 2, 5), ModelNature.STRENGTHENED, 9),
        (date(2026, 3, 5), ModelNature.DISSOLVED, -1),
        (date(2026, 6, 15), ModelNature.NEW, 7),
    ):
        factories.model_event(account, day, nature=nature, quantity=quantity)
    found = {
        code: value(f"models.{code}", province_scope, half.now).value
        for code in ("stock_start", "new", "strengthened", "dissolved", "stock")
    }
    assert found == {"stock_start": 40, "new": 3, "strengthened": 9, "dissolved": 1, "stock": 42}


def test_only_the_latest_disbursement_reading_counts(world, province_scope, half):
    for day, nature, amount in (
        (date(2026, 1, 10), BudgetNature.ALLOCATED, 900),
        (date(2026, 1, 10), BudgetNature.CARRIED_OVER, 100),
        (date(2026, 3, 31), BudgetNature.DISBURSED, 200),
        (date(2026, 6, 10), BudgetNature.DISBURSED, 450),
        (date(2026, 6, 30), BudgetNature.DISBURSED, 600),  # after the last day
    ):
        factories.budget_entry(world.board, world.new, day, nature=nature, amount_vnd=amount)
    factories.budget_entry(
        world.board, world.new, date(2026, 6, 10), nature=BudgetNature.DISBURSED, source=FundingSource.INTEGRATED,
        amount_vnd=5_000,
    )  # fmt: skip
    assert value("money.plan", province_scope, half.now).value == 1000
    assert value("money.disbursed", province_scope, half.now).value == 450
    assert value("money.rate", province_scope, half.now).value == 45
    assert value("money.integrated", province_scope, half.now).value == 5_000


def test_a_correction_of_a_reading_goes_with_it(world, province_scope, half):
    shared = {"nature": BudgetNature.DISBURSED}
    early = factories.budget_entry(world.board, world.new, date(2026, 3, 31), amount_vnd=200, **shared)
    factories.budget_entry(
        world.board, world.new, date(2026, 4, 2), amount_vnd=-50, corrects=early, reason="ghi thừa", **shared
    )
    assert value("money.disbursed", province_scope, half.now).value == 150
    factories.budget_entry(world.board, world.new, date(2026, 6, 10), amount_vnd=450, **shared)
    assert value("money.disbursed", province_scope, half.now).value == 450


def test_frozen_scope_counts_what_was_remembered(world, half):
    inside = factories.activity(world.board, world.communes[4], sessions=2)
    factories.activity(world.board, world.communes[4], sessions=5)
    report = factories.report(world.board, world.new, period=world.periods["2026-H1"])
    ReportActivity.objects.create(report=report, activity=inside, fact_version=1)
    scope = Scope.of(world.board, world.new, ReportScope.AGENCY)
    assert value("activities.sessions", scope, half.now).value == 7
    restricted = scope.restricted_to(report)
    assert value("activities.sessions", restricted, half.now).value == 2
    assert list(FIGURES["activities.sessions"].facts(restricted, half.now)) == [inside]


def test_what_a_report_counts_gives_the_same_values(world, half):
    """Freezing remembers `facts_behind`; restricted to these, every number stays what it was."""
    scope = Scope.of(world.board, world.new, ReportScope.PROVINCE)

    @SLOW
    @given(st.data())
    def walk(data):
        with transaction.atomic():
            random_facts.fill(data, world, world.lists)
            report = factories.report(world.board, world.new, period=world.periods["2026-H1"])
            for table, facts in facts_behind(scope, half).items():
                remembered, column = REMEMBERED[table]
                remembered.objects.bulk_create(
                    remembered(report=report, fact_version=1, **{f"{column}_id": pk})
                    for pk in facts.values_list("pk", flat=True)
                )
            before, after = (Values(one, half, ASKS) for one in (scope, scope.restricted_to(report)))
            for code, at in product(FIGURES, At):
                if not code.startswith("indicators."):
                    assert before.get(code, at) == after.get(code, at), (code, at)
            transaction.set_rollback(True)

    walk()


# ---- references ----


def test_a_reference_reads_back_as_itself():
    ref = Ref("activities.sessions", {"content": "P8.1", "month": "3"}, At.LAST_YEAR)
    assert str(ref) == "activities.sessions?content=P8.1&month=3&window=last_year"
    assert Ref.parse(str(ref)) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "activities.nothing",
        "activities.sessions?colour=red",
        "activities.sessions?window=never",
        "indicators.value",
    ],
)
def test_an_unknown_reference_is_refused(text):
    with pytest.raises(UnknownFigure):
        Ref.parse(text)


def test_a_change_opens_both_years(world, province_scope, half):
    factories.activity(world.board, world.communes[4], sessions=5)
    factories.activity(world.board_before, world.communes[0], date(2025, 3, 8), sessions=2)
    opened = open_ref(Ref.parse("activities.sessions?window=change"), province_scope, half)
    assert (opened.value.value, opened.total(), [one.total() for one in opened.between]) == (3, 3, [5, 2])


def test_rough_amounts_add_up():
    assert Amount(1, 1, "nearly") + Amount(2, 1) == Amount(3, 2, "nearly")
    assert NOTHING + Amount(2, 1) == Amount(2, 1)
