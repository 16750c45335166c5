"""Readings of indicators verified, or returned with a reason, by a person who wrote none of them.

A saying holds for the version that was looked at: an edit makes it lapse. It stays open after a report froze the
reading, since it never changes what is counted.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from coordination.locking import StaleVersion
from coordination.models import Membership
from programs.enums import FactState, MarkNature
from programs.models import Measurement, MeasurementMark

logger = logging.getLogger(__name__)


def with_marks(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    """`mark`: verified, returned or ""; `marked_before`: somebody had said something before the last edit."""
    said = MeasurementMark.objects.filter(measurement=OuterRef("pk"), nature__in=MarkNature.of_owner()).order_by("-pk")
    holds = said.filter(of_version=OuterRef("version"))
    return rows.annotate(
        mark=Coalesce(Subquery(holds.values("nature")[:1]), Value("")),
        mark_text=Coalesce(Subquery(holds.values("text")[:1]), Value(""), output_field=TextField()),
        marked_by=Subquery(holds.values("given_by__full_name")[:1]),
        marked_before=Subquery(said.order_by().values("measurement").annotate(last=Max("of_version")).values("last")),
    )


def wrote(user: int | None, reading: Measurement) -> bool:
    """Anybody who wrote one of its versions."""
    return Measurement.history.filter(id=reading.pk, history_user=user).exists()


@transaction.atomic
def mark_reading(reading: Measurement, nature: str, *, text: str, seen: int, acting: Membership) -> MeasurementMark:
    """`seen`: the version the person looked at; raises StaleVersion if it was changed meanwhile."""
    stored = Measurement.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    if stored.version != seen or stored.state != FactState.RECORDED:
        raise StaleVersion
    mark = MeasurementMark.objects.create(
        measurement=stored, agency=acting.agency, nature=nature, text=text, given_by=acting.user, of_version=seen
    )
    logger.info("reading marked", extra={"measurement": stored.pk, "nature": nature})
    return mark
