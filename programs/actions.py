"""Writes over several tables of facts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from coordination.locking import claim_version
from coordination.models import AdministrativeUnit, Agency, User
from programs.enums import FactState
from programs.locks import is_closed
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    CountCategory,
    OutputKind,
    Topic,
)

logger = logging.getLogger(__name__)


class NotADraft(Exception):
    """It was recorded meanwhile: it may stand in a figure somebody has read, and is never deleted."""


class FactLocked(Exception):
    """The record stands in a frozen report; only a correction with a reason can mend it."""


@dataclass(frozen=True)
class ActivityParts:
    """What belongs to an activity beside its own row. `counts`: attendances and women; `costs`: đồng by source."""

    other_units: list[AdministrativeUnit] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    partners: list[Agency] = field(default_factory=list)
    outputs: dict[OutputKind, int] = field(default_factory=dict)
    counts: dict[CountCategory, tuple[int, int | None]] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)

    def rows_of(self, activity: Activity) -> list[models.Model]:
        counts = [
            ActivityCount(activity=activity, category=category, attendances=attendances, women=women)
            for category, (attendances, women) in self.counts.items()
        ]
        outputs = [
            ActivityOutput(activity=activity, kind=kind, quantity=quantity) for kind, quantity in self.outputs.items()
        ]
        costs = [
            ActivityCost(activity=activity, source=source, amount_vnd=amount) for source, amount in self.costs.items()
        ]
        return [*counts, *outputs, *costs]


@transaction.atomic
def log_activity(activity: Activity, parts: ActivityParts, *, by: User) -> Activity:
    """A new record. IntegrityError when the form was already sent or a rule of the database is broken."""
    act = _act(by)
    _save(activity, act)
    _set_links(activity, parts)
    for row in parts.rows_of(activity):
        _save(row, act)
    logger.info("activity logged", extra={"activity": activity.pk, "state": activity.state})
    return activity


@transaction.atomic
def change_activity(activity: Activity, parts: ActivityParts, *, seen: int, by: User) -> Activity:
    """`seen`: the version the form was filled from; raises StaleVersion if it is no longer that one."""
    if is_closed(Activity.objects.select_for_update().get(pk=activity.pk)):
        raise FactLocked
    claim_version(activity, seen=seen)
    act = _act(by)
    wanted = {_content(row): row for row in parts.rows_of(activity)}
    for row in (*activity.counts.all(), *activity.outputs.all(), *activity.costs.all()):
        if wanted.pop(_content(row), None) is None:
            _mark(row, act).delete()  # before the record: a smaller total must not meet the old parts
    left = set(activity.other_units.all()) - set(parts.other_units)
    _mark(activity, act)
    activity.other_units.remove(*left)  # before the record too: they may be of the old day only
    _save(activity, act)
    _set_links(activity, parts)
    for row in wanted.values():
        _save(row, act)
    logger.info("activity changed", extra={"activity": activity.pk, "version": activity.version})
    return activity


@transaction.atomic
def delete_draft(activity: Activity, *, by: User) -> None:
    stored = Activity.objects.select_for_update().get(pk=activity.pk)
    if stored.state != FactState.DRAFT:
        raise NotADraft
    _mark(stored, _act(by)).delete()
    logger.info("draft deleted", extra={"activity": activity.pk})


def _act(by: User) -> dict[str, User | datetime]:
    """Who and when, for every row of history one act leaves: by the common moment they are read as one."""
    return {"_history_user": by, "_history_date": timezone.now()}


def _mark(row: models.Model, act: dict[str, Any]) -> models.Model:
    vars(row).update(act)
    return row


def _save(row: models.Model, act: dict[str, Any]) -> None:
    _mark(row, act).save()


def _set_links(activity: Activity, parts: ActivityParts) -> None:
    activity.other_units.set(parts.other_units)
    activity.topics.set(parts.topics)
    activity.partners.set(parts.partners)


def _content(row: models.Model) -> tuple[Any, ...]:
    """What a part says, whichever row says it."""
    columns = [column for column in row._meta.concrete_fields if not column.primary_key]
    return (type(row), *(getattr(row, column.attname) for column in columns))
