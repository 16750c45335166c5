"""Annual plans: items that come of clauses, last year's plan or assignments, each with one lead and its partners."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import dates_in_order, known_value
from coordination.enums import DocumentState
from coordination.fields import LineField, ParagraphsField
from coordination.models import AdministrativeUnit, Agency, Agreement, Clause, Document, Party
from coordination.models.agency import name_of
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from programs.enums import FundingSource, Measure, PartAnswer, PlanChangeNature
from programs.models.assignment import Assignment
from programs.models.lists import ActivityKind, Component, ModelKind, OutputKind

SHARE = {"min": 0, "max": 100}  # percent


class AnnualPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who reads the document; and the parties of its agreement, as soon as it was put to anybody."""
        party = Party.objects.filter(agency__in=access_of(user).own).values("document")
        of_the_agreement = Q(agreement__document__in=party) & ~Q(document__state=DocumentState.DRAFT)
        return self.filter(Q(document__in=Document.objects.visible_to(user).values("pk")) | of_the_agreement)

    def for_list(self):
        """With the short name of the agency that keeps the plan, on the day of issue or else its latest."""
        rows = self.select_related("document__kind", "agreement__document__kind", "agency")
        return rows.annotate(agency_name=name_of("agency", "short_name", OuterRef("document__issued_on")))

    def in_force(self):
        return self.filter(document__state=DocumentState.ISSUED)


class AnnualPlan(Record):
    """The work of one year, joint (of the parties of `agreement`) or an agency's own. `agency` keeps it.

    `continues` is the plan of an earlier year whose unfinished items were carried over.
    """

    document = models.OneToOneField(Document, models.PROTECT, related_name="plan")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="plans")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="plans")
    year = models.PositiveSmallIntegerField()
    opening = ParagraphsField(blank=True)
    closing = ParagraphsField(blank=True)
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="continued_by")
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = AnnualPlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_continues_another",
                condition=Q(continues__isnull=True) | ~Q(continues=models.F("pk")),
                violation_error_message=_("A plan cannot continue itself."),
            )
        ]

    def __str__(self):
        return str(self.document)


class PlanItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who sees the plan sees its items; a named lead or partner sees its own as soon as the plan was put to it."""
        access = access_of(user)
        partner = PlanPartner.objects.filter(agency__in=access.own).values("item")
        named = (Q(lead__in=access.own) | Q(pk__in=partner)) & ~Q(plan__document__state=DocumentState.DRAFT)
        return self.filter(Q(plan__in=AnnualPlan.objects.visible_to(user).values("pk")) | named)

    def under_agreements_of(self, access):
        """Of the plans under what these agencies signed, as soon as a plan was put to anybody."""
        signed = Party.objects.filter(agency__in=access.own).values("document")
        return self.filter(plan__agreement__document__in=signed).exclude(plan__document__state=DocumentState.DRAFT)

    def standing(self):
        return self.filter(cancelled_on__isnull=True)

    def for_list(self):
        """With the names of today; partners, places and money by one query each."""
        named = name_of("lead", "short_name", timezone.localdate())
        rows = self.select_related("component__content", "clause", "lead", "output_kind", "model_kind")
        return rows.annotate(lead_name=named).prefetch_related("parts__agency", "units", "funding")


class PlanItem(Record):
    """One task of the year. At most one of `clause`, `assignment` and `carried_from` says where it came from.

    `quantity` counts what `measure` names, in `counting_word` ("40 buổi"); NULL = nothing to count. The window from
    `starts_on` to `ends_on` (both inclusive) is a quarter, months or a campaign within the plan's year (a campaign may
    reach into the next). `women_percent`, `minority_percent`: the least share of the attendances wanted.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    key = LineField(max_length=60)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="plan_items")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="plan_items")
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="carried_to")
    carried_reason = ParagraphsField(blank=True)
    component = models.ForeignKey(Component, models.PROTECT, related_name="plan_items")
    text = ParagraphsField()
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="plan_items_led")
    partners = models.ManyToManyField(Agency, through="PlanPartner", blank=True, related_name="plan_items_partnered")
    units = models.ManyToManyField(AdministrativeUnit, blank=True, related_name="+")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, null=True, blank=True, related_name="+")
    measure = models.CharField(max_length=12, choices=Measure.choices, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    counting_word = LineField(max_length=30, blank=True)
    output_kind = models.ForeignKey(OutputKind, models.PROTECT, null=True, blank=True, related_name="+")
    model_kind = models.ForeignKey(ModelKind, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    expected_result = ParagraphsField(blank=True)
    women_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    minority_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    cancel_reason = ParagraphsField(blank=True)

    objects = PlanItemQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["units"])

    class Meta:
        ordering = ["plan", "position", "pk"]
        constraints = [
            known_value("measure", Measure, name="plan_item_measure_known", blank=True),
            dates_in_order("starts_on", "ends_on", name="plan_item_window_in_order"),
            models.UniqueConstraint(
                fields=["plan", "key"],
                name="plan_item_key_once",
                violation_error_message=_("Two items of a plan cannot have the same key."),
            ),
            models.CheckConstraint(
                name="plan_item_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write what is to be done."),
            ),
            models.CheckConstraint(
                name="plan_item_one_origin",
                condition=Q(clause__isnull=True, assignment__isnull=True)
                | Q(clause__isnull=True, carried_from__isnull=True)
                | Q(assignment__isnull=True, carried_from__isnull=True),
                violation_error_message=_("An item comes of one clause, one assignment or one item of last year."),
            ),
            models.CheckConstraint(
                name="plan_item_carried_with_reason",
                condition=Q(carried_from__isnull=True) | ~Q(carried_reason=""),
                violation_error_message=_("Say why the item is carried over."),
            ),
            models.CheckConstraint(
                name="plan_item_quantity_of_something",
                condition=Q(quantity__isnull=True, measure="") | (Q(quantity__gt=0) & ~Q(measure="")),
                violation_error_message=_("Write how many, above 0, and choose what is counted; or leave both empty."),
            ),
            models.CheckConstraint(
                name="plan_item_kind_of_measure",
                condition=(Q(measure=Measure.OUTPUT) ^ Q(output_kind__isnull=True))
                & (Q(measure=Measure.MODELS) ^ Q(model_kind__isnull=True)),
                violation_error_message=_("Choose which product or which kind of model the number counts."),
            ),
            models.CheckConstraint(
                name="plan_item_shares_are_percent",
                condition=(Q(women_percent__isnull=True) | Q(women_percent__lte=SHARE["max"]))
                & (Q(minority_percent__isnull=True) | Q(minority_percent__lte=SHARE["max"])),
                violation_error_message=_("A share lies between 0 and 100%."),
            ),
            models.CheckConstraint(
                name="plan_item_cancelled_with_reason",
                condition=Q(cancelled_on__isnull=True, cancel_reason="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancel_reason="")),
                violation_error_message=_("Say from which day the item is cancelled and why."),
            ),
        ]

    def __str__(self):
        return self.text[:80]


class PlanPartner(models.Model):
    """A co-ordinating agency of an item and what it says about its part; an edit of the item asks it anew."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="parts")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="plan_parts")
    answer = models.CharField(max_length=10, choices=PartAnswer.choices, default=PartAnswer.WAITING)
    text = ParagraphsField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            known_value("answer", PartAnswer, name="plan_partner_answer_known"),
            models.UniqueConstraint(
                fields=["item", "agency"],
                name="plan_partner_once",
                violation_error_message=_("This agency is already named."),
            ),
            models.CheckConstraint(
                name="plan_partner_asks_in_words",
                condition=~Q(answer=PartAnswer.ASKS) | ~Q(text=""),
                violation_error_message=_("Write what should change."),
            ),
            models.CheckConstraint(
                name="plan_partner_answered_by_someone",
                condition=Q(answer=PartAnswer.WAITING, answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer=PartAnswer.WAITING) & Q(answered_by__isnull=False, answered_at__isnull=False)),
                violation_error_message=_("An answer was given by someone on a day."),
            ),
        ]

    def __str__(self):
        return f"{self.item_id} {self.agency_id} {self.answer}"


class FundingLine(models.Model):
    """Planned money, whole đồng. Integrated money is shown apart and never in own totals."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="funding")
    source = models.CharField(max_length=15, choices=FundingSource.choices)
    amount_vnd = models.PositiveBigIntegerField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            known_value("source", FundingSource, name="funding_line_source_known"),
            models.UniqueConstraint(
                fields=["item", "source"],
                name="funding_line_once",
                violation_error_message=_("This source is already entered."),
            ),
        ]

    def __str__(self):
        return f"{self.source}: {self.amount_vnd}"


class PlanChange(models.Model):
    """A change of an issued plan. `before`, `after`: the item as printed, label -> words; for the annex."""

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="changes")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="changes")
    nature = models.CharField(max_length=10, choices=PlanChangeNature.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = ParagraphsField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_value("nature", PlanChangeNature, name="plan_change_nature_known"),
            models.CheckConstraint(
                name="plan_change_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the plan is changed after it was issued."),
            ),
        ]

    def __str__(self):
        return f"{self.nature} {self.item_id}"


class Difficulty(Record):
    """ "Khó khăn, vướng mắc" met with an item, as it goes into the report; `solved_on` closes it with `solution`."""

    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="difficulties")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    text = ParagraphsField()
    proposal = ParagraphsField(blank=True)
    noted_on = models.DateField()
    solved_on = models.DateField(null=True, blank=True)
    solution = ParagraphsField(blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-noted_on", "-pk"]
        constraints = [
            dates_in_order("noted_on", "solved_on", name="difficulty_days_in_order"),
            models.CheckConstraint(
                name="difficulty_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write what the difficulty is."),
            ),
        ]

    def __str__(self):
        return self.text[:80]
