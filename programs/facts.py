"""What the four fact tables share. A fact is one thing that was done, counted or read; nothing is summed elsewhere."""

from __future__ import annotations

import secrets
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value
from coordination.fields import LineField, ParagraphsField
from coordination.models import AdministrativeUnit, Agency
from coordination.models.base import Record
from programs.enums import FactState, Precision

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_reference() -> str:
    """Ten letters people can read over the phone; the import key within the owner agency."""
    return "".join(secrets.choice(_ALPHABET) for _position in range(10))


class FactQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own agency and lineage: all. Recorded: partners, agencies above, UBND and Ban VSTBPN of the unit, and the

        parties of the agreement whose plan it serves, and who asked for a report of those days.
        """
        access = access_of(user)
        outside = reduce(or_, self._ways_of_others(access))
        return self.filter(Q(owner__in=access.own) | Q(state=FactState.RECORDED) & outside)

    def outside_of(self, provinces, access):
        """What is visible of other provinces: asked of all rows, not of those of `visible_to`. Each way to see one is

        asked by itself, for its own index: the index of the province is of no use here, and joined by OR they would
        read the whole table.
        """
        rows = self.model._default_manager.exclude(province__in=provinces).order_by()
        ways = (Q(state=FactState.RECORDED) & way for way in self._ways_of_others(access))
        own = rows.filter(owner__in=access.own).values("pk")
        return self.filter(pk__in=own.union(*(rows.filter(way).values("pk") for way in ways)))

    def _ways_of_others(self, access):
        """How recorded facts of other agencies come to be seen; under an agreement stands what names an item."""
        partnered = self.model.partners.through.objects.filter(agency__in=access.own)
        ways = [
            Q(pk__in=partnered.values(self.model._meta.model_name)),
            Q(owner__in=access.below),
            Q(province__in=access.provinces),
            Q(unit__in=access.communes),
        ]
        if hasattr(self.model, "plan_item"):
            items = self.model.plan_item.field.related_model.objects.under_agreements_of(access)
            ways.append(Q(plan_item__in=items.order_by().values("pk")))
        ways += [Q(owner__in=one.owners, counted_on__range=(one.first, one.last)) for one in access.grants]
        return ways

    def recorded(self):
        """Drafts never count."""
        return self.filter(state=FactState.RECORDED)

    def counted_within(self, first: date, last: date):
        """Both ends inclusive."""
        return self.filter(counted_on__gte=first, counted_on__lte=last)


class Fact(Record):
    """`owner` counts it; `unit` is the unit of its day and never changes with later mergers; `province` is stored

    because every figure is asked per province; `counted_on` is the only day periods look at. A row with a `reason`
    is a correction: the only kind that may hold negative numbers. A row with `locked_at` refuses UPDATE and DELETE.
    `owner` and `province` begin an index of several columns on every fact table and need none of their own.
    """

    owner = models.ForeignKey(Agency, models.PROTECT, db_index=False, related_name="%(class)s_owned")
    partners = models.ManyToManyField(Agency, blank=True, related_name="%(class)s_partnered")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, db_index=False, related_name="+")
    counted_on = models.DateField()
    state = models.CharField(max_length=10, choices=FactState.choices, default=FactState.RECORDED)
    precision = models.CharField(max_length=10, choices=Precision.choices, default=Precision.EXACT)
    reference = LineField(max_length=40, default=new_reference)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = ParagraphsField(blank=True)
    note = ParagraphsField(blank=True)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    form_token = models.UUIDField(null=True, blank=True, editable=False)
    is_sample = models.BooleanField(default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            known_value("state", FactState, name="%(class)s_state_known"),
            known_value("precision", Precision, name="%(class)s_precision_known"),
            models.UniqueConstraint(
                fields=["owner", "reference"],
                name="%(class)s_reference_once",
                violation_error_message=_("The agency has already used this reference."),
            ),
            models.UniqueConstraint(
                fields=["form_token"],
                name="%(class)s_form_token_once",
                violation_error_message=_("This form was already sent; the record is saved."),
            ),
            models.CheckConstraint(
                name="%(class)s_correction_has_reason",
                condition=Q(corrects__isnull=True) | ~Q(reason=""),
                violation_error_message=_("Say why the figure is corrected."),
            ),
            models.CheckConstraint(
                name="%(class)s_locked_is_recorded",
                condition=Q(locked_at__isnull=True) | Q(state=FactState.RECORDED),
                violation_error_message=_("A draft cannot be part of a frozen report."),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None
