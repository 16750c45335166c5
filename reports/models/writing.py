"""A report while it is written: who writes which section, who has it open now, and why a warning is passed over."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.constraints import known_value
from coordination.fields import LineField, ParagraphsField
from coordination.models import Agency
from coordination.models.base import Record
from reports.enums import PartState, UnlockState
from reports.models.report import Report


class ReportPart(Record):
    """One section of the outline (`key`) in one report. `agency` writes it; empty: the report's own agency.

    Its text is a Section of the document with the same key; without one the text of the outline stands.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="parts")
    key = LineField(max_length=60)
    state = models.CharField(max_length=10, choices=PartState.choices, default=PartState.TO_WRITE)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    request = ParagraphsField(blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    left_out = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_value("state", PartState, name="report_part_state_known"),
            models.UniqueConstraint(
                fields=["report", "key"],
                name="report_part_once",
                violation_error_message=_("This section is already given to somebody."),
            ),
        ]

    def __str__(self):
        return f"{self.report_id} {self.key}"


class Presence(models.Model):
    """Who has which section open now; a row older than a minute or two says nothing any more."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = LineField(max_length=60)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "user"],
                name="presence_once",
                violation_error_message=_("A person has one section of a report open."),
            )
        ]

    def __str__(self):
        return f"{self.report_id} {self.key} {self.user_id}"


class CheckAnswer(models.Model):
    """Why a warning of the checks (`code`) is passed over; it holds while the warning says the same (`said`)."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="check_answers")
    code = LineField(max_length=120)
    said = ParagraphsField()
    reason = ParagraphsField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "code"],
                name="check_answer_once",
                violation_error_message=_("This warning is already answered."),
            ),
            models.CheckConstraint(
                name="check_answer_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the number is right all the same."),
            ),
        ]

    def __str__(self):
        return f"{self.report_id} {self.code}"


class Unlocking(Record):
    """A locked fact opened for a while, with the reason: `table` and `fact` name its row; `until` inclusive.

    `report`: the frozen report that counts it, which prints the unlocking in its next supplement or correction; for
    facts a returned report releases, that report. Locked again when `until` is over, or before by hand.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="unlockings")
    table = LineField(max_length=20)
    fact = models.PositiveBigIntegerField()
    reference = LineField(max_length=40)
    fact_version = models.PositiveIntegerField()
    reason = ParagraphsField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=UnlockState.choices, default=UnlockState.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            known_value("state", UnlockState, name="unlocking_state_known"),
            models.CheckConstraint(
                name="unlocking_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the record is unlocked."),
            ),
            models.UniqueConstraint(
                fields=["table", "fact"],
                condition=Q(state=UnlockState.OPEN),
                name="unlocking_one_open",
                violation_error_message=_("This record is already unlocked."),
            ),
        ]

    def __str__(self):
        return f"{self.table} {self.reference}"

    @property
    def is_open(self) -> bool:
        return self.state == UnlockState.OPEN and timezone.localdate() <= self.until

    @property
    def words(self) -> str:
        return str((UnlockState.OPEN if self.is_open else UnlockState.CLOSED).label)

    @property
    def look(self) -> str:
        """Of a badge."""
        return "wait" if self.is_open else "ok"
