"""Every trigger of the fact tables, broken once: by the table it stands on, its rule and the event."""

from datetime import date
from functools import partial

import pytest
from django.utils import timezone

from coordination.refusals import message_for
from programs.enums import BudgetNature, CountDimension, FundingSource, ModelNature
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    BudgetEntry,
    CommunityModel,
    CountCategory,
    Measurement,
    ModelEvent,
    OutputKind,
    Topic,
)
from programs.triggers import FACTS
from tests import factories
from tests.constraints import assert_refused, changed, removal, twin

OLD = date(2024, 3, 8)  # before the merger of the old commune, before the young agency opened
NOW = date(2026, 3, 8)


def fact_of(table, cast, unit=None, owner=None, day=NOW, **fields):
    unit, owner = unit or cast.commune, owner or cast.board
    if table is ModelEvent:
        model = fields.pop("model", None) or factories.community_model(owner, unit)
        return factories.model_event(model, day, owner=owner, unit=unit, **fields)
    make = {
        Activity: factories.activity,
        Measurement: factories.measurement,
        BudgetEntry: factories.budget_entry,
    }[table]
    return make(owner, unit, day, **fields)


def locked(fact):
    changed(fact, locked_at=timezone.now())()
    fact.refresh_from_db()
    return fact


def old_commune(cast):
    return factories.commune(cast.province, "Xã cũ", valid_to=date(2025, 6, 30))


def closed_agency(cast):
    return factories.agency(cast.province, "Ban Dân tộc", "BDT", closed_on=date(2025, 2, 28))


def inserted(fact, **values):
    """A new row beside `fact`, with a reason so that nothing else makes it a double."""
    return twin(fact, **{"reason": "Bổ sung số liệu"} | values)


# Rule -> the write that breaks it, for INSERT and for UPDATE, in a table of facts.
def placed_elsewhere(fact, cast):
    return {"province": cast.elsewhere}


def unit_gone(fact, cast):
    return {"unit": old_commune(cast)}


def owner_closed(fact, cast):
    return {"owner": closed_agency(cast)}


def correction_of_another_agency(fact, cast):
    """The fact belongs to the board, what it would correct to the Union."""
    other = fact_of(type(fact), cast, owner=cast.union)
    return {"corrects": other, "reason": "Bổ sung số liệu"}


OF_FACTS = {
    "in_province": placed_elsewhere,
    "unit_of_its_day": unit_gone,
    "owner_of_its_day": owner_closed,
    "corrects_its_like": correction_of_another_agency,
}


def count(activity):
    category = CountCategory.objects.create(code="mong", name="Mông", dimension=CountDimension.ETHNIC_GROUP)
    return ActivityCount.objects.create(activity=activity, category=category, attendances=40, women=20)


def output(activity):
    kind = OutputKind.objects.create(code="bang_ron", name="Băng rôn", word="cái")
    return ActivityOutput.objects.create(activity=activity, kind=kind, quantity=120)


def cost(activity):
    return ActivityCost.objects.create(activity=activity, source=FundingSource.CENTRAL, amount_vnd=1)


def linked(fact, relation, choice):
    """A row of the table that holds a list of choices."""
    getattr(fact, relation).add(choice)
    return getattr(type(fact), relation).through.objects.get()


def child_of(fact, table, cast):
    """A row of one of the tables that say more about a fact."""
    makers = {
        "programs_activitycount": count,
        "programs_activityoutput": output,
        "programs_activitycost": cost,
        "programs_activity_topics": lambda fact: linked(fact, "topics", Topic.objects.create(code="498", name="498")),
        "programs_activity_other_units": lambda fact: linked(fact, "other_units", cast.far_commune),
    }
    return makers.get(table, lambda fact: linked(fact, "partners", cast.union))(fact)


CHILDREN = [
    *((Activity, f"programs_activity{part}") for part in ("count", "output", "cost", "_topics", "_other_units")),
    *((fact, f"{fact._meta.db_table}_partners") for fact in FACTS),
]


