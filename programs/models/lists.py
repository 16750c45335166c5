"""Open lists: programmes and components, kinds, topics, outputs, categories."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.constraints import dates_in_order, known_value
from coordination.fields import DerivedField, LineField
from coordination.models import AdministrativeUnit
from coordination.models.base import ListEntry, ListEntryQuerySet
from coordination.search import search_text
from programs.enums import ComponentKind, CountDimension, KindGroup


class Programme(ListEntry):
    """`phase_from`/`phase_to`: years, both inclusive. The regular duties of agencies are a programme of their own."""

    phase_from = models.PositiveSmallIntegerField()
    phase_to = models.PositiveSmallIntegerField()

    class Meta(ListEntry.Meta):
        constraints = [dates_in_order("phase_from", "phase_to", name="programme_phase_in_order")]


class ProgrammeProvince(models.Model):
    """Years in which a province takes part, where they differ from the phase (Đồng Nai: 2023–2030)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="provinces")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            dates_in_order("year_from", "year_to", name="programme_province_in_order"),
            models.UniqueConstraint(
                fields=["programme", "unit"],
                name="programme_province_once",
                violation_error_message=_("This province already takes part in the programme."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.unit_id}"


class ComponentQuerySet(ListEntryQuerySet):
    def open_on(self, day: date, province: int | None):
        """In force on the day, of programmes that run in its year; a province may have years of its own."""
        own = ProgrammeProvince.objects.filter(unit=province)
        taking_part = own.filter(year_from__lte=day.year, year_to__gte=day.year).values("programme")
        in_phase = Q(programme__phase_from__lte=day.year, programme__phase_to__gte=day.year)
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
            Q(programme__in=taking_part) | in_phase & ~Q(programme__in=own.values("programme")),
        )


class Component(ListEntry):
    """Tree project → content → activity group. `content` is the ancestor figures group by (itself for a content)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="components")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    content = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=ComponentKind.choices)
    short_name = LineField(max_length=120)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="continued_by")

    objects = ComponentQuerySet.as_manager()

    class Meta(ListEntry.Meta):
        constraints = [
            dates_in_order("valid_from", "valid_to", name="component_dates_in_order"),
            known_value("kind", ComponentKind, name="component_kind_known"),
        ]


class ActivityKind(ListEntry):
    """`counting_word` follows the number of sessions: buổi, cuộc, lớp…"""

    group = models.CharField(max_length=15, choices=KindGroup.choices)
    counting_word = LineField(max_length=30)

    class Meta(ListEntry.Meta):
        constraints = [known_value("group", KindGroup, name="activity_kind_group_known")]


class Topic(ListEntry):
    """Strategy objectives, schemes 498 and 1898, the action month…; an activity may have many."""


class OutputKind(ListEntry):
    """A countable product: banners, leaflets, radio minutes; `word` is its counting word."""

    word = LineField(max_length=30)


class CountCategory(ListEntry):
    """A part a headcount may be split by; `is_majority` marks Kinh; `other_code` is the code in the list of 2008."""

    dimension = models.CharField(max_length=15, choices=CountDimension.choices)
    aliases = LineField(max_length=500, blank=True)
    other_code = LineField(max_length=10, blank=True)
    is_majority = models.BooleanField(default=False)
    search_text = DerivedField(sources=("name", "aliases"), derive=search_text)

    class Meta(ListEntry.Meta):
        constraints = [known_value("dimension", CountDimension, name="count_category_dimension_known")]


class ModelKind(ListEntry):
    """Kind of community model. Children are its "trong đó" lines; `has_standing`: split standard / independent.

    `has_members`: its members are counted (a trusted address has none). `aliases`: other names in use.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    word = LineField(max_length=30)
    aliases = LineField(max_length=300, blank=True)
    has_standing = models.BooleanField(default=False)
    has_members = models.BooleanField(default=True)
    component = models.ForeignKey(Component, models.PROTECT, null=True, blank=True, related_name="+")
    search_text = DerivedField(sources=("name", "aliases"), derive=search_text)


class RecognitionTag(ListEntry):
    """A programme that recognises a model; one trusted address may be recognised by several."""
