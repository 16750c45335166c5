"""What the database holds about facts beyond one row.

A fact's unit and owner are checked on the day it counts, when the fact is written: a unit or agency closed later by a
decision keeps the facts it had. Whether a fact is frozen is read from its own row only: a trigger that looked at
reports or periods would lose a race on PostgreSQL.
"""

from collections.abc import Iterator

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, Agency
from coordination.triggers import Trigger, on_write
from programs.constraints import BELOW_ZERO
from programs.enums import FactState, ModelNature
from programs.facts import Fact
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    BudgetEntry,
    CommunityModel,
    Measurement,
    ModelEvent,
)

FACTS: tuple[type[Fact], ...] = (Activity, ModelEvent, Measurement, BudgetEntry)
UNIT, AGENCY = AdministrativeUnit._meta.db_table, Agency._meta.db_table
# What a correction shares with the fact it corrects, so that it lands on the line that was wrong.
SHARED = {
    Activity: ("owner_id",),
    ModelEvent: ("owner_id", "model_id", "nature"),
    Measurement: ("owner_id", "indicator_id", "category_id"),
    BudgetEntry: ("owner_id", "component_id", "year", "source", "capital", "nature"),
}
FROZEN = _("This record stands in a frozen report and cannot be changed. Add a correction with its reason instead.")


def in_province(table: str, prefix: str) -> list[Trigger]:
    """The stored province is that of the unit; figures are asked per province and never look at the unit's."""
    return on_write(
        name=f"{prefix}_in_province",
        table=table,
        columns=("unit_id", "province_id"),
        refuse=f"NEW.province_id <> (SELECT COALESCE(CASE WHEN u.level = '{UnitLevel.PROVINCE}' THEN u.id"
        f" ELSE u.province_id END, 0) FROM {UNIT} u WHERE u.id = NEW.unit_id)",
        message=_("The place does not lie in this province."),
    )


def of_its_day(table: str, prefix: str) -> Iterator[Trigger]:
    yield from on_write(
        name=f"{prefix}_unit_of_its_day",
        table=table,
        columns=("unit_id", "counted_on"),
        refuse=f"EXISTS (SELECT 1 FROM {UNIT} u WHERE u.id = NEW.unit_id"
        " AND (u.valid_from > NEW.counted_on OR u.valid_to < NEW.counted_on))",
        message=_("This place did not exist on that day. Choose the place as it was named then."),
    )
    yield from on_write(
        name=f"{prefix}_owner_of_its_day",
        table=table,
        columns=("owner_id", "counted_on"),
        refuse=f"EXISTS (SELECT 1 FROM {AGENCY} a WHERE a.id = NEW.owner_id"
        " AND (a.opened_on > NEW.counted_on OR a.closed_on < NEW.counted_on))",
        message=_("The agency was not at work on that day: it takes records from its opening to its closing."),
    )


def frozen(fact: type[Fact], table: str, prefix: str) -> Iterator[Trigger]:
    """A locked row refuses DELETE and every UPDATE but one that only clears `locked_at`; so do the rows about it."""
    name = f"{prefix}_frozen"
    columns = [field.column for field in fact._meta.concrete_fields if field.name != "locked_at"]
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    locked = "OLD.locked_at IS NOT NULL"
    yield Trigger(name, table, "DELETE", refuse="TRUE", when=locked, message=FROZEN)
    changed = f"NEW.locked_at IS NOT NULL OR ({new}) {{differs}} ({old})"
    yield Trigger(name, table, "UPDATE", refuse=changed, when=locked, message=FROZEN)
    for child, column in children(fact):
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD")), ("DELETE", ("OLD",))):
            which = f"id IN ({', '.join(f'{row}.{column}' for row in rows)})"
            yield Trigger(
                name,
                child,
                event,
                lock=f"{table} WHERE {which}",
                refuse=f"EXISTS (SELECT 1 FROM {table} WHERE {which} AND locked_at IS NOT NULL)",
                message=FROZEN,
            )


def children(fact: type[Fact]) -> Iterator[tuple[str, str]]:
    """Tables that say more about a fact, with the column that names it: lists of choices, and its parts."""
    for field in fact._meta.local_many_to_many:
        yield field.m2m_db_table(), field.m2m_column_name()
    if fact is Activity:
        for part in (ActivityCount, ActivityOutput, ActivityCost):
            yield part._meta.db_table, "activity_id"


def correction(fact: type[Fact], table: str, prefix: str) -> list[Trigger]:
    """Both ways: neither the correction nor the fact it corrects may move away from the other."""
    shared = SHARED[fact]
    new, other = (", ".join(f"{row}.{column}" for column in shared) for row in ("NEW", "o"))
    return on_write(
        name=f"{prefix}_corrects_its_like",
        table=table,
        columns=("corrects_id", *shared),
        refuse=f"NEW.corrects_id = NEW.id OR EXISTS (SELECT 1 FROM {table} o"
        f" WHERE (o.id = NEW.corrects_id OR o.corrects_id = NEW.id) AND ({new}) {{differs}} ({other}))",
        message=_("A correction belongs to the same agency and the same line as the record it corrects."),
    )


