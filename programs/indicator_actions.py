"""Writes of what indicators are judged by, with history: targets, and the rules and formula they are counted by."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordination.locking import claim_version
from coordination.models import User
from programs.models import Indicator, IndicatorFormula, Target

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


@transaction.atomic
def save_rules(
    indicator: Indicator, *, rules: dict[str, Any], formula: dict[str, Any] | None, seen: int, by: User
) -> Indicator:
    """`formula` None: people read the indicator. Raises StaleVersion if it is no longer the version `seen`.

    Nothing is computed here: pages count anew when they are opened, and a frozen report keeps what it showed.
    """
    claim_version(indicator, seen=seen)
    written: dict[str, Any] = {"_history_user": by, "_history_date": timezone.now()}
    vars(indicator).update(rules | written)
    indicator.save()
    stored = IndicatorFormula.objects.filter(indicator=indicator).first()
    if formula is not None:
        row = stored or IndicatorFormula(indicator=indicator)
        vars(row).update(written)
        for name, value in formula.items():
            setattr(row, name, value)
        row.save()
    elif stored is not None:
        vars(stored).update(written)
        stored.delete()
    logger.info("indicator rules saved", extra={"indicator": indicator.pk, "version": indicator.version})
    return indicator
