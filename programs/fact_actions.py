"""Writes of facts that are rows of their own: events of models, readings, money; corrections of every fact.

Those of activities with their parts: actions.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from coordination.locking import StaleVersion, claim_version
from coordination.models import AdministrativeUnit, User
from coordination.search import clean_text
from programs.actions import ActivityParts, FactLocked
from programs.enums import ModelNature
from programs.facts import Fact, new_reference
from programs.locks import is_closed
from programs.models import CommunityModel, ModelEvent, RecognitionTag
from programs.models.model_register import NUMBERS

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Changed:
    """A stored record with its new values, and the version its form was filled from."""

    record: Fact
    seen: int


@transaction.atomic
def save_facts(*, new: Iterable[Fact] = (), changed: Iterable[Changed] = (), by: User) -> int:
    """All or nothing. Raises FactLocked, StaleVersion, or IntegrityError when a rule of the database is broken."""
    saved = 0
    for change in changed:
        model = type(change.record)
        if is_closed(model._default_manager.select_for_update().get(pk=change.record.pk)):
            raise FactLocked
        claim_version(change.record, seen=change.seen)
        _save(change.record, by)
        saved += 1
    for fact in new:
        _save(fact, by)
        saved += 1
    logger.info("facts saved", extra={"rows": saved})
    return saved


# What a correction does not take over from the record it corrects; all else says on which line it stands.
OF_ITS_OWN = {
    *("id", "uid", "version", "created_at", "reference", "locked_at", "form_token"),
    *("corrects", "reason", "note", "result"),
}


@transaction.atomic
def correct_fact(
    fact: Fact,
    additions: Sequence[Mapping[str, Any]],
    *,
    reason: str,
    after: int,
    token: UUID | None,
    by: User,
    parts: ActivityParts | None = None,
) -> Fact:
    """Records of what has to be added to a locked one, on the same day and line; answers the first of them.

    `parts`: what is added to products, costs and counts of an activity; it stands with the last of them.
    `after`: how many corrections the person knew of; raises StaleVersion when there are more by now, and when the
    record may be changed itself again. The same form a second time, at the same moment, gives the correction of the
    first; with other numbers it is a StaleVersion too.
    """
    stored = type(fact)._default_manager.select_for_update().get(pk=fact.pk)
    corrections = type(fact)._default_manager.filter(corrects=stored)
    sent_before = corrections.filter(form_token=token).first() if token else None
    if sent_before is not None and _says(sent_before, additions[0], reason):
        return sent_before
    if sent_before is not None or not stored.is_locked or corrections.count() != after:
        raise StaleVersion
    written = [_add_correction(stored, numbers, reason, by, token) for numbers in additions[:1]]
    written += [_add_correction(stored, numbers, reason, by) for numbers in additions[1:]]
    for row in parts.rows_of(written[-1]) if parts else ():
        _save(row, by)
    logger.info("fact corrected", extra={"fact": stored.pk, "corrections": [row.pk for row in written]})
    return written[0]


def _says(correction: Fact, numbers: Mapping[str, Any], reason: str) -> bool:
    same = all(getattr(correction, name) == number for name, number in numbers.items())
    return same and correction.reason == clean_text(reason)


def _add_correction(
    stored: Fact, numbers: Mapping[str, Any], reason: str, by: User, token: UUID | None = None
) -> Fact:
    columns = (column.name for column in stored._meta.concrete_fields if column.name not in OF_ITS_OWN)
    values = {name: getattr(stored, name) for name in columns} | dict(numbers)
    correction = type(stored)(**values, corrects=stored, reason=reason, form_token=token)
    _save(correction, by)
    for links in stored._meta.local_many_to_many:
        getattr(correction, links.name).set(getattr(stored, links.name).all())
    return correction


@transaction.atomic
def open_account(
    account: CommunityModel, tags: list[RecognitionTag], event: ModelEvent, *, by: User
) -> CommunityModel:
    """An account and its first event: one without any says nothing."""
    _save(account, by)
    account.tags.set(tags)
    event.model = account
    _save(event, by)
    logger.info("model account opened", extra={"model": account.pk, "event": event.pk})
    return account


@transaction.atomic
def change_account(account: CommunityModel, tags: list[RecognitionTag], *, seen: int, by: User) -> CommunityModel:
    claim_version(account, seen=seen)
    _save(account, by)
    account.tags.set(tags)
    logger.info("model account changed", extra={"model": account.pk, "version": account.version})
    return account


@transaction.atomic
def move_models(event: ModelEvent, to: CommunityModel, at: AdministrativeUnit, *, by: User) -> None:
    """What leaves one account enters the other on the same day: `event` counts downwards, its counterpart upwards.

    `at`: where the other account is on that day.
    """
    _save(event, by)
    values = {name: -number for name in NUMBERS if (number := getattr(event, name)) is not None}
    same = {name: getattr(event, name) for name in ("owner", "counted_on", "precision", "note")}
    place = {"unit": at, "province_id": at.own_province_id}
    keys = {"reference": new_reference(), "form_token": token_of_counterpart(event)}
    _save(ModelEvent(model=to, nature=ModelNature.MOVED, **keys, **same, **place, **values), by)
    logger.info("models moved", extra={"event": event.pk, "to": to.pk})


def token_of_counterpart(event: ModelEvent) -> UUID | None:
    """By it the other half of a move is found from the one whose form was sent."""
    return uuid5(event.form_token, "counterpart") if event.form_token else None


def _save(record: Model, by: User) -> None:
    vars(record).update({"_history_user": by, "_history_date": timezone.now()})
    record.save()
