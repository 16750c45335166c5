"""The control of "refused writes change nothing": one field changed in any table is noticed, in that table alone."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, models, transaction

from coordination.enums import ClauseChangeNature
from coordination.models import ClauseChange, DocumentMove, DocumentVersion, Opinion, ReviewText
from programs.models import Assignment, CorrectionRequest, Evidence, Measurement, PlanItem
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement, put_to_review
from tests.digest import changed_tables, changes_since, digest, tables

pytestmark = pytest.mark.django_db
OTHER_VALUES = {
    models.BooleanField: (True, False),
    models.DateTimeField: tuple(datetime.datetime(2026, 1, day, tzinfo=datetime.UTC) for day in (2, 3)),
    models.DateField: (datetime.date(2026, 1, 2), datetime.date(2026, 1, 3)),
    models.DecimalField: (Decimal(1), Decimal(2)),
    models.JSONField: ({"a": 1}, {"a": 2}),
    models.UUIDField: (uuid.UUID(int=1), uuid.UUID(int=2)),
    models.CharField: ("a", "b"),
    models.TextField: ("a", "b"),
    models.FileField: ("a", "b"),
    models.IntegerField: (1, 2),
}

COMPLETE = {  # of a pair both or neither, of several one
    DocumentMove: {"moved_at": None},
    Measurement: {"value": 1},
    PlanItem: {"quantity": 1, "cancelled_on": datetime.date(2026, 1, 2)},
    Assignment: {"withdrawn_reason": ""},
    CorrectionRequest: {"activity_id": 1},
    Evidence: {"activity_id": 1},
}
NEVER_CHANGED = {DocumentVersion, Opinion, ReviewText}  # a trigger sees to it: a row more is what can happen to it


def values_for(field):
    """Two that the field may hold, as far as one can tell without its table."""
    if field.choices:
        return [value for value, _label in field.flatchoices][:2]
    if field.is_relation:
        return (2 * abs(field.creation_counter), 2 * abs(field.creation_counter) + 1)  # no record points to itself
    return next(values for kind, values in OTHER_VALUES.items() if isinstance(field, kind))


def some_row(model):
    return model._base_manager.first() or made_up(model)


def made_up(model):
    """What it points to need not exist, since it never outlives the test."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    values = {field.attname: values_for(field)[0] for field in fields if not field.null}
    row = model(**values | COMPLETE.get(model, {}))
    return model._base_manager.bulk_create([row])[0]


def change_one_field(row):
    """The first field the database lets go of: triggers and constraints guard some."""
    for field in row._meta.concrete_fields:
        if field.primary_key or isinstance(field, models.GeneratedField):
            continue
        for value in values_for(field):
            if value == getattr(row, field.attname):
                continue
            try:
                with transaction.atomic():
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})
            except DatabaseError:
                continue
            return
    pytest.fail(f"no field of {row._meta.db_table} can be changed")


@pytest.fixture
def change_of_a_clause(cast):
    """Triggers see to it that a clause stands in an agreement, and its change in an amendment of that one."""
    clause = put_to_review(cast).clause
    amendment = agreement(cast)
    changed(amendment, amends=clause.section.document.agreement)()
    return ClauseChange.objects.create(
        amendment=amendment, nature=ClauseChangeNature.REPEALED, clause=clause, valid_from=datetime.date(2026, 7, 1)
    )


@pytest.mark.usefixtures("change_of_a_clause")
def test_digest_notices_one_field_in_any_table(db):
    unnoticed = {}
    for model in tables():
        with transaction.atomic():
            row = None if model in NEVER_CHANGED else some_row(model)
            before = digest()
            if row is None:
                made_up(model)
            else:
                change_one_field(row)
            if (noticed := changed_tables(before, digest())) != [model._meta.db_table]:
                unnoticed[model._meta.db_table] = noticed
            transaction.set_rollback(True)
    assert unnoticed == {}


def test_digest_of_the_same_rows_is_the_same(db):
    assert changed_tables(digest(), digest()) == []


def test_reading_is_no_change(db):
    with changes_since({}) as changes, transaction.atomic():
        assert list(Measurement.objects.select_for_update()) == []
    assert changes() == []


def save(row):
    row.save()


def write_by_hand(row):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programs_objective SET name = %s", [row.name])


def write_many(row):
    type(row).objects.bulk_update([row], ["name"])


@pytest.mark.parametrize("write", [save, write_by_hand, write_many])
def test_every_way_to_write_is_noticed(cast, write):
    row, before = factories.indicator().objective, digest()
    row.name = "Khác"
    with changes_since(before) as changes:
        write(row)
        assert changes() == [row._meta.db_table]
    assert changed_tables(before, digest()) == [row._meta.db_table]


def test_change_taken_back_is_none(cast):
    row, before = factories.indicator().objective, digest()
    row.name = "Khác"
    with changes_since(before) as changes:
        with transaction.atomic():
            row.save()
            transaction.set_rollback(True)
        assert changes() == []