def write_child(event, fact_table, table, cast):
    fact = fact_of(fact_table, cast)
    row = child_of(fact, table, cast)
    if event == "insert":
        row.delete()
        row.pk = None
        locked(fact)
        return lambda: row.save(force_insert=True)
    locked(fact)
    parent = next(field.attname for field in row._meta.concrete_fields if field.related_model is type(fact))
    return removal(row) if event == "delete" else changed(row, **{parent: fact.pk})


def stock(cast):
    """An account with ten models, of which three were dissolved later."""
    model = factories.community_model(cast.board, cast.commune)
    opening = factories.model_event(model, date(2026, 1, 1), nature=ModelNature.OPENING, quantity=10)
    dissolved = factories.model_event(model, NOW, nature=ModelNature.DISSOLVED, quantity=-3)
    return opening, dissolved


def sixty(cast):
    return factories.activity(cast.board, cast.commune, attendances=60, women=30)


def hre():
    return CountCategory.objects.create(code="hre", name="Hrê", dimension=CountDimension.ETHNIC_GROUP)


def write_negative(event, part, cast):
    row = {"count": count, "output": output, "cost": cost}[part](factories.activity(cast.board, cast.commune))
    column = {"count": "women", "output": "quantity", "cost": "amount_vnd"}[part]
    if event == "update":
        return changed(row, **{column: -1})
    row.delete()
    row.pk = None
    setattr(row, column, -1)
    return lambda: row.save(force_insert=True)


def no_correction_any_more(cast, **numbers):
    added = factories.activity(cast.board, cast.commune, reason="Bổ sung số liệu")
    ActivityCount.objects.create(activity=added, category=hre(), **numbers)
    return changed(added, reason="")


CASES = {
    "programs_communitymodel__communitymodel_in_province__insert": lambda cast: twin(
        factories.community_model(cast.board, cast.commune), unit=cast.far_commune
    ),
    "programs_communitymodel__communitymodel_in_province__update": lambda cast: changed(
        factories.community_model(cast.board, cast.commune), province=cast.elsewhere
    ),
    "programs_activitycount__activity_counts_within_total__insert": lambda cast: (
        lambda: count(factories.activity(cast.board, cast.commune, attendances=39, women=30))
    ),
    "programs_activitycount__activity_counts_within_total__update": lambda cast: changed(count(sixty(cast)), women=31),
    "programs_activity__activity_counts_within_total__update": lambda cast: changed(
        count(sixty(cast)).activity, attendances=39
    ),
    **{
        f"programs_activity{part}__activity_part_not_negative__{event}": partial(write_negative, event, part)
        for part in ("count", "output", "cost")
        for event in ("insert", "update")
    },
    "programs_activity__activity_part_not_negative__update": lambda cast: no_correction_any_more(
        cast, attendances=-1, women=-1
    ),
    "programs_activitycount__activity_count_women_within__insert": lambda cast: inserted(
        count(sixty(cast)), category=hre(), women=41, attendances=40
    ),
    "programs_activitycount__activity_count_women_within__update": lambda cast: changed(
        count(factories.activity(cast.board, cast.commune)), women=41
    ),
    "programs_activity__activity_count_women_within__update": lambda cast: no_correction_any_more(
        cast, attendances=1, women=2
    ),
    "programs_activity_other_units__activity_others_of_day__insert": lambda cast: (
        lambda: linked(sixty(cast), "other_units", old_commune(cast))
    ),
    "programs_activity_other_units__activity_others_of_day__update": lambda cast: changed(
        linked(sixty(cast), "other_units", cast.commune), administrativeunit=old_commune(cast)
    ),
    "programs_activity__activity_others_of_day__update": lambda cast: changed(
        linked(factories.activity(cast.board, cast.commune, OLD), "other_units", old_commune(cast)).activity,
        starts_on=NOW,
        ends_on=NOW,
        counted_on=NOW,
    ),
    "programs_modelevent__model_stock_not_negative__insert": lambda cast: twin(
        stock(cast)[1], counted_on=date(2026, 2, 1), quantity=-8
    ),
    "programs_modelevent__model_stock_not_negative__update": lambda cast: changed(stock(cast)[1], quantity=-11),
    "programs_modelevent__model_stock_not_negative__delete": lambda cast: removal(stock(cast)[0]),
}


