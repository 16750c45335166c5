"""Reporting periods are rows made from a cut-off profile; no bound is ever computed from a year in code."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.constraints import dates_in_order, known_value
from coordination.fields import LineField
from coordination.models.base import ListEntry, Record
from reports.enums import PeriodKind


class CutoffProfile(ListEntry):
    """A rule about cut-offs in force for a span, e.g. decree 09/2019/NĐ-CP: first half 15/12–14/6."""

    legal_basis = LineField(max_length=300, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ListEntry.Meta):
        constraints = [dates_in_order("valid_from", "valid_to", name="cutoff_profile_dates_in_order")]


class CutoffRule(models.Model):
    """First and last day of the n-th period of a kind, as month, day and offset from the report year."""

    profile = models.ForeignKey(CutoffProfile, models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    code = LineField(max_length=10)
    label = LineField(max_length=60)
    from_year_offset = models.SmallIntegerField(default=0)
    from_month = models.PositiveSmallIntegerField()
    from_day = models.PositiveSmallIntegerField()
    to_year_offset = models.SmallIntegerField(default=0)
    to_month = models.PositiveSmallIntegerField()
    to_day = models.PositiveSmallIntegerField()
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [
            known_value("kind", PeriodKind, name="cutoff_rule_kind_known"),
            models.UniqueConstraint(
                fields=["profile", "kind", "number"],
                name="cutoff_rule_once",
                violation_error_message=_("The profile already has this period."),
            ),
        ]

    def __str__(self):
        return f"{self.profile_id} {self.code}"


class ReportingPeriodQuerySet(models.QuerySet):
    def containing(self, day: date):
        """Both ends inclusive."""
        return self.filter(data_from__lte=day, data_to__gte=day)


class ReportingPeriod(Record):
    """`code` is the label people and commands use (2026-H1); `data_from` and `data_to` are both inclusive.

    The due days are those of the sender, the compiling agency and the leader; lateness is computed, never stored.
    """

    profile = models.ForeignKey(CutoffProfile, models.PROTECT, related_name="periods")
    kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=1)
    code = LineField(max_length=20)
    label = LineField(max_length=80)
    data_from = models.DateField()
    data_to = models.DateField()
    money_from = models.DateField()
    due_sender = models.DateField(null=True, blank=True)
    due_compiler = models.DateField(null=True, blank=True)
    due_leader = models.DateField(null=True, blank=True)
    same_period_last_year = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-data_to", "kind"]
        constraints = [
            known_value("kind", PeriodKind, name="period_kind_known"),
            dates_in_order("data_from", "data_to", name="period_dates_in_order"),
            models.UniqueConstraint(
                fields=["profile", "code"],
                name="period_code_once",
                violation_error_message=_("The profile already has a period with this code."),
            ),
            models.UniqueConstraint(
                fields=["profile", "kind", "data_from"],
                condition=~Q(kind=PeriodKind.FREE),
                name="period_start_once",
                violation_error_message=_("Another period of this kind begins on the same day."),
            ),
        ]

    def __str__(self):
        return self.code
