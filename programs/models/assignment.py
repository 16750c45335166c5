"""Assignments: a directive or the conclusions of a meeting give tasks to agencies, each of which answers."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import both_or_neither, known_value, unique_with_empty
from coordination.fields import DerivedField, LineField, ParagraphsField
from coordination.models import Agency, Document, DocumentMove, Party
from coordination.models.agency import name_of
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from coordination.register import ENTERED
from coordination.search import search_text
from programs.due_words import due_days
from programs.enums import Recurrence, ResponseState


def given_by(agencies) -> models.QuerySet:
    """Documents whose tasks these agencies give and follow: of their series, signed by them, or entered by them."""
    signed = Party.objects.filter(agency__in=agencies).values("document")
    entered = DocumentMove.objects.filter(action=ENTERED, acting_for__in=agencies).values("document")
    return Document.objects.filter(Q(register_agency__in=agencies) | Q(pk__in=signed) | Q(pk__in=entered))


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With its document; and who is addressed by it."""
        asked = AssignmentResponse.objects.filter(agency__in=access_of(user).own).values("assignment")
        return self.filter(Q(document__in=Document.objects.visible_to(user).values("pk")) | Q(pk__in=asked))

    def matching(self, words: str):
        """Each word, with or without marks, stands in the task or names its document."""
        rows = self
        for word in search_text(words).split():
            document = Document.objects.matching(word).order_by().values("pk")
            rows = rows.filter(Q(search_text__contains=word) | Q(document__in=document))
        return rows


class Assignment(Record):
    """One task of a document. `due_on` is the last day (inclusive) that follows from `due_words`, as the paper says it

    ("trước tháng 10/2024" = 30/9/2024); NULL = no day was set. A recurring one has a response for each due day.
    One entered by mistake is withdrawn, with its reason: it stays in the lists, nobody owes an answer any more.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="assignments")
    position = models.PositiveSmallIntegerField()
    number = LineField(max_length=20, blank=True)
    text = ParagraphsField()
    due_on = models.DateField(null=True, blank=True)
    due_words = LineField(max_length=200, blank=True)
    recurrence = models.CharField(max_length=12, choices=Recurrence.choices, default=Recurrence.ONCE)
    recurs_until = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = ParagraphsField(blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    search_text = DerivedField(sources=("number", "text"), derive=search_text)

    objects = AssignmentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_text"])

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
                | (
                    ~Q(recurrence=Recurrence.ONCE)
                    & Q(due_on__isnull=False, recurs_until__isnull=False, recurs_until__gte=models.F("due_on"))
                ),
                violation_error_message=_("A recurring assignment has a first due day and a last one, in this order."),
            ),
            both_or_neither("withdrawn_by", "withdrawn_on", name="assignment_withdrawn_by"),
            models.CheckConstraint(
                name="assignment_withdrawn_with_reason",
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message=_("Write why the task is withdrawn."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.text[:80]}".strip()

    @property
    def days(self) -> list[date]:
        """Each due day, in order; none where no day was set."""
        return due_days(self.due_on, self.recurrence, self.recurs_until) if self.due_on else []


class AssignmentResponseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The agency addressed and those above it; who gave the task; the lead of a task sees all answers to it."""
        access = access_of(user)
        near = access.own | access.below
        given = given_by(near).order_by().values("pk")
        led = AssignmentResponse.objects.filter(agency__in=access.own, is_lead=True).order_by().values("assignment")
        return self.filter(Q(agency__in=near) | Q(assignment__document__in=given) | Q(assignment__in=led))

    def asked_for(self):
        """Of tasks that are not withdrawn."""
        return self.filter(assignment__withdrawn_on__isnull=True)

    def owing(self):
        """Not reported as done, whatever the day."""
        return self.asked_for().filter(done_on__isnull=True)

    def to_verify(self):
        return self.asked_for().filter(done_on__isnull=False, verified_on__isnull=True)

    def late(self, today: date):
        """Owed after their day."""
        return self.owing().filter(due_on__lt=today)

    def in_state(self, state: str):
        """`state` of ResponseState; as AssignmentResponse.state says row by row, those of withdrawn tasks left out."""
        rows = {
            ResponseState.OPEN: self.owing().filter(answered_at__isnull=True, returned_at__isnull=True),
            ResponseState.RUNNING: self.owing().filter(answered_at__isnull=False, returned_at__isnull=True),
            ResponseState.RETURNED: self.owing().filter(returned_at__isnull=False),
            ResponseState.REPORTED: self.to_verify(),
            ResponseState.VERIFIED: self.asked_for().filter(verified_on__isnull=False),
        }
        return rows[ResponseState(state)]

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
                name="assignment_response_verified_by_another",
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=models.F("answered_by")),
                violation_error_message=_("Whoever wrote the answer cannot verify it. Ask a colleague."),
            ),
            models.CheckConstraint(
                name="assignment_response_verified_when_done",
                condition=Q(verified_on__isnull=True) | Q(done_on__isnull=False),
                violation_error_message=_("Only what was reported as done can be verified."),
            ),
        ]

    def __str__(self):
        return f"{self.assignment_id} {self.agency_id}"

    @property
    def state(self) -> ResponseState:
        if self.verified_on:
            return ResponseState.VERIFIED
        if self.done_on:
            return ResponseState.REPORTED
        if self.returned_at:
            return ResponseState.RETURNED
        return ResponseState.RUNNING if self.answered_at else ResponseState.OPEN

    def days_late(self, today: date) -> int:
        """Whole days after its day until it was reported as done, else until today; 0 = in time or no day was set."""
        return max(0, ((self.done_on or today) - self.due_on).days) if self.due_on else 0
