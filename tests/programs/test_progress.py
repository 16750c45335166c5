"""How far items are, from facts: each counted once, drafts never, parts divided by those that state them."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.models import Agency
from programs.enums import CoverageState, FactState, ItemState, Measure, ModelNature, PartAnswer
from programs.models import ActivityOutput, OutputKind, PlanItem
from programs.plan_actions import answer_part, save_item
from programs.progress import (
    Progress,
    Share,
    coverage,
    months_of,
    progress_of,
    totals_of,
    waiting_for_others,
)
from tests import factories
from tests.programs import plans
from tests.programs.plans import DAY, hat

pytestmark = pytest.mark.django_db
MID, AFTER = date(2026, 6, 30), date(2027, 1, 1)


@pytest.fixture
def item(cast):
    """4 sessions within 2026."""
    return plans.plan(cast).items.get()


def now(item, day=MID) -> Progress:
    return progress_of([PlanItem.objects.get(pk=item.pk)], day)[item.pk]


def act(cast, item, **fields):
    return factories.activity(cast.board, cast.commune, plan_item=item, **fields)


# ---- state and percentage ----


@pytest.mark.parametrize(
    ("sessions", "day", "state", "percent"),
    [
        ([], MID, ItemState.NOT_STARTED, 0),
        ([], AFTER, ItemState.LATE, 0),
        ([1], MID, ItemState.RUNNING, 25),
        ([1], AFTER, ItemState.LATE, 25),
        ([1, 2], MID, ItemState.RUNNING, 75),
        ([1, 3], MID, ItemState.DONE, 100),
        ([6], AFTER, ItemState.DONE, 150),
    ],
)
def test_an_item_with_a_quantity(cast, item, sessions, day, state, percent):
    for number in sessions:
        act(cast, item, sessions=number)
    found = now(item, day)
    assert (found.state, found.percent, found.done) == (state, percent, sum(sessions))


@pytest.mark.parametrize(
    ("held", "day", "state", "percent"),
    [
        (0, MID, ItemState.NOT_STARTED, None),
        (1, MID, ItemState.RUNNING, None),
        (1, date(2026, 12, 31), ItemState.RUNNING, None),
        (1, AFTER, ItemState.DONE, 100),
        (0, AFTER, ItemState.LATE, None),
    ],
)
def test_an_item_without_a_quantity_is_done_when_its_time_is_over(cast, held, day, state, percent):
    item = plans.plan(cast, items=[plans.line(cast, measure="", quantity=None)]).items.get()
    for _time in range(held):
        act(cast, item)
    found = now(item, day)
    assert (found.state, found.percent, found.done) == (state, percent, None)


def test_a_percentage_is_never_rounded_up_to_done(cast):
    item = plans.plan(cast, items=[plans.line(cast, quantity=1000)]).items.get()
    act(cast, item, sessions=999)
    assert (now(item).percent, now(item).state) == (99, ItemState.RUNNING)


def test_drafts_and_later_facts_do_not_count(cast, item):
    act(cast, item, state=FactState.DRAFT)
    act(cast, item, day=date(2026, 7, 1))
    assert now(item).facts == 0
    assert now(item, date(2026, 7, 1)).facts == 1


def test_a_correction_adds_up_and_is_no_fact_of_its_own(cast, item):
    wrong = act(cast, item, sessions=4)
    act(cast, item, sessions=-1, corrects=wrong, reason="Ghi thừa một buổi.")
    found = now(item)
    assert (found.done, found.facts, found.state) == (3, 1, ItemState.RUNNING)


def test_cancelled_from_its_day_on(cast, item):
    item.cancelled_on, item.cancel_reason = MID, "Hết kinh phí."
    item.save()
    assert now(item, MID - timedelta(days=1)).state == ItemState.NOT_STARTED
    assert now(item, MID).state == ItemState.CANCELLED


def test_attendances_products_and_models_are_what_their_measure_counts(cast):
    banners = OutputKind.objects.create(code="bang_ron", name="Băng rôn", word="chiếc")
    leaflets = OutputKind.objects.create(code="to_roi", name="Tờ rơi", word="tờ")
    kind, other = factories.model_kind(), factories.model_kind("khac", name="Khác")
    part = factories.model_kind("phan", name="Tổ lưu động", parent=kind)
    made = plans.plan(
        cast,
        items=[
            plans.line(cast, "Người", measure=Measure.ATTENDANCES, quantity=100),
            plans.line(cast, "Băng rôn", measure=Measure.OUTPUT, quantity=10, output_kind=banners),
            plans.line(cast, "Mô hình", measure=Measure.MODELS, quantity=3, model_kind=kind),
        ],
    )
    people, products, models = made.items.all()
    act(cast, people, attendances=80)
    with_banners = act(cast, products)
    for output, quantity in ((banners, 7), (leaflets, 500)):
        ActivityOutput.objects.create(activity=with_banners, kind=output, quantity=quantity)
    accounts = {of: factories.community_model(cast.board, cast.commune, kind=of) for of in (kind, part, other)}
    for of, nature, quantity in (
        (kind, ModelNature.NEW, 1),
        (part, ModelNature.STRENGTHENED, 1),
        (other, ModelNature.NEW, 5),
        (kind, ModelNature.DISSOLVED, -1),
    ):
        factories.model_event(accounts[of], plan_item=models, nature=nature, quantity=quantity)
    found = progress_of([people, products, models], MID)
    assert [found[row.pk].done for row in (people, products, models)] == [80, 7, 2]
    assert found[models.pk].facts == 4


# ---- shares ----


def test_a_share_divides_by_those_that_state_the_part(cast):
    item = plans.plan(cast, items=[plans.line(cast, women_percent=60)]).items.get()
    act(cast, item, attendances=100, women=70)
    act(cast, item, attendances=1000)
    act(cast, item, sessions=2)
    share = now(item).women
    assert (share.part, share.total, share.percent, share.met) == (70, 100, 70.0, True)
    assert (share.stated, share.sessions) == (1, 4)


@pytest.mark.parametrize(
    ("share", "met"),
    [
        (Share(part=0, total=0, wanted=30), None),
        (Share(part=30, total=100), None),
        (Share(part=30, total=100, wanted=30), True),
        (Share(part=299, total=1000, wanted=30), False),
    ],
)
def test_whether_a_share_is_met(share, met):
    assert share.met is met


activities = st.lists(
    st.fixed_dictionaries(
        {
            "item": st.integers(0, 2),
            "sessions": st.integers(1, 5),
            "attendances": st.none() | st.integers(0, 200),
            "women": st.none() | st.integers(0, 100),
            "partners": st.integers(0, 3),
        }
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=activities)
def test_totals_count_each_activity_once_whatever_its_partners(cast, entries):
    with transaction.atomic():
        made = plans.plan(cast, items=[plans.line(cast, f"Việc {number}") for number in range(3)])
        items, agencies = list(made.items.all()), list(Agency.objects.order_by("pk"))
        for entry in entries:
            women = entry["women"]
            if women is not None:  # a part of nobody knows how many cannot be stated
                women = None if entry["attendances"] is None else min(women, entry["attendances"])
            row = act(cast, items[entry["item"]], **{k: entry[k] for k in ("sessions", "attendances")}, women=women)
            row.partners.set(agencies[: entry["partners"]])
        progress = progress_of(items, MID)
        totals = totals_of(items, progress)
        stated = [row for row in entries if row["attendances"] is not None and row["women"] is not None]
        assert totals.sessions == sum(row["sessions"] for row in entries)
        assert totals.attendances == sum(row["attendances"] or 0 for row in entries)
        assert totals.women.total == sum(row["attendances"] for row in stated)
        assert totals.women.part == sum(min(row["women"], row["attendances"]) for row in stated)
        assert totals.women.stated == sum(row["sessions"] for row in stated)
        assert sum(totals.by_state.values()) == totals.items == 3
        assert sum(row.facts for row in progress.values()) == len(entries)
        transaction.set_rollback(True)


def test_a_sum_of_shares_keeps_its_parts(cast):
    made = plans.plan(cast, items=[plans.line(cast, "Một"), plans.line(cast, "Hai")])
    first, second = made.items.all()
    act(cast, first, attendances=100, women=70)
    act(cast, second, attendances=300, women=30)
    totals = totals_of([first, second], progress_of([first, second], MID))
    assert (totals.women.part, totals.women.total, totals.women.percent) == (100, 400, 25.0)
    assert totals.women.wanted is None
    assert {row.name for row in fields(totals)} >= {"by_state", "sessions"}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_two_queries_for_any_number_of_items(cast, django_assert_num_queries, count):
    made = plans.plan(cast, items=[])
    kind = factories.component()
    rows = [
        PlanItem(
            plan=made,
            position=n,
            key=f"i{n}",
            text="Việc",
            component=kind,
            lead=cast.board,
            starts_on=DAY,
            ends_on=MID,
        )
        for n in range(count)
    ]
    PlanItem.objects.bulk_create(rows)
    items = list(made.items.all())
    with django_assert_num_queries(2):
        assert len(progress_of(items, MID)) == count


# ---- waiting, months, clause × year ----


def test_what_waits_for_the_other_agency(cast):
    stage = plans.in_review(
        cast,
        items=[
            plans.line(cast, "Chờ Hội nhận phần"),
            plans.line(cast, "Hội chủ trì, quá hạn", lead=cast.union, partners=[cast.board], ends_on=MID),
        ],
    )
    items = list(stage.plan.items.for_list())
    progress = progress_of(items, date(2026, 7, 1))
    for_board = waiting_for_others(items, progress, {cast.board.pk})
    assert [(row.item.text, row.agency, row.why) for row in for_board] == [
        ("Chờ Hội nhận phần", cast.union, "answer"),
        ("Hội chủ trì, quá hạn", cast.union, "lead"),
    ]
    part = items[0].parts.get()
    answer_part(part, acting=hat(cast.partner), answer=PartAnswer.ASKS, text="Giảm.", seen=items[0].version)
    items = list(stage.plan.items.for_list())
    for_union = waiting_for_others(items, progress, {cast.union.pk})
    assert [(row.agency, row.why) for row in for_union] == [(cast.board, "answer"), (cast.board, "change")][::-1]


def test_months_of_a_window(cast, item):
    item.starts_on, item.ends_on = date(2026, 11, 15), date(2027, 1, 15)
    assert list(months_of(item, 2026)) == [11, 12]
    assert list(months_of(item, 2027)) == [1]
    assert list(months_of(item, 2028)) == []


def test_coverage_follows_clauses_through_years_and_carried_items(cast):
    agreement = plans.clauses(cast)
    agreement.stage_to = date(2028, 12, 31)
    agreement.save()
    done, planned = list(agreement.document.sections.get().clauses.order_by("position"))
    planned.valid_from = date(2026, 7, 1)
    planned.save()
    first = plans.plan(
        cast,
        agreement=agreement,
        items=[plans.line(cast, "Một", clause=done, quantity=1), plans.line(cast, "Hai", clause=planned)],
    )
    act(cast, first.items.get(text="Một"))
    second = plans.plan(cast, agreement=agreement, year=2027, items=[], continues=first)
    carried = plans.line(cast, "Hai nữa", carried_from=first.items.get(text="Hai"), carried_reason="Chưa đủ.")
    save_item(second, carried, acting=hat(cast.officer), today=DAY)
    found = coverage(agreement, cast.officer, AFTER)
    assert found.years == [2026, 2027, 2028]
    states = [[cell.state for cell in row.cells] for row in found.rows]
    assert states == [
        [CoverageState.DONE, CoverageState.NOTHING, CoverageState.NOTHING],
        [CoverageState.PLANNED, CoverageState.PLANNED, CoverageState.NOTHING],
    ]
    planned.valid_from = date(2028, 1, 1)
    planned.save()
    PlanItem.objects.filter(clause=planned).update(clause=None)
    states = [[cell.state for cell in row.cells] for row in coverage(agreement, cast.officer, AFTER).rows]
    assert states[1] == [CoverageState.NOT_IN_FORCE, CoverageState.NOT_IN_FORCE, CoverageState.NOTHING]
    assert coverage(agreement, cast.stranger, AFTER).rows[0].cells[0].state == CoverageState.NOTHING
