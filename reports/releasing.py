"""What a returned report lets go: facts no other frozen report counts may be edited again, and that is on record."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from coordination.enums import DocumentState
from coordination.models import User
from programs.facts import Fact
from reports.enums import UnlockState
from reports.figures.scope import REMEMBERED
from reports.models import Report, Unlocking

logger = logging.getLogger(__name__)
BATCH = 2000


def release_facts(report: Report, *, reason: str, by: User) -> int:
    """Of a report that is a draft again, in the caller's transaction. Returns how many facts were released.

    The rows are locked before anybody asks who else counts them: another report that is being frozen at this moment
    has taken them first and is seen, or takes them afterwards and marks them again.
    """
    released = 0
    for facts, (table, column) in REMEMBERED.items():
        held = table.objects.filter(report=report)
        counted = facts._default_manager.filter(pk__in=held.values(column))
        take(counted)
        released += _release(facts, alone(counted, report), report, reason, by)
        held.delete()
    logger.info("facts released", extra={"report": report.pk, "facts": released, "by": by.pk})
    return released


def take(facts: QuerySet[Any]) -> None:
    """In the order in which freezing takes them, so that neither waits for the other."""
    list(facts.order_by("pk").select_for_update().values_list("pk", flat=True))


def alone(facts: QuerySet[Any], report: Report) -> QuerySet[Any]:
    """Locked, and counted by no other frozen report."""
    table, column = REMEMBERED[facts.model]
    others = table.objects.filter(
        **{column: OuterRef("pk")}, report__document__state__in=DocumentState.frozen()
    ).exclude(report=report)
    return facts.filter(~Exists(others), locked_at__isnull=False)


def _release(facts: type[Fact], free: QuerySet[Any], report: Report, reason: str, by: User) -> int:
    """One row of the record each: closed from the start, for nobody has to lock them again but the next report."""
    now, table = timezone.now(), str(facts._meta.model_name)
    rows = [
        Unlocking(
            report=report,
            table=table,
            fact=pk,
            reference=reference,
            fact_version=version,
            reason=reason,
            until=timezone.localdate(now),
            state=UnlockState.CLOSED,
            opened_by=by,
            closed_at=now,
        )
        for pk, reference, version in free.order_by("pk").values_list("pk", "reference", "version")
    ]
    free.update(locked_at=None)
    Unlocking.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
