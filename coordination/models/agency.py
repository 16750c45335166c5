"""Agencies: an identity, names over time, and what became of them."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.constraints import dates_in_order, known_value
from coordination.enums import AgencyKind, AgencyRole, SuccessionNature
from coordination.fields import DerivedField, LineField, ParagraphsField
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from coordination.models.unit import AdministrativeUnit, changes_before
from coordination.search import search_text, sort_key


class AgencyQuerySet(models.QuerySet):
    def open_on(self, day: date):
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day), Q(closed_on__isnull=True) | Q(closed_on__gte=day)
        )

    def named_on(self, day: date):
        """Annotates `name`, `short_name`, `symbol` of the day, else the latest known."""
        return self.annotate(**{field: name_of("pk", field, day) for field in ("name", "short_name", "symbol")})

    def in_protocol_order(self):
        return self.order_by("protocol_order", "pk")

    def lineage_of(self, agency_ids) -> set[int]:
        """Ids of the agencies and of all their predecessors: rights and "cùng kỳ" follow the lineage."""
        return {*agency_ids, *(before for before, _after in changes_before(AgencySuccession, agency_ids))}


class Agency(Record):
    """`consolidates`: its reports count the whole province, not only its own records. `desks`: one a line.

    `form_token`: of the form that made it or last changed it by decision; the same form twice does nothing more.
    """

    kind = models.CharField(max_length=10, choices=AgencyKind.choices)
    role = models.CharField(max_length=20, choices=AgencyRole.choices)
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="agencies")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    protocol_order = models.PositiveSmallIntegerField(default=100)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    consolidates = models.BooleanField(default=False)
    desks = ParagraphsField(blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False)

    objects = AgencyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["form_token"])

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            dates_in_order("opened_on", "closed_on", name="agency_dates_in_order"),
            known_value("kind", AgencyKind, name="agency_kind_known"),
            known_value("role", AgencyRole, name="agency_role_known"),
        ]

    def __str__(self):
        return f"agency {self.pk}"

    @property
    def province_id(self) -> int | None:
        """Of the province it works in; None at the centre."""
        return self.unit.own_province_id if self.unit else None

    def name_on(self, day: date) -> "AgencyName":
        """The name of that day, else the latest known before or after it. Raises AgencyName.DoesNotExist."""
        names = self.names.order_by("-valid_from")
        return names.filter(AgencyName.in_force(day)).first() or names.latest("valid_from")

    def is_open_on(self, day: date) -> bool:
        return (self.opened_on is None or self.opened_on <= day) and (self.closed_on is None or self.closed_on >= day)


class AgencyName(models.Model):
    """Name and letterhead from one day to another. Documents print the name of their day."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="names")
    name = LineField(max_length=200)
    short_name = LineField(max_length=80)
    symbol = LineField(max_length=30)
    letterhead_parent = LineField(max_length=200, blank=True)
    letterhead = LineField(max_length=200)
    place = LineField(max_length=100)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decided_by = LineField(max_length=200, blank=True)
    search_text = DerivedField(sources=("name", "short_name", "symbol"), derive=search_text)
    sort_key = DerivedField(sources=("name",), derive=sort_key)

    history = HistoricalRecords(excluded_fields=["search_text", "sort_key"])

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            dates_in_order("valid_from", "valid_to", name="agency_name_dates_in_order"),
            models.UniqueConstraint(
                fields=["agency", "valid_from"],
                name="agency_name_once_a_day",
                violation_error_message=_("The agency already has a name from this day."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines of its letterhead, the agency above first."""
        return tuple(line for line in (self.letterhead_parent, self.letterhead) if line)

    @staticmethod
    def in_force(day: date | OuterRef) -> Q:
        return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def name_of(agency: str, field: str, day: date | OuterRef) -> Coalesce:
    """For annotations: `field` of the AgencyName on the day, else of the latest; `agency` leads to the agency."""
    names = AgencyName.objects.filter(agency=OuterRef(agency)).order_by("-valid_from").values(field)
    return Coalesce(Subquery(names.filter(AgencyName.in_force(day))[:1]), Subquery(names[:1]))


class AgencySuccession(models.Model):
    """Mergers and splits only; a new title of the same body is an AgencyName."""

    predecessor = models.ForeignKey(Agency, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, models.PROTECT, related_name="origins")
    on = models.DateField()
    nature = models.CharField(max_length=10, choices=SuccessionNature.choices)
    decided_by = LineField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="agency_succession_once",
                violation_error_message=_("This succession is already recorded."),
            ),
            models.CheckConstraint(
                name="agency_succession_between_two",
                condition=~Q(predecessor=models.F("successor")),
                violation_error_message=_("An agency cannot succeed itself."),
            ),
            known_value("nature", SuccessionNature, name="agency_succession_nature_known"),
        ]

    def __str__(self):
        return f"{self.predecessor_id} → {self.successor_id}"
