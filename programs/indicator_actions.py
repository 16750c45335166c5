"""Writes of what indicators are judged by: targets with their history, definitions from a day on."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordination.locking import claim_version
from coordination.models import User
from programs.models import Target

logger = logging.getLogger(__name__)


@transaction.atomic
def save_target(target: Target, *, seen: int | None, by: User) -> Target:
    """A new one (`seen` None), or a changed one; raises StaleVersion if it is no longer the version `seen`.

    IntegrityError when the place has a target for the year already.
    """
    if seen is not None:
        claim_version(target, seen=seen)
    written: dict[str, Any] = {"_history_user": by, "_history_date": timezone.now()}
    vars(target).update(written)
    target.save()
    logger.info("target saved", extra={"target": target.pk, "version": target.version})
    return target
