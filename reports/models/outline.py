"""Outlines: what a report of a kind consists of. Text with figure tokens is data, editable and versioned."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.constraints import known_value, unique_with_empty
from coordination.enums import Numbering
from coordination.fields import LineField, ParagraphsField
from coordination.models import AdministrativeUnit, Agency
from coordination.models.base import Record
from reports.enums import OutlineState, PeriodKind, ReportKind


class ReportOutline(Record):
    """One in use is superseded by a new version, never changed. National, or one province's (`unit`).

    `unusual_percent`: how far a count may lie from the same period last year without a reason; NULL = however far.
    `made_by`: of a thematic outline, the agency that made it on the spot; empty for the lists.
    """

    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=OutlineState.choices, default=OutlineState.DRAFT)
    name = LineField(max_length=200)
    subject = LineField(max_length=300)
    opening = ParagraphsField()
    closing = ParagraphsField()
    summary = ParagraphsField(blank=True)
    unusual_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=50)
    made_by = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")

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
