"""Requests: who asks which agencies for a report of a period, by when, and who was given more time."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import dates_in_order, known_value
from coordination.fields import LineField, ParagraphsField
from coordination.models import Agency, Document
from coordination.models.base import Record
from reports.enums import ReportKind
from reports.models.outline import ReportOutline
from reports.models.period import ReportingPeriod


class ReportRoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who asks, and who is asked."""
        own = access_of(user).own
        asked = RoundSeat.objects.filter(agency__in=own).values("round")
        return self.filter(Q(asked_by__in=own) | Q(pk__in=asked))


class ReportRound(Record):
    """`due_sender`: last day for the agencies asked; `due_compiler` and `due_leader`: of who consolidates, who signs.

    All inclusive; lateness is computed from the day a report was sent, never stored. `letter`: the document that asks.
    """

    asked_by = models.ForeignKey(Agency, models.PROTECT, related_name="rounds_asked")
    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="rounds")
    outline = models.ForeignKey(ReportOutline, models.PROTECT, related_name="rounds")
    title = LineField(max_length=300)
    request = ParagraphsField(blank=True)
    letter = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    due_sender = models.DateField()
    due_compiler = models.DateField(null=True, blank=True)
    due_leader = models.DateField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False)

    objects = ReportRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-due_sender", "-pk"]
        constraints = [
            known_value("kind", ReportKind, name="round_kind_known"),
            dates_in_order("due_sender", "due_compiler", name="round_compiler_after_sender"),
            dates_in_order("due_compiler", "due_leader", name="round_leader_after_compiler"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class RoundSeatQuerySet(models.QuerySet):
    def with_due(self):
        """Annotates `due`: the last day given, inclusive: its own or the round's, or the latest extension if later."""
        latest = Extension.objects.filter(seat=OuterRef("pk")).order_by("-pk")
        usual = Coalesce("due_on", F("round__due_sender"))
        return self.annotate(due=Greatest(usual, Coalesce(Subquery(latest.values("due_on")[:1]), usual)))


class RoundSeat(models.Model):
    """An agency that is asked. `left_out`: why the consolidated report goes on without it ("" = waited for)."""

    round = models.ForeignKey(ReportRound, models.CASCADE, related_name="seats")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    left_out = ParagraphsField(blank=True)

    objects = RoundSeatQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "agency"],
                name="round_seat_once",
                violation_error_message=_("This agency is already asked."),
            )
        ]

    def __str__(self):
        return f"{self.round_id} {self.agency_id}"


class Extension(models.Model):
    """More time for one agency, with the reason; the earlier day stays on record."""

    seat = models.ForeignKey(RoundSeat, models.CASCADE, related_name="extensions")
    due_on = models.DateField()
    reason = ParagraphsField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="extension_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the agency is given more time."),
            )
        ]

    def __str__(self):
        return f"{self.seat_id} {self.due_on}"


class Reminder(models.Model):
    """That an agency was reminded, in the portal; the text is made when it is read."""

    seat = models.ForeignKey(RoundSeat, models.CASCADE, related_name="reminders")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "sent_on"],
                name="reminder_once_a_day",
                violation_error_message=_("This agency was already reminded today."),
            )
        ]

    def __str__(self):
        return f"{self.seat_id} {self.sent_on}"
