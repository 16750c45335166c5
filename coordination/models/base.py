"""What every editable record has."""

import uuid

from django.db import models
from django.db.models import Q

from coordination.fields import LineField


class Record(models.Model):
    """`uid` names the row in addresses; `version` is the token of the optimistic lock (coordination.locking)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class ListEntryQuerySet(models.QuerySet):
    def offered_to(self, province: int | None):
        """What may be chosen now: national entries, and the province's own; None is the centre."""
        own = Q(unit=None) | Q(unit=province) if province else Q(unit=None)
        return self.filter(own, active=True)


class ListEntry(models.Model):
    """One entry of an open list: national, or a province's own addition (`unit` set)."""

    code = LineField(max_length=40, unique=True)
    name = LineField(max_length=300)
    unit = models.ForeignKey(
        "coordination.AdministrativeUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    source = LineField(max_length=400, blank=True)
    confidence = LineField(max_length=60, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self):
        return self.name
