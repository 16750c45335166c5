"""Outlines: what a report of a kind consists of. Text with figure tokens is data, editable and versioned."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value, unique_with_empty
from coordination.enums import Numbering
from coordination.fields import LineField, ParagraphsField
from coordination.models import AdministrativeUnit, Agency
from coordination.models.agency import name_of
from coordination.models.base import Record
from programs.models import Component
from reports.enums import OutlineState, PeriodKind, ReportKind


class ReportOutlineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Lists: everybody. A thematic one: the agency that made it, and whom it asks by it."""
        own = access_of(user).own
        asked = self.model.objects.filter(rounds__seats__agency__in=own).values("pk")
        return self.filter(Q(made_by=None) | Q(made_by__in=own) | Q(pk__in=asked))

    def for_list(self):
        made_by = name_of("made_by", "short_name", timezone.localdate())
        counted = models.Count("sections")
        return self.select_related("unit", "replaces").annotate(maker_name=made_by, sections_count=counted)


class ReportOutline(Record):
    """One in use is superseded by a new version, never changed. National, or one province's (`unit`).

    `unusual_percent`: how far a count may lie from the same period last year without a reason; NULL = however far.
    `made_by`: of a thematic outline, the agency that made it on the spot; empty for the lists. `replaces`: the version
    it was made from and takes the place of. `project`: only what belongs to this project is counted (NULL = all).
    """

    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=OutlineState.choices, default=OutlineState.DRAFT)
    name = LineField(_("name of the outline"), max_length=200)
    subject = LineField(_("subject of the report"), max_length=300)
    opening = ParagraphsField(_("opening"))
    closing = ParagraphsField(_("closing"))
    summary = ParagraphsField(_("summary in one line"), blank=True)
    unusual_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=50)
    made_by = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    project = models.ForeignKey(Component, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportOutlineQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            known_value("kind", ReportKind, name="outline_kind_known"),
            known_value("period_kind", PeriodKind, name="outline_period_kind_known"),
            known_value("state", OutlineState, name="outline_state_known"),
            unique_with_empty(
                "kind",
                "period_kind",
                "unit",
                "number",
                empty={"unit": 0},
                condition=~Q(kind=ReportKind.THEMATIC),
                name="outline_version_once",
                message=_("This version of the outline already exists."),
            ),
            unique_with_empty(
                "kind",
                "period_kind",
                "unit",
                empty={"unit": 0},
                condition=Q(state=OutlineState.IN_USE) & ~Q(kind=ReportKind.THEMATIC),
                name="outline_one_in_use",
                message=_("Another version of this outline is in use."),
            ),
            models.CheckConstraint(
                name="outline_thematic_has_maker",
                condition=Q(kind=ReportKind.THEMATIC) ^ Q(made_by__isnull=True),
                violation_error_message=_("A thematic outline, and no other, belongs to the agency that made it."),
            ),
        ]

    def __str__(self):
        return f"{self.name} v{self.number}"


class OutlineSection(models.Model):
    """`text` holds `{figure}` tokens; `parts` names tables and charts of the registry that follow the text.

    `is_annex`: an annex instead of a section of the body.
    """

    outline = models.ForeignKey(ReportOutline, models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField()
    numbering = models.CharField(max_length=10, choices=Numbering.choices)
    heading = LineField(max_length=300)
    guidance = ParagraphsField(blank=True)
    text = ParagraphsField(blank=True)
    parts = models.JSONField(default=list, blank=True)
    key = LineField(max_length=60)
    is_annex = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            known_value("numbering", Numbering, name="outline_section_numbering_known"),
            models.UniqueConstraint(
                fields=["outline", "key"],
                name="outline_section_key_once",
                violation_error_message=_("Two sections cannot have the same key."),
            ),
        ]

    def __str__(self):
        return self.heading