def cases_of_facts():
    for fact in FACTS:
        table, prefix = fact._meta.db_table, fact._meta.model_name
        for rule, wrong in OF_FACTS.items():
            yield f"{table}__{prefix}_{rule}__insert", partial(insert_wrong, fact, wrong)
            yield f"{table}__{prefix}_{rule}__update", partial(update_wrong, fact, wrong)
        yield f"{table}__{prefix}_frozen__update", partial(update_locked, fact)
        yield f"{table}__{prefix}_frozen__delete", partial(delete_locked, fact)
    for fact, table in CHILDREN:
        for event in ("insert", "update", "delete"):
            yield f"{table}__{fact._meta.model_name}_frozen__{event}", partial(write_child, event, fact, table)


def insert_wrong(table, wrong, cast):
    fact = fact_of(table, cast)
    return inserted(fact, **wrong(fact, cast))


def update_wrong(table, wrong, cast):
    fact = fact_of(table, cast)
    return changed(fact, **wrong(fact, cast))


def update_locked(table, cast):
    return changed(locked(fact_of(table, cast)), note="Sửa sau khi chốt")


def delete_locked(table, cast):
    return removal(locked(fact_of(table, cast)))


CASES |= dict(cases_of_facts())


@pytest.mark.parametrize("trigger", sorted(CASES))
def test_database_refuses(cast, trigger):
    assert_refused(CASES[trigger](cast), trigger.split("__")[1])


@pytest.mark.parametrize("fact", FACTS)
def test_a_unit_takes_facts_of_the_days_it_existed(cast, fact):
    assert fact_of(fact, cast, unit=old_commune(cast), day=OLD).pk
    young = factories.commune(cast.province, "Xã mới", valid_from=date(2025, 7, 1))
    assert fact_of(fact, cast, unit=young, day=date(2025, 7, 1)).pk
    assert_refused(
        lambda: fact_of(fact, cast, unit=young, day=date(2025, 6, 30)), f"{fact._meta.model_name}_unit_of_its_day"
    )


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_may_speak_of_a_whole_province(cast, fact):
    assert fact_of(fact, cast, unit=cast.province).province == cast.province
    assert_refused(
        lambda: fact_of(fact, cast, unit=cast.province, province=cast.elsewhere),
        f"{fact._meta.model_name}_in_province",
    )


@pytest.mark.parametrize("fact", FACTS)
def test_an_agency_takes_facts_from_its_opening_to_its_closing(cast, fact):
    young = factories.agency(cast.province, "Sở mới", "SM", opened_on=date(2025, 3, 1))
    rule = f"{fact._meta.model_name}_owner_of_its_day"
    assert fact_of(fact, cast, owner=young, day=date(2025, 3, 1)).pk
    assert_refused(lambda: fact_of(fact, cast, owner=young, day=date(2025, 2, 28)), rule)
    closed = closed_agency(cast)
    assert fact_of(fact, cast, owner=closed, day=date(2025, 2, 28)).pk
    assert_refused(lambda: fact_of(fact, cast, owner=closed, day=date(2025, 3, 1)), rule)


@pytest.mark.parametrize("fact", FACTS)
def test_a_locked_fact_can_only_be_unlocked(cast, fact):
    row = locked(fact_of(fact, cast))
    rule = f"{fact._meta.model_name}_frozen"
    assert_refused(changed(row, locked_at=timezone.now()), rule)
    assert_refused(changed(row, locked_at=None, note="Sửa luôn"), rule)
    changed(row, locked_at=None)()
    changed(row, note="Sửa được")()
    row.refresh_from_db()
    assert (row.locked_at, row.note) == (None, "Sửa được")


