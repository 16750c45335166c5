"""Activities: the fact table most people write to."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from coordination.constraints import dates_in_order, known_value
from coordination.fields import DerivedField, LineField, ParagraphsField
from coordination.models import AdministrativeUnit
from coordination.models.agency import name_of
from coordination.models.trail import HistoricalRecords
from coordination.search import search_text
from programs.constraints import not_negative, part_within
from programs.enums import FactState, FundingSource
from programs.facts import Fact, FactQuerySet
from programs.models.lists import ActivityKind, Component, CountCategory, OutputKind, Topic

# Recorded, and nobody said how many women came; corrections only add to what others state.
WOMEN_NOT_STATED = Q(women=None, state=FactState.RECORDED, reason="")
ALIKE_DAYS = 3  # how far apart two entries may be dated and still be the same event


class ActivityQuerySet(FactQuerySet):
    def for_list(self):
        """With `owner_name`, the short name of the owner on the day, else its latest."""
        rows = self.select_related("kind", "component__content", "unit", "owner")
        return rows.annotate(owner_name=name_of("owner", "short_name", OuterRef("counted_on")))

    def read_for_list(self):
        """The rows of a slice with what a list shows: names are looked up for one page, not for all that is sorted."""
        rows = self.model.objects.for_list().filter(pk__in=self.values("pk"))
        return rows.order_by(*self.query.order_by) if self.query.order_by else rows

    def for_detail(self):
        return self.for_list().select_related("unit__parent", "province", "corrects", "component__programme")

    def matching(self, words: str, places=lambda word: ()):
        """Each word, with or without marks, stands in the title or place, or names one of the units of `places`."""
        rows = self
        for word in search_text(words).split():
            in_text = Q(search_text__contains=word)
            units = places(word)
            rows = rows.filter(in_text | Q(unit__in=units) if units else in_text)
        return rows

    def alike(self, kind, unit, day: date):
        """Entries that may be the same event, logged twice: same kind and place, at most three days apart."""
        near = timedelta(days=ALIKE_DAYS)
        rows = self.counted_within(day - near, day + near)
        return rows.filter(province=unit.own_province_id, kind=kind, unit=unit)

    def totals(self, cap: int) -> dict[str, int | None]:
        """Sums over the recorded rows among the first `cap` + 1, corrections included: they add to what they correct.

        `rows` counts drafts and corrections too. Of `sessions_with_women` women are stated, as reports print it;
        `attendances_with_women` are those a share of women divides by.
        """
        counted = Q(state=FactState.RECORDED)
        stated = counted & Q(women__isnull=False)
        return self.order_by()[: cap + 1].aggregate(
            rows=Count("pk"),
            drafts=Count("pk", filter=~counted),
            corrections=Count("pk", filter=~Q(reason="")),
            total_sessions=Sum("sessions", filter=counted),
            total_attendances=Sum("attendances", filter=counted),
            total_women=Sum("women", filter=counted),
            total_minority=Sum("minority", filter=counted),
            sessions_with_women=Sum("sessions", filter=stated),
            attendances_with_women=Sum("attendances", filter=stated),
        )


class Activity(Fact):
    """One entry may stand for many sessions. Attendances are presences, not persons; NULL = not stated.

    `counted_on` is always the last day: an activity over a cut-off falls into the period in which it ended.
    """

    plan_item = models.ForeignKey(
        "programs.PlanItem", models.PROTECT, null=True, blank=True, db_index=False, related_name="activities"
    )
    component = models.ForeignKey(Component, models.PROTECT, related_name="activities")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="activities")
    title = LineField(max_length=300)
    topics = models.ManyToManyField(Topic, blank=True, related_name="activities")
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = LineField(max_length=200, blank=True)
    other_units = models.ManyToManyField(AdministrativeUnit, blank=True, related_name="+")
    sessions = models.IntegerField(default=1)
    attendances = models.IntegerField(null=True, blank=True)
    women = models.IntegerField(null=True, blank=True)
    minority = models.IntegerField(null=True, blank=True)
    minority_women = models.IntegerField(null=True, blank=True)
    distinct_people = models.IntegerField(null=True, blank=True)
    result = ParagraphsField(blank=True)
    other_partners = LineField(max_length=300, blank=True)
    search_text = DerivedField(sources=("title", "place"), derive=search_text)

    objects = ActivityQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["topics", "partners", "other_units"], excluded_fields=["search_text"])

    class Meta:
        ordering = ["-counted_on", "-pk"]
        indexes = [
            # With what a search looks at, so that on PostgreSQL it reads the index and only the rows it finds: a tenth
            # of the time. A trigram index finds rare words as fast, but triples the time freezing 20,000 rows takes.
            models.Index(
                fields=["province", "counted_on"], include=["id", "unit", "search_text"], name="activity_by_province"
            ),
            models.Index(fields=["owner", "counted_on"], name="activity_by_owner"),
            models.Index(fields=["plan_item"], condition=Q(plan_item__isnull=False), name="activity_by_plan_item"),
        ]
        constraints = [
            *Fact.Meta.constraints,
            dates_in_order("starts_on", "ends_on", name="activity_days_in_order"),
            models.CheckConstraint(
                name="activity_counted_on_last_day",
                condition=Q(counted_on=F("ends_on")),
                violation_error_message=_("An activity counts on its last day."),
            ),
            not_negative(
                ["sessions", "attendances", "women", "minority", "minority_women", "distinct_people"],
                name="activity_not_negative",
            ),
            part_within(
                "women",
                "attendances",
                name="activity_women_within_total",
                message=_("More women than people: check both numbers."),
            ),
            part_within(
                "minority",
                "attendances",
                name="activity_minority_within_total",
                message=_("More ethnic-minority people than people: check both numbers."),
            ),
            part_within(
                "minority_women",
                "attendances",
                name="activity_minority_women_within_total",
                message=_("More ethnic-minority women than people: check both numbers."),
            ),
            part_within(
                "distinct_people",
                "attendances",
                name="activity_people_within_attendances",
                message=_("More persons than attendances: each person attends at least once."),
            ),
            models.CheckConstraint(
                name="activity_minority_women_within_parts",
                condition=~Q(reason="")
                | Q(minority_women__isnull=True)
                | (
                    (Q(women__isnull=True) | Q(minority_women__lte=F("women")))
                    & (Q(minority__isnull=True) | Q(minority_women__lte=F("minority")))
                ),
                violation_error_message=_("Ethnic-minority women are part of the women and of the minority people."),
            ),
            models.CheckConstraint(
                name="activity_parts_fit_total",
                condition=~Q(reason="")
                | Q(attendances__isnull=True)
                | Q(women__isnull=True)
                | Q(minority__isnull=True)
                | Q(minority_women__isnull=True)
                | Q(attendances__gte=F("women") + F("minority") - F("minority_women")),
                violation_error_message=_(
                    "Women and minority people together exceed the total: check the four numbers."
                ),
            ),
        ]

    @property
    def women_not_stated(self) -> bool:
        """WOMEN_NOT_STATED of one row."""
        return self.women is None and self.state == FactState.RECORDED and not self.reason


# The parts below may be negative only under a correction, where they are differences (programs/triggers.py).


class ActivityCount(models.Model):
    """Attendances of one category; categories are not crossed. Never more than the activity's own numbers."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="counts")
    category = models.ForeignKey(CountCategory, models.PROTECT, related_name="+")
    attendances = models.IntegerField()
    women = models.IntegerField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["category__dimension", "category__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "category"],
                name="activity_count_once",
                violation_error_message=_("This category is already counted."),
            ),
        ]

    def __str__(self):
        return f"{self.category_id}: {self.attendances}"


class ActivityOutput(models.Model):
    """Products of an activity: 120 băng rôn."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="outputs")
    kind = models.ForeignKey(OutputKind, models.PROTECT, related_name="+")
    quantity = models.IntegerField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["kind__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "kind"],
                name="activity_output_once",
                violation_error_message=_("This product is already counted."),
            ),
        ]

    def __str__(self):
        return f"{self.kind_id}: {self.quantity}"


class ActivityCost(models.Model):
    """What the activity cost, whole đồng, by source."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="costs")
    source = models.CharField(max_length=15, choices=FundingSource.choices)
    amount_vnd = models.BigIntegerField()

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "source"],
                name="activity_cost_once",
                violation_error_message=_("This source is already entered."),
            ),
            known_value("source", FundingSource, name="activity_cost_source_known"),
        ]

    def __str__(self):
        return f"{self.source}: {self.amount_vnd}"
