"""What a supplement or a correction says has changed."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.fields import LineField, ParagraphsField
from reports.models.report import Report


class ReportChange(models.Model):
    """One line of the was / is / why table of a later report: `ref` names the figure, `was` as it was reported.

    Words as printed, "–" for a number that was not there.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="changes")
    position = models.PositiveSmallIntegerField()
    ref = LineField(max_length=300)
    label = LineField(max_length=300)
    was = LineField(max_length=80)
    now = LineField(max_length=80)
    reason = ParagraphsField(blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "ref"],
                name="report_change_once",
                violation_error_message=_("This figure already has its line in the table of changes."),
            )
        ]

    def __str__(self):
        return f"{self.report_id} {self.ref}"

    @property
    def key(self) -> str:
        """Names the line in a form; it stays when the table is made anew."""
        return f"why-{hashlib.sha256(self.ref.encode()).hexdigest()[:12]}"