@pytest.mark.parametrize("fact", FACTS)
def test_a_locked_fact_can_be_corrected(cast, fact):
    row = locked(fact_of(fact, cast))
    inserted(row, corrects=row)()
    assert row.corrections.get().reason == "Bổ sung số liệu"


@pytest.mark.parametrize("fact", FACTS)
def test_what_is_corrected_stays_with_its_correction(cast, fact):
    row = fact_of(fact, cast)
    inserted(row, corrects=row)()
    assert_refused(changed(row, owner=cast.union), f"{fact._meta.model_name}_corrects_its_like")


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_cannot_correct_itself(cast, fact):
    row = fact_of(fact, cast)
    assert_refused(changed(row, corrects=row, reason="Sửa"), f"{fact._meta.model_name}_corrects_its_like")


def test_a_correction_stays_on_its_line(cast):
    """The line of the table in which the wrong number stands."""
    lines = [
        (fact_of(ModelEvent, cast), {"nature": ModelNature.STRENGTHENED}),
        (fact_of(ModelEvent, cast), {"model": factories.community_model(cast.board, cast.commune)}),
        (fact_of(Measurement, cast), {"indicator": factories.indicator("1.2")}),
        (fact_of(BudgetEntry, cast), {"source": FundingSource.LOCAL}),
        (fact_of(BudgetEntry, cast), {"nature": BudgetNature.CARRIED_OVER}),
    ]
    for fact, other_line in lines:
        rule = f"{fact._meta.model_name}_corrects_its_like"
        assert_refused(inserted(fact, corrects=fact, **other_line), rule)


def test_a_child_cannot_leave_a_locked_fact(cast):
    """Moved to another activity it would be missing in the frozen one; moved in, it would be too many."""
    one, other = sixty(cast), factories.activity(cast.board, cast.commune, attendances=60, women=30)
    part = count(one)
    locked(one)
    assert_refused(changed(part, activity=other), "activity_frozen")
    locked(other)
    changed(one, locked_at=None)()
    assert_refused(changed(part, activity=other), "activity_frozen")


def test_counts_may_exceed_what_is_not_stated(cast):
    assert count(factories.activity(cast.board, cast.commune)).attendances == 40


def test_counts_of_a_correction_are_checked_by_its_form(cast):
    assert count(factories.activity(cast.board, cast.commune, attendances=-5, reason="Bổ sung")).attendances == 40


def test_a_total_may_be_lowered_to_its_largest_part(cast):
    part = count(sixty(cast))
    changed(part.activity, attendances=40, women=20)()
    assert Activity.objects.get().attendances == 40


def test_stock_may_fall_to_nothing(cast):
    _opening, dissolved = stock(cast)
    changed(dissolved, quantity=-10)()
    assert ModelEvent.objects.get(pk=dissolved.pk).quantity == -10


def test_stock_is_counted_by_account(cast):
    """Ten models of another account do not help this one."""
    stock(cast)
    poor = factories.community_model(cast.board, cast.commune)
    assert CommunityModel.objects.count() == 2
    assert_refused(
        lambda: factories.model_event(poor, nature=ModelNature.DISSOLVED, quantity=-1), "model_stock_not_negative"
    )


def test_a_draft_does_not_change_the_stock(cast):
    _opening, dissolved = stock(cast)
    twin(dissolved, quantity=-50, state="draft")()
    assert_refused(
        lambda: ModelEvent.objects.filter(quantity=-50).update(state="recorded"), "model_stock_not_negative"
    )


def test_people_are_told_what_to_do_with_a_frozen_record(cast):
    row = locked(fact_of(Activity, cast))
    with pytest.raises(Exception, match="activity_frozen") as refusal:
        changed(row, title="Tên khác")()
    assert message_for(refusal.value) == (
        "Bản ghi đã nằm trong báo cáo đã chốt nên không sửa, xóa được. Hãy lập bản bổ sung số liệu và ghi rõ lý do."
    )
