"""Administrative units as versions in time, and what became of them."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.constraints import dates_in_order, known_value, unique_with_empty
from coordination.enums import SuccessionExtent, SuccessionNature, UnitKind, UnitLevel
from coordination.fields import DerivedField, LineField
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from coordination.search import search_text, sort_key


class AdministrativeUnitQuerySet(models.QuerySet):
    def valid_on(self, day: date):
        """Both ends inclusive; an unknown start counts as any earlier day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def of_level(self, level: str):
        return self.filter(level=level)

    def lineage_of(self, unit_ids):
        """The units themselves and all their predecessors, whole or in part, however many changes back."""
        before = (before for before, _after in changes_before(UnitSuccession, unit_ids))
        return self.filter(pk__in={*unit_ids, *before})


def changes_before(succession: type[models.Model], ids: Iterable[int], *columns: str) -> list[tuple]:
    """(predecessor, successor, *columns) of every change that led to `ids`: a query for each two changes back."""
    found, known, fresh = [], set(ids), set(ids)
    while fresh:
        reached = Q(successor__in=fresh) | Q(successor__successions__successor__in=fresh)
        rows = succession.objects.filter(reached).values_list("predecessor", "successor", *columns).distinct()
        found += rows
        deepest = {before for before, after, *_rest in rows if after not in fresh}
        fresh = deepest - known
        known |= {before for before, *_rest in rows}
    return found


class AdministrativeUnit(Record):
    """One version of a unit: a code is unique only with its dates (91 was Kiên Giang, is An Giang)."""

    code = LineField(max_length=5)
    name = LineField(max_length=100)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    level = models.CharField(max_length=10, choices=UnitLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    province = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    search_text = DerivedField(sources=("full_name",), derive=search_text)
    sort_key = DerivedField(sources=("name",), derive=sort_key)

    objects = AdministrativeUnitQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_text", "sort_key"])

    class Meta:
        ordering = ["sort_key", "code"]
        indexes = [models.Index(fields=["province", "level", "sort_key"], name="unit_by_province")]
        constraints = [
            dates_in_order("valid_from", "valid_to", name="unit_dates_in_order"),
            known_value("level", UnitLevel, name="unit_level_known"),
            known_value("kind", UnitKind, name="unit_kind_known"),
            unique_with_empty(
                "code",
                "level",
                "valid_from",
                empty={"valid_from": date.min},
                name="unit_code_once_a_day",
                message=_("Another unit has this code from the same day."),
            ),
            models.CheckConstraint(
                name="unit_province_has_no_parent",
                condition=Q(level=UnitLevel.PROVINCE, parent__isnull=True)
                | (~Q(level=UnitLevel.PROVINCE) & Q(parent__isnull=False)),
                violation_error_message=_("A province has no unit above it; every other unit has one."),
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self) -> str:
        """As the decree writes it in running text: the kind in lower case, the name with capitals."""
        return f"{self.get_kind_display()} {self.name}"

    @property
    def label(self) -> str:
        """With a capital, for lists and tables."""
        return self.full_name[:1].upper() + self.full_name[1:]

    @property
    def own_province_id(self) -> int:
        """Of the province it lies in; a province's own."""
        return self.province_id or self.pk

    def version_on(self, day: date) -> "AdministrativeUnit":
        """The version of the day: of several predecessors the one that bore the same name; else itself."""
        if self.is_valid_on(day):
            return self
        then = type(self).objects.lineage_of([self.pk]).valid_on(day).of_level(self.level)
        return min(then, key=lambda unit: (unit.name != self.name, unit.sort_key), default=self)

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)


class UnitSuccession(models.Model):
    """An edge from a unit to what (part of) it became on a day."""

    predecessor = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="origins")
    on = models.DateField()
    nature = models.CharField(max_length=10, choices=SuccessionNature.choices)
    extent = models.CharField(max_length=5, choices=SuccessionExtent.choices)
    legal_document = LineField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="unit_succession_once",
                violation_error_message=_("This succession is already recorded."),
            ),
            models.CheckConstraint(
                name="unit_succession_between_two",
                condition=~Q(predecessor=models.F("successor")),
                violation_error_message=_("A unit cannot succeed itself."),
            ),
            known_value("nature", SuccessionNature, name="unit_succession_nature_known"),
            known_value("extent", SuccessionExtent, name="unit_succession_extent_known"),
        ]

    def __str__(self):
        return f"{self.predecessor_id} → {self.successor_id}"
