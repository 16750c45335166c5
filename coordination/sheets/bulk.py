"""Rows written in bulk with the same history as rows saved one by one: who, when, in which hat, lists included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from simple_history.models import HistoricalRecords

from coordination.models import User

BATCH = 500  # rows of one statement: SQLite takes 32,766 values
REASON = "Excel"


@dataclass(frozen=True)
class Act:
    """Whose write it is; every row of history carries the same moment and is read as one act."""

    by: User
    acting_for: int | None
    at: datetime

    @classmethod
    def now(cls, by: User, hat: Any) -> Act:
        return cls(by, hat.agency_id if hat else None, timezone.now())


# Of each record the entries of its lists: name of the field → their ids.
Links = Mapping[str, Sequence[int]]


def create_all(records: Sequence[Model], act: Act, links: Sequence[Links] = ()) -> None:
    """`links[i]`: the lists of `records[i]`."""
    if records:
        model: Any = type(records[0])
        model._base_manager.bulk_create(records, batch_size=BATCH)
        _remember(model, records, act, links, update=False)


def update_all(records: Sequence[Model], act: Act, links: Sequence[Links] = ()) -> None:
    """The caller has locked the rows; each gets the next version."""
    if not records:
        return
    model: Any = type(records[0])
    columns = [
        column
        for column in model._meta.concrete_fields
        if not column.primary_key and column.name not in ("locked_at", "created_at")
    ]
    for record in records:
        if hasattr(record, "version"):
            record.version += 1
        for column in columns:
            column.pre_save(record, False)
    for name in _names(links):  # before the record: places of the old day must not meet the new one
        field = model._meta.get_field(name)
        through, own = field.remote_field.through, field.m2m_column_name()
        through._base_manager.filter(**{f"{own}__in": [record.pk for record in records]}).delete()
    model._base_manager.bulk_update(records, [column.name for column in columns], batch_size=BATCH)
    _remember(model, records, act, links, update=True)


def delete_all(rows: Sequence[Model], act: Act) -> None:
    """Parts of a record that no longer stand there."""
    if not rows:
        return
    model: Any = type(rows[0])
    history = model.history.model
    attrs = {"acting_for_id": act.acting_for}
    history._base_manager.bulk_create(
        [
            history(
                history_date=act.at, history_user=act.by, history_type="-", history_change_reason=REASON,
                **{column.attname: getattr(row, column.attname) for column in history.tracked_fields}, **attrs,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip
    model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _names(links: Sequence[Links]) -> list[str]:
    return list(links[0]) if links else []


def _remember(model: Any, records: Sequence[Model], act: Act, links: Sequence[Links], *, update: bool) -> None:
    """The entries of the lists, and the history of records and lists."""
    rows = model.history.bulk_history_create(
        records, batch_size=BATCH, update=update, default_user=act.by, default_date=act.at,
        default_change_reason=REASON, custom_historical_attrs={"acting_for_id": act.acting_for},
    )  # fmt: skip
    of_record = {record.pk: row for record, row in zip(records, rows, strict=True)}
    for name in _names(links):
        field = model._meta.get_field(name)
        through, own, other = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
        entries = through._base_manager.bulk_create(
            [
                through(**{own: record.pk, other: entry})
                for record, of in zip(records, links, strict=True)
                for entry in of[name]
            ],
            batch_size=BATCH,
        )
        listed = HistoricalRecords.m2m_models[field]
        listed._base_manager.bulk_create(
            [
                listed(
                    history=of_record[getattr(entry, own)],
                    **{column.attname: getattr(entry, column.attname) for column in through._meta.concrete_fields},
                )
                for entry in entries
            ],
            batch_size=BATCH,
        )


def remember_as_loaded(records: Sequence[Any]) -> None:
    """Rows loaded in bulk may have no history: the first change keeps what they said."""
    if not records:
        return
    model = type(records[0])
    ids = [record.pk for record in records]
    known = set(model.history.filter(id__in=ids).values_list("id", flat=True))
    stored = list(model._base_manager.filter(pk__in=set(ids) - known))
    for row in stored:
        row._history_date = getattr(row, "created_at", None) or row.agency.created_at
    model.history.bulk_history_create(stored, batch_size=BATCH)
