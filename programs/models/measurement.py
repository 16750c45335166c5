"""Strategy frameworks, indicators, targets and the readings judged by them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import hats_of
from coordination.constraints import dates_in_order, known_value, unique_with_empty
from coordination.fields import LineField, ParagraphsField
from coordination.models import AdministrativeUnit, Document
from coordination.models.agency import name_of
from coordination.models.base import ListEntry, Record
from coordination.models.trail import HistoricalRecords
from programs.constraints import not_negative
from programs.enums import (
    ComputedFrom,
    Direction,
    KindGroup,
    Operator,
    OverAgencies,
    OverPlaces,
    OverTime,
    ReadingNature,
)
from programs.facts import Fact, FactQuerySet
from programs.models.lists import Component, ModelKind, OutputKind, Topic


class Framework(ListEntry):
    """A strategy with objectives, e.g. the national strategy on gender equality 2021–2030."""

    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()

    class Meta(ListEntry.Meta):
        constraints = [dates_in_order("year_from", "year_to", name="framework_years_in_order")]


class Objective(ListEntry):
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="objectives")


class Indicator(ListEntry, Record):
    """A measure. A composite has `parts` and no readings of its own: met when all parts are met.

    The three rules say how readings join; `unusual_percent` is how far a reading may lie from that of the same
    half-year before without a warning (NULL = never warned).
    """

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="indicators")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    number = LineField(max_length=10)
    measured_in = LineField(max_length=60)
    direction = models.CharField(max_length=15, choices=Direction.choices)
    disaggregation = LineField(max_length=300, blank=True)
    baseline = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    over_time = models.CharField(max_length=10, choices=OverTime.choices, default=OverTime.LAST)
    over_places = models.CharField(max_length=10, choices=OverPlaces.choices, default=OverPlaces.PARTS)
    over_agencies = models.CharField(max_length=10, choices=OverAgencies.choices, default=OverAgencies.LEAD)
    unusual_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=50)

    history = HistoricalRecords()

    class Meta(ListEntry.Meta):
        constraints = [
            known_value("direction", Direction, name="indicator_direction_known"),
            known_value("over_time", OverTime, name="indicator_over_time_known"),
            known_value("over_places", OverPlaces, name="indicator_over_places_known"),
            known_value("over_agencies", OverAgencies, name="indicator_over_agencies_known"),
        ]


class IndicatorFormula(models.Model):
    """What an indicator counts where facts can say it: nobody types what the records already tell. Empty = all."""

    indicator = models.OneToOneField(Indicator, models.CASCADE, related_name="formula")
    counts = models.CharField(max_length=12, choices=ComputedFrom.choices)
    kind_group = models.CharField(max_length=15, choices=KindGroup.choices, blank=True)
    component = models.ForeignKey(Component, models.PROTECT, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="+")
    output_kind = models.ForeignKey(OutputKind, models.PROTECT, null=True, blank=True, related_name="+")
    model_kind = models.ForeignKey(ModelKind, models.PROTECT, null=True, blank=True, related_name="+")
    source = LineField(max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            known_value("counts", ComputedFrom, name="indicator_formula_counts_known"),
            known_value("kind_group", KindGroup, name="indicator_formula_group_known", blank=True),
            models.CheckConstraint(
                name="indicator_formula_of_one_table",
                condition=Q(counts__in=[ComputedFrom.STOCK, ComputedFrom.NEW_MODELS], model_kind__isnull=False)
                & Q(kind_group="", component__isnull=True, topic__isnull=True, output_kind__isnull=True)
                | ~Q(counts__in=[ComputedFrom.STOCK, ComputedFrom.NEW_MODELS]) & Q(model_kind__isnull=True),
                violation_error_message=_("Models are counted by their kind, activities by kind, content or topic."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator_id} {self.counts}"


class IndicatorDefinition(models.Model):
    """What the indicator means from a day on; printed in the annex, never changed once used."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="definitions")
    valid_from = models.DateField()
    text = ParagraphsField()
    source = LineField(max_length=300, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "valid_from"],
                name="indicator_definition_once_a_day",
                violation_error_message=_("The indicator already has a definition from this day."),
            )
        ]

    def __str__(self):
        return self.text