def counts_within() -> Iterator[Trigger]:
    """Where the activity states a total. Corrections are checked by their form, as a sum."""
    activity, count = Activity._meta.db_table, ActivityCount._meta.db_table
    message = _("A part of the attendances exceeds the total: check the parts and the total.")
    yield from on_write(
        name="activity_counts_within_total",
        table=count,
        columns=("activity_id", "attendances", "women"),
        lock=f"{activity} WHERE id = NEW.activity_id",
        refuse=f"EXISTS (SELECT 1 FROM {activity} a WHERE a.id = NEW.activity_id AND a.reason = ''"
        " AND (NEW.attendances > a.attendances OR NEW.women > a.women))",
        message=message,
    )
    yield Trigger(
        name="activity_counts_within_total",
        table=activity,
        event="UPDATE",
        columns=("attendances", "women", "reason"),
        when="NEW.reason = ''",
        refuse=f"EXISTS (SELECT 1 FROM {count} c WHERE c.activity_id = NEW.id"
        " AND (c.attendances > NEW.attendances OR c.women > NEW.women))",
        message=message,
    )


PART_COLUMNS = {
    ActivityCount: ("attendances", "women"),
    ActivityOutput: ("quantity",),
    ActivityCost: ("amount_vnd",),
}
NEGATIVE = {
    ActivityCount: "({row}.attendances < 0 OR {row}.women < 0)",
    ActivityOutput: "{row}.quantity < 0",
    ActivityCost: "{row}.amount_vnd < 0",
}
MORE_WOMEN = {ActivityCount: "{row}.women > {row}.attendances"}


def parts_of_a_record(name: str, wrong: dict[type[Model], str], message: str | Promise) -> Iterator[Trigger]:
    """What no part of a record may be; those of a correction are differences, and checked by its form as a sum."""
    activity = Activity._meta.db_table
    for part, condition in wrong.items():
        yield from on_write(
            name=name,
            table=part._meta.db_table,
            columns=("activity_id", *PART_COLUMNS[part]),
            when=condition.format(row="NEW"),
            lock=f"{activity} WHERE id = NEW.activity_id",
            refuse=f"EXISTS (SELECT 1 FROM {activity} a WHERE a.id = NEW.activity_id AND a.reason = '')",
            message=message,
        )
    found = (
        f"EXISTS (SELECT 1 FROM {part._meta.db_table} p WHERE p.activity_id = NEW.id AND {condition.format(row='p')})"
        for part, condition in wrong.items()
    )
    yield Trigger(
        name,
        activity,
        "UPDATE",
        refuse=" OR ".join(found),
        columns=("reason",),
        when="NEW.reason = ''",
        message=message,
    )


def others_of_day() -> Iterator[Trigger]:
    """The further places of an activity existed on its day, as its first one did."""
    activity, link = Activity._meta.db_table, Activity.other_units.through._meta.db_table
    gone = "(u.valid_from > {day} OR u.valid_to < {day})"
    message = _("One of the further places did not exist on that day. Choose the places as they were named then.")
    yield from on_write(
        name="activity_others_of_day",
        table=link,
        columns=("activity_id", "administrativeunit_id"),
        lock=f"{activity} WHERE id = NEW.activity_id",
        refuse=f"EXISTS (SELECT 1 FROM {activity} a JOIN {UNIT} u ON u.id = NEW.administrativeunit_id"
        f" WHERE a.id = NEW.activity_id AND {gone.format(day='a.counted_on')})",
        message=message,
    )
    yield Trigger(
        name="activity_others_of_day",
        table=activity,
        event="UPDATE",
        columns=("counted_on",),
        when="NEW.counted_on <> OLD.counted_on",
        refuse=f"EXISTS (SELECT 1 FROM {link} o JOIN {UNIT} u ON u.id = o.administrativeunit_id"
        f" WHERE o.activity_id = NEW.id AND {gone.format(day='NEW.counted_on')})",
        message=message,
    )


def stock_not_negative() -> Iterator[Trigger]:
    """On no day does an account hold less than nothing. Writers of one account wait for each other (`lock`)."""
    table, account = ModelEvent._meta.db_table, CommunityModel._meta.db_table
    natures = ", ".join(f"'{nature}'" for nature in ModelNature.stock())
    downwards = {"INSERT": "NEW.quantity < 0", "UPDATE": "", "DELETE": "OLD.quantity > 0"}
    for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD")), ("DELETE", ("OLD",))):
        ids = ", ".join(f"{row}.model_id" for row in rows)
        yield Trigger(
            name="model_stock_not_negative",
            table=table,
            event=event,
            after=True,
            columns=("model_id", "nature", "quantity", "counted_on", "state"),
            when=downwards[event],
            lock=f"{account} WHERE id IN ({ids}) ORDER BY id",
            refuse="EXISTS (SELECT 1 FROM (SELECT SUM(e.quantity) OVER (PARTITION BY e.model_id ORDER BY e.counted_on)"
            f" AS stock FROM {table} e WHERE e.model_id IN ({ids}) AND e.state = '{FactState.RECORDED}'"
            f" AND e.nature IN ({natures})) AS days WHERE days.stock < 0)",
            message=_("There would be fewer than no models left on some day. Enter the opening stock first."),
        )


def of_fact(fact: type[Fact]) -> Iterator[Trigger]:
    table, prefix = fact._meta.db_table, str(fact._meta.model_name)
    yield from in_province(table, prefix)
    yield from of_its_day(table, prefix)
    yield from correction(fact, table, prefix)
    yield from frozen(fact, table, prefix)


TRIGGERS = [
    *(trigger for fact in FACTS for trigger in of_fact(fact)),
    *in_province(CommunityModel._meta.db_table, "communitymodel"),
    *counts_within(),
    *parts_of_a_record("activity_part_not_negative", NEGATIVE, BELOW_ZERO),
    *parts_of_a_record("activity_count_women_within", MORE_WOMEN, _("More women than people: check both numbers.")),
    *others_of_day(),
    *stock_not_negative(),
]
