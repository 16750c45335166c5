"""History that also says in which hat a person acted."""

from django.db import models
from simple_history.models import HistoricalRecords as PlainHistoricalRecords


def agency_of_request() -> int | None:
    """Of the hat worn in the request that is being answered; None for commands and workers."""
    request = getattr(PlainHistoricalRecords.context, "request", None)
    acting = getattr(request, "acting", None)
    return acting.agency_id if acting else None


class ActInHat(models.Model):
    """Filled by its default, so that rows written in bulk carry it like those written one by one."""

    acting_for = models.ForeignKey(
        "coordination.Agency", models.PROTECT, null=True, db_index=False, related_name="+", default=agency_of_request
    )

    class Meta:
        abstract = True


class HistoricalRecords(PlainHistoricalRecords):
    def __init__(self, **options):
        super().__init__(bases=(ActInHat,), **options)