class IndicatorCategory(ListEntry):
    """A tier or post an indicator is read for: district governments, commune governments. Codes are global."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="categories")


class TargetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """National ones; those of the province of one's agencies and of what it was made of; for the centre all."""
        units = [hat.agency.unit for hat in hats_of(user)]
        if not all(units):
            return self.all()
        lineage = AdministrativeUnit.objects.lineage_of({unit.own_province_id for unit in units})
        return self.filter(Q(unit=None) | Q(unit__in=lineage.order_by().values("pk")))


class Target(Record):
    """Value to reach in a year, for a province. `applies` False: the province does not follow this indicator."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    operator = models.CharField(max_length=2, choices=Operator.choices)
    value = models.DecimalField(max_digits=14, decimal_places=4)
    tolerance = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    applies = models.BooleanField(default=True)
    decision = LineField(max_length=200, blank=True)
    source = LineField(max_length=300, blank=True)
    confidence = LineField(max_length=60, blank=True)

    objects = TargetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["indicator__position", "year"]
        constraints = [
            known_value("operator", Operator, name="target_operator_known"),
            unique_with_empty(
                "indicator",
                "unit",
                "year",
                empty={"unit": 0},
                name="target_once_a_year",
                message=_("There is already a target for this year."),
            ),
            models.CheckConstraint(
                name="target_tolerance_not_negative",
                condition=Q(tolerance__gte=0),
                violation_error_message=_("A tolerance cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.get_operator_display()} {self.value}"


class MeasurementQuerySet(FactQuerySet):
    def for_list(self):
        """With `owner_name`, the short name of the owner on the day."""
        named = self.annotate(owner_name=name_of("owner", "short_name", models.OuterRef("counted_on")))
        return named.select_related("category", "unit", "source_document")


class Measurement(Fact):
    """Numerator and denominator, or a value, never both. A reading given for a period counts on its last day."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements")
    category = models.ForeignKey(IndicatorCategory, models.PROTECT, null=True, blank=True, related_name="+")
    period_from = models.DateField(null=True, blank=True)
    numerator = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    nature = models.CharField(max_length=10, choices=ReadingNature.choices, default=ReadingNature.ACTUAL)
    source_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    source_text = LineField(max_length=300, blank=True)

    objects = MeasurementQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["partners"])

    class Meta:
        ordering = ["-counted_on", "-pk"]
        indexes = [models.Index(fields=["province", "counted_on"], name="measurement_by_province")]
        constraints = [
            *Fact.Meta.constraints,
            known_value("nature", ReadingNature, name="measurement_nature_known"),
            dates_in_order("period_from", "counted_on", name="measurement_period_in_order"),
            not_negative(["numerator", "denominator", "value"], name="measurement_not_negative"),
            models.CheckConstraint(
                name="measurement_parts_or_value",
                condition=Q(numerator__isnull=False, denominator__isnull=False, value__isnull=True)
                | Q(numerator__isnull=True, denominator__isnull=True, value__isnull=False),
                violation_error_message=_("Enter numerator and denominator, or the value, not both."),
            ),
            models.CheckConstraint(
                name="measurement_denominator_positive",
                condition=~Q(reason="") | Q(denominator__isnull=True) | Q(denominator__gt=0),
                violation_error_message=_("The denominator must be greater than 0."),
            ),
            unique_with_empty(
                "owner",
                "indicator",
                "unit",
                "category",
                "counted_on",
                "nature",
                empty={"category": 0},
                condition=Q(reason=""),
                name="measurement_once_a_day",
                message=_("There is already a reading of this indicator for this day."),
            ),
        ]
