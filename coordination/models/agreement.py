"""Agreements: parties of equal rank, clauses as data, milestones."""

from datetime import date

from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import dates_in_order, known_value, unique_with_empty
from coordination.enums import ClauseChangeNature, MilestoneNature
from coordination.fields import LineField, ParagraphsField
from coordination.models.agency import Agency, AgencyName, name_of
from coordination.models.base import Record
from coordination.models.document import Document, Party, Section
from coordination.models.trail import HistoricalRecords
from coordination.search import search_text


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(document__in=Document.objects.visible_to(user).values("pk"))

    def made_by(self, user):
        """Those the person's agencies registered or signed."""
        own = access_of(user).own
        party = Document.objects.filter(parties__agency__in=own).values("pk")
        return self.filter(Q(document__register_agency__in=own) | Q(document__in=party))

    def in_force_between(self, first: date, last: date):
        """Whose years touch these days, both inclusive, and which had not ended before."""
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=first), stage_from__lte=last, stage_to__gte=first
        )

    def matching(self, words: str):
        """Each word, with or without marks and signs, stands in number, symbol, subject or the name of a party."""
        rows = self
        for word in search_text(words).split():
            named = AgencyName.objects.filter(search_text__contains=word).values("agency")
            party = Party.objects.filter(agency__in=named).values("document")
            paper = Document.objects.matching(word).values("pk")
            rows = rows.filter(Q(document__in=paper) | Q(document__in=party))
        return rows

    def for_list(self):
        """With the parties under their names of the day of issue."""
        named = Party.objects.annotate(agency_name=name_of("agency", "short_name", OuterRef("document__issued_on")))
        rows = self.select_related("document__kind", "document__register_agency", "amends__document")
        return rows.prefetch_related(Prefetch("document__parties", named.order_by("symbol_order")))

    def in_reading_order(self):
        return self.order_by(F("document__issued_on").desc(nulls_first=True), "-pk")


class Agreement(Record):
    """A coordination programme or plan of two parties or more, for the years `stage_from` to `stage_to` inclusive.

    `amends` is set on an amendment: a document of its own, whose `changes` take effect when it is issued.
    `register_only`: made on paper; what the portal knows is its entry in the register and its signed file.
    """

    document = models.OneToOneField(Document, models.PROTECT, related_name="agreement")
    stage_from = models.DateField()
    stage_to = models.DateField()
    opening = ParagraphsField(blank=True)
    closing = ParagraphsField(blank=True)
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    register_only = models.BooleanField(default=False)
    suspended_from = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = AgreementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            dates_in_order("stage_from", "stage_to", name="agreement_stage_in_order"),
            dates_in_order("stage_from", "ended_on", name="agreement_ends_after_start"),
            models.CheckConstraint(
                name="agreement_amends_another",
                condition=Q(amends__isnull=True) | ~Q(amends=F("pk")),
                violation_error_message=_("An agreement cannot amend itself."),
            ),
        ]

    def __str__(self):
        return str(self.document)


