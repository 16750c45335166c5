"""Reports and the facts they froze."""

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value, unique_with_empty
from coordination.enums import DocumentState, FileNature
from coordination.models import AdministrativeUnit, Agency, AgencyName, Agreement, Document, DocumentFile
from coordination.models.base import Record
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.enums import ReportKind, ReportNature, ReportScope
from reports.models.outline import ReportOutline
from reports.models.period import ReportingPeriod
from reports.models.round import ReportRound

PDF = "application/pdf"


def generated_pdfs():
    """Of the latest version first, of each the latest: what people download is the first of a document."""
    files = DocumentFile.objects.filter(nature=FileNature.GENERATED, media_type=PDF)
    return files.order_by("-document_version__number", "-pk")


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own agency and lineage: all. Whoever signs or is asked for an opinion: while it is put to them. Whoever may

        read the issued document: once issued. Whoever asked for it: once sent.
        """
        own = access_of(user).own
        readable = Q(document__in=Document.objects.visible_to(user).values("pk"))
        rounds = ReportRound.objects.filter(asked_by__in=own).values("pk")
        asked_for = Q(round__in=rounds) & ~Q(scope=ReportScope.ROUND)
        put_to_others = ~Q(document__state__in=DocumentState.inside())
        return self.filter(
            Q(agency__in=own) | readable & put_to_others | asked_for & Q(document__state__in=DocumentState.sent())
        )

    def written_by(self, user):
        """Own agency and lineage; and, while it is a draft, who was given a part of it to write."""
        own = access_of(user).own
        given = self.model.objects.filter(parts__agency__in=own, document__state=DocumentState.DRAFT)
        return self.filter(Q(agency__in=own) | Q(pk__in=given.values("pk")))

    def in_the_open(self):
        return self.filter(document__state__in=DocumentState.in_the_open())

    def matching(self, words: str):
        """As its document: subject, number and symbol."""
        return self.filter(document__in=Document.objects.matching(words).values("pk"))

    def for_list(self):
        return self.select_related("document", "period", "agency", "unit")

    def with_agency_name(self):
        """Annotates `agency_name`: that of the period's last day, else the latest known."""
        names = AgencyName.objects.filter(agency=OuterRef("agency")).order_by("-valid_from")
        of_its_day = names.filter(valid_from__lte=OuterRef("period__data_to"))
        return self.annotate(
            agency_name=Coalesce(Subquery(of_its_day.values("name")[:1]), Subquery(names.values("name")[:1]))
        )

    def with_pdf(self):
        """Annotates `pdf_uid`: the latest generated file (NULL = none yet, or a draft again)."""
        files = generated_pdfs().filter(document=OuterRef("document"), document__state__in=DocumentState.frozen())
        return self.annotate(pdf_uid=Subquery(files.values("uid")[:1]))

    def in_reading_order(self, *, issued_first: bool):
        """Newest period first; for leaders issued reports stand before drafts, for others drafts before issued."""
        issued = Case(When(document__state__in=DocumentState.in_the_open(), then=0), default=1)
        first = issued if issued_first else issued.desc()
        return self.order_by(first, "-period__data_to", "-pk")


class Report(Record):
    """`unit`: the province it speaks of, as valid on the period's last day. `facts` tables hold what it froze.

    `round`: the request it answers, or, where its scope is the agencies asked, the one it consolidates. `agreement`:
    whose work it tells, clause by clause.
    """

    document = models.OneToOneField(Document, models.PROTECT, related_name="report")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="reports")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    scope = models.CharField(max_length=10, choices=ReportScope.choices)
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="reports")
    outline = models.ForeignKey(ReportOutline, models.PROTECT, related_name="reports")
    nature = models.CharField(max_length=12, choices=ReportNature.choices, default=ReportNature.ORIGINAL)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    round = models.ForeignKey(ReportRound, models.PROTECT, null=True, blank=True, related_name="reports")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="reports")
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    activities = models.ManyToManyField(Activity, through="ReportActivity", related_name="reports")
    model_events = models.ManyToManyField(ModelEvent, through="ReportModelEvent", related_name="reports")
    measurements = models.ManyToManyField(Measurement, through="ReportMeasurement", related_name="reports")
    budget_entries = models.ManyToManyField(BudgetEntry, through="ReportBudgetEntry", related_name="reports")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-period__data_to", "-pk"]
        constraints = [
            known_value("kind", ReportKind, name="report_kind_known"),
            known_value("scope", ReportScope, name="report_scope_known"),
            known_value("nature", ReportNature, name="report_nature_known"),
            unique_with_empty(
                "agency",
                "period",
                "kind",
                "scope",
                "agreement",
                empty={"agreement": 0},
                condition=Q(nature=ReportNature.ORIGINAL) & ~Q(kind=ReportKind.THEMATIC),
                name="report_once_per_period",
                message=_("This agency already has a report of this kind for the period."),
            ),
            models.CheckConstraint(
                name="report_of_round_has_one",
                condition=~Q(scope=ReportScope.ROUND) | Q(round__isnull=False),
                violation_error_message=_("A report of the agencies asked names the request."),
            ),
            models.CheckConstraint(
                name="report_under_agreement_has_one",
                condition=Q(scope=ReportScope.AGREEMENT) ^ Q(agreement__isnull=True),
                violation_error_message=_("A report on work under an agreement, and no other, names the agreement."),
            ),
            models.CheckConstraint(
                name="report_later_supersedes",
                condition=Q(nature=ReportNature.ORIGINAL) ^ Q(supersedes__isnull=False),
                violation_error_message=_("A supplement or correction names the report it follows."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.period_id} {self.agency_id}"


class FrozenFact(models.Model):
    """A fact a report counted, with the version it had: what its figures open as once it is frozen."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    fact_version = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.report_id}: {self.pk}"


class ReportActivity(FrozenFact):
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "activity"], name="report_activity_once")]


class ReportModelEvent(FrozenFact):
    model_event = models.ForeignKey(ModelEvent, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "model_event"], name="report_model_event_once")]


class ReportMeasurement(FrozenFact):
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "measurement"], name="report_measurement_once")]


class ReportBudgetEntry(FrozenFact):
    budget_entry = models.ForeignKey(BudgetEntry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "budget_entry"], name="report_budget_entry_once")]
