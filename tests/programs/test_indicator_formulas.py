"""Indicators that nobody types: counted from the records, by place, before and after a merger."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import ComputedFrom, FactState, KindGroup, ModelNature, Operator
from programs.formulas import FactsOf, by_place, compute, facts_behind, with_amount
from programs.models import (
    Activity,
    ActivityOutput,
    IndicatorFormula,
    Measurement,
    ModelEvent,
    OutputKind,
    Target,
)
from programs.readings import generations
from tests import factories

DAY, FIRST, MERGED = date(2026, 6, 14), date(2025, 12, 15), date(2026, 3, 1)
SPAN = (FIRST, DAY)


def formula(code="T.1", measured_in="buổi", **fields):
    indicator = factories.indicator(code, measured_in=measured_in)
    return IndicatorFormula.objects.create(indicator=indicator, **{"counts": ComputedFrom.SESSIONS} | fields)


def facts(**where):
    return FactsOf(Activity.objects.recorded().filter(**where), ModelEvent.objects.recorded().filter(**where))


def computed(row, span=SPAN, **where):
    pk = row.indicator_id
    [found] = compute({pk: row}, {pk: row.indicator.measured_in}, facts(**where), [span])
    return found[pk].whole if pk in found else None


def test_sessions_of_a_group_within_a_content(cast):
    wanted = factories.component("T.9")
    training = factories.activity_kind("tap_huan", group=KindGroup.TRAINING)
    for day, component, kind, sessions in (
        (DAY, wanted, training, 3),
        (FIRST, wanted, training, 4),
        (DAY + timedelta(1), wanted, training, 100),
        (DAY, factories.component(), training, 100),
        (DAY, wanted, factories.activity_kind(), 100),
    ):
        factories.activity(cast.board, cast.commune, day, component=component, kind=kind, sessions=sessions)
    factories.activity(cast.board, cast.commune, DAY, component=wanted, kind=training, state=FactState.DRAFT)
    found = computed(formula(component=wanted, kind_group=KindGroup.TRAINING))
    assert (found.value, found.counted_from, found.read_on) == (7, 2, DAY)


def test_what_nobody_recorded_is_not_zero(cast):
    assert computed(formula()) is None


def test_outputs_and_models(cast):
    banner = OutputKind.objects.create(code="bang_ron", name="Băng rôn")
    activity = factories.activity(cast.board, cast.commune, DAY)
    ActivityOutput.objects.create(activity=activity, kind=banner, quantity=120)
    ActivityOutput.objects.create(
        activity=activity, kind=OutputKind.objects.create(code="to_roi", name="Tờ rơi"), quantity=9
    )
    kind = factories.model_kind()
    account = factories.community_model(cast.board, cast.commune, kind=kind)
    for day, nature, quantity in (
        (date(2024, 1, 1), ModelNature.OPENING, 10),
        (DAY, ModelNature.NEW, 3),
        (DAY, ModelNature.DISSOLVED, -1),
        (DAY + timedelta(1), ModelNature.NEW, 5),
    ):
        factories.model_event(account, day, nature=nature, quantity=quantity)
    rows = {
        "120": formula("A", counts=ComputedFrom.OUTPUTS, output_kind=banner),
        "12": formula("B", counts=ComputedFrom.STOCK, model_kind=kind),
        "3": formula("C", counts=ComputedFrom.NEW_MODELS, model_kind=kind),
    }
    assert {str(computed(row).value): row for row in rows.values()} == rows
    for number, row in rows.items():
        listed = with_amount(row, facts_behind(row, facts(), SPAN))
        assert sum(fact.amount for fact in listed) == int(number)


@pytest.mark.parametrize("formulas", [1, 3, 30])
def test_all_formulas_are_counted_in_three_queries(cast, formulas, django_assert_num_queries):
    factories.activity(cast.board, cast.commune, DAY, attendances=30)
    kind = factories.model_kind()
    rows = []
    for number in range(formulas):
        rows += [
            formula(f"S{number}"),
            formula(f"O{number}", counts=ComputedFrom.OUTPUTS),
            formula(f"M{number}", counts=ComputedFrom.STOCK, model_kind=kind),
        ]
    asked, measures = {row.indicator_id: row for row in rows}, {row.indicator_id: "buổi" for row in rows}
    with django_assert_num_queries(3):
        compute(asked, measures, facts(), [SPAN, (FIRST, FIRST)])


# ---- properties ----

PEOPLE = st.integers(0, 500)
PROPERTY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@PROPERTY
@given(entries=st.lists(st.tuples(PEOPLE, st.none() | st.integers(0, 100)), min_size=1, max_size=8))
def test_a_share_never_divides_by_activities_that_do_not_state_the_part(cast, entries):
    Activity.objects.all().delete()
    for attendances, percent in entries:
        women = None if percent is None else attendances * percent // 100
        factories.activity(cast.board, cast.commune, DAY, attendances=attendances, women=women)
    IndicatorFormula.objects.all().delete()
    found = computed(formula("W", "%", counts=ComputedFrom.WOMEN))
    stated = [(attendances, attendances * percent // 100) for attendances, percent in entries if percent is not None]
    if not stated:
        assert found is None
        return
    whole, women = (sum(column) for column in zip(*stated, strict=True))
    assert (found.numerator, found.denominator, found.counted_from) == (women, whole, len(stated))
    assert found.value == (Decimal(100) * women / whole if whole else None)


@pytest.fixture
def rearranged(cast):
    """Two provinces became one on 1 March 2026. Of the old communes one goes on, one went into another as a whole,

    and one went into two.
    """
    old = [factories.province(name, valid_to=MERGED - timedelta(1)) for name in ("Cũ A", "Cũ B")]
    new = factories.province("Mới", valid_from=MERGED)
    communes = [factories.commune(old[at % 2], f"Xã {at}", valid_to=MERGED - timedelta(1)) for at in range(3)]
    later = [factories.commune(new, f"Phường {at}", valid_from=MERGED) for at in range(2)]
    whole, part = SuccessionExtent.WHOLE, SuccessionExtent.PART
    edges = [
        (old[0], new, whole),
        (old[1], new, whole),
        (communes[0], later[0], whole),
        (communes[1], later[0], whole),
    ]
    edges += [(communes[2], later[0], part), (communes[2], later[1], part)]
    for before, after, extent in edges:
        UnitSuccession.objects.create(
            predecessor=before, successor=after, on=MERGED, nature=SuccessionNature.MERGED, extent=extent
        )
    return {"old": old, "new": new, "communes": communes, "later": later}


@PROPERTY
@given(entries=st.lists(st.tuples(st.integers(0, 7), st.integers(1, 40)), min_size=1, max_size=12))
def test_communes_what_is_above_and_what_is_not_placed_make_the_province(cast, rearranged, entries):
    """Before the merger and after it, whatever was logged where."""
    Activity.objects.all().delete()
    IndicatorFormula.objects.all().delete()
    units = [*rearranged["communes"], *rearranged["later"], *rearranged["old"], rearranged["new"]]
    for at, sessions in entries:
        unit = units[at]
        day = DAY if unit.valid_from == MERGED else date(2026, 2, 1)
        factories.activity(cast.board, unit, day, sessions=sessions)
    within = {"province__in": list(generations(rearranged["new"]))}
    row = formula("P")
    placed = by_place(row, facts(**within), SPAN, DAY)
    every = sum(sessions for _at, sessions in entries)
    assert placed.total.number == computed(row, **within).value == every
    assert placed.total.rows == len(entries)
    assert placed.apart.number == sum(sessions for at, sessions in entries if at == 2)
    assert placed.above.number == sum(sessions for at, sessions in entries if at > 4)
    assert {line.unit for line in placed.communes} <= set(rearranged["later"])
    before = (FIRST, MERGED - timedelta(1))
    then = {old: by_place(row, facts(province=old), before, before[1]) for old in rearranged["old"]}
    for old, found in then.items():
        here = computed(row, before, province=old)
        assert found.total.number == (here.value if here else 0)
        assert found.apart.number == 0


# ---- pages ----


@pytest.fixture
def page_of(client, cast):
    row = formula("8.1", component=factories.component())
    Target.objects.create(indicator=row.indicator, year=2026, operator=Operator.AT_LEAST, value=10)
    factories.period("2026-H1")
    factories.activity(cast.board, cast.commune, DAY, sessions=12)
    client.force_login(cast.officer)
    return row


def test_scoreboard_and_page_say_that_it_is_counted_and_open_the_records(client, cast, page_of):
    [group] = client.get("/indicators/", {"day": "14/6/2026"}).context["board"].groups
    [row] = group.rows
    assert (row.value, row.counted_from, row.line.status) == ("12", 1, "exceeded")
    page = client.get(reverse("programs:measurement_list", args=["8.1"]), {"day": "14/6/2026"})
    assert "Không ai phải nhập chỉ tiêu này" in page.text
    listed = client.get(page.context["computed"].url)
    assert [fact.amount for fact in listed.context["page"]] == [12]


def test_reading_by_hand_is_refused_with_a_sentence(client, cast, page_of):
    grid = client.get("/indicators/readings/", {"day": "14/6/2026"})
    assert [one.code for one in grid.context["grid"].computed] == ["8.1"]
    data = {"day": "14/06/2026", "unit": cast.province.pk, f"r{page_of.indicator_id}-0-value": "99"}
    refused = client.post("/indicators/readings/", data)
    assert (refused.status_code, Measurement.objects.count()) == (422, 0)
    assert "tính từ sổ ghi, không nhập tay" in refused.text


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_pages_of_a_computed_indicator_ask_as_much_for_many_records(client, cast, page_of, rows):
    for at in range(rows):
        factories.activity(cast.board, cast.commune, DAY, title=f"Buổi {at}")
    counts = []
    for url in ("/indicators/?day=14/6/2026", "/indicators/8.1/readings/?day=14/6/2026", "/indicators/8.1/records/"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts == [15, 23, 13]