class ClauseQuerySet(models.QuerySet):
    def in_force(self, day: date):
        """The text of the day, both ends inclusive; an open start is that of the agreement."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def for_text(self):
        return self.select_related("section", "lead").prefetch_related("partners", "citations__target")


class Clause(Record):
    """A task agreed upon. No `lead` means all parties together. `follows` is the clause whose place it took.

    Days are those an amendment set; NULL means from the beginning, or until the end, of the agreement. `agreed_to`:
    the last day the parties had written in a task an amendment ended earlier.
    """

    section = models.ForeignKey(Section, models.CASCADE, related_name="clauses")
    position = models.PositiveSmallIntegerField()
    key = LineField(max_length=60)
    text = ParagraphsField()
    lead = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    partners = models.ManyToManyField(Agency, blank=True, related_name="+")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    agreed_to = models.DateField(null=True, blank=True)
    introduced_by = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="introduced_clauses"
    )
    repealed_by = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="repealed_clauses")
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")

    objects = ClauseQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["partners"])

    class Meta:
        ordering = ["section", "position", "pk"]
        constraints = [
            dates_in_order("valid_from", "valid_to", name="clause_days_in_order"),
            unique_with_empty(
                "section",
                "key",
                "valid_from",
                empty={"valid_from": date.min},
                name="clause_key_once",
                message=_("Two clauses cannot have the same key from the same day."),
            ),
            models.CheckConstraint(
                name="clause_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write the text of the clause."),
            ),
            models.CheckConstraint(
                name="clause_introduced_from_a_day",
                condition=Q(introduced_by__isnull=True) | Q(valid_from__isnull=False),
                violation_error_message=_("A clause brought in by an amendment has a day from which it holds."),
            ),
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def planned_end(self) -> date | None:
        """The last day the parties wrote into the task, whatever an amendment did to it later."""
        return self.agreed_to if self.repealed_by_id else self.valid_to


def target_or_text(name):
    return models.CheckConstraint(
        name=name,
        condition=Q(target__isnull=False, text="") | (Q(target__isnull=True) & ~Q(text="")),
        violation_error_message=_("Choose a document of the register or describe it in words, not both."),
    )


class Citation(models.Model):
    """A document cited inside a task: one of the register, or one known by its words."""

    target = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    text = LineField(max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self):
        return self.text or str(self.target)

    def words(self) -> str:
        """Number, symbol and subject of one of the register; the other as it was written."""
        return " ".join(filter(None, (self.target.code, self.target.subject))) if self.target else self.text


class ClauseCitation(Citation):
    clause = models.ForeignKey(Clause, models.CASCADE, related_name="citations")

    class Meta(Citation.Meta):
        constraints = [target_or_text("clause_citation_target_or_text")]


class ClauseChangeQuerySet(models.QuerySet):
    def for_text(self):
        rows = self.select_related("clause__section", "clause__lead", "section", "lead").prefetch_related(
            "partners", "citations__target__kind", "clause__partners", "clause__citations__target__kind"
        )
        return rows.order_by(
            Coalesce("clause__section__position", "section__position"),
            F("clause__position").asc(nulls_last=True),
            "pk",
        )


class ClauseChange(Record):
    """What an amendment will do to one clause; written into the clauses when the amendment is issued."""

    amendment = models.ForeignKey(Agreement, models.CASCADE, related_name="changes")
    nature = models.CharField(max_length=10, choices=ClauseChangeNature.choices)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="changes")
    section = models.ForeignKey(Section, models.PROTECT, null=True, blank=True, related_name="+")
    text = ParagraphsField(blank=True)
    lead = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    partners = models.ManyToManyField(Agency, blank=True, related_name="+")
    valid_from = models.DateField()

    objects = ClauseChangeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "clause"],
                name="clause_change_once",
                violation_error_message=_("This amendment already changes the clause."),
            ),
            models.CheckConstraint(
                name="clause_change_complete",
                condition=(
                    Q(nature=ClauseChangeNature.ADDED, clause__isnull=True, section__isnull=False) & ~Q(text="")
                    | Q(nature=ClauseChangeNature.REPLACED, clause__isnull=False, section__isnull=True) & ~Q(text="")
                    | Q(nature=ClauseChangeNature.REPEALED, clause__isnull=False, section__isnull=True, text="")
                ),
                violation_error_message=_("A new or replaced clause has a text; a repealed one has none."),
            ),
        ]

    def __str__(self):
        return f"{self.nature} {self.clause_id or self.section_id}"

    @property
    def place(self) -> Section:
        """Where the clause stands or will stand."""
        return self.clause.section if self.clause else self.section


class ChangeCitation(Citation):
    """What the new text of an amendment cites."""

    change = models.ForeignKey(ClauseChange, models.CASCADE, related_name="citations")

    class Meta(Citation.Meta):
        constraints = [target_or_text("change_citation_target_or_text")]


class Milestone(Record):
    """A review the parties agreed on: a year is enough, days may follow. `result`: the document that came of it."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="milestones")
    nature = models.CharField(max_length=12, choices=MilestoneNature.choices)
    year = models.PositiveSmallIntegerField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    lead = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    history = HistoricalRecords()

    class Meta:
        ordering = ["year", "starts_on", "pk"]
        constraints = [
            known_value("nature", MilestoneNature, name="milestone_nature_known"),
            dates_in_order("starts_on", "ends_on", name="milestone_days_in_order"),
        ]

    def __str__(self):
        return f"{self.nature} {self.year}"

    @property
    def last_day(self) -> date:
        return self.ends_on or date(self.year, 12, 31)
