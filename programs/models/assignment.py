"""Assignments: a directive or the conclusions of a meeting give tasks to agencies, each of which answers."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import both_or_neither, known_value, unique_with_empty
from coordination.fields import LineField, ParagraphsField
from coordination.models import Agency, Document
from coordination.models.agency import name_of
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from programs.enums import Recurrence


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With its document; and who is addressed by it."""
        asked = AssignmentResponse.objects.filter(agency__in=access_of(user).own).values("assignment")
        return self.filter(Q(document__in=Document.objects.visible_to(user).values("pk")) | Q(pk__in=asked))


class Assignment(Record):
    """One task of a document. `due_on` is the last day (inclusive) that follows from `due_words`, as the paper says it

    ("trước tháng 10/2024" = 30/9/2024); NULL = no day was set. A recurring one has a response for each due day.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="assignments")
    position = models.PositiveSmallIntegerField()
    number = LineField(max_length=20, blank=True)
    text = ParagraphsField()
    due_on = models.DateField(null=True, blank=True)
    due_words = LineField(max_length=200, blank=True)
    recurrence = models.CharField(max_length=12, choices=Recurrence.choices, default=Recurrence.ONCE)
    recurs_until = models.DateField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = AssignmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["document", "position", "pk"]
        constraints = [
            known_value("recurrence", Recurrence, name="assignment_recurrence_known"),
            models.CheckConstraint(
                name="assignment_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write what is assigned."),
            ),
            models.CheckConstraint(
                name="assignment_recurs_from_a_day",
                condition=Q(recurrence=Recurrence.ONCE, recurs_until__isnull=True)
                | (~Q(recurrence=Recurrence.ONCE) & Q(due_on__isnull=False, recurs_until__gte=models.F("due_on"))),
                violation_error_message=_("A recurring assignment has a first due day and a last one, in this order."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.text[:80]}".strip()


class AssignmentResponseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The agency addressed its own, at any time; who may read the document and gave the task: what was said."""
        access = access_of(user)
        given = Q(assignment__document__register_agency__in=access.own | access.below)
        return self.filter(Q(agency__in=access.own | access.below) | given)

    def open(self):
        """Not yet reported as done, or done and not yet verified."""
        return self.filter(Q(done_on__isnull=True) | Q(verified_on__isnull=True))

    def for_list(self, day):
        rows = self.select_related("assignment__document__kind", "agency", "verified_by")
        return rows.annotate(agency_name=name_of("agency", "short_name", day))


class AssignmentResponse(Record):
    """What one addressed agency did. `due_on` is that of the assignment or of one recurrence; lateness is computed.

    Someone who did not write it verifies, or returns it with a reason, which opens it again.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="responses")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignment_responses")
    is_lead = models.BooleanField(default=True)
    due_on = models.DateField(null=True, blank=True)
    progress = ParagraphsField(blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    result = ParagraphsField(blank=True)
    result_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verified_on = models.DateField(null=True, blank=True)
    returned_reason = ParagraphsField(blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentResponseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["assignment", "due_on", "pk"]
        constraints = [
            unique_with_empty(
                "assignment",
                "agency",
                "due_on",
                empty={"due_on": date.min},
                name="assignment_response_once",
                message=_("This agency is already addressed."),
            ),
            both_or_neither("verified_by", "verified_on", name="assignment_response_verified_by"),
            models.CheckConstraint(
                name="assignment_response_percent",
                condition=Q(percent__isnull=True) | Q(percent__lte=100),
                violation_error_message=_("Progress lies between 0 and 100%."),
            ),
            models.CheckConstraint(
                name="assignment_response_done_with_result",
                condition=Q(done_on__isnull=True) | ~Q(result="") | Q(result_document__isnull=False),
                violation_error_message=_("Write the result, or name the document that shows it."),
            ),
            models.CheckConstraint(
                name="assignment_response_verified_when_done",
                condition=Q(verified_on__isnull=True) | Q(done_on__isnull=False),
                violation_error_message=_("Only what was reported as done can be verified."),
            ),
        ]

    def __str__(self):
        return f"{self.assignment_id} {self.agency_id}"
